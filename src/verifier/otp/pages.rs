//! Pages for one-time codes: sending, entering, and every failure.

use axum::http::StatusCode;
use maud::{Markup, html};

use crate::{
    browser::landing::{Login, hidden_channel, leave_form, who},
    browser::pages::{Page, wait_in_words},
    otp::CodeRefusal,
    otp::twilio::TwilioError,
};
use countenance_core::protocol::{CODE_DIGITS, Fallback};

/// The event that a page reports.
#[derive(Debug)]
pub(crate) enum CodeEvent<'a> {
    /// A code was sent by this channel.
    Sent { channel: Fallback, attempts_left: u32 },
    /// The page was reloaded after a code was sent.
    Awaited { attempts_left: u32 },
    /// The input is not a code.
    NotACode,
    /// The code is wrong.
    Wrong { attempts_left: u32 },
    /// The code was used or has expired.
    Gone,
    /// No code was sent or checked.
    Refused(&'a CodeRefusal),
}

/// Contents of a code page.
struct CodePage {
    status: StatusCode,
    sentence: String,
    /// Whether a code can be entered.
    enter: bool,
    /// Whether a code can be sent.
    send: bool,
}

/// The page after `event`. `channel`: the channel of the last code, if known.
pub(crate) fn code_page(login: &Login, channel: Option<Fallback>, event: &CodeEvent<'_>) -> Page {
    let phone = login.phone.as_deref().unwrap_or("your phone");
    let page = page_of(event, phone);
    let alarm = !matches!(event, CodeEvent::Sent { .. } | CodeEvent::Awaited { .. });
    let body = html! {
        p role=(if alarm { "alert" } else { "status" }) { (page.sentence) }
        (who(login))
        @if page.enter { (entry(login, channel, alarm)) }
        @if page.send {
            @for way in &login.codes { (send_form(login, *way, channel)) }
        }
        p { a href={ "/sessions/" (login.session) } { "Other ways to sign in" } }
        (leave_form(login))
    };
    let (name, title) = match (page.enter, page.send) {
        (true, _) => ("code", "Enter the code"),
        (false, true) => ("code-again", "Get a code"),
        (false, false) => ("code-unavailable", "There is no code"),
    };
    Page::new(page.status, name, title, body)
}

fn entry(login: &Login, channel: Option<Fallback>, wrong: bool) -> Markup {
    html! {
        form method="post" action={ "/sessions/" (login.session) "/code/check" } {
            @if let Some(channel) = channel { (hidden_channel(channel)) }
            label for="code" { "Code of " (CODE_DIGITS) " digits" }
            input #code name="code" autocomplete="one-time-code" inputmode="numeric" maxlength="16" required autofocus
                aria-invalid=[wrong.then_some("true")];
            button.go { "Go on" }
        }
    }
}

fn send_form(login: &Login, way: Fallback, last: Option<Fallback>) -> Markup {
    let words = match (way, last == Some(way)) {
        (Fallback::Sms, true) => "Send the text message again",
        (Fallback::Sms, false) => "Send a text message",
        (Fallback::Voice, true) => "Call again",
        (Fallback::Voice, false) => "Call me",
    };
    html! {
        form method="post" action={ "/sessions/" (login.session) "/code" } {
            (hidden_channel(way))
            button.other { (words) }
        }
    }
}

