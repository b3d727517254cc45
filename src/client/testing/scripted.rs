//! A scripted verifier on its own port: one scripted response per request.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex},
    thread,
    time::Duration,
};

use crate::session::origin::Origin;

/// The scripted behavior for one connection.
#[derive(Debug, Clone)]
pub enum Play {
    /// Sends a response.
    Response {
        /// HTTP status.
        status: u16,
        /// Media type.
        media_type: &'static str,
        /// Further header lines, each with a line end.
        headers: String,
        /// The body.
        body: String,
    },
    /// Reads the request and sends nothing until the client disconnects.
    Hangs,
    /// Sends the head of a response and then nothing until the client disconnects.
    HangsInTheBody,
    /// Reads the request and disconnects: the response is lost.
    Dies,
    /// Announces more than it sends.
    DiesInTheBody,
    /// Responds with something other than HTTP.
    Babbles,
    /// The same before it has received anything, which breaks a TLS handshake.
    BabblesFirst,
    /// Sends JSON without end.
    Endless,
}

/// A successful JSON response.
pub fn json(body: &impl serde::Serialize) -> Play {
    let body = serde_json::to_string(body).unwrap();
    Play::Response { status: 200, media_type: "application/json", headers: String::new(), body }
}

/// A problem document of this type.
pub fn problem(status: u16, kind: &str, headers: &str) -> Play {
    let body = format!(r#"{{"type":"{kind}","title":"No.","status":{status}}}"#);
    Play::Response { status, media_type: "application/problem+json", headers: headers.into(), body }
}

/// A received request.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Headers, with names in lower case.
    pub headers: HashMap<String, String>,
    /// The body.
    pub body: Vec<u8>,
}

/// Maximum wait for a request.
const TIMEOUT: Duration = Duration::from_mins(1);

/// A verifier on 127.0.0.1, which stops listening at the end of the script.
#[derive(Debug)]
pub struct Scripted {
    port: u16,
    noted: Arc<Noted>,
}

/// The requests so far.
#[derive(Debug, Default)]
struct Noted {
    seen: Mutex<Vec<Seen>>,
    one_more: Condvar,
}

impl Scripted {
    /// Starts a verifier that follows `plays`.
    pub fn new(plays: impl Into<Vec<Play>>) -> Self {
        let plays = plays.into();
        Self::with_origin(|_| plays)
    }

    /// Starts a verifier whose script names its own origin.
    pub fn with_origin(plays: impl FnOnce(&Origin) -> Vec<Play>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let noted = Arc::<Noted>::default();
        let origin = format!("http://127.0.0.1:{port}").parse().unwrap();
        let (plays, notes) = (plays(&origin), Arc::clone(&noted));
        let perform = move || {
            for play in plays {
                let Ok((mut stream, _)) = listener.accept() else { return };
                if !matches!(play, Play::BabblesFirst) {
                    notes.seen.lock().unwrap().extend(read_request(&stream));
                    notes.one_more.notify_all();
                }
                // The client may have disconnected first; some scripts provoke that.
                perform(&play, &mut stream).ok();
            }
        };
        thread::Builder::new().name("scripted verifier".into()).spawn(perform).unwrap();
        Self { port, noted }
    }

    /// Its origin, by IP address.
    pub fn origin(&self) -> Origin {
        format!("http://127.0.0.1:{}", self.port).parse().unwrap()
    }

    /// Its origin with this scheme and host.
    pub fn origin_as(&self, scheme_and_host: &str) -> Origin {
        format!("{scheme_and_host}:{}", self.port).parse().unwrap()
    }

    /// The requests received so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.noted.seen.lock().unwrap().clone()
    }

    /// The requests received so far, once there are `count` of them.
    pub fn wait_for(&self, count: usize) -> Vec<Seen> {
        let seen = self.noted.seen.lock().unwrap();
        let (seen, waited) = self.noted.one_more.wait_timeout_while(seen, TIMEOUT, |seen| seen.len() < count).unwrap();
        assert!(!waited.timed_out(), "only {} requests came", seen.len());
        seen.clone()
    }
}

fn perform(play: &Play, stream: &mut TcpStream) -> std::io::Result<()> {
    match play {
        Play::Response { status, media_type, headers, body } => write!(
            stream,
            "HTTP/1.1 {status} x\r\nContent-Type: {media_type}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        ),
        Play::Hangs => until_gone(stream),
        Play::HangsInTheBody => {
            write!(stream, "HTTP/1.1 200 x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{{")?;
            until_gone(stream)
        }
        Play::Dies => Ok(()),
        Play::DiesInTheBody => {
            write!(stream, "HTTP/1.1 200 x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{{")
        }
        Play::Babbles => write!(stream, "\u{0}\u{1}not a word of HTTP\r\n\r\n"),
        Play::BabblesFirst => {
            write!(stream, "\u{0}\u{1}not a word of TLS\r\n\r\n")?;
            until_gone(stream)
        }
        Play::Endless => {
            write!(stream, "HTTP/1.1 200 x\r\nContent-Type: application/json\r\n\r\n[")?;
            loop {
                stream.write_all(&[b' '; 4096])?;
            }
        }
    }
}

fn until_gone(stream: &mut TcpStream) -> std::io::Result<()> {
    let mut rest = [0; 64];
    while stream.read(&mut rest)? > 0 {}
    Ok(())
}

fn read_request(stream: &TcpStream) -> Option<Seen> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let mut body = vec![0; headers.get("content-length").map_or(0, |n| n.parse().unwrap())];
    reader.read_exact(&mut body).ok()?;
    Some(Seen { method, path, headers, body })
}
