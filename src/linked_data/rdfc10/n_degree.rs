//! Hash Related Blank Node (RDFC-1.0 §4.7) and Hash N-Degree Quads (§4.8): telling apart blank
//! nodes that look the same from nearby, by what they are connected to.

use std::collections::BTreeMap;

use super::Hashes;
use super::digest::Digest;
use super::first_degree::{Mentions, Position, blanks};
use super::issuer::Issuer;
use super::order::Ordered;
use crate::linked_data::error::Error;
use crate::linked_data::options::{Hash, Limit, Options};
use crate::linked_data::quads::Quad;

/// How deep the algorithm may call itself: a chain of so many blank nodes that look the same. It would
/// take more work than the default allows in any case, and a thread of 2 MB has room for it.
const MAX_DEPTH: usize = 200;

pub(super) struct NDegree<'a, 'd> {
    ordered: &'a Ordered<'d>,
    mentions: &'a Mentions,
    first_degree: Vec<Option<Digest>>,
    pub(super) canonical: Issuer,
    hash: Hash,
    budget: usize,
    allowed: usize,
    depth: usize,
}

impl<'a, 'd> NDegree<'a, 'd> {
    pub(super) fn new(
        ordered: &'a Ordered<'d>,
        mentions: &'a Mentions,
        hashes: &Hashes,
        canonical: Issuer,
        options: &Options,
    ) -> Self {
        let mut first_degree = vec![None; ordered.blank_count()];
        for (digest, blank) in hashes {
            if let Some(place) = first_degree.get_mut(*blank as usize) {
                *place = Some(*digest);
            }
        }
        let allowed = options.limits.work;
        let hash = options.hash;
        Self {
            ordered,
            mentions,
            first_degree,
            canonical,
            hash,
            budget: allowed,
            allowed,
            depth: 0,
        }
    }

    fn spend(&mut self, cost: usize) -> Result<(), Error> {
        match self.budget.checked_sub(cost) {
            Some(rest) => {
                self.budget = rest;
                Ok(())
            }
            None => Err(Error::Limit { limit: Limit::Work, allowed: self.allowed }),
        }
    }

    /// Hash N-Degree Quads; step numbers are those of §4.8.3.
    pub(super) fn hash(&mut self, blank: u32, issuer: Issuer) -> Result<(Digest, Issuer), Error> {
        if self.depth >= MAX_DEPTH {
            return Err(Error::Limit { limit: Limit::Work, allowed: self.allowed });
        }
        self.depth += 1;
        let result = self.hash_here(blank, issuer);
        self.depth -= 1;
        result
    }

    fn hash_here(&mut self, blank: u32, mut issuer: Issuer) -> Result<(Digest, Issuer), Error> {
        // 1 to 3
        let related = self.related(blank, &issuer)?;
        // 4
        let mut data = String::new();
        // 5
        for (digest, list) in related {
            data.push_str(&digest.hex(self.hash));
            let (path, chosen) = self.shortest_path(list, &issuer)?;
            data.push_str(&path);
            issuer = chosen;
        }
        // 6
        Ok((Digest::of(self.hash, data.as_bytes()), issuer))
    }

    /// Steps 1 to 3: the blank nodes that share a quad with `blank`, under the hash of how they
    /// are related to it. A node that is related twice in the same way stands there twice.
    fn related(
        &mut self,
        blank: u32,
        issuer: &Issuer,
    ) -> Result<BTreeMap<Digest, Vec<u32>>, Error> {
        let mut related: BTreeMap<Digest, Vec<u32>> = BTreeMap::new();
        let mentions = self.mentions;
        for at in mentions.of(blank) {
            self.spend(1)?;
            let Some(quad) = self.ordered.quad(*at) else { continue };
            for (position, other) in blanks(quad) {
                if let Some(other) = other.filter(|other| *other != blank) {
                    let digest = self.hash_related(other, quad, issuer, position);
                    related.entry(digest).or_default().push(other);
                }
            }
        }
        Ok(related)
    }

