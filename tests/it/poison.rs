//! Graphs made to keep a canonicaliser busy: each is stopped by name, or is canonical.
//!
//! `cargo bench --bench poison` prints how long each takes; this test asks only for the names.

use accolade::linked_data::{Error, Limit, Options, nquads, rdfc10};

/// What should become of a graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Canonical,
    /// Stopped by this limit.
    Stopped(Limit),
}

/// A graph, as N-Quads.
pub(crate) struct Poison {
    pub(crate) name: String,
    pub(crate) nquads: String,
    pub(crate) fate: Fate,
}

/// Edges between blank nodes, by number.
type Edges = Vec<(usize, usize)>;

/// The graphs, worst of their kind within the limits on quads and blank nodes, and small ones of the
/// same kind that must get through.
pub(crate) fn graphs() -> Vec<Poison> {
    use Fate::Canonical;
    let stopped = Fate::Stopped(Limit::Work);
    let mut graphs = Vec::new();
    let mut add = |name: &str, size: usize, edges: Edges, fate: Fate| {
        graphs.push(Poison { name: format!("{name} {size}"), nquads: text(&edges), fate });
    };
    for (size, fate) in [(4, Canonical), (5, Canonical), (12, stopped), (140, stopped)] {
        add("clique", size, clique(size), fate);
    }
    for (size, fate) in [(3, Canonical), (8, stopped), (100, stopped), (256, stopped)] {
        add("complete bipartite", size, bipartite(size, size), fate);
    }
    // Leaves that nothing tells apart, around a hub that is like another: factorial in the leaves.
    for (size, fate) in [(4, Canonical), (9, stopped), (255, stopped)] {
        add("two stars", size, [star(0, size), star(size + 1, size)].concat(), fate);
    }
    add("one star", 511, star(0, 511), Canonical);
    for (size, fate) in [(4, Canonical), (64, Canonical), (512, stopped)] {
        add("ring", size, ring(0, size), fate);
    }
    let rings = |size: usize| (0..512 / size).flat_map(|at| ring(at * size, size)).collect();
    add("512 nodes in rings of", 2, rings(2), Canonical);
    add("512 nodes in rings of", 4, rings(4), Canonical);
    add("512 nodes in rings of", 128, rings(128), stopped);
    for (size, fate) in [(3, Canonical), (9, stopped)] {
        add("hypercube", size, hypercube(size), fate);
    }
    for (size, fate) in [(4, stopped), (16, stopped)] {
        add("rook's graph", size, rook(size), fate);
    }
    for (size, fate) in [(2, Canonical), (8, stopped)] {
        add("full binary tree", size, tree(size), fate);
    }
    // Every pair of nodes looks like every other, but for a direction.
    add("tournament", 11, tournament(11), stopped);
    for (size, fate) in [(2, Canonical), (60, stopped)] {
        graphs.push(Poison {
            name: format!("related {size} times over"),
            nquads: repeats(3, size),
            fate,
        });
    }
    graphs.push(Poison {
        name: "graphs that name each other".to_owned(),
        nquads: mutual_graphs(24),
        fate: stopped,
    });
    graphs.push(Poison {
        name: "513 blank nodes".to_owned(),
        nquads: text(&ring(0, 513)),
        fate: Fate::Stopped(Limit::BlankNodes),
    });
    graphs
}

fn text(edges: &[(usize, usize)]) -> String {
    edges.iter().map(|(one, two)| format!("_:n{one} <urn:p> _:n{two} .\n")).collect()
}

fn pairs(size: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..size).flat_map(move |one| (0..size).map(move |two| (one, two)))
}

fn clique(size: usize) -> Edges {
    pairs(size).filter(|(one, two)| one != two).collect()
}

fn bipartite(left: usize, right: usize) -> Edges {
    let all = (0..left).flat_map(|one| (0..right).map(move |two| (one, left + two)));
    // As many as there may be quads.
    all.take(20_000).collect()
}

fn ring(first: usize, size: usize) -> Edges {
    (0..size).map(|at| (first + at, first + (at + 1) % size)).collect()
}

fn star(hub: usize, leaves: usize) -> Edges {
    (1..=leaves).map(|leaf| (hub, hub + leaf)).collect()
}

fn hypercube(dimensions: usize) -> Edges {
    (0..1_usize << dimensions)
        .flat_map(|node| (0..dimensions).map(move |bit| (node, node ^ (1 << bit))))
        .collect()
}

/// Squares of a board, joined where a rook could go: no two tell apart, however far one looks.
fn rook(side: usize) -> Edges {
    pairs(side * side)
        .filter(|(one, two)| one != two && (one / side == two / side || one % side == two % side))
        .collect()
}

fn tree(depth: usize) -> Edges {
    (1..1_usize << depth).flat_map(|node| [(node, 2 * node), (node, 2 * node + 1)]).collect()
}

/// Paley's: an edge from `one` to `two` where their difference is a square.
fn tournament(prime: usize) -> Edges {
    let is_square = |number: usize| (1..prime).any(|root| root * root % prime == number);
    pairs(prime).filter(|(one, two)| is_square((prime + two - one) % prime)).collect()
}

/// Two hubs that are related to each of some nodes many times in the same way: the graph of a quad is
/// no part of how nodes are related (RDFC-1.0 §4.7), so that the lists of related nodes have repeats.
fn repeats(nodes: usize, times: usize) -> String {
    let mut text = String::new();
    for (hub, node) in (0..2).flat_map(|hub| (0..nodes).map(move |node| (hub, node))) {
        for graph in 0..times {
            text.push_str(&format!("_:h{hub} <urn:p> _:n{hub}.{node} <urn:g:{graph}> .\n"));
        }
    }
    text
}

fn mutual_graphs(size: usize) -> String {
    clique(size).iter().map(|(one, two)| format!("_:n{one} <urn:p> \"x\" _:n{two} .\n")).collect()
}

/// What becomes of a graph here.
pub(crate) fn fate(nquads: &str, options: &Options) -> Fate {
    let result = nquads::parse(nquads, options.limits)
        .and_then(|dataset| rdfc10::canonicalize(&dataset, options));
    match result {
        Ok(_) => Fate::Canonical,
        Err(Error::Limit { limit, .. }) => Fate::Stopped(limit),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn poison_graphs_are_stopped_by_name_and_small_ones_get_through() {
    let options = Options::default();
    let found: Vec<(String, Fate)> =
        graphs().iter().map(|graph| (graph.name.clone(), fate(&graph.nquads, &options))).collect();
    let expected: Vec<(String, Fate)> =
        graphs().into_iter().map(|graph| (graph.name, graph.fate)).collect();
    assert_eq!(found, expected);
}
