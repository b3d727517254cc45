//! What tests of several crates share: a network that answers by a script and remembers what it was sent, and one that
//! answers by a function. Behind the feature `testing`; no program is built with it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test stops where it cannot go on"
)]

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, mpsc},
    time::Duration,
};

use crate::{HttpResponse, Net, NetError, Request};

/// One answer of the script.
#[derive(Debug)]
pub enum Line {
    /// A status and a body.
    Says(u16, &'static str),
    /// A status and `Retry-After`.
    Later(u16, u64),
    /// No connection.
    Silence,
    /// No answer in time.
    Slow,
}

/// What was sent, as text.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Where to.
    pub url: String,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Sent {
    /// The value of this header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The value of this field of a form.
    pub fn field(&self, name: &str) -> Option<String> {
        url::form_urlencoded::parse(self.body.as_bytes()).find(|(known, _)| known == name).map(|(_, v)| v.into_owned())
    }
}

/// The network; the last line of the script holds for all that follows.
#[derive(Debug)]
pub struct ScriptedNet {
    script: Mutex<VecDeque<Line>>,
    sent: mpsc::Sender<Sent>,
}

/// What was sent, in order.
#[derive(Debug)]
pub struct Outbox(mpsc::Receiver<Sent>);

impl Outbox {
    /// The next request; waits for one that is on its way.
    pub fn next(&self) -> Sent {
        self.0.recv_timeout(Duration::from_secs(30)).unwrap()
    }

    /// All that was sent so far.
    pub fn all(&self) -> Vec<Sent> {
        self.0.try_iter().collect()
    }
}

/// A network with this script, and what will be sent over it.
pub fn scripted(script: impl IntoIterator<Item = Line>) -> (Arc<ScriptedNet>, Outbox) {
    let (sent, outbox) = mpsc::channel();
    (Arc::new(ScriptedNet { script: Mutex::new(script.into_iter().collect()), sent }), Outbox(outbox))
}

impl Net for ScriptedNet {
    fn send(&self, request: &Request) -> Result<HttpResponse, NetError> {
        let headers = request.headers.iter().map(|(name, value)| (name.clone(), value.to_string())).collect();
        let body = String::from_utf8(request.body.to_vec()).unwrap();
        // A test that is over listens no more.
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

/// An answer without `Retry-After`.
pub fn response(status: u16, body: impl Into<Vec<u8>>) -> HttpResponse {
    HttpResponse { status, retry_after_secs: None, body: body.into() }
}

/// A network that answers what the function answers.
#[derive(Debug)]
pub struct FnNet<F>(pub F);

impl<F: Fn(&Request) -> Result<HttpResponse, NetError> + Send + Sync> Net for FnNet<F> {
    fn send(&self, request: &Request) -> Result<HttpResponse, NetError> {
        (self.0)(request)
    }
}
