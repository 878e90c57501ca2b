//! Tests through the front door.

#![cfg(test)]

mod architecture;
mod linked_data_suites;
mod peers;
mod proof_hostile;
mod proof_vectors;
mod require;
mod schemas;
mod store_damage;
mod store_kill;
mod store_sample;
mod wycheproof;
