//! Actions that call a service, run in the engine on a scripted network: the two Actions that send codes by Twilio
//! Verify, and the behavior of `fetch` and related functions.

use std::{
    sync::{Arc, mpsc},
    time::Duration,
};

use countenance_net::{
    Net, Request,
    testing::{FnNet, Line, Outbox, response, scripted},
};
use countenance_standin::tenant::{
    Action,
    actions::{ActionError, Effects, Leg, PhoneVerdict, TIME_LIMIT, Trigger, run},
};
use serde_json::{Value, json};

use super::test_tenant::NOW;

const PROVIDER: &str = include_str!("../../packaging/auth0/actions/phone-provider-twilio-verify.js");
const MESSAGE: &str = include_str!("../../packaging/auth0/actions/send-phone-message-twilio-verify.js");
const ACCOUNT: &str = "AC00000000000000000000000000000001";
const SERVICE: &str = "VA00000000000000000000000000000002";
const SECRET_WITH_BLANKS: &str = "a secret with blanks";
const TOKEN: &str = "token-of-the-account";
const NUMBER: &str = "+4915112345678";
const CODE: &str = "270118";

fn twilio(source: &str) -> Action {
    Action::new(source)
        .secret("TWILIO_ACCOUNT", ACCOUNT)
        .secret("TWILIO_SECRET", TOKEN)
        .secret("TWILIO_SERVICE", SERVICE)
        .secret("TWILIO_BASE_URL", "https://verify.example.com")
}

fn leg(action: Action, trigger: Trigger, event: Value, line: Line) -> (Result<Effects, ActionError>, Outbox) {
    let (net, outbox) = scripted([line]);
    let host = "tenant.example.com".into();
    (run(Leg { action, trigger, event, host, now: NOW, limit: TIME_LIMIT, net: Some(net) }), outbox)
}

/// Runs both files on one message: the phone provider first, then the older `send-phone-message` Action.
fn run_both(delivery: &str, code: &str, to: &str, change: Option<(&str, &str)>, line: fn() -> Line) -> [Outcome; 2] {
    let changed = |source| match change {
        Some((name, value)) => twilio(source).secret(name, value),
        None => twilio(source),
    };
    let notification = json!({
        "notification": { "code": code, "delivery_method": delivery, "recipient": to, "message_type": "otp_verify",
                          "as_text": format!("{code} is your code"), "as_voice": code, "locale": "en" },
    });
    let kind = if delivery == "text" { "sms" } else { delivery };
    let options = json!({
        "message_options": { "action": "second-factor-authentication", "code": code, "message_type": kind, "recipient": to,
                             "text": format!("{code} is your code") },
    });
    let (provider, outbox) = leg(changed(PROVIDER), Trigger::CustomPhoneProvider, notification, line());
    let provider = provider.unwrap();
    let verdict = match provider.phone {
        None => String::new(),
        Some(PhoneVerdict::Retry(reason)) => format!("retry {reason}"),
        Some(PhoneVerdict::Drop(reason)) => format!("drop {reason}"),
    };
    let first = Outcome { verdict, console: provider.console, outbox };
    let (message, outbox) = leg(changed(MESSAGE), Trigger::SendPhoneMessage, options, line());
    let (verdict, console) = match message {
        Ok(effects) => (String::new(), effects.console),
        Err(error) => (error.to_string(), Vec::new()),
    };
    [first, Outcome { verdict, console, outbox }]
}

/// Name, Twilio's response, verdict for Auth0.
type Refusal = (&'static str, fn() -> Line, &'static str);

