//! Signing and checking bytes: keys, JWS, DIDs, Data Integrity cryptosuites.
//!
//! Nothing here fetches, stores or reads a clock, and nothing here decides whether a credential is
//! good: this module says whether *these* bytes were signed by *this* key, and what a DID or a
//! controller document says about a key. Who the issuer is and which key may speak for it is judged
//! by the verifier.
//!
//! - [`key`]: public and private keys, multikey, JWK, PEM, fingerprints, key files
//! - [`jws`]: compact JWS behind a strict header parser
//! - [`did`]: DIDs, `did:key`, `did:jwk`, `did:web`, controller documents
//! - [`suite`]: proofs of VC Data Integrity
//! - [`possession`]: that a DID is the holder's

mod base58;
pub mod did;
pub mod encoding;
pub mod jws;
pub mod key;
pub mod possession;
pub mod suite;
