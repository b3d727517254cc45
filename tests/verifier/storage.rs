//! Data at rest: encrypted, tamper-evident, and without traces of erased accounts.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as B64};
use countenance_core::protocol::{Outcome, Reason};
use countenance_verifier::{Database, Rules, RulesError};

use super::test_verifier::*;

/// All bytes of the database files, including the write-ahead log.
fn bytes_in(folder: &std::path::Path) -> Vec<u8> {
    std::fs::read_dir(folder).unwrap().flat_map(|entry| std::fs::read(entry.unwrap().path()).unwrap()).collect()
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

#[tokio::test]
async fn no_secret_template_or_one_time_value_is_stored_in_the_clear() {
    let folder = tempfile::tempdir().unwrap();
    let verifier = TestVerifier::at(Database::File(folder.path().join("verifier.db")), rules()).await;
    let key = verifier.key();
    verifier.enroll(&key).await;
    verifier.sees(Sees::Bob);
    let token = verifier.token(&verifier.start_claims());
    let login = verifier.start().await;
    verifier.start_with(&token).await;
    let ticket = verifier.open(&key, &login).await;
    let sample = png();
    let attestation = TestVerifier::sign(&key, &verifier.claims(&key, &ticket, &sample));
    let Outcome::Retry { nonce, .. } = verifier.post(&key, &login.session, &attestation, &sample).await.json() else {
        panic!()
    };
    let refused: Outcome = verifier.abandon(&key, &login.session, Reason::Cancelled).await.json();
    let handle = return_path(&refused).strip_prefix("/return/").unwrap().to_owned();
    let template = embedding(ADA).to_bytes();
    let bytes = bytes_in(folder.path());
    assert!(holds(&bytes, SUB.as_bytes()) && holds(&bytes, TENANT.as_bytes()), "the search must find stored text");
    for (case, needle) in [
        ("session secret", verifier.secret.as_bytes()),
        ("session secret, bytes", &B64.decode(&verifier.secret).unwrap()),
        ("template", &template[..]),
        ("two numbers of the template", &template[..8]),
        ("launch code", login.code.as_bytes()),
        ("cookie", login.cookie.split('=').nth(1).unwrap().as_bytes()),
        ("first nonce", ticket.nonce.as_bytes()),
        ("second nonce", nonce.as_bytes()),
        ("return handle", handle.as_bytes()),
        ("state", STATE.as_bytes()),
        ("session token", token.as_bytes()),
        ("session token's payload", token.split('.').nth(1).unwrap().as_bytes()),
        ("attestation", attestation.split('.').nth(1).unwrap().as_bytes()),
        ("sample", &sample[20..]),
        ("address", b"ada@example.org"),
        ("database key", &[5; 32]),
    ] {
        assert!(!holds(&bytes, needle), "{case} is stored in the clear");
    }
}

#[tokio::test]
async fn an_erased_account_leaves_no_identifier_and_can_enroll_again() {
    let folder = tempfile::tempdir().unwrap();
    let verifier = TestVerifier::at(Database::File(folder.path().join("verifier.db")), rules()).await;
    let key = verifier.key();
    let (login, outcome) = verifier.sign_in(&key).await;
    verifier.go_back(&login, &outcome).await;
    let pseudonym = verifier.service.audit_tail(1).await.unwrap().remove(0).account;
    assert!(!pseudonym.is_empty() && !pseudonym.contains("ada"));
    assert!(verifier.service.erase_account(&verifier.integration, SUB).await.unwrap());
    assert!(!verifier.service.erase_account(&verifier.integration, SUB).await.unwrap());
    assert!(verifier.service.verify_audit().await.unwrap().rows > 0, "the audit chain stays intact");
    let tail = verifier.service.audit_tail(1000).await.unwrap();
    assert!(tail.iter().all(|e| !format!("{e:?}").contains(SUB)), "{tail:?}");
    assert!(!holds(&bytes_in(folder.path()), SUB.as_bytes()), "the identifier is in a file of the database");
    assert_eq!(
        verifier.try_open(&key, &login).await.problem().0,
        countenance_core::protocol::ProblemKind::SessionUnknown
    );
    verifier.sees(Sees::Bob);
    let (_, outcome) = verifier.sign_in(&key).await;
    assert!(matches!(outcome, Outcome::Approved { .. }), "another face may enroll now");
    let tail = verifier.service.audit_tail(1).await.unwrap();
    assert_ne!(tail[0].account, pseudonym, "the new pseudonym is unlinked from the old");
}

#[tokio::test]
async fn the_audit_log_records_every_step_of_a_sign_in() {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    let (login, outcome) = verifier.sign_in(&key).await;
    verifier.browse(&return_path(&outcome), &login.cookie).await;
    let names: Vec<_> = verifier.service.audit_tail(100).await.unwrap().into_iter().map(|e| e.event).collect();
    assert_eq!(
        names,
        [
            "integration_added",
            "session_created",
            "device_registered",
            "session_opened",
            "enrollment_pending",
            "enrolled",
            "device_bound",
            "returned"
        ]
    );
}

#[tokio::test]
async fn rejects_invalid_integration_rules() {
    let verifier = TestVerifier::new().await;
    let before = verifier.events().await;
    for (case, new) in [
        ("no name", Rules { name: String::new(), ..rules() }),
        ("two lines", Rules { name: "a\nb".into(), ..rules() }),
        ("host as URL", Rules { tenant_host: "https://t.example".into(), ..rules() }),
        ("host with port", Rules { tenant_host: "t.example:1".into(), ..rules() }),
        ("domain in capitals", Rules { custom_domains: vec!["Login.example".into()], ..rules() }),
        ("no attempt", Rules { attempts: 0, ..rules() }),
        ("many attempts", Rules { attempts: 11, ..rules() }),
    ] {
        let refused: RulesError = verifier.service.add_integration(new).await.unwrap_err();
        assert!(!refused.to_string().is_empty(), "{case}");
    }
    assert_eq!(verifier.events().await, before);
}

#[tokio::test]
async fn a_served_verifier_shuts_down_on_request_and_keeps_its_state() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::File(folder.path().join("verifier.db"));
    let verifier = TestVerifier::at(database.clone(), rules()).await;
    let rows = verifier.events().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let served = tokio::spawn(verifier.service.serve(listener, async move {
        stopped.await.ok();
    }));
    stop.send(()).unwrap();
    served.await.unwrap();
    let again = TestVerifier::at(database, rules()).await;
    assert_eq!(again.events().await, rows + 1, "one more integration");
}

