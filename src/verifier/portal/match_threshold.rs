//! `/portal/integrations/{id}/users/match`: a match threshold for one account, stricter than the policy's.

use std::num::ParseFloatError;

use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use maud::{display, html};

use super::{
    extract::{OperatorSession, PortalError, VerifiedForm},
    html::{address, described_by, field},
    page::PortalPage,
};
use crate::store::UserRow;

/// Maximum match threshold of an account, cosine similarity. 15 % of mated comparisons under different lighting score
/// below it (`models/REPORT.md`); a stricter one would lock users out.
const MAX_COSINE_MIN: f32 = 0.75;

/// Why the text is not a valid threshold.
#[derive(Debug, thiserror::Error)]
enum CosineError {
    #[error("a number such as 0.60 is needed")]
    NoNumber(#[from] ParseFloatError),
    #[error(
        "the threshold of this integration is {cosine_min:.2}; one account can be stricter, up to {MAX_COSINE_MIN:.2}"
    )]
    Range { cosine_min: f32 },
}

/// The form.
pub(super) async fn show(session: OperatorSession, Path(id): Path<String>) -> Result<PortalPage, PortalError> {
    let mut tx = session.verifier.store().read().await?;
    let integration = session.integration(&mut tx, &id).await?;
    let user = tx.user(&id, session.query.get("user")).await?.ok_or(PortalError::NoAccount)?;
    let typed = user.cosine_min.map(|cosine| cosine.to_string()).unwrap_or_default();
    let cosine_min = session.verifier.policy_of(&integration).matching.cosine_min;
    Ok(page(&session, &id, &integration.rules.name, &user, cosine_min, &typed, None))
}

/// Sets the threshold; an empty field removes it.
pub(super) async fn save(Path(id): Path<String>, form: VerifiedForm) -> Result<Response, PortalError> {
    let (session, typed) = (&form.session, form.fields.get("cosine_min").trim());
    let mut tx = session.verifier.store().begin().await?;
    let integration = session.integration(&mut tx, &id).await?;
    let user = tx.user(&id, form.fields.get("user")).await?.ok_or(PortalError::NoAccount)?;
    let cosine_min = session.verifier.policy_of(&integration).matching.cosine_min;
    match read(typed, cosine_min) {
        Err(error) => {
            let page = page(session, &id, &integration.rules.name, &user, cosine_min, typed, Some(&error));
            Ok(page.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
        }
        Ok(cosine_min) => {
            tx.set_cosine_min(&id, &user.sub, cosine_min, session.verifier.now()).await?;
            tx.commit().await?;
            let users = address(&format!("/portal/integrations/{id}/users"), &[("q", &user.sub), ("match", "1")]);
            Ok(Redirect::to(&users).into_response())
        }
    }
}

/// Parses the threshold; an empty text means none for this account.
fn read(typed: &str, cosine_min: f32) -> Result<Option<f32>, CosineError> {
    if typed.is_empty() {
        return Ok(None);
    }
    let cosine: f32 = typed.parse()?;
    // Written so that NaN fails.
    if cosine >= cosine_min && cosine <= MAX_COSINE_MIN {
        Ok(Some(cosine))
    } else {
        Err(CosineError::Range { cosine_min })
    }
}

fn page(
    session: &OperatorSession,
    id: &str,
    integration: &str,
    user: &UserRow,
    cosine_min: f32,
    typed: &str,
    error: Option<&CosineError>,
) -> PortalPage {
    let wrong = error.is_some();
    let (cosine_min, strictest) = (format!("{cosine_min:.2}"), format!("{MAX_COSINE_MIN:.2}"));
    let input = html! {
        input #cosine_min name="cosine_min" inputmode="decimal" value=(typed) autocomplete="off"
            aria-invalid=[wrong.then_some("true")] aria-describedby=(described_by("cosine_min", wrong));
        @if let Some(error) = error { p.error #cosine_min-error role="alert" { (display(error)) } }
        p.help #cosine_min-help {
            "From " (cosine_min) " to " (strictest) ". The stricter, the more often the right person has to try again, \
             above all in other light. Empty: as the integration asks."
        }
    };
    let body = html! {
        p {
            "How alike a face must be to the one that " strong { (user.sub) } " enrolled. This integration asks for a \
             cosine of at least " (cosine_min) "."
        }
        form method="post" action={ "/portal/integrations/" (id) "/users/match" } {
            (session.form_token_field())
            input type="hidden" name="user" value=(user.sub);
            (field("cosine_min", "Least cosine for this account", &input))
            button.go { "Save" }
        }
        p { a href={ "/portal/integrations/" (id) "/users" } { "Leave it as it is" } }
    };
    session.page("portal-match", "Match threshold of a user", body).of_integration(id, integration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_thresholds_between_the_integrations_and_the_maximum() {
        for (typed, expected) in [
            ("", Some(None)),
            ("0.6", Some(Some(0.6))),
            ("0.50", Some(Some(0.5))),
            ("0.75", Some(Some(0.75))),
            (".7", Some(Some(0.7))),
            ("0.49", None),
            ("0.76", None),
            ("1e9", None),
            ("-0.6", None),
            ("NaN", None),
            ("inf", None),
            ("0,6", None),
            ("high", None),
        ] {
            assert_eq!(read(typed, 0.5).ok(), expected, "{typed:?}");
        }
        assert!(read("0.75", 0.9).is_err(), "an integration above the maximum leaves no room for its accounts");
    }
}
