//! Servers on loopback: threads to run them, a port and a name under `localhost` for each, and their end.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
};

use axum::Router;
use tokio::{net::TcpListener, runtime::Runtime, sync::watch};

/// Runs servers; they end when it is dropped.
#[derive(Debug)]
pub struct Loopback {
    // In the order of their end: the servers learn that they stop, then the threads that run them end.
    stop: watch::Sender<()>,
    runtime: Runtime,
}

impl Loopback {
    /// Nothing is served yet.
    pub fn new(threads: usize) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build()?;
        Ok(Self { stop: watch::Sender::default(), runtime })
    }

    /// A free port, and the origin under which a browser finds it: `name`.localhost.
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

    /// The end of this, for a server that serves itself.
    pub fn until_dropped(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut stopped = self.stop.subscribe();
        // Ends when the sender is dropped.
        async move { while stopped.changed().await.is_ok() {} }
    }

    /// The threads.
    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }
}

/// Serves `router` until `shutdown` ends.
pub(crate) async fn serve(
    router: Router,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(shutdown).await
}
