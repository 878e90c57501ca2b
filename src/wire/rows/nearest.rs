//! The name that was probably meant.

/// The known name that is nearest to `name`, if one is near: case, spaces, underscores, dots and
/// hyphens apart, at most two letters put in, left out or changed, one in a short name.
pub fn nearest<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    if name.len() > 100 {
        return None;
    }
    let wanted = plain(name);
    let allowed = if wanted.chars().count() > 5 { 2 } else { 1 };
    known
        .filter(|candidate| candidate.len().abs_diff(name.len()) <= 8)
        .map(|candidate| (distance(&wanted, &plain(candidate)), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
}

/// A name without what does not count: case, spaces, underscores, dots and hyphens.
pub(super) fn plain(name: &str) -> String {
    let kept = name.chars().filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-' | '.'));
    kept.flat_map(char::to_lowercase).collect()
}

/// How many letters must be put in, left out or changed (Levenshtein).
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (at, letter) in left.chars().enumerate() {
        let mut diagonal = at;
        let mut last = at + 1;
        let mut next = vec![last];
        for (above, other) in row.iter().skip(1).zip(&right) {
            last = (above + 1).min(last + 1).min(diagonal + usize::from(letter != *other));
            diagonal = *above;
            next.push(last);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
