// Drives the VC-API door the way the conformance suites of the W3C do: `@digitalbazaar/http-client`
// over https, answers unwrapped as they unwrap them, a refusal is status 400 or 422. The suites
// themselves are not published as packages.
//
//   NODE_EXTRA_CA_CERTS=CERT node vc_api.mjs ORIGIN KEY CERT CONTEXTS ISSUERS
//
// ORIGIN is the service over http; a TLS proxy with KEY and CERT goes in front of it. ISSUERS are the
// DIDs that the door signs for. Prints {"issued", "accepted", "refused", "wrong": [what went wrong]}.
import './lines.mjs';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as ecdsaSd from '@digitalbazaar/ecdsa-sd-2023-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite as ecdsaRdfc} from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';
import {cryptosuite as eddsaRdfc} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {httpClient} from '@digitalbazaar/http-client';
import {createServer} from 'node:https';
import {describe} from './lines.mjs';
import {loader, readContexts} from './documents.mjs';
import {readFileSync} from 'node:fs';
import {request as plainRequest} from 'node:http';

const [origin, keyFile, certFile, contexts, ...issuers] = process.argv.slice(2);
const documentLoader = loader(readContexts(contexts));
const tally = {issued: 0, accepted: 0, refused: 0, wrong: []};

// The proxy: what comes over TLS goes on as it is.
const proxy = createServer({key: readFileSync(keyFile), cert: readFileSync(certFile)}, (from, to) => {
  const {hostname, port} = new URL(origin);
  const {method, headers, url: path} = from;
  const onward = plainRequest({hostname, port, method, headers, path}, answer => {
    to.writeHead(answer.statusCode, answer.headers);
    answer.pipe(to);
  });
  onward.on('error', () => to.destroy());
  from.pipe(onward);
});
await new Promise(resolve => proxy.listen(0, '127.0.0.1', resolve));
const base = `https://localhost:${proxy.address().port}`;

async function post(path, json) {
  try {
    const result = await httpClient(base + path, {
      method: 'POST', json, headers: {Accept: 'application/json, application/ld+json, */*'}
    });
    return {status: result.status, data: result.data?.verifiableCredential ?? result.data};
  } catch(error) {
    if(error.status === undefined) {
      throw error;
    }
    return {status: error.status, data: error.data};
  }
}

function must(what, holds, found) {
  if(!holds) {
    tally.wrong.push(`${what}: ${JSON.stringify(found)?.slice(0, 600)}`);
  }
  return holds;
}

async function accepted(what, path, json) {
  const {status, data} = await post(path, json);
  if(must(what, status === 200 && data.verified === true && !('errors' in data), {status, data})) {
    ++tally.accepted;
  }
}

async function refused(what, path, json) {
  const {status, data} = await post(path, json);
  if(must(`${what} must be refused`, status === 400 || status === 422, {status, data})) {
    ++tally.refused;
  }
}

const verify = (credential, checks = ['proof']) =>
  ({verifiableCredential: credential, options: {checks}});

function credential(issuer) {
  return {
    '@context': ['https://www.w3.org/ns/credentials/v2'],
    id: 'urn:uuid:8d5ad1b0-58bf-4b29-9d3a-2f7d0b0e6d6f',
    type: ['VerifiableCredential'],
    name: 'A credential',
    issuer,
    validFrom: '2026-01-01T00:00:00Z',
    credentialSubject: {id: 'did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK', name: 'Ann'}
  };
}

