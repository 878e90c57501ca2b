//! Credential status: bitstring status lists and revocation lists.
