//! Frame of all HTML pages: plain HTML that works without scripts.
//!
//! Each response has a content security policy with a fresh nonce, which also forbids framing; the server adds the
//! headers against caching and referrers. Each page has a name in `data-page`, by which tests and support can refer to
//! it.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::limits::{Exceeded, Limited};

/// A wait in words, rounded up.
pub(crate) fn wait_in_words(secs: u64) -> String {
    match secs {
        ..=1 => "1 second".to_owned(),
        2..=119 => format!("{secs} seconds"),
        120..=7_199 => format!("{} minutes", secs.div_ceil(60)),
        _ => format!("{} hours", secs.div_ceil(3600)),
    }
}

/// An HTML page as a response.
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    /// Name of the page, for `data-page`.
    pub(crate) name: &'static str,
    pub(crate) title: String,
    pub(crate) body: Markup,
    /// Inline script, allowed by the page's nonce.
    pub(crate) script: Option<&'static str>,
    /// Whether a form posts to another origin.
    pub(crate) posts_elsewhere: bool,
    /// Style sheet.
    pub(crate) css: &'static str,
    /// Navigation above the page's content.
    pub(crate) header: Markup,
}

impl Page {
    /// A page without script.
    pub(crate) fn new(status: StatusCode, name: &'static str, title: impl Into<String>, body: Markup) -> Self {
        Self {
            status,
            name,
            title: title.into(),
            body,
            script: None,
            posts_elsewhere: false,
            css: include_str!("pages.css"),
            header: Markup::default(),
        }
    }

    /// The page for a limit that was reached.
    pub(crate) fn too_many(exceeded: Exceeded) -> Self {
        let wait = wait_in_words(exceeded.retry_after_secs);
        let (title, lead) = match exceeded.what {
            Limited::Enrollments => (
                "No more faces can be enrolled today",
                format!("Try again in {wait}, or tell whoever runs the application: its limit of a day was reached."),
            ),
            Limited::Starts => (
                "Too many logins",
                format!(
                    "This account logged in too often. Wait {wait}, then go back and sign in again. If it was not you, change your password."
                ),
            ),
            _ => ("Too many requests", format!("Wait {wait}, then try again.")),
        };
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many-requests", title, html! { p { (lead) } })
    }

    /// Renders the response. `nonce` must be fresh for each response.
    pub(crate) fn respond(&self, nonce: &str) -> Response {
        let mut policy = format!(
            "default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; base-uri 'none'; \
             frame-ancestors 'none'"
        );
        if !self.posts_elsewhere {
            // Omitted if a form returns to the tenant: browsers apply `form-action` to every redirect after the post,
            // and those lead to the application, whose address is not known here.
            policy.push_str("; form-action 'self'");
        }
        let mut response = (self.status, self.document(nonce)).into_response();
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        response
    }

    fn document(&self, nonce: &str) -> Markup {
        // Style and script are our own files; HTML has no escapes inside these elements.
        html! {
            (DOCTYPE)
            html lang="en" data-page=(self.name) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="robots" content="noindex";
                    title { (self.title) }
                    style nonce=(nonce) { (PreEscaped(self.css)) }
                }
                body {
                    (self.header)
                    main #main {
                        h1 { (self.title) }
                        (self.body)
                    }
                    @if let Some(script) = self.script {
                        script nonce=(nonce) { (PreEscaped(script)) }
                    }
                }
            }
        }
    }
}

/// A name from outside as one short line: without control and bidirectional formatting characters, at most 64
/// characters.
pub(crate) fn one_line(name: &str) -> String {
    let plain = |c: &char| {
        !c.is_control()
            && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    name.chars().filter(plain).take(64).collect::<String>().trim().to_owned()
}

/// Masks an account so that its owner recognizes it and a bystander does not: first letter and domain of a mail
/// address, or the first letter of any other name.
pub(crate) fn masked(account: &str) -> String {
    let line = one_line(account);
    let (local, domain) = match line.rsplit_once('@') {
        Some((local, domain)) => (local, format!("@{domain}")),
        None => (line.as_str(), String::new()),
    };
    let first = local.chars().next().map(String::from).unwrap_or_default();
    format!("{first}•••{domain}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_removes_controls_and_limits_length() {
        assert_eq!(one_line(" Pay\u{202e}roll\n<b> "), "Payroll<b>");
        assert_eq!(one_line(&"x".repeat(100)).len(), 64);
    }

    #[test]
    fn masks_all_but_first_letter_and_domain() {
        for (account, shown) in
            [("ada@example.org", "a•••@example.org"), ("Ada", "A•••"), ("", "•••"), ("@x.org", "•••@x.org")]
        {
            assert_eq!(masked(account), shown);
        }
    }

    #[test]
    fn restricts_form_action_unless_the_page_posts_elsewhere() {
        let mut page = Page::new(StatusCode::OK, "test", "A & B", Markup::default());
        let policy =
            |page: &Page| page.respond("n0").headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        assert!(policy(&page).ends_with("form-action 'self'"));
        page.posts_elsewhere = true;
        assert!(!policy(&page).contains("form-action"));
        assert!(policy(&page).contains("script-src 'nonce-n0'"));
    }
}
