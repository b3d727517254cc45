//! A database that fails: no fault is the end of the service, and none approves, loses or spends anything twice.

use std::{os::unix::fs::FileExt, path::Path, process::Command};

use axum::http::StatusCode;
use countenance_attest::DeviceKey;
use countenance_core::{
    protocol::{Outcome, Ticket},
    rng::{SecureRandom, SeededRng},
};
use countenance_verifier::Database;
use sqlx::{Connection, SqliteConnection};

use super::test_verifier::*;

/// Tables that a sign-in writes, and the kinds of statement.
const WRITTEN: [(&str, &str); 20] = [
    ("used_tokens", "INSERT"),
    ("accounts", "INSERT"),
    ("sessions", "INSERT"),
    ("setup_events", "INSERT"),
    ("audit", "INSERT"),
    ("proofs", "INSERT"),
    ("devices", "INSERT"),
    ("sessions", "UPDATE OF device"),
    ("accounts", "UPDATE OF failures"),
    ("accounts", "UPDATE OF verified_at"),
    ("pending_enrollments", "INSERT"),
    ("pending_enrollments", "DELETE"),
    ("templates", "INSERT"),
    ("bindings", "INSERT"),
    ("binding_requests", "INSERT"),
    ("sessions", "UPDATE OF stage"),
    ("captures", "INSERT"),
    ("sessions", "UPDATE OF returned"),
    ("setup_events", "UPDATE"),
    ("sessions", "UPDATE OF nonce_sealed"),
];

/// SQLite ends the transaction by itself, as it does when the disk is full; the connection must not be used again.
#[tokio::test]
async fn the_next_sign_in_passes_after_sqlite_has_ended_a_transaction() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("verifier.db");
    let verifier = TestVerifier::at(Database::File(path.clone()), rules()).await;
    let mut beside = SqliteConnection::connect(path.to_str().unwrap()).await.unwrap();
    let mut failed = 0;
    for (table, statement) in WRITTEN {
        let trigger = format!(
            "CREATE TRIGGER fault BEFORE {statement} ON {table} BEGIN SELECT RAISE(ROLLBACK, 'as a full disk'); END"
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(trigger)).execute(&mut beside).await.unwrap();
        let faulty = SignIn::run(&verifier, &format!("auth0|{table} {statement}"), Sees::Ada).await;
        failed += usize::from(!faulty.returned);
        sqlx::raw_sql("DROP TRIGGER fault").execute(&mut beside).await.unwrap();
        let next = SignIn::run(&verifier, "auth0|next", Sees::Ada).await;
        assert!(next.returned, "after a fault in {statement} {table}");
    }
    assert!(failed >= 12, "{failed} of the faults ended a sign-in: the others were not reached");
    verifier.service.verify_audit().await.unwrap();
}

/// How a sign-in went. Each step is repeated some times, as people and clients do after an answer of 5xx.
#[derive(Debug, Default)]
struct SignIn {
    /// The last outcome that the device got.
    outcome: Option<Outcome>,
    cookie: String,
    /// Whether the browser got its form for the tenant.
    returned: bool,
}

impl SignIn {
    async fn run(verifier: &TestVerifier, sub: &str, sees: Sees) -> Self {
        let mut sign_in = Self::default();
        verifier.sees(sees);
        sign_in.capture(verifier, sub).await;
        sign_in.go_back(verifier).await;
        sign_in
    }

    /// From the start to the outcome of a capture, or to the step that failed for good.
    async fn capture(&mut self, verifier: &TestVerifier, sub: &str) -> Option<()> {
        let key = verifier.key();
        let reply = retried(async || {
            // A token whose use was recorded and not answered is used up: the tenant sends another.
            let mut claims = verifier.start_claims();
            claims["sub"] = sub.into();
            verifier.start_with(&verifier.token(&claims)).await
        })
        .await?;
        let login = Login::of(&reply);
        self.cookie.clone_from(&login.cookie);
        let opened = retried(async || open(verifier, &key, &login, sub).await).await?;
        let ticket: Ticket = (opened.status == StatusCode::OK).then(|| opened.json())?;
        let sample = png();
        let attestation = TestVerifier::sign(&key, &verifier.claims(&key, &ticket, &sample));
        let reply = retried(async || verifier.post(&key, &ticket.session_id, &attestation, &sample).await).await?;
        if reply.status == StatusCode::OK {
            self.outcome = Some(reply.json());
        }
        Some(())
    }

    /// Returns the browser to the tenant, if the capture was approved.
    async fn go_back(&mut self, verifier: &TestVerifier) {
        if let Some(outcome @ Outcome::Approved { .. }) = &self.outcome {
            let back = retried(async || verifier.browse(&return_path(outcome), &self.cookie).await).await;
            self.returned |= back.is_some_and(|reply| reply.page() == "return");
        }
    }
}

/// Opens a session; an operator allows the device if it is not the account's.
async fn open(verifier: &TestVerifier, key: &DeviceKey, login: &Login, sub: &str) -> Reply {
    let reply = verifier.try_open(key, login).await;
    if reply.status != StatusCode::FORBIDDEN {
        return reply;
    }
    for _ in 0..6 {
        if verifier.bind(key, sub).await.is_ok() {
            break;
        }
    }
    verifier.try_open(key, login).await
}

