//! Reads a ticket, and validates it before its text is shown and the camera opens.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use serde_json::{Value, json};

use super::{error::SessionError, link::LaunchLink};
use countenance_core::{
    clock::UnixSecs,
    policy::Policy,
    protocol::{
        Ticket,
        message::{self, ReadError, Unmet},
    },
};

/// Maximum length of a displayed text, characters.
const SHOWN_MAX_CHARS: usize = 128;
/// Maximum remaining lifetime of a session, seconds: six times what the protocol allows.
const LIFE_MAX_SECS: i64 = 3_600;
/// Length of a nonce, bytes.
const NONCE_BYTES: usize = 32;

/// Why a ticket is not acceptable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TicketError {
    /// The session ID is not the link's.
    #[error("the ticket is for another session")]
    OtherSession,
    /// The nonce is not 32 bytes in base64url.
    #[error("the ticket's nonce is not {NONCE_BYTES} bytes in base64url")]
    Nonce,
    /// A text to display is empty, too long, or could mislead: control characters, bidirectional overrides.
    #[error("the ticket's {0} cannot be displayed")]
    Unshowable(&'static str),
    /// Expired, or valid for implausibly long.
    #[error("the ticket has expired, or is valid for too long")]
    Life,
    /// No attempts left, and no code offered instead.
    #[error("the ticket allows no capture")]
    NoAttempts,
}

/// Reads a ticket. If it requires something that this client does not know, the error says what, and has the ticket.
pub(super) fn read(body: &[u8]) -> Result<Ticket, SessionError> {
    match message::read::<Ticket>(body) {
        Ok(ticket) => Ok(ticket),
        Err(ReadError::Unmet { message, unmet }) => Err(SessionError::NeedsUpdate { unmet, ticket: Some(message) }),
        Err(ReadError::Json(error)) => {
            Err(of_later_values(body).unwrap_or_else(|| SessionError::Garbled(error.into())))
        }
    }
}

/// The error for a ticket that is well formed except for a value in its policy: a known threshold which this client cannot
/// read, let alone enforce.
fn of_later_values(body: &[u8]) -> Option<SessionError> {
    let mut ticket: Value = serde_json::from_slice(body).ok()?;
    let name = Policy::unreadable_member(ticket.get("policy")?)?;
    *ticket.get_mut("policy")? = json!({});
    let ticket = serde_json::from_value(ticket).ok()?;
    let unmet = Unmet::one(format!("policy.{name}"));
    Some(SessionError::NeedsUpdate { unmet, ticket: Some(ticket) })
}

/// Checks `ticket` against the link it was requested with.
pub(super) fn check(ticket: &Ticket, link: &LaunchLink, now: UnixSecs) -> Result<(), TicketError> {
    if ticket.session_id != link.session_id() {
        return Err(TicketError::OtherSession);
    }
    nonce(&ticket.nonce)?;
    let shown = [
        ("application", &ticket.display.application),
        ("tenant", &ticket.display.tenant),
        ("account", &ticket.display.account),
    ];
    for (name, text) in shown {
        if !showable(text) {
            return Err(TicketError::Unshowable(name));
        }
    }
    if !(1..=LIFE_MAX_SECS).contains(&ticket.expires_at.saturating_sub(now)) {
        return Err(TicketError::Life);
    }
    // A session without capture attempts may still be passed with a one-time code.
    if ticket.attempts_left == 0 && ticket.fallback.is_empty() { Err(TicketError::NoAttempts) } else { Ok(()) }
}

/// Checks the format of a nonce, the ticket's or a later one.
pub(super) fn nonce(text: &str) -> Result<(), TicketError> {
    match BASE64_URL_SAFE_NO_PAD.decode(text) {
        Ok(bytes) if bytes.len() == NONCE_BYTES => Ok(()),
        Ok(_) | Err(_) => Err(TicketError::Nonce),
    }
}

/// Whether a text can be shown: not empty, short, and without characters that mislead.
pub(super) fn showable(text: &str) -> bool {
    let misleads = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    !text.trim().is_empty() && text.chars().count() <= SHOWN_MAX_CHARS && !text.chars().any(misleads)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::origin::{AllowedOrigins, Origin};
    use countenance_core::{
        policy::SentPolicy,
        protocol::{Display, Fallback, Purpose},
    };

    const NOW: UnixSecs = 1_800_000_000;

    type Change = fn(&mut Ticket);

    fn ticket() -> Ticket {
        Ticket {
            session_id: "s1".into(),
            nonce: "A".repeat(43),
            purpose: Purpose::Verify,
            display: Display {
                application: "Payroll".into(),
                tenant: "tenant.example".into(),
                account: "a•••@example.test".into(),
                started_at: NOW,
            },
            policy: SentPolicy::new(&Policy::default()),
            fallback: vec![],
            attempts_left: 5,
            expires_at: NOW + 600,
            attendance: false,
            crit: vec![],
        }
    }

    #[test]
    fn rejects_tickets_that_do_not_match_the_link() {
        let origin: Origin = "https://verifier.example".parse().unwrap();
        let allowed: AllowedOrigins = [origin].into_iter().collect();
        let link = LaunchLink::parse("countenance://verify?v=https://verifier.example&s=s1&c=c", &allowed).unwrap();
        assert_eq!(check(&ticket(), &link, NOW), Ok(()));
        let by_code_alone = Ticket { attempts_left: 0, fallback: vec![Fallback::Sms], ..ticket() };
        assert_eq!(check(&by_code_alone, &link, NOW), Ok(()));
        let rows: [(&str, Change, TicketError); 9] = [
            ("another session", |t| t.session_id.push('x'), TicketError::OtherSession),
            ("short nonce", |t| t.nonce.truncate(42), TicketError::Nonce),
            ("nonce in another alphabet", |t| t.nonce.replace_range(0..1, "+"), TicketError::Nonce),
            ("no name", |t| t.display.application = " ".into(), TicketError::Unshowable("application")),
            ("line end", |t| t.display.tenant.push('\n'), TicketError::Unshowable("tenant")),
            ("turned reading order", |t| t.display.account.push('\u{202e}'), TicketError::Unshowable("account")),
            ("over", |t| t.expires_at = NOW, TicketError::Life),
            ("for ever", |t| t.expires_at = i64::MAX, TicketError::Life),
            ("no attempts", |t| t.attempts_left = 0, TicketError::NoAttempts),
        ];
        for (name, change, why) in rows {
            let mut ticket = ticket();
            change(&mut ticket);
            assert_eq!(check(&ticket, &link, NOW), Err(why), "{name}");
        }
    }
}
