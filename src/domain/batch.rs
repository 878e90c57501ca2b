//! Many awards that were asked for together.

/// How far a batch has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchState {
    /// Its rows are arriving; nobody has been told of it yet.
    Receiving,
    /// Every row is durable, none is worked off.
    Queued,
    /// Rows are being worked off.
    Running,
    /// Every row has an outcome.
    Done,
    /// Somebody ended it; rows without an outcome stay without.
    Cancelled,
}

impl BatchState {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Receiving, Self::Queued, Self::Running, Self::Done, Self::Cancelled];

    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Receiving => "receiving",
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nothing more happens to it.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Cancelled)
    }
}

/// What became of the rows of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All rows.
    pub rows: u32,
    /// New awards, renewals among them.
    pub issued: u32,
    /// Awards that were corrected.
    pub reissued: u32,
    /// Awards that were taken back.
    pub revoked: u32,
    /// Rows that were not carried out.
    pub refused: u32,
    /// Rows that had been carried out, or refused, before.
    pub duplicate: u32,
}

impl Counts {
    /// Counts one more row of this outcome, such as `issued:evidence-withheld`.
    pub fn add(&mut self, outcome: &str) {
        let count = match outcome.split(':').next().unwrap_or_default() {
            "issued" => &mut self.issued,
            "reissued" => &mut self.reissued,
            "revoked" => &mut self.revoked,
            "duplicate" => &mut self.duplicate,
            _ => &mut self.refused,
        };
        *count = count.saturating_add(1);
    }

    /// Rows without an outcome.
    pub fn pending(&self) -> u32 {
        let done = [self.issued, self.reissued, self.revoked, self.refused, self.duplicate];
        self.rows.saturating_sub(done.iter().sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_is_counted_once() {
        let mut counts = Counts { rows: 9, ..Counts::default() };
        let outcomes =
            ["issued", "issued:evidence-withheld", "reissued", "revoked", "refused:dates"];
        for outcome in outcomes.into_iter().chain(["duplicate"]) {
            counts.add(outcome);
        }
        let expected =
            Counts { rows: 9, issued: 2, reissued: 1, revoked: 1, refused: 1, duplicate: 1 };
        assert_eq!((counts, counts.pending()), (expected, 3));
    }
}
