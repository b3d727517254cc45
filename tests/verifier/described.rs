//! The service, as a program that knows nothing but its description tries it: `packaging/dev/test-api`.

use std::process::{Command, Stdio};

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::header,
    response::Response,
};
use countenance_attest::DeviceKey;
use countenance_core::protocol::{Fallback, REQUEST_PROOF_HEADER};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tower::ServiceExt;

use super::{
    fake_twilio::{FakeTwilio, PHONE, rules_with_code},
    test_verifier::*,
};

/// Checks that schemathesis makes of every answer. Not among them: that valid data is accepted, because most of what
/// schemathesis makes up names things that do not exist.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,\
                      response_schema_conformance,unsupported_method,allow_header_conformance";

/// Passes a request on with the credentials of a device and of a log stream, which schemathesis cannot make up.
async fn with_credentials(
    verifier: &TestVerifier,
    key: &DeviceKey,
    log_token: &str,
    request: Request<Incoming>,
) -> Response {
    let (parts, body) = request.into_parts();
    let mut request = Request::from_parts(parts.clone(), Body::new(body));
    let path = parts.uri.path().to_owned();
    if path.starts_with("/v1/logs/") {
        request.headers_mut().insert(header::AUTHORIZATION, log_token.parse().unwrap());
    } else if parts.headers.contains_key(REQUEST_PROOF_HEADER) {
        let body = to_bytes(request.into_body(), 20 << 20).await.unwrap().to_vec();
        let media_type = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let mut signed = verifier.request(key, &path, media_type.unwrap_or_default(), body);
        *signed.method_mut() = parts.method;
        request = signed;
    }
    verifier.service.router().oneshot(request).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs schemathesis: packaging/dev/test-api"]
async fn answers_are_those_of_the_description() {
    let program = std::env::var("SCHEMATHESIS").expect("run packaging/dev/test-api");
    let examples = std::env::var("SCHEMATHESIS_EXAMPLES").unwrap_or_else(|_| "60".into());
    let (verifier, _) = FakeTwilio::verifier(rules_with_code(Fallback::Voice)).await;
    let login = verifier.start_with_phone(serde_json::json!(PHONE)).await;
    let key = verifier.key();
    verifier.open(&key, &login).await;
    let log_token = verifier.service.log_token(&verifier.integration).await.unwrap().reveal().to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/openapi.json", listener.local_addr().unwrap());
    let folder = tempfile::tempdir().unwrap();
    // As a stranger, then as the browser and the device of a sign-in under way.
    let (id, integration) = (&login.session, &verifier.integration);
    let known = format!("[parameters]\n\"path.id\" = \"{id}\"\n\"path.integration_id\" = \"{integration}\"\n");
    let runs = [("a stranger", String::new(), "a=b".to_owned()), ("a sign-in under way", known, login.cookie.clone())];
    let tried = tokio::task::spawn_blocking(move || {
        for (case, settings, cookie) in runs {
            let file = folder.path().join("schemathesis.toml");
            std::fs::write(&file, settings).unwrap();
            let mut run = Command::new(&program);
            run.current_dir(folder.path()).stdin(Stdio::null());
            run.arg("--config-file").arg(&file).args(["run", &url, "--checks", CHECKS, "--max-examples", &examples]);
            run.args(["--seed", "14", "--phases", "examples,coverage,fuzzing", "--generation-database", "none"]);
            run.args(["--continue-on-failure", "--no-color", "--warnings", "off", "--request-timeout", "10"]);
            run.args(["--header", &format!("Cookie: {cookie}")]);
            let status = run.status().unwrap();
            assert!(status.success(), "{case}: {status}");
        }
    });
    let serving = async {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let service = service_fn(async |request| {
                Ok::<_, std::convert::Infallible>(with_credentials(&verifier, &key, &log_token, request).await)
            });
            // One connection at a time: schemathesis has one worker.
            http1::Builder::new().keep_alive(false).serve_connection(TokioIo::new(stream), service).await.ok();
        }
    };
    tokio::select! {
        done = tried => done.unwrap(),
        () = serving => {}
    }
}
