//! Running the service: routes, limits, the log and the server, and operator accounts.

pub(crate) mod bindings;
pub(crate) mod client;
mod description;
pub(crate) mod entrance;
pub(crate) mod kiosks;
pub(crate) mod listen;
mod maintenance;
pub(crate) mod operators;
pub(crate) mod progress;
pub(crate) mod request_log;
pub(crate) mod serve;
pub(crate) mod sweep;
mod upkeep;
