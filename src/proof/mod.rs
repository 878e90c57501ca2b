//! Signing and checking bytes: keys, JWS, cryptosuites, DIDs.
