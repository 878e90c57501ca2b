//! What of an award is shown to whom.

use super::{Amend, Visibility};

/// What shall be shown. By default everything stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShowingDraft {
    /// Who may read the award.
    pub visibility: Amend<Visibility>,
    /// Whether the person's name may stand in public documents.
    pub name_public: Amend<bool>,
    /// Items of evidence by their place, from 0, and whether each stands in public documents.
    pub evidence: Vec<(usize, bool)>,
}
