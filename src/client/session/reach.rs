//! Tests whether a verifier can be reached: for diagnostics, not for a sign-in.

use super::{client::success, clock_off, error::SessionError, http::Timeouts, http::Wire, origin::Origin};
use countenance_core::{clock::UnixSecs, policy::Policy};

/// A verifier that answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// Time on the verifier, from its `Date` header.
    pub date: Option<UnixSecs>,
}

/// Requests the public policy of the verifier at `origin` once. Success shows that connection, certificate and protocol
/// work. The request carries no key, proof or account.
pub fn reach(origin: &Origin, timeouts: Timeouts) -> Result<Reached, SessionError> {
    let answer = Wire::to(origin, timeouts)?.get(&origin.at(&["v1", "policy"]))?;
    let date = answer.date.as_deref().and_then(clock_off::parse);
    serde_json::from_slice::<Policy>(&success(answer)?).map_err(|error| SessionError::Garbled(error.into()))?;
    Ok(Reached { date })
}

#[cfg(test)]
mod tests {
    use super::clock_off::parse as date;

    #[test]
    fn parses_http_dates_only() {
        let good = [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799),
            ("Wed, 01 Mar 2000 00:00:00 GMT", 951_868_800),
            ("Mon, 01 Mar 2100 00:00:00 GMT", 4_107_542_400),
            ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799),
            // Two obsolete forms, which must not be sent any more but must be accepted.
            ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
            ("Sun Nov  6 08:49:37 1994", 784_111_777),
        ];
        for (text, secs) in good {
            assert_eq!(date(text), Some(secs), "{text}");
        }
        let bad = [
            "",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 06 Nov 1994 08:49 GMT",
            "Sun, 06 Nov 1994 08:49:37:1 GMT",
            "Sun, 06 Nov 1994 24:00:00 GMT",
            "Sun, 32 Nov 1994 08:49:37 GMT",
            "Sun, 06 nov 1994 08:49:37 GMT",
            "Sun, 06 Nov +994 08:49:37 GMT",
            "Sun, 06 Nov 99999999999999999999 08:49:37 GMT",
        ];
        for text in bad {
            assert_eq!(date(text), None, "{text}");
        }
    }
}
