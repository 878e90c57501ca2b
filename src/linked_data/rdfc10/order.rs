//! The quads of a dataset, sorted and without duplicates, and their canonical text (RDFC-1.0 §5).
//!
//! Canonical N-Quads are sorted by code point. Each term is compared with the space that follows it,
//! and so subject, predicate, object and graph in turn give the order of whole lines. Subjects and
//! predicates are few and sorted first, so that nearly all quads are compared by two numbers. Only
//! blank nodes move once they have their canonical labels.

use std::cmp::Ordering;

use super::digest::Digest;
use super::issuer::Issuer;
use crate::linked_data::quads::{Dataset, Quad, Term};

/// Sorted by subject (IRIs by text, then blank nodes by number), predicate, object, graph.
pub(super) struct Ordered<'d> {
    dataset: &'d Dataset,
    quads: Vec<Ranked>,
    /// How many quads have a subject that is no blank node.
    named: usize,
}

/// A quad, and the ranks of its subject and predicate.
#[derive(Clone, Copy)]
struct Ranked {
    subject: u32,
    predicate: u32,
    quad: Quad,
}

/// Text that is gathered before it is handed on.
const PIECE: usize = 4 << 10;

impl<'d> Ordered<'d> {
    pub(super) fn new(dataset: &'d Dataset) -> Self {
        let ranks = Ranks::new(dataset);
        let mut quads = ranks.by_subject(dataset);
        for group in quads.chunk_by_mut(|one, two| one.subject == two.subject) {
            group.sort_unstable_by(|one, two| compare(dataset, one, two, |blank| blank));
        }
        quads.dedup_by(|one, two| {
            one.subject == two.subject
                && compare(dataset, one, two, |blank| blank) == Ordering::Equal
        });
        let named = quads.partition_point(|ranked| ranked.subject < ranks.named);
        Self { dataset, quads, named }
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

    /// The first-degree hash of a blank node, if it is known.
    pub(super) fn first_degree(&self, blank: u32) -> Option<Digest> {
        self.dataset.first_degree(blank)
    }

    /// The text of a term that is no blank node.
    pub(super) fn text(&self, term: Term) -> &'d str {
        self.dataset.text(term)
    }

    /// The same, with the space that follows it in a line.
    pub(super) fn spaced(&self, term: Term) -> &'d [u8] {
        self.dataset.spaced(term)
    }

    /// Hands canonical N-Quads with the labels of `issuer` to `sink`, some lines at a time.
    pub(super) fn serialize(mut self, issuer: &Issuer, mut sink: impl FnMut(&[u8])) {
        let labels = Labels::new(issuer);
        let mut quads = std::mem::take(&mut self.quads);
        for group in quads.chunk_by_mut(|one, two| one.subject == two.subject) {
            self.settle(group, &labels);
        }
        let (named, blank) = quads.split_at(self.named);
        let mut blank: Vec<&[Ranked]> =
            blank.chunk_by(|one, two| one.subject == two.subject).collect();
        blank.sort_unstable_by_key(|group| {
            let subject = group.first().and_then(|ranked| ranked.quad.subject.as_blank());
            subject.map(|blank| labels.rank(blank))
        });
        let mut out = Vec::with_capacity(self.dataset.length().min(2 * PIECE));
        for Ranked { quad, .. } in named.iter().chain(blank.into_iter().flatten()) {
            for term in [quad.subject, quad.predicate, quad.object, quad.graph] {
                out.extend_from_slice(match term.as_blank() {
                    Some(blank) => labels.text(blank),
                    None => self.spaced(term),
                });
            }
            out.extend_from_slice(b".\n");
            if out.len() >= PIECE {
                sink(&out);
                out.clear();
            }
        }
        sink(&out);
    }

    /// Sorts the quads of one subject anew, if there are two blank nodes in them to tell apart.
    fn settle(&self, group: &mut [Ranked], labels: &Labels) {
        let is_open = |ranked: &&Ranked| {
            ranked.quad.object.as_blank().is_some() || ranked.quad.graph.as_blank().is_some()
        };
        if group.iter().filter(is_open).nth(1).is_some() {
            let rank = |blank| labels.rank(blank);
            group.sort_unstable_by(|one, two| compare(self.dataset, one, two, rank));
        }
    }
}

