//! The API through the front door.

mod bodies;
mod edge;
mod images;
pub(crate) mod platform;
mod tokens;
