//! The portal at an address of its own.

use std::net::SocketAddr;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use countenance_verifier::{ConnectionLimits, Listeners};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
};
use tower::ServiceExt;

use super::{
    super::test_verifier::{ORIGIN, TestVerifier},
    operator::{CODE_PATH, OPERATOR, Operator, added, element},
};

const PORTAL: &str = "https://portal.internal:8443";

async fn verifier() -> TestVerifier {
    TestVerifier::with_portal_origin(PORTAL, ConnectionLimits::default()).await
}

async fn status(router: axum::Router, method: &str, path: &str) -> StatusCode {
    router.oneshot(Request::builder().method(method).uri(path).body(Body::empty()).unwrap()).await.unwrap().status()
}

#[tokio::test]
async fn each_address_has_its_routes_and_not_the_others() {
    let verifier = verifier().await;
    for line in include_str!("routes.txt").lines().filter(|line| line.contains(" /portal")) {
        let mut words = line.split_whitespace();
        let (method, path) = (words.next().unwrap(), words.next().unwrap());
        assert_eq!(status(verifier.service.router(), method, path).await, StatusCode::NOT_FOUND, "{line}");
        assert_ne!(status(verifier.service.portal_router(), method, path).await, StatusCode::NOT_FOUND, "{line}");
    }
    for (method, path) in [
        ("GET", "/start"),
        ("GET", "/v1/policy"),
        ("GET", "/openapi.json"),
        ("POST", "/v1/devices"),
        ("POST", "/v1/logs/integration"),
        ("GET", "/sessions/id"),
        ("GET", "/return/handle"),
    ] {
        assert_ne!(status(verifier.service.router(), method, path).await, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(status(verifier.service.portal_router(), method, path).await, StatusCode::NOT_FOUND, "{path}");
    }
    for router in [verifier.service.router(), verifier.service.portal_router()] {
        assert_eq!(status(router, "GET", "/healthz").await, StatusCode::OK);
    }
}

#[tokio::test]
async fn forms_come_from_the_portals_origin_and_pages_name_each_by_its_own() {
    let verifier = verifier().await;
    let password = added(&verifier, OPERATOR).await;
    let mut operator = Operator::stranger(&verifier);
    operator.send_password(OPERATOR, &password).await;
    let page = operator.get(CODE_PATH).await;
    assert!(page.text().contains("otpauth://totp/Countenance%20portal.internal:grace?"), "{}", page.text());
    assert!(page.headers.contains_key(header::STRICT_TRANSPORT_SECURITY), "the portal's origin is https");
    assert!(!verifier.browse("/healthz", "").await.headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
    operator.sign_in(OPERATOR, &password).await;
    let form = operator.form("/portal/integrations/new", "/portal/integrations/new").await;
    let form = form.with("name", "Second").with("tenant_host", "second.example").with("enrolment_flow", "inline");
    for origin in [ORIGIN, "https://portal.internal", "http://portal.internal:8443", "null"] {
        for headers in [&[("origin", origin)][..], &[("origin", origin), ("sec-fetch-site", "same-site")]] {
            assert_eq!(operator.send_with(&form, headers).await.page(), "portal-forged", "{headers:?}");
        }
    }
    // A page of the public origin must not sign anybody in.
    let fields = [("name", OPERATOR), ("password", &password)].map(|(n, v)| (n.to_owned(), v.to_owned())).into();
    let sign_in = super::operator::Form { action: "/portal/sign-in".into(), fields };
    assert_eq!(operator.send_with(&sign_in, &[("origin", ORIGIN)]).await.page(), "portal-forged");
    let made = operator.send(&form).await;
    assert_eq!((made.status, made.page().as_str()), (StatusCode::OK, "portal-secret"), "{}", made.text());
    assert_eq!(element(&made.text(), "verifier-origin"), ORIGIN, "tenants send people to the public one");
    let integration = operator.get(&operator.path("")).await.text();
    assert!(integration.contains(&format!("{ORIGIN}/v1/logs/")), "and deliver their logs there");
}

async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    (listener, at)
}

async fn sent(at: SocketAddr, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(at).await.unwrap();
    // A connection above the limit is closed at once, perhaps before the write.
    stream.write_all(bytes).await.ok();
    stream
}

async fn get(at: SocketAddr, path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    let mut answer = Vec::new();
    sent(at, request.as_bytes()).await.read_to_end(&mut answer).await.ok();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn the_portal_answers_while_the_public_address_is_full_and_both_are_drained() {
    let limits = ConnectionLimits { connections: 16, per_client: 16, ..ConnectionLimits::default() };
    let verifier = TestVerifier::with_portal_origin(PORTAL, limits).await;
    let ((public, public_at), (portal, portal_at)) = (listener().await, listener().await);
    let (stop, stopped) = oneshot::channel::<()>();
    let listeners = Listeners { public, portal: Some(portal) };
    let service = tokio::spawn(verifier.service.clone().serve(listeners, async move { drop(stopped.await) }));
    assert!(get(public_at, "/portal/sign-in").await.starts_with("HTTP/1.1 404"));
    assert!(get(portal_at, "/v1/policy").await.starts_with("HTTP/1.1 404"));
    let mut held = Vec::new();
    for _ in 0..40 {
        held.push(sent(public_at, b"GET /heal").await);
    }
    let page = get(portal_at, "/portal/sign-in").await;
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("data-page=\"portal-sign-in\""), "{page}");
    drop(held);
    // A request that began before the stop is answered after it.
    let post = "POST /portal/sign-in HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 17\r\n\
                content-type: application/x-www-form-urlencoded\r\n\r\nname=a";
    let mut running = sent(portal_at, post.as_bytes()).await;
    assert!(get(portal_at, "/healthz").await.ends_with("ok\n"));
    stop.send(()).unwrap();
    running.write_all(b"&password=x").await.unwrap();
    let mut answer = Vec::new();
    running.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    service.await.unwrap();
    for at in [public_at, portal_at] {
        assert!(TcpStream::connect(at).await.is_err(), "still listening");
    }
}
