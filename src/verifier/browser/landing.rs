//! What a browser sees of the login that it began: pure functions from facts to pages.
//!
//! No page moves on by itself, and none hands out an approval that was won elsewhere: a stranger could have lured somebody
//! into showing a face for a login of the stranger's. None is a dead end either: each says what to do, or lets go back.

use axum::http::StatusCode;

use crate::{
    browser::mail_pages::{NoMail, email_sent, no_mail},
    browser::pages::{Page, facts, text},
};
use countenance_core::protocol::{Fallback, Purpose, Reason};

/// A login as its pages show it.
pub(crate) struct Login {
    /// The session's id.
    pub(crate) session: String,
    pub(crate) application: String,
    pub(crate) tenant: String,
    /// Masked.
    pub(crate) account: String,
    pub(crate) purpose: Purpose,
    /// The ways to pass without a face.
    pub(crate) codes: Vec<Fallback>,
    /// Where codes go: masked.
    pub(crate) phone: Option<String>,
    /// Where the client is to be had.
    pub(crate) download_url: Option<String>,
}

/// How a login stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LoginState {
    /// The client may be opened by this link.
    Open { link: String },
    /// Its link is in a mail. `sends`: how often it went there; `sends_left`: how often it may yet.
    Mailed { to: String, sends: u32, sends_left: u32 },
    /// No face is taken, for `reason`, now or for the next `wait_secs`.
    NoFace { reason: Reason, wait_secs: i64 },
    /// Its link should be mailed, and cannot be.
    NoMail(NoMail),
    /// Decided against; `handle` takes that to the tenant.
    Refused { reason: Reason, handle: String, wait_secs: i64 },
    /// Accepted, by the client or by a code; whoever was told goes on.
    Approved,
    /// The tenant has the result.
    Returned,
    /// Its time is over.
    Expired,
    /// The integration was switched off meanwhile.
    Disabled,
}

/// The page for a login that stands so.
pub(crate) fn page(login: &Login, login_state: &LoginState) -> Page {
    let who = who(login);
    let (name, title, body) = match login_state {
        LoginState::Open { link } => ("landing", "Show that it is you".to_owned(), open(login, link)),
        LoginState::Mailed { to, sends, sends_left } => {
            ("mailed", "Your link comes by mail".to_owned(), email_sent(login, to, *sends, *sends_left))
        }
        LoginState::NoFace { reason, wait_secs } => {
            let (name, title, lead) = no_face(*reason, *wait_secs);
            let way = if login.codes.is_empty() { "" } else { "<p>You can pass by a one-time code.</p>\n" };
            let body = format!("<p>{lead}</p>\n{who}{way}{}{}", code_forms(login, true), leave_form(login));
            (name, title.to_owned(), body)
        }
        LoginState::NoMail(why) => return no_mail(login, *why),
        LoginState::Refused { reason, handle, wait_secs } => {
            let (name, title, lead) = no_face(*reason, *wait_secs);
            let (handle, application) = (text(handle), text(&login.application));
            let go = format!("<a class=\"go\" href=\"/return/{handle}\">Go back to {application}</a>\n");
            (name, title.to_owned(), format!("<p>{lead}</p>\n{who}{go}"))
        }
        LoginState::Approved => (
            "approved",
            "This login was accepted".to_owned(),
            format!(
                "<p>It goes on in the tab that Countenance opened in this browser, or in the one where the code was \
                 entered.</p>\n{who}<p class=\"soft\">There is no such tab? Go back to {} and sign in again.</p>\n",
                text(&login.application)
            ),
        ),
        LoginState::Returned => (
            "returned",
            "This login was finished before".to_owned(),
            format!("<p>If {} does not know it, go back there and sign in again.</p>\n{who}", text(&login.application)),
        ),
        LoginState::Expired => (
            "expired",
            "This login took too long".to_owned(),
            format!("<p>Nothing was decided. Go back and sign in again.</p>\n{who}{}", leave_form(login)),
        ),
        LoginState::Disabled => (
            "integration-disabled",
            "This login is switched off".to_owned(),
            format!(
                "<p>Whoever runs {} switched it off a moment ago. Ask there.</p>\n{who}{}",
                text(&login.application),
                leave_form(login)
            ),
        ),
    };
    Page::new(StatusCode::OK, name, title, body)
}

