//! Who did what to what, when: rows that nobody can change unseen, because each is chained to the one
//! before it ([`super::chain`]).

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::backend::{Key, Sequence, Stored};
use super::chain::{BEGINNING, Hash, Head, link, unseal};
use super::keyspace::{Place, of};
use super::page::{Page, Paged};
use super::record::decode;
use super::shape::{Shaped, shape};
use super::{Store, StoreError, Transaction};
use crate::domain::{AccountId, hex};
use crate::json;
use crate::linked_data::jcs;

/// Rows that are looked at together.
const TOGETHER: usize = 1000;

/// Times that a check runs after rows that are committed meanwhile.
const CATCHING_UP: usize = 1000;

/// Who did what to what.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditRow {
    /// When.
    pub at: Timestamp,
    /// Who: a token id, `cli`, `demo` …
    pub actor: String,
    /// What, such as `assertion.revoked`.
    pub action: String,
    /// The id it was done to.
    pub subject: String,
    /// The request it came with.
    pub request: Option<String>,
    /// Identifiers, numbers, digests of what was signed, and the like; nothing about a person.
    pub detail: Value,
}
shape!(AuditRow {
    at: "at",
    actor: "actor",
    action: "action",
    subject: "subject",
    request: "request",
    detail: "detail",
});

/// The place of a row in the chain of its account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditLink {
    /// Its place in the order of all that happened.
    pub sequence: Sequence,
    /// The hash of the row before it, and its own; `None` for a row from before there was a chain.
    pub hashes: Option<([u8; 32], [u8; 32])>,
}

/// What the chain of an account says when it is followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditVerdict {
    /// Rows that fit, up to the first that does not.
    pub rows: u64,
    /// Rows from before there was a chain, which nothing vouches for.
    pub unchained: u64,
    /// The hash of the last row that fits, in hex; `None` without one.
    pub head: Option<String>,
    /// The first thing that does not fit.
    pub fault: Option<AuditFault>,
}

/// Where a chain breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditFault {
    /// The place of the first row that does not fit, in hex; `None` at the end of the chain.
    pub sequence: Option<String>,
    /// What is wrong there.
    pub what: String,
}

/// A chain that is being followed, row by row: from the store, or from an export.
#[derive(Debug)]
pub struct AuditTrail {
    last: Option<Hash>,
    /// Whether it begins where the chain does.
    whole: bool,
    verdict: AuditVerdict,
}

impl AuditLink {
    /// The members that stand beside the row in an export.
    fn shape(&self) -> Map<String, Value> {
        let mut members = Map::new();
        members.insert("sequence".to_owned(), hex(&self.sequence.to_bytes()).into());
        if let Some((previous, hash)) = &self.hashes {
            members.insert("previous".to_owned(), hex(previous).into());
            members.insert("hash".to_owned(), hex(hash).into());
        }
        members
    }
}

/// A row as it is exported: its own members and those of its link.
pub fn audit_line(link: &AuditLink, row: &AuditRow) -> Value {
    let mut members = link.shape();
    if let Ok(Value::Object(own)) = serde_json::from_str(&row.text()) {
        members.extend(own);
    }
    Value::Object(members)
}

impl AuditTrail {
    /// A whole chain, from its first row on.
    pub fn whole() -> Self {
        let verdict = AuditVerdict { rows: 0, unchained: 0, head: None, fault: None };
        Self { last: None, whole: true, verdict }
    }

    /// A part of a chain, whose first row follows one that is not seen.
    pub fn part() -> Self {
        Self { whole: false, ..Self::whole() }
    }

    /// Takes the next exported line. After the first fault the rest is not looked at.
    pub fn line(&mut self, line: &str) {
        if self.verdict.fault.is_some() {
            return;
        }
        let read = || {
            let Value::Object(mut members) = serde_json::from_str(line).ok()? else { return None };
            let sequence = members.remove("sequence")?;
            let (previous, hash) = (members.remove("previous"), members.remove("hash"));
            let bytes = <[u8; Sequence::BYTES]>::unshape(sequence).ok()?;
            let sequence = Sequence::of(&Key::new(bytes))?;
            let hashes = match (previous, hash) {
                (None, None) => None,
                (previous, hash) => {
                    Some((Hash::unshape(previous?).ok()?, Hash::unshape(hash?).ok()?))
                }
            };
            Some((AuditLink { sequence, hashes }, canonical(&Value::Object(members).to_string())))
        };
        match read() {
            Some((link, payload)) => self.row(&link, payload.as_bytes()),
            None => self.fault(None, "a line that is no row of an export".to_owned()),
        }
    }

