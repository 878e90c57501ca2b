//! Everything a running service consists of, put together once.
