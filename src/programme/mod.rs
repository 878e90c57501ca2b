//! Micro-credential programmes: frameworks and imports.
