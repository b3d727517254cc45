//! What `/u/mfa` shows.

use axum::{http::StatusCode, response::Response};

use super::mfa::{CodeError, Sent};
use crate::web::{self, escape};

/// The page, the first time or after a code was typed in vain.
pub(super) fn page(state: &str, phone: &str, sent: Sent, fault: Option<CodeError>) -> Response {
    let status = if fault.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let (state, phone) = (escape(state), escape(&masked(phone)));
    let told = match sent {
        Sent::Text => format!("<p>We sent a code to {phone}.</p>"),
        Sent::Voice => format!("<p>We are calling {phone} with a code.</p>"),
        Sent::Failed => {
            format!("<p class=\"bad\" role=\"alert\">The code could not be sent to {phone}. Try again below.</p>")
        }
        Sent::TooMany => "<p class=\"bad\" role=\"alert\">Too many codes were sent in the last hour. \
                          Use the newest one, or try again later.</p>"
            .to_owned(),
    };
    let fault = fault.map_or_else(String::new, |fault| {
        format!("<p class=\"bad\" role=\"alert\" id=\"fault\">{}</p>\n", escape(fault.text()))
    });
    let main = format!(
        "<h1>Confirm that it is you</h1>\n{told}\n{fault}\
         <form method=\"post\" action=\"/u/mfa\">\n\
         <input type=\"hidden\" name=\"state\" value=\"{state}\">\n\
         <label>Code <input name=\"code\" inputmode=\"numeric\" autocomplete=\"one-time-code\" required></label>\n\
         <button>Continue</button>\n</form>\n\
         <form method=\"post\" action=\"/u/mfa\">\n\
         <input type=\"hidden\" name=\"state\" value=\"{state}\">\n\
         <button class=\"quiet\" name=\"send\" value=\"text\">Send another code</button>\n\
         <button class=\"quiet\" name=\"send\" value=\"voice\">Call me with a code</button>\n</form>\n\
         <p class=\"soft\">A stand-in for an Auth0 tenant, on this machine only.</p>"
    );
    web::named_page(status, "mfa", "Confirm that it is you", &main)
}

/// A number that its owner knows again and nobody else learns.
fn masked(phone: &str) -> String {
    let hidden = phone.chars().count().saturating_sub(2);
    format!("••• {}", phone.chars().skip(hidden).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_shown_by_its_end() {
        assert_eq!(masked("+4915112345678"), "••• 78");
        assert_eq!(masked(""), "••• ");
    }
}
