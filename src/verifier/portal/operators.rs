//! `/portal/operators`: who may use this portal. Operators are added, changed and removed on the command line, by whom the
//! machine belongs to: a portal session alone makes no new operators.

use maud::{Render, html};

use super::{
    extract::{OperatorSession, PortalError},
    html::{code, moment, table},
    page::PortalPage,
};

/// The list, by name.
pub(super) async fn list(session: OperatorSession) -> Result<PortalPage, PortalError> {
    let rows: Vec<_> = session
        .verifier
        .store()
        .read()
        .await?
        .operators()
        .await?
        .into_iter()
        .map(|operator| {
            vec![
                operator.name.render(),
                html! { (operator.role.name()) },
                html! { @if operator.has_second_factor { "Set up" } @else { "At the next sign-in" } },
                moment(operator.created_at),
                html! { @if let Some(at) = operator.signed_in_at { (moment(at)) } @else { "Never" } },
            ]
        })
        .collect();
    let heads = ["Name", "Role", "Second factor", "Added", "Last sign-in"];
    let body = html! {
        (table("Operators by name", &heads, &rows))
        p.help {
            "Whoever runs the verifier adds an operator, changes a role or resets a password and a lost phone with "
            (code("countenance-verifier --data DIR add-operator NAME --role ROLE")) ", and removes one with "
            (code("remove-operator NAME")) "."
        }
    };
    Ok(session.page("portal-operators", "Operators", body))
}
