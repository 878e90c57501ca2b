// JSON-LD to canonical N-Quads with `jsonld` in safe mode and `rdf-canonize`.
//
//   node canonize.mjs CONTEXTS
//
// {"document", "safe"?: true, "base"?: null}
//     → {"nquads"} (RDFC-1.0) or {"refused"}: what safe mode would have dropped, or other trouble
// {"nquads"}
//     → {"nquads"} canonical, or {"refused"}
// {"do": "time", "document", "seconds"} → {"count", "seconds"}: to canonical N-Quads and their hash
import {createHash} from 'node:crypto';
import {describe, serve, timed} from './lines.mjs';
import jsonld from 'jsonld';
import {canonize, NQuads} from 'rdf-canonize';
import {loader, readContexts} from './documents.mjs';

const [directory] = process.argv.slice(2);
if(!directory) {
  console.error('usage: canonize.mjs CONTEXTS');
  process.exit(2);
}
const documentLoader = loader(readContexts(directory));

async function canonical({document, nquads, safe = true, base = null}) {
  const dataset = nquads === undefined ?
    await jsonld.toRDF(document, {documentLoader, safe, base, produceGeneralizedRdf: false}) :
    NQuads.parse(nquads);
  return canonize(dataset, {algorithm: 'RDFC-1.0'});
}

await serve(async request => {
  if(request.do === 'time') {
    const work = async () => createHash('sha256').update(await canonical(request)).digest();
    return timed(work, request.seconds, 20);
  }
  try {
    return {nquads: await canonical(request)};
  } catch(error) {
    return {refused: describe(error)};
  }
});
