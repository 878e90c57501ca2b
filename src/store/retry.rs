//! Changes of records that others may change at the same moment: read, decide, write, and again when
//! another was faster. The store itself never tries again, because only who decides can decide anew.

use super::StoreError;

/// Times a change is tried before the conflict is the answer.
const TRIES: usize = 16;

/// What may fail because somebody else was faster.
pub trait Contested {
    /// Whether it is that which failed.
    fn is_conflict(&self) -> bool;
}

impl Contested for StoreError {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict { .. })
    }
}

/// Makes an attempt, which reads what it decides by, again for as long as others are faster.
///
/// # Errors
/// Those of the attempt; the conflict when others were faster sixteen times.
pub async fn retried<T, E: Contested>(attempt: impl AsyncFn() -> Result<T, E>) -> Result<T, E> {
    for _ in 1..TRIES {
        match attempt().await {
            Err(error) if error.is_conflict() => {}
            other => return other,
        }
    }
    attempt().await
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::store::backend::Key;

    /// Runs an attempt that others foil `times` times, and counts how often it was made.
    fn foiled(times: usize) -> (Result<&'static str, StoreError>, usize) {
        let made = Cell::new(0);
        let conflict = || StoreError::Conflict { key: Key::new("key") };
        let outcome = futures_util::FutureExt::now_or_never(retried(async || {
            made.set(made.get() + 1);
            if made.get() <= times { Err(conflict()) } else { Ok("done") }
        }));
        (outcome.unwrap(), made.get())
    }

    #[test]
    fn an_attempt_is_made_again_while_others_are_faster_but_not_for_ever() {
        assert!(matches!(foiled(0), (Ok("done"), 1)));
        assert!(matches!(foiled(3), (Ok("done"), 4)));
        assert!(matches!(foiled(TRIES), (Err(StoreError::Conflict { .. }), TRIES)));
    }

    #[test]
    fn another_failure_is_the_answer_at_once() {
        let made = Cell::new(0);
        let outcome: Option<Result<(), _>> =
            futures_util::FutureExt::now_or_never(retried(async || {
                made.set(made.get() + 1);
                Err(StoreError::BadCursor)
            }));
        assert!(matches!(outcome, Some(Err(StoreError::BadCursor))));
        assert_eq!(made.get(), 1);
    }
}
