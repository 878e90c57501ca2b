//! Terms that many quads of a document share: the IRIs that contexts map to, and those of RDF itself.
//! Each is written once.

use super::Expansion;
use crate::linked_data::context::Iri;
use crate::linked_data::error::Error;
use crate::linked_data::quads::{Dataset, Term};

/// Places for terms: that of a term follows from its hash, and the last one that came keeps it.
const PLACES: usize = 128;

/// The terms written so far.
pub(super) struct Shared {
    /// Hash and term.
    places: [(u64, Term); PLACES],
    rdf_type: Option<Term>,
    rdf_first: Option<Term>,
    rdf_rest: Option<Term>,
    rdf_nil: Option<Term>,
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            places: [(0, Term::DEFAULT_GRAPH); PLACES],
            rdf_type: None,
            rdf_first: None,
            rdf_rest: None,
            rdf_nil: None,
        }
    }
}

impl Expansion<'_, '_> {
    /// The IRI of a context; `None` if RDF cannot hold it.
    pub(super) fn known_iri(&mut self, iri: &Iri) -> Result<Option<Term>, Error> {
        let Some(token) = iri.token() else { return Ok(None) };
        let place = self.shared.places.get_mut(iri.hash as usize % PLACES);
        if let Some((hash, term)) = place.as_deref()
            && *hash == iri.hash
            && self.dataset.text(*term) == token
        {
            return Ok(Some(*term));
        }
        let term = self.dataset.token(token)?;
        if let Some(place) = place {
            *place = (iri.hash, term);
        }
        Ok(Some(term))
    }

    pub(super) fn rdf_type(&mut self) -> Result<Term, Error> {
        constant(&mut self.dataset, &mut self.shared.rdf_type, "type")
    }

    pub(super) fn rdf_first(&mut self) -> Result<Term, Error> {
        constant(&mut self.dataset, &mut self.shared.rdf_first, "first")
    }

    pub(super) fn rdf_rest(&mut self) -> Result<Term, Error> {
        constant(&mut self.dataset, &mut self.shared.rdf_rest, "rest")
    }

    pub(super) fn rdf_nil(&mut self) -> Result<Term, Error> {
        constant(&mut self.dataset, &mut self.shared.rdf_nil, "nil")
    }
}

/// A term of the RDF vocabulary, written at its first use.
fn constant(dataset: &mut Dataset, known: &mut Option<Term>, name: &str) -> Result<Term, Error> {
    match known {
        Some(term) => Ok(*term),
        None => {
            let iri = format!("http://www.w3.org/1999/02/22-rdf-syntax-ns#{name}");
            Ok(*known.insert(dataset.iri(&iri)?))
        }
    }
}
