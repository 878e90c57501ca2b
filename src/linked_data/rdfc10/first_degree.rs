//! Hash First Degree Quads (RDFC-1.0 §4.6).

use super::digest::Digest;
use super::order::Ordered;
use crate::linked_data::options::Hash;
use crate::linked_data::quads::Quad;

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
fn distinct_blanks(quad: &Quad) -> [Option<u32>; 3] {
    let [subject, object, graph] = blanks(quad).map(|(_, blank)| blank);
    let object = object.filter(|_| object != subject);
    let graph = graph.filter(|_| graph != subject && graph != object);
    [subject, object, graph]
}

impl Mentions {
    pub(super) fn new(ordered: &Ordered<'_>) -> Self {
        // Blank node and quad, in the order of the quads.
        let mut mentions: Vec<(u32, u32)> = Vec::with_capacity(ordered.quads().len());
        let mut starts = vec![0_u32; ordered.blank_count() + 1];
        for (at, quad) in ordered.quads().enumerate() {
            for blank in distinct_blanks(quad) {
                let Some(blank) = blank else { continue };
                mentions.push((blank, at as u32));
                if let Some(count) = starts.get_mut(blank as usize) {
                    *count += 1;
                }
            }
        }
        // Counts become ends; filling from the back turns them into starts.
        let mut end = 0;
        for start in &mut starts {
            end += *start;
            *start = end;
        }
        let mut quads = vec![0; mentions.len()];
        for (blank, at) in mentions.into_iter().rev() {
            if let Some(start) = starts.get_mut(blank as usize) {
                *start -= 1;
                if let Some(place) = quads.get_mut(*start as usize) {
                    *place = at;
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
            .map(|blank| match ordered.first_degree(blank) {
                Some(known) => (known, blank),
                None => (lines.digest(ordered, self.of(blank), blank, hash), blank),
            })
            .collect()
    }
}

/// Room for the lines of one blank node.
#[derive(Default)]
struct Lines {
    text: Vec<u8>,
    ends: Vec<(u32, u32)>,
    sorted: Vec<u8>,
}

impl Lines {
    /// §4.6.3: the blank node itself is `_:a` and all others `_:z`; sorted lines are hashed.
    fn digest(&mut self, ordered: &Ordered<'_>, quads: &[u32], blank: u32, hash: Hash) -> Digest {
        self.text.clear();
        self.ends.clear();
        for quad in quads.iter().filter_map(|quad| ordered.quad(*quad)) {
            let start = self.text.len() as u32;
            for term in [quad.subject, quad.predicate, quad.object, quad.graph] {
                self.text.extend_from_slice(match term.as_blank() {
                    Some(one) if one == blank => b"_:a ",
                    Some(_) => b"_:z ",
                    None => ordered.spaced(term),
                });
            }
            self.text.extend_from_slice(b".\n");
            self.ends.push((start, self.text.len() as u32));
        }
        let text = &self.text;
        let line = |(start, end): &(u32, u32)| {
            text.get(*start as usize..*end as usize).unwrap_or_default()
        };
        if self.ends.is_sorted_by(|one, two| line(one) <= line(two)) {
            return Digest::of(hash, text);
        }
        self.ends.sort_unstable_by(|one, two| line(one).cmp(line(two)));
        self.sorted.clear();
        for place in &self.ends {
            self.sorted.extend_from_slice(line(place));
        }
        Digest::of(hash, &self.sorted)
    }
}
