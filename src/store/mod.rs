//! The store of issuer profiles, badge classes, assertions and revocation lists.
