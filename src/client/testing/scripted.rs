//! A scripted verifier on a port of its own: one scripted response per request.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use crate::session::origin::Origin;

/// What the verifier does with one connection.
#[derive(Debug, Clone)]
pub enum Play {
    /// Answers.
    Response {
        /// HTTP status.
        status: u16,
        /// Media type.
        media_type: &'static str,
        /// Further header lines, each with its line end.
        headers: String,
        /// The body.
        body: String,
    },
    /// Reads the request and says nothing until the client goes away.
    Hangs,
    /// Sends the head of an answer and then nothing until the client goes away.
    HangsInTheBody,
    /// Reads the request and goes away: the answer is lost.
    Dies,
    /// Promises more than it sends.
    DiesInTheBody,
    /// Answers with something that is not HTTP.
    Babbles,
    /// Answers so before it has heard anything: no partner for TLS.
    BabblesFirst,
    /// Sends JSON without end.
    Endless,
}

/// A good answer.
pub fn json(body: &impl serde::Serialize) -> Play {
    let body = serde_json::to_string(body).unwrap();
    Play::Response { status: 200, media_type: "application/json", headers: String::new(), body }
}

/// A problem document of this kind.
pub fn problem(status: u16, kind: &str, headers: &str) -> Play {
    let body = format!(r#"{{"type":"{kind}","title":"No.","status":{status}}}"#);
    Play::Response { status, media_type: "application/problem+json", headers: headers.into(), body }
}

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Its method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Names in lower case.
    pub headers: HashMap<String, String>,
    /// The body.
    pub body: Vec<u8>,
}

/// A verifier on 127.0.0.1. It stops listening when the script is over.
#[derive(Debug)]
pub struct Scripted {
    port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Scripted {
    /// Starts following `plays`.
    pub fn new(plays: impl Into<Vec<Play>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (plays, noted) = (plays.into(), Arc::clone(&seen));
        let perform = move || {
            for play in plays {
                let Ok((mut stream, _)) = listener.accept() else { return };
                if !matches!(play, Play::BabblesFirst) {
                    noted.lock().unwrap().extend(read_request(&stream));
                }
                // The client may have gone away first: that is what some plays are for.
                perform(&play, &mut stream).ok();
            }
        };
        thread::Builder::new().name("scripted verifier".into()).spawn(perform).unwrap();
        Self { port, seen }
    }

    /// Where it is, by address.
    pub fn origin(&self) -> Origin {
        format!("http://127.0.0.1:{}", self.port).parse().unwrap()
    }

    /// Where it is, under this name and scheme.
    pub fn origin_as(&self, scheme_and_host: &str) -> Origin {
        format!("{scheme_and_host}:{}", self.port).parse().unwrap()
    }

    /// The requests that came so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
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
