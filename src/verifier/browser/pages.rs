//! The pages a browser sees: plain HTML that works without script.
//!
//! Each answers with a content security policy of its own nonce, is never cached, framed or referred from, and names
//! in `data-page` what it is, so that a test and a support call speak of the same thing.

use std::fmt::Write;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

/// A page to be answered.
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    /// What it is, for `data-page`.
    pub(crate) name: &'static str,
    pub(crate) title: String,
    /// HTML; all text in it went through [`text`].
    pub(crate) body: String,
    /// A script, run under the page's nonce.
    pub(crate) script: Option<&'static str>,
    /// Whether a form posts to another origin.
    pub(crate) posts_elsewhere: bool,
    /// Its look.
    pub(crate) css: &'static str,
    /// HTML before the page's own content: navigation.
    pub(crate) header: String,
}

impl Page {
    /// A page without script.
    pub(crate) fn new(status: StatusCode, name: &'static str, title: impl Into<String>, body: String) -> Self {
        Self {
            status,
            name,
            title: title.into(),
            body,
            script: None,
            posts_elsewhere: false,
            css: include_str!("pages.css"),
            header: String::new(),
        }
    }

    /// The answer; `nonce` is fresh for each.
    pub(crate) fn respond(&self, nonce: &str) -> Response {
        let script = self.script.map_or(String::new(), |s| format!("<script nonce=\"{nonce}\">{s}</script>"));
        let html = format!(
            "<!doctype html>\n<html lang=\"en\" data-page=\"{name}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"robots\" content=\"noindex\">\n<title>{title}</title>\n\
             <style nonce=\"{nonce}\">{css}</style>\n</head>\n<body>\n{header}<main id=\"main\">\n<h1>{title}</h1>\n{body}</main>\n\
             {script}</body>\n</html>\n",
            name = self.name,
            title = text(&self.title),
            css = self.css,
            header = self.header,
            body = self.body,
        );
        let mut policy = format!(
            "default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; base-uri 'none'; \
             frame-ancestors 'none'"
        );
        if !self.posts_elsewhere {
            // Left out where a form returns to the tenant: browsers hold `form-action` against every redirect that
            // follows the post, and those lead on to the application, whose address is not known here.
            policy.push_str("; form-action 'self'");
        }
        let mut response = (self.status, Html(html)).into_response();
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        response
    }
}

/// `value` as HTML text or attribute value.
pub(crate) fn text(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// A list of what and which.
pub(crate) fn facts(rows: &[(&str, &str)]) -> String {
    let mut out = String::from("<dl>\n");
    for (what, which) in rows {
        // Writing to a string does not fail.
        let _infallible = writeln!(out, "<dt>{}</dt><dd>{}</dd>", text(what), text(which));
    }
    out + "</dl>\n"
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
    fn nothing_from_outside_becomes_markup() {
        assert_eq!(text(r#"<a href="x" o='y'>&"#), "&lt;a href=&quot;x&quot; o=&#39;y&#39;&gt;&amp;");
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
        let mut page = Page::new(StatusCode::OK, "test", "A & B", String::new());
        let policy =
            |page: &Page| page.respond("n0").headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        assert!(policy(&page).ends_with("form-action 'self'"));
        page.posts_elsewhere = true;
        assert!(!policy(&page).contains("form-action"));
        assert!(policy(&page).contains("script-src 'nonce-n0'"));
    }
}
