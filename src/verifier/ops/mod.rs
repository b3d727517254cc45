//! Running the service: routes, limits and the server, and operator accounts.

pub(crate) mod operators;
pub(crate) mod serve;
