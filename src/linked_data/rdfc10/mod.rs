//! RDF Dataset Canonicalization, RDFC-1.0.
//!
//! [`canonicalize`] is the algorithm of §4.4; `first_degree` holds §4.6, `n_degree` §4.7 and
//! §4.8, `issuer` §4.5. A blank node whose first-degree hash is its own never reaches the costly
//! part, and in most documents all are such.

mod digest;
mod first_degree;
mod issuer;
mod n_degree;
mod order;

use std::collections::HashMap;

use super::error::Error;
use super::options::{Hash, Options};
use super::quads::{Dataset, Quad, Term};
pub(super) use digest::Digest;
use first_degree::Mentions;
use issuer::Issuer;
use n_degree::NDegree;
use order::Ordered;

/// The canonical form of a dataset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Canonical {
    /// Canonical N-Quads: sorted lines, each ended by a line feed (§5).
    pub nquads: String,
    /// The issued identifiers map (§4.4.3 step 7): from each blank node's label in the input
    /// (without `_:`; `b0`, `b1`, … where it had none) to its canonical label (`c14n0`, …).
    pub issued: HashMap<String, String>,
}

/// Runs RDFC-1.0 with the hash and the limits of `options`.
///
/// # Errors
/// [`Error::Limit`] where telling the blank nodes apart takes more work than the limits allow.
pub fn canonicalize(dataset: &Dataset, options: &Options) -> Result<Canonical, Error> {
    let (nquads, labels) = canonical_labels(dataset, options)?;
    let issued =
        (0..).zip(labels).filter_map(|(blank, label)| Some((dataset.label(blank), label?)));
    Ok(Canonical { nquads, issued: issued.collect() })
}

/// As [`canonicalize`], with the canonical label of each blank node by its number.
pub(super) fn canonical_labels(
    dataset: &Dataset,
    options: &Options,
) -> Result<(String, Vec<Option<String>>), Error> {
    let ordered = Ordered::new(dataset);
    let issuer = issue_identifiers(&ordered, options)?;
    let labels = (0..dataset.blank_count() as u32).map(|blank| issuer.label(blank)).collect();
    let mut nquads = Vec::with_capacity(dataset.length());
    ordered.serialize(&issuer, |lines| nquads.extend_from_slice(lines));
    // Lines are made of whole texts: nothing is lost.
    Ok((String::from_utf8_lossy(&nquads).into_owned(), labels))
}

/// As [`canonicalize`], but hands the canonical N-Quads to `sink`, some lines at a time, and keeps
/// nothing of them.
///
/// # Errors
/// As there; then nothing was handed on.
pub fn write_canonical(
    dataset: &Dataset,
    options: &Options,
    sink: impl FnMut(&[u8]),
) -> Result<(), Error> {
    let ordered = Ordered::new(dataset);
    let issuer = issue_identifiers(&ordered, options)?;
    ordered.serialize(&issuer, sink);
    Ok(())
}

/// The first-degree hashes of the blank nodes that are connected to the term `outside` by no quad:
/// they stay the same in any dataset that this one becomes a part of.
pub(super) fn first_degree_hashes(
    dataset: &Dataset,
    hash: Hash,
    outside: Term,
) -> Vec<(u32, Digest)> {
    let ordered = Ordered::new(dataset);
    let is_inner = |blank: u32| {
        let object = |quad: &Quad| quad.object.as_blank() == Some(blank);
        !dataset.quads().iter().any(|quad| quad.subject == outside && object(quad))
    };
    let hashes = Mentions::new(&ordered).first_degree_hashes(&ordered, hash);
    hashes
        .into_iter()
        .map(|(digest, blank)| (blank, digest))
        .filter(|(b, _)| is_inner(*b))
        .collect()
}

