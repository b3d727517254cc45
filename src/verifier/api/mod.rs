//! The `/v1` API: device calls, and the tenant's log stream.

pub(crate) mod approvals;
pub(crate) mod attendance;
pub(crate) mod bindings;
pub(crate) mod captures;
pub(crate) mod devices;
pub(crate) mod heartbeat;
pub(crate) mod logs;
pub(crate) mod picture;
pub(crate) mod problem;
pub(crate) mod request;
pub(crate) mod sessions;
pub(crate) mod uploads;
