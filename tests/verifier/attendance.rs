//! Attended enrollment: what a supervisor's number and PIN open, and what nothing else does.

use axum::http::{StatusCode, header};
use countenance_attest::DeviceKey;
use countenance_core::protocol::{
    Attend, Attended, Outcome, Pin, ProblemKind, Purpose, Reason, SupervisorNumber, Ticket,
};
use countenance_verifier::{ConnectionLimits, EnrolmentFlow, RateLimits, Rules};
use serde_json::json;

use super::{
    heartbeat::kiosk_named,
    portal::operator::{Operator, location},
    return_handle::returned_claims,
    test_verifier::*,
};

const WRONG: &str = "00000000";

/// A verifier where a supervisor has to confirm enrollments, with a kiosk and an enrollment that it has opened.
struct Attending {
    verifier: TestVerifier,
    kiosk: DeviceKey,
    login: Login,
    ticket: Ticket,
    /// Of the supervisor 4711.
    pin: Pin,
}

fn number(text: &str) -> SupervisorNumber {
    text.parse().unwrap()
}

fn attended() -> Rules {
    Rules { enrolment_flow: EnrolmentFlow::Attended, ..rules() }
}

impl Attending {
    async fn new() -> Self {
        Self::at(TestVerifier::with(attended()).await).await
    }

    async fn at(verifier: TestVerifier) -> Self {
        let pin = supervisor(&verifier, "4711").await;
        let kiosk = kiosk_named(&verifier, "Lobby").await;
        let (login, ticket) = opened(&verifier, &kiosk).await;
        Self { verifier, kiosk, login, ticket, pin }
    }

    async fn attend(&self, number: &str, pin: &str) -> Reply {
        attend(&self.verifier, &self.kiosk, &self.ticket.session_id, number, pin).await
    }

    /// Posts a capture that names this supervisor.
    async fn capture(&self, attended_by: Option<&str>) -> Reply {
        capture(&self.verifier, &self.kiosk, &self.ticket, attended_by).await
    }

    async fn events(&self, event: &str) -> Vec<String> {
        let events = self.verifier.service.audit_tail(1000).await.unwrap();
        events.into_iter().filter(|entry| entry.event == event).map(|entry| entry.detail).collect()
    }
}

async fn supervisor(verifier: &TestVerifier, digits: &str) -> Pin {
    verifier.service.add_supervisor(&verifier.integration, &number(digits), "Grace", None).await.unwrap()
}

async fn opened(verifier: &TestVerifier, kiosk: &DeviceKey) -> (Login, Ticket) {
    let login = verifier.start().await;
    let ticket = verifier.try_open(kiosk, &login).await.json();
    (login, ticket)
}

async fn attend(verifier: &TestVerifier, key: &DeviceKey, session: &str, number: &str, pin: &str) -> Reply {
    let body = json!({ "number": number, "pin": pin });
    verifier.call_json(key, &format!("/v1/sessions/{session}/attendance"), &body).await
}

async fn capture(verifier: &TestVerifier, key: &DeviceKey, ticket: &Ticket, attended_by: Option<&str>) -> Reply {
    let sample = png();
    let mut claims = verifier.claims(key, ticket, &sample);
    claims.attended_by = attended_by.map(number);
    verifier.post(key, &ticket.session_id, &TestVerifier::sign(key, &claims), &sample).await
}

fn is_refused(reply: &Reply) -> bool {
    reply.status == StatusCode::FORBIDDEN && reply.problem().0 == ProblemKind::AttendanceRefused
}

