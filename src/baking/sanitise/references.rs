//! How much would be drawn once elements refer to each other.

use std::collections::HashMap;

use crate::baking::xml::Fault;

/// Most elements that are drawn once all references between them are followed; a filter counts as
/// some hundred of them.
const MAX_DRAWN: u64 = 20_000;

/// Who refers to whom, to know how much would be drawn.
#[derive(Default)]
pub(super) struct References {
    /// The ids that are open, innermost last; the first entry is the document.
    scopes: Vec<String>,
    /// For an id: its own elements, and the ids that they refer to.
    targets: HashMap<String, (u64, Vec<String>)>,
}

impl References {
    pub(super) fn enter(&mut self, id: Option<&str>) -> bool {
        if self.scopes.is_empty() {
            self.scopes.push(String::new());
        }
        if let Some(id) = id {
            self.scopes.push(id.to_owned());
        }
        for scope in &self.scopes {
            self.targets.entry(scope.clone()).or_default().0 += 1;
        }
        id.is_some()
    }

    pub(super) fn work(&mut self, work: u64) {
        for scope in &self.scopes {
            self.targets.entry(scope.clone()).or_default().0 += work;
        }
    }

    pub(super) fn leave(&mut self, ids: usize) {
        self.scopes.truncate(self.scopes.len().saturating_sub(ids).max(1));
    }

    pub(super) fn refer(&mut self, name: &str, value: &str) {
        let mut found: Vec<String> = Vec::new();
        if name == "href" {
            found.extend(value.strip_prefix('#').map(str::to_owned));
        }
        for after in value.split("url(").skip(1) {
            let inner = after.split(')').next().unwrap_or_default();
            let inner = inner.trim().trim_matches(['"', '\'']);
            found.extend(inner.strip_prefix('#').map(str::to_owned));
        }
        for target in found {
            for scope in &self.scopes {
                self.targets.entry(scope.clone()).or_default().1.push(target.clone());
            }
        }
    }

    pub(super) fn check(&self) -> Result<(), Fault> {
        let mut known = HashMap::new();
        match self.drawn("", &mut known) {
            Some(drawn) if drawn <= MAX_DRAWN => Ok(()),
            _ => Err(Fault::TooManyReferences),
        }
    }

    /// How many elements `id` draws; `None` if it refers to itself. An entry without a value in
    /// `known` is being counted.
    fn drawn(&self, id: &str, known: &mut HashMap<String, Option<u64>>) -> Option<u64> {
        if let Some(count) = known.get(id) {
            return *count;
        }
        let Some((own, references)) = self.targets.get(id) else { return Some(0) };
        if known.len() > 2_000 {
            return None;
        }
        known.insert(id.to_owned(), None);
        let mut count = *own;
        for target in references {
            count = count.saturating_add(self.drawn(target, known)?);
        }
        known.insert(id.to_owned(), Some(count));
        Some(count)
    }
}
