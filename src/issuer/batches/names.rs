//! Which badge class a row means.

use std::collections::HashMap;

use crate::domain::{AccountId, BadgeClassId, IssuerId};
use crate::issuer::IssuerError;
use crate::store::{Page, Store};
use crate::wire::rows::{Facts, nearest};

/// The names of an account's badge classes and issuers.
#[derive(Debug, Default)]
pub(super) struct Names {
    classes: HashMap<String, Vec<(IssuerId, BadgeClassId)>>,
    issuers: HashMap<String, IssuerId>,
}

/// A name that means no badge class.
#[derive(Debug)]
pub(super) struct Unknown {
    /// `badgeClass` or `issuer`.
    pub(super) member: &'static str,
    pub(super) detail: String,
    pub(super) suggestion: Option<String>,
}

impl Names {
    /// Reads them: a badge class is known by its id, its code for people, what others call it, and
    /// what the file that it was imported from calls it; an issuer by its id and its slug.
    pub(super) async fn read(store: &Store, account: &AccountId) -> Result<Self, IssuerError> {
        let mut names = Self::default();
        let mut imported: HashMap<BadgeClassId, Vec<String>> = HashMap::new();
        let mut page = Page::first(500);
        loop {
            let listed = store.class_names(account, &page).await?;
            imported.extend(listed.items);
            let Some(next) = listed.next else { break };
            page.after = Some(next);
        }
        let mut page = Page::first(200);
        loop {
            let listed = store.issuers(account, &page).await?;
            for issuer in listed.items {
                let id = issuer.value.id;
                names.issuers.insert(issuer.value.slug.as_str().to_owned(), id.clone());
                names.issuers.insert(id.as_str().to_owned(), id);
            }
            let Some(next) = listed.next else { break };
            page.after = Some(next);
        }
        let mut page = Page::first(200);
        loop {
            let listed = store.badge_classes(account, None, &page).await?;
            for class in listed.items {
                let class = class.value;
                let others = class.other_identifiers.into_iter().map(|other| other.identifier);
                let imported = imported.remove(&class.id).unwrap_or_default();
                let own = [Some(class.id.as_str().to_owned()), class.human_code];
                for name in own.into_iter().flatten().chain(others).chain(imported) {
                    let known = names.classes.entry(name).or_default();
                    if !known.iter().any(|(_, id)| *id == class.id) {
                        known.push((class.issuer.clone(), class.id.clone()));
                    }
                }
            }
            let Some(next) = listed.next else { break };
            page.after = Some(next);
        }
        Ok(names)
    }

    /// The badge class that a row names. Two issuers may use the same code: then the row must say
    /// which.
    pub(super) fn class(&self, facts: &Facts) -> Result<BadgeClassId, Unknown> {
        let unknown = |member, detail: String, suggestion: Option<String>| Unknown {
            member,
            detail,
            suggestion,
        };
        let Some(name) = &facts.class else {
            return Err(unknown("badgeClass", "the row names no badge class".to_owned(), None));
        };
        let Some(known) = self.classes.get(name) else {
            let near = nearest(name, self.classes.keys().map(String::as_str));
            let detail = format!("there is no badge class {:?} in this account", shown(name));
            return Err(unknown(
                "badgeClass",
                detail,
                near.map(|near| format!("did you mean {near:?}?")),
            ));
        };
        let issuer = self.issuer(facts)?;
        let mut fitting =
            known.iter().filter(|(of, _)| issuer.as_ref().is_none_or(|issuer| issuer == of));
        match (fitting.next(), fitting.next()) {
            (Some((_, id)), None) => Ok(id.clone()),
            (None, _) => {
                let detail = format!("{:?} is a badge class of another issuer", shown(name));
                Err(unknown("badgeClass", detail, None))
            }
            (Some(_), Some(_)) => {
                let detail = format!("several badge classes are called {:?}", shown(name));
                let help = "name the issuer, or the badge class by its id bc_…";
                Err(unknown("badgeClass", detail, Some(help.to_owned())))
            }
        }
    }

    fn issuer(&self, facts: &Facts) -> Result<Option<IssuerId>, Unknown> {
        let Some(name) = &facts.issuer else { return Ok(None) };
        match self.issuers.get(name) {
            Some(id) => Ok(Some(id.clone())),
            None => {
                let near = nearest(name, self.issuers.keys().map(String::as_str));
                Err(Unknown {
                    member: "issuer",
                    detail: format!("there is no issuer {:?} in this account", shown(name)),
                    suggestion: Some(near.map_or_else(
                        || "map the cell in `issuers`, or write the issuer's slug or id".to_owned(),
                        |near| format!("did you mean {near:?}?"),
                    )),
                })
            }
        }
    }
}

/// A value as far as a message shows it.
pub(super) fn shown(text: &str) -> String {
    const MOST: usize = 80;
    let mut short: String = text.chars().take(MOST).collect();
    if text.chars().count() > MOST {
        short.push('…');
    }
    short
}
