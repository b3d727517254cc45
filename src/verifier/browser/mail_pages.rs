//! The pages of a link that goes by mail: on its way, opened in the wrong place, and what kept it from being sent.

use axum::http::StatusCode;

use crate::{
    browser::landing::{Login, code_forms, leave_form, who},
    browser::pages::{Page, text},
};

/// Why a link is not, or was not, mailed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoMail {
    /// This verifier has no mail server.
    NotSetUp,
    /// The tenant told no address, or one that is none.
    NoAddress,
    /// It was sent as often as it may be.
    TooOften,
    /// The mail server did not take it.
    Refused,
    /// The mail server was not reached in time.
    Down,
}

/// The page for a link whose sending failed, or cannot be.
pub(crate) fn no_mail(login: &Login, why: NoMail) -> Page {
    let application = text(&login.application);
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
    let again =
        if matches!(why, NoMail::Refused | NoMail::Down) { mail_form(login, "Try again") } else { String::new() };
    let body =
        format!("<p role=\"alert\">{lead}</p>\n{}{again}{}{}", who(login), code_forms(login, false), leave_form(login));
    Page::new(status, name, title, body)
}

/// The page for a mailed link that was opened in a browser which did not begin the login.
pub(crate) fn mail_other_browser(application: &str) -> Page {
    let body = format!(
        "<p>This login to {} began in another browser, and can only go on there. Open the link in that browser: copy it, \
         or open your mail there.</p>\n<p class=\"soft\">You did not begin a login? Then somebody else did. Do nothing, and \
         tell whoever runs the application.</p>\n",
        text(application)
    );
    Page::new(StatusCode::FORBIDDEN, "mail-other-browser", "Open this link where you began", body)
}

/// What the page says whose link is in a mail.
pub(crate) fn email_sent(login: &Login, to: &str, sends: u32, sends_left: u32) -> String {
    let to = text(to);
    let lead = if sends == 0 {
        format!("The link goes to {to}. Open it in this browser.")
    } else {
        format!("We sent a link to {to}. Open it in this browser; this page may be closed.")
    };
    let again = match (sends, sends_left) {
        (_, 0) => "<p class=\"soft\">It was sent as often as it may be.</p>\n".to_owned(),
        (0, _) => mail_form(login, "Send the link"),
        _ => mail_form(login, "Send again"),
    };
    format!(
        "<p>{lead}</p>\n{}<p class=\"soft\">Nothing came? Look in the folder for unwanted mail.</p>\n{again}{}{}\
         <p class=\"soft\">You did not begin this login? Close this page.</p>\n",
        who(login),
        code_forms(login, false),
        leave_form(login)
    )
}

fn mail_form(login: &Login, words: &str) -> String {
    let session = text(&login.session);
    format!(
        "<form method=\"post\" action=\"/sessions/{session}/mail\">\n<button class=\"other\">{words}</button>\n</form>\n"
    )
}

#[cfg(test)]
mod tests {
    use crate::browser::landing::{LoginState, page, tests::login};

    #[test]
    fn a_link_is_sent_again_while_it_may_be() {
        for (sends, sends_left, button) in [(0, 4, "Send the link"), (1, 3, "Send again"), (4, 0, "")] {
            let body = page(&login(&[]), &LoginState::Mailed { to: "a•••@x.org".into(), sends, sends_left }).body;
            assert_eq!(body.contains("/sessions/s1/mail"), sends_left > 0, "{body}");
            assert!(body.contains(button), "{body}");
        }
    }
}
