//! A batch as the API answers it.

use serde_json::{Map, Value, json};

use crate::domain::Counts;
use crate::store::Batch;
use crate::urls::Urls;

/// A batch as the API answers it.
pub fn batch_answer(urls: &Urls, batch: &Batch) -> Value {
    let base = format!("{}/v1/batches/{}", urls.public_url(), batch.id);
    let mut members = Map::new();
    members.insert("id".to_owned(), json!(batch.id.as_str()));
    members.insert("state".to_owned(), json!(batch.state.as_str()));
    members.insert("format".to_owned(), json!(batch.format));
    members.insert("asOf".to_owned(), json!(batch.as_of));
    members.insert("counts".to_owned(), counts(&batch.counts));
    if !batch.unread.is_empty() {
        members.insert("unreadColumns".to_owned(), json!(batch.unread));
    }
    if let Some(of) = &batch.revokes {
        members.insert("revokes".to_owned(), json!(of.as_str()));
    }
    members.insert("createdAt".to_owned(), json!(batch.created_at.to_string()));
    if let Some(end) = batch.finished_at {
        members.insert("finishedAt".to_owned(), json!(end.to_string()));
    }
    let links = json!({
        "rows": format!("{base}/rows"),
        "failures": format!("{base}/failures"),
        "events": format!("{base}/events"),
    });
    members.insert("links".to_owned(), links);
    Value::Object(members)
}

/// The counts of a batch.
pub(super) fn counts(counts: &Counts) -> Value {
    json!({
        "rows": counts.rows,
        "issued": counts.issued,
        "reissued": counts.reissued,
        "revoked": counts.revoked,
        "refused": counts.refused,
        "duplicate": counts.duplicate,
        "pending": counts.pending(),
    })
}
