//! The service, as a program that knows nothing but its description tries it: `packaging/dev/test-api`.

use std::process::{Command, Stdio};

use tokio::net::TcpListener;

use super::fake_twilio::{FakeTwilio, PHONE, rules_with_code};
use countenance_core::protocol::Fallback;

/// Checks that schemathesis makes of every answer. Not among them: that valid data is accepted, because what schemathesis
/// makes up is not signed.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,\
                      response_schema_conformance,unsupported_method,allow_header_conformance";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs schemathesis: packaging/dev/test-api"]
async fn answers_are_those_of_the_description() {
    let program = std::env::var("SCHEMATHESIS").expect("run packaging/dev/test-api");
    let examples = std::env::var("SCHEMATHESIS_EXAMPLES").unwrap_or_else(|_| "60".into());
    let (verifier, _) = FakeTwilio::verifier(rules_with_code(Fallback::Voice)).await;
    let login = verifier.start_with_phone(serde_json::json!(PHONE)).await;
    verifier.open(&verifier.key(), &login).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/openapi.json", listener.local_addr().unwrap());
    let serving = tokio::spawn(verifier.service.clone().serve(listener, std::future::pending()));
    let folder = tempfile::tempdir().unwrap();
    // As a stranger, then as the browser and for the session of a sign-in under way.
    let session = format!(
        "[parameters]\n\"path.id\" = \"{}\"\n\"path.integration_id\" = \"{}\"\n",
        login.session, verifier.integration
    );
    for (case, settings, cookie) in
        [("a stranger", "", "a=b"), ("a sign-in under way", session.as_str(), &login.cookie)]
    {
        let file = folder.path().join("schemathesis.toml");
        std::fs::write(&file, settings).unwrap();
        let mut run = Command::new(&program);
        run.current_dir(folder.path()).stdin(Stdio::null());
        run.arg("--config-file").arg(&file).args(["run", &url, "--checks", CHECKS, "--max-examples", &examples]);
        run.args(["--seed", "14", "--phases", "examples,coverage,fuzzing", "--generation-database", "none"]);
        run.args(["--continue-on-failure", "--no-color", "--request-timeout", "10"]);
        run.args(["--header", &format!("Cookie: {cookie}")]);
        let status = tokio::task::spawn_blocking(move || run.status()).await.unwrap().unwrap();
        assert!(status.success(), "{case}: {status}");
    }
    serving.abort();
}
