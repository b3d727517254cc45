//! Servers on loopback: threads to run them, a port and a subdomain of `localhost` for each, and their shutdown.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
};

use axum::Router;
use tokio::{net::TcpListener, runtime::Runtime, sync::watch};

/// Runs servers, which shut down when it is dropped.
#[derive(Debug)]
pub struct Loopback {
    // Drop order: first signal the servers to stop, then end the threads that run them.
    stop: watch::Sender<()>,
    runtime: Runtime,
}

impl Loopback {
    /// A runtime with `threads` worker threads and no servers yet.
    pub fn new(threads: usize) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build()?;
        Ok(Self { stop: watch::Sender::default(), runtime })
    }

    /// A listener on a free port, and its origin: `http://name.localhost:port`.
    pub fn bind(&self, name: &str) -> io::Result<(TcpListener, String)> {
        let listener = self.runtime.block_on(TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))))?;
        let port = listener.local_addr()?.port();
        Ok((listener, format!("http://{name}.localhost:{port}")))
    }

    /// Serves `router` until this is dropped.
    pub fn serve(&self, listener: TcpListener, router: Router) {
        let until = self.until_dropped();
        self.runtime.spawn(async move { serve(router, listener, until).await });
    }

    /// Completes when this is dropped; for servers that do not go through [`serve`](Self::serve).
    pub fn until_dropped(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut stopped = self.stop.subscribe();
        // Fails once the sender is dropped.
        async move { while stopped.changed().await.is_ok() {} }
    }

    /// The runtime.
    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }
}

/// Serves `router` until `shutdown` completes.
pub(crate) async fn serve(
    router: Router,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(shutdown).await
}
