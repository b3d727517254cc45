//! Mail transport for sign-in links.

use std::{net::IpAddr, time::Duration};

use lettre::{
    Address, Message, SmtpTransport, Transport,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::{SMTP_PORT, SmtpTransportBuilder, authentication::Credentials},
};
use url::Url;

/// Maximum time for each step of the SMTP dialog.
const STEP_LIMIT: Duration = Duration::from_secs(10);
/// Maximum time for the mail server, all steps together; must be less than the time limit of a request.
pub(crate) const SEND_LIMIT: Duration = Duration::from_secs(20);

/// Sends mail. Blocking; called on a blocking thread.
pub trait Mailer: Send + Sync {
    /// Sends the plain text `text` to the address `to`.
    fn send(&self, to: &str, subject: &str, text: &str) -> Result<(), MailError>;
}

/// Why mail was not sent. Neither the messages nor their causes contain an address: a server's reply, which often repeats
/// it, is not kept.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The address is invalid.
    #[error("the mail address is invalid")]
    Address,
    /// The mail server refused it.
    #[error("the mail server refused the message with status {status}")]
    Refused {
        /// SMTP status code, 400 to 599.
        status: u16,
    },
    /// The mail server could not be reached.
    #[error("the mail server cannot be reached")]
    Unreached(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Sends mail by SMTP, over TLS unless the server is on loopback.
pub struct SmtpMailer {
    server: SmtpTransportBuilder,
    from: Mailbox,
}

/// Why a mail server cannot be configured.
#[derive(Debug, thiserror::Error)]
pub enum SmtpSetupError {
    /// The address is not `smtps://host[:port]` or `smtp://host[:port]`.
    #[error("a mail server is smtps://host[:port] or smtp://host[:port], without user name or password")]
    Url,
    /// The sender is not a valid mail address.
    #[error("the sender is not a valid mail address")]
    From,
    /// TLS cannot be set up, because of the system's certificates or the server's name.
    #[error("TLS to the mail server cannot be set up")]
    Tls(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl SmtpMailer {
    /// Configures the server at `url`: `smtps://` uses implicit TLS (default port 465), `smtp://` requires STARTTLS
    /// (default port 587), except on loopback, where it is not encrypted (default port 25). `from` is `ADDRESS` or
    /// `NAME <ADDRESS>`.
    pub fn new(url: &str, from: &str) -> Result<Self, SmtpSetupError> {
        let url = Url::parse(url).or(Err(SmtpSetupError::Url))?;
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
        if host.is_empty() || !bare || !url.username().is_empty() || url.password().is_some() {
            return Err(SmtpSetupError::Url);
        }
        let server = server(url.scheme(), host, is_loopback(host))?;
        let server = match url.port() {
            Some(port) => server.port(port),
            None => server,
        };
        let from: Mailbox = from.parse().or(Err(SmtpSetupError::From))?;
        Ok(Self { server: server.timeout(Some(STEP_LIMIT)), from })
    }

    /// Adds the user name and password for the server.
    #[must_use]
    pub fn with_login(mut self, user: &str, password: &str) -> Self {
        self.server = self.server.credentials(Credentials::new(user.to_owned(), password.to_owned()));
        self
    }

    fn message(&self, to: &str, subject: &str, text: &str) -> Result<Message, MailError> {
        // Only a bare address: text after a line break would become a header.
        if to.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(MailError::Address);
        }
        let to: Address = to.parse().or(Err(MailError::Address))?;
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(subject)
            // RFC 3834: keeps automatic replies such as vacation notices from answering.
            .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
            .header(ContentType::TEXT_PLAIN)
            .body(text.to_owned())
            .or(Err(MailError::Address))
    }
}

impl Mailer for SmtpMailer {
    fn send(&self, to: &str, subject: &str, text: &str) -> Result<(), MailError> {
        let message = self.message(to, subject, text)?;
        match self.server.clone().build().send(&message) {
            Ok(_) => Ok(()),
            Err(error) => Err(match error.status() {
                Some(status) => MailError::Refused { status: status.into() },
                // What could not be parsed is the server's text.
                None if error.is_response() => MailError::Unreached("its reply is not SMTP".into()),
                None => MailError::Unreached(error.into()),
            }),
        }
    }
}

/// Transport to `host`; unencrypted only if it is this machine.
fn server(scheme: &str, host: &str, this_machine: bool) -> Result<SmtpTransportBuilder, SmtpSetupError> {
    let tls = |e: lettre::transport::smtp::Error| SmtpSetupError::Tls(e.into());
    match scheme {
        "smtps" => SmtpTransport::relay(host).map_err(tls),
        "smtp" if this_machine => Ok(SmtpTransport::builder_dangerous(host).port(SMTP_PORT)),
        "smtp" => SmtpTransport::starttls_relay(host).map_err(tls),
        _ => Err(SmtpSetupError::Url),
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use std::{
        io::{BufRead, BufReader, Write},
        net::TcpListener,
        thread::{Builder, JoinHandle},
    };

    use super::*;

    const FROM: &str = "Countenance <login@example.org>";

    /// A mail server that accepts one connection and answers RCPT with `rcpt`; returns everything it received.
    fn scripted(rcpt: &'static str) -> (String, JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let serve = move || {
            let (mut stream, _) = listener.accept().unwrap();
            let lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
            let mut received = String::new();
            let mut in_message = false;
            stream.write_all(b"220 mail.example ESMTP\r\n").unwrap();
            for line in lines {
                received += &line;
                received.push('\n');
                let answer = match line.split([' ', ':']).next().unwrap() {
                    _ if in_message && line != "." => continue,
                    "." if in_message => "250 taken",
                    "EHLO" => "250-mail.example\r\n250 AUTH PLAIN",
                    "AUTH" => "235 welcome",
                    "MAIL" => "250 ok",
                    "RCPT" => rcpt,
                    "DATA" => "354 go on",
                    "QUIT" => "221 bye",
                    _ => "500 what?",
                };
                in_message = line == "DATA";
                if stream.write_all(format!("{answer}\r\n").as_bytes()).is_err() {
                    break;
                }
            }
            received
        };
        (url, Builder::new().name("smtp".into()).spawn(serve).unwrap())
    }

    #[test]
    fn a_message_reaches_the_server_in_plain_text() {
        let (url, received) = scripted("250 ok");
        let mailer = SmtpMailer::new(&url, FROM).unwrap().with_login("portal", "s3cret");
        mailer.send("ada@example.org", "Continue at Zürich", "Open this:\n\nhttps://v.example/x\n").unwrap();
        let received = received.join().unwrap();
        for line in [
            "AUTH PLAIN AHBvcnRhbABzM2NyZXQ=",
            "MAIL FROM:<login@example.org>",
            "RCPT TO:<ada@example.org>",
            "From: Countenance <login@example.org>",
            "To: ada@example.org",
            "Auto-Submitted: auto-generated",
            "Content-Type: text/plain; charset=utf-8",
            "https://v.example/x",
        ] {
            assert!(received.lines().any(|l| l.starts_with(line)), "{line}: {received}");
        }
        assert!(received.contains("Subject: Continue at =?utf-8?"), "{received}");
    }

    #[test]
    fn prevents_header_and_command_injection() {
        let (url, received) = scripted("250 ok");
        let mailer = SmtpMailer::new(&url, FROM).unwrap();
        for to in [
            "",
            "ada",
            "ada@example.org\r\nBcc: eve@example.org",
            "ada@example.org>\r\nRCPT TO:<eve@example.org",
            "\"a\r\nb\"@example.org",
            "ada@example.org, eve@example.org",
            "Ada <ada@example.org>",
            " ada@example.org",
        ] {
            assert!(matches!(mailer.send(to, "x", "x"), Err(MailError::Address)), "{to:?} was accepted");
        }
        mailer
            .send("ada@example.org", "x\r\nBcc: eve@example.org", "\r\n.\r\nMAIL FROM:<eve@example.org>\r\n")
            .unwrap();
        let received = received.join().unwrap();
        let headers = received.split_once("\n\n").unwrap().0;
        assert!(!headers.lines().any(|line| line.starts_with("Bcc")), "{received}");
        assert_eq!(received.lines().filter(|line| *line == ".").count(), 1, "{received}");
        assert!(received.contains("\n..\n"), "a line of one dot ended the message: {received}");
    }

    #[test]
    fn distinguishes_a_refusal_from_an_unreachable_server() {
        let (url, received) = scripted("550 <ada@example.org>: no such mailbox");
        let mailer = SmtpMailer::new(&url, FROM).unwrap();
        assert!(matches!(mailer.send("ada@example.org", "x", "x"), Err(MailError::Refused { status: 550 })));
        assert!(!received.join().unwrap().contains("DATA"));
        // The listener is gone with its thread.
        assert!(matches!(mailer.send("ada@example.org", "x", "x"), Err(MailError::Unreached(_))));
    }

    #[test]
    fn errors_and_their_causes_contain_nothing_of_the_servers_reply() {
        for reply in
            ["550 <ada@example.org>: no such mailbox", "451 ada@example.org: later", "ada@example.org, really?"]
        {
            let (url, received) = scripted(reply);
            let error = SmtpMailer::new(&url, FROM).unwrap().send("ada@example.org", "x", "x").unwrap_err();
            let mut cause: Option<&dyn std::error::Error> = Some(&error);
            while let Some(error) = cause {
                let logged = format!("{error:?} {error}");
                assert!(!logged.contains("ada"), "{reply}: {logged}");
                cause = error.source();
            }
            received.join().unwrap();
        }
    }

    #[test]
    fn requires_tls_except_on_loopback() {
        // The scripted server represents a remote one that does not offer STARTTLS.
        let (url, received) = scripted("250 ok");
        let port = Url::parse(&url).unwrap().port().unwrap();
        let elsewhere = super::server("smtp", "127.0.0.1", false).unwrap().port(port);
        let mailer = SmtpMailer { server: elsewhere, from: FROM.parse().unwrap() }.with_login("portal", "s3cret");
        assert!(matches!(mailer.send("ada@example.org", "x", "x"), Err(MailError::Unreached(_))));
        let received = received.join().unwrap();
        assert!(!received.contains("MAIL") && !received.contains("AUTH"), "sent in the clear: {received}");
        for (host, ours) in [("127.0.0.1", true), ("::1", true), ("localhost", true), ("localhost.example", false)] {
            assert_eq!(is_loopback(host), ours, "{host}");
        }
    }

    #[test]
    fn accepts_only_scheme_host_and_port() {
        for (url, good) in [
            ("smtps://mail.example", true),
            ("smtps://mail.example:4650/", true),
            ("smtp://mail.example", true),
            ("smtp://127.0.0.1:2525", true),
            ("smtp://[::1]:2525", true),
            ("smtp://portal:s3cret@mail.example", false),
            ("smtp://mail.example/?tls=none", false),
            ("https://mail.example", false),
            ("mail.example", false),
            ("smtp://", false),
        ] {
            assert_eq!(SmtpMailer::new(url, FROM).is_ok(), good, "{url}");
        }
        assert!(matches!(SmtpMailer::new("smtps://mail.example", "nobody"), Err(SmtpSetupError::From)));
    }
}
