//! An operator's browser: keeps the session cookie, and fills in and submits the forms of pages.

use std::collections::BTreeMap;

use axum::{
    body::Body,
    http::{HeaderMap, Request, StatusCode, header},
};

use countenance_core::clock::{Clock, UnixSecs};
use countenance_verifier::Role;
use totp_rs::{Builder, Secret};

use super::super::test_verifier::{ORIGIN, Reply, TestVerifier};

pub(in super::super) const COOKIE: &str = "__Host-operator";
pub(in super::super) const PENDING_COOKIE: &str = "__Host-operator-code";
pub(in super::super) const CODE_PATH: &str = "/portal/sign-in/code";
pub(in super::super) const OPERATOR: &str = "grace";

pub(in super::super) struct Operator<'h> {
    pub(in super::super) verifier: &'h TestVerifier,
    /// `name=value`; empty if not signed in.
    pub(in super::super) cookie: String,
    /// The cookie between the two steps of signing in.
    pub(in super::super) pending: String,
    /// The key in the operator's authenticator app; empty until it is set up.
    pub(in super::super) key: String,
}

/// A form with the values that the page gives its fields.
#[derive(Debug, Clone)]
pub(in super::super) struct Form {
    pub(in super::super) action: String,
    pub(in super::super) fields: BTreeMap<String, String>,
}

impl Form {
    pub(in super::super) fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.insert(name.into(), value.into());
        self
    }

    pub(in super::super) fn without(mut self, name: &str) -> Self {
        self.fields.remove(name);
        self
    }

    pub(in super::super) fn encoded(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.fields).finish()
    }
}

/// Adds an operator, who has not signed in yet; the password.
pub(in super::super) async fn added(verifier: &TestVerifier, name: &str) -> String {
    verifier.service.add_operator(name, None).await.unwrap().0.reveal().to_owned()
}

impl<'h> Operator<'h> {
    /// A browser that is not signed in.
    pub(in super::super) fn stranger(verifier: &'h TestVerifier) -> Self {
        Self { verifier, cookie: String::new(), pending: String::new(), key: String::new() }
    }

    /// A new operator, signed in.
    pub(in super::super) async fn new(verifier: &'h TestVerifier) -> Self {
        Self::named(verifier, OPERATOR).await
    }

    pub(in super::super) async fn named(verifier: &'h TestVerifier, name: &str) -> Self {
        Self::with_role(verifier, name, Role::Admin).await
    }

