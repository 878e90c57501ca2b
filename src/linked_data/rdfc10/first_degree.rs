//! Hash First Degree Quads (RDFC-1.0 §4.6).

use super::digest::Digest;
use super::order::Ordered;
use crate::linked_data::options::Hash;
use crate::linked_data::quads::{Quad, Term};

/// The blank node to quads map (§4.3): for each blank node the quads that mention it, each once.
pub(super) struct Mentions {
    starts: Vec<u32>,
    quads: Vec<u32>,
}

/// The blank nodes of a quad, in subject, object and graph position.
pub(super) fn blanks(quad: &Quad) -> [(Position, Option<u32>); 3] {
    [
        (Position::Subject, quad.subject.as_blank()),
        (Position::Object, quad.object.as_blank()),
        (Position::Graph, quad.graph.as_blank()),
    ]
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Position {
    Subject,
    Object,
    Graph,
}

/// The blank nodes of a quad, each once.
fn distinct_blanks(quad: &Quad) -> impl Iterator<Item = u32> {
    let [subject, object, graph] = blanks(quad).map(|(_, blank)| blank);
    let object = object.filter(|_| object != subject);
    let graph = graph.filter(|_| graph != subject && graph != object);
    [subject, object, graph].into_iter().flatten()
}

impl Mentions {
    pub(super) fn new(ordered: &Ordered<'_>) -> Self {
        let mut starts = vec![0_u32; ordered.blank_count() + 1];
        let mut total = 0_u32;
        for blank in ordered.quads().flat_map(distinct_blanks) {
            if let Some(count) = starts.get_mut(blank as usize) {
                *count += 1;
                total += 1;
            }
        }
        // Counts become ends; filling from the back turns them into starts.
        let mut end = 0;
        for start in &mut starts {
            end += *start;
            *start = end;
        }
        let mut quads = vec![0; total as usize];
        for (at, quad) in ordered.quads().enumerate().rev() {
            for blank in distinct_blanks(quad) {
                if let Some(start) = starts.get_mut(blank as usize) {
                    *start -= 1;
                    if let Some(place) = quads.get_mut(*start as usize) {
                        *place = at as u32;
                    }
                }
            }
        }
        Self { starts, quads }
    }

    /// The quads that mention `blank`.
    pub(super) fn of(&self, blank: u32) -> &[u32] {
        let start = self.starts.get(blank as usize).copied().unwrap_or(0) as usize;
        let end = self.starts.get(blank as usize + 1).copied().unwrap_or(0) as usize;
        self.quads.get(start..end).unwrap_or_default()
    }

    /// The hash of each blank node that a quad mentions.
    pub(super) fn first_degree_hashes(
        &self,
        ordered: &Ordered<'_>,
        hash: Hash,
    ) -> Vec<(Digest, u32)> {
        let mut lines = Lines::default();
        (0..ordered.blank_count() as u32)
            .filter(|blank| !self.of(*blank).is_empty())
            .map(|blank| (lines.digest(ordered, self.of(blank), blank, hash), blank))
            .collect()
    }
}

/// Room for the lines of one blank node.
#[derive(Default)]
struct Lines {
    text: String,
    ends: Vec<(u32, u32)>,
    sorted: String,
}

impl Lines {
    /// §4.6.3: the blank node itself is `_:a` and all others `_:z`; sorted lines are hashed.
    fn digest(&mut self, ordered: &Ordered<'_>, quads: &[u32], blank: u32, hash: Hash) -> Digest {
        self.text.clear();
        self.ends.clear();
        for quad in quads.iter().filter_map(|quad| ordered.quad(*quad)) {
            let start = self.text.len() as u32;
            for term in [quad.subject, quad.predicate, quad.object, quad.graph] {
                let text = match term.as_blank() {
                    Some(one) if one == blank => "_:a",
                    Some(_) => "_:z",
                    None if term == Term::DEFAULT_GRAPH => continue,
                    None => ordered.text(term),
                };
                self.text.push_str(text);
                self.text.push(' ');
            }
            self.text.push_str(".\n");
            self.ends.push((start, self.text.len() as u32));
        }
        let text = &self.text;
        let line = |(start, end): &(u32, u32)| {
            text.get(*start as usize..*end as usize).unwrap_or_default()
        };
        if self.ends.is_sorted_by(|one, two| line(one) <= line(two)) {
            return Digest::of(hash, text.as_bytes());
        }
        self.ends.sort_unstable_by(|one, two| line(one).cmp(line(two)));
        self.sorted.clear();
        for place in &self.ends {
            self.sorted.push_str(line(place));
        }
        Digest::of(hash, self.sorted.as_bytes())
    }
}