fn page_of(event: &CodeEvent<'_>, phone: &str) -> CodePage {
    let page = |status, sentence: String, enter, send| CodePage { status, sentence, enter, send };
    match event {
        CodeEvent::Sent { channel: Fallback::Sms, attempts_left } => {
            let sentence = format!("We sent a code by text message to {phone}. {}", tries(*attempts_left));
            page(StatusCode::OK, sentence, true, true)
        }
        CodeEvent::Sent { channel: Fallback::Voice, attempts_left } => {
            let sentence = format!("We are calling {phone} and will read out a code. {}", tries(*attempts_left));
            page(StatusCode::OK, sentence, true, true)
        }
        CodeEvent::Awaited { attempts_left } => {
            let sentence = format!("Enter the code that was sent to {phone}. {}", tries(*attempts_left));
            page(StatusCode::OK, sentence, true, true)
        }
        CodeEvent::NotACode => {
            let sentence = format!("A code is {CODE_DIGITS} digits. Nothing was tried yet.");
            page(StatusCode::UNPROCESSABLE_ENTITY, sentence, true, true)
        }
        CodeEvent::Wrong { attempts_left } => {
            let sentence = format!("That is not the code that was sent. {}", tries(*attempts_left));
            page(StatusCode::UNPROCESSABLE_ENTITY, sentence, true, true)
        }
        CodeEvent::Gone => page_of_twilio_error(&TwilioError::Gone, phone),
        CodeEvent::Refused(CodeRefusal::Twilio(error)) => page_of_twilio_error(error, phone),
        CodeEvent::Refused(CodeRefusal::NotOffered) => {
            let sentence = "This login cannot be passed by a code.".to_owned();
            page(StatusCode::FORBIDDEN, sentence, false, false)
        }
        CodeEvent::Refused(CodeRefusal::NotSent) => {
            page(StatusCode::CONFLICT, "No code was sent yet. Ask for one first.".to_owned(), false, true)
        }
        CodeEvent::Refused(CodeRefusal::Over) => {
            let sentence = "This login was decided before. No code is needed any more.".to_owned();
            page(StatusCode::CONFLICT, sentence, false, false)
        }
        CodeEvent::Refused(CodeRefusal::Expired) => {
            let sentence = "This login took too long. Go back and sign in again.".to_owned();
            page(StatusCode::GONE, sentence, false, false)
        }
        CodeEvent::Refused(CodeRefusal::Limited(exceeded)) => {
            let wait = wait_in_words(exceeded.retry_after_secs);
            let sentence = format!("Your account was sent all the codes of a day. Enter the last one, or wait {wait}.");
            page(StatusCode::TOO_MANY_REQUESTS, sentence, true, false)
        }
        CodeEvent::Refused(CodeRefusal::Store(error)) => {
            let sentence = "Something broke here. Nothing was decided. Try again in a minute.".to_owned();
            page(error.status(), sentence, true, true)
        }
    }
}

fn page_of_twilio_error(error: &TwilioError, phone: &str) -> CodePage {
    let (status, sentence, enter, send) = match error {
        TwilioError::Number { .. } => (
            StatusCode::UNPROCESSABLE_ENTITY,
            format!("{phone} cannot be reached this way. Try another way, or ask whoever runs the application."),
            false,
            true,
        ),
        TwilioError::ChecksUsedUp => (
            StatusCode::TOO_MANY_REQUESTS,
            "Too many codes were tried. This login takes no more: go back and sign in again in ten minutes.".to_owned(),
            false,
            false,
        ),
        TwilioError::SendsUsedUp => (
            StatusCode::TOO_MANY_REQUESTS,
            "No more codes are sent for now. Enter the last one that came, or sign in again in ten minutes.".to_owned(),
            true,
            false,
        ),
        TwilioError::TooFast { retry_after_secs } => (
            StatusCode::TOO_MANY_REQUESTS,
            format!("That was too fast. Wait {} seconds, then try again.", (*retry_after_secs).max(1)),
            true,
            true,
        ),
        TwilioError::Gone => {
            (StatusCode::GONE, "That code was used, or its time is over. Ask for another one.".to_owned(), false, true)
        }
        TwilioError::Blocked { .. } => (
            StatusCode::FORBIDDEN,
            format!("No code is sent to {phone}: it is blocked against fraud. Ask whoever runs the application."),
            false,
            false,
        ),
        TwilioError::Misconfigured { .. } => (
            StatusCode::SERVICE_UNAVAILABLE,
            "Codes are not set up right here. Tell whoever runs the application.".to_owned(),
            false,
            false,
        ),
        TwilioError::Unreached(_) | TwilioError::NotUnderstood { .. } => (
            StatusCode::SERVICE_UNAVAILABLE,
            "The service that sends codes does not answer. Nothing was decided. Try again in a minute.".to_owned(),
            true,
            true,
        ),
    };
    CodePage { status, sentence, enter, send }
}

