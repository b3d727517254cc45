//! Prints an attestation in readable form: `countenance inspect ATTESTATION [KEY]`.

use std::str::FromStr;

use time::OffsetDateTime;

use super::{
    consistency::all_samples,
    jwk::{Jwk, JwkError, PublicKey, Thumbprint, ThumbprintError},
    jws::{JsonFault, Jws},
    verify::AttestError,
};
use countenance_core::{
    clock::UnixSecs,
    protocol::{ATTESTATION_MAX_BYTES, ATTESTATION_TYP, Claims},
};

/// The key given on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownKey {
    /// A public key: the signature is checked.
    Public(PublicKey),
    /// A thumbprint: it is compared with the one in the header.
    Named(Thumbprint),
}

/// Why a key given on the command line is invalid.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum KnownKeyError {
    /// Starts like a JWK but is not one.
    #[error("the key is not a public JWK")]
    Json(#[source] JsonFault),
    /// A JWK that cannot be used.
    #[error(transparent)]
    Key(#[from] JwkError),
    /// Neither a JWK nor a thumbprint.
    #[error(transparent)]
    Thumbprint(#[from] ThumbprintError),
}

impl FromStr for KnownKey {
    type Err = KnownKeyError;

    /// Parses a JWK (JSON) or a thumbprint.
    fn from_str(text: &str) -> Result<Self, KnownKeyError> {
        let text = text.trim();
        if text.starts_with('{') {
            let jwk: Jwk = serde_json::from_str(text).map_err(|e| KnownKeyError::Json(e.into()))?;
            Ok(Self::Public(PublicKey::try_from(&jwk)?))
        } else {
            Ok(Self::Named(text.parse()?))
        }
    }
}

/// Prints the header and claims of `jws` in plain lines. With a public key, an invalid signature is an error; without
/// one, the output warns that the signature was not checked.
pub fn inspect(jws: &str, key: Option<KnownKey>) -> Result<String, AttestError> {
    let jws = Jws::parse(jws.trim(), ATTESTATION_TYP, ATTESTATION_MAX_BYTES)?;
    let header = jws.header().clone();
    let kid: Thumbprint = header.kid.as_deref().ok_or(AttestError::NoKeyName)?.parse()?;
    let (payload, signature) = match key {
        Some(KnownKey::Public(public)) => {
            let payload = jws.verify(&public)?;
            (payload, format!("verified with the key {}", public.thumbprint()))
        }
        Some(KnownKey::Named(name)) if name == kid => (
            jws.unverified(),
            "not checked (it names the key you gave; checking it needs the full public key)".to_owned(),
        ),
        Some(KnownKey::Named(_)) => return Err(AttestError::OtherKey),
        None => (jws.unverified(), "not checked (no key given): anyone could have written this".to_owned()),
    };
    let claims: Claims = payload.claims().map_err(AttestError::Jws)?;
    let mut page = Page(String::new());
    page.line("signature", &signature);
    page.line("header", &format!("{} · {} · key {kid}", header.alg, header.typ));
    statement(&mut page, &claims);
    evidence(&mut page, &claims);
    origin(&mut page, &claims);
    Ok(page.0)
}

fn statement(page: &mut Page, claims: &Claims) {
    page.line("profile", &claims.eat_profile);
    page.line("sealed", &utc(claims.iat));
    page.line("id", &claims.jti);
    page.line("nonce", &claims.eat_nonce);
    page.line("session", &format!("{} ({:?})", claims.session.id, claims.session.purpose));
    page.line("device", &format!("{} (key protection: {:?})", claims.ueid, claims.key));
    page.line("software", &format!("{} {}", claims.swname, claims.swversion));
    if let Some(supervisor) = &claims.attended_by {
        page.line("attended by", supervisor.as_str());
    }
    if let Some(consent) = &claims.consent {
        page.line("consent", &format!("given {}, shown in {}", utc(consent.given_at), consent.language));
        consent.text.lines().for_each(|line| page.line("agreed to", line));
    }
}

fn evidence(page: &mut Page, claims: &Claims) {
    let (span, liveness, q) = (&claims.span, &claims.liveness, &claims.quality);
    for sample in all_samples(claims) {
        page.line(
            "sample",
            &format!("{}x{} {}, frame {}", sample.width, sample.height, sample.media_type, sample.frame_seq),
        );
        page.line("sample sha-256", &sample.sha256);
    }
    let millis = span.last_millis.saturating_sub(span.first_millis);
    page.line(
        "span",
        &format!(
            "frames {} to {} ({} ms to {} ms, {millis} ms), track {}",
            span.first_seq, span.last_seq, span.first_millis, span.last_millis, span.track
        ),
    );
    page.line("frames", &format!("{} seen, {} good, {} scored", span.seen, span.good, span.scored));
    page.line("frame chain", &claims.frames);
    page.line(
        "liveness",
        &format!("{:?}: {:.3}, threshold {:.3}", liveness.decision, liveness.fused, liveness.threshold),
    );
    if let Some(most) = liveness.support_max {
        page.line("support", &format!("counted up to {most:.3}"));
    }
    for cue in &liveness.cues {
        let measure = cue.measure.map_or_else(|| "nothing".to_owned(), |measure| format!("{measure:.3}"));
        page.line("cue", &format!("{}: {measure}, LLR {:+.3}", cue.name.as_str(), cue.llr));
    }
    page.line("per frame", &sparkline(&liveness.per_frame));
    for model in &liveness.models {
        page.line("model", &format!("{} {}", model.name, model.sha256));
    }
    page.line("policy", &liveness.policy);
    page.line(
        "quality",
        &format!(
            "eyes {:.1} px apart, face {:.0} % of the width, yaw {:.1}°, pitch {:.1}°, roll {:.1}°, sharpness {:.0}, luma {:.0}",
            q.interocular_px,
            q.face_ratio * 100.0,
            q.yaw_deg,
            q.pitch_deg,
            q.roll_deg,
            q.sharpness,
            q.luma
        ),
    );
}

fn origin(page: &mut Page, claims: &Claims) {
    let camera = &claims.camera;
    let pinned = if camera.pinned { ", the required one" } else { "" };
    page.line("camera", &format!("{} ({:?}{pinned})", camera.name, camera.kind));
    if camera.testing {
        page.line("", "test mode: any camera is allowed");
    }
    let site = if camera.qualified { "qualified at its site" } else { "not qualified at its site" };
    page.line("site", site);
    for sign in &camera.signs {
        page.line("sign", sign.name());
    }
    page.line("driver", &format!("{}, {}", camera.driver, camera.format));
    for (name, value) in [("bus", &camera.bus_path), ("usb id", &camera.vid_pid)] {
        if let Some(value) = value {
            page.line(name, value);
        }
    }
}

/// Lines of a name and a value. Values are untrusted: characters that could control a terminal or reverse the reading
/// order are escaped.
struct Page(String);

impl Page {
    fn line(&mut self, name: &str, value: &str) {
        let shown = shown(value);
        for part in [&format!("{name:<13} "), shown.trim_end(), "\n"] {
            self.0.push_str(part);
        }
    }
}

/// `value` with escapes for characters that do not print as themselves.
fn shown(value: &str) -> String {
    let steers = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    value.chars().map(|c| if steers(c) { c.escape_unicode().to_string() } else { c.to_string() }).collect()
}

/// Bars of eight heights for the scores, followed by minimum and maximum.
fn sparkline(scores: &[f32]) -> String {
    const STEPS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let least = scores.iter().copied().fold(f32::INFINITY, f32::min);
    let most = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let range = most - least;
    let step = |score: f32| {
        let height = if range > 0.0 { ((score - least) / range * 7.0).round() as usize } else { 3 };
        STEPS.get(height).copied().unwrap_or('?')
    };
    let line: String = scores.iter().copied().map(step).collect();
    format!("{line}  {least:.2} to {most:.2}")
}

/// `secs` since 1970 as a date in UTC; outside the years 0 to 9999, the number itself.
fn utc(secs: UnixSecs) -> String {
    match OffsetDateTime::from_unix_timestamp(secs) {
        Ok(at) if at.year() >= 0 => {
            let (hour, minute, second) = at.to_hms();
            format!("{} {hour:02}:{minute:02}:{second:02} UTC", at.date())
        }
        _ => format!("{secs} s since 1970"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_dates() {
        for (secs, date) in [
            (0, "1970-01-01 00:00:00 UTC"),
            (951_782_399, "2000-02-28 23:59:59 UTC"),
            (951_782_400, "2000-02-29 00:00:00 UTC"),
            (1_709_251_199, "2024-02-29 23:59:59 UTC"),
            (4_107_542_400, "2100-03-01 00:00:00 UTC"),
            (-1, "1969-12-31 23:59:59 UTC"),
            (253_402_300_799, "9999-12-31 23:59:59 UTC"),
            (i64::MAX, "9223372036854775807 s since 1970"),
        ] {
            assert_eq!(utc(secs), date);
        }
    }

    #[test]
    fn sparklines_use_the_range_of_their_values() {
        assert_eq!(sparkline(&[0.0, 3.5, 7.0]), "▁▅█  0.00 to 7.00");
        assert_eq!(sparkline(&[2.0, 2.0]), "▄▄  2.00 to 2.00");
        assert!(sparkline(&[f32::NAN, f32::INFINITY]).chars().count() > 2, "no panic");
        assert!(!sparkline(&[]).is_empty(), "no panic");
    }

    #[test]
    fn escapes_control_characters_in_values() {
        let mut page = Page(String::new());
        page.line("camera", "x\u{1b}[2J\n\u{202e}y");
        assert_eq!(page.0, "camera        x\\u{1b}[2J\\u{a}\\u{202e}y\n");
    }

    #[test]
    fn parses_a_jwk_or_a_thumbprint() {
        let name = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";
        let jwk = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
        assert_eq!(name.parse(), Ok(KnownKey::Named(name.parse().unwrap())));
        assert!(matches!(jwk.parse(), Ok(KnownKey::Public(key)) if key.thumbprint().to_string() == name));
        assert_eq!("x".parse::<KnownKey>(), Err(KnownKeyError::Thumbprint(ThumbprintError)));
        assert!(matches!("{}".parse::<KnownKey>(), Err(KnownKeyError::Json(_))));
    }
}
