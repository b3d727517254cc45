//! An operator's authenticator app: codes by time (RFC 6238) with what every such app can do, which is SHA-1, six digits
//! and steps of 30 seconds.

use totp_rs::{Builder, Secret, Totp, TotpError};

use crate::origin::Origin;
use countenance_core::{clock::UnixSecs, rng::SecureRandom};
use zeroize::Zeroizing;

/// Size of a secret, bytes: what RFC 4226 recommends.
const SECRET_BYTES: usize = 20;
/// How far app and verifier may differ, in steps.
const SKEW_STEPS: u16 = 1;

/// An app that has the secret, as the verifier imitates it.
pub(super) struct Authenticator(Totp);

impl Authenticator {
    /// A secret for an operator without one.
    pub(super) fn fresh_secret(rng: &dyn SecureRandom) -> Zeroizing<Vec<u8>> {
        let mut secret = Zeroizing::new(vec![0; SECRET_BYTES]);
        rng.fill(&mut secret);
        secret
    }

    /// The app with this secret; it shows the names of the portal and of the operator.
    pub(super) fn new(secret: &[u8], operator: &str, portal: &Origin) -> Result<Self, TotpError> {
        // A colon separates the two names.
        let shown = |name: &str| name.replace(':', " ");
        let totp = Builder::new()
            .with_skew(SKEW_STEPS)
            .with_secret(Secret::from(secret.to_vec()))
            .with_issuer(Some(format!("Countenance {}", shown(portal.host()))))
            .with_account_name(shown(operator))
            .build()?;
        Ok(Self(totp))
    }

    /// The time step whose code this is, if it is a code of now, of one step ago or of one step ahead.
    pub(super) fn step_of(&self, typed: &str, now: UnixSecs) -> Option<i64> {
        // Apps show codes in two groups.
        let code: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        let step = self.0.check(&code, u64::try_from(now).ok()?)?;
        i64::try_from(step).ok()
    }

    /// The link that an app opens or scans.
    pub(super) fn link(&self) -> Result<String, TotpError> {
        self.0.to_url()
    }

    /// The secret to type into an app, in groups of four characters.
    pub(super) fn key(&self) -> String {
        let mut key = String::new();
        for (i, c) in self.0.secret().to_base32().chars().enumerate() {
            if i > 0 && i % 4 == 0 {
                key.push(' ');
            }
            key.push(c);
        }
        key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app() -> Authenticator {
        Authenticator::new(b"12345678901234567890", "ada: the first", &"https://v.example".parse().unwrap()).unwrap()
    }

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // Appendix B; with six digits, the last six of its eight.
        for (now, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(app().step_of(code, now), Some(now / 30), "{now}");
        }
    }

    #[test]
    fn a_code_is_accepted_one_step_early_or_late() {
        let (now, code) = (1_111_111_111, "050471");
        let step = now / 30;
        for (case, at, expected) in [
            ("the first second", step * 30, Some(step)),
            ("the last second", step * 30 + 29, Some(step)),
            ("one step late", step * 30 + 59, Some(step)),
            ("one step early", step * 30 - 30, Some(step)),
            ("two steps late", step * 30 + 60, None),
            ("two steps early", step * 30 - 31, None),
            ("before time began", -1, None),
        ] {
            assert_eq!(app().step_of(code, at), expected, "{case}");
        }
    }

    #[test]
    fn what_is_no_code_is_refused() {
        let now = 1_111_111_111;
        for typed in [" 050 471 ", "050-471"] {
            assert!(app().step_of(typed, now).is_some(), "{typed:?}");
        }
        for typed in ["", "05047", "0050471", "50471", "+50471", "٠٥٠٤٧١", "05047l", "050472", &"050471".repeat(9)]
        {
            assert_eq!(app().step_of(typed, now), None, "{typed:?}");
        }
    }

    #[test]
    fn link_and_key_are_those_that_apps_read() {
        let app = app();
        assert_eq!(
            app.link().unwrap(),
            "otpauth://totp/Countenance%20v.example:ada%20%20the%20first?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Countenance%20v.example"
        );
        assert_eq!(app.key(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        let portal = "https://[::1]:8443".parse().unwrap();
        assert!(Authenticator::new(b"12345678901234567890", "a", &portal).is_ok());
        assert!(Authenticator::new(b"short", "a", &portal).is_err());
    }
}
