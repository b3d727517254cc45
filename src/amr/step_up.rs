//! How to request a second factor: web applications at `/authorize`, APIs in a 401 response (RFC 9470).

/// `acr_values` for a factor by redirect: a face, or a one-time code as an alternative.
pub const AUTHID_POLICY: &str = "https://authid.ai/policies/multi-factor";
/// `acr_values` for one of Auth0's own factors.
pub const AUTH0_POLICY: &str = "http://schemas.openid.net/pape/policies/2007/06/multi-factor";

/// A request for a second factor. The request proves nothing: check the returned [`IdToken`](super::IdToken).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepUp {
    acr_value: &'static str,
    max_age_secs: Option<u32>,
}

impl StepUp {
    /// By redirect to the verifier.
    pub const fn authid() -> Self {
        Self { acr_value: AUTHID_POLICY, max_age_secs: None }
    }

    /// With Auth0's own factors.
    pub const fn auth0() -> Self {
        Self { acr_value: AUTH0_POLICY, max_age_secs: None }
    }

    /// Also requires a sign-in at most `secs` old; an older one is repeated, including the password. Check the result
    /// with [`IdToken::fresh_within`](super::IdToken::fresh_within).
    #[must_use]
    pub const fn max_age(mut self, secs: u32) -> Self {
        self.max_age_secs = Some(secs);
        self
    }

    /// Query parameters for `/authorize`, in addition to those of every sign-in.
    pub fn parameters(&self) -> Vec<(&'static str, String)> {
        let max_age = self.max_age_secs.map(|secs| ("max_age", secs.to_string()));
        std::iter::once(("acr_values", self.acr_value.to_owned())).chain(max_age).collect()
    }

    /// The `WWW-Authenticate` value that an API returns with status 401 for a valid access token without a second
    /// factor.
    pub fn challenge(&self) -> String {
        let max_age = self.max_age_secs.map(|secs| format!(", max_age=\"{secs}\"")).unwrap_or_default();
        format!(
            "Bearer error=\"insufficient_user_authentication\", \
             error_description=\"A second factor is required\", acr_values=\"{}\"{max_age}",
            self.acr_value
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authorize_parameters_match_the_challenge() {
        let plain = StepUp::authid();
        assert_eq!(plain.parameters(), [("acr_values", AUTHID_POLICY.to_owned())]);
        assert_eq!(
            plain.challenge(),
            "Bearer error=\"insufficient_user_authentication\", error_description=\"A second factor is required\", \
             acr_values=\"https://authid.ai/policies/multi-factor\""
        );
        let recent = StepUp::auth0().max_age(0);
        assert_eq!(recent.parameters(), [("acr_values", AUTH0_POLICY.to_owned()), ("max_age", "0".to_owned())]);
        assert!(recent.challenge().ends_with(", max_age=\"0\""), "{}", recent.challenge());
    }
}
