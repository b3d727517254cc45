//! The Twilio stand-in through its router, with the parameters and errors that Twilio documents.

use std::sync::Arc;

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use countenance_core::{clock::UnixSecs, testing::ManualClock};
use countenance_standin::twilio::{Conversions, FailMode, Message, TwilioStandIn};
use serde_json::Value;
use tower::ServiceExt;

/// Time of the tests, in Unix seconds.
const NOW: UnixSecs = 1_800_000_000;

const SERVICE: &str = "VA0123456789abcdef0123456789abcdef";
const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
const ADA: &str = "+4915123456789";

struct Caller {
    twilio: TwilioStandIn,
    clock: Arc<ManualClock>,
}

impl Caller {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::at(NOW));
        let twilio = TwilioStandIn::builder(SERVICE, ACCOUNT, "token").clock(clock.clone()).custom_codes();
        Self { twilio: twilio.build().unwrap(), clock }
    }

    async fn send(&self, request: Request<Body>) -> (StatusCode, Vec<u8>) {
        let response = self.twilio.router().oneshot(request).await.unwrap();
        let status = response.status();
        (status, to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec())
    }

    async fn post_as(&self, user: &str, path: &str, form: &[(&str, &str)]) -> (u16, Value) {
        let body: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = Request::post(format!("/v2/Services/{path}"))
            .header(header::AUTHORIZATION, format!("Basic {}", BASE64_STANDARD.encode(user)))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body));
        let (status, body) = self.send(request.unwrap()).await;
        (status.as_u16(), serde_json::from_slice(&body).unwrap())
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> (u16, Value) {
        self.post_as(&format!("{ACCOUNT}:token"), &format!("{SERVICE}/{path}"), form).await
    }

    /// The status of a verification, or the error code.
    async fn status(&self, which: &str) -> String {
        let request = Request::get(format!("/v2/Services/{SERVICE}/Verifications/{which}"))
            .header(header::AUTHORIZATION, format!("Basic {}", BASE64_STANDARD.encode(format!("{ACCOUNT}:token"))))
            .body(Body::empty());
        let body: Value = serde_json::from_slice(&self.send(request.unwrap()).await.1).unwrap();
        body["status"].as_str().map_or_else(|| body["code"].to_string(), str::to_owned)
    }

    async fn inbox(&self) -> String {
        let (status, body) = self.send(Request::get("/").body(Body::empty()).unwrap()).await;
        assert_eq!(status, StatusCode::OK);
        String::from_utf8(body).unwrap()
    }
}

#[tokio::test]
async fn a_verification_has_the_fields_that_twilio_documents() {
    let caller = Caller::new();
    let (status, started) = caller.post("Verifications", &[("To", ADA), ("Channel", "sms")]).await;
    assert_eq!(status, 201);
    let sid = started["sid"].as_str().unwrap();
    assert!(sid.len() == 34 && sid.starts_with("VE") && sid[2..].bytes().all(|b| b.is_ascii_hexdigit()), "{sid}");
    let Message { to, channel, code } = caller.twilio.messages().remove(0);
    assert_eq!((to.as_str(), channel.as_str(), code.len()), (ADA, "sms", 6));
    for (field, value) in [
        ("service_sid", SERVICE.into()),
        ("account_sid", ACCOUNT.into()),
        ("to", ADA.into()),
        ("channel", "sms".into()),
        ("status", "pending".into()),
        ("valid", Value::Bool(false)),
    ] {
        assert_eq!(started[field], value, "{field}");
    }
    assert!(!started.to_string().contains(&code), "the response must not contain the code");
    for which in [sid, ADA, "%2B4915123456789"] {
        assert_eq!(caller.status(which).await, "pending", "{which}");
    }
    for (case, which) in [("by number", ("To", ADA)), ("by id", ("VerificationSid", sid))] {
        let (status, checked) = caller.post("VerificationCheck", &[which, ("Code", "0000")]).await;
        assert_eq!((status, &checked["status"], &checked["valid"]), (200, &"pending".into(), &false.into()), "{case}");
    }
    let (status, checked) = caller.post("VerificationCheck", &[("To", ADA), ("Code", &code)]).await;
    assert_eq!((status, &checked["status"], &checked["valid"]), (200, &"approved".into(), &true.into()));
    assert_eq!(checked["sid"], started["sid"]);
    assert_eq!(caller.status(sid).await, "20404", "an approved verification must be gone");
}

/// Case, credentials, path, form fields, and the expected HTTP status and error code.
type Row<'a> = (&'a str, &'a str, String, &'a [(&'a str, &'a str)], (u16, u32));

