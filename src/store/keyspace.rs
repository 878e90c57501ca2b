//! Where each record lies.
//!
//! Everything of a platform begins with `a/` and its account, so that no key of one account can be
//! built for another. What must be found without knowing the account (a public link, a slug, a
//! token) is found in two steps: `own/` leads from the id to the account.
//!
//! | key | record |
//! | --- | --- |
//! | `fact/NAME` | a fact of the instance |
//! | `account/ACCT` | an account |
//! | `own/ID` | the account that owns the id |
//! | `slug/SLUG` | the issuer that has it; never removed |
//! | `code/CODE/AS` | an award by its short code: the account that owns it, or nothing for awards of former versions, which `own` knows |
//! | `aligned/COLLECTION/TARGET/BC` | the newest public version of a badge class that is aligned with that framework or entry, and its account |
//! | `pending/SEQ` | an event that waits to be handed out to the webhooks of its account, where it has any |
//! | `queue/WHK/TIME EVT` | a delivery that waits, by the time of its next attempt |
//! | `dlvx/TIME WHK EVT` | finds the old deliveries |
//! | `mailq/ACCT/TIME ML` | a message that waits, by the time of its next attempt: the award it is about |
//! | `hold/SHA256` | a link to a holder's page, by the digest of its secret; `holdx/TIME SHA256` finds those that ended |
//! | `purge/WHK` | a webhook that was removed and has deliveries left |
//! | `a/ACCT/iss/ISS` | issuer profile; `issn/TIME ISS` lists them |
//! | `a/ACCT/key/ISS/NUMBER` | what is public of a key |
//! | `a/ACCT/bc/BC` | newest version number; `bcv/BC/VERSION` the versions; `bcn/TIME BC`, `bci/ISS/TIME BC` list them |
//! | `a/ACCT/prev/BC/VERSION STATE` | what social networks show for badges of that version in that state |
//! | `a/ACCT/as/AS` | assertion; `asn/`, `asb/BC/`, `asi/ISS/`, `asr/IDENTITY/`, `ass/STATE/` with `TIME AS` list them; `ase/EXTERNAL` finds one |
//! | `a/ACCT/form/AS/KIND` | a signed or drawn form |
//! | `a/ACCT/dig/SHA256` | what was signed: award, form, key, time; `sig/KEY/AS` lists the awards of a key |
//! | `a/ACCT/st/ISS/PURPOSE` | where status indexes are handed out; `stl/…/LIST` the lists, `stb/…/LIST/INDEX` a set bit, `stc/…/LIST` its last change |
//! | `a/ACCT/rev/ISS/AS` | an entry of the Open Badges 2.0 revocation list |
//! | `a/ACCT/tok/TOK` | a token; `toku/TOK` its last use |
//! | `a/ACCT/idem/KEY` | an idempotency answer; `idemx/TIME ACCT KEY` (outside the account) finds the old ones |
//! | `a/ACCT/img/IMG` | an uploaded picture |
//! | `a/ACCT/whk/WHK` | a webhook; `whkn/TIME WHK` lists them |
//! | `a/ACCT/dlv/WHK/EVT` | the delivery of an event to it, newest event first |
//! | `a/ACCT/mail/AS/ML` | a message about an award that has not left yet |
//! | `a/ACCT/hln/AS/SHA256` | lists the links to the holder's page of an award |
//! | `a/ACCT/ver/AS` | how often an award was verified |
//! | `a/ACCT/why/ID/SEQ` | why the thing with that id was changed, in the words of who did it |
//! | `a/ACCT/bat/BAT` | a batch; `batn/TIME BAT` lists those that arrived whole, `batq/TIME BAT` (outside the account) those that are not over; `bats/BAT` header and mapping of a CSV file |
//! | `a/ACCT/batr/BAT/ROW` | a row as it was sent; `bati/BAT/NAME ROW` finds it by its name |
//! | `a/ACCT/bato/BAT/ROW` | what became of a row; `batc/CONTENT`, `batx/EXTERNAL` find the rows that had their turn |
//! | `a/ACCT/bca/BC` | names by which lists of awards know a badge class |
//! | `a/ACCT/event/SEQ` | what happened |
//! | `a/ACCT/audit/SEQ` | who did it; each row is chained to the one before it, `auditend/head` says where the chain ends |
//!
//! Numbers are big-endian. `EVT` is the `SEQ` of an event. `TIME` is the time of making in microseconds, complemented where the
//! newest comes first. Texts that others chose (external ids, identities, idempotency keys) are
//! SHA-256 digests.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::backend::{Key, Sequence};
use crate::domain::{AccountId, StatusPurpose};

