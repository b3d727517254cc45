//! Clients that nobody knows, and that want the service to end: they get little of it, and others do not notice.

use std::{
    convert::Infallible,
    net::{Ipv4Addr, SocketAddr},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    http::StatusCode,
};
use countenance_core::protocol::{Outcome, ProblemKind, REQUEST_PROOF_HEADER};
use countenance_verifier::{ConnectionLimits, Verifier};
use hyper::body::Frame;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};
use tower::ServiceExt;

use super::test_verifier::*;

/// The strangers' address, and one of the people who want to sign in.
const STRANGER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 3);
const PERSON: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// Limits that a test can wait for.
fn limits() -> ConnectionLimits {
    let short = Duration::from_millis(300);
    ConnectionLimits { connections: 100, per_client: 30, headers: short, drain: short, ..ConnectionLimits::default() }
}

struct Served {
    at: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Served {
    async fn new(service: &Verifier) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(service.clone().serve(listener, async move { drop(stopped.await) }));
        Self { at, stop, task }
    }

    async fn connect(&self, from: Ipv4Addr) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((from, 0).into()).unwrap();
        socket.connect(self.at).await.unwrap()
    }

    async fn send(&self, from: Ipv4Addr, bytes: &[u8]) -> TcpStream {
        let mut stream = self.connect(from).await;
        // A connection above the limit is closed at once, perhaps before the write.
        stream.write_all(bytes).await.ok();
        stream
    }

    /// What the health check answers somebody else.
    async fn health(&self) -> String {
        let get = b"GET /healthz HTTP/1.1\r\nhost: verifier.localhost\r\nconnection: close\r\n\r\n";
        answer(self.send(PERSON, get).await).await
    }
}

