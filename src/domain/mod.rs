//! What a badge is: no JSON, no I/O.