    pub(in super::super) async fn with_role(verifier: &'h TestVerifier, name: &str, role: Role) -> Self {
        let (password, _) = verifier.service.add_operator(name, Some(role)).await.unwrap();
        let mut browser = Self::stranger(verifier);
        let reply = browser.sign_in(name, password.reveal()).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.text());
        browser
    }

    /// Both steps of signing in, as far as the first is passed; sets up an app where there is none.
    pub(in super::super) async fn sign_in(&mut self, name: &str, password: &str) -> Reply {
        let reply = self.send_password(name, password).await;
        if location(&reply.headers) != CODE_PATH {
            return reply;
        }
        self.read_key().await;
        let code = self.code();
        self.send_code(&code).await
    }

    /// Submits name and password, and keeps the cookie of the response.
    pub(in super::super) async fn send_password(&mut self, name: &str, password: &str) -> Reply {
        let fields = [("name", name), ("password", password)].map(|(n, v)| (n.to_owned(), v.to_owned()));
        let reply = self.send(&Form { action: "/portal/sign-in".into(), fields: fields.into() }).await;
        self.keep_cookies(&reply);
        reply
    }

    /// Reads the key if the page of the second step shows one.
    pub(in super::super) async fn read_key(&mut self) {
        let page = self.get(CODE_PATH).await.text();
        if page.contains("id=\"authenticator-key\"") {
            self.key = element(&page, "authenticator-key");
        }
    }

    /// What the app shows now.
    pub(in super::super) fn code(&self) -> String {
        code_of(&self.key, self.verifier.clock.now())
    }

    /// Submits a code from the page of the second step, and keeps the cookies of the response.
    pub(in super::super) async fn send_code(&mut self, code: &str) -> Reply {
        let form = self.form(CODE_PATH, CODE_PATH).await.with("code", code);
        let reply = self.send(&form).await;
        self.keep_cookies(&reply);
        reply
    }

    fn keep_cookies(&mut self, reply: &Reply) {
        for cookie in cookies(reply) {
            let pair = cookie.split(';').next().unwrap().to_owned();
            if pair.starts_with(&format!("{COOKIE}=")) {
                self.cookie = pair;
            } else {
                self.pending = pair;
            }
        }
    }

    /// All cookies, as a browser sends them.
    fn cookie_header(&self) -> String {
        [self.cookie.as_str(), &self.pending].into_iter().filter(|c| !c.is_empty()).collect::<Vec<_>>().join("; ")
    }

    pub(in super::super) async fn get(&self, path: &str) -> Reply {
        self.verifier.browse(path, &self.cookie_header()).await
    }

    /// Gets a page; panics unless it has this `data-page`.
    pub(in super::super) async fn page(&self, path: &str, name: &str) -> Reply {
        let reply = self.get(path).await;
        assert_eq!((reply.status, reply.page().as_str()), (StatusCode::OK, name), "{path}: {}", reply.text());
        reply
    }

    /// Submits a form with the headers of a same-origin request.
    pub(in super::super) async fn send(&self, form: &Form) -> Reply {
        let origin = self.verifier.portal_origin.unwrap_or(ORIGIN);
        self.send_with(form, &[("origin", origin), ("sec-fetch-site", "same-origin")]).await
    }

    pub(in super::super) async fn send_with(&self, form: &Form, headers: &[(&'static str, &str)]) -> Reply {
        let mut request = Request::post(&form.action)
            .header(header::COOKIE, self.cookie_header())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.verifier.send(request.body(Body::from(form.encoded())).unwrap()).await
    }

    /// The form of the page at `path` that posts to `action`.
    pub(in super::super) async fn form(&self, path: &str, action: &str) -> Form {
        let page = self.get(path).await.text();
        forms(&page)
            .into_iter()
            .find(|f| f.action == action)
            .unwrap_or_else(|| panic!("{path} has no {action}: {page}"))
    }

    pub(in super::super) fn path(&self, part: &str) -> String {
        format!("/portal/integrations/{}{part}", self.verifier.integration)
    }
}

/// What an app with this key shows at this time.
pub(in super::super) fn code_of(key: &str, now: UnixSecs) -> String {
    let secret = Secret::try_from_base32(key.replace(' ', "")).unwrap();
    Builder::new().with_secret(secret).build().unwrap().generate(now as u64).to_string()
}

pub(in super::super) fn cookies(reply: &Reply) -> impl Iterator<Item = &str> {
    reply.headers.get_all(header::SET_COOKIE).into_iter().map(|value| value.to_str().unwrap())
}

pub(in super::super) fn set_cookie(reply: &Reply) -> Option<&str> {
    cookies(reply).next()
}

pub(in super::super) fn location(headers: &HeaderMap) -> &str {
    headers.get(header::LOCATION).map_or("", |value| value.to_str().unwrap())
}

/// The text of the element with this id.
pub(in super::super) fn element(page: &str, id: &str) -> String {
    let rest = page.split(&format!("id=\"{id}\">")).nth(1).unwrap_or_else(|| panic!("no {id} in {page}"));
    unescape(rest.split('<').next().unwrap())
}

/// The `post` forms of a page with the values of their fields.
pub(in super::super) fn forms(page: &str) -> Vec<Form> {
    let mut found = Vec::new();
    for part in page.split("<form method=\"post\" ").skip(1) {
        let part = part.split("</form>").next().unwrap();
        let mut fields = BTreeMap::new();
        for input in part.split("<input ").skip(1) {
            let input = input.split('>').next().unwrap();
            let checkbox = input.contains("type=\"checkbox\"");
            if !checkbox || input.contains(" checked") {
                fields.insert(attribute(input, "name"), attribute(input, "value"));
            }
        }
        for select in part.split("<select ").skip(1) {
            let select = select.split("</select>").next().unwrap();
            let options: Vec<_> = select.split("<option ").skip(1).collect();
            let chosen = options.iter().find(|o| o.contains(" selected>")).or(options.first()).unwrap();
            fields.insert(attribute(select, "name"), attribute(chosen, "value"));
        }
        for area in part.split("<textarea ").skip(1) {
            let content = area.split_once(">\n").unwrap().1.split("</textarea>").next().unwrap();
            fields.insert(attribute(area, "name"), unescape(content));
        }
        found.push(Form { action: attribute(part, "action"), fields });
    }
    found
}

fn attribute(tag: &str, name: &str) -> String {
    let start = if tag.starts_with(&format!("{name}=\"")) { format!("{name}=\"") } else { format!(" {name}=\"") };
    unescape(tag.split_once(&start).map_or("", |(_, rest)| rest.split('"').next().unwrap()))
}

fn unescape(html: &str) -> String {
    html.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}
