//! The Charye binary.
fn main() {}
