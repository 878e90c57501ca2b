//! JSON-LD 1.1 to RDF to canonical N-Quads.
