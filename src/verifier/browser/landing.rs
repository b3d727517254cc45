//! Pages of a sign-in in the browser that started it, as pure functions of its state.
//!
//! No page continues automatically, and no page hands out an approval given elsewhere: an attacker could have lured the
//! victim into showing their face for the attacker's sign-in. No page is a dead end: each explains what to do or offers
//! a return to the application.

use axum::http::StatusCode;
use maud::{Markup, html};

use crate::{
    browser::mail_pages::{NoMail, email_sent, no_mail},
    browser::pages::Page,
};
use countenance_core::protocol::{Fallback, Purpose, Reason};

/// The details of a sign-in that its pages show.
pub(crate) struct Login {
    /// The session's id.
    pub(crate) session: String,
    pub(crate) application: String,
    pub(crate) tenant: String,
    /// Masked.
    pub(crate) account: String,
    pub(crate) purpose: Purpose,
    /// Whether enrolling takes a kiosk.
    pub(crate) is_attended: bool,
    /// The channels for a one-time code instead of a face.
    pub(crate) codes: Vec<Fallback>,
    /// The phone number for codes, masked.
    pub(crate) phone: Option<String>,
    /// Where to download the client.
    pub(crate) download_url: Option<String>,
}

/// State of a sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LoginState {
    /// Waiting for the client, which `link` opens.
    Open { link: String },
    /// The link is mailed to `to`. `sends`: how often it was sent; `sends_left`: how often it can still be sent.
    Mailed { to: String, sends: u32, sends_left: u32 },
    /// The face cannot be used, for `reason`; if it is a lockout, for the next `wait_secs`.
    NoFace { reason: Reason, wait_secs: i64 },
    /// The link should be mailed but cannot be.
    NoMail(NoMail),
    /// Refused; `handle` returns the browser to the tenant.
    Refused { reason: Reason, handle: String, wait_secs: i64 },
    /// Approved, by face or by code; continues where that happened.
    Approved,
    /// The result was returned to the tenant.
    Returned,
    /// The session has expired.
    Expired,
    /// The integration was disabled meanwhile.
    Disabled,
}

/// The page for a sign-in in this state.
pub(crate) fn page(login: &Login, login_state: &LoginState) -> Page {
    let application = &login.application;
    let (name, title, lead, rest) = match login_state {
        LoginState::Open { link } => {
            let lead = match login.purpose {
                Purpose::Enroll if login.is_attended => {
                    "Your face is not set up yet. That is done at a kiosk, where a supervisor confirms it: if this is not \
                     one, sign in there."
                }
                Purpose::Enroll => {
                    "Countenance will take a picture of your face, so that later logins can be compared with it."
                }
                Purpose::Verify => "Countenance will compare your face with the one that you enrolled.",
            };
            ("landing", "Show that it is you", lead.to_owned(), open(login, link))
        }
        LoginState::Mailed { to, sends, sends_left } => {
            let lead = match sends {
                0 => format!("The link goes to {to}. Open it in this browser."),
                _ => format!("We sent a link to {to}. Open it in this browser; this page may be closed."),
            };
            ("mailed", "Your link comes by mail", lead, email_sent(login, *sends, *sends_left))
        }
        LoginState::NoFace { reason, wait_secs } => {
            let (name, title, lead) = no_face(*reason, *wait_secs);
            let rest = html! {
                @if !login.codes.is_empty() { p { "You can pass by a one-time code." } }
                (code_forms(login, true))
                (leave_form(login))
            };
            (name, title, lead, rest)
        }
        LoginState::NoMail(why) => return no_mail(login, *why),
        LoginState::Refused { reason, handle, wait_secs } => {
            let (name, title, lead) = no_face(*reason, *wait_secs);
            (name, title, lead, html! { a.go href={ "/return/" (handle) } { "Go back to " (application) } })
        }
        LoginState::Approved => {
            let lead = "It goes on in the tab that Countenance opened in this browser, or in the one where the code was \
                        entered.";
            let rest = html! { p.soft { "There is no such tab? Go back to " (application) " and sign in again." } };
            ("approved", "This login was accepted", lead.to_owned(), rest)
        }
        LoginState::Returned => {
            let lead = format!("If {application} does not know it, go back there and sign in again.");
            ("returned", "This login was finished before", lead, Markup::default())
        }
        LoginState::Expired => {
            let lead = "Nothing was decided. Go back and sign in again.".to_owned();
            ("expired", "This login took too long", lead, leave_form(login))
        }
        LoginState::Disabled => {
            let lead = format!("Whoever runs {application} switched it off a moment ago. Ask there.");
            ("integration-disabled", "This login is switched off", lead, leave_form(login))
        }
    };
    Page::new(StatusCode::OK, name, title, html! { p { (lead) } (who(login)) (rest) })
}

/// The application that asks, its tenant and the account.
pub(crate) fn who(login: &Login) -> Markup {
    html! {
        dl {
            dt { "Application" } dd { (login.application) }
            dt { "Signs in at" } dd { (login.tenant) }
            dt { "Account" } dd { (login.account) }
        }
    }
}

