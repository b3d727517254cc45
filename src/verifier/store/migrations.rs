//! The schema, as steps: each moves a database from the version before.
//!
//! A new step is a file in `migrations/`, a line in [`STEPS`] and a stored database of the version before in
//! `tests/verifier/databases`. A released step never changes: its checksum is in every database.

use sqlx::{
    AssertSqlSafe, SqlSafeStr, SqliteConnection,
    migrate::{Migration, MigrationType, Migrator},
};

use super::StoreError;

/// Version, description and SQL of each step, ascending.
const STEPS: [(i64, &str, &str); 22] = [
    (1, "sessions", include_str!("migrations/1_sessions.sql")),
    (2, "portal and codes", include_str!("migrations/2_portal_and_codes.sql")),
    (3, "moving templates", include_str!("migrations/3_moving_templates.sql")),
    (4, "setup events", include_str!("migrations/4_setup_events.sql")),
    (5, "indexes", include_str!("migrations/5_indexes.sql")),
    (6, "bindings", include_str!("migrations/6_bindings.sql")),
    (7, "pending enrollments", include_str!("migrations/7_pending_enrollments.sql")),
    (8, "enrollment rule", include_str!("migrations/8_enrollment_rule.sql")),
    (9, "used samples", include_str!("migrations/9_used_samples.sql")),
    (10, "limits", include_str!("migrations/10_limits.sql")),
    (11, "retention", include_str!("migrations/11_retention.sql")),
    (12, "client versions", include_str!("migrations/12_client_versions.sql")),
    (13, "audit checkpoints", include_str!("migrations/13_audit_checkpoints.sql")),
    (14, "sealing keys", include_str!("migrations/14_sealing_keys.sql")),
    (15, "consent", include_str!("migrations/15_consent.sql")),
    (16, "enrolment flow", include_str!("migrations/16_enrolment_flow.sql")),
    (17, "enrolled samples", include_str!("migrations/17_enrolled_samples.sql")),
    (18, "operators", include_str!("migrations/18_operators.sql")),
    (19, "approvals", include_str!("migrations/19_approvals.sql")),
    (20, "key protection", include_str!("migrations/20_key_protection.sql")),
    (21, "fleet", include_str!("migrations/21_fleet.sql")),
    (22, "supervisors", include_str!("migrations/22_supervisors.sql")),
];

/// The version that this build reads and writes.
pub(super) const LATEST: i64 = {
    let [.., (version, ..)] = STEPS;
    version
};

/// Runs the steps that `db` lacks, inside the caller's transaction.
pub(super) async fn run(db: &mut SqliteConnection) -> Result<(), StoreError> {
    let found: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *db).await?;
    if found > LATEST {
        return Err(StoreError::Schema { found });
    }
    let steps = Migrator::with_migrations(STEPS.map(migration).to_vec());
    // Builds before the first migration recorded the version only.
    let recorded = "SELECT 1 FROM sqlite_schema WHERE name = '_sqlx_migrations'";
    let recorded: Option<i64> = sqlx::query_scalar(recorded).fetch_optional(&mut *db).await?;
    if found > 0 && recorded.is_none() {
        steps.skip(&mut *db, Some(found)).await?;
    }
    steps.run(&mut *db).await?;
    // Where those builds look, so that they refuse a database that is too new for them.
    sqlx::raw_sql(AssertSqlSafe(format!("PRAGMA user_version = {LATEST}"))).execute(&mut *db).await?;
    Ok(())
}

fn migration((version, description, sql): (i64, &'static str, &'static str)) -> Migration {
    Migration::new(version, description.into(), MigrationType::Simple, sql.into_sql_str(), false)
}