#[tokio::test]
async fn errors_have_the_documented_code_status_and_body() {
    let caller = Caller::new();
    let own = |path: &str| format!("{SERVICE}/{path}");
    let start = [("To", ADA), ("Channel", "sms")];
    let me = format!("{ACCOUNT}:token");
    let other = own("Verifications").replace('0', "f");
    let rows: [Row; 14] = [
        ("another token", "AC:token", own("Verifications"), &start, (401, 20003)),
        ("another account", &me.replace('0', "f"), own("Verifications"), &start, (401, 20003)),
        ("another service", &me, other, &start, (404, 20404)),
        ("another path", &me, own("Verification"), &start, (404, 20404)),
        ("no number", &me, own("Verifications"), &start[1..], (400, 60200)),
        ("no channel", &me, own("Verifications"), &start[..1], (400, 60200)),
        (
            "a code of three digits",
            &me,
            own("Verifications"),
            &[start[0], start[1], ("CustomCode", "123")],
            (400, 60200),
        ),
        ("nothing to check", &me, own("VerificationCheck"), &[("To", ADA), ("Code", "123456")], (404, 20404)),
        ("no recipient to check", &me, own("VerificationCheck"), &[("Code", "123456")], (400, 60200)),
        ("no code to check", &me, own("VerificationCheck"), &[("To", ADA)], (400, 60200)),
        ("letters to check", &me, own("VerificationCheck"), &[("To", ADA), ("Code", "abcdef")], (400, 60200)),
        ("nothing to approve", &me, own("Verifications/+4915123456789"), &[("Status", "approved")], (404, 20404)),
        ("another status", &me, own("Verifications/+4915123456789"), &[("Status", "expired")], (400, 60200)),
        ("no status", &me, own("Verifications/+4915123456789"), &[], (400, 60200)),
    ];
    for (case, user, path, form, (status, code)) in rows {
        let (found, body) = caller.post_as(user, &path, form).await;
        assert_eq!((found, &body["code"], &body["status"]), (status, &code.into(), &status.into()), "{case}: {body}");
        assert_eq!(body["more_info"], format!("https://www.twilio.com/docs/errors/{code}"), "{case}");
        assert!(!body["message"].as_str().unwrap().is_empty(), "{case}");
    }
    assert_eq!(caller.twilio.conversions(), Conversions::default());
}

#[tokio::test]
async fn five_wrong_codes_close_a_verification_until_it_expires() {
    let caller = Caller::new();
    caller.post("Verifications", &[("To", ADA), ("Channel", "call"), ("CustomCode", "123456")]).await;
    for _ in 0..5 {
        assert_eq!(caller.post("VerificationCheck", &[("To", ADA), ("Code", "000000")]).await.0, 200);
    }
    for _ in 0..2 {
        let (status, body) = caller.post("VerificationCheck", &[("To", ADA), ("Code", "123456")]).await;
        assert_eq!((status, &body["code"]), (429, &60202.into()));
    }
    assert_eq!(caller.status(ADA).await, "max_attempts_reached");
    caller.clock.advance(600);
    assert_eq!(caller.status(ADA).await, "20404");
    assert_eq!(caller.twilio.conversions(), Conversions { started: 1, approved: 0, custom_open: 1 });
}

#[tokio::test]
async fn a_held_request_does_not_block_others_and_is_answered() {
    let caller = Caller::new();
    caller.twilio.fail_next(FailMode::Slow);
    let form = [("To", ADA), ("Channel", "sms")];
    let held = caller.post("Verifications", &form);
    let meanwhile = async {
        caller.twilio.until_held().await;
        let (status, body) = caller.post("Verifications", &form).await;
        assert_eq!((status, &body["code"]), (429, &60212.into()));
        assert!(caller.twilio.messages().is_empty());
        caller.twilio.let_go();
    };
    let ((status, _), ()) = tokio::join!(held, meanwhile);
    assert_eq!((status, caller.twilio.messages().len()), (201, 1));
}

#[tokio::test]
async fn the_inbox_lists_messages_newest_first() {
    let caller = Caller::new();
    assert!(caller.inbox().await.contains("Nothing was sent yet"));
    caller.post("Verifications", &[("To", ADA), ("Channel", "sms"), ("CustomCode", "111111")]).await;
    caller.post("Verifications", &[("To", "+15550100"), ("Channel", "call"), ("CustomCode", "222222")]).await;
    let page = caller.inbox().await;
    let first = page.find(r#"<article data-to="+15550100" data-channel="call"><code>222222</code>"#).unwrap();
    let second = page.find(r#"<article data-to="+4915123456789" data-channel="sms"><code>111111</code>"#).unwrap();
    assert!(first < second && !page.contains("<script"));
}
