//! The quads of a dataset, sorted and without duplicates, and their canonical text (RDFC-1.0 §5).
//!
//! Canonical N-Quads are sorted by code point. No term of one kind continues where another ends
//! with a character below the space that follows it, so that comparing subject, predicate, object
//! and graph in turn gives the order of whole lines. Only blank nodes move once they have their
//! canonical labels.

use std::cmp::Ordering;

use super::issuer::Issuer;
use crate::linked_data::hash::FastMap;
use crate::linked_data::quads::{Dataset, Quad, Term};

/// Sorted by subject (IRIs by text, then blank nodes by number), predicate, object, graph.
pub(super) struct Ordered<'d> {
    dataset: &'d Dataset,
    quads: Vec<Ranked>,
}

/// A quad and the rank of its subject.
#[derive(Clone, Copy)]
struct Ranked {
    subject: u64,
    quad: Quad,
}

impl<'d> Ordered<'d> {
    pub(super) fn new(dataset: &'d Dataset) -> Self {
        let mut quads = rank_subjects(dataset);
        let this = Self { dataset, quads: Vec::new() };
        quads.sort_unstable_by(|one, two| {
            let by_subject = one.subject.cmp(&two.subject);
            by_subject.then_with(|| this.compare(&one.quad, &two.quad, |blank| blank))
        });
        quads.dedup_by(|one, two| {
            one.subject == two.subject
                && this.compare(&one.quad, &two.quad, |blank| blank) == Ordering::Equal
        });
        Self { quads, ..this }
    }

    pub(super) fn quads(&self) -> impl DoubleEndedIterator<Item = &Quad> + ExactSizeIterator {
        self.quads.iter().map(|ranked| &ranked.quad)
    }

    pub(super) fn quad(&self, at: u32) -> Option<&Quad> {
        self.quads.get(at as usize).map(|ranked| &ranked.quad)
    }

    pub(super) fn blank_count(&self) -> usize {
        self.dataset.blank_count()
    }

    pub(super) fn text(&self, term: Term) -> &'d str {
        self.dataset.text(term)
    }

    /// Canonical N-Quads, with the labels of `issuer`.
    pub(super) fn serialize(mut self, issuer: &Issuer) -> String {
        let labels = Labels::new(issuer);
        let mut quads = std::mem::take(&mut self.quads);
        for group in quads.chunk_by_mut(|one, two| one.subject == two.subject) {
            // Without two blank nodes to tell apart the order is final.
            let is_open = |ranked: &&mut Ranked| {
                ranked.quad.object.as_blank().is_some() || ranked.quad.graph.as_blank().is_some()
            };
            if group.iter_mut().filter(is_open).nth(1).is_some() {
                group.sort_by(|one, two| {
                    self.compare(&one.quad, &two.quad, |blank| labels.rank(blank))
                });
            }
        }
        let first_blank = quads.partition_point(|ranked| ranked.subject < BLANK);
        let (named, blank) = quads.split_at(first_blank);
        let mut blank: Vec<&[Ranked]> =
            blank.chunk_by(|one, two| one.subject == two.subject).collect();
        blank.sort_unstable_by_key(|group| {
            let subject = group.first().and_then(|ranked| ranked.quad.subject.as_blank());
            subject.map(|blank| labels.rank(blank))
        });
        let mut out = String::with_capacity(self.length(&quads));
        for Ranked { quad, .. } in named.iter().chain(blank.into_iter().flatten()) {
            for term in [quad.subject, quad.predicate, quad.object] {
                self.write(term, &labels, &mut out);
            }
            if quad.graph != Term::DEFAULT_GRAPH {
                self.write(quad.graph, &labels, &mut out);
            }
            out.push_str(".\n");
        }
        out
    }

    /// About how long the text will be, and not less.
    fn length(&self, quads: &[Ranked]) -> usize {
        let length = |term: Term| term.as_blank().map_or_else(|| term.text_length(), |_| 16) + 1;
        let of_quad = |Ranked { quad, .. }: &Ranked| {
            length(quad.subject) + length(quad.predicate) + length(quad.object) + length(quad.graph)
        };
        quads.iter().map(|ranked| of_quad(ranked) + 1).sum()
    }

    fn write(&self, term: Term, labels: &Labels, out: &mut String) {
        match term.as_blank() {
            Some(blank) => out.push_str(labels.text(blank)),
            None => out.push_str(self.text(term)),
        }
        out.push(' ');
    }

    /// Predicate, object and graph; blank nodes in the order of `rank`.
    fn compare(&self, one: &Quad, two: &Quad, rank: impl Fn(u32) -> u32) -> Ordering {
        self.compare_terms(one.predicate, two.predicate, &rank)
            .then_with(|| self.compare_terms(one.object, two.object, &rank))
            .then_with(|| self.compare_terms(one.graph, two.graph, &rank))
    }

    /// `"` and `<` sort before the `_` of a blank node; the default graph's name is empty.
    fn compare_terms(&self, one: Term, two: Term, rank: impl Fn(u32) -> u32) -> Ordering {
        match (one.as_blank(), two.as_blank()) {
            (None, None) if one == two => Ordering::Equal,
            (None, None) => self.text(one).cmp(self.text(two)),
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(one), Some(two)) => rank(one).cmp(&rank(two)),
        }
    }
}

