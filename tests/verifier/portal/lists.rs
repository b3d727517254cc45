//! Lists of users, sessions and audit entries, and their exports.

use axum::http::StatusCode;
use countenance_verifier::Rules;
use serde_json::json;

use super::{
    super::test_verifier::{NOW, Sees, TestVerifier, return_path, rules},
    operator::{Operator, location},
};

const EVIL: &str = "<script>alert('x')</script>";

#[tokio::test]
async fn foreign_markup_is_escaped_on_every_page() {
    let verifier = TestVerifier::with(Rules { name: format!("{EVIL}&\""), ..rules() }).await;
    let operator = Operator::new(&verifier).await;
    let mut claims = verifier.start_claims();
    for (name, value) in [("sub", EVIL), ("client_name", EVIL), ("email", "<b>@<img src=x>")] {
        claims[name] = json!(value);
    }
    assert_eq!(verifier.start_with(&verifier.token(&claims)).await.page(), "landing");
    let user: String = url::form_urlencoded::byte_serialize(EVIL.as_bytes()).collect();
    for path in [
        "/portal/integrations".to_owned(),
        operator.path(""),
        operator.path("/check"),
        operator.path("/users"),
        operator.path(&format!("/users?q={user}")),
        operator.path(&format!("/users?after={user}")),
        operator.path(&format!("/users/erase?user={user}")),
        operator.path(&format!("/users/devices?user={user}")),
        operator.path(&format!("/users/phone?user={user}")),
        operator.path(&format!("/users/match?user={user}")),
        operator.path("/devices"),
        "/portal/sessions".into(),
        format!("/portal/sessions?reason={user}&since={user}&stage={user}&integration={user}"),
        "/portal/audit".into(),
        format!("/portal/audit?subject={user}&account={user}&from={user}&to={user}&event={user}"),
    ] {
        let reply = operator.get(&path).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}");
        let page = reply.text();
        for markup in ["<script", "<img", "<b>"] {
            assert!(!page.contains(markup), "{path}: {page}");
        }
    }
    let users = operator.get(&operator.path("/users")).await.text();
    assert!(users.contains("&lt;script&gt;alert('x')"), "{users}");
}

