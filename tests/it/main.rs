//! Tests through the front door.

#![cfg(test)]

mod aligned;
mod api;
mod app;
mod architecture;
mod batches;
mod bundled_contexts;
mod certificates;
mod cli;
mod corpus;
mod erasure;
mod generated;
mod guard;
mod holder;
mod injections;
mod linked_data_suites;
mod matrix;
mod openapi;
mod peers;
mod poison;
mod previews;
mod process;
mod proof_hostile;
mod proof_vectors;
mod public_documents;
mod require;
mod schemas;
mod selective;
mod service_kill;
mod sharing;
mod store_damage;
mod store_kill;
mod store_sample;
mod vc_api;
mod verification;
mod wallets;
mod webhooks;
mod wycheproof;
