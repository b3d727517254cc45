//! Why a portal page is not shown, and the page that is shown instead.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use maud::html;

use super::{START, page::PortalPage, sign_in::SIGN_IN};
use crate::{Role, RulesError, SupervisorError, ops::request_log, role::Permission, store::StoreError};

/// Why a portal page is not shown, or a form is rejected.
#[derive(Debug, thiserror::Error)]
pub(super) enum PortalError {
    #[error("no operator is signed in")]
    SignedOut,
    #[error("the form does not come from this portal")]
    Forged,
    #[error("the form was already submitted")]
    SentBefore,
    #[error("malformed request")]
    Malformed,
    #[error("the role {} may not do this", role.name())]
    NotPermitted { role: Role, permission: Permission, admins: Vec<String> },
    #[error("no such integration")]
    NoIntegration,
    #[error("no such account")]
    NoAccount,
    #[error("no such device")]
    NoDevice,
    #[error("no such supervisor")]
    NoSupervisor,
    #[error("a PIN could not be made")]
    NoPin,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<RulesError> for PortalError {
    fn from(error: RulesError) -> Self {
        match error {
            RulesError::Store(error) => Self::Store(error),
            RulesError::Unknown => Self::NoIntegration,
            // The portal's forms are validated before; these values come from elsewhere.
            RulesError::Name
            | RulesError::Host { .. }
            | RulesError::Attempts { .. }
            | RulesError::Retention
            | RulesError::Limit
            | RulesError::Versions
            | RulesError::Policy
            | RulesError::Net { .. } => Self::Malformed,
        }
    }
}

impl From<SupervisorError> for PortalError {
    fn from(error: SupervisorError) -> Self {
        match error {
            SupervisorError::Store(error) => Self::Store(error),
            SupervisorError::Integration => Self::NoIntegration,
            SupervisorError::Retired => Self::NoSupervisor,
            SupervisorError::NotHashed => Self::NoPin,
            SupervisorError::Name | SupervisorError::User => Self::Malformed,
        }
    }
}

impl IntoResponse for PortalError {
    fn into_response(self) -> Response {
        match &self {
            Self::Store(error) => request_log::failed(error.status(), error, "portal failed"),
            refused => tracing::info!(why = %refused, "portal request rejected"),
        }
        let (status, name, title, lead) = match self {
            Self::SignedOut => return Redirect::to(SIGN_IN).into_response(),
            Self::NotPermitted { role, permission, admins } => {
                return not_permitted(role, permission, &admins).into_response();
            }
            Self::Forged => (
                StatusCode::FORBIDDEN,
                "portal-forged",
                "This form was not taken",
                "It does not come from this portal, or from a session that is over. Nothing was changed. Open the page \
                 again and repeat what you did.",
            ),
            Self::SentBefore => (
                StatusCode::CONFLICT,
                "portal-sent-before",
                "This form was sent before",
                "It was done the first time, and not again. A secret or code that it made was shown then and is not \
                 shown again: if nobody wrote it down, make a new one.",
            ),
            Self::Malformed => (
                StatusCode::BAD_REQUEST,
                "portal-malformed",
                "This form cannot be read",
                "Nothing was changed. Open the page again and repeat what you did.",
            ),
            Self::NoIntegration => (
                StatusCode::NOT_FOUND,
                "portal-not-found",
                "There is no such integration",
                "The address is not complete, or from another verifier.",
            ),
            Self::NoAccount => (
                StatusCode::NOT_FOUND,
                "portal-not-found",
                "There is no such user",
                "The account was erased, or never came here.",
            ),
            Self::NoDevice => (
                StatusCode::NOT_FOUND,
                "portal-not-found",
                "There is no such device",
                "This integration has no device with this thumbprint.",
            ),
            Self::NoSupervisor => (
                StatusCode::NOT_FOUND,
                "portal-not-found",
                "There is no such supervisor",
                "This integration has none with this number, or they are retired. Nothing was changed.",
            ),
            Self::NoPin => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "store",
                "Something broke here",
                "Nothing was changed. Look at the verifier's log, then try again.",
            ),
            Self::Store(error) => {
                (error.status(), "store", "Something broke here", "Look at the verifier's log, then try again.")
            }
        };
        let body = html! {
            p role="alert" { (lead) }
            p { a href=(START) { "All integrations" } }
        };
        PortalPage::new(status, name, title, body).into_response()
    }
}

/// The page for an operator whose role may not do what they asked for.
fn not_permitted(role: Role, permission: Permission, admins: &[String]) -> PortalPage {
    let roles = Role::ALL.into_iter().filter(|role| role.may(permission)).map(Role::name).collect::<Vec<_>>();
    let body = html! {
        p role="alert" {
            "This needs the role " strong { (roles.join(" or ")) } ". Yours is " strong { (role.name()) }
            ". Nothing was changed."
        }
        p {
            @if admins.is_empty() {
                "No operator has the role admin. Whoever runs the verifier can add one: "
                code { "countenance-verifier --data DIR add-operator NAME --role admin" }
            } @else {
                "Ask an operator with the role admin to do it for you: " (admins.join(", ")) "."
            }
        }
        p { a href=(START) { "All integrations" } }
    };
    PortalPage::new(StatusCode::FORBIDDEN, "portal-not-permitted", "Your role may not do this", body)
}
