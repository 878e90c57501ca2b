//! Every URL we publish is built and parsed here.
