//! Layout of portal pages: wide, with navigation for the signed-in operator.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use maud::{Markup, html};

use crate::{Role, browser::pages::Page, role::Permission};

/// Main navigation: path, page name, label, and what the page needs.
const PLACES: [(&str, &str, &str, Permission); 4] = [
    ("/portal/integrations", "portal-integrations", "Integrations", Permission::Look),
    ("/portal/sessions", "portal-sessions", "Sessions", Permission::Look),
    ("/portal/audit", "portal-audit", "Audit log", Permission::Audit),
    ("/portal/operators", "portal-operators", "Operators", Permission::Audit),
];
/// Navigation within an integration: path after the integration's own, page name, label.
const PARTS: [(&str, &str, &str); 6] = [
    ("", "portal-integration", "Options and secrets"),
    ("/check", "portal-check", "Set-up check"),
    ("/users", "portal-users", "Users"),
    ("/devices", "portal-devices", "Devices"),
    ("/kiosks", "portal-kiosks", "Kiosks"),
    ("/supervisors", "portal-supervisors", "Supervisors"),
];

/// A page as the response of a handler; `present` renders it.
#[derive(Clone)]
pub(super) struct PortalPage {
    status: StatusCode,
    name: &'static str,
    title: String,
    body: Markup,
    header: Markup,
}

impl PortalPage {
    /// A page without navigation, also for visitors who are not signed in.
    pub(super) fn new(status: StatusCode, name: &'static str, title: impl Into<String>, body: Markup) -> Self {
        Self { status, name, title: title.into(), body, header: Markup::default() }
    }

    /// Adds navigation for an operator. `proof` is the form token field for the form that signs out.
    pub(super) fn with_navigation(mut self, operator: &str, role: Role, proof: &Markup) -> Self {
        self.header = html! {
            a.skip href="#main" { "Skip to the page" }
            header {
                p.brand { "Countenance verifier" }
                nav aria-label="Portal" {
                    ul {
                        @for (path, name, words, permission) in PLACES {
                            @if role.may(permission) { (self.way(path, name, words)) }
                        }
                    }
                }
                form method="post" action="/portal/sign-out" {
                    (proof)
                    span { (operator) " (" (role.name()) ")" } " " button { "Sign out" }
                }
            }
        };
        self
    }

    /// Adds links to the integration's other pages above the content.
    pub(super) fn of_integration(mut self, id: &str, integration: &str) -> Self {
        self.body = html! {
            nav.parts aria-label={ "Integration " (integration) } {
                ul {
                    @for (part, name, words) in PARTS {
                        (self.way(&format!("/portal/integrations/{id}{part}"), name, words))
                    }
                }
            }
            (self.body)
        };
        self
    }

    /// A link to the page called `name`, marked if it is the current one.
    fn way(&self, path: &str, name: &str, words: &str) -> Markup {
        html! { li { a href=(path) aria-current=[(name == self.name).then_some("page")] { (words) } } }
    }

    /// Replaces the status.
    pub(super) fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    pub(super) fn page(self) -> Page {
        Page {
            css: include_str!("portal.css"),
            header: self.header,
            ..Page::new(self.status, self.name, self.title, self.body)
        }
    }
}

impl IntoResponse for PortalPage {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