#[tokio::test]
async fn users_are_found_unlocked_and_erased() {
    let verifier = TestVerifier::new().await;
    let operator = Operator::new(&verifier).await;
    for n in 0..60 {
        let mut claims = verifier.start_claims();
        claims["sub"] = json!(format!("auth0|user-{n:02}"));
        verifier.start_with(&verifier.token(&claims)).await;
    }
    verifier.enroll(&verifier.key()).await;
    let rows = |page: &str| page.matches("<th scope=\"row\"").count();
    let base = operator.path("/users");
    let first = operator.page(&base, "portal-users").await.text();
    assert_eq!(rows(&first), 50);
    let next = first.split("<a href=\"").find(|a| a.contains("rel=\"next\"")).unwrap().split('"').next().unwrap();
    let second = operator.page(&next.replace("&amp;", "&"), "portal-users").await.text();
    assert_eq!(rows(&second), 11);
    assert!(!second.contains("rel=\"next\"") && second.contains("auth0|user-59"));
    let found = operator.get(&format!("{base}?q=auth0%7Cuser-1")).await.text();
    assert_eq!(rows(&found), 10);
    let ada = operator.get(&format!("{base}?q=auth0%7Cada")).await.text();
    assert_eq!(rows(&ada), 1);
    // One capture counts as both the enrollment and the last verification.
    assert_eq!(ada.matches("<time datetime=\"2027-01-15T08:00:00Z\">").count(), 2, "{ada}");
    assert_eq!(rows(&operator.get(&format!("{base}?q=%25")).await.text()), 0, "the search must not support wildcards");

    verifier.sees(Sees::Bob);
    let login = verifier.start().await;
    let key = verifier.key();
    let ticket = verifier.open(&key, &login).await;
    verifier.capture(&key, &ticket).await;
    let ada = operator.get(&format!("{base}?q=auth0%7Cada")).await.text();
    assert!(ada.contains(">Unlock<") && ada.contains(">1<"), "{ada}");
    let unlock = operator.form(&format!("{base}?q=auth0%7Cada"), &format!("{base}/unlock")).await;
    assert_eq!(location(&operator.send(&unlock).await.headers), format!("{base}?q=auth0%7Cada"));
    assert!(!operator.get(&format!("{base}?q=auth0%7Cada")).await.text().contains(">Unlock<"));
    assert_eq!(operator.send(&unlock.clone().with("user", "nobody")).await.status, StatusCode::NOT_FOUND);

    let address = format!("{base}/phone?user=auth0%7Cada");
    let phone = operator.form(&address, &format!("{base}/phone")).await;
    let wrong = operator.send(&phone.clone().with("phone", "0151 <b>")).await;
    assert_eq!((wrong.status, wrong.page().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "portal-phone"));
    assert!(wrong.text().contains("value=\"0151 &lt;b&gt;\"") && wrong.text().contains("role=\"alert\""));
    operator.send(&phone.clone().with("phone", "+49 151 234567-89")).await;
    for path in [&base, &address] {
        let page = operator.get(path).await.text();
        assert!(page.contains("•••89") && !page.contains("15123456789"), "{page}");
    }
    operator.send(&phone.clone().with("phone", "")).await;
    assert!(operator.get(&address).await.text().contains("None is set."));
    assert_eq!(operator.send(&phone.clone().with("user", "nobody")).await.status, StatusCode::NOT_FOUND);

    let address = format!("{base}/match?user=auth0%7Cada");
    let threshold = operator.form(&address, &format!("{base}/match")).await;
    for typed in ["0.42", "0.99", "NaN", "<b>"] {
        let wrong = operator.send(&threshold.clone().with("cosine_min", typed)).await;
        assert_eq!(
            (wrong.status, wrong.page().as_str()),
            (StatusCode::UNPROCESSABLE_ENTITY, "portal-match"),
            "{typed}"
        );
        assert!(wrong.text().contains("role=\"alert\"") && !wrong.text().contains("<b>"), "{typed}");
    }
    assert!(operator.get(&base).await.text().contains("as the integration"));
    let saved = operator.send(&threshold.clone().with("cosine_min", "0.62")).await;
    assert_eq!(location(&saved.headers), format!("{base}?q=auth0%7Cada&match=1"));
    assert!(operator.get(&base).await.text().contains("0.62 <a"));
    assert!(operator.get(&address).await.text().contains("value=\"0.62\""));
    operator.send(&threshold.clone().with("cosine_min", "")).await;
    assert!(!operator.get(&base).await.text().contains("0.62"));
    assert_eq!(operator.send(&threshold.clone().with("user", "nobody")).await.status, StatusCode::NOT_FOUND);

    let confirm = format!("{base}/erase?user=auth0%7Cada");
    let page = operator.page(&confirm, "portal-erase").await.text();
    assert!(page.contains("auth0|ada") && page.contains("cannot be undone"));
    assert!(operator.get(&base).await.text().contains("auth0|ada"), "the confirmation page erased the user");
    let erase = operator.form(&confirm, &format!("{base}/erase")).await;
    assert_eq!(location(&operator.send(&erase).await.headers), format!("{base}?erased"));
    assert!(!operator.get(&base).await.text().contains("auth0|ada"));
    for reply in [operator.get(&confirm).await, operator.send(&erase).await] {
        assert_eq!((reply.status, reply.page().as_str()), (StatusCode::NOT_FOUND, "portal-not-found"));
    }
}

