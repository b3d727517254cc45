//! Databases of earlier versions, as they were left: opened, migrated and used.

use axum::http::StatusCode;
use countenance_attest::DeviceKey;
use countenance_core::{
    protocol::{Outcome, ProblemKind},
    rng::SeededRng,
};
use countenance_verifier::{Database, StoreError};
use sqlx::{Connection, SqliteConnection};

use super::{
    portal::operator::{COOKIE, Operator},
    test_verifier::*,
};

/// Each version before the latest; `databases` has a dump of each.
const VERSIONS: [&str; 21] = [
    include_str!("databases/1.sql"),
    include_str!("databases/2.sql"),
    include_str!("databases/3.sql"),
    include_str!("databases/4.sql"),
    include_str!("databases/5.sql"),
    include_str!("databases/6.sql"),
    include_str!("databases/7.sql"),
    include_str!("databases/8.sql"),
    include_str!("databases/9.sql"),
    include_str!("databases/10.sql"),
    include_str!("databases/11.sql"),
    include_str!("databases/12.sql"),
    include_str!("databases/13.sql"),
    include_str!("databases/14.sql"),
    include_str!("databases/15.sql"),
    include_str!("databases/16.sql"),
    include_str!("databases/17.sql"),
    include_str!("databases/18.sql"),
    include_str!("databases/19.sql"),
    include_str!("databases/20.sql"),
    include_str!("databases/21.sql"),
];
const SECRET: &str = "a session secret of thirty-two bytes!";

/// Runs SQL on a database file, which is created if it is missing.
async fn run(path: &std::path::Path, sql: &'static str) {
    let url = format!("sqlite://{}?mode=rwc", path.display());
    let mut db = SqliteConnection::connect(&url).await.unwrap();
    sqlx::raw_sql(sql).execute(&mut db).await.unwrap();
    db.close().await.unwrap();
}

#[tokio::test]
async fn every_earlier_database_is_migrated_with_its_people_and_its_log() {
    for (version, dump) in (1..).zip(VERSIONS) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("verifier.db");
        run(&path, dump).await;
        let mut verifier = TestVerifier::at(Database::File(path.clone()), rules()).await;
        let rows = verifier.service.verify_audit().await.unwrap().rows;
        assert_eq!(rows, 5, "{version}: the log of four rows is intact and goes on");
        // The integration, its secret, the account and its template are those of the dump.
        verifier.integration = "integration-0001".into();
        verifier.secret = SECRET.into();
        let (key, login) = (verifier.key(), verifier.start().await);
        let refused = verifier.try_open(&key, &login).await.problem().0;
        assert_eq!(refused, ProblemKind::DeviceNotBound, "{version}: no device is bound");
        verifier.sees(Sees::Bob);
        let (_, outcome) = verifier.sign_in(&verifier.key()).await;
        assert!(matches!(outcome, Outcome::Retry { .. }), "{version}: {outcome:?}");
        verifier.sees(Sees::Ada);
        let (_, outcome) = verifier.sign_in(&verifier.key()).await;
        assert!(matches!(outcome, Outcome::Approved { .. }), "{version}: {outcome:?}");
        let last = verifier.service.audit_tail(1).await.unwrap();
        assert_eq!(last[0].event, "matched", "{version}: not enrolled again");
        let rows = verifier.service.verify_audit().await.unwrap();
        let again = TestVerifier::reopen(Database::File(path)).await.unwrap();
        assert_eq!(again.verify_audit().await.unwrap(), rows, "{version}: migrated once");
    }
}

/// The table of bindings was made again for a further way to bind a device.
#[tokio::test]
async fn devices_stay_bound() {
    let key = DeviceKey::ephemeral(&SeededRng::from("bound before"));
    let (device, public_key) = (key.thumbprint().to_string(), key.public().jwk().x);
    let insert = format!(
        "INSERT INTO devices (integration_id, id, public_key, name, registered_at) \
         VALUES ('integration-0001', '{device}', '{public_key}', 'Laptop', 1); \
         INSERT INTO bindings VALUES ('integration-0001', '{SUB}', '{device}', 1, 'mail');"
    );
    let insert: &'static str = Box::leak(insert.into_boxed_str());
    for (version, dump) in (6..).zip(&VERSIONS[5..]) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("verifier.db");
        run(&path, dump).await;
        run(&path, insert).await;
        let mut verifier = TestVerifier::at(Database::File(path), rules()).await;
        verifier.integration = "integration-0001".into();
        verifier.secret = SECRET.into();
        let reply = verifier.try_open(&key, &verifier.start().await).await;
        assert_eq!(reply.status, StatusCode::OK, "{version}: {}", reply.text());
        assert!(verifier.service.unbind_device("integration-0001", SUB, &device).await.unwrap(), "{version}");
    }
}

#[tokio::test]
async fn a_database_that_cannot_be_migrated_stays_as_it_is() {
    for (case, change) in [
        ("a newer version", "PRAGMA user_version = 1000"),
        ("a step that fails", "CREATE TABLE setup_events (id INTEGER)"),
        ("another key", "UPDATE key_check SET sealed = zeroblob(60)"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("verifier.db");
        run(&path, VERSIONS[2]).await;
        run(&path, change).await;
        let before = std::fs::read(&path).unwrap();
        let refused = TestVerifier::reopen(Database::File(path.clone())).await.err().unwrap();
        let named = match case {
            "a newer version" => matches!(refused, StoreError::Schema { found: 1000 }),
            "a step that fails" => matches!(refused, StoreError::Migration(_)),
            _ => matches!(refused, StoreError::Seal(_)),
        };
        assert!(named, "{case}: {refused:?}");
        // Opening switches to the write-ahead log, which changes two bytes of the header and its change counters.
        let after = std::fs::read(&path).unwrap();
        assert_eq!(after[100..], before[100..], "{case}");
    }
}

#[tokio::test]
async fn operators_of_before_are_admins_and_sign_in_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("verifier.db");
    run(&path, VERSIONS[16]).await;
    let verifier = TestVerifier::at(Database::File(path), rules()).await;
    let mut grace = Operator::stranger(&verifier);
    grace.cookie = format!("{COOKIE}=a cookie of a portal session of before");
    assert_eq!(grace.get("/portal/integrations").await.status, StatusCode::SEE_OTHER, "opened by a password alone");
    grace.sign_in("grace", "a password of an operator of before").await;
    let page = grace.page("/portal/operators", "portal-operators").await.text();
    assert!(page.contains("grace (admin)"), "{page}");
    assert_eq!(page.matches("<td role=\"cell\" data-head=\"Role\">admin</td>").count(), 2, "{page}");
}