// What must not be signed and, signed by others, not be accepted: one broken rule each.
const broken = {
  'no context': c => delete c['@context'],
  'a context that is none': c => c['@context'] = ['https://www.w3.org/ns/credentials/v9'],
  'the contexts in another order': c =>
    c['@context'] = ['https://w3id.org/security/data-integrity/v2', ...c['@context']],
  'no type': c => delete c.type,
  'a type that no context defines': c => c.type.push('UndefinedType'),
  'no VerifiableCredential among the types': c => c.type = ['Undefined'],
  'an id that is no URL': c => c.id = 'no url',
  'several ids': c => c.id = ['urn:a', 'urn:b'],
  'no issuer': c => delete c.issuer,
  'an issuer that is no URL': c => c.issuer = 'nobody',
  'no subject': c => delete c.credentialSubject,
  'an empty subject': c => c.credentialSubject = {},
  'a subject that is a text': c => c.credentialSubject = 'Ann',
  'a date without time': c => c.validFrom = '2026-01-01',
  'an end before the beginning': c => c.validUntil = '2025-01-01T00:00:00Z',
  'a status without a type': c => c.credentialStatus = {id: 'urn:x'},
  'a status with several ids': c => c.credentialStatus = {type: 'X', id: ['urn:a', 'urn:b']},
  'a schema without an id': c => c.credentialSchema = {type: 'JsonSchema'},
  'evidence without a type': c => c.evidence = {id: 'urn:x'},
  'a name that is a number': c => c.name = 7,
  'a member that no context defines': c => c.undefinedMember = 'x',
  'a subject member that no context defines': c => c.credentialSubject.undefinedMember = 'x'
};

const unreadable = [
  {}, {verifiableCredential: null}, {verifiableCredential: 7}, {verifiableCredential: []},
  {verifiableCredential: {}}, {verifiableCredential: 'no token'}, {verifiableCredential: 'a.b.c'},
  {credential: {}}, {options: {}}
];

async function issues(issuer, cryptosuite, suite) {
  const {status, data} = await post(
    '/credentials/issue', {credential: credential(issuer), options: {cryptosuite}});
  if(!must(`${cryptosuite} is issued`, status === 201 && data.proof?.cryptosuite === cryptosuite,
    {status, data})) {
    return;
  }
  ++tally.issued;
  const theirs = await vc.verifyCredential({credential: data, suite, documentLoader});
  must(`${cryptosuite} is right for @digitalbazaar/vc`, theirs.verified, describe(theirs.error));
  await accepted(`${cryptosuite} by the door`, '/credentials/verify', verify(data));
  await altered(`${cryptosuite} by the door`, data);
}

// Every kind of change that the suites try on a proof.
async function altered(what, signed) {
  const changes = {
    'a changed subject': c => c.credentialSubject.name = 'Eve',
    'a further member': c => c.description = 'x',
    'no proof': c => delete c.proof,
    'a proof of another type': c => c.proof.type = 'UnknownProof',
    'a proof without a type': c => delete c.proof.type,
    'a proof without a cryptosuite': c => delete c.proof.cryptosuite,
    'a cryptosuite that is not known': c => c.proof.cryptosuite = 'unknown-2099',
    'a proof without a purpose': c => delete c.proof.proofPurpose,
    'a proof of another purpose': c => c.proof.proofPurpose = 'authentication',
    'a proof without a value': c => delete c.proof.proofValue,
    'a value in another base': c => c.proof.proofValue = c.proof.proofValue.slice(1),
    'a proof without a key': c => delete c.proof.verificationMethod,
    'a key that is no URL': c => c.proof.verificationMethod = 'nobody',
    'a date that is none': c => c.proof.created = 'yesterday',
    'another date': c => c.proof.created = '2026-02-03T04:05:06Z'
  };
  for(const [name, change] of Object.entries(changes)) {
    const copy = structuredClone(signed);
    change(copy);
    await refused(`${what} with ${name}`, '/credentials/verify', verify(copy));
  }
}

