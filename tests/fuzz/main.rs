//! Fuzz targets: whatever bytes come, every reader answers, within its limits, and keeps its word.
//!
//! `cargo test --test fuzz` runs each target for a bounded number of inputs and says how many it read,
//! the longest one and the memory that the process took. `cargo bolero test TARGET` runs one of them
//! for as long as it likes, led by coverage (README, “Tests”).
//!
//! A target turns bytes into a case with [`choices::Choices`]: raw text, a seed with changes, or
//! something made by a grammar. So a fuzzer that changes bytes changes structure.

#![cfg(test)]

mod choices;
mod graph;
mod images;
mod json_ld;
mod json_text;
mod linked_data;
mod maxima;
mod nquads;
mod readers;
mod rows;
mod text;
