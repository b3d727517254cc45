//! Allowing another device, and what a device that is not allowed shows, over HTTP.

use countenance_client::{
    flow::{FlowError, FlowOutcome, Remedy},
    headless::Script,
    session::{ApprovalApi, ApprovalError, HttpApprovals, approvals::find},
};
use countenance_core::{
    protocol::{ApprovalCode, ApprovalRequest, ApprovedDevice, Display},
    testing::json::grown,
};
use serde_json::{Value, json as value};

use super::*;

const DEVICE: &str = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";

fn code() -> ApprovalCode {
    "abcd efgh".parse().unwrap()
}

fn request() -> ApprovalRequest {
    let display = Display {
        application: "Payroll".into(),
        tenant: "tenant.example".into(),
        account: "a•••@example.com".into(),
        started_at: NOW - 30,
    };
    let device_name = "countenance 0.1.0".into();
    ApprovalRequest { display, device_id: DEVICE.into(), device_name, requested_at: NOW - 10 }
}

fn refused() -> Play {
    problem(403, &ProblemKind::ApprovalRefused.uri(), "")
}

/// Looks the code up at a verifier that answers so.
fn look_up(play: Play) -> Result<ApprovalRequest, SessionError> {
    let (verifier, env) = (Scripted::new([play]), ClientEnv::new());
    HttpApprovals::new(env.session(), verifier.origin()).look_up(&code())
}

#[test]
fn a_device_is_looked_up_and_allowed_with_this_devices_signature() {
    let approved = ApprovedDevice { device_id: DEVICE.into() };
    // Answers may be lost: the same call again, with a proof of its own.
    let plays = [Play::Dies, json(&request()), json(&grown(&value!(request()))), Play::Dies, json(&approved)];
    let (verifier, env) = (Scripted::new(plays), ClientEnv::new());
    let approvals = HttpApprovals::new(env.session(), verifier.origin());
    for _ in 0..2 {
        assert_eq!(approvals.look_up(&code()).unwrap(), request());
    }
    approvals.approve(&code(), DEVICE).unwrap();
    let seen = verifier.seen();
    let paths: Vec<_> = seen.iter().map(|seen| seen.path.as_str()).collect();
    let (lookup, approve) = ("/v1/bindings/lookup", "/v1/bindings/approve");
    assert_eq!(paths, [lookup, lookup, lookup, approve, approve]);
    let mut proofs = std::collections::BTreeSet::new();
    for seen in &seen {
        let body: Value = serde_json::from_slice(&seen.body).unwrap();
        assert_eq!(body["code"], "ABCD-EFGH");
        assert!(body["version"].is_string(), "{body}");
        assert_eq!(body.get("device_id"), (seen.path == approve).then(|| value!(DEVICE)).as_ref());
        proofs.insert(authenticated(&verifier.origin(), seen).jti);
    }
    assert_eq!(proofs.len(), 5, "no proof twice");
}

#[test]
fn each_refusal_is_an_error_of_its_own() {
    let kind = |kind: ProblemKind| problem(kind.status(), &kind.uri(), "");
    let later = json(&value!({ "crit": ["face"], "face": true, "display": request().display, "device_id": DEVICE,
                               "device_name": "", "requested_at": NOW }));
    let rows: [(&str, Play, ErrorCheck); 6] = [
        ("refused", refused(), |e| matches!(e, SessionError::ApprovalRefused)),
        ("an old verifier", problem(404, "about:blank", ""), |e| matches!(e, SessionError::NotSupported)),
        ("too old", kind(ProblemKind::ClientTooOld), |e| matches!(e, SessionError::ClientTooOld)),
        ("proof refused", kind(ProblemKind::ProofRejected), |e| matches!(e, SessionError::ProofRejected)),
        ("too many", problem(429, &ProblemKind::TooManyRequests.uri(), "Retry-After: 3600\r\n"), |e| {
            matches!(e, SessionError::TooManyRequests { .. })
        }),
        ("needs more than this client knows", later, |e| matches!(e, SessionError::NeedsUpdate { .. })),
    ];
    for (name, play, is_expected) in rows {
        let error = look_up(play).unwrap_err();
        assert!(is_expected(&error), "{name}: {error:?}");
        assert!(!format!("{error:?} {error}").contains("ABCD"), "{name}");
    }
}