fn wait_of(reply: &Reply) -> Option<&str> {
    reply.headers.get(header::RETRY_AFTER).map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_supervisor_opens_an_enrollment_and_everything_says_by_whom() {
    let it = Attending::new().await;
    assert!(it.ticket.attendance && it.ticket.purpose == Purpose::Enroll);
    assert_eq!(it.ticket.crit, ["attendance"], "a client that cannot ask for a supervisor refuses the ticket");
    assert_eq!(it.capture(None).await.problem().0, ProblemKind::AttendanceRequired, "not before");
    let confirmed: Attended = it.attend("4711", it.pin.as_str()).await.json();
    assert_eq!(confirmed.attended_by, number("4711"));
    let again: Attended = it.attend("4711", it.pin.as_str()).await.json();
    assert_eq!(again, confirmed, "an answer that was lost is given again");
    let outcome: Outcome = it.capture(Some("4711")).await.json();
    assert!(matches!(outcome, Outcome::Approved { .. }), "{outcome:?}");
    it.verifier.go_back(&it.login, &outcome).await;

    assert_eq!(it.events("enrollment_attended").await, ["4711", "4711"]);
    assert_eq!(it.events("enrolled").await, ["4711"]);
    let operator = Operator::new(&it.verifier).await;
    let consent = operator.page(&operator.path("/users/consent?user=auth0%7Cada"), "portal-consent").await.text();
    assert!(consent.contains("Attended by") && consent.contains("Grace") && consent.contains("4711"), "{consent}");
    let page = operator.page(&operator.path("/supervisors"), "portal-supervisors").await.text();
    assert!(page.contains("data-head=\"Enrollments attended\">1<"), "{page}");

    // From now on the face is compared, with which a supervisor has nothing to do.
    let (_, ticket) = opened(&it.verifier, &it.kiosk).await;
    assert!(!ticket.attendance && ticket.crit.is_empty() && ticket.purpose == Purpose::Verify);
    let refused = attend(&it.verifier, &it.kiosk, &ticket.session_id, "4711", it.pin.as_str()).await;
    assert_eq!(refused.problem().0, ProblemKind::BadRequest);
    assert!(matches!(capture(&it.verifier, &it.kiosk, &ticket, None).await.json(), Outcome::Approved { .. }));
}

/// Each row: who is presented, and what happened before. All are refused alike, and none opens anything.
#[tokio::test]
async fn whatever_is_wrong_is_refused_alike() {
    let it = Attending::new().await;
    let service = &it.verifier.service;
    let own = Some(SUB);
    let ada = service.add_supervisor(&it.verifier.integration, &number("1815"), "Ada", own).await.unwrap();
    let (elsewhere, _) = service.add_integration(attended()).await.unwrap();
    let other = service.add_supervisor(&elsewhere, &number("5000"), "Elsewhere", None).await.unwrap();
    let gone = supervisor(&it.verifier, "6000").await;
    let operator = Operator::new(&it.verifier).await;
    let supervisors = operator.path("/supervisors");
    let form = operator.form(&supervisors, &format!("{supervisors}/retire")).await.with("number", "6000");
    assert_eq!(location(&operator.send(&form).await.headers), supervisors);
    for (case, digits, pin) in [
        ("a wrong PIN", "4711", WRONG),
        ("another's PIN", "4711", ada.as_str()),
        ("an unknown number", "9999", it.pin.as_str()),
        ("another integration's supervisor", "5000", other.as_str()),
        ("one who is retired", "6000", gone.as_str()),
        ("to themselves", "1815", ada.as_str()),
    ] {
        let reply = it.attend(digits, pin).await;
        assert!(is_refused(&reply), "{case}: {}", reply.text());
        assert_eq!(wait_of(&reply), None, "{case}");
        assert_eq!(it.capture(Some(digits)).await.problem().0, ProblemKind::AttendanceRequired, "{case}");
    }
    assert_eq!(
        it.events("attendance_refused").await,
        ["4711", "4711", "", "", "6000", "1815"],
        "what no supervisor has may be a PIN in the wrong field"
    );
    it.verifier.advance(60);
    for (case, body) in [
        ("no number", json!({ "pin": it.pin })),
        ("letters", json!({ "number": "47a1", "pin": it.pin })),
        ("a short PIN", json!({ "number": "4711", "pin": "12345" })),
        ("a long PIN", json!({ "number": "4711", "pin": "1234567890123" })),
    ] {
        let path = format!("/v1/sessions/{}/attendance", it.ticket.session_id);
        let reply = it.verifier.call_json(&it.kiosk, &path, &body).await;
        assert_eq!(reply.problem().0, ProblemKind::BadRequest, "{case}");
    }
    let confirmed: Attended = it.attend("4711", it.pin.as_str()).await.json();
    assert_eq!(confirmed.attended_by, number("4711"), "two wrong ones cost no wait");
}

#[tokio::test]
async fn a_confirmation_is_for_one_session_of_one_kiosk_before_its_end() {
    let it = Attending::new().await;
    let (_, other) = opened(&it.verifier, &it.kiosk).await;
    it.attend("4711", it.pin.as_str()).await.json::<Attended>();
    let second = capture(&it.verifier, &it.kiosk, &other, Some("4711")).await;
    assert_eq!(second.problem().0, ProblemKind::AttendanceRequired, "another session of the same account");

    let stranger = kiosk_named(&it.verifier, "Elsewhere").await;
    let reply = attend(&it.verifier, &stranger, &it.ticket.session_id, "4711", it.pin.as_str()).await;
    assert_eq!(reply.problem().0, ProblemKind::BoundToOtherDevice);
    let own = it.verifier.key();
    let reply = attend(&it.verifier, &own, &it.ticket.session_id, "4711", it.pin.as_str()).await;
    assert_eq!(reply.problem().0, ProblemKind::DeviceUnknown);

    let body = serde_json::to_vec(&Attend { number: number("4711"), pin: it.pin.clone() }).unwrap();
    let path = format!("/v1/sessions/{}/attendance", it.ticket.session_id);
    let request = || it.verifier.request(&it.kiosk, &path, "application/json", body.clone());
    let proof = request().headers()["countenance-proof"].clone();
    for expected in [StatusCode::OK, StatusCode::UNAUTHORIZED] {
        let mut replayed = request();
        replayed.headers_mut().insert("countenance-proof", proof.clone());
        assert_eq!(it.verifier.send(replayed).await.status, expected);
    }

    let outcome: Outcome = it.capture(Some("4711")).await.json();
    assert!(matches!(outcome, Outcome::Approved { .. }));
    let late = it.attend("4711", it.pin.as_str()).await;
    assert_eq!(late.problem().0, ProblemKind::SessionOver, "after the capture");
    it.verifier.advance(3_600);
    let late = attend(&it.verifier, &it.kiosk, &other.session_id, "4711", it.pin.as_str()).await;
    assert_eq!(late.problem().0, ProblemKind::Expired);
}

/// The attestation must name the supervisor whom the session has, and no other.
#[tokio::test]
async fn the_signed_capture_names_the_supervisor() {
    let it = Attending::new().await;
    supervisor(&it.verifier, "1234").await;
    it.attend("4711", it.pin.as_str()).await.json::<Attended>();
    for (case, named, expected) in [
        ("nobody", None, ProblemKind::AttendanceRequired),
        ("another supervisor", Some("1234"), ProblemKind::AttestationRejected),
    ] {
        assert_eq!(it.capture(named).await.problem().0, expected, "{case}");
    }
    let pin = supervisor(&it.verifier, "1234").await;
    it.attend("1234", pin.as_str()).await.json::<Attended>();
    assert_eq!(it.capture(Some("4711")).await.problem().0, ProblemKind::AttestationRejected, "the latest counts");
    assert!(matches!(it.capture(Some("1234")).await.json(), Outcome::Approved { .. }));

    let inline = TestVerifier::new().await;
    let key = inline.key();
    let ticket = inline.open(&key, &inline.start().await).await;
    assert!(!ticket.attendance && ticket.crit.is_empty());
    let refused = capture(&inline, &key, &ticket, Some("4711")).await;
    assert_eq!(refused.problem().0, ProblemKind::AttestationRejected, "nobody attends where nobody is asked to");
}

/// What has changed by the time when the browser returns.
#[tokio::test]
async fn a_confirmation_is_looked_at_again_when_the_browser_returns() {
    for (case, retires, is_kept) in [("nothing", false, true), ("the supervisor was retired", true, false)] {
        let it = Attending::new().await;
        it.attend("4711", it.pin.as_str()).await.json::<Attended>();
        let outcome: Outcome = it.capture(Some("4711")).await.json();
        if retires {
            let operator = Operator::new(&it.verifier).await;
            let supervisors = operator.path("/supervisors");
            let form = operator.form(&supervisors, &format!("{supervisors}/retire")).await.with("number", "4711");
            operator.send(&form).await;
        }
        let returned = it.verifier.browse(&return_path(&outcome), &it.login.cookie).await;
        let claims = returned_claims(&it.verifier, &returned);
        assert_eq!(claims["result"] == json!("approved"), is_kept, "{case}");
        assert_eq!(claims["reason"] == json!(Reason::NotEnrolled.name()), !is_kept, "{case}: {claims}");
    }
}

#[tokio::test]
async fn wrong_pins_wait_longer_each_time_and_then_lock() {
    let mut it = Attending::new().await;
    for (tried, wait) in (1..).zip([None, None, Some("30"), Some("60"), Some("120"), Some("240"), Some("480")]) {
        let reply = it.attend("4711", WRONG).await;
        assert!(is_refused(&reply) && wait_of(&reply) == wait, "{tried}: {:?}", wait_of(&reply));
        let Some(secs) = wait.map(|secs| secs.parse::<i64>().unwrap()) else { continue };
        let early = it.attend("4711", it.pin.as_str()).await;
        assert!(is_refused(&early) && wait_of(&early) == wait, "{tried}: not even the right one is compared");
        it.verifier.advance(secs);
        // Sessions are shorter than all of these waits together.
        (it.login, it.ticket) = opened(&it.verifier, &it.kiosk).await;
    }
    let confirmed: Attended = it.attend("4711", it.pin.as_str()).await.json();
    assert_eq!(confirmed.attended_by, number("4711"), "the count was not used up, and begins anew");
    assert_eq!(wait_of(&it.attend("4711", WRONG).await), None);
    for _ in 0..9 {
        it.attend("4711", WRONG).await;
        it.verifier.advance(900);
        (it.login, it.ticket) = opened(&it.verifier, &it.kiosk).await;
    }
    assert_eq!(it.events("supervisor_locked").await, ["4711"]);
    let locked = it.attend("4711", it.pin.as_str()).await;
    assert!(is_refused(&locked) && wait_of(&locked).is_none(), "no time ends it");

    let operator = Operator::new(&it.verifier).await;
    let supervisors = operator.path("/supervisors");
    let page = operator.page(&supervisors, "portal-supervisors").await.text();
    assert!(page.contains("Locked") && page.contains("10 wrong PINs in a row"), "{page}");
    let form = operator.form(&supervisors, &format!("{supervisors}/unlock")).await;
    operator.send(&form).await;
    it.attend("4711", it.pin.as_str()).await.json::<Attended>();
    assert_eq!(it.events("supervisor_unlocked").await, ["4711"]);
}

#[tokio::test]
async fn one_kiosk_cannot_try_many_numbers() {
    let verifier = TestVerifier::with_connections(ConnectionLimits::default()).await;
    verifier.service.change_rules(&verifier.integration, attended()).await.unwrap();
    let it = Attending::at(verifier).await;
    let burst = RateLimits::default().attendance.burst;
    for tried in 0..burst {
        assert!(is_refused(&it.attend(&format!("{}", 1000 + tried), WRONG).await), "{tried}");
    }
    let limited = it.attend("4711", it.pin.as_str()).await;
    assert_eq!(limited.problem().0, ProblemKind::TooManyRequests);
    let seconds: i64 = wait_of(&limited).unwrap().parse().unwrap();
    it.verifier.advance(seconds);
    it.attend("4711", it.pin.as_str()).await.json::<Attended>();
}

#[tokio::test]
async fn a_supervisor_is_added_once_and_gets_new_pins() {
    let verifier = TestVerifier::with(attended()).await;
    let operator = Operator::new(&verifier).await;
    let supervisors = operator.path("/supervisors");
    let check = operator.page(&operator.path("/check"), "portal-check").await.text();
    assert!(check.contains("Add one under Supervisors"), "{check}");
    let form = operator.form(&supervisors, &supervisors).await;
    for (case, digits, name, user) in [
        ("a short number", "471", "Grace", ""),
        ("letters", "47x1", "Grace", ""),
        ("no name", "4711", "", ""),
        ("a name of two lines", "4711", "a\nb", ""),
        ("an account of two lines", "4711", "Grace", "a\nb"),
    ] {
        let reply = operator.send(&form.clone().with("number", digits).with("name", name).with("user", user)).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{case}: {}", reply.text());
        assert!(reply.text().contains("aria-invalid=\"true\""), "{case}");
    }
    let form = form.with("number", "4711").with("name", "Grace <b>").with("user", "auth0|grace");
    let made = operator.send(&form).await;
    assert_eq!(made.page(), "portal-supervisor-pin", "{}", made.text());
    let pin = shown_pin(&made.text());
    assert_eq!(operator.send(&form).await.page(), "portal-sent-before", "the PIN is not shown again");
    let again = operator.form(&supervisors, &supervisors).await.with("number", "4711").with("name", "Ida");
    assert_eq!(operator.send(&again).await.status, StatusCode::UNPROCESSABLE_ENTITY, "the number is taken");
    let page = operator.page(&supervisors, "portal-supervisors").await.text();
    assert!(page.contains("Grace &lt;b&gt;") && page.contains("auth0|grace") && !page.contains(&pin), "{page}");

    let kiosk = kiosk_named(&verifier, "Lobby").await;
    let (_, ticket) = opened(&verifier, &kiosk).await;
    attend(&verifier, &kiosk, &ticket.session_id, "4711", &pin).await.json::<Attended>();
    let renew = operator.form(&supervisors, &format!("{supervisors}/pin")).await;
    let renewed = shown_pin(&operator.send(&renew).await.text());
    assert!(is_refused(&attend(&verifier, &kiosk, &ticket.session_id, "4711", &pin).await), "the old PIN");
    attend(&verifier, &kiosk, &ticket.session_id, "4711", &renewed).await.json::<Attended>();
    let retire = operator.form(&supervisors, &format!("{supervisors}/retire")).await;
    operator.send(&retire).await;
    assert_eq!(operator.send(&retire).await.status, StatusCode::NOT_FOUND, "retired before");
    let error = verifier.service.add_supervisor(&verifier.integration, &number("4711"), "Ida", None).await.unwrap_err();
    assert!(error.to_string().contains("retired"), "{error}");
}

fn shown_pin(page: &str) -> String {
    let (_, rest) = page.split_once("id=\"supervisor-pin\">").expect(page);
    rest.split('<').next().unwrap().to_owned()
}
