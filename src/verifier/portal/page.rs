//! A page of the portal: wide, with navigation for who is signed in.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use maud::{Markup, html};

use crate::browser::pages::Page;

/// The portal's main places: address, name of the page, words.
const PLACES: [(&str, &str, &str); 3] = [
    ("/portal/integrations", "portal-integrations", "Integrations"),
    ("/portal/sessions", "portal-sessions", "Sessions"),
    ("/portal/audit", "portal-audit", "Audit log"),
];
/// An integration's places: behind its address, name of the page, words.
const PARTS: [(&str, &str, &str); 4] = [
    ("", "portal-integration", "Options and secrets"),
    ("/check", "portal-check", "Set-up check"),
    ("/users", "portal-users", "Users"),
    ("/devices", "portal-devices", "Devices"),
];

/// A page to be answered; `present` writes it.
#[derive(Clone)]
pub(super) struct PortalPage {
    status: StatusCode,
    name: &'static str,
    title: String,
    body: Markup,
    header: Markup,
}

impl PortalPage {
    /// A page for somebody who may not be signed in.
    pub(super) fn new(status: StatusCode, name: &'static str, title: impl Into<String>, body: Markup) -> Self {
        Self { status, name, title: title.into(), body, header: Markup::default() }
    }

    /// With navigation for an operator; `proof` goes into the form that signs out.
    pub(super) fn with_navigation(mut self, operator: &str, proof: &Markup) -> Self {
        self.header = html! {
            a.skip href="#main" { "Skip to the page" }
            header {
                p.brand { "Countenance verifier" }
                nav aria-label="Portal" {
                    ul {
                        @for (path, name, words) in PLACES { (self.way(path, name, words)) }
                    }
                }
                form method="post" action="/portal/sign-out" {
                    (proof)
                    span { (operator) } " " button { "Sign out" }
                }
            }
        };
        self
    }

    /// With the ways to an integration's other pages above the content.
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

    /// A way to the page called `name`, which may be this one.
    fn way(&self, path: &str, name: &str, words: &str) -> Markup {
        html! { li { a href=(path) aria-current=[(name == self.name).then_some("page")] { (words) } } }
    }

    /// With another status.
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
