// VC-JWT and other compact JWS as `jose` signs and checks them.
//
//   node jwt.mjs
//
// {"do": "verify", "jwt", "documents"?, "algorithms", "issuer"?, "now"?}
//     → {"accepted": true, "payload", "header"} or {"accepted": false, "why"}
//     The key is the one that the header's `kid` names: a JWK or a controller document handed in,
//     a did:key or a did:jwk. A key inside the token is never used.
// {"do": "sign", "alg", "payload", "header"?, "kid"?: "did:jwk"|"did:key"|URL}
//     → {"jwt", "jwk", "issuer", "kid"}: a new key each time; `iss` and `issuer.id` become the DID
// {"do": "time", "alg", "payload", "operation": "sign"|"verify", "seconds"}
//     → {"count", "seconds"}
import {describe, serve, timed} from './lines.mjs';
import {
  SignJWT, compactVerify, decodeProtectedHeader, errors, exportJWK, generateKeyPair, importJWK,
  jwtVerify
} from 'jose';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {find} from './documents.mjs';

async function keyOf(kid, alg, documents = {}) {
  if(typeof kid !== 'string') {
    throw new errors.JOSEError('the header names no key');
  }
  if(kid.startsWith('did:jwk:')) {
    const encoded = kid.slice('did:jwk:'.length).split('#')[0];
    return importJWK(JSON.parse(Buffer.from(encoded, 'base64url')), alg);
  }
  const document = await find(kid, documents);
  if(!document) {
    throw new errors.JOSEError(`not handed in: ${kid}`);
  }
  const jwk = document.publicKeyJwk ?? (document.publicKeyMultibase ?
    await Ed25519Multikey.toJwk({keyPair: await Ed25519Multikey.from(document)}) : document);
  return importJWK(jwk, alg);
}

async function verify({jwt, documents, algorithms, issuer, now, plain = false}) {
  try {
    const key = ({kid, alg}) => keyOf(kid, alg, documents);
    // An OB 2.0 signed badge is a bare JWS: it has no JWT claims to judge.
    if(plain) {
      const {payload, protectedHeader} = await compactVerify(jwt, key, {algorithms});
      return {
        accepted: true, header: protectedHeader,
        payload: JSON.parse(new TextDecoder().decode(payload))
      };
    }
    const options = {algorithms, requiredClaims: ['iss', 'jti', 'nbf', 'sub']};
    if(issuer) {
      options.issuer = issuer;
    }
    if(now) {
      options.currentDate = new Date(now);
    }
    const {payload, protectedHeader} = await jwtVerify(jwt, key, options);
    return {accepted: true, header: protectedHeader, payload};
  } catch(error) {
    return {accepted: false, why: describe(error)};
  }
}

async function newKey(alg) {
  const {publicKey, privateKey} = await generateKeyPair(alg, {extractable: true});
  return {privateKey, publicKey, jwk: await exportJWK(publicKey)};
}

async function didOf(jwk, method) {
  if(method === 'did:key') {
    const {publicKeyMultibase} = await Ed25519Multikey.fromJwk({jwk});
    const did = `did:key:${publicKeyMultibase}`;
    return {did, kid: `${did}#${publicKeyMultibase}`};
  }
  const did = `did:jwk:${Buffer.from(JSON.stringify(jwk)).toString('base64url')}`;
  return {did, kid: `${did}#0`};
}

async function sign({alg, payload, header = {}, kid = 'did:jwk'}) {
  const {privateKey, jwk} = await newKey(alg);
  const claims = structuredClone(payload);
  let name = kid;
  let issuer = claims.iss;
  if(kid === 'did:jwk' || kid === 'did:key') {
    ({did: issuer, kid: name} = await didOf(jwk, kid));
    claims.iss = issuer;
    if(claims.issuer) {
      claims.issuer = typeof claims.issuer === 'string' ? issuer : {...claims.issuer, id: issuer};
    }
  }
  const jwt = await new SignJWT(claims).setProtectedHeader({alg, kid: name, ...header})
    .sign(privateKey);
  return {jwt, jwk, issuer, kid: name};
}

async function time({alg, payload, operation, seconds}) {
  const {privateKey, publicKey} = await newKey(alg);
  const make = () => new SignJWT(payload).setProtectedHeader({alg, typ: 'JWT'}).sign(privateKey);
  const jwt = await make();
  const work = operation === 'sign' ? make :
    () => jwtVerify(jwt, publicKey, {algorithms: [alg]});
  return timed(work, seconds, 100);
}

await serve(request => {
  switch(request.do) {
    case 'verify': return verify(request);
    case 'sign': return sign(request);
    case 'time': return time(request);
    default: throw new Error(`no such request: ${request.do}`);
  }
});
