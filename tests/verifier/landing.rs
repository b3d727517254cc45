//! The pages of a sign-in: reloaded, left, refused to other browsers, and never handing out an approval.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use countenance_core::protocol::{Outcome, Reason};
use countenance_verifier::Database;
use serde_json::json;
use sqlx::Row;

use super::{return_handle::returned_claims, test_verifier::*};

/// The session ID in the name of a sign-in cookie.
pub(super) fn session_of(cookie: &str) -> String {
    cookie.strip_prefix("__Host-countenance-").unwrap().split('=').next().unwrap().to_owned()
}

/// Follows a redirect to the return page, and returns the claims that the tenant receives.
pub(super) async fn follow_return(verifier: &TestVerifier, reply: &Reply, cookie: &str) -> serde_json::Value {
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.text());
    let path = reply.headers[header::LOCATION].to_str().unwrap();
    assert!(path.starts_with("/return/"), "{path}");
    returned_claims(verifier, &verifier.browse(path, cookie).await)
}

#[tokio::test]
async fn reloading_the_start_page_resumes_the_sign_in_only_in_the_same_browser() {
    let verifier = TestVerifier::new().await;
    let token = verifier.token(&verifier.start_claims());
    let first = verifier.start_with(&token).await;
    let cookie = first.headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    let link = |page: &str| page.split("href=\"countenance://").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let before = verifier.events().await;
    let path = format!("/start?session_token={}&state=of-another-login", verifier.token(&verifier.start_claims()));
    let other = verifier.browse(&path, "").await;
    let other = other.headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap();
    let jar = format!("theme=dark; {other}; {cookie}");
    let again = verifier.browse(&start_path(&token), &jar).await;
    assert_eq!((again.status, again.page().as_str()), (StatusCode::OK, "landing"));
    assert_eq!(link(&again.text()), link(&first.text()));
    assert!(!again.headers.contains_key(header::SET_COOKIE));
    assert_eq!(verifier.events().await, before + 1, "only the other sign-in was started");
    let forged = format!("{}=guessed", cookie.split('=').next().unwrap());
    for (case, path, cookie) in [
        ("no cookie", start_path(&token), String::new()),
        ("a wrong cookie", start_path(&token), forged),
        ("another state", format!("/start?session_token={token}&state=another"), cookie),
    ] {
        assert_eq!(verifier.browse(&path, &cookie).await.page(), "token-used", "{case}");
    }
}

#[tokio::test]
async fn reloading_shows_the_current_state_and_never_hands_out_an_approval() {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    let (login, outcome) = verifier.sign_in(&key).await;
    let page = format!("/sessions/{}", login.session);
    let reply = verifier.browse(&page, &login.cookie).await;
    assert_eq!((reply.status, reply.page().as_str()), (StatusCode::OK, "approved"));
    let handle = return_path(&outcome);
    assert!(!reply.text().contains("/return/"), "the person at the browser may not be the person at the camera");
    let reply = verifier.submit(&format!("{page}/leave"), &login.cookie, "").await;
    assert_eq!(reply.page(), "approved", "an approval cannot be left");
    assert_eq!(verifier.browse(&handle, &login.cookie).await.page(), "return");
    assert_eq!(verifier.browse(&page, &login.cookie).await.page(), "returned");

    let login = verifier.start().await;
    let page = format!("/sessions/{}", login.session);
    let reply = verifier.browse(&page, &login.cookie).await;
    assert!(reply.page() == "landing" && reply.text().contains(&login.code));
    verifier.open(&key, &login).await;
    assert_eq!(verifier.browse(&page, &login.cookie).await.page(), "landing", "opened, and can be opened again");
    let outcome: Outcome = verifier.abandon(&key, &login.session, Reason::NotMe).await.json();
    let reply = verifier.browse(&page, &login.cookie).await;
    assert!(
        reply.page() == "refused" && reply.text().contains(&return_path(&outcome)),
        "a refusal has a link to return"
    );
    verifier.advance(60);
    assert_eq!(verifier.browse(&page, &login.cookie).await.page(), "expired");
}