/// Repeats a call while it is answered by 5xx; `None` if it always is.
async fn retried(call: impl AsyncFn() -> Reply) -> Option<Reply> {
    for _ in 0..6 {
        let reply = call().await;
        if !reply.status.is_server_error() {
            return Some(reply);
        }
    }
    None
}

/// The control block of `io_faults.c`.
struct Faults(std::fs::File);

impl Faults {
    fn from_env() -> Option<Self> {
        let path = std::env::var_os("FAULTS_CONTROL")?;
        Some(Self(std::fs::File::options().read(true).write(true).open(path).unwrap()))
    }

    /// Lets `succeed` writes succeed and the next `fail` fail.
    fn inject(&self, succeed: i64, fail: i64, error: i64) {
        let words = [succeed, fail, error].map(i64::to_ne_bytes).concat();
        self.0.write_all_at(&words, 0).unwrap();
    }

    fn off(&self) {
        self.inject(-1, 0, 0);
    }

    /// Number of writes so far.
    fn calls(&self) -> i64 {
        let mut word = [0; 8];
        self.0.read_exact_at(&mut word, 24).unwrap();
        i64::from_ne_bytes(word)
    }
}

/// Runs this test again in a process whose writes can fail.
fn run_with_faults() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/verifier/io_faults.c");
    let built =
        Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(at("faults.so")).arg(source).arg("-ldl").status();
    assert!(built.unwrap().success(), "cc builds the library");
    std::fs::write(at("control"), [-1_i64, 0, 0, 0].map(i64::to_ne_bytes).concat()).unwrap();
    std::fs::create_dir(at("data")).unwrap();
    let ran = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "faults::a_sign_in_survives_any_failed_write", "--ignored", "--nocapture"])
        .env("LD_PRELOAD", at("faults.so"))
        .env("FAULTS_CONTROL", at("control"))
        .env("FAULTS_DIR", at("data"))
        .status();
    assert!(ran.unwrap().success());
}

/// `FAULT_SCENARIOS` sign-ins, each with a fault somewhere: drawn from a seed, so that a failure can be repeated.
#[tokio::test]
#[ignore = "takes minutes; packaging/dev/test-faults runs it"]
async fn a_sign_in_survives_any_failed_write() {
    const ENOSPC: i64 = 28;
    const EIO: i64 = 5;
    let Some(faults) = Faults::from_env() else { return run_with_faults() };
    let scenarios: u32 = std::env::var("FAULT_SCENARIOS").map_or(200, |text| text.parse().unwrap());
    let data = std::path::PathBuf::from(std::env::var_os("FAULTS_DIR").unwrap());
    let verifier = TestVerifier::at(Database::File(data.join("verifier.db")), rules()).await;
    let before = faults.calls();
    assert!(SignIn::run(&verifier, "auth0|first", Sees::Ada).await.returned);
    let writes = faults.calls() - before;
    assert!(writes > 20, "the library counts writes: {writes}");
    let (mut approved, mut failed) = (0, 0);
    for scenario in 0..scenarios {
        let mut drawn = [0; 4];
        SeededRng::from(format!("fault {scenario}").as_str()).fill(&mut drawn);
        let [at, length, kind, person] = drawn.map(i64::from);
        let is_genuine = person % 4 != 0;
        // A first sign-in enrolls; a second one verifies, and somebody else's face must not pass.
        let sub = format!("auth0|{scenario}");
        if person % 2 == 0 {
            assert!(SignIn::run(&verifier, &sub, Sees::Ada).await.returned, "{scenario}: the enrollment");
        }
        faults.inject(at % (writes + 4), [1, 1, 1, 2, 8, 40][length as usize % 6], [ENOSPC, EIO][kind as usize % 2]);
        let mut sign_in = SignIn::run(&verifier, &sub, if is_genuine { Sees::Ada } else { Sees::Bob }).await;
        faults.off();
        let is_approved = matches!(sign_in.outcome, Some(Outcome::Approved { .. }));
        assert!(is_genuine || !is_approved, "{scenario}: approved another face");
        if is_approved && !sign_in.returned {
            sign_in.go_back(&verifier).await;
            assert!(sign_in.returned, "{scenario}: an approval that was acknowledged is lost");
        }
        if sign_in.returned {
            sign_in.returned = false;
            // For a few seconds the same browser may repeat a return whose answer was lost.
            verifier.advance(30);
            sign_in.go_back(&verifier).await;
            assert!(!sign_in.returned, "{scenario}: returned twice");
        }
        approved += u32::from(is_approved);
        failed += u32::from(sign_in.outcome.is_none());
        let next = SignIn::run(&verifier, &format!("auth0|after {scenario}"), Sees::Ada).await;
        assert!(next.returned, "{scenario}: the service does not answer any more: {next:?}");
    }
    verifier.service.verify_audit().await.unwrap();
    println!("{scenarios} faults in sign-ins of {writes} writes: {approved} approved, {failed} failed, 0 violations");
}