/// The rank of the first blank node: all IRIs come before.
const BLANK: u64 = 1 << 32;

/// The quads with the ranks of their subjects: IRIs by their text, then blank nodes by number.
fn rank_subjects(dataset: &Dataset) -> Vec<Ranked> {
    let mut names: Vec<&str> = Vec::with_capacity(32);
    let mut known: FastMap<&str, u64> = FastMap::default();
    known.reserve(64);
    let mut last = (Term::DEFAULT_GRAPH, 0);
    let mut ranked = Vec::with_capacity(dataset.quads().len());
    for quad in dataset.quads().iter().copied() {
        let subject = match quad.subject.as_blank() {
            Some(blank) => BLANK | u64::from(blank),
            None if quad.subject == last.0 => last.1,
            None => {
                let text = dataset.text(quad.subject);
                let name = *known.entry(text).or_insert_with(|| {
                    names.push(text);
                    names.len() as u64 - 1
                });
                last = (quad.subject, name);
                name
            }
        };
        ranked.push(Ranked { subject, quad });
    }
    let mut sorted: Vec<usize> = (0..names.len()).collect();
    sorted.sort_unstable_by_key(|name| names.get(*name));
    let mut ranks = vec![0_u64; names.len()];
    for (rank, name) in sorted.into_iter().enumerate() {
        if let Some(place) = ranks.get_mut(name) {
            *place = rank as u64;
        }
    }
    for Ranked { subject, .. } in ranked.iter_mut().filter(|ranked| ranked.subject < BLANK) {
        *subject = ranks.get(*subject as usize).copied().unwrap_or_default();
    }
    ranked
}

/// The canonical labels as text, and their order as text.
struct Labels {
    text: String,
    /// By blank node: where its label stands, and its rank.
    places: Vec<(u32, u32, u32)>,
}

impl Labels {
    fn new(issuer: &Issuer) -> Self {
        let mut text = String::with_capacity(issuer.in_order().len() * 9);
        let count = issuer.in_order().iter().max().map_or(0, |last| *last as usize + 1);
        let mut places = vec![(0, 0, u32::MAX); count];
        for blank in issuer.in_order() {
            let start = text.len();
            issuer.write(*blank, &mut text);
            if let Some(place) = places.get_mut(*blank as usize) {
                *place = (start as u32, text.len() as u32, 0);
            }
        }
        let mut sorted: Vec<u32> = issuer.in_order().to_vec();
        let label = |blank: u32, places: &[(u32, u32, u32)]| {
            let (start, end, _) = places.get(blank as usize).copied().unwrap_or_default();
            text.get(start as usize..end as usize).unwrap_or_default()
        };
        sorted.sort_unstable_by(|one, two| label(*one, &places).cmp(label(*two, &places)));
        for (rank, blank) in sorted.into_iter().enumerate() {
            if let Some(place) = places.get_mut(blank as usize) {
                place.2 = rank as u32;
            }
        }
        Self { text, places }
    }

    fn rank(&self, blank: u32) -> u32 {
        self.places.get(blank as usize).map_or(u32::MAX, |place| place.2)
    }

    fn text(&self, blank: u32) -> &str {
        let (start, end, _) = self.places.get(blank as usize).copied().unwrap_or_default();
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }
}
