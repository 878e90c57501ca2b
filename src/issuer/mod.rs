//! What an issuer does: mint, revoke, suspend, reinstate, and the keys it does it with.
