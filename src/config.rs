//! Configuration: flags over variables over file over defaults.
