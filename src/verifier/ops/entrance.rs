//! The addresses of the service: a public one, and one for operators if the portal has its own.

use tokio::{net::TcpListener, sync::Semaphore};

use super::listen::ConnectionLimits;
use crate::{AppState, origin::Origin};

/// How many times fewer connections the portal's own address has: operators are few, and both together must not use up
/// the file descriptors of a process, 1024 by default.
const PORTAL_CONNECTIONS_RATIO: usize = 8;

/// Where the service listens.
#[derive(Debug)]
pub struct Listeners {
    /// For browsers and clients.
    pub public: TcpListener,
    /// For operators, if the portal has an address of its own.
    pub portal: Option<TcpListener>,
}

/// One for everything.
impl From<TcpListener> for Listeners {
    fn from(public: TcpListener) -> Self {
        Self { public, portal: None }
    }
}

/// Which address a request came to. They share the limits by client, and nothing that a flood at one of them could use up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entrance {
    Public,
    Portal,
}

impl Entrance {
    pub(super) fn requests(self, verifier: &AppState) -> &Semaphore {
        match self {
            Self::Public => verifier.requests(),
            Self::Portal => verifier.portal_requests(),
        }
    }

    pub(super) fn origin(self, verifier: &AppState) -> &Origin {
        match self {
            Self::Public => verifier.origin(),
            Self::Portal => verifier.portal_origin(),
        }
    }
}

/// The limits of the portal's own address.
pub(super) fn portal_limits(limits: &ConnectionLimits) -> ConnectionLimits {
    ConnectionLimits { connections: limits.connections.div_ceil(PORTAL_CONNECTIONS_RATIO), ..limits.clone() }
}
