//! A fake HTTP client that answers from a script and records requests.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, mpsc},
    time::Duration,
};

use countenance_net::{HttpResponse, Net, NetError, Request};

/// One answer of the script.
pub(super) enum Line {
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
pub(super) struct Sent {
    pub(super) url: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Sent {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn field(&self, name: &str) -> Option<String> {
        url::form_urlencoded::parse(self.body.as_bytes()).find(|(known, _)| known == name).map(|(_, v)| v.into_owned())
    }
}

/// The network; the last line of the script holds for all that follows.
pub(super) struct ScriptedNet {
    script: Mutex<VecDeque<Line>>,
    sent: mpsc::Sender<Sent>,
}

/// What was sent, in order.
pub(super) struct Outbox(mpsc::Receiver<Sent>);

impl Outbox {
    /// The next request; waits for one that is on its way.
    pub(super) fn next(&self) -> Sent {
        self.0.recv_timeout(Duration::from_secs(30)).unwrap()
    }

    /// All that was sent so far.
    pub(super) fn all(&self) -> Vec<Sent> {
        self.0.try_iter().collect()
    }
}

pub(super) fn scripted(script: impl IntoIterator<Item = Line>) -> (Arc<ScriptedNet>, Outbox) {
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
        let answer =
            |status, retry_after_secs, body: &str| HttpResponse { status, retry_after_secs, body: body.into() };
        match line {
            Line::Says(status, body) => Ok(answer(*status, None, body)),
            Line::Later(status, secs) => Ok(answer(*status, Some(*secs), "{}")),
            Line::Silence => Err(NetError::NoAnswer("refused".into())),
            Line::Slow => Err(NetError::TimedOut("slow".into())),
        }
    }
}