/// A button for each channel of a code; `only`: there is no other way to sign in.
pub(crate) fn code_forms(login: &Login, only: bool) -> Markup {
    let (class, words) = if only { ("go", "Get a code by") } else { ("other", "Use a code instead, by") };
    html! {
        @for channel in &login.codes {
            form method="post" action={ "/sessions/" (login.session) "/code" } {
                (hidden_channel(*channel))
                button class=(class) {
                    (words) " "
                    @match channel {
                        Fallback::Sms => { "text message" }
                        Fallback::Voice => { "phone call" }
                    }
                }
            }
        }
    }
}

/// The hidden field with a code's channel.
pub(crate) fn hidden_channel(channel: Fallback) -> Markup {
    html! { input type="hidden" name="channel" value=(channel.name()); }
}

/// A button that cancels the sign-in and returns to the tenant.
pub(crate) fn leave_form(login: &Login) -> Markup {
    html! {
        form method="post" action={ "/sessions/" (login.session) "/leave" } {
            button.other { "Go back to " (login.application) " without signing in" }
        }
    }
}

fn open(login: &Login, link: &str) -> Markup {
    html! {
        a.go href=(link) { "Open Countenance" }
        p { "When Countenance is done, this login goes on in this browser." }
        details {
            summary { "Nothing happens?" }
            p {
                "Countenance must be installed on this computer: "
                @if let Some(url) = &login.download_url {
                    a href=(url) rel="noreferrer" { "install Countenance" } ", then press the button again."
                } @else { "ask whoever runs this login." }
            }
            p { label for="link" { "Or copy this link and paste it into the window of Countenance:" } }
            input #link readonly value=(link);
            p.soft { "Give it to nobody else." }
        }
        (code_forms(login, false))
        (leave_form(login))
        p.soft { "You did not begin this login? Close this page." }
    }
}

fn no_face(reason: Reason, wait_secs: i64) -> (&'static str, &'static str, String) {
    match reason {
        Reason::TooManyAttempts => ("too-many-attempts", "Too many failed attempts", wait_words(wait_secs)),
        Reason::NotEnrolled => (
            "not-enrolled",
            "No face is enrolled for this account",
            "You cannot enroll it yourself now. Ask whoever runs this application to let you.".to_owned(),
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

    /// A sign-in with markup in the application's name.
    pub(crate) fn login(codes: &[Fallback]) -> Login {
        Login {
            session: "s1".into(),
            application: "Pay<b>roll".into(),
            tenant: "tenant.example".into(),
            account: "a•••@example.org".into(),
            purpose: Purpose::Verify,
            is_attended: false,
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
    fn every_page_has_a_name_a_requester_and_a_next_step() {
        for codes in [&[][..], &[Fallback::Sms, Fallback::Voice]] {
            for (login_state, name) in every_state() {
                let page = page(&login(codes), &login_state);
                assert_eq!(page.name, name, "{login_state:?}");
                let body = &page.body.0;
                assert!(
                    body.contains("Pay&lt;b&gt;roll") && body.contains("tenant.example"),
                    "{login_state:?}: {body}"
                );
                assert!(!body.contains("<b>") && page.script.is_none(), "{login_state:?}: {body}");
                let explained = body.contains("sign in again") || body.contains("Open it in this browser");
                let way = ["action=\"/sessions/s1/", "href=\"countenance:", "href=\"/return/h1\""];
                assert!(explained || way.iter().any(|way| body.contains(way)), "{login_state:?}: {body}");
            }
        }
    }

    #[test]
    fn only_open_shows_the_link_and_only_refused_the_handle() {
        for (login_state, _) in every_state() {
            let body = page(&login(&[]), &login_state).body.0;
            assert_eq!(
                body.contains("countenance://"),
                matches!(login_state, LoginState::Open { .. }),
                "{login_state:?}"
            );
            assert_eq!(body.contains("/return/"), matches!(login_state, LoginState::Refused { .. }), "{login_state:?}");
        }
    }

    #[test]
    fn offers_codes_until_the_sign_in_is_over() {
        for (login_state, name) in every_state() {
            let over = matches!(name, "refused" | "approved" | "returned" | "expired" | "integration-disabled")
                || matches!(login_state, LoginState::Refused { .. });
            let body = page(&login(&[Fallback::Sms, Fallback::Voice]), &login_state).body.0;
            let offered = body.matches("action=\"/sessions/s1/code\"").count();
            assert_eq!(offered, if over { 0 } else { 2 }, "{login_state:?}: {body}");
            assert!(!page(&login(&[]), &login_state).body.0.contains("/code\""), "{login_state:?}");
        }
    }

    #[test]
    fn the_landing_page_has_one_primary_button_and_the_link_to_copy() {
        let login_state = LoginState::Open { link: "countenance://verify?s=1&c=2".into() };
        let body = page(&login(&[Fallback::Sms]), &login_state).body.0;
        assert_eq!(body.matches("class=\"go\"").count(), 1, "{body}");
        let (_, details) = body.split_once("<details>").unwrap();
        assert!(
            details.contains("<label for=\"link\">") && details.contains("value=\"countenance://verify?s=1&amp;c=2\"")
        );
        assert!(details.contains("href=\"https://download.example/?a=1&amp;b=2\""));
        assert!(body.contains("When Countenance is done, this login goes on in this browser"));
    }

    #[test]
    fn waits_are_in_seconds_or_minutes() {
        assert_eq!(wait_words(30), "Try again in 30 seconds.");
        assert_eq!(wait_words(3600), "Try again in 60 minutes.");
        assert!(wait_words(i64::MAX).starts_with("Ask "));
    }
}
