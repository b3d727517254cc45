//! `/healthz` and `/metrics` over HTTP on this machine: one connection at a time, each with a deadline and a limit.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

/// Maximum size of a request, bytes.
const MAX_REQUEST_BYTES: usize = 4096;
/// How long a connection may take.
const DEADLINE: Duration = Duration::from_secs(2);
/// Pause after a failed accept, usually for lack of file descriptors.
const RETRY_PAUSE: Duration = Duration::from_millis(200);

/// What the pages show.
pub trait Pages: Send + Sync {
    /// `/healthz`: whether people can sign in, and the health as JSON.
    fn healthz(&self) -> (bool, String);
    /// `/metrics`.
    fn metrics(&self) -> String;
}

/// The server. Its thread ends with the process.
#[derive(Debug)]
pub struct HealthServer {
    address: SocketAddr,
}

impl HealthServer {
    /// Listens at `address`, which is on this machine.
    pub fn begin(address: SocketAddr, pages: Arc<dyn Pages>) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        let address = listener.local_addr()?;
        let serve_all = move || {
            for connection in listener.incoming() {
                match connection.and_then(|stream| serve(stream, &*pages)) {
                    Ok(()) => {}
                    Err(error) if error.raw_os_error().is_some() => {
                        tracing::debug!(%error, "a health request failed");
                        thread::sleep(RETRY_PAUSE);
                    }
                    Err(error) => tracing::debug!(%error, "a health request failed"),
                }
            }
        };
        thread::Builder::new().name("health".into()).spawn(serve_all)?;
        Ok(Self { address })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

fn serve(mut stream: TcpStream, pages: &dyn Pages) -> io::Result<()> {
    let deadline = now() + DEADLINE;
    let request = read_head(&mut stream, deadline)?;
    let (status, kind, body) = answer(&request, pages);
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nCache-Control: no-store\r\n\
         Connection: close\r\n\r\n"
    );
    stream.set_write_timeout(Some(left(deadline)?))?;
    stream.write_all(head.as_bytes())?;
    stream.write_all(body.as_bytes())
}

/// The bytes up to the blank line.
fn read_head(stream: &mut TcpStream, deadline: Instant) -> io::Result<Vec<u8>> {
    let (mut head, mut part) = (Vec::new(), [0; 512]);
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if head.len() >= MAX_REQUEST_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        stream.set_read_timeout(Some(left(deadline)?))?;
        match stream.read(&mut part)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => head.extend_from_slice(part.get(..read).unwrap_or_default()),
        }
    }
    Ok(head)
}

fn left(deadline: Instant) -> io::Result<Duration> {
    let left = deadline.saturating_duration_since(now());
    if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
}

/// Status line, media type and body.
fn answer(request: &[u8], pages: &dyn Pages) -> (&'static str, &'static str, String) {
    const TEXT: &str = "text/plain; charset=utf-8";
    let line = request.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let mut words = line.split(|byte| *byte == b' ');
    match (words.next(), words.next()) {
        (Some(b"GET"), Some(b"/healthz")) => {
            let (good, body) = pages.healthz();
            (if good { "200 OK" } else { "503 Service Unavailable" }, "application/json", body)
        }
        (Some(b"GET"), Some(b"/metrics")) => {
            ("200 OK", "application/openmetrics-text; version=1.0.0; charset=utf-8", pages.metrics())
        }
        (Some(b"GET"), _) => ("404 Not Found", TEXT, "not found\n".into()),
        _ => ("405 Method Not Allowed", TEXT, "GET only\n".into()),
    }
}

#[expect(clippy::disallowed_methods, reason = "measures how long a peer takes")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed;

    impl Pages for Fixed {
        fn healthz(&self) -> (bool, String) {
            (false, "{}\n".into())
        }

        fn metrics(&self) -> String {
            "# EOF\n".into()
        }
    }

    fn ask(address: SocketAddr, request: &[u8]) -> String {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(request).unwrap();
        let mut answer = String::new();
        // A connection that is dropped with unread bytes is reset.
        stream.read_to_string(&mut answer).ok();
        answer
    }

    #[test]
    fn two_pages_and_nothing_else() {
        let server = HealthServer::begin("127.0.0.1:0".parse().unwrap(), Arc::new(Fixed)).unwrap();
        for (request, expected) in [
            (&b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"[..], "HTTP/1.1 503 Service Unavailable"),
            (b"GET /metrics HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK"),
            (b"GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 404 Not Found"),
            (b"GET /healthz/.. HTTP/1.1\r\n\r\n", "HTTP/1.1 404 Not Found"),
            (b"POST /healthz HTTP/1.1\r\n\r\n", "HTTP/1.1 405 Method Not Allowed"),
            (b"\r\n\r\n", "HTTP/1.1 405 Method Not Allowed"),
        ] {
            assert_eq!(ask(server.address(), request).lines().next(), Some(expected), "{request:?}");
        }
        let long = [b'x'; MAX_REQUEST_BYTES + 512];
        assert_eq!(ask(server.address(), &long), "", "too long: no answer");
        assert!(ask(server.address(), b"GET /metrics HTTP/1.1\r\n\r\n").ends_with("\r\n\r\n# EOF\n"));
    }
}
