//! Request time that follows progress: a slow but steady upload may take its time, one that stalls ends soon.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

/// Time for a body besides what its size allows.
const GRACE: Duration = Duration::from_secs(5);
/// Slowest accepted upload, bytes per second: 0.25 Mbit/s. An image of 300 kB may take 15 s.
const BYTES_PER_SEC: u64 = 32 << 10;
/// Maximum time that a request may take after the last byte of its body.
const WORK_MAX: Duration = Duration::from_secs(30);

/// The body of a request arrived more slowly than [`BYTES_PER_SEC`].
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the request body arrived too slowly")]
pub(crate) struct BodyTooSlow;

impl BodyTooSlow {
    /// Whether `error`, or one that it wraps, is this one.
    pub(crate) fn caused(error: &(dyn std::error::Error + 'static)) -> bool {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if error.is::<Self>() {
                return true;
            }
            cause = error.source();
        }
        false
    }
}

/// When the last part of a request arrived, milliseconds since it began.
#[derive(Debug)]
pub(super) struct Progress {
    began: Instant,
    millis: AtomicU64,
}

impl Progress {
    /// A request that begins now.
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { began: Instant::now(), millis: AtomicU64::new(0) })
    }

    /// Completes once nothing has arrived for [`WORK_MAX`].
    pub(super) async fn stalled(&self) {
        let deadline = || self.began + Duration::from_millis(self.millis.load(Ordering::Relaxed)) + WORK_MAX;
        while Instant::now() < deadline() {
            sleep_until(deadline()).await;
        }
    }

    fn note(&self) {
        self.millis.store(self.began.elapsed().as_millis() as u64, Ordering::Relaxed);
    }
}

/// A body that fails with [`BodyTooSlow`] where it arrives too slowly.
pub(super) struct PacedBody {
    body: Body,
    progress: Arc<Progress>,
    received: u64,
    deadline: Pin<Box<Sleep>>,
}

impl PacedBody {
    pub(super) fn new(body: Body, progress: Arc<Progress>) -> Self {
        let deadline = Box::pin(sleep_until(progress.began + GRACE));
        Self { body, progress, received: 0, deadline }
    }
}

impl HttpBody for PacedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) {
            if let Some(Ok(frame)) = &frame {
                this.received += frame.data_ref().map_or(0, |data| data.len() as u64);
                let allowed = GRACE + Duration::from_millis(this.received.saturating_mul(1000) / BYTES_PER_SEC);
                this.deadline.as_mut().reset(this.progress.began + allowed);
                this.progress.note();
            }
            return Poll::Ready(frame);
        }
        ready!(this.deadline.as_mut().poll(cx));
        Poll::Ready(Some(Err(axum::Error::new(BodyTooSlow))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;
    use tokio::sync::mpsc;

    use super::*;

    /// A body of `parts` bytes each, `pause` before each.
    fn body(parts: usize, bytes: usize, pause: Duration) -> Body {
        struct Parts(mpsc::Receiver<Bytes>);
        impl HttpBody for Parts {
            type Data = Bytes;
            type Error = std::convert::Infallible;
            fn poll_frame(
                mut self: Pin<&mut Self>,
                cx: &mut Context<'_>,
            ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
                self.0.poll_recv(cx).map(|part| part.map(|part| Ok(Frame::data(part))))
            }
        }
        let (send, receive) = mpsc::channel(1);
        tokio::spawn(async move {
            for _ in 0..parts {
                tokio::time::sleep(pause).await;
                if send.send(Bytes::from(vec![0; bytes])).await.is_err() {
                    break;
                }
            }
        });
        Body::new(Parts(receive))
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_is_limited_by_its_pace_and_not_by_its_time() {
        for (case, parts, bytes, pause, complete) in [
            ("fast", 10, 1 << 20, 0, true),
            ("slow and steady for a minute", 60, 40 << 10, 1000, true),
            ("too slow", 60, 20 << 10, 1000, false),
            ("byte by byte", 100, 1, 900, false),
            ("silent after a good start", 2, 64 << 10, 8000, false),
        ] {
            let body = body(parts, bytes, Duration::from_millis(pause));
            let read = to_bytes(Body::new(PacedBody::new(body, Progress::new())), usize::MAX).await;
            assert_eq!(read.is_ok(), complete, "{case}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_stalls_only_after_its_last_progress() {
        let progress = Progress::new();
        let began = Instant::now();
        let noting = progress.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(20)).await;
            noting.note();
        });
        progress.stalled().await;
        assert_eq!(began.elapsed().as_secs(), 50);
    }
}