/// Compares quads of one subject; blank nodes in the order of `rank`.
fn compare(dataset: &Dataset, one: &Ranked, two: &Ranked, rank: impl Fn(u32) -> u32) -> Ordering {
    let terms = |one, two| compare_terms(dataset, one, two, &rank);
    one.predicate
        .cmp(&two.predicate)
        .then_with(|| terms(one.quad.object, two.quad.object))
        .then_with(|| terms(one.quad.graph, two.quad.graph))
}

/// `"`, `<` and the `.` after a line without graph sort before the `_` of a blank node.
fn compare_terms(dataset: &Dataset, one: Term, two: Term, rank: impl Fn(u32) -> u32) -> Ordering {
    match (one.as_blank(), two.as_blank()) {
        (None, None) if one == two => Ordering::Equal,
        (None, None) => dataset.spaced(one).cmp(dataset.spaced(two)),
        (None, Some(_)) => Ordering::Less,
        (Some(_), None) => Ordering::Greater,
        (Some(one), Some(two)) => rank(one).cmp(&rank(two)),
    }
}

/// The ranks of subjects and predicates: IRIs by their text, then blank nodes by number.
struct Ranks {
    /// By the number of a text; [`Ranks::NONE`] for what is neither subject nor predicate.
    texts: Vec<u32>,
    /// How many ranks are those of IRIs.
    named: u32,
    blanks: usize,
}

impl Ranks {
    const NONE: u32 = u32::MAX;

    fn new(dataset: &Dataset) -> Self {
        let mut texts = vec![Self::NONE; dataset.text_count()];
        let mut names: Vec<(&[u8], usize)> = Vec::with_capacity(96);
        for quad in dataset.quads() {
            for term in [quad.subject, quad.predicate] {
                if let Some(at) = term.as_text()
                    && let Some(rank) = texts.get_mut(at)
                    && *rank == Self::NONE
                {
                    *rank = 0;
                    names.push((dataset.spaced(term), at));
                }
            }
        }
        names.sort_unstable();
        let mut named = 0;
        for same in names.chunk_by(|(one, _), (two, _)| one == two) {
            for (_, at) in same {
                if let Some(rank) = texts.get_mut(*at) {
                    *rank = named;
                }
            }
            named += 1;
        }
        Self { texts, named, blanks: dataset.blank_count() }
    }

    fn of(&self, term: Term) -> u32 {
        match term.as_blank() {
            Some(blank) => self.named + blank,
            None => term.as_text().and_then(|at| self.texts.get(at)).copied().unwrap_or_default(),
        }
    }

    /// The quads with their ranks, in the order of their subjects: each counted, then put where the
    /// counts say.
    fn by_subject(&self, dataset: &Dataset) -> Vec<Ranked> {
        let mut starts = vec![0_u32; self.named as usize + self.blanks + 1];
        let ranked = dataset.quads().iter().map(|quad| Ranked {
            subject: self.of(quad.subject),
            predicate: self.of(quad.predicate),
            quad: *quad,
        });
        let found: Vec<Ranked> = ranked.collect();
        for Ranked { subject, .. } in &found {
            if let Some(count) = starts.get_mut(*subject as usize + 1) {
                *count += 1;
            }
        }
        let mut start = 0;
        for count in &mut starts {
            start += *count;
            *count = start;
        }
        let mut sorted = found.clone();
        for ranked in found {
            if let Some(start) = starts.get_mut(ranked.subject as usize)
                && let Some(place) = sorted.get_mut(*start as usize)
            {
                *place = ranked;
                *start += 1;
            }
        }
        sorted
    }
}

/// The canonical labels as text, each with the space that follows it, and their order as text.
struct Labels {
    text: String,
    /// By blank node: where its label stands, and its rank.
    places: Vec<(u32, u32, u32)>,
}

impl Labels {
    fn new(issuer: &Issuer) -> Self {
        let mut text = String::with_capacity(issuer.in_order().len() * 12);
        let count = issuer.in_order().iter().max().map_or(0, |last| *last as usize + 1);
        let mut places = vec![(0, 0, u32::MAX); count];
        for blank in issuer.in_order() {
            let start = text.len();
            issuer.write(*blank, &mut text);
            text.push(' ');
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

    fn text(&self, blank: u32) -> &[u8] {
        let (start, end, _) = self.places.get(blank as usize).copied().unwrap_or_default();
        self.text.as_bytes().get(start as usize..end as usize).unwrap_or_default()
    }
}
