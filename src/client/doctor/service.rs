//! Checks of the verifiers, and of this machine's clock against theirs.

use super::{Check, DoctorContext, Finding, Fix, causes};
use crate::{
    session::SessionError,
    settings::{Key, SettingsInUse},
};
use countenance_attest::request_proof::IAT_WINDOW_SECS;
use countenance_core::clock::UnixSecs;

/// Contacts each verifier. Also returns, for each that sent its time, by how many seconds this machine's clock is
/// ahead.
pub(super) fn verifiers(around: &DoctorContext<'_>, settings: &SettingsInUse) -> (Vec<Finding>, Vec<UnixSecs>) {
    let check = Check::Verifier;
    let (mut findings, mut ahead) = (Vec::new(), Vec::new());
    for origin in &settings.verifiers {
        findings.push(match (around.reach)(origin) {
            Ok(reached) => {
                ahead.extend(reached.date.map(|date| around.clock.now().saturating_sub(date)));
                Finding::good(check, format!("{origin} answers"))
            }
            Err(error) => Finding::attention(check, format!("{origin}: {}", causes(&error)), fix(&error)),
        });
    }
    if findings.is_empty() {
        let is_managed = settings.managed_by(Key::Verifiers).is_some();
        let fix = if is_managed { Fix::CorrectManaged } else { Fix::NameVerifier };
        findings.push(Finding::attention(check, "no verifier is configured: every link is rejected", fix));
    }
    (findings, ahead)
}

/// A wrong clock makes the verifier reject every proof.
pub(super) fn clock(around: &DoctorContext<'_>, ahead: &[UnixSecs]) -> Finding {
    let check = Check::Clock;
    if let Some(off) = ahead.iter().copied().max_by_key(|off| off.unsigned_abs()) {
        let side = if off < 0 { "behind" } else { "ahead of" };
        let detail = format!("{} s {side} the verifier's", off.unsigned_abs());
        // Half the verifier's tolerance: the other half is left for the time of a request.
        let near = off.unsigned_abs() <= IAT_WINDOW_SECS.unsigned_abs() / 2;
        return if near { Finding::good(check, detail) } else { Finding::attention(check, detail, Fix::SetClock) };
    }
    match around.built {
        Some(built) if around.clock.now() < built => {
            Finding::attention(check, "earlier than this program was installed", Fix::SetClock)
        }
        _ => Finding::unknown(check, "no verifier sent its time"),
    }
}

fn fix(error: &SessionError) -> Fix {
    use SessionError as S;
    match error {
        S::CertificateTime(_) => Fix::SetClock,
        S::TlsFailed(_) | S::TlsUnavailable(_) => Fix::CheckCertificates,
        S::Unreachable(_) | S::TimedOut(_) | S::Unavailable { .. } | S::TooManyRequests { .. } => Fix::CheckNetwork,
        _ => Fix::AskVerifier,
    }
}
