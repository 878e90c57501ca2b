//! The API through the front door.

mod bodies;
mod edge;
mod images;
mod key_life;
mod life;
pub(crate) mod platform;
mod privacy;
mod stages;
mod tokens;
