//! Tests how SQLite runs the store's statements: none may scan a table that grows with use, or every call becomes slow
//! once the table is large.

use std::{fs, path::Path, sync::Arc};

use sqlx::{AssertSqlSafe, Row};

use super::*;
use countenance_system::SystemRandom;

/// Tables that grow with people, devices, sign-ins or time, and the aliases that statements use for them.
const GROWING: [&str; 32] = [
    "accounts",
    "a",
    "templates",
    "t",
    "devices",
    "d",
    "heartbeats",
    "h",
    "bindings",
    "b",
    "binding_requests",
    "q",
    "approval_codes",
    "c",
    "pending_enrollments",
    "r",
    "device_codes",
    "sessions",
    "s",
    "captures",
    "codes",
    "log_events",
    "feedback",
    "portal_sessions",
    "pending_sign_ins",
    "used_tokens",
    "proofs",
    "audit",
    "used_samples",
    "daily_counts",
    "device_accounts",
    "supervisors",
];

/// The SQL statements among the string literals of a source file, without its tests.
fn statements(source: &str) -> Vec<String> {
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    let code: String =
        code.lines().filter(|line| !line.trim_start().starts_with("//")).flat_map(|l| [l, "\n"]).collect();
    let mut chars = code.chars();
    let mut found = Vec::new();
    while chars.by_ref().any(|c| c == '"') {
        let mut literal = String::new();
        while let Some(c) = chars.next() {
            match c {
                '"' => break,
                '\\' => literal.extend(chars.next().filter(|c| *c != '\n')),
                c => literal.push(c),
            }
        }
        if ["SELECT ", "UPDATE ", "DELETE ", "INSERT "].iter().any(|verb| literal.starts_with(verb)) {
            found.push(literal.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
    found
}

/// The scans of growing tables in a statement's plan, unless it ends after a few rows.
async fn scans(tx: &mut Tx<'_>, statement: &str) -> Vec<String> {
    let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
    let plan = sqlx::query(explain).fetch_all(&mut *tx.db).await.unwrap_or_else(|e| panic!("{statement}: {e}"));
    let plan: Vec<String> = plan.iter().map(|row| row.get("detail")).collect();
    let is_sorted = plan.iter().any(|step| step.contains("TEMP B-TREE FOR ORDER BY"));
    let is_short = statement.contains(" LIMIT ") && !is_sorted;
    let scanned = |step: &String| {
        let table = step.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next());
        table.is_some_and(|table| GROWING.contains(&table)) && !is_short
    };
    plan.into_iter().filter(scanned).collect()
}

#[tokio::test]
async fn no_statement_scans_a_table_that_grows() {
    let key = Box::leak(Box::new(MasterKey::from_bytes([1; 32])));
    let store = Store::open(&Database::Memory, key, Arc::new(SystemRandom)).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    let mut explained = 0;
    for file in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("store")).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "rs") || path.ends_with("plans.rs") {
            continue;
        }
        for statement in statements(&fs::read_to_string(&path).unwrap()) {
            // Begun here and completed by a builder, or a pattern: covered below.
            if statement.ends_with("WHERE 1 = 1") || statement.ends_with("due_at)") || statement.contains('{') {
                continue;
            }
            let scans = scans(&mut tx, &statement).await;
            assert!(scans.is_empty(), "{}: {statement}\n{scans:#?}", path.display());
            explained += 1;
        }
    }
    assert!(explained > 60, "{explained} statements found");
    for (case, scanning) in [
        ("a filter without an index", "SELECT * FROM devices WHERE name = ?"),
        ("a sorted scan", "SELECT * FROM devices ORDER BY name LIMIT 3"),
        ("a deletion", "DELETE FROM captures WHERE jti = ?"),
    ] {
        assert_eq!(scans(&mut tx, scanning).await.len(), 1, "{case}");
    }
}

#[tokio::test]
async fn no_filter_of_a_list_scans_and_sorts() {
    let key = Box::leak(Box::new(MasterKey::from_bytes([1; 32])));
    let store = Store::open(&Database::Memory, key, Arc::new(SystemRandom)).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    let all = SessionQuery::default();
    for query in [
        SessionQuery { ..all },
        SessionQuery { integration_id: "i", ..all },
        SessionQuery { stage: "open", reason: "no_match", ..all },
        SessionQuery { since: Some(1), ..all },
    ] {
        let sql = query.sql(0, 50).into_string();
        assert_eq!(scans(&mut tx, &sql).await, Vec::<String>::new(), "{sql}");
    }
    let all = AuditQuery::default();
    for query in [
        AuditQuery { ..all },
        AuditQuery { event: "e", ..all },
        AuditQuery { subject: "s", account: "a", ..all },
        AuditQuery { from: Some(1), to: Some(2), before: Some(3), ..all },
    ] {
        let sql = query.sql(50).into_string();
        assert_eq!(scans(&mut tx, &sql).await, Vec::<String>::new(), "{sql}");
    }
}

#[tokio::test]
async fn rekeying_reads_and_writes_by_rowid() {
    let key = MasterKey::from_bytes([1; 32]);
    let store = Store::open(&Database::Memory, &key, Arc::new(SystemRandom)).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    for column in &rekey::COLUMNS {
        for sql in [column.select(), column.update()] {
            assert_eq!(scans(&mut tx, &sql).await, Vec::<String>::new(), "{sql}");
        }
    }
}
