//! The REST API: the route table, authentication, one file per resource, and the one map from errors to problem documents.
