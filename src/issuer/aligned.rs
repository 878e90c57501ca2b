//! What badge classes are aligned with, as they state it: competencies, and the frameworks that these
//! belong to. There is no other source here: the framework itself stands where its owner keeps it.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::{Issuer, IssuerError};
use crate::domain::{Alignment, AlignmentTarget, BadgeClass, IssuerId, IssuerProfile};
use crate::wire::rest;

/// Badge classes that are looked at for one document or page.
const MOST: usize = 500;

/// An entry of a framework, or of none, with the badge classes that are aligned with it.
#[derive(Clone, Debug)]
pub struct Competency {
    /// What it is, in the words of the badge class whose version is the oldest.
    pub stated: Alignment,
    /// The badge classes, the oldest first, each with its issuer.
    pub classes: Vec<(BadgeClass, IssuerProfile)>,
    /// Whether there are more than are given here.
    pub more: bool,
}

/// A framework, as far as badge classes are aligned with it.
#[derive(Clone, Debug)]
pub struct Framework {
    /// Its name.
    pub name: String,
    /// Its entries, in the order of their codes, each with the number of badge classes.
    pub competencies: Vec<(Alignment, usize)>,
    /// Whether there are more badge classes than were looked at.
    pub more: bool,
}

impl Issuer {
    /// The badge classes that are aligned with a competency.
    ///
    /// # Errors
    /// [`IssuerError::NotFound`] when none is, and what the store says.
    pub async fn competency(&self, target: &AlignmentTarget) -> Result<Competency, IssuerError> {
        let (classes, more) = self.aligned(target).await?;
        let stated = classes
            .iter()
            .find_map(|(class, _)| alignments(class, target).next())
            .ok_or(IssuerError::NotFound("competency"))?;
        Ok(Competency { stated: stated.clone(), classes, more })
    }

    /// The entries of a framework that badge classes are aligned with.
    ///
    /// # Errors
    /// [`IssuerError::NotFound`] when none is, and what the store says.
    pub async fn framework(&self, target: &AlignmentTarget) -> Result<Framework, IssuerError> {
        let (classes, more) = self.aligned(target).await?;
        let mut entries: BTreeMap<AlignmentTarget, (Alignment, usize)> = BTreeMap::new();
        for (class, _) in &classes {
            for alignment in alignments(class, target) {
                let entry = AlignmentTarget::competency(&alignment.target_url);
                entries.entry(entry).or_insert_with(|| (alignment.clone(), 0)).1 += 1;
            }
        }
        let mut competencies: Vec<_> = entries.into_values().collect();
        competencies.sort_by(|(one, _), (other, _)| in_order(one).cmp(&in_order(other)));
        let name = competencies.iter().find_map(|(stated, _)| stated.target_framework.clone());
        let name = name.ok_or(IssuerError::NotFound("framework"))?;
        Ok(Framework { name, competencies, more })
    }

    /// The same as data.
    pub(super) async fn aligned_document(
        &self,
        target: &AlignmentTarget,
    ) -> Result<Value, IssuerError> {
        let urls = &self.0.urls;
        Ok(match target {
            AlignmentTarget::Competency(_) => {
                let Competency { stated, classes, more } = self.competency(target).await?;
                rest::competency_document(urls, &stated, &classes, more)
            }
            AlignmentTarget::Framework(_) => {
                let Framework { name, competencies, more } = self.framework(target).await?;
                rest::framework_document(urls, &name, &competencies, more)
            }
        })
    }

    /// The badge classes that are aligned with a target, the oldest version first, each with its
    /// issuer; and whether there are more.
    async fn aligned(
        &self,
        target: &AlignmentTarget,
    ) -> Result<(Vec<(BadgeClass, IssuerProfile)>, bool), IssuerError> {
        let store = &self.0.store;
        let mut found = store.aligned(target, MOST + 1).await?;
        let more = found.len() > MOST;
        found.truncate(MOST);
        found.sort_by(|(_, one), (_, other)| {
            (one.created_at, &one.id).cmp(&(other.created_at, &other.id))
        });
        let mut issuers: HashMap<IssuerId, IssuerProfile> = HashMap::new();
        let mut classes = Vec::with_capacity(found.len());
        for (account, class) in found {
            let known = issuers.get(&class.issuer).cloned();
            let issuer = match known {
                Some(issuer) => issuer,
                None => match store.issuer(&account, &class.issuer).await? {
                    Some(issuer) => issuer.value,
                    None => continue,
                },
            };
            issuers.entry(class.issuer.clone()).or_insert_with(|| issuer.clone());
            classes.push((class, issuer));
        }
        Ok((classes, more))
    }
}

/// The alignments of a badge class with a target.
fn alignments<'c>(
    class: &'c BadgeClass,
    target: &AlignmentTarget,
) -> impl Iterator<Item = &'c Alignment> {
    class.alignments.iter().filter(move |alignment| alignment.targets().any(|own| own == *target))
}

/// By code, those without one last, then by name.
fn in_order(alignment: &Alignment) -> (bool, Option<&str>, &str) {
    let code = alignment.target_code.as_deref();
    (code.is_none(), code, &alignment.target_name)
}
