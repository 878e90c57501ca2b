//! Contexts and JSON Schemas that are compiled in.
