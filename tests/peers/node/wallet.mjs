// Takes an award from an offer as wallets do, with published packages: VC-API with
// `@digitalbazaar/vc`, OpenID4VCI with `@openid4vc/openid4vci` and `jose`.
//
//   node wallet.mjs OFFER CONTEXTS
//
// OFFER is the link of the offer. Prints {"did", "vcapi", "ldp_vc", "jwt_vc_json", "refused": [what
// was rightly not given]}; what goes wrong ends the program with its reason.
import './lines.mjs';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {clientAuthenticationAnonymous} from '@openid4vc/oauth2';
import {Openid4vciClient, setGlobalConfig} from '@openid4vc/openid4vci';
import {createHash, randomBytes} from 'node:crypto';
import {cryptosuite as eddsaRdfc} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {importJWK, SignJWT} from 'jose';
import {loader, readContexts} from './documents.mjs';

const [offer, contexts] = process.argv.slice(2);
const documentLoader = loader(readContexts(contexts));
// The service of a test has no certificate.
setGlobalConfig({allowInsecureUrls: true});

const key = await Ed25519Multikey.generate();
const did = `did:key:${key.publicKeyMultibase}`;
key.controller = did;
key.id = `${did}#${key.publicKeyMultibase}`;
const found = {did, refused: []};

async function json(url, body) {
  const answer = await fetch(url, body === undefined ?
    {headers: {Accept: 'application/json'}} :
    {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)});
  return {status: answer.status, data: await answer.json()};
}

async function presentation({challenge, domain}) {
  const suite = new DataIntegrityProof({signer: key.signer(), cryptosuite: eddsaRdfc});
  const unsigned = vc.createPresentation({holder: did, version: 2.0});
  return vc.signPresentation({presentation: unsigned, suite, challenge, domain, documentLoader});
}

const {data: {protocols}} = await json(offer);

// VC-API.
{
  const {data: {verifiablePresentationRequest: wanted}} = await json(protocols.vcapi, {});
  const late = await presentation({challenge: 'made up', domain: wanted.domain});
  const refused = await json(protocols.vcapi, {verifiablePresentation: late});
  if(refused.status === 422) {
    found.refused.push('a presentation with another challenge');
  }
  const signed = await presentation(wanted);
  const {data} = await json(protocols.vcapi, {verifiablePresentation: signed});
  found.vcapi = data.verifiablePresentation.verifiableCredential[0];
}

// OpenID4VCI.
{
  const {secretKey} = await key.export({publicKey: true, secretKey: true, raw: true});
  const {publicKey} = await key.export({publicKey: true, raw: true});
  const base64url = bytes => Buffer.from(bytes).toString('base64url');
  const jwk = {kty: 'OKP', crv: 'Ed25519', x: base64url(publicKey), d: base64url(secretKey.slice(0, 32))};
  const {d: _, ...publicJwk} = jwk;
  const signing = await importJWK(jwk, 'EdDSA');
  const client = new Openid4vciClient({callbacks: {
    fetch,
    hash: (data, algorithm) =>
      new Uint8Array(createHash(algorithm.replace('-', '')).update(data).digest()),
    generateRandom: length => new Uint8Array(randomBytes(length)),
    clientAuthentication: clientAuthenticationAnonymous(),
    signJwt: async (signer, {header, payload}) => ({
      jwt: await new SignJWT(payload).setProtectedHeader(header).sign(signing),
      signerJwk: publicJwk
    }),
    verifyJwt: async () => ({verified: false}),
    decryptJwe: async () => ({decrypted: false}),
    encryptJwe: async () => {
      throw new Error('nothing is encrypted here');
    }
  }});
  const credentialOffer = await client.resolveCredentialOffer(protocols['oid4vci-1.0']);
  const issuerMetadata = await client.resolveIssuerMetadata(credentialOffer.credential_issuer);
  const token = () => client.retrievePreAuthorizedCodeAccessTokenFromOffer(
    {credentialOffer, issuerMetadata});
  const {accessTokenResponse} = await token();
  try {
    await token();
  } catch(error) {
    found.refused.push('a code that was used');
  }
  for(const id of credentialOffer.credential_configuration_ids) {
    const {c_nonce: nonce} = await client.requestNonce({issuerMetadata});
    const {jwt} = await client.createCredentialRequestJwtProof({
      issuerMetadata,
      credentialConfigurationId: id,
      signer: {method: 'did', didUrl: key.id, alg: 'EdDSA'},
      nonce
    });
    const {credentialResponse} = await client.retrieveCredentials({
      issuerMetadata,
      credentialConfigurationId: id,
      accessToken: accessTokenResponse.access_token,
      proofs: {jwt: [jwt]}
    });
    const {format} = issuerMetadata.credentialIssuer.credential_configurations_supported[id];
    found[format] = credentialResponse.credentials[0].credential;
  }
}
console.log(JSON.stringify(found));
