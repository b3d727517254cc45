//! The `countenance` command.

fn main() {}
