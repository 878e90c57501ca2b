//! Graphs of blank nodes: shapes that look the same from every node, and quads by chance.

use crate::choices::Choices;

/// Quads of blank nodes, by number, and other terms.
pub(crate) struct Graph(Vec<[Part; 4]>);

#[derive(Clone, Copy)]
enum Part {
    Blank(usize),
    /// Empty for the default graph.
    Text(&'static str),
}

/// Most blank nodes in a graph.
const MOST: usize = 14;

impl Graph {
    pub(crate) fn of(choices: &mut Choices<'_>) -> Self {
        let nodes = 1 + choices.below(MOST);
        let mut quads: Vec<_> = shape(choices, nodes)
            .into_iter()
            .map(|(one, two)| {
                [Part::Blank(one), Part::Text("<urn:p>"), Part::Blank(two), Part::Text("")]
            })
            .collect();
        // Sometimes nothing breaks the symmetry.
        for _ in 0..choices.below(30) {
            quads.push(quad(choices, nodes));
        }
        Self(quads)
    }

    /// N-Quads text, where `label` names the blank nodes.
    pub(crate) fn text(&self, label: impl Fn(usize) -> String) -> String {
        let mut text = String::new();
        for quad in &self.0 {
            for part in quad {
                match part {
                    Part::Blank(number) => text.push_str(&format!("_:{} ", label(*number))),
                    Part::Text("") => {}
                    Part::Text(term) => text.push_str(&format!("{term} ")),
                }
            }
            text.push_str(".\n");
        }
        text
    }

    /// The same quads in another order, some of them twice.
    pub(crate) fn shuffled(&self, choices: &mut Choices<'_>) -> Self {
        let mut quads = self.0.clone();
        for at in (1..quads.len()).rev() {
            quads.swap(at, choices.below(at + 1));
        }
        let again = choices.below(quads.len() + 1);
        quads.extend_from_within(..again);
        Self(quads)
    }
}

fn shape(choices: &mut Choices<'_>, nodes: usize) -> Vec<(usize, usize)> {
    let all = || (0..nodes).flat_map(move |one| (0..nodes).map(move |two| (one, two)));
    let half = nodes / 2;
    match choices.below(8) {
        1 => (0..nodes).map(|at| (at, (at + 1) % nodes)).collect(),
        2 => all().filter(|(one, two)| one != two).collect(),
        3 => all().filter(|(one, two)| *one < half && *two >= half).collect(),
        4 => (1..nodes).map(|at| (0, at)).collect(),
        // Two rings, one inside the other.
        5 if half > 0 => (0..half)
            .flat_map(|at| {
                let next = (at + 1) % half;
                [(at, next), (at + half, next + half), (at, at + half)]
            })
            .collect(),
        // Pairs that know nobody else.
        6 => (0..half).map(|at| (2 * at, 2 * at + 1)).collect(),
        _ => Vec::new(),
    }
}

fn quad(choices: &mut Choices<'_>, nodes: usize) -> [Part; 4] {
    let subject = match choices.once_in(8) {
        true => Part::Text("<urn:s>"),
        false => Part::Blank(choices.below(nodes)),
    };
    let predicate = Part::Text(choices.pick(&["<urn:p>", "<urn:p>", "<urn:q>"]));
    let object = match choices.below(6) {
        0 => Part::Text(choices.pick(&["\"1\"", "\"x\"@en", "<urn:o>"])),
        _ => Part::Blank(choices.below(nodes)),
    };
    let graph = match choices.below(8) {
        6 => Part::Text("<urn:g>"),
        7 => Part::Blank(choices.below(nodes)),
        _ => Part::Text(""),
    };
    [subject, predicate, object, graph]
}
