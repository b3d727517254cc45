//! The pages a browser sees: plain HTML that works without script.
//!
//! Each answers with a content security policy of its own nonce, is never cached, framed or referred from, and names
//! in `data-page` what it is, so that a test and a support call speak of the same thing.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// A page to be answered.
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    /// What it is, for `data-page`.
    pub(crate) name: &'static str,
    pub(crate) title: String,
    pub(crate) body: Markup,
    /// A script, run under the page's nonce.
    pub(crate) script: Option<&'static str>,
    /// Whether a form posts to another origin.
    pub(crate) posts_elsewhere: bool,
    /// Its look.
    pub(crate) css: &'static str,
    /// What comes before the page's own content: navigation.
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

    /// The answer; `nonce` is fresh for each.
    pub(crate) fn respond(&self, nonce: &str) -> Response {
        let mut policy = format!(
            "default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; base-uri 'none'; \
             frame-ancestors 'none'"
        );
        if !self.posts_elsewhere {
            // Left out where a form returns to the tenant: browsers hold `form-action` against every redirect that
            // follows the post, and those lead on to the application, whose address is not known here.
            policy.push_str("; form-action 'self'");
        }
        let mut response = (self.status, self.document(nonce)).into_response();
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        response
    }

    fn document(&self, nonce: &str) -> Markup {
        // Style and script are our own files, and HTML reads no escapes inside them.
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

/// A name from outside as one short line: no control or direction-changing characters, at most 64 characters.
pub(crate) fn one_line(name: &str) -> String {
    let plain = |c: &char| {
        !c.is_control()
            && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    name.chars().filter(plain).take(64).collect::<String>().trim().to_owned()
}

/// An account so that its owner knows it and a bystander does not: first letter and domain of an address, else the
/// first letter.
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
    fn a_name_from_outside_is_one_short_line() {
        assert_eq!(one_line(" Pay\u{202e}roll\n<b> "), "Payroll<b>");
        assert_eq!(one_line(&"x".repeat(100)).len(), 64);
    }

    #[test]
    fn an_account_is_masked_but_known_to_its_owner() {
        for (account, shown) in
            [("ada@example.org", "a•••@example.org"), ("Ada", "A•••"), ("", "•••"), ("@x.org", "•••@x.org")]
        {
            assert_eq!(masked(account), shown);
        }
    }

    #[test]
    fn only_a_page_that_posts_elsewhere_may_post_elsewhere() {
        let mut page = Page::new(StatusCode::OK, "test", "A & B", Markup::default());
        let policy =
            |page: &Page| page.respond("n0").headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        assert!(policy(&page).ends_with("form-action 'self'"));
        page.posts_elsewhere = true;
        assert!(!policy(&page).contains("form-action"));
        assert!(policy(&page).contains("script-src 'nonce-n0'"));
    }
}