#[test]
fn what_cannot_be_shown_is_not_shown() {
    type Change = fn(&mut ApprovalRequest);
    let rows: [(Change, ApprovalError); 7] = [
        (|r| r.display.application = " ".into(), ApprovalError::Unshowable("application")),
        (|r| r.display.tenant.push('\n'), ApprovalError::Unshowable("tenant")),
        (|r| r.display.account.push('\u{202e}'), ApprovalError::Unshowable("account")),
        (|r| r.device_name.push_str("\u{1b}[2J"), ApprovalError::Unshowable("device's name")),
        (|r| r.device_name = "x".repeat(129), ApprovalError::Unshowable("device's name")),
        (|r| r.device_id.push('A'), ApprovalError::Thumbprint),
        (|r| r.device_id = "\u{1b}[2J".into(), ApprovalError::Thumbprint),
    ];
    for (change, expected) in rows {
        let mut request = request();
        change(&mut request);
        match look_up(json(&request)) {
            Err(SessionError::BadApproval(error)) => assert_eq!(error, expected),
            other => panic!("{expected:?}: {other:?}"),
        }
    }
    assert!(look_up(json(&ApprovalRequest { device_name: String::new(), ..request() })).is_ok(), "no name");

    let other = ApprovedDevice { device_id: "another".into() };
    let (verifier, env) = (Scripted::new([json(&other)]), ClientEnv::new());
    let error = HttpApprovals::new(env.session(), verifier.origin()).approve(&code(), DEVICE).unwrap_err();
    assert!(matches!(error, SessionError::BadApproval(ApprovalError::OtherDevice)), "{error:?}");
}

#[test]
fn the_verifier_that_knows_the_code_is_found() {
    let env = ClientEnv::new();
    let found = |plays: Vec<Play>| {
        let verifiers: Vec<_> = plays.into_iter().map(|play| Scripted::new([play])).collect();
        let apis = verifiers.iter().map(|verifier| -> Box<dyn ApprovalApi + '_> {
            Box::new(HttpApprovals::new(env.session(), verifier.origin()))
        });
        let found = find(apis, &code()).map(|(_, request)| request);
        (found, verifiers.iter().map(|verifier| verifier.seen().len()).collect::<Vec<_>>())
    };
    let gone = || problem(404, "about:blank", "");
    assert_eq!(found(vec![refused(), json(&request()), refused()]).1, [1, 1, 0], "the third is not asked");
    assert_eq!(found(vec![gone(), json(&request())]).0.unwrap(), request(), "another one may be out of order");
    assert!(matches!(found(vec![refused(), refused()]).0, Err(SessionError::ApprovalRefused)));
    assert!(matches!(found(vec![gone(), refused()]).0, Err(SessionError::NotSupported)), "it may be that one's code");
    assert!(matches!(found(vec![]).0, Err(SessionError::ApprovalRefused)));
}

/// The problem `device-not-bound` with this member `approval`.
fn not_bound(approval: &Value) -> Play {
    let kind = ProblemKind::DeviceNotBound;
    let mut body = value!({ "type": kind.uri(), "title": "No.", "status": kind.status() });
    if !approval.is_null() {
        body["approval"] = approval.clone();
    }
    let body = body.to_string();
    Play::Response { status: 403, media_type: "application/problem+json", headers: String::new(), body }
}

/// The line of a headless run that ends with this error.
fn line(error: SessionError) -> Value {
    let mut out = Vec::new();
    let ended: Result<FlowOutcome, _> = Err(FlowError::Session(error));
    Script::new(&mut out, 0, None).ended(&ended);
    serde_json::from_slice(&out).unwrap()
}

#[test]
fn a_device_that_is_not_allowed_learns_its_code_from_a_verifier_that_has_one() {
    let offer = value!({ "code": "ABCD-EFGH", "expires_in": 540 });
    for (case, approval) in [("as sent", offer.clone()), ("of a later version", grown(&offer))] {
        let (opened, _, _) = open([not_bound(&approval)]);
        let error = FlowError::from(opened.unwrap_err());
        assert_eq!(error.remedy(), Remedy::ApproveDevice, "{case}");
        let found = error.approval().unwrap();
        assert_eq!((found.code.as_str(), found.expires_in), ("ABCD-EFGH", 540), "{case}");
        assert!(!format!("{error:?} {error}").contains("ABCD"), "{case}: not in a log");
        let FlowError::Session(error) = error else { panic!("{case}") };
        let line = line(error);
        assert_eq!((&line["event"], &line["approval"]), (&value!("failed"), &offer), "{case}");
        assert!(line["remedy"].as_str().unwrap().contains("countenance device approve"), "{line}");
    }
    for (case, approval) in [
        ("an older verifier", Value::Null),
        ("no code", value!({ "expires_in": 540 })),
        ("a longer code", value!({ "code": "ABCD-EFGH-JKMN", "expires_in": 540 })),
        ("another lifetime", value!({ "code": "ABCD-EFGH", "expires_in": "soon" })),
        ("another form", value!("ABCD-EFGH")),
    ] {
        let (opened, _, _) = open([not_bound(&approval)]);
        let error = opened.unwrap_err();
        assert!(matches!(error, SessionError::DeviceNotBound { approval: None }), "{case}: {error:?}");
        let line = line(error);
        let remedy = "approve this device, by the mailed link or through your administrator, then open the link again";
        assert_eq!((line.get("approval"), &line["remedy"]), (None, &value!(remedy)), "{case}");
    }
}
