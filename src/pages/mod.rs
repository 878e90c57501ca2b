//! Public HTML pages.
