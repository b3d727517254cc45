//! How a second factor is asked for: by a web application at `/authorize`, by an API in its refusal (RFC 9470).

/// `acr_values` for a factor by redirect: a face, or a code where a face cannot be shown.
pub const AUTHID_POLICY: &str = "https://authid.ai/policies/multi-factor";
/// `acr_values` for one of Auth0's own factors.
pub const AUTH0_POLICY: &str = "http://schemas.openid.net/pape/policies/2007/06/multi-factor";

/// A request for a second factor. That it was asked for proves nothing: the answer is in the [`IdToken`](super::IdToken).
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

    /// By Auth0's own factors.
    pub const fn auth0() -> Self {
        Self { acr_value: AUTH0_POLICY, max_age_secs: None }
    }

    /// Also asks for a login at most `secs` old; an older one is done again, password and all. Check the answer with
    /// [`IdToken::fresh_within`](super::IdToken::fresh_within).
    #[must_use]
    pub const fn max_age(mut self, secs: u32) -> Self {
        self.max_age_secs = Some(secs);
        self
    }

    /// What goes into the query of `/authorize`, next to the parameters of every login.
    pub fn parameters(&self) -> Vec<(&'static str, String)> {
        let max_age = self.max_age_secs.map(|secs| ("max_age", secs.to_string()));
        std::iter::once(("acr_values", self.acr_value.to_owned())).chain(max_age).collect()
    }

    /// What an API answers with status 401 in `WWW-Authenticate` to an access token that is good, but not for this.
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
    fn the_wish_is_the_same_at_authorize_and_in_a_challenge() {
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