/// Who asks, and for whom.
pub(crate) fn who(login: &Login) -> String {
    facts(&[
        ("Application", login.application.as_str()),
        ("Signs in at", login.tenant.as_str()),
        ("Account", login.account.as_str()),
    ])
}

/// A button for each way to get a code; `only`: there is no other way.
pub(crate) fn code_forms(login: &Login, only: bool) -> String {
    let form = |channel: &Fallback| {
        let (value, by) = match channel {
            Fallback::Sms => ("sms", "text message"),
            Fallback::Voice => ("voice", "phone call"),
        };
        let (class, words) = if only { ("go", "Get a code by") } else { ("other", "Use a code instead, by") };
        format!(
            "<form method=\"post\" action=\"/sessions/{}/code\">\n<input type=\"hidden\" name=\"channel\" \
             value=\"{value}\">\n<button class=\"{class}\">{words} {by}</button>\n</form>\n",
            text(&login.session)
        )
    };
    login.codes.iter().map(form).collect()
}

/// A button that ends the login here, and tells the tenant.
pub(crate) fn leave_form(login: &Login) -> String {
    format!(
        "<form method=\"post\" action=\"/sessions/{}/leave\">\n<button class=\"other\">Go back to {} without signing \
         in</button>\n</form>\n",
        text(&login.session),
        text(&login.application)
    )
}

fn open(login: &Login, link: &str) -> String {
    let lead = match login.purpose {
        Purpose::Enroll => {
            "Countenance will take a picture of your face, so that later logins can be compared with it."
        }
        Purpose::Verify => "Countenance will compare your face with the one that you enrolled.",
    };
    let install = login.download_url.as_deref().map_or_else(
        || "Countenance must be installed on this computer: ask whoever runs this login.".to_owned(),
        |url| {
            format!(
                "Countenance must be installed on this computer: <a href=\"{}\" rel=\"noreferrer\">install \
                 Countenance</a>, then press the button again.",
                text(url)
            )
        },
    );
    let link = text(link);
    format!(
        "<p>{lead}</p>\n{}<a class=\"go\" href=\"{link}\">Open Countenance</a>\n\
         <p>When Countenance is done, this login goes on in this browser.</p>\n\
         <details>\n<summary>Nothing happens?</summary>\n<p>{install}</p>\n\
         <p><label for=\"link\">Or copy this link and paste it into the window of Countenance:</label></p>\n\
         <input id=\"link\" readonly value=\"{link}\">\n\
         <p class=\"soft\">Give it to nobody else.</p>\n</details>\n\
         {}{}<p class=\"soft\">You did not begin this login? Close this page.</p>\n",
        who(login),
        code_forms(login, false),
        leave_form(login)
    )
}

fn no_face(reason: Reason, wait_secs: i64) -> (&'static str, &'static str, String) {
    match reason {
        Reason::TooManyAttempts => ("too-many-attempts", "Too many failed attempts", wait_words(wait_secs)),
        Reason::NotEnrolled => (
            "not-enrolled",
            "No face is enrolled for this account",
            "You cannot enrol it yourself here. Ask whoever runs this application.".to_owned(),
        ),
        _ => ("refused", "You were not verified", "This login ends without one. Go back and sign in again.".to_owned()),
    }
}

