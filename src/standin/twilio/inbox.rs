//! The inbox: what a phone would have shown.

use axum::{extract::State, http::StatusCode, response::Response};

use super::{Message, TwilioStandIn};
use crate::web::{escape, page};

/// `GET /`: every message, newest first.
pub(super) async fn show(State(twilio): State<TwilioStandIn>) -> Response {
    let messages: String = twilio.messages().iter().rev().map(article).collect();
    let lead =
        if messages.is_empty() { "Nothing was sent yet." } else { "Newest first. Load the page again for more." };
    let main = format!("<h1>Messages sent</h1>\n<p class=\"soft\">{lead}</p>\n{messages}");
    page(StatusCode::OK, "Messages sent", &main)
}

fn article(message: &Message) -> String {
    let Message { to, channel, code } = message;
    let way = if channel == "call" { "Call to" } else { "Text message to" };
    let (to, channel, code) = (escape(to), escape(channel), escape(code));
    format!(
        "<article data-to=\"{to}\" data-channel=\"{channel}\"><code>{code}</code>\n<p class=\"soft\">{way} {to}</p></article>\n"
    )
}
