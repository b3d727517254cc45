//! `/portal/integrations/{id}/users/enrolled-since`: deletes every face that was enrolled since a moment, for the day on
//! which somebody enrolled who should not have.

use axum::{
    extract::Path,
    response::{IntoResponse, Redirect, Response},
};
use maud::html;

use super::{
    extract::{OperatorSession, PortalError, VerifiedForm},
    html::{button, moment},
    page::PortalPage,
    time::parse,
};

/// Asks for the moment; once it is given, shows how many faces it would delete and asks for confirmation.
pub(super) async fn show(session: OperatorSession, Path(id): Path<String>) -> Result<PortalPage, PortalError> {
    let mut tx = session.verifier.store().read().await?;
    let integration = session.integration(&mut tx, &id).await?;
    let typed = session.query.get("since").trim();
    let since = parse(typed);
    let count = match since {
        Some(since) => tx.count_enrolled_since(&id, since).await?,
        None => 0,
    };
    let base = format!("/portal/integrations/{id}/users");
    let body = html! {
        p {
            "Deletes all faces that were enrolled since a moment, and the devices that were allowed by enrolling them. The \
             accounts stay; what was enrolled before stays, too."
        }
        form method="get" action={ (base) "/enrolled-since" } class="filters" {
            label for="since" { "Enrolled since (UTC)" }
            input #since name="since" value=(typed) placeholder="2026-11-30T08:00" required
                aria-invalid=[(since.is_none() && !typed.is_empty()).then_some("true")];
            button { "Count them" }
        }
        @if since.is_none() && !typed.is_empty() {
            p.error role="alert" { "This is no date. Write it like 2026-11-30 or 2026-11-30T08:00." }
        }
        @if let Some(since) = since {
            @if count == 0 { p role="status" { "No face was enrolled since " (moment(since)) "." } }
            @else {
                p role="status" {
                    (count) @if count == 1 { " face was" } @else { " faces were" } " enrolled since " (moment(since))
                    ". Deleting cannot be undone: these people enroll again, where self-enrolment is allowed."
                }
                (button(&format!("{base}/enrolled-since"), &session.form_token_field(), &[("since", typed)], "Delete them"))
            }
        }
        p { a href=(base) { "Back to the users" } }
    };
    let title = "Delete faces enrolled since a moment";
    Ok(session.page("portal-enrolled-since", title, body).of_integration(&id, &integration.rules.name))
}

/// Deletes them.
pub(super) async fn delete(Path(id): Path<String>, form: VerifiedForm) -> Result<Response, PortalError> {
    let since = parse(form.fields.get("since")).ok_or(PortalError::Malformed)?;
    let verifier = &form.session.verifier;
    let mut tx = verifier.store().begin().await?;
    form.session.integration(&mut tx, &id).await?;
    tx.delete_enrolled_since(&id, since, verifier.now()).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/portal/integrations/{id}/users?deleted")).into_response())
}
