//! The storage boundary: trait, errors, in-memory reference, conformance suite.
