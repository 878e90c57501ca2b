//! The bodies of our own API.
