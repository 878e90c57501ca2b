//! Delivery of what was committed.