/// Builds a key piece by piece.
#[derive(Clone, Debug)]
pub(super) struct Place(Vec<u8>);

/// A place outside all accounts.
pub(super) fn shared(table: &str) -> Place {
    Place(Vec::with_capacity(64)).text(table)
}

/// A place in an account.
pub(super) fn of(account: &AccountId, table: &str) -> Place {
    Place(Vec::with_capacity(128)).text("a").text(account.as_str()).text(table)
}

impl Place {
    /// A piece without `/` in it, and a `/` behind it.
    pub(super) fn text(mut self, piece: &str) -> Self {
        self.0.extend(piece.as_bytes());
        self.0.push(b'/');
        self
    }

    /// A piece that lies in order of its number.
    pub(super) fn number(mut self, number: u32) -> Self {
        self.0.extend(number.to_be_bytes());
        self
    }

    /// A purpose of status lists.
    pub(super) fn purpose(self, purpose: StatusPurpose) -> Self {
        self.text(purpose.as_str())
    }

    /// A text that somebody else chose.
    pub(super) fn foreign(mut self, text: &[&str]) -> Self {
        self.0.extend(digest(text));
        self
    }

    /// A time, so that the oldest comes first.
    pub(super) fn oldest_first(mut self, time: Timestamp) -> Self {
        self.0.extend(microseconds(time).to_be_bytes());
        self
    }

    /// A time, so that the newest comes first.
    pub(super) fn newest_first(mut self, time: Timestamp) -> Self {
        self.0.extend((!microseconds(time)).to_be_bytes());
        self
    }

    /// An appended row.
    pub(super) fn sequence(mut self, sequence: Sequence) -> Self {
        self.0.extend(sequence.to_bytes());
        self
    }

    /// Raw bytes, from a cursor.
    pub(super) fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend(bytes);
        self
    }

    /// The key, ending in an id.
    pub(super) fn id(mut self, id: &str) -> Key {
        self.0.extend(id.as_bytes());
        Key::new(self.0)
    }

    /// The key as it is.
    pub(super) fn key(self) -> Key {
        Key::new(self.0)
    }
}

/// Bytes a time takes in a key.
pub(super) const TIME_BYTES: usize = 8;

/// The time that [`Place::newest_first`] wrote at the front of `tail`.
pub(super) fn time_of_newest_first(tail: &[u8]) -> Option<Timestamp> {
    let complement = u64::from_be_bytes(*tail.first_chunk::<TIME_BYTES>()?);
    Timestamp::from_microsecond((!complement ^ SIGN).cast_signed()).ok()
}

/// The time that [`Place::oldest_first`] wrote at the front of `tail`.
pub(super) fn time_of_oldest_first(tail: &[u8]) -> Option<Timestamp> {
    let microseconds = u64::from_be_bytes(*tail.first_chunk::<TIME_BYTES>()?);
    Timestamp::from_microsecond((microseconds ^ SIGN).cast_signed()).ok()
}

const SIGN: u64 = 1 << 63;

/// Order-preserving: times before 1970 come first.
fn microseconds(time: Timestamp) -> u64 {
    time.as_microsecond().cast_unsigned() ^ SIGN
}

/// SHA-256 of texts and their lengths.
pub(super) fn digest(texts: &[&str]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for text in texts {
        hasher.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
        hasher.update(text);
    }
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Random;

    #[test]
    fn times_lie_in_order_and_read_back() {
        let times =
            ["1901-01-01T00:00:00Z", "1969-12-31T23:59:59.9Z", "2026-11-22T06:00:00.000001Z"];
        let times: Vec<Timestamp> = times.iter().map(|text| text.parse().unwrap()).collect();
        let keys = |place: fn(Place, Timestamp) -> Place| -> Vec<Key> {
            times.iter().map(|time| place(shared("t"), *time).key()).collect()
        };
        assert!(keys(Place::oldest_first).is_sorted());
        assert!(keys(Place::newest_first).iter().rev().is_sorted());
        for time in &times {
            let key = shared("t").newest_first(*time).key();
            assert_eq!(time_of_newest_first(&key.as_bytes()[2..]), Some(*time));
            let key = shared("t").oldest_first(*time).key();
            assert_eq!(time_of_oldest_first(&key.as_bytes()[2..]), Some(*time));
        }
    }

    #[test]
    fn accounts_and_foreign_texts_do_not_run_into_each_other() {
        let account = AccountId::random(&Random::seeded(1));
        let key = of(&account, "as").id("as_x");
        assert_eq!(key.as_bytes(), format!("a/{account}/as/as_x").as_bytes());
        assert_ne!(digest(&["ab", "c"]), digest(&["a", "bc"]));
    }
}