fn wait_words(secs: i64) -> String {
    match secs {
        ..=0 => "Go back and sign in again.".to_owned(),
        1..=90 => format!("Try again in {secs} seconds."),
        91..=86_400 => format!("Try again in {} minutes.", (secs + 59) / 60),
        _ => "Ask whoever runs this application to let you in again.".to_owned(),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A login with markup in every text from outside.
    pub(crate) fn login(codes: &[Fallback]) -> Login {
        Login {
            session: "s1".into(),
            application: "Pay<b>roll".into(),
            tenant: "tenant.example".into(),
            account: "a•••@example.org".into(),
            purpose: Purpose::Verify,
            codes: codes.to_vec(),
            phone: Some("•••89".into()),
            download_url: Some("https://download.example/?a=1&b=2".into()),
        }
    }

    fn every_state() -> Vec<(LoginState, &'static str)> {
        let no_mail = [
            (NoMail::NotSetUp, "mail-not-set-up"),
            (NoMail::NoAddress, "mail-no-address"),
            (NoMail::TooOften, "mail-too-often"),
            (NoMail::Refused, "mail-refused"),
            (NoMail::Down, "mail-down"),
        ];
        let no_mail = no_mail.map(|(why, name)| (LoginState::NoMail(why), name));
        let handle = || "h1".to_owned();
        [
            (LoginState::Open { link: "countenance://verify?v=x&s=s1&c=y".into() }, "landing"),
            (LoginState::Mailed { to: "a•••@x.org".into(), sends: 1, sends_left: 3 }, "mailed"),
            (LoginState::NoFace { reason: Reason::TooManyAttempts, wait_secs: 30 }, "too-many-attempts"),
            (LoginState::NoFace { reason: Reason::NotEnrolled, wait_secs: 0 }, "not-enrolled"),
            (LoginState::Refused { reason: Reason::NotEnrolled, handle: handle(), wait_secs: 0 }, "not-enrolled"),
            (LoginState::Refused { reason: Reason::NoMatch, handle: handle(), wait_secs: 0 }, "refused"),
            (LoginState::Approved, "approved"),
            (LoginState::Returned, "returned"),
            (LoginState::Expired, "expired"),
            (LoginState::Disabled, "integration-disabled"),
        ]
        .into_iter()
        .chain(no_mail)
        .collect()
    }

    #[test]
    fn every_page_has_its_name_says_who_asks_and_is_no_dead_end() {
        for codes in [&[][..], &[Fallback::Sms, Fallback::Voice]] {
            for (login_state, name) in every_state() {
                let page = page(&login(codes), &login_state);
                assert_eq!(page.name, name, "{login_state:?}");
                let body = &page.body;
                assert!(
                    body.contains("Pay&lt;b&gt;roll") && body.contains("tenant.example"),
                    "{login_state:?}: {body}"
                );
                assert!(!body.contains("<b>") && page.script.is_none(), "{login_state:?}: {body}");
                let told = body.contains("sign in again") || body.contains("Open it in this browser");
                let way = ["action=\"/sessions/s1/", "href=\"countenance:", "href=\"/return/h1\""];
                assert!(told || way.iter().any(|way| body.contains(way)), "{login_state:?}: {body}");
            }
        }
    }

    #[test]
    fn only_an_open_login_shows_the_link_and_only_a_refused_one_its_handle() {
        for (login_state, _) in every_state() {
            let body = page(&login(&[]), &login_state).body;
            assert_eq!(
                body.contains("countenance://"),
                matches!(login_state, LoginState::Open { .. }),
                "{login_state:?}"
            );
            assert_eq!(body.contains("/return/"), matches!(login_state, LoginState::Refused { .. }), "{login_state:?}");
        }
    }

    #[test]
    fn codes_are_offered_where_there_are_any_and_the_login_is_not_over() {
        for (login_state, name) in every_state() {
            let over = matches!(name, "refused" | "approved" | "returned" | "expired" | "integration-disabled")
                || matches!(login_state, LoginState::Refused { .. });
            let body = page(&login(&[Fallback::Sms, Fallback::Voice]), &login_state).body;
            let offered = body.matches("action=\"/sessions/s1/code\"").count();
            assert_eq!(offered, if over { 0 } else { 2 }, "{login_state:?}: {body}");
            assert!(!page(&login(&[]), &login_state).body.contains("/code\""), "{login_state:?}");
        }
    }

    #[test]
    fn the_landing_page_has_one_primary_button_and_the_link_to_copy() {
        let login_state = LoginState::Open { link: "countenance://verify?s=1&c=2".into() };
        let body = page(&login(&[Fallback::Sms]), &login_state).body;
        assert_eq!(body.matches("class=\"go\"").count(), 1, "{body}");
        let (_, details) = body.split_once("<details>").unwrap();
        assert!(
            details.contains("<label for=\"link\">") && details.contains("value=\"countenance://verify?s=1&amp;c=2\"")
        );
        assert!(details.contains("href=\"https://download.example/?a=1&amp;b=2\""));
        assert!(body.contains("When Countenance is done, this login goes on in this browser"));
    }

    #[test]
    fn waits_are_told_in_the_unit_a_person_counts_in() {
        assert_eq!(wait_words(30), "Try again in 30 seconds.");
        assert_eq!(wait_words(3600), "Try again in 60 minutes.");
        assert!(wait_words(i64::MAX).starts_with("Ask "));
    }
}
