//! Pages of the email flow: link sent, link opened in another browser, link not sent.

use axum::http::StatusCode;
use maud::{Markup, html};

use crate::{
    browser::landing::{Login, code_forms, leave_form, who},
    browser::pages::Page,
};

/// Why a link cannot be mailed, or was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoMail {
    /// This verifier has no mail server.
    NotSetUp,
    /// The tenant sent no mail address, or an invalid one.
    NoAddress,
    /// It was sent the maximum number of times.
    TooOften,
    /// The account was mailed the maximum number of links today.
    TooManyToday,
    /// The mail server refused it.
    Refused,
    /// The mail server could not be reached, or took too long.
    Down,
}

/// The page for a link that cannot be mailed, or was not.
pub(crate) fn no_mail(login: &Login, why: NoMail) -> Page {
    let application = &login.application;
    let (status, name, title, lead) = match why {
        NoMail::NotSetUp => (
            StatusCode::SERVICE_UNAVAILABLE,
            "mail-not-set-up",
            "The link cannot be mailed",
            format!("Tell whoever runs {application}: this verifier has no mail server."),
        ),
        NoMail::NoAddress => (
            StatusCode::OK,
            "mail-no-address",
            "There is no address to mail to",
            format!("Tell whoever runs {application}: your account has no mail address, or one that is none."),
        ),
        NoMail::TooOften => (
            StatusCode::TOO_MANY_REQUESTS,
            "mail-too-often",
            "The link was sent often enough",
            "Look for the mail, in the folder for unwanted mail too. Or go back and sign in again.".to_owned(),
        ),
        NoMail::TooManyToday => (
            StatusCode::TOO_MANY_REQUESTS,
            "mail-too-many-today",
            "No more links are mailed today",
            format!(
                "Your account was mailed all the links of a day. If it was not you, change your password. Try again \
                 tomorrow, or ask whoever runs {application}."
            ),
        ),
        NoMail::Refused => (
            StatusCode::BAD_GATEWAY,
            "mail-refused",
            "The mail was not taken",
            format!(
                "The mail server refused it. Try again, or tell whoever runs {application} that your address does not work."
            ),
        ),
        NoMail::Down => (
            StatusCode::SERVICE_UNAVAILABLE,
            "mail-down",
            "The mail server does not answer",
            "The mail may still come. If it does not, try again in a minute.".to_owned(),
        ),
    };
    let body = html! {
        p role="alert" { (lead) }
        (who(login))
        @if matches!(why, NoMail::Refused | NoMail::Down) { (mail_form(login, "Try again")) }
        (code_forms(login, false))
        (leave_form(login))
    };
    Page::new(status, name, title, body)
}

/// The page for a mailed link that was not opened in the browser that started the sign-in.
pub(crate) fn mail_other_browser(application: &str) -> Page {
    let body = html! {
        p {
            "This login to " (application) " began in another browser, and can only go on there. Open the link in that \
             browser: copy it, or open your mail there."
        }
        p.soft {
            "You did not begin a login? Then somebody else did. Do nothing, and tell whoever runs the application."
        }
    };
    Page::new(StatusCode::FORBIDDEN, "mail-other-browser", "Open this link where you began", body)
}

/// The actions of a sign-in whose link is mailed.
pub(crate) fn email_sent(login: &Login, sends: u32, sends_left: u32) -> Markup {
    html! {
        p.soft { "Nothing came? Look in the folder for unwanted mail." }
        @match (sends, sends_left) {
            (_, 0) => { p.soft { "It was sent as often as it may be." } }
            (0, _) => { (mail_form(login, "Send the link")) }
            _ => { (mail_form(login, "Send again")) }
        }
        (code_forms(login, false))
        (leave_form(login))
        p.soft { "You did not begin this login? Close this page." }
    }
}

fn mail_form(login: &Login, words: &str) -> Markup {
    html! {
        form method="post" action={ "/sessions/" (login.session) "/mail" } {
            button.other { (words) }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::browser::landing::{LoginState, page, tests::login};

    #[test]
    fn offers_to_send_again_until_the_limit() {
        for (sends, sends_left, button) in [(0, 4, "Send the link"), (1, 3, "Send again"), (4, 0, "")] {
            let body = page(&login(&[]), &LoginState::Mailed { to: "a•••@x.org".into(), sends, sends_left }).body.0;
            assert_eq!(body.contains("/sessions/s1/mail"), sends_left > 0, "{body}");
            assert!(body.contains(button), "{body}");
        }
    }
}
