//! The verifiers, and the clock that they hold against this machine's.

use super::{Check, DoctorContext, Finding, Fix, causes};
use crate::session::{SessionError, origin::AllowedOrigins};
use countenance_attest::request_proof::IAT_WINDOW_SECS;
use countenance_core::clock::UnixSecs;

/// Asks each verifier; with the seconds by which this machine's clock is ahead of each that told the time.
pub(super) fn verifiers(around: &DoctorContext<'_>, allowed: &AllowedOrigins) -> (Vec<Finding>, Vec<UnixSecs>) {
    let check = Check::Verifier;
    let (mut findings, mut ahead) = (Vec::new(), Vec::new());
    for origin in allowed {
        findings.push(match (around.reach)(origin) {
            Ok(reached) => {
                ahead.extend(reached.date.map(|date| around.clock.now().saturating_sub(date)));
                Finding::good(check, format!("{origin} answers"))
            }
            Err(error) => Finding::attention(check, format!("{origin}: {}", causes(&error)), fix(&error)),
        });
    }
    if findings.is_empty() {
        findings.push(Finding::attention(check, "no verifier is named: every link is refused", Fix::NameVerifier));
    }
    (findings, ahead)
}

/// A clock that is off makes the verifier refuse every proof.
pub(super) fn clock(around: &DoctorContext<'_>, ahead: &[UnixSecs]) -> Finding {
    let check = Check::Clock;
    if let Some(off) = ahead.iter().copied().max_by_key(|off| off.unsigned_abs()) {
        let side = if off < 0 { "behind" } else { "ahead of" };
        let detail = format!("{} s {side} the verifier's", off.unsigned_abs());
        // Halfway to where proofs are refused: what is left may go while a request is under way.
        let near = off.unsigned_abs() <= IAT_WINDOW_SECS.unsigned_abs() / 2;
        return if near { Finding::good(check, detail) } else { Finding::attention(check, detail, Fix::SetClock) };
    }
    match around.built {
        Some(built) if around.clock.now() < built => {
            Finding::attention(check, "earlier than this program was written to this disk", Fix::SetClock)
        }
        _ => Finding::unknown(check, "no verifier told the time"),
    }
}

fn fix(error: &SessionError) -> Fix {
    use SessionError as S;
    match error {
        S::TlsFailed(_) | S::TlsUnavailable(_) => Fix::CheckCertificates,
        S::Unreachable(_) | S::TimedOut(_) | S::Unavailable { .. } | S::TooManyRequests { .. } => Fix::CheckNetwork,
        _ => Fix::AskVerifier,
    }
}
