//! `/portal/integrations/{id}/users/phone`: the phone number for an account's one-time codes.

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
use crate::{NoPhoneNumber, PhoneNumber, store::UserRow};

/// The form. Shows only the last digits of the current number.
pub(super) async fn show(session: OperatorSession, Path(id): Path<String>) -> Result<PortalPage, PortalError> {
    let mut tx = session.verifier.store().read().await?;
    let integration = session.integration(&mut tx, &id).await?;
    let user = tx.user(&id, session.query.get("user")).await?.ok_or(PortalError::NoAccount)?;
    let phone = tx.phone(&id, &user.sub).await?;
    let now = phone.map_or_else(|| "None is set.".to_owned(), |phone| format!("Set now: {}.", phone.masked()));
    Ok(page(&session, &id, &integration.rules.name, &user, &now, "", None))
}

/// Sets the number; an empty field removes it.
pub(super) async fn save(Path(id): Path<String>, form: VerifiedForm) -> Result<Response, PortalError> {
    let (session, typed) = (&form.session, form.fields.get("phone").trim());
    let mut tx = session.verifier.store().begin().await?;
    let integration = session.integration(&mut tx, &id).await?;
    let user = tx.user(&id, form.fields.get("user")).await?.ok_or(PortalError::NoAccount)?;
    let phone = if typed.is_empty() { Ok(None) } else { typed.parse::<PhoneNumber>().map(Some) };
    match phone {
        Err(error) => {
            let page = page(session, &id, &integration.rules.name, &user, "", typed, Some(error));
            Ok(page.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
        }
        Ok(phone) => {
            tx.set_phone(&id, &user.sub, phone.as_ref(), session.verifier.now()).await?;
            tx.commit().await?;
            let users = address(&format!("/portal/integrations/{id}/users"), &[("q", &user.sub), ("phone", "1")]);
            Ok(Redirect::to(&users).into_response())
        }
    }
}

fn page(
    session: &OperatorSession,
    id: &str,
    integration: &str,
    user: &UserRow,
    now: &str,
    typed: &str,
    error: Option<NoPhoneNumber>,
) -> PortalPage {
    let wrong = error.is_some();
    let input = html! {
        input #phone name="phone" type="tel" value=(typed) autocomplete="off"
            aria-invalid=[wrong.then_some("true")] aria-describedby=(described_by("phone", wrong));
        @if let Some(error) = error { p.error #phone-error role="alert" { (display(error)) } }
        p.help #phone-help { "With + and the country code. Empty: takes the number away." }
    };
    let body = html! {
        p {
            "Where one-time codes for " strong { (user.sub) } " go, before any number that the tenant sends. " (now)
        }
        form method="post" action={ "/portal/integrations/" (id) "/users/phone" } {
            (session.form_token_field())
            input type="hidden" name="user" value=(user.sub);
            (field("phone", "Phone number", &input))
            button.go { "Save" }
        }
        p { a href={ "/portal/integrations/" (id) "/users" } { "Leave it as it is" } }
    };
    session.page("portal-phone", "Phone of a user", body).of_integration(id, integration)
}
