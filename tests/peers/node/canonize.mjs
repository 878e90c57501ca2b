// JSON-LD to canonical N-Quads with `jsonld` in safe mode and `rdf-canonize`.
//
//   node canonize.mjs CONTEXTS
//
// {"document", "safe"?: true, "base"?: null}
//     → {"nquads"} (RDFC-1.0) or {"refused"}: what safe mode would have dropped, or other trouble
// {"nquads"}
//     → {"nquads"} canonical, or {"refused"}
import {describe, serve} from './lines.mjs';
import jsonld from 'jsonld';
import {canonize, NQuads} from 'rdf-canonize';
import {loader, readContexts} from './documents.mjs';

const [directory] = process.argv.slice(2);
if(!directory) {
  console.error('usage: canonize.mjs CONTEXTS');
  process.exit(2);
}
const documentLoader = loader(readContexts(directory));

await serve(async ({document, nquads, safe = true, base = null}) => {
  try {
    const dataset = nquads === undefined ?
      await jsonld.toRDF(document, {documentLoader, safe, base, produceGeneralizedRdf: false}) :
      NQuads.parse(nquads);
    return {nquads: await canonize(dataset, {algorithm: 'RDFC-1.0'})};
  } catch(error) {
    return {refused: describe(error)};
  }
});
