//! The JSON shapes of the specifications: parse to the domain, render from it.
