//! Anybody's ClrCredential as a badge in the owner's words, as far as it is one: its name, who gave
//! it, to whom, and when. It never fails.

use crate::json::Value;
use crate::wire::{ParsedBadge, ob3};

/// Reads a transcript. The credentials in it are read one by one, as what they are.
pub fn parse(credential: &Value<'_>) -> ParsedBadge {
    let mut read = ob3::parse(credential);
    // A transcript of one achievement awards no badge class itself.
    let name = credential.str_of("name").map(str::to_owned);
    read.badge.name = name.or(read.badge.name);
    read.badge.badge_class = None;
    read.badge.achievement_type = None;
    read.badge.criteria = None;
    read.badge.alignment.clear();
    read.badge.results.clear();
    read.badge.result_description.clear();
    read
}