#[tokio::test]
async fn other_browsers_and_other_sites_can_neither_see_nor_end_a_sign_in() {
    let verifier = TestVerifier::new().await;
    let login = verifier.start().await;
    let other = verifier.start().await;
    let page = format!("/sessions/{}", login.session);
    let before = verifier.events().await;
    let foreign_value =
        format!("{}={}", login.cookie.split('=').next().unwrap(), other.cookie.split('=').nth(1).unwrap());
    for path in [page.clone(), format!("{page}/code"), "/sessions/nobody".to_owned()] {
        for cookie in ["", other.cookie.as_str(), foreign_value.as_str()] {
            let reply = verifier.browse(&path, cookie).await;
            assert_eq!((reply.status, reply.page().as_str()), (StatusCode::FORBIDDEN, "other-browser"), "{path}");
            assert!(!reply.text().contains("Salary"), "{path}");
        }
    }
    for (path, body) in [("leave", ""), ("code", "channel=sms"), ("code/check", "code=123456"), ("mail", "")] {
        let path = format!("{page}/{path}");
        assert_eq!(verifier.submit(&path, &other.cookie, body).await.page(), "other-browser", "{path}");
        for (origin, site) in [
            (Some("https://evil.example"), None),
            (Some("null"), None),
            (None, Some("cross-site")),
            (Some(ORIGIN), Some("same-site")),
        ] {
            let mut form = own_form(&path, &login.cookie, body);
            for (name, value) in [("origin", origin), ("sec-fetch-site", site)] {
                form.headers_mut().remove(name);
                value.map(|value| form.headers_mut().insert(name, value.parse().unwrap()));
            }
            let reply = verifier.send(form).await;
            assert_eq!((reply.status, reply.page().as_str()), (StatusCode::FORBIDDEN, "foreign-form"), "{path}");
        }
    }
    assert_eq!(verifier.events().await, before);
    assert_eq!(verifier.browse(&page, &login.cookie).await.page(), "landing");
}

#[tokio::test]
async fn leaving_returns_a_refusal_and_is_idempotent() {
    let verifier = TestVerifier::new().await;
    for (case, secs, reason) in [("in time", 0, Reason::Cancelled), ("expired", 600, Reason::TimedOut)] {
        let login = verifier.start().await;
        let path = format!("/sessions/{}/leave", login.session);
        verifier.advance(secs);
        let first = verifier.submit(&path, &login.cookie, "").await;
        let second = verifier.submit(&path, &login.cookie, "").await;
        assert_eq!(first.headers[header::LOCATION], second.headers[header::LOCATION], "{case}");
        let claims = follow_return(&verifier, &second, &login.cookie).await;
        assert_eq!((&claims["result"], &claims["reason"]), (&json!("refused"), &json!(reason.name())), "{case}");
        assert_eq!(verifier.submit(&path, &login.cookie, "").await.page(), "returned", "{case}");
    }
}

#[tokio::test]
async fn rejects_oversized_or_malformed_forms() {
    let verifier = TestVerifier::new().await;
    let login = verifier.start().await;
    let path = format!("/sessions/{}/code/check", login.session);
    for (case, media_type, body) in [
        ("too long", "application/x-www-form-urlencoded", format!("code=123456&x={}", "x".repeat(1024))),
        ("not a form", "application/json", r#"{"code":"123456"}"#.to_owned()),
        ("no code", "application/x-www-form-urlencoded", "channel=sms".to_owned()),
        ("two codes", "application/x-www-form-urlencoded", "code=123456&code=123457".to_owned()),
    ] {
        let form = Request::post(&path)
            .header(header::COOKIE, &login.cookie)
            .header(header::CONTENT_TYPE, media_type)
            .body(Body::from(body))
            .unwrap();
        assert_eq!(verifier.send(form).await.page(), "bad-form", "{case}");
    }
}

#[tokio::test]
async fn clock_skew_is_shown_and_setup_events_are_stored() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("verifier.db");
    let verifier = TestVerifier::at(Database::File(file.clone()), rules()).await;
    let mut claims = verifier.start_claims();
    claims["iat"] = json!(NOW + 300);
    let reply = verifier.start_with(&verifier.token(&claims)).await;
    assert_eq!(reply.page(), "token-not-now");
    assert!(reply.text().contains("the clocks differ by 5 minutes: the login service's is ahead"), "{}", reply.text());

    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
    let mut db = sqlx::ConnectOptions::connect(&options).await.unwrap();
    let mut stored = async || -> Vec<(String, String)> {
        let rows = sqlx::query("SELECT what, detail FROM setup_events ORDER BY what").fetch_all(&mut db).await.unwrap();
        rows.iter().map(|row| (row.get(0), row.get(1))).collect()
    };
    let pair = |what: &str, detail: &str| (what.to_owned(), detail.to_owned());
    assert_eq!(stored().await, [pair("start_refused", "token-not-now")]);
    // Requests that anyone could send are not stored.
    verifier.start_with("neither-signed-nor-sealed").await;
    claims["integration_id"] = json!("nobody");
    verifier.start_with(&verifier.token(&claims)).await;
    assert_eq!(stored().await, [pair("start_refused", "token-not-now")]);
    let mut claims = verifier.start_claims();
    claims["iat"] = json!(NOW - 7);
    let login = verifier.start_as(&claims).await;
    assert_eq!(stored().await, [pair("start", "-7"), pair("start_refused", "token-not-now")]);
    let left = verifier.submit(&format!("/sessions/{}/leave", login.session), &login.cookie, "").await;
    follow_return(&verifier, &left, &login.cookie).await;
    assert!(stored().await.contains(&pair("returned", "refused")));
}
