//! From URL or DID to document: guard, fetch, cache, budget.
