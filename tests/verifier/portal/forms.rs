//! Forms: accepted only from this portal and this session. The options of an integration.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use countenance_core::protocol::Fallback;
use countenance_verifier::{DeviceRule, EnrolmentFlow, Rules};

use super::{
    super::test_verifier::{ORIGIN, TestVerifier},
    operator::{Form, Operator, element, forms, location},
};

/// Headers that browsers send with a form of another site.
pub(super) const FOREIGN: &[&[(&str, &str)]] = &[
    &[("origin", "https://evil.example")],
    &[("origin", "null")],
    &[("origin", "http://verifier.localhost:4712")],
    &[("origin", "https://verifier.localhost:4711")],
    &[("sec-fetch-site", "cross-site")],
    &[("sec-fetch-site", "same-site")],
    &[("origin", ORIGIN), ("sec-fetch-site", "cross-site")],
];

/// A form with valid fields for every path that accepts forms of a signed-in operator.
fn all_forms(operator: &Operator<'_>) -> Vec<Form> {
    let rows: [(String, &[(&str, &str)]); 12] = [
        ("/portal/sign-out".into(), &[]),
        ("/portal/integrations/new".into(), &[("name", "New"), ("tenant_host", "new.example"), ("once", "1")]),
        (operator.path(""), &[("name", "Changed"), ("tenant_host", "new.example")]),
        (operator.path("/enabled"), &[("enabled", "off")]),
        (operator.path("/rotate"), &[("overlap", "0"), ("once", "2")]),
        (operator.path("/log-token"), &[("once", "4")]),
        (operator.path("/users/phone"), &[("user", "auth0|ada"), ("phone", "+4915123456789")]),
        (operator.path("/users/match"), &[("user", "auth0|ada"), ("cosine_min", "0.6")]),
        (operator.path("/users/unlock"), &[("user", "auth0|ada")]),
        (operator.path("/users/erase"), &[("user", "auth0|ada")]),
        (operator.path("/devices/code"), &[("life", "900"), ("once", "3")]),
        (operator.path("/devices/disable"), &[("device", "x")]),
    ];
    let form = |(action, fields): (String, &[(&str, &str)])| Form {
        action,
        fields: fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect(),
    };
    rows.into_iter().map(form).collect()
}

#[tokio::test]
async fn rejects_forms_of_other_sites_and_sessions() {
    let verifier = TestVerifier::new().await;
    let operator = Operator::new(&verifier).await;
    let other = Operator::named(&verifier, "mallory").await;
    let token = |form: Form| form.fields["form_token"].clone();
    let own = token(operator.form("/portal/integrations", "/portal/sign-out").await);
    let theirs = token(other.form("/portal/integrations", "/portal/sign-out").await);
    assert_ne!(own, theirs);
    let before = verifier.events().await;
    for form in all_forms(&operator) {
        for (case, form) in [
            ("no token", form.clone()),
            ("an empty token", form.clone().with("form_token", "")),
            ("another session's token", form.clone().with("form_token", &theirs)),
            ("the cookie as token", form.clone().with("form_token", operator.cookie.split('=').nth(1).unwrap())),
        ] {
            let reply = operator.send(&form).await;
            let found = (reply.status, reply.page());
            assert_eq!(found, (StatusCode::FORBIDDEN, "portal-forged".into()), "{}: {case}", form.action);
        }
        for headers in FOREIGN {
            let reply = operator.send_with(&form.clone().with("form_token", &own), headers).await;
            let found = (reply.status, reply.page());
            assert_eq!(found, (StatusCode::FORBIDDEN, "portal-forged".into()), "{}: {headers:?}", form.action);
        }
        let stranger = Operator::stranger(&verifier).send(&form.clone().with("form_token", &own)).await;
        assert_eq!((stranger.status, location(&stranger.headers)), (StatusCode::SEE_OTHER, "/portal/sign-in"));
        assert_eq!(verifier.events().await, before, "{} had an effect", form.action);
    }
    // The same forms with a valid token are accepted, so the token was the reason for the rejections above.
    for form in all_forms(&operator).into_iter().skip(1) {
        let reply = operator.send(&form.clone().with("form_token", &own)).await;
        assert_ne!(reply.page(), "portal-forged", "{}", form.action);
    }
}

