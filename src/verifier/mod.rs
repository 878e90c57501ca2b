//! The hosted-verification module: gather, check, judge, report.