/// Everything until the other side closes the connection.
async fn answer(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.ok();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn silent_and_half_sent_requests_are_closed_and_others_are_served() {
    let verifier = TestVerifier::with_connections(limits()).await;
    let served = Served::new(&verifier.service).await;
    for (case, bytes) in [
        ("silent connections", &b""[..]),
        ("half a line", b"GET /heal"),
        ("headers without end", b"GET /healthz HTTP/1.1\r\nhost: a\r\nx: "),
    ] {
        let mut held = Vec::new();
        // More than are allowed to one client, and to all.
        for _ in 0..150 {
            held.push(served.send(STRANGER, bytes).await);
        }
        let health = served.health().await;
        assert!(health.starts_with("HTTP/1.1 200") && health.ends_with("ok\n"), "{case}: {health}");
        for stream in held {
            let told = answer(stream).await;
            assert!(told.is_empty() || told.starts_with("HTTP/1.1 408"), "{case}: {told}");
        }
    }
}

#[tokio::test]
async fn a_shutdown_does_not_wait_for_a_request_that_never_ends() {
    let verifier = TestVerifier::with_connections(limits()).await;
    let served = Served::new(&verifier.service).await;
    let half = served.send(STRANGER, b"GET /healthz HTTP/1.1\r\nhost:").await;
    let body = served.send(STRANGER, b"POST /v1/devices HTTP/1.1\r\nhost: a\r\ncontent-length: 900\r\n\r\n{").await;
    assert!(served.health().await.ends_with("ok\n"));
    served.stop.send(()).unwrap();
    served.task.await.unwrap();
    drop((half, body));
}

#[tokio::test]
async fn headers_are_limited_in_size_and_number() {
    let verifier = TestVerifier::with_connections(limits()).await;
    let served = Served::new(&verifier.service).await;
    let large = format!("GET /healthz HTTP/1.1\r\nhost: a\r\nx: {}\r\n\r\n", "y".repeat(64 << 10));
    let many = format!("GET /healthz HTTP/1.1\r\nhost: a\r\n{}\r\n", "x: y\r\n".repeat(100));
    for (case, request) in [("large", large), ("many", many)] {
        let told = answer(served.send(STRANGER, request.as_bytes()).await).await;
        assert!(told.is_empty() || told.starts_with("HTTP/1.1 431"), "{case}: {told}");
    }
    assert!(served.health().await.ends_with("ok\n"));
}

#[tokio::test]
async fn only_the_device_of_a_session_gets_memory_for_a_capture() {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    let login = verifier.start().await;
    let ticket = verifier.open(&key, &login).await;
    let path = format!("/v1/sessions/{}/captures", ticket.session_id);
    // A valid proof of another device, and a body that never ends: it is refused before the body is read.
    let stranger = verifier.key();
    for path in [path.as_str(), "/v1/sessions/unknown/captures"] {
        let mut request = verifier.request(&stranger, path, "multipart/form-data; boundary=b", Vec::new());
        request.headers_mut().remove("content-length");
        *request.body_mut() = endless();
        let kind = verifier.send(request).await.problem().0;
        assert!(matches!(kind, ProblemKind::DeviceUnknown | ProblemKind::SessionUnknown), "{kind:?}");
    }
    let mut request = verifier.request(&stranger, &path, "multipart/form-data; boundary=b", Vec::new());
    request.headers_mut().remove(REQUEST_PROOF_HEADER);
    *request.body_mut() = endless();
    assert_eq!(verifier.send(request).await.problem().0, ProblemKind::ProofRejected);
    // The session's own device has two uploads at a time.
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut endless = verifier.request(&key, &path, "multipart/form-data; boundary=b", Vec::new());
        let (begun, has_begun) = oneshot::channel();
        *endless.body_mut() = Body::new(Endless { begun: Some(begun) });
        held.push(tokio::spawn(verifier.service.router().oneshot(endless)));
        has_begun.await.unwrap();
    }
    let busy = verifier.capture(&key, &ticket).await;
    assert_eq!(busy.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(busy.headers.contains_key("retry-after"));
    for upload in held {
        upload.abort();
        drop(upload.await);
    }
    let outcome: Outcome = verifier.capture(&key, &ticket).await.json();
    assert!(matches!(outcome, Outcome::Approved { .. }), "{outcome:?}");
}

/// What strangers tried on the running service, at its own limits, while a person signs in over a connection like theirs.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "opens thousands of connections; packaging/dev/test-abuse runs it"]
async fn a_sign_in_takes_less_than_two_seconds_beside_each_attack() {
    let mut verifier = TestVerifier::new().await;
    let served = Served::new(&verifier.service).await;
    verifier.served_at = Some(served.at);
    let before = resident_mib();
    let post = b"POST /v1/sessions/s/captures HTTP/1.1\r\nhost: a\r\ncontent-length: 8000000\r\n\r\n--";
    for (case, connections, bytes) in [
        ("bodies that never end", 16, &post[..]),
        ("slow posts", 256, b"POST /v1/devices HTTP/1.1\r\nhost: a\r\ncontent-length: 900\r\n\r\n{"),
        ("unfinished headers", 1000, b"GET /healthz HTTP/1.1\r\nhost: a\r\nx: y"),
        ("silent connections", 1100, b""),
        ("half a line", 1100, b"GET /heal"),
    ] {
        let mut held = Vec::new();
        for number in 0..connections {
            // From as many addresses as it takes to reach the limit of all connections but for a few.
            held.push(served.send(Ipv4Addr::new(127, 0, 1, (number % 11) as u8), bytes).await);
        }
        let began = tokio::time::Instant::now();
        let outcome = verifier.sign_in(&verifier.key()).await.1;
        let millis = began.elapsed().as_millis();
        assert!(matches!(outcome, Outcome::Approved { .. }), "{case}: {outcome:?}");
        println!("{case}: {connections} connections, a sign-in beside them {millis} ms, {} MiB", resident_mib());
        assert!(millis < 2000, "{case}: {millis} ms");
        assert!(resident_mib() < before + 128, "{case}: {} MiB, {before} before", resident_mib());
    }
    let half = served.send(STRANGER, b"GET /heal").await;
    served.stop.send(()).unwrap();
    let stopping = tokio::time::Instant::now();
    served.task.await.unwrap();
    assert!(stopping.elapsed() < ConnectionLimits::default().drain + Duration::from_secs(5));
    drop(half);
}

/// Memory of this process, MiB.
fn resident_mib() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4 / 1024
}

/// A body of which nothing arrives.
#[derive(Default)]
struct Endless {
    /// Notified when somebody waits for it.
    begun: Option<oneshot::Sender<()>>,
}

fn endless() -> Body {
    Body::new(Endless::default())
}

impl HttpBody for Endless {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(begun) = self.begun.take() {
            begun.send(()).ok();
        }
        Poll::Pending
    }
}
