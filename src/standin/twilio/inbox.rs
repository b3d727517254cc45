//! The inbox: messages as a phone would show them.

use axum::{extract::State, http::StatusCode, response::Response};
use maud::html;

use super::{Message, TwilioStandIn};
use crate::web::page;

/// `GET /`: every message, newest first.
pub(super) async fn show(State(twilio): State<TwilioStandIn>) -> Response {
    let messages = twilio.messages();
    let lead =
        if messages.is_empty() { "Nothing was sent yet." } else { "Newest first. Load the page again for more." };
    let main = html! {
        h1 { "Messages sent" }
        p.soft { (lead) }
        @for Message { to, channel, code } in messages.iter().rev() {
            article data-to=(to) data-channel=(channel) {
                code { (code) }
                p.soft { (if channel == "call" { "Call to" } else { "Text message to" }) " " (to) }
            }
        }
    };
    page(StatusCode::OK, "Messages sent", &main)
}
