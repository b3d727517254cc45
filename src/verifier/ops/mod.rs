//! Running the service: routes and limits, operators.

pub(crate) mod operators;
pub(crate) mod serve;
