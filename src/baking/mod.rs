//! Credentials in images: bake puts one in, unbake takes it out.
