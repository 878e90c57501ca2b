//! Comprehensive Learner Record 2.0: a credential that holds credentials and says how they hang
//! together.

mod parse;
mod shape;

pub use parse::parse;
pub use shape::{Fault, faults};