/// §4.4.3, steps 2 to 5. Step numbers are those of that section.
fn issue_identifiers(ordered: &Ordered<'_>, options: &Options) -> Result<Issuer, Error> {
    // 2
    let mentions = Mentions::new(ordered);
    let mut canonical = Issuer::new("c14n", ordered.blank_count());
    // 3
    let mut hashes = mentions.first_degree_hashes(ordered, options.hash);
    hashes.sort_unstable();
    // 4
    let mut repeated = Vec::new();
    for group in hashes.chunk_by(|(one, _), (two, _)| one == two) {
        match group {
            [(_, blank)] => {
                canonical.issue(*blank);
            }
            several => repeated.push(several),
        }
    }
    if repeated.is_empty() {
        return Ok(canonical);
    }
    // 5
    let mut n_degree = NDegree::new(ordered, &mentions, &hashes, canonical, options);
    for group in repeated {
        let mut results = Vec::with_capacity(group.len());
        for (_, blank) in group {
            if n_degree.canonical.number(*blank).is_some() {
                continue;
            }
            let mut temporary = Issuer::new("b", ordered.blank_count());
            temporary.issue(*blank);
            results.push(n_degree.hash(*blank, temporary)?);
        }
        results.sort_by_key(|(digest, _)| *digest);
        for (_, temporary) in results {
            for blank in temporary.in_order() {
                n_degree.canonical.issue(*blank);
            }
        }
    }
    Ok(n_degree.canonical)
}

/// First-degree hashes with the blank nodes they belong to.
type Hashes = [(Digest, u32)];

#[cfg(test)]
mod tests {
    use super::super::nquads;
    use super::super::options::{Hash, Limit, Limits};
    use super::*;

    fn canonical(text: &str) -> Result<Canonical, Error> {
        let options = Options::default();
        canonicalize(&nquads::parse(text, options.limits).unwrap(), &options)
    }

    #[test]
    fn drops_duplicates_and_sorts() {
        let text = "<s:b> <p:a> <o:a> .\n_:x <p:a> \"1\" .\n<s:b> <p:a> <o:a> .\n<s:a> <p:a> <o:a> .\n\
                    _:x <p:a> \"1\" .\n<s:a> <p:a> <o:a> <g:a> .\n";
        let expected = "<s:a> <p:a> <o:a> .\n<s:a> <p:a> <o:a> <g:a> .\n<s:b> <p:a> <o:a> .\n\
                        _:c14n0 <p:a> \"1\" .\n";
        let canonical = canonical(text).unwrap();
        assert_eq!(canonical.nquads, expected);
        assert_eq!(canonical.issued, HashMap::from([("x".to_owned(), "c14n0".to_owned())]));
    }

    #[test]
    fn gives_isomorphic_cycles_one_form() {
        let cycle = |names: [&str; 4]| {
            let text: String = (0..4)
                .map(|at| format!("_:{} <p:next> _:{} .\n", names[at], names[(at + 1) % 4]))
                .collect();
            canonical(&text).unwrap().nquads
        };
        assert_eq!(cycle(["a", "b", "c", "d"]), cycle(["z", "q", "m", "c"]));
    }

    #[test]
    fn sorts_labels_as_text_so_that_ten_comes_before_two() {
        let text: String = (0..12).map(|at| format!("_:n{at} <p:a> \"{at}\" .\n")).collect();
        let nquads = canonical(&text).unwrap().nquads;
        let subjects: Vec<&str> =
            nquads.lines().map(|line| line.split(' ').next().unwrap()).collect();
        assert_eq!(subjects[..4], ["_:c14n0", "_:c14n1", "_:c14n10", "_:c14n11"]);
    }

    #[test]
    fn stops_poison_graphs_by_name() {
        let mut clique = String::new();
        for one in 0..12 {
            for two in 0..12 {
                if one != two {
                    clique.push_str(&format!("_:n{one} <p:knows> _:n{two} .\n"));
                }
            }
        }
        let allowed = Limits::default().work;
        assert_eq!(canonical(&clique), Err(Error::Limit { limit: Limit::Work, allowed }));
    }

    #[test]
    fn caps_the_number_of_blank_nodes() {
        let text: String = (0..600).map(|at| format!("_:n{at} <p:a> \"{at}\" .\n")).collect();
        assert!(matches!(
            nquads::parse(&text, Limits::default()),
            Err(Error::Limit { limit: Limit::BlankNodes, allowed: 512 })
        ));
    }

    #[test]
    fn hashes_with_sha_384_where_asked() {
        let text = "_:a <p:x> \"1\" .\n_:b <p:x> \"2\" .\n_:c <p:x> \"3\" .\n_:d <p:x> \"4\" .\n";
        let dataset = nquads::parse(text, Limits::default()).unwrap();
        let of = |hash| {
            let options = Options { hash, ..Options::default() };
            canonicalize(&dataset, &options).unwrap().nquads
        };
        assert_ne!(of(Hash::Sha256), of(Hash::Sha384));
    }
}