    /// Hash Related Blank Node (§4.7.3).
    fn hash_related(&self, other: u32, quad: &Quad, issuer: &Issuer, position: Position) -> Digest {
        let mut input = String::with_capacity(160);
        input.push_str(match position {
            Position::Subject => "s",
            Position::Object => "o",
            Position::Graph => "g",
        });
        if position != Position::Graph {
            input.push_str(self.ordered.text(quad.predicate));
        }
        let is_issued = self.canonical.write(other, &mut input) || issuer.write(other, &mut input);
        if !is_issued && let Some(Some(digest)) = self.first_degree.get(other as usize) {
            input.push_str(&digest.hex(self.hash));
        }
        Digest::of(self.hash, input.as_bytes())
    }

    /// Steps 5.2 to 5.6: of all orders of `list`, the one with the least path.
    fn shortest_path(
        &mut self,
        mut list: Vec<u32>,
        issuer: &Issuer,
    ) -> Result<(String, Issuer), Error> {
        let mut chosen: Option<(String, Issuer)> = None;
        list.sort_unstable();
        loop {
            self.spend(list.len())?;
            let least = chosen.as_ref().map(|(path, _)| path.as_str());
            if let Some(better) = self.path(&list, issuer.clone(), least)? {
                chosen = Some(better);
            }
            if !next_permutation(&mut list) {
                break;
            }
        }
        Ok(chosen.unwrap_or_else(|| (String::new(), issuer.clone())))
    }

    /// Step 5.4 for one order; `None` as soon as the path cannot be less than `least`.
    fn path(
        &mut self,
        list: &[u32],
        mut issuer: Issuer,
        least: Option<&str>,
    ) -> Result<Option<(String, Issuer)>, Error> {
        let mut path = String::new();
        let mut recursion = Vec::new();
        // 5.4.4
        for related in list {
            if !self.canonical.write(*related, &mut path) {
                if issuer.number(*related).is_none() {
                    recursion.push(*related);
                    issuer.issue(*related);
                }
                issuer.write(*related, &mut path);
            }
            if cannot_be_less(&path, least) {
                return Ok(None);
            }
        }
        // 5.4.5
        for related in recursion {
            let (digest, next) = self.hash(related, issuer.clone())?;
            issuer.issue(related);
            issuer.write(related, &mut path);
            path.push('<');
            path.push_str(&digest.hex(self.hash));
            path.push('>');
            issuer = next;
            if cannot_be_less(&path, least) {
                return Ok(None);
            }
        }
        // 5.4.6
        Ok(match least {
            Some(least) if *path >= *least => None,
            _ => Some((path, issuer)),
        })
    }
}

/// Steps 5.4.4.3 and 5.4.5.5.
fn cannot_be_less(path: &str, least: Option<&str>) -> bool {
    least.is_some_and(|least| path.len() >= least.len() && path > least)
}

/// The next order of a list with repeats, so that equal ones are tried once; `false` after the last.
fn next_permutation(list: &mut [u32]) -> bool {
    let Some(pivot) = list.windows(2).rposition(|pair| matches!(pair, [one, two] if one < two))
    else {
        return false;
    };
    let Some((head, tail)) = list.split_at_mut_checked(pivot + 1) else { return false };
    let (Some(low), true) = (head.last_mut(), !tail.is_empty()) else { return false };
    if let Some(high) = tail.iter_mut().rev().find(|item| **item > *low) {
        std::mem::swap(low, high);
    }
    tail.reverse();
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_each_distinct_order_once() {
        let mut list = vec![1, 1, 2];
        let mut seen = vec![list.clone()];
        while next_permutation(&mut list) {
            seen.push(list.clone());
        }
        assert_eq!(seen, [vec![1, 1, 2], vec![1, 2, 1], vec![2, 1, 1]]);
        assert!(!next_permutation(&mut []));
    }
}
