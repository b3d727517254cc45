//! The accept loop. `axum::serve` limits neither connections nor the time for request headers; this one limits both, so
//! that clients that connect and stay silent cannot use up memory or file descriptors.

use std::{
    collections::HashMap,
    future::Future,
    net::{IpAddr, Ipv6Addr},
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{Router, http::Request};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
    time::{Instant, sleep, timeout},
};
use tower::ServiceExt;
use tracing::{debug, warn};

use super::client::Peer;
use crate::limits::buckets::RateLimits;

/// Limits of connections, and of the requests on them.
#[derive(Debug, Clone)]
pub struct ConnectionLimits {
    /// Maximum number of open connections. Each may take a file descriptor and 32 KiB of memory.
    pub connections: usize,
    /// Maximum number of open connections from one address, or one /64 network. Does not apply to `trusted_proxies`.
    pub per_client: usize,
    /// Maximum time from the connection or the previous response to the end of the next request's headers.
    pub headers: Duration,
    /// Maximum age of a connection; then it is closed after the request that is running.
    pub lifetime: Duration,
    /// Maximum time for running requests after the shutdown began, and for the last request of an old connection.
    pub drain: Duration,
    /// Reverse proxies in front: many clients share their address, and `X-Forwarded-For` names them.
    pub trusted_proxies: Vec<IpAddr>,
    /// Limits of requests.
    pub rates: RateLimits,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            connections: 768,
            per_client: 64,
            headers: Duration::from_secs(10),
            lifetime: Duration::from_mins(10),
            drain: Duration::from_secs(10),
            trusted_proxies: Vec::new(),
            rates: RateLimits::default(),
        }
    }
}

/// Maximum size of request line and headers, bytes; hyper would buffer 400 KiB.
const BUFFER_MAX_BYTES: usize = 32 << 10;
/// Maximum number of request headers.
const HEADERS_MAX: usize = 64;
/// Pause after a failed `accept`: out of file descriptors, which takes a moment to pass.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// Minimum time between two log lines about connections above a limit: a flood must not fill the log, too.
const FLOOD_LOG_INTERVAL: Duration = Duration::from_secs(10);

/// Serves connections until `shutdown` completes, then lets running requests finish, at most for `limits.drain`.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    limits: &ConnectionLimits,
    shutdown: impl Future<Output = ()>,
) {
    let limits = Arc::new(limits.clone());
    let admission = Arc::new(Admission::default());
    let (stop, stopped) = watch::channel(());
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    let mut flood = Flood::default();
    loop {
        let accepted = tokio::select! {
            () = &mut shutdown => break,
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                if let Some(admitted) = Admission::admit(&admission, peer.ip(), &limits) {
                    connections.spawn(connection(stream, router.clone(), limits.clone(), stopped.clone(), admitted));
                } else {
                    flood.note(peer.ip());
                }
            }
            Err(error) => {
                warn!(%error, "cannot accept connections");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop((listener, stopped));
    stop.send_replace(());
    let drained = async { while connections.join_next().await.is_some() {} };
    if timeout(limits.drain, drained).await.is_err() {
        warn!(connections = connections.len(), "closing connections whose requests did not finish in time");
    }
    connections.shutdown().await;
}

/// Serves one connection: until its client closes it, or a limit or the shutdown ends it.
async fn connection(
    stream: TcpStream,
    router: Router,
    limits: Arc<ConnectionLimits>,
    mut stopped: watch::Receiver<()>,
    admitted: Admitted,
) {
    // For the limits by address, and for the log.
    let peer = Peer(admitted.peer);
    let router = router.map_request(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        request
    });
    let mut served = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.headers)
            .max_buf_size(BUFFER_MAX_BYTES)
            .max_headers(HEADERS_MAX)
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
    );
    tokio::select! {
        // Its errors are the client's: a broken connection, headers that are too late or no HTTP.
        ended = served.as_mut() => {
            if let Err(error) = ended {
                debug!(%error, client = %peer.0, "connection ended");
            }
            return;
        }
        _ = stopped.changed() => {}
        () = sleep(limits.lifetime) => {}
    }
    served.as_mut().graceful_shutdown();
    timeout(limits.drain, served).await.ok();
}

/// Connections closed because of a limit, since they were last logged.
#[derive(Debug, Default)]
struct Flood {
    closed: u64,
    logged: Option<Instant>,
}

impl Flood {
    /// Counts a closed connection, and logs the count unless it was logged a moment ago.
    fn note(&mut self, peer: IpAddr) {
        self.closed += 1;
        if self.logged.is_none_or(|logged| logged.elapsed() >= FLOOD_LOG_INTERVAL) {
            warn!(connections = self.closed, last = %peer.to_canonical(), "closed connections above a limit");
            *self = Self { closed: 0, logged: Some(Instant::now()) };
        }
    }
}

/// Counts the open connections, in all and by client.
#[derive(Debug, Default)]
struct Admission(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    all: usize,
    by_client: HashMap<IpAddr, usize>,
}

/// An admitted connection; dropping it frees its place.
struct Admitted {
    admission: Arc<Admission>,
    peer: IpAddr,
    client: IpAddr,
}

impl Admission {
    /// Admits a connection from `peer`, unless a limit is reached.
    fn admit(this: &Arc<Self>, peer: IpAddr, limits: &ConnectionLimits) -> Option<Admitted> {
        let client = network(peer);
        let mut counts = this.0.lock().unwrap_or_else(PoisonError::into_inner);
        let open = counts.by_client.get(&client).copied().unwrap_or_default();
        let too_many = open >= limits.per_client && !limits.trusted_proxies.contains(&peer.to_canonical());
        if too_many || counts.all >= limits.connections {
            return None;
        }
        counts.all += 1;
        counts.by_client.insert(client, open + 1);
        Some(Admitted { admission: this.clone(), peer, client })
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let mut counts = self.admission.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.all = counts.all.saturating_sub(1);
        match counts.by_client.get_mut(&self.client) {
            Some(open) if *open > 1 => *open -= 1,
            _ => drop(counts.by_client.remove(&self.client)),
        }
    }
}

/// The unit that limits by address count: an IPv4 address, or an IPv6 /64, which is what one subscriber gets.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn connections_are_limited_in_all_and_by_client() {
        let limits = ConnectionLimits {
            connections: 6,
            per_client: 2,
            trusted_proxies: vec![address("10.0.0.9")],
            ..ConnectionLimits::default()
        };
        let admission = Arc::new(Admission::default());
        let admit = |text| Admission::admit(&admission, address(text), &limits);
        let first = admit("10.0.0.1");
        let second = admit("::ffff:10.0.0.1");
        assert!(first.is_some() && second.is_some());
        assert!(admit("10.0.0.1").is_none(), "the client's limit");
        drop(first);
        let third = admit("10.0.0.1");
        assert!(third.is_some(), "a closed connection frees its place");
        let proxied: Vec<_> = std::iter::from_fn(|| admit("10.0.0.9")).collect();
        assert_eq!(proxied.len(), 4, "a proxy is limited by the sum only");
        assert!(admit("10.0.0.2").is_none(), "the limit in all");
    }

    #[test]
    fn ipv6_clients_are_networks() {
        assert_eq!(network(address("2001:db8:1:2:aaaa::1")), network(address("2001:db8:1:2:bbbb::2")));
        assert_ne!(network(address("2001:db8:1:2::1")), network(address("2001:db8:1:3::1")));
        assert_eq!(network(address("::ffff:192.0.2.1")), address("192.0.2.1"));
    }
}
