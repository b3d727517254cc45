//! Why a sign-in was not started. Each reason has a page with what to do; some are recorded for the operator.

use axum::http::StatusCode;
use maud::html;

use crate::{browser::pages::Page, browser::token::StartTokenError, limits::Exceeded, store::StoreError};

/// Why no session was started.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error("session_token or state is missing or too long")]
    Incomplete,
    #[error("the browser only prefetched the page")]
    Prefetch,
    #[error("no integration has this id")]
    IntegrationUnknown,
    #[error("the integration is disabled")]
    Disabled,
    #[error(transparent)]
    Token(#[from] StartTokenError),
    #[error("the session token was already used")]
    Used,
    #[error(transparent)]
    Limited(#[from] Exceeded),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl StartError {
    /// Whether it indicates a problem with the tenant's setup. The others can be caused by anyone.
    pub(crate) fn is_telling(&self) -> bool {
        match self {
            Self::Disabled | Self::Used | Self::Limited(_) => true,
            Self::Token(error) => !matches!(error, StartTokenError::Malformed),
            Self::Incomplete | Self::Prefetch | Self::IntegrationUnknown | Self::Store(_) => false,
        }
    }

    /// The page for this reason.
    pub(crate) fn page(&self) -> Page {
        const AGAIN: &str = "Go back to the application and sign in again.";
        let (status, name, title, lead) = match self {
            Self::Incomplete | Self::Token(StartTokenError::Malformed) => {
                let name = if matches!(self, Self::Incomplete) { "start-incomplete" } else { "token-malformed" };
                (StatusCode::BAD_REQUEST, name, "This address is not complete", AGAIN.to_owned())
            }
            Self::Prefetch => {
                (StatusCode::SERVICE_UNAVAILABLE, "prefetch", "Not opened yet", "Open the link itself.".to_owned())
            }
            Self::IntegrationUnknown => {
                let lead = operator("its integration id is not known to this verifier.");
                (StatusCode::FORBIDDEN, "integration-unknown", "This login is not set up here", lead)
            }
            Self::Disabled => {
                let lead = operator("its integration is switched off at this verifier.");
                (StatusCode::FORBIDDEN, "integration-disabled", "This login is switched off", lead)
            }
            Self::Token(StartTokenError::Expired { age_secs }) => {
                let lead = format!(
                    "{AGAIN} By the login service's clock it began {} ago. If you began it just now, the clocks \
                     differ: tell whoever runs the application.",
                    minutes(*age_secs)
                );
                (StatusCode::FORBIDDEN, "token-expired", "This login took too long", lead)
            }
            Self::Used => (StatusCode::FORBIDDEN, "token-used", "This login was opened before", AGAIN.to_owned()),
            Self::Token(StartTokenError::Signature) => {
                let lead = operator("the Session Secret of its Action is not the one given by this verifier.");
                (StatusCode::FORBIDDEN, "token-signature", "This login cannot be trusted", lead)
            }
            Self::Token(StartTokenError::NotNow { ahead_secs }) => {
                let lead =
                    operator(&format!("the clocks differ by {}: the login service's is ahead.", minutes(*ahead_secs)));
                (StatusCode::FORBIDDEN, "token-not-now", "This login is dated in the future", lead)
            }
            Self::Token(StartTokenError::LongLived { life_secs }) => {
                let lead = operator(&format!(
                    "its session token lives for {}, and this verifier takes none that lives longer than an hour.",
                    minutes(*life_secs)
                ));
                (StatusCode::FORBIDDEN, "token-not-now", "This login is dated wrongly", lead)
            }
            Self::Token(StartTokenError::OtherTenant) => {
                let lead = operator("its tenant is not the one registered with this verifier.");
                (StatusCode::FORBIDDEN, "token-other-tenant", "This login comes from another place", lead)
            }
            Self::Token(StartTokenError::ForeignContinue) => {
                let lead = format!("Do not go on. {}", operator("its continue address is not the tenant's."));
                (StatusCode::FORBIDDEN, "token-foreign-continue", "This login would end somewhere else", lead)
            }
            Self::Limited(exceeded) => return Page::too_many(*exceeded),
            Self::Store(error) => return broken(error),
        };
        Page::new(status, name, title, html! { p { (lead) } })
    }
}

/// The page for a failure of the store.
pub(crate) fn broken(error: &StoreError) -> Page {
    let body = html! { p { "Nothing was decided. Try again in a minute." } };
    Page::new(error.status(), "store", "Something broke here", body)
}

fn operator(what: &str) -> String {
    format!("Tell whoever runs the application: {what}")
}

/// A duration in words, rounded to the nearest minute.
fn minutes(secs: i64) -> String {
    match secs.saturating_add(30) / 60 {
        ..=1 => "1 minute".to_owned(),
        n @ 2..=120 => format!("{n} minutes"),
        n => format!("{} hours", n / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_state_how_far_clocks_differ() {
        for (error, said) in [
            (StartTokenError::NotNow { ahead_secs: 300 }, "the clocks differ by 5 minutes: the login service"),
            (StartTokenError::NotNow { ahead_secs: 61 }, "differ by 1 minute:"),
            (StartTokenError::NotNow { ahead_secs: i64::MAX }, "hours: the login service"),
            (StartTokenError::Expired { age_secs: 1_260 }, "it began 21 minutes ago"),
            (StartTokenError::LongLived { life_secs: 86_400 }, "lives for 24 hours"),
        ] {
            let page = StartError::Token(error).page();
            assert!(page.body.0.contains(said), "{said}: {}", page.body.0);
        }
    }

    #[test]
    fn ignores_refusals_that_anyone_can_cause() {
        for (error, telling) in [
            (StartError::Token(StartTokenError::Signature), true),
            (StartError::Token(StartTokenError::NotNow { ahead_secs: 90 }), true),
            (StartError::Used, true),
            (StartError::Token(StartTokenError::Malformed), false),
            (StartError::IntegrationUnknown, false),
            (StartError::Incomplete, false),
        ] {
            assert_eq!(error.is_telling(), telling, "{error}");
        }
    }
}
