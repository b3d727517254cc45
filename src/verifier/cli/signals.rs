//! The signals that end the service: both let running requests finish.

/// Completes at SIGINT (Ctrl+C) or SIGTERM, which service managers send.
pub(super) async fn stop() {
    #[cfg(unix)]
    if let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = terminate.recv() => {}
            () = interrupt() => {}
        }
        return;
    }
    interrupt().await;
}

async fn interrupt() {
    // Without a handler, the signal ends the process, which is fine too.
    tokio::signal::ctrl_c().await.ok();
}
