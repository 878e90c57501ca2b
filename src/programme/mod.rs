//! What the service knows of programmes of micro-credentials: reading their files, and the demo.
//!
//! [`import`] reads the files of a programme: a competency framework (CASE 1.0 package), or an
//! issuer with its micro-credentials. [`demo`] makes a small world of awards in every state.

pub mod demo;
pub mod framework;
pub mod import;
mod source;

#[cfg(test)]
mod tests;
