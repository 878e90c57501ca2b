//! Credential status: bitstring status lists and revocation lists, written and read.
//!
//! Nothing here fetches or checks a signature. Whatever cannot be read is an error with a name,
//! never "not revoked".

pub mod bitstring;
pub mod revocation_list;
mod stated;

pub use stated::{Stated, stated};
