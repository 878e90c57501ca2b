// Where the peers read from: published contexts on disk, documents handed in with a request, and
// did:key, which needs no document. Nothing else, and never the network.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {driver as didKeyDriver} from '@digitalbazaar/did-method-key';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';

const didKey = didKeyDriver();
didKey.use({multibaseMultikeyHeader: 'z6Mk', fromMultibase: Ed25519Multikey.from});
for(const multibaseMultikeyHeader of ['zDna', 'z82L']) {
  didKey.use({multibaseMultikeyHeader, fromMultibase: EcdsaMultikey.from});
}

// The contexts of a folder with a `manifest.json`, by URL. A URL with a fragment in the manifest
// is a variant to compare with, which nobody serves.
export function readContexts(directory) {
  const contexts = new Map();
  const {contexts: entries} = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8'));
  for(const {url, aliases, file} of entries) {
    if(url.includes('#')) {
      continue;
    }
    const document = JSON.parse(readFileSync(join(directory, file), 'utf8'));
    for(const name of [url, ...(aliases ?? [])]) {
      contexts.set(name, document);
    }
  }
  // Named by the OB 1.1 context, and in no manifest.
  const legacy = readFileSync(join(directory, 'ob2-web', 'legacy-v1.json'), 'utf8');
  contexts.set('https://w3id.org/openbadges/legacy-v1', JSON.parse(legacy));
  return contexts;
}

export function loader(contexts, documents = {}) {
  return async function load(url) {
    const document = contexts.get(url) ?? await find(url, documents);
    if(!document) {
      throw new Error(`not handed in: ${url}`);
    }
    return {contextUrl: null, documentUrl: url, document};
  };
}

// A document by its URL, or the verification method that stands in a document under a fragment.
export async function find(url, documents) {
  if(Object.hasOwn(documents, url)) {
    return documents[url];
  }
  if(url.startsWith('did:key:')) {
    return didKey.get({url});
  }
  const [base, fragment] = url.split('#');
  const document = fragment && Object.hasOwn(documents, base) ? documents[base] : undefined;
  const method = document?.verificationMethod?.find(
    ({id}) => id === url || id === `#${fragment}`);
  return method && {'@context': document['@context'], ...method};
}