#[tokio::test]
async fn sessions_are_filtered_and_exported() {
    let verifier = TestVerifier::new().await;
    let operator = Operator::new(&verifier).await;
    let (approved, outcome) = verifier.sign_in(&verifier.key()).await;
    verifier.browse(&return_path(&outcome), &approved.cookie).await;
    verifier.advance(60);
    let created = verifier.start().await;
    let mut formula = verifier.start_claims();
    formula["client_name"] = json!("=HYPERLINK(\"http://evil.example\")");
    verifier.start_with(&verifier.token(&formula)).await;
    let (other, _) = verifier.service.add_integration(Rules::new("Other", "other.example")).await.unwrap();
    let rows = |page: &str| page.matches("<th scope=\"row\"").count();
    for (query, expected) in [
        ("", 3),
        ("?stage=approved", 1),
        ("?stage=created", 2),
        ("?stage=refused", 0),
        ("?reason=no_match", 0),
        ("?since=2027-01-15T08:00:01", 2),
        ("?since=2027-01-16", 0),
        ("?since=yesterday", 3),
        (&format!("?integration={}", verifier.integration), 3),
        (&format!("?integration={other}"), 0),
        ("?page=1", 0),
        ("?page=4294967295", 0),
    ] {
        let page = operator.page(&format!("/portal/sessions{query}"), "portal-sessions").await.text();
        assert_eq!(rows(&page), expected, "{query}");
        assert_eq!(page.contains("This is no time"), query.contains("yesterday"));
    }
    let page = operator.get("/portal/sessions").await.text();
    assert!(page.contains("a•••@example.org") && !page.contains("ada@example.org") && !page.contains("auth0|ada"));
    assert!(!page.contains(&created.code), "the list contains the launch code");
    let file = operator.get("/portal/sessions.csv?stage=created").await;
    assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
    assert_eq!(file.headers["content-disposition"], "attachment; filename=\"sessions.csv\"");
    assert_eq!(file.headers["cache-control"], "no-store");
    let text = file.text();
    let lines: Vec<_> = text.split_terminator("\r\n").collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert!(lines[0].starts_with("\"session\",\"integration\",\"started_at\""));
    assert!(lines[1..].iter().any(|line| line.contains("\"'=HYPERLINK(\"\"http://evil.example\"\")\"")), "{text}");
    assert!(text.contains("2027-01-15T08:01:00Z") && !text.contains("ada@example.org"));
}

#[tokio::test]
async fn the_audit_log_is_filtered_verified_and_exported() {
    let verifier = TestVerifier::new().await;
    let operator = Operator::named(&verifier, "=grace").await;
    let (login, outcome) = verifier.sign_in(&verifier.key()).await;
    verifier.go_back(&login, &outcome).await;
    verifier.advance(1500);
    operator.send(&operator.form(&operator.path(""), &operator.path("/enabled")).await).await;
    let rows = |page: &str| page.matches("<th scope=\"row\"").count();
    let all = verifier.events().await;
    let at = |text: &str| format!("/portal/audit?{text}");
    for (path, expected) in [
        ("/portal/audit".to_owned(), all),
        (at("event=enrolled"), 1),
        (at("event=nothing"), 0),
        (at(&format!("subject={}", login.session)), 5),
        (at("subject=%3Dgrace"), 5),
        (at("from=2027-01-15T08:25"), 2),
        (at("to=2027-01-15T08:24:59"), all - 2),
        (at("from=2027-01-15T08:10&to=2027-01-15T08:24"), 0),
        (at("before=3"), 2),
        (at("from=tomorrow"), all),
    ] {
        let page = operator.page(&path, "portal-audit").await.text();
        assert_eq!(rows(&page) as i64, expected, "{path}");
        assert!(page.contains(&format!("The log is whole: {all} rows, head <code")), "{page}");
        assert_eq!(page.contains("is no time"), path.contains("tomorrow"), "{path}");
    }
    let entries = verifier.service.audit_tail(100).await.unwrap();
    let pseudonym = &entries.iter().find(|e| e.event == "enrolled").unwrap().account;
    assert_eq!(rows(&operator.get(&at(&format!("account={pseudonym}"))).await.text()), 6);
    let acted = entries.iter().find(|e| e.event == "operator_acted").unwrap();
    assert_eq!((acted.subject.as_str(), acted.at), ("=grace", NOW + 1500));
    assert_eq!(acted.detail, operator.path("/enabled"));
    let text = operator.get("/portal/audit.csv?event=operator_signed_in").await.text();
    let lines: Vec<_> = text.split_terminator("\r\n").collect();
    assert_eq!(lines[0], "\"row\",\"at\",\"event\",\"subject\",\"account\",\"detail\"");
    assert_eq!(lines.len(), 2);
    assert!(lines[1].contains("\"2027-01-15T08:00:00Z\",\"operator_signed_in\",\"'=grace\",\"\",\"\""), "{text}");
}
