//! Test fixtures shared by several crates: a network that follows a script and records requests, and one that calls a
//! function. Behind the `testing` feature, which no released program enables.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test stops at the first error"
)]

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, mpsc},
    time::Duration,
};

use crate::{HttpResponse, Net, NetError, Request};

/// One scripted response.
#[derive(Debug)]
pub enum Line {
    /// A status and a body.
    Says(u16, &'static str),
    /// A status and `Retry-After`.
    Later(u16, u64),
    /// The connection fails.
    Silence,
    /// The request times out.
    Slow,
}

/// A recorded request, as text.
#[derive(Debug, Clone)]
pub struct Sent {
    /// URL.
    pub url: String,
    /// Header names and values.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: String,
}

impl Sent {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The value of a form field.
    pub fn field(&self, name: &str) -> Option<String> {
        url::form_urlencoded::parse(self.body.as_bytes()).find(|(known, _)| known == name).map(|(_, v)| v.into_owned())
    }
}

/// The scripted network; the last line of the script is repeated.
#[derive(Debug)]
pub struct ScriptedNet {
    script: Mutex<VecDeque<Line>>,
    sent: mpsc::Sender<Sent>,
}

/// The recorded requests, in order.
#[derive(Debug)]
pub struct Outbox(mpsc::Receiver<Sent>);

impl Outbox {
    /// The next request; waits for it.
    pub fn next(&self) -> Sent {
        self.0.recv_timeout(Duration::from_secs(30)).unwrap()
    }

    /// All requests recorded so far.
    pub fn all(&self) -> Vec<Sent> {
        self.0.try_iter().collect()
    }
}

/// A network with this script, and its recorded requests.
pub fn scripted(script: impl IntoIterator<Item = Line>) -> (Arc<ScriptedNet>, Outbox) {
    let (sent, outbox) = mpsc::channel();
    (Arc::new(ScriptedNet { script: Mutex::new(script.into_iter().collect()), sent }), Outbox(outbox))
}

impl Net for ScriptedNet {
    fn send(&self, request: &Request) -> Result<HttpResponse, NetError> {
        let headers = request.headers.iter().map(|(name, value)| (name.clone(), value.to_string())).collect();
        let body = String::from_utf8(request.body.to_vec()).unwrap();
        // The test may have ended and dropped its outbox.
        self.sent.send(Sent { url: request.url.to_string(), headers, body }).ok();
        let mut script = self.script.lock().unwrap();
        let next = if script.len() > 1 { script.pop_front() } else { None };
        let line = next.as_ref().or(script.front()).expect("the script has a line");
        match line {
            Line::Says(status, body) => Ok(response(*status, *body)),
            Line::Later(status, secs) => Ok(HttpResponse { retry_after_secs: Some(*secs), ..response(*status, "{}") }),
            Line::Silence => Err(NetError::NoAnswer("refused".into())),
            Line::Slow => Err(NetError::TimedOut("slow".into())),
        }
    }
}

/// A response without `Retry-After`.
pub fn response(status: u16, body: impl Into<Vec<u8>>) -> HttpResponse {
    HttpResponse { status, retry_after_secs: None, body: body.into() }
}

/// A network that returns the results of a function.
#[derive(Debug)]
pub struct FnNet<F>(pub F);

impl<F: Fn(&Request) -> Result<HttpResponse, NetError> + Send + Sync> Net for FnNet<F> {
    fn send(&self, request: &Request) -> Result<HttpResponse, NetError> {
        (self.0)(request)
    }
}