#[tokio::test]
async fn an_erased_identifier_is_in_no_file_among_many_others() {
    let folder = tempfile::tempdir().unwrap();
    let verifier = TestVerifier::at(Database::File(folder.path().join("verifier.db")), rules()).await;
    let key = verifier.key();
    verifier.enroll(&key).await;
    let sub = |n: u32| format!("auth0|person-{n:03}");
    for n in 0..150 {
        let mut claims = verifier.start_claims();
        claims["sub"] = sub(n).into();
        let login = verifier.start_as(&claims).await;
        if n % 10 == 0 {
            // Asks to be bound, is bound, and is unbound: three more tables.
            verifier.try_open(&key, &login).await;
            verifier.bind(&key, &sub(n)).await.unwrap();
        }
    }
    assert!(holds(&bytes_in(folder.path()), sub(70).as_bytes()), "the search must find stored text");
    for n in (0..150).step_by(10) {
        assert!(verifier.service.erase_account(&verifier.integration, &sub(n)).await.unwrap());
        assert!(!holds(&bytes_in(folder.path()), sub(n).as_bytes()), "{n} is in a file of the database");
    }
    assert!(holds(&bytes_in(folder.path()), sub(71).as_bytes()), "others stay");
}

#[cfg(unix)]
#[tokio::test]
async fn only_their_owner_has_access_to_the_files() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("verifier.db");
    let modes = || {
        let files = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap());
        let mut modes: Vec<_> = files
            .map(|file| (file.file_name().into_string().unwrap(), file.metadata().unwrap().mode() & 0o777))
            .collect();
        modes.sort();
        modes
    };
    let private = ["verifier.db", "verifier.db-shm", "verifier.db-wal"].map(|name| (name.to_owned(), 0o600));
    let verifier = TestVerifier::at(Database::File(path.clone()), rules()).await;
    verifier.start().await;
    assert_eq!(modes(), private, "new");
    for (name, _) in &private {
        std::fs::set_permissions(folder.path().join(name), std::fs::Permissions::from_mode(0o644)).unwrap();
    }
    let _again = TestVerifier::reopen(Database::File(path)).await.unwrap();
    assert_eq!(modes(), private, "as an earlier version left them");
}
