//! A mailer that keeps its messages, or fails with the error set.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use countenance_verifier::{Database, MailError, Mailer, Rules};
use tokio::sync::Notify;

use super::test_verifier::{ORIGIN, TestVerifier};

#[derive(Default)]
pub(super) struct FakeMailer {
    /// Recipient, subject and text of each.
    messages: Mutex<Vec<[String; 3]>>,
    arrived: Notify,
    pub(super) failure: Mutex<Option<fn() -> MailError>>,
}

impl Mailer for FakeMailer {
    fn send(&self, to: &str, subject: &str, text: &str) -> Result<(), MailError> {
        if let Some(error) = *self.failure.lock().unwrap() {
            return Err(error());
        }
        self.messages.lock().unwrap().push([to, subject, text].map(str::to_owned));
        self.arrived.notify_one();
        Ok(())
    }
}

impl FakeMailer {
    pub(super) async fn verifier(rules: Rules) -> (TestVerifier, Arc<Self>) {
        let outbox = Arc::new(Self::default());
        (TestVerifier::build(Database::Memory, rules, None, Some(outbox.clone())).await, outbox)
    }

    /// The messages since the last call.
    pub(super) fn take_messages(&self) -> Vec<[String; 3]> {
        std::mem::take(&mut self.messages.lock().unwrap())
    }

    /// The next message whose subject starts so, sent in the background. Others are dropped.
    pub(super) async fn next(&self, subject: &str) -> [String; 3] {
        loop {
            if let Some(found) = self.take_messages().into_iter().find(|[_, found, _]| found.starts_with(subject)) {
                return found;
            }
            let arrived = tokio::time::timeout(Duration::from_secs(10), self.arrived.notified());
            arrived.await.unwrap_or_else(|_| panic!("no mail: {subject}"));
        }
    }
}

/// The path of the link in a message.
pub(super) fn link_in(message: &str) -> String {
    let line = message.lines().find(|line| line.starts_with(ORIGIN)).unwrap();
    line.strip_prefix(ORIGIN).unwrap().to_owned()
}
