//! A page of the portal: wide, with navigation for who is signed in.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

use crate::browser::pages::{Page, text};

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
    body: String,
    header: String,
}

impl PortalPage {
    /// A page for somebody who may not be signed in.
    pub(super) fn new(status: StatusCode, name: &'static str, title: impl Into<String>, body: String) -> Self {
        Self { status, name, title: title.into(), body, header: String::new() }
    }

    /// With navigation for an operator; `proof` goes into the form that signs out.
    pub(super) fn with_navigation(mut self, operator: &str, proof: &str) -> Self {
        let places: String = PLACES.iter().map(|(path, name, words)| self.way(path, name, words)).collect();
        self.header = format!(
            "<a class=\"skip\" href=\"#main\">Skip to the page</a>\n<header>\n<p class=\"brand\">Countenance verifier</p>\n\
             <nav aria-label=\"Portal\">\n<ul>\n{places}</ul>\n</nav>\n\
             <form method=\"post\" action=\"/portal/sign-out\">\n{proof}<span>{}</span> <button>Sign out</button>\n</form>\n\
             </header>\n",
            text(operator)
        );
        self
    }

    /// With the ways to an integration's other pages above the content.
    pub(super) fn of_integration(mut self, id: &str, integration: &str) -> Self {
        let base = format!("/portal/integrations/{}", text(id));
        let parts: String =
            PARTS.iter().map(|(part, name, words)| self.way(&format!("{base}{part}"), name, words)).collect();
        self.body = format!(
            "<nav class=\"parts\" aria-label=\"Integration {}\">\n<ul>\n{parts}</ul>\n</nav>\n{}",
            text(integration),
            self.body
        );
        self
    }

    /// A way to the page called `name`, which may be this one.
    fn way(&self, path: &str, name: &str, words: &str) -> String {
        let here = if name == self.name { " aria-current=\"page\"" } else { "" };
        format!("<li><a href=\"{path}\"{here}>{words}</a></li>\n")
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
