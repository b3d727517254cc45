//! Replacing the keys of a database while sign-ins go on.

use std::time::Duration;

use axum::http::StatusCode;
use countenance_core::protocol::{CodeSent, Fallback, Outcome};
use countenance_verifier::{Database, MasterKey, SealBroken, StoreError};
use serde_json::json;
use sqlx::{Connection, Row, SqliteConnection};

use super::{
    fake_twilio::{CODE, FakeTwilio, PHONE, rules_with_code},
    portal::operator::{OPERATOR, Operator, added},
    test_verifier::*,
};

/// As long as a service here takes to read new keys.
const GRACE: Duration = Duration::from_millis(300);

/// The first bytes of every sealed value.
async fn key_ids(path: &std::path::Path) -> Vec<Vec<u8>> {
    let mut db = SqliteConnection::connect(path.to_str().unwrap()).await.unwrap();
    let select = "SELECT secret_sealed FROM integrations UNION ALL SELECT phone_sealed FROM accounts \
                  UNION ALL SELECT template_sealed FROM templates UNION ALL SELECT enrolled_sealed FROM templates \
                  UNION ALL SELECT state_sealed FROM sessions UNION ALL SELECT nonce_sealed FROM sessions \
                  UNION ALL SELECT final_sealed FROM sessions UNION ALL SELECT answer_sealed FROM captures \
                  UNION ALL SELECT sid_sealed FROM codes UNION ALL SELECT sealed FROM key_check \
                  UNION ALL SELECT totp_sealed FROM operators UNION ALL SELECT offered_sealed FROM pending_sign_ins";
    let rows = sqlx::query(select).fetch_all(&mut db).await.unwrap();
    let mut ids: Vec<_> =
        rows.iter().filter_map(|row| row.get::<Option<Vec<u8>>, _>(0)).map(|v| v[..8].to_vec()).collect();
    ids.sort();
    ids.dedup();
    ids
}

#[tokio::test]
async fn keys_are_replaced_in_the_middle_of_sign_ins() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::File(folder.path().join("verifier.db"));
    let (verifier, _twilio) = FakeTwilio::verifier_at(database.clone(), rules_with_code(Fallback::Sms)).await;
    let Database::File(path) = &database else { panic!() };
    let key = verifier.key();
    verifier.enroll(&key).await;
    verifier.service.set_phone(&verifier.integration, SUB, Some(PHONE.parse().unwrap())).await.unwrap();
    let password = added(&verifier, OPERATOR).await;
    let mut operator = Operator::stranger(&verifier);
    operator.sign_in(OPERATOR, &password).await;
    let before = key_ids(path).await;
    assert_eq!(before.len(), 1, "one key sealed everything");
    // Another process, such as the command line, replaces the keys.
    let beside = TestVerifier::reopen(database.clone()).await.unwrap();
    for (case, new) in [("a new key", None), ("a new master key", Some(MasterKey::from_bytes([6; 32])))] {
        // An operator sets up an app.
        let mut setting_up = Operator::stranger(&verifier);
        setting_up.send_password(case, &added(&verifier, case).await).await;
        setting_up.read_key().await;
        // One sign-in waits for its capture, one for its code, one for its return.
        let (capturing, by_code, returning) =
            (verifier.start().await, verifier.start_with_phone(json!(PHONE)).await, verifier.start().await);
        let ticket = verifier.open(&key, &capturing).await;
        verifier.open(&key, &by_code).await;
        let _: CodeSent = verifier.send_code(&key, &by_code.session, Fallback::Sms).await.json();
        let returned: Outcome = verifier.capture(&key, &verifier.open(&key, &returning).await).await.json();
        let beside = beside.clone();
        let rekeyed = tokio::spawn(async move { beside.rekey(new.as_ref(), GRACE).await });
        // As a service does every few seconds: it reads the new keys while its own master key still opens them.
        while !rekeyed.is_finished() {
            verifier.service.audit_tail(1).await.unwrap();
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let values = rekeyed.await.unwrap().unwrap();
        assert!(values >= 10, "{case}: {values}");
        let ids = key_ids(path).await;
        assert!(ids.len() == 1 && ids != before, "{case}: every value has the new key");
        let outcome: Outcome = verifier.capture(&key, &ticket).await.json();
        assert!(matches!(outcome, Outcome::Approved { .. }), "{case}: {outcome:?}");
        let outcome: Outcome = verifier.check_code(&key, &by_code.session, CODE).await.json();
        assert!(matches!(outcome, Outcome::Approved { .. }), "{case}: {outcome:?}");
        verifier.go_back(&returning, &returned).await;
        let code = setting_up.code();
        assert_eq!(setting_up.send_code(&code).await.status, StatusCode::SEE_OTHER, "{case}: the key shown before");
        verifier.advance(30);
        let reply = operator.sign_in(OPERATOR, &password).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{case}: {}", reply.text());
        assert_eq!(key_ids(path).await, ids, "{case}: what is sealed since has it too");
    }
    let former = TestVerifier::reopen(database.clone()).await.err().unwrap();
    assert!(matches!(former, StoreError::Seal(SealBroken)), "{former:?}");
    let again = TestVerifier::reopen_with(database.clone(), MasterKey::from_bytes([6; 32])).await.unwrap();
    again.verify_audit().await.unwrap();
    let log = again.audit_tail(100).await.unwrap();
    let replaced: Vec<_> =
        log.iter().filter(|entry| entry.event == "keys_replaced").map(|e| e.detail.as_str()).collect();
    assert_eq!(replaced, ["", "with a new master key"]);
}

#[tokio::test]
async fn sign_ins_go_on_while_many_values_are_sealed_again() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::File(folder.path().join("verifier.db"));
    let verifier = TestVerifier::at(database.clone(), rules()).await;
    let key = verifier.key();
    verifier.enroll(&key).await;
    for n in 0..300 {
        let mut claims = verifier.start_claims();
        claims["sub"] = format!("auth0|{n}").into();
        verifier.start_as(&claims).await;
    }
    let beside = TestVerifier::reopen(database).await.unwrap();
    let rekeyed = tokio::spawn(async move { beside.rekey(None, GRACE).await });
    let mut sign_ins = 0;
    while !rekeyed.is_finished() {
        let (login, outcome) = verifier.sign_in(&key).await;
        verifier.go_back(&login, &outcome).await;
        sign_ins += 1;
    }
    assert!(rekeyed.await.unwrap().unwrap() >= 300 && sign_ins > 0, "{sign_ins}");
    let (login, outcome) = verifier.sign_in(&key).await;
    verifier.go_back(&login, &outcome).await;
}