#[tokio::test]
async fn rejects_malformed_forms() {
    let verifier = TestVerifier::new().await;
    let operator = Operator::new(&verifier).await;
    let form = operator.form(&operator.path(""), &operator.path("/enabled")).await;
    for (case, media_type, body) in [
        ("plain text", "text/plain", form.encoded()),
        ("JSON", "application/json", "{}".into()),
        ("a name twice", "application/x-www-form-urlencoded", format!("{0}&{0}", form.encoded())),
        ("too long", "application/x-www-form-urlencoded", format!("{}&x={}", form.encoded(), "x".repeat(70_000))),
        ("an unknown value", "application/x-www-form-urlencoded", form.clone().with("enabled", "maybe").encoded()),
    ] {
        let request = Request::post(&form.action)
            .header(header::COOKIE, &operator.cookie)
            .header(header::CONTENT_TYPE, media_type)
            .body(Body::from(body))
            .unwrap();
        let reply = verifier.send(request).await;
        assert_eq!((reply.status, reply.page().as_str()), (StatusCode::BAD_REQUEST, "portal-malformed"), "{case}");
    }
}

#[tokio::test]
async fn every_option_is_saved_and_shown_again() {
    let verifier = TestVerifier::new().await;
    let operator = Operator::new(&verifier).await;
    let fresh = operator.form("/portal/integrations/new", "/portal/integrations/new").await;
    assert!(fresh.fields.contains_key("enabled") && fresh.fields.contains_key("self_enrolment"), "{fresh:?}");
    assert!(!fresh.fields.contains_key("virtual_cameras"));
    assert_eq!(fresh.fields["enrolment_flow"], "", "who may enroll has no default");
    let sent = fresh
        .clone()
        .without("enabled")
        .without("self_enrolment")
        .without("enrolment_counts")
        .with("name", "Front & back <desk>")
        .with("tenant_host", "t.example")
        .with("custom_domains", "login.example\r\nsignin.example, id.example")
        .with("enrolment_flow", "email")
        .with("verification_flow", "email")
        .with("fallback", "voice")
        .with("device_rule", "code")
        .with("virtual_cameras", "on")
        .with("attempts", "3")
        .with("retention_days", "365")
        .with("codes_per_day", "4")
        .with("client_version_min", "0.2.0")
        .with("client_versions_refused", " 0.2.1, 0.10.0\r\n")
        .with("key_protection_min", "os-keystore")
        .with("kiosk_distance", "on")
        .with("policy", r#"{"liveness": {"threshold": 2.5}, "quality": {"yaw_deg": 90}}"#);
    let made = operator.send(&sent).await;
    assert_eq!((made.status, made.page().as_str()), (StatusCode::OK, "portal-secret"), "{}", made.text());
    let address = format!("/portal/integrations/{}", element(&made.text(), "integration-id"));
    let page = operator.page(&address, "portal-integration").await.text();
    assert!(page.contains("quality.yaw_deg: 90.0 is looser than this service's 20.0 and has no effect."), "{page}");
    assert!(!page.contains("liveness.threshold: 2.5 is looser"));
    assert!(page.contains("is <strong>off</strong>"));
    let shown = operator.form(&address, &address).await;
    // A new option breaks this pattern: add it here, to the form that is sent, and to the expected fields.
    let Rules {
        name: _,
        enabled: _,
        tenant_host: _,
        custom_domains: _,
        allow_self_enrolment: _,
        enrolment_counts: _,
        enrolment_flow: _,
        verification_flow: _,
        fallback: _,
        allow_virtual_cameras: _,
        device_rule: _,
        attempts: _,
        retention_days: _,
        limits: _,
        client_version_min: _,
        client_versions_refused: _,
        key_protection_min: _,
        kiosk_distance: _,
        policy: _,
    } = Rules::new("", "");
    for (field, value) in [
        ("name", "Front & back <desk>"),
        ("tenant_host", "t.example"),
        ("custom_domains", "login.example\nsignin.example\nid.example"),
        ("enrolment_flow", "email"),
        ("verification_flow", "email"),
        ("fallback", "voice"),
        ("device_rule", "code"),
        ("virtual_cameras", "on"),
        ("attempts", "3"),
        ("retention_days", "365"),
        ("codes_per_day", "4"),
        ("client_version_min", "0.2.0"),
        ("client_versions_refused", "0.2.1 0.10.0"),
        ("key_protection_min", "os-keystore"),
        ("kiosk_distance", "on"),
    ] {
        assert_eq!(shown.fields[field], value, "{field}");
    }
    assert!(!shown.fields.contains_key("enabled") && !shown.fields.contains_key("self_enrolment"));
    assert!(fresh.fields.contains_key("enrolment_counts") && !shown.fields.contains_key("enrolment_counts"));
    assert!(shown.fields["policy"].contains("2.5"));
    // The form as shown can be submitted and changes nothing.
    let reply = operator.send(&shown).await;
    assert_eq!((reply.status, location(&reply.headers)), (StatusCode::SEE_OTHER, format!("{address}?saved").as_str()));
    let again = operator.form(&address, &address).await;
    assert_eq!(again.fields, shown.fields);
}

#[tokio::test]
async fn invalid_input_is_reported_beside_its_field_and_kept_as_typed() {
    let verifier = TestVerifier::new().await;
    let operator = Operator::new(&verifier).await;
    let before = verifier.events().await;
    for (new, address) in [(true, "/portal/integrations/new".to_owned()), (false, operator.path(""))] {
        let form = operator.form(&address, &address).await.with("name", "Good").with("tenant_host", "good.example");
        let form = form.with("enrolment_flow", "operator");
        for (field, typed, words) in [
            ("name", "", "1 to 64 characters"),
            ("name", "x\u{202e}y", "1 to 64 characters"),
            ("tenant_host", "", "host name is needed"),
            ("tenant_host", "https://t.example/", "not a bare, lower-case host name: \"https://t.example/\""),
            ("tenant_host", "T.example", "not a bare, lower-case host name: \"T.example\""),
            ("custom_domains", "a.example\nb.example:1", "b.example:1"),
            ("attempts", "0", "1 to 10"),
            ("attempts", "eleven", "1 to 10"),
            ("retention_days", "36501", "1 to 36500 days"),
            ("retention_days", "-1", "1 to 36500 days"),
            ("client_version_min", "1.2", "three numbers"),
            ("client_version_min", "v1.2.3", "three numbers"),
            ("client_version_min", "0.1.0 0.2.0", "a single version"),
            ("client_versions_refused", "0.1.0 <script>", "three numbers"),
            ("client_versions_refused", &vec!["0.1.0"; 33].join(" "), "at most 32"),
            ("enrolment_flow", "pigeon", "choose who may enroll"),
            ("enrolment_flow", "", "choose who may enroll"),
            ("verification_flow", "", "choose Inline or Email"),
            ("fallback", "pigeon", "choose none"),
            ("device_rule", "all", "choose open"),
            ("key_protection_min", "enclave", "choose how"),
            ("policy", "{\"<script>\": 1}", "unknown field `&lt;script&gt;`"),
            ("policy", "{", "EOF"),
            ("policy", "[]", "by their names"),
            ("policy", r#"{"liveness": {"threshold": 1e39}}"#, "out of range"),
        ] {
            let reply = operator.send(&form.clone().with(field, typed)).await;
            assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{field} {typed:?}: {}", reply.text());
            let page = reply.text();
            assert_eq!(reply.page(), if new { "portal-new" } else { "portal-integration" });
            let error = element(&page, &format!("{field}-error"));
            let words = words.replace("&lt;", "<").replace("&gt;", ">");
            assert!(error.contains(&words), "{field} {typed:?}: {error}");
            assert!(page.contains("role=\"alert\"") && !page.contains("<script>"), "{page}");
            let shown = forms(&page).into_iter().find(|f| f.action == address).unwrap();
            let is_choice = ["enrolment_flow", "verification_flow", "fallback", "device_rule", "key_protection_min"];
            if !is_choice.contains(&field) {
                assert_eq!(shown.fields[field], typed);
            }
            let untouched = if field == "name" { "tenant_host" } else { "name" };
            assert_eq!(shown.fields[untouched], form.fields[untouched]);
        }
    }
    let entries = verifier.service.audit_tail(1000).await.unwrap();
    let entries = entries.iter().skip(before as usize);
    assert!(
        entries.clone().count() > 20 && entries.clone().all(|e| e.event == "operator_acted"),
        "an invalid form was saved"
    );
}

#[tokio::test]
async fn a_disabled_integration_is_shown_as_off() {
    let rules = Rules {
        fallback: Some(Fallback::Sms),
        device_rule: DeviceRule::Code,
        enrolment_flow: EnrolmentFlow::Email,
        ..super::super::test_verifier::rules()
    };
    let verifier = TestVerifier::with(rules).await;
    let operator = Operator::new(&verifier).await;
    let off = operator.form(&operator.path(""), &operator.path("/enabled")).await;
    assert_eq!(off.fields["enabled"], "off");
    operator.send(&off).await;
    assert!(operator.get(&operator.path("")).await.text().contains("is <strong>off</strong>"));
    assert!(operator.get("/portal/integrations").await.text().contains(">Off<"));
    let check = operator.page(&operator.path("/check"), "portal-check").await.text();
    for words in [
        "The integration is off",
        "this verifier has no Twilio service",
        "this verifier has no mail server",
        "none is registered",
        "No login has begun",
    ] {
        assert!(check.contains(words), "{words}: {check}");
    }
    let on = operator.form(&operator.path(""), &operator.path("/enabled")).await;
    operator.send(&on).await;
    let page = operator.get(&operator.path("")).await.text();
    assert!(page.contains("is <strong>on</strong>"));
    let shown = forms(&page).into_iter().find(|f| f.action == operator.path("")).unwrap();
    assert_eq!(
        (shown.fields["fallback"].as_str(), shown.fields["device_rule"].as_str()),
        ("sms", "code"),
        "the other options must be kept"
    );
}

#[tokio::test]
async fn a_stale_form_does_not_overwrite_later_changes() {
    let verifier = TestVerifier::new().await;
    let operator = Operator::new(&verifier).await;
    let address = operator.path("");
    let stale = operator.form(&address, &address).await.with("name", "Stale");
    operator.send(&operator.form(&address, &operator.path("/enabled")).await).await;
    // A rejected submission does not refresh the stale version.
    let refused = operator.send(&stale.clone().with("attempts", "0")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let again = forms(&refused.text()).into_iter().find(|f| f.action == address).unwrap().with("attempts", "5");
    for form in [stale, again] {
        let reply = operator.send(&form).await;
        assert_eq!((reply.status, reply.page().as_str()), (StatusCode::CONFLICT, "portal-integration"));
        assert!(reply.text().contains("somebody changed these options"));
        assert!(
            operator.get(&address).await.text().contains("is <strong>off</strong>"),
            "the stale form enabled the integration"
        );
        // The response keeps the input and can be submitted to overwrite the changes deliberately.
        let deliberate = forms(&reply.text()).into_iter().find(|f| f.action == address).unwrap();
        assert_eq!(deliberate.fields["name"], "Stale");
        let reply = operator.send(&deliberate).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER);
        operator.send(&operator.form(&address, &operator.path("/enabled")).await).await;
    }
}

#[tokio::test]
async fn the_setup_check_reports_recorded_events() {
    let verifier = TestVerifier::new().await;
    let operator = Operator::new(&verifier).await;
    let mut claims = verifier.start_claims();
    claims["iat"] = serde_json::json!(super::super::test_verifier::NOW + 300);
    claims["exp"] = serde_json::json!(super::super::test_verifier::NOW + 900);
    assert_eq!(verifier.start_with(&verifier.token(&claims)).await.page(), "token-not-now");
    let page = operator.page(&operator.path("/check"), "portal-check").await.text();
    assert!(
        page.contains("The last token was dated in the future") && page.contains("<code>token-not-now</code>"),
        "{page}"
    );
    claims["iat"] = serde_json::json!(super::super::test_verifier::NOW + 40);
    assert_eq!(verifier.start_with(&verifier.token(&claims)).await.page(), "landing");
    verifier.advance(1);
    let (login, outcome) = verifier.sign_in(&verifier.key()).await;
    verifier.browse(&super::super::test_verifier::return_path(&outcome), &login.cookie).await;
    let page = operator.page(&operator.path("/check"), "portal-check").await.text();
    assert!(page.contains("Since then logins have begun."), "{page}");
    assert!(page.contains("The last login came 0 seconds after it was dated."), "{page}");
    let at = "<time datetime=\"2027-01-15T08:00:01Z\">2027-01-15T08:00:01Z</time>";
    assert!(page.contains(&format!("The last login began {at}.")), "{page}");
    assert!(page.contains(&format!("The last browser went back {at}: approved.")), "{page}");
    verifier.advance(1);
    let mut verifier = verifier;
    verifier.secret = "another secret".into();
    assert_eq!(verifier.start_with(&verifier.token(&verifier.start_claims())).await.page(), "token-signature");
    let operator = Operator::named(&verifier, "second").await;
    let page = operator.page(&operator.path("/check"), "portal-check").await.text();
    assert!(page.contains("Put the secret into SESSION_SECRET again") && !page.contains("Since then"), "{page}");
}