async function selective(issuer) {
  const options = {cryptosuite: 'ecdsa-sd-2023', mandatoryPointers: ['/issuer', '/validFrom']};
  const base = await post('/credentials/issue', {credential: credential(issuer), options});
  if(!must('a base proof is issued', base.status === 201, base)) {
    return;
  }
  ++tally.issued;
  const shown = await post('/credentials/derive', {
    verifiableCredential: base.data, options: {selectivePointers: ['/credentialSubject/id']}
  });
  must('a part is derived', shown.status === 201 && shown.data.name === undefined, shown);
  const suite = new DataIntegrityProof({cryptosuite: ecdsaSd.createVerifyCryptosuite()});
  const theirs = await vc.verifyCredential({credential: shown.data, suite, documentLoader});
  must('what was derived is right for @digitalbazaar/vc', theirs.verified, describe(theirs.error));
  await accepted('what was derived', '/credentials/verify', verify(shown.data));
  // And theirs, from our base proof.
  const discloser = new DataIntegrityProof({
    cryptosuite: ecdsaSd.createDiscloseCryptosuite({selectivePointers: ['/credentialSubject/name']})
  });
  const derived = await vc.derive(
    {verifiableCredential: base.data, suite: discloser, documentLoader});
  await accepted('what @digitalbazaar/vc derived', '/credentials/verify', verify(derived));
  derived.credentialSubject.name = 'Eve';
  await refused('what was derived and changed', '/credentials/verify', verify(derived));
  await refused('nothing to derive from', '/credentials/derive', {verifiableCredential: {}});
}

// Signed by others, in their own keys.
async function foreign() {
  const ed = await Ed25519Multikey.generate();
  const p256 = await EcdsaMultikey.generate({curve: 'P-256'});
  for(const [key, cryptosuite] of [[ed, eddsaRdfc], [p256, ecdsaRdfc]]) {
    const did = `did:key:${key.publicKeyMultibase}`;
    key.id = `${did}#${key.publicKeyMultibase}`;
    key.controller = did;
    const suite = new DataIntegrityProof({signer: key.signer(), cryptosuite});
    const signed = await vc.issue({credential: credential(did), suite, documentLoader});
    await accepted(`${cryptosuite.name} by others`, '/credentials/verify', verify(signed));
    await altered(`${cryptosuite.name} by others`, signed);
    await presentations(did, signed, suite);
  }
}

async function presentations(holder, signed, suite) {
  const presentation = vc.createPresentation({verifiableCredential: [signed], holder});
  const challenge = '99612b24-63d9-11ea-b99f-4f66f3e4f81a';
  const domain = 'https://reader.example';
  const verifiablePresentation = await vc.signPresentation(
    {presentation, suite, challenge, domain, documentLoader});
  const path = '/presentations/verify';
  const ask = (presentation, options = {challenge, domain}) =>
    ({verifiablePresentation: presentation, options});
  await accepted('a presentation', path, ask(verifiablePresentation));
  await refused('a presentation with another challenge', path,
    ask(verifiablePresentation, {challenge: 'another', domain}));
  const copy = structuredClone(verifiablePresentation);
  copy.verifiableCredential[0].credentialSubject.name = 'Eve';
  await refused('a presentation of a changed credential', path, ask(copy));
  const bare = structuredClone(verifiablePresentation);
  delete bare.proof;
  await refused('a presentation that answers nothing', path, ask(bare));
}

try {
  const [ed, p256, p384] = issuers;
  await issues(ed, 'eddsa-rdfc-2022', new DataIntegrityProof({cryptosuite: eddsaRdfc}));
  await issues(p256, 'ecdsa-rdfc-2019', new DataIntegrityProof({cryptosuite: ecdsaRdfc}));
  await issues(p384, 'ecdsa-rdfc-2019', new DataIntegrityProof({cryptosuite: ecdsaRdfc}));
  await selective(p256);
  await foreign();
  for(const [what, change] of Object.entries(broken)) {
    const copy = credential(ed);
    change(copy);
    await refused(`issuing with ${what}`, '/credentials/issue', {credential: copy});
    const signed = {...copy, proof: {type: 'DataIntegrityProof', cryptosuite: 'eddsa-rdfc-2022'}};
    await refused(`verifying with ${what}`, '/credentials/verify', verify(signed));
  }
  await refused('an issuer whose key is not here', '/credentials/issue',
    {credential: credential('did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK')});
  for(const body of unreadable) {
    for(const path of ['/credentials/verify', '/presentations/verify', '/credentials/issue']) {
      await refused(JSON.stringify(body), path, body);
    }
  }
} catch(error) {
  tally.wrong.push(describe(error));
} finally {
  proxy.closeAllConnections();
  proxy.close();
}
console.log(JSON.stringify(tally));
