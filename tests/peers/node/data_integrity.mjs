// Data Integrity (`eddsa-rdfc-2022`) as two independent families of packages sign and check it.
//
//   node data_integrity.mjs digitalbazaar|digitalcredentials CONTEXTS
//
// {"do": "verify", "credential", "documents"?, "now"?, "status"?: false}
//     → {"accepted": true, "status"?} or {"accepted": false, "why"}
// {"do": "sign", "credential", "seed"?: hex of 32 bytes, "now"?}
//     → {"credential", "issuer"}; the issuer becomes the did:key of the key
// {"do": "time", "credential", "documents"?, "operation": "sign"|"verify"|"canonize", "seconds"}
//     → {"count", "seconds"}: how often it was done in that time, one after the other
import {describe, serve, timed} from './lines.mjs';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import {loader, readContexts} from './documents.mjs';

const [family, directory] = process.argv.slice(2);
const families = {
  async digitalbazaar() {
    const [vc, integrity, cryptosuite, multikey] = await Promise.all([
      import('@digitalbazaar/vc'),
      import('@digitalbazaar/data-integrity'),
      import('@digitalbazaar/eddsa-rdfc-2022-cryptosuite'),
      import('@digitalbazaar/ed25519-multikey')
    ]);
    return {vc, integrity, cryptosuite, multikey};
  },
  async digitalcredentials() {
    const [vc, integrity, cryptosuite, multikey] = await Promise.all([
      import('@digitalcredentials/vc'),
      import('@digitalcredentials/data-integrity'),
      import('@digitalcredentials/eddsa-rdfc-2022-cryptosuite'),
      import('@digitalcredentials/ed25519-multikey')
    ]);
    return {vc, integrity, cryptosuite, multikey};
  }
};
if(!Object.hasOwn(families, family) || !directory) {
  console.error('usage: data_integrity.mjs digitalbazaar|digitalcredentials CONTEXTS');
  process.exit(2);
}
const {vc, integrity: {DataIntegrityProof}, cryptosuite: {cryptosuite}, multikey} =
  await families[family]();
const contexts = readContexts(directory);

async function verify({credential, documents, now, status = true}) {
  const documentLoader = loader(contexts, documents);
  const suite = new DataIntegrityProof({cryptosuite});
  const options = {credential, suite, documentLoader};
  if(now) {
    options.now = now;
  }
  options.checkStatus = status ?
    ({credential}) => checkStatus({credential, documentLoader, suite}) :
    async () => ({verified: true});
  const result = await vc.verifyCredential(options);
  // A list that was read is `verified`, whatever it says; a set bit takes the badge back.
  const set = result.statusResult?.results?.filter(({status}) => status) ?? [];
  if(set.length > 0) {
    return {accepted: false, why: `status: ${JSON.stringify(set)}`};
  }
  if(result.verified) {
    return {accepted: true, status: Boolean(status && result.statusResult)};
  }
  const {statusResult} = result;
  const why = statusResult && !statusResult.verified ?
    `status: ${describe(statusResult.error) || JSON.stringify(statusResult.results)}` :
    describe(result.error);
  return {accepted: false, why: why || 'refused without a reason'};
}

// A key made from a seed, random when none is given, and its did:key.
async function signer(seed = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('hex')) {
  const bytes = Uint8Array.from(Buffer.from(seed, 'hex'));
  const {publicKeyMultibase} = await multikey.generate({seed: bytes});
  const did = `did:key:${publicKeyMultibase}`;
  const key = await multikey.generate(
    {seed: bytes, id: `${did}#${publicKeyMultibase}`, controller: did});
  return {did, signer: key.signer()};
}

async function sign({credential, seed, now}) {
  const {did, signer: by} = await signer(seed);
  const issuer = typeof credential.issuer === 'string' ? did : {...credential.issuer, id: did};
  const suite = new DataIntegrityProof({signer: by, cryptosuite, date: now});
  const options = {
    credential: {...credential, issuer}, suite, documentLoader: loader(contexts)
  };
  if(now) {
    options.now = now;
  }
  return {credential: await vc.issue(options), issuer: did};
}

async function time({credential, documents, operation, seconds}) {
  const {proof: _, ...unsigned} = credential;
  const {did, signer: by} = await signer();
  const mine = {...unsigned, issuer: {...unsigned.issuer, id: did}};
  const operations = {
    sign: () => vc.issue({
      credential: mine,
      suite: new DataIntegrityProof({signer: by, cryptosuite}),
      documentLoader: loader(contexts)
    }),
    async verify() {
      const {accepted, why} = await verify({credential, documents, status: false});
      if(!accepted) {
        throw new Error(why);
      }
    },
    canonize: () => new DataIntegrityProof({signer: by, cryptosuite}).canonize(
      unsigned, {documentLoader: loader(contexts), base: null, safe: true})
  };
  return timed(operations[operation], seconds, 20);
}

await serve(request => {
  switch(request.do) {
    case 'verify': return verify(request);
    case 'sign': return sign(request);
    case 'time': return time(request);
    default: throw new Error(`no such request: ${request.do}`);
  }
});