    fn row(&mut self, row: &AuditLink, payload: &[u8]) {
        if self.verdict.fault.is_some() {
            return;
        }
        let at = Some(row.sequence);
        let Some((previous, hash)) = row.hashes else {
            if self.last.is_some() {
                self.fault(at, "it is not chained, though a row before it is".to_owned());
            } else {
                self.verdict.unchained += 1;
            }
            return;
        };
        let due = match (self.last, self.whole) {
            (Some(last), _) => last,
            (None, true) => BEGINNING,
            (None, false) => previous,
        };
        if previous != due {
            let what = "it does not follow the row before it: one was altered, removed or moved";
            self.fault(at, what.to_owned());
        } else if link(&previous, row.sequence, payload) != hash {
            self.fault(at, "its content or its place is not what was sealed".to_owned());
        } else {
            self.last = Some(hash);
            self.verdict.rows += 1;
            self.verdict.head = Some(hex(&hash));
        }
    }

    fn fault(&mut self, at: Option<Sequence>, what: String) {
        if self.verdict.fault.is_some() {
            return;
        }
        let sequence = at.map(|at| hex(&at.to_bytes()));
        self.verdict.fault = Some(AuditFault { sequence, what });
    }

    /// What was found.
    pub fn verdict(self) -> AuditVerdict {
        self.verdict
    }
}

impl Store {
    /// The audit rows of `account`, oldest first.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan); [`StoreError::BadCursor`].
    pub async fn audit(
        &self,
        account: &AccountId,
        page: &Page,
    ) -> Result<Paged<(AuditLink, AuditRow)>, StoreError> {
        let found = self.page_of(&rows(account), page).await?;
        let items = found.items.iter().map(|(key, stored)| {
            let (link, payload) = apart(key, stored)?;
            let row = match payload {
                Some(payload) => {
                    let value = serde_json::from_slice(payload).map_err(|error| error.to_string());
                    value.and_then(AuditRow::unshape).map_err(|what| damaged(key, what))?
                }
                None => decode(key, stored)?.value,
            };
            Ok((link, row))
        });
        Ok(Paged { items: items.collect::<Result<_, StoreError>>()?, next: found.next })
    }

    /// Follows the chain of `account` from its beginning to its end.
    ///
    /// # Errors
    /// As [`Backend::scan`](super::backend::Backend::scan).
    pub async fn verify_audit(&self, account: &AccountId) -> Result<AuditVerdict, StoreError> {
        let mut trail = AuditTrail::whole();
        let mut after = None;
        let mut noted = self.audit_end(account).await?;
        // Rows may be committed meanwhile: then the end that is noted moves on, and so do we.
        for _ in 0..CATCHING_UP {
            self.follow(account, &mut trail, &mut after).await?;
            let end = self.audit_end(account).await?;
            let (hash, count) = end.as_ref().map_or((None, 0), |end| (Some(end.hash), end.count));
            if trail.verdict.fault.is_some() || (hash == trail.last && count == trail.verdict.rows)
            {
                break;
            }
            if end == noted {
                let what =
                    "the chain does not end where it should: rows at its end were removed or added";
                trail.fault(None, what.to_owned());
                break;
            }
            noted = end;
        }
        Ok(trail.verdict())
    }

    /// Takes all rows behind `after`.
    async fn follow(
        &self,
        account: &AccountId,
        trail: &mut AuditTrail,
        after: &mut Option<Key>,
    ) -> Result<(), StoreError> {
        let prefix = rows(account).key();
        loop {
            let found = self.backend().scan(&prefix, after.as_ref(), TOGETHER).await?;
            let Some((last, _)) = found.last() else { return Ok(()) };
            *after = Some(last.clone());
            for (key, stored) in &found {
                let (link, payload) = apart(key, stored)?;
                match payload {
                    Some(payload) => trail.row(&link, payload),
                    None if decode::<AuditRow>(key, stored).is_ok() => trail.row(&link, b""),
                    None => trail.fault(Some(link.sequence), "it is no row".to_owned()),
                }
            }
        }
    }

    /// Where the chain of an account ends. What is no end counts as none.
    async fn audit_end(&self, account: &AccountId) -> Result<Option<Head>, StoreError> {
        let stored = self.backend().get(&head_key(account)).await?;
        Ok(stored.and_then(|stored| Head::of(&stored.bytes)))
    }
}

/// A stored row: its place, and what was sealed, if it was.
fn apart<'s>(key: &Key, stored: &'s Stored) -> Result<(AuditLink, Option<&'s [u8]>), StoreError> {
    let sequence =
        Sequence::of(key).ok_or_else(|| damaged(key, "its key holds no sequence".to_owned()))?;
    let sealed = unseal(&stored.bytes);
    let hashes = sealed.map(|sealed| (sealed.previous, sealed.hash));
    Ok((AuditLink { sequence, hashes }, sealed.map(|sealed| sealed.payload)))
}