fn tries(left: u32) -> String {
    match left {
        0 => "No try is left.".to_owned(),
        1 => "1 try is left.".to_owned(),
        n => format!("{n} tries are left."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{StoreError, browser::landing::tests::login, limits::Limited};
    use countenance_net::NetError;

    #[test]
    fn every_failure_explains_what_happened_and_what_to_do() {
        let unreached = TwilioError::Unreached(NetError::TooLong);
        let twilio = |error| CodeRefusal::Twilio(error);
        let store = CodeRefusal::Store(StoreError::Unknown { what: "row" });
        for (refusal, page, said) in [
            (CodeRefusal::NotOffered, "code-unavailable", "cannot be passed by a code"),
            (CodeRefusal::NotSent, "code-again", "Ask for one first"),
            (CodeRefusal::Over, "code-unavailable", "decided before"),
            (CodeRefusal::Expired, "code-unavailable", "sign in again"),
            (CodeRefusal::Limited(Limited::Codes.until_tomorrow(0)), "code", "wait 24 hours"),
            (store, "code", "Try again in a minute"),
            (twilio(TwilioError::Number { code: 60200 }), "code-again", "•••89 cannot be reached"),
            (twilio(TwilioError::ChecksUsedUp), "code-unavailable", "Too many codes were tried"),
            (twilio(TwilioError::SendsUsedUp), "code", "Enter the last one"),
            (twilio(TwilioError::TooFast { retry_after_secs: 7 }), "code", "Wait 7 seconds"),
            (twilio(TwilioError::Gone), "code-again", "Ask for another one"),
            (twilio(TwilioError::Blocked { code: 60410 }), "code-unavailable", "blocked against fraud"),
            (twilio(TwilioError::Misconfigured { status: 401, code: 20003 }), "code-unavailable", "Tell whoever runs"),
            (twilio(unreached), "code", "does not answer"),
            (twilio(TwilioError::NotUnderstood { status: 500, code: 0 }), "code", "does not answer"),
        ] {
            let event = CodeEvent::Refused(&refusal);
            let found = code_page(&login(&[Fallback::Sms]), None, &event);
            assert_eq!(found.name, page, "{refusal:?}");
            assert!(!found.status.is_success(), "{refusal:?}");
            assert!(
                found.body.0.contains("<p role=\"alert\">") && found.body.0.contains(said),
                "{refusal:?}: {}",
                found.body.0
            );
            let ways = ["action=\"/sessions/s1/leave\"", "href=\"/sessions/s1\""];
            assert!(ways.iter().all(|way| found.body.0.contains(way)), "{refusal:?}: a dead end");
            assert_eq!(found.body.0.contains("name=\"code\""), page == "code", "{refusal:?}");
        }
    }

    #[test]
    fn the_code_field_is_labeled_and_other_channels_are_offered() {
        let both = [Fallback::Sms, Fallback::Voice];
        let event = CodeEvent::Sent { channel: Fallback::Sms, attempts_left: 5 };
        let page = code_page(&login(&both), Some(Fallback::Sms), &event);
        assert_eq!((page.status, page.name), (StatusCode::OK, "code"));
        for part in [
            "by text message to •••89. 5 tries are left.",
            "<label for=\"code\">",
            "autocomplete=\"one-time-code\"",
            "inputmode=\"numeric\"",
            "Send the text message again",
            "Call me",
        ] {
            assert!(page.body.0.contains(part), "{part}: {}", page.body.0);
        }
        assert!(!page.body.0.contains("role=\"alert\""));
        let page = code_page(&login(&[Fallback::Sms]), None, &CodeEvent::Wrong { attempts_left: 1 });
        assert!(page.body.0.contains("role=\"alert\"") && page.body.0.contains("1 try is left."), "{}", page.body.0);
        assert!(page.body.0.contains("aria-invalid") && !page.body.0.contains("Call me"));
    }
}