/// Name, delivery method, code, recipient, a changed secret, reason in the verdict for Auth0.
type Unsendable =
    (&'static str, &'static str, &'static str, &'static str, Option<(&'static str, &'static str)>, &'static str);

struct Outcome {
    verdict: String,
    console: Vec<String>,
    outbox: Outbox,
}

#[test]
fn sends_codes_to_twilio_by_text_and_by_call() {
    for (delivery, channel) in [("text", "sms"), ("voice", "call")] {
        for outcome in
            run_both(delivery, CODE, "+49 151 12345678", None, || Line::Says(201, "{\"status\":\"pending\"}"))
        {
            assert_eq!(outcome.verdict, "", "{delivery}");
            assert!(outcome.console.is_empty(), "{delivery}");
            let sent = outcome.outbox.all();
            assert_eq!(sent.len(), 1, "{delivery}");
            assert_eq!(sent[0].url, format!("https://verify.example.com/v2/Services/{SERVICE}/Verifications"));
            let field = |name| sent[0].field(name);
            assert_eq!(field("To").as_deref(), Some(NUMBER), "{delivery}");
            assert_eq!(field("Channel").as_deref(), Some(channel), "{delivery}");
            assert_eq!(field("CustomCode").as_deref(), Some(CODE), "{delivery}");
            let basic = "Basic QUMwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMTp0b2tlbi1vZi10aGUtYWNjb3VudA==";
            assert_eq!(sent[0].header("authorization"), Some(basic), "{delivery}");
            assert_eq!(sent[0].header("content-type"), Some("application/x-www-form-urlencoded"), "{delivery}");
        }
    }
}

#[test]
fn twilio_errors_are_retried_or_dropped_and_logged_without_secrets() {
    let rows: [Refusal; 11] = [
        ("busy", || Line::Later(429, 30), "retry twilio_verify_busy"),
        ("rate limit", || Line::Says(429, "{\"code\":20429}"), "retry twilio_verify_busy"),
        ("five sends", || Line::Says(429, "{\"code\":60203}"), "retry twilio_verify_sends_used_up"),
        ("down", || Line::Says(503, "<html>"), "retry twilio_verify_down"),
        ("no connection", || Line::Silence, "retry twilio_verify_unreachable"),
        ("too slow", || Line::Slow, "retry twilio_verify_timed_out"),
        ("fraud guard", || Line::Says(403, "{\"code\":60410}"), "drop twilio_verify_fraud_guard"),
        ("bad number", || Line::Says(400, "{\"code\":60200}"), "drop twilio_verify_invalid_parameter"),
        ("credentials", || Line::Says(401, "{\"code\":20003}"), "drop twilio_verify_credentials_refused"),
        ("country", || Line::Says(403, "{\"code\":60605}"), "drop twilio_verify_country_blocked"),
        ("anything else", || Line::Says(400, "{\"code\":\"+4915112345678 270118\"}"), "drop twilio_verify_refused"),
    ];
    for (name, line, verdict) in rows {
        let [provider, message] = run_both("text", CODE, NUMBER, None, line);
        assert_eq!(provider.verdict, verdict, "{name}");
        assert_eq!(message.verdict, verdict.split_once(' ').unwrap().1, "{name}: the older trigger throws");
        assert!(!provider.console.is_empty(), "{name}: the console must have an entry");
        for line in provider.console.iter().chain(&message.console).chain([&provider.verdict, &message.verdict]) {
            for secret in [CODE, NUMBER, "15112345678", TOKEN, ACCOUNT] {
                assert!(!line.contains(secret), "{name}: {line}");
            }
        }
    }
}

#[test]
fn an_invalid_message_or_setting_sends_no_request() {
    let rows: [Unsendable; 9] = [
        ("no account", "text", CODE, NUMBER, Some(("TWILIO_ACCOUNT", "")), "configuration_error"),
        ("no secret", "text", CODE, NUMBER, Some(("TWILIO_SECRET", " ")), "configuration_error"),
        (
            "a secret with a blank",
            "text",
            CODE,
            NUMBER,
            Some(("TWILIO_SECRET", SECRET_WITH_BLANKS)),
            "configuration_error",
        ),
        ("no service", "text", CODE, NUMBER, Some(("TWILIO_SERVICE", "")), "configuration_error"),
        (
            "plain HTTP",
            "text",
            CODE,
            NUMBER,
            Some(("TWILIO_BASE_URL", "http://verify.example.com")),
            "configuration_error",
        ),
        ("no code", "text", "", NUMBER, None, "no_code"),
        ("letters", "text", "abc123", NUMBER, None, "invalid_code"),
        ("no number", "text", CODE, "Ada", None, "invalid_recipient"),
        ("an unknown delivery method", "constructor", CODE, NUMBER, None, "unknown_delivery"),
    ];
    for (name, delivery, code, to, change, reason) in rows {
        let [provider, message] = run_both(delivery, code, to, change, || Line::Says(201, "{}"));
        assert_eq!(provider.verdict, format!("drop twilio_verify_{reason}"), "{name}");
        assert_eq!(message.verdict, format!("twilio_verify_{reason}"), "{name}");
        assert!(provider.outbox.all().is_empty() && message.outbox.all().is_empty(), "{name}");
    }
}

/// Runs a phone provider with this body, and this response to its request.
fn provider(body: &str, line: Line) -> (Result<Effects, ActionError>, Outbox) {
    let source = format!("exports.onExecuteCustomPhoneProvider = async (event, api) => {{ {body} }};");
    leg(Action::new(source), Trigger::CustomPhoneProvider, json!({}), line)
}

#[test]
fn provides_the_node_functions_that_actions_use() {
    for (name, body, expected) in [
        ("btoa", "console.log(btoa('a'), btoa('ab'), btoa('abc'), btoa('\\u00ff'))", "YQ== YWI= YWJj /w=="),
        ("btoa beyond Latin-1", "try { btoa('\\u20ac') } catch (e) { console.log(e.message) }", "Invalid character"),
        ("Buffer", "console.log(Buffer.from('€uro').toString('base64'))", "4oKsdXJv"),
        (
            "URLSearchParams",
            "const p = new URLSearchParams({ To: '+49', b: 'ä &=' }); p.append('c', '~*-._'); console.log(p)",
            "To=%2B49&b=%C3%A4+%26%3D&c=%7E*-._",
        ),
        (
            "fetch",
            "const r = await fetch('https://a.example/x'); console.log(r.ok, r.status, (await r.json()).a, r.headers.get('x'))",
            "true 200 1 null",
        ),
        ("cache", "api.cache.set('k', 'v'); console.log(api.cache.get('k').value, api.cache.get('l'))", "v undefined"),
        (
            "a relative URL",
            "await fetch('/x').catch((e) => console.log(e.message, e.cause.message))",
            "fetch failed fetch needs an absolute URL",
        ),
        (
            "another method",
            "await fetch('https://a.example', { method: 'PUT' }).catch((e) => console.log(e.cause.message))",
            "fetch supports only GET and POST here",
        ),
    ] {
        let (effects, _) = provider(body, Line::Says(200, "{\"a\":1}"));
        assert_eq!(effects.unwrap().console, [expected], "{name}");
    }
    let (effects, _) = provider(
        "const r = await fetch('https://a.example/x'); console.log(r.ok, r.status, r.headers.get('Retry-After'))",
        Line::Later(429, 30),
    );
    assert_eq!(effects.unwrap().console, ["false 429 30"]);
}

#[test]
fn fetch_fails_without_a_network() {
    let source = "exports.onExecuteCustomPhoneProvider = async (event, api) => { await fetch('https://a.example'); };";
    let (action, event) = (Action::new(source), json!({}));
    let trigger = Trigger::CustomPhoneProvider;
    let leg = Leg { action, trigger, event, host: String::new(), now: NOW, limit: TIME_LIMIT, net: None };
    assert_eq!(run(leg).unwrap_err().to_string(), "fetch failed");
}

#[test]
fn the_last_verdict_applies_and_reasons_have_a_length_limit() {
    let (effects, _) = provider("api.notification.retry('a'); api.notification.drop('b')", Line::Silence);
    assert_eq!(effects.unwrap().phone, Some(PhoneVerdict::Drop("b".into())));
    let (effects, _) = provider("api.notification.drop('x'.repeat(1025))", Line::Silence);
    assert_eq!(effects.unwrap_err().to_string(), "The reason must have at most 1024 characters");
}

/// A network that answers after this time.
fn stalling(time: Duration) -> Arc<dyn Net> {
    Arc::new(FnNet(move |_: &Request| {
        let (_sender, nothing) = mpsc::channel::<()>();
        // Nothing is sent, so this waits for the full time. The sender must stay alive, or it would return at once.
        nothing.recv_timeout(time).unwrap_err();
        Ok(response(200, ""))
    }))
}

#[test]
fn network_time_counts_toward_the_time_limit() {
    let source =
        "exports.onExecuteCustomPhoneProvider = async () => { await fetch('https://a.example').catch(() => {}); };";
    let stall = Duration::from_millis(200);
    for (name, limit, times_out) in [("within the limit", TIME_LIMIT, false), ("over the limit", stall / 2, true)] {
        let (action, event, host) = (Action::new(source), json!({}), String::new());
        let (trigger, net) = (Trigger::CustomPhoneProvider, stalling(stall));
        let ran = run(Leg { action, trigger, event, host, now: NOW, limit, net: Some(net) });
        assert_eq!(matches!(ran, Err(ActionError::TimedOut)), times_out, "{name}");
    }
}
