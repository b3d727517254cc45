//! The page of `/u/mfa`.

use axum::{http::StatusCode, response::Response};
use maud::html;

use super::mfa::{CodeError, Sent};
use crate::web;

/// The page; `fault` is the error of the previous attempt.
pub(super) fn page(state: &str, phone: &str, sent: Sent, fault: Option<CodeError>) -> Response {
    let status = if fault.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let phone = masked(phone);
    let main = html! {
        h1 { "Confirm that it is you" }
        @match sent {
            Sent::Text => p { "We sent a code to " (phone) "." },
            Sent::Voice => p { "We are calling " (phone) " with a code." },
            Sent::Failed => p.bad role="alert" { "The code could not be sent to " (phone) ". Try again below." },
            Sent::TooMany => p.bad role="alert" {
                "Too many codes were sent in the last hour. Use the newest one, or try again later."
            },
        }
        @if let Some(fault) = fault { p.bad role="alert" id="fault" { (fault.text()) } }
        form method="post" action="/u/mfa" {
            input type="hidden" name="state" value=(state);
            label { "Code " input name="code" inputmode="numeric" autocomplete="one-time-code" required; }
            button { "Continue" }
        }
        form method="post" action="/u/mfa" {
            input type="hidden" name="state" value=(state);
            button.quiet name="send" value="text" { "Send another code" }
            " "
            button.quiet name="send" value="voice" { "Call me with a code" }
        }
        p.soft { "A stand-in for an Auth0 tenant, on this machine only." }
    };
    web::named_page(status, "mfa", "Confirm that it is you", &main)
}

/// Masks a phone number except for its last two digits.
fn masked(phone: &str) -> String {
    let hidden = phone.chars().count().saturating_sub(2);
    format!("••• {}", phone.chars().skip(hidden).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_all_but_the_last_two_digits() {
        assert_eq!(masked("+4915112345678"), "••• 78");
        assert_eq!(masked(""), "••• ");
    }
}