fn damaged(key: &Key, what: String) -> StoreError {
    StoreError::Damaged { key: key.clone(), what }
}

fn rows(account: &AccountId) -> Place {
    of(account, "audit")
}

fn head_key(account: &AccountId) -> Key {
    of(account, "auditend").id("head")
}

/// The one text of a row (RFC 8785), from any.
fn canonical(row: &str) -> String {
    let canonical = json::parse(row).ok().and_then(|row| jcs::canonicalize(&row).ok());
    // Rows hold no member twice, and their numbers are integers: there is no other reason to fail.
    canonical.unwrap_or_else(|| row.to_owned())
}

impl Transaction<'_> {
    /// Notes who did this, chained to what was noted before.
    pub fn audit(&mut self, row: &AuditRow) {
        let payload = canonical(&row.text()).into_bytes();
        let (prefix, head) = (rows(&self.account).key(), head_key(&self.account));
        self.append_chained(prefix, head, payload);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::backend::Batch;
    use crate::store::samples::{account, at, each_store};

    fn row(subject: &str) -> AuditRow {
        AuditRow {
            at: at("2026-11-22T00:00:00Z"),
            actor: "cli".to_owned(),
            action: "issuer.created".to_owned(),
            subject: subject.to_owned(),
            request: Some("r1".to_owned()),
            detail: serde_json::json!({ "z": 1, "a": ["x"] }),
        }
    }

    async fn fill(store: &Store) {
        for subject in ["a", "b", "c", "d", "e"] {
            let mut tx = store.begin(&account(1));
            tx.audit(&row(subject));
            tx.audit(&row("beside"));
            tx.commit().await.unwrap();
        }
    }

    async fn stored(store: &Store) -> Vec<(Key, Vec<u8>)> {
        let found = store.backend().scan(&rows(&account(1)).key(), None, 99).await.unwrap();
        found.into_iter().map(|(key, stored)| (key, stored.bytes)).collect()
    }

    fn place(key: &Key) -> Option<String> {
        Some(hex(&Sequence::of(key).unwrap().to_bytes()))
    }

    /// What is found after somebody with access to the store changed it.
    async fn after(store: &Store, change: impl FnOnce(&mut Batch)) -> AuditFault {
        let before = stored(store).await;
        let head = store.backend().get(&head_key(&account(1))).await.unwrap();
        let mut batch = Batch::new();
        change(&mut batch);
        store.backend().commit(batch).await.unwrap();
        let fault = store.verify_audit(&account(1)).await.unwrap().fault.expect("it is noticed");
        // As it was.
        let mut batch = Batch::new();
        for (key, _) in stored(store).await {
            batch.delete(key);
        }
        before.into_iter().for_each(|(key, bytes)| batch.put(key, bytes));
        batch.put(head_key(&account(1)), head.unwrap().bytes);
        store.backend().commit(batch).await.unwrap();
        assert_eq!(store.verify_audit(&account(1)).await.unwrap().fault, None);
        fault
    }

    #[tokio::test]
    async fn what_was_altered_removed_or_moved_is_named() {
        each_store(async |store| {
            fill(&store).await;
            let whole = store.verify_audit(&account(1)).await.unwrap();
            assert_eq!((whole.rows, whole.unchained, whole.fault), (10, 0, None));
            let kept = stored(&store).await;
            for (at, (key, bytes)) in kept.iter().enumerate() {
                // Every byte of a row counts.
                for byte in (0..bytes.len()).step_by(17) {
                    let mut altered = bytes.clone();
                    altered[byte] ^= 1;
                    let fault = after(&store, |batch| batch.put(key.clone(), altered)).await;
                    assert_eq!(fault.sequence, place(key), "row {at}, byte {byte}: {fault:?}");
                }
                let fault = after(&store, |batch| batch.delete(key.clone())).await;
                let next = kept.get(at + 1).and_then(|(key, _)| place(key));
                assert_eq!(fault.sequence, next, "row {at} removed: {fault:?}");
                if at > 0 {
                    let (other, content) = &kept[at - 1];
                    let fault = after(&store, |batch| {
                        batch.put(key.clone(), content.clone());
                        batch.put(other.clone(), bytes.clone());
                    });
                    assert_eq!(fault.await.sequence, place(other), "rows {at} exchanged");
                }
            }
            // One that was sealed anew does not fit what follows.
            let sealed = unseal(&kept[4].1).unwrap();
            let sequence = Sequence::of(&kept[4].0).unwrap();
            let before = Head { hash: sealed.previous, count: 4, last: sequence };
            let (_, forged) = Head::sealed(Some(before), sequence, b"{}");
            let fault = after(&store, |batch| batch.put(kept[4].0.clone(), forged)).await;
            assert_eq!(fault.sequence, place(&kept[5].0));
            // Rows put in, at the end as well.
            let mut key = kept[9].0.as_bytes().to_vec();
            *key.last_mut().unwrap() += 1;
            let last = Head::of(
                &store.backend().get(&head_key(&account(1))).await.unwrap().unwrap().bytes,
            );
            let at_end = Sequence::of(&Key::new(key.clone())).unwrap();
            let (_, forged) = Head::sealed(last, at_end, b"{}");
            let fault =
                after(&store, |batch| batch.put(Key::new(key.clone()), forged.clone())).await;
            assert_eq!(fault.sequence, None, "{fault:?}");
            let mut batch = Batch::new();
            batch.put(Key::new(key), forged);
            store.backend().commit(batch).await.unwrap();
            // The next true row does not follow it.
            fill(&store).await;
            assert!(store.verify_audit(&account(1)).await.unwrap().fault.is_some());
        })
        .await;
    }

    #[tokio::test]
    async fn the_chain_holds_however_many_commit_at_once() {
        each_store(async |store| {
            let tasks = (0..40_u64).map(|number| {
                let store = store.clone();
                async move {
                    for _ in 0..5 {
                        let mut tx = store.begin(&account(number % 3));
                        tx.audit(&row("x"));
                        tx.commit().await.unwrap();
                    }
                }
            });
            futures_util::future::join_all(tasks).await;
            let mut rows = 0;
            for number in 0..3 {
                let verdict = store.verify_audit(&account(number)).await.unwrap();
                assert_eq!(verdict.fault, None);
                rows += verdict.rows;
            }
            assert_eq!(rows, 200);
        })
        .await;
    }

    #[tokio::test]
    async fn an_export_is_verified_without_the_store() {
        each_store(async |store| {
            fill(&store).await;
            let page = Page::first(99);
            let lines: Vec<String> = store
                .audit(&account(1), &page)
                .await
                .unwrap()
                .items
                .iter()
                .map(|(link, row)| audit_line(link, row).to_string())
                .collect();
            let follow = |mut trail: AuditTrail, lines: &[String]| {
                lines.iter().for_each(|line| trail.line(line));
                trail.verdict()
            };
            let whole = follow(AuditTrail::whole(), &lines);
            assert_eq!(whole, store.verify_audit(&account(1)).await.unwrap());
            assert_eq!(follow(AuditTrail::part(), &lines[3..]).rows, 7);
            assert!(follow(AuditTrail::whole(), &lines[3..]).fault.is_some());
            let mut altered = lines.clone();
            altered[6] = altered[6].replace("\"cli\"", "\"clj\"");
            let fault = follow(AuditTrail::whole(), &altered).fault.unwrap();
            let sequence: Value = serde_json::from_str(&lines[6]).unwrap();
            assert_eq!(fault.sequence.as_deref(), sequence["sequence"].as_str());
            let mut removed = lines.clone();
            removed.remove(2);
            assert!(follow(AuditTrail::whole(), &removed).fault.is_some());
            assert!(follow(AuditTrail::whole(), &["nonsense".to_owned()]).fault.is_some());
        })
        .await;
    }

    #[tokio::test]
    async fn rows_from_before_the_chain_are_read_and_vouched_for_by_nothing() {
        each_store(async |store| {
            let mut batch = Batch::new();
            batch.append(rows(&account(1)).key(), crate::store::record::encode(&row("old")));
            store.backend().commit(batch).await.unwrap();
            fill(&store).await;
            let verdict = store.verify_audit(&account(1)).await.unwrap();
            assert_eq!((verdict.rows, verdict.unchained, verdict.fault), (10, 1, None));
            let found = store.audit(&account(1), &Page::first(2)).await.unwrap().items;
            assert_eq!(found[0].1, row("old"));
            assert_eq!(found[1].1, row("a"));
            assert!(found[0].0.hashes.is_none() && found[1].0.hashes.is_some());
        })
        .await;
    }

    #[tokio::test]
    async fn rows_are_kept_with_what_they_tell_of_or_not_at_all() {
        each_store(async |store| {
            for _ in 0..2 {
                let mut tx = store.begin(&account(1));
                tx.insert_account("Riverside", row("a").at);
                tx.audit(&row("a"));
                let _ = tx.commit().await;
            }
            let rows = store.audit(&account(1), &Page::first(9)).await.unwrap().items;
            assert_eq!(rows.into_iter().map(|(_, row)| row).collect::<Vec<_>>(), [row("a")]);
            let accounts = store.accounts(&Page::first(9)).await.unwrap().items;
            assert_eq!(accounts.len(), 1);
            assert_eq!(store.account(&account(1)).await.unwrap().unwrap().value, accounts[0]);
        })
        .await;
    }
}
