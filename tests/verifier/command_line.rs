//! `countenance-verifier` as a program: administers a database, and leaves a record of it.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use countenance_system::SystemRandom;
use countenance_verifier::{Database, MasterKey, Verifier};
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};
use tempfile::TempDir;

use super::test_verifier::*;

/// A data directory, and the program that administers it.
struct Data(TempDir);

impl Data {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn database(&self) -> PathBuf {
        self.path("verifier.sqlite")
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_countenance-verifier"));
        command.arg("--data").arg(self.0.path());
        command
    }

    /// Runs a command that must succeed, and returns what it prints.
    fn run(&self, args: &[&str]) -> String {
        let ran = self.command().args(args).output().unwrap();
        assert!(ran.status.success(), "{args:?}: {}", errors(&ran));
        String::from_utf8(ran.stdout).unwrap()
    }

    /// Runs a command that must fail, and returns why.
    fn fail(&self, args: &[&str]) -> String {
        let ran = self.command().args(args).output().unwrap();
        assert!(!ran.status.success(), "{args:?}: {}", errors(&ran));
        errors(&ran)
    }

    async fn open(&self) -> Verifier {
        let key = MasterKey::from_file(&self.path("verifier.key"), &SystemRandom).unwrap();
        TestVerifier::reopen_with(Database::File(self.database()), key).await.unwrap()
    }

    /// Events and details of the audit log.
    async fn log(&self) -> Vec<(String, String)> {
        let log = self.open().await.audit_tail(100).await.unwrap();
        // Dropped connections close in the background.
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        log.into_iter().map(|entry| (entry.event, entry.detail)).collect()
    }
}

fn errors(ran: &Output) -> String {
    String::from_utf8_lossy(&ran.stderr).into_owned()
}

async fn sql(path: &Path, text: &str) {
    let mut db = SqliteConnection::connect(path.to_str().unwrap()).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(text.to_owned())).execute(&mut db).await.unwrap();
    db.close().await.unwrap();
}

#[tokio::test]
async fn each_command_is_in_the_audit_log() {
    let data = Data::new();
    let made = data.run(&["add-integration", "--name", "Payroll", "--tenant", TENANT, "--enrolment-flow", "inline"]);
    let integration = made.split_whitespace().nth(2).unwrap();
    data.run(&["add-operator", "grace"]);
    data.run(&["device-code", "--integration", integration]);
    data.run(&["remove-operator", "grace"]);
    let log = data.log().await;
    let log: Vec<_> =
        log.iter().map(|(event, detail)| (event.as_str(), detail.split(" by user ").next().unwrap())).collect();
    assert_eq!(
        log,
        [
            ("command_run", "add-integration"),
            ("integration_added", TENANT),
            ("command_run", "add-operator"),
            ("operator_added", "admin"),
            ("command_run", "device-code"),
            ("device_code_made", ""),
            ("command_run", "remove-operator"),
            ("operator_removed", ""),
        ]
    );
}

#[tokio::test]
async fn kiosks_are_listed_counted_renamed_moved_and_retired() {
    let data = Data::new();
    let made = data.run(&["add-integration", "--name", "Payroll", "--tenant", TENANT, "--enrolment-flow", "inline"]);
    let integration = made.split_whitespace().nth(2).unwrap();
    let told = r#"{ "uptime_secs": 1, "sessions": 0, "camera": "absent", "site": "Hall", "settings_revision": "r1" }"#;
    for (id, heartbeat) in [("one", Some(told)), ("two", None)] {
        let values = format!("'{integration}', '{id}', 'x', 'Desk', 1800000000, 1");
        let columns = "integration_id, id, public_key, name, registered_at, kiosk";
        sql(&data.database(), &format!("INSERT INTO devices ({columns}) VALUES ({values})")).await;
        if let Some(told) = heartbeat {
            let values = format!("'{integration}', '{id}', 1800000000, 0, '{told}'");
            let columns = "integration_id, device, received_at, clock_ahead_secs, told";
            sql(&data.database(), &format!("INSERT INTO heartbeats ({columns}) VALUES ({values})")).await;
        }
    }
    let kiosks =
        |task: &str, more: &[&str]| data.run(&[&["kiosks", task, "--integration", integration], more].concat());
    let camera = "2027-01-15T08:00:00Z";
    let list = kiosks("list", &[]);
    // How long ago the heartbeat was depends on this machine's clock.
    assert!(list.starts_with("one\tDesk\tHall\t") && list.contains(&format!("camera\t{camera}\t-\tr1\n")), "{list}");
    assert!(list.ends_with("two\tDesk\t-\tsilent\tnever\t-\t-\n"), "{list}");
    let metrics = data.run(&["kiosks", "metrics"]);
    for line in [
        "# TYPE countenance_kiosks gauge",
        "countenance_kiosks{health=\"needs_attention\"} 1",
        "countenance_kiosks{health=\"silent\"} 1",
        "countenance_kiosks{health=\"retired\"} 0",
        "countenance_kiosks_troubled{trouble=\"camera\"} 1",
        "countenance_kiosks_troubled{trouble=\"disk\"} 0",
    ] {
        assert!(metrics.lines().any(|found| found == line), "{line}: {metrics}");
    }
    assert!(!metrics.contains("Desk") && !metrics.contains("Hall"), "without names");
    kiosks("rename", &["one", "Gate 3"]);
    kiosks("move", &["one", "Building 7"]);
    kiosks("retire", &["two"]);
    let list = kiosks("list", &[]);
    assert!(list.starts_with("one\tGate 3\tBuilding 7\t") && list.contains("two\tDesk\t-\tretired\t"), "{list}");
    kiosks("move", &["one"]);
    assert!(kiosks("list", &[]).starts_with("one\tGate 3\tHall\t"), "its own counts again");
    let at = ["--integration", integration];
    for (args, why) in [
        ([&["kiosks", "retire"][..], &at, &["two"]].concat(), "the kiosk was retired before"),
        ([&["kiosks", "rename"][..], &at, &["three", "x"]].concat(), "the integration has no kiosk with this id"),
        ([&["kiosks", "rename"][..], &at, &["one", "a\nb"]].concat(), "a site is one line of 1 to 64 characters"),
        (vec!["kiosks", "list", "--integration", "none"], "there is no integration with this id"),
    ] {
        let told = data.fail(&args);
        assert!(told.contains(why), "{args:?}: {told}");
    }
    let log = data.log().await;
    let done: Vec<_> =
        log.iter().filter(|(event, _)| event.starts_with("device_")).map(|(_, detail)| detail.as_str()).collect();
    assert_eq!(done, ["Desk → Gate 3", "(none) → Building 7", "on → retired", "Building 7 → (none)"]);
}

#[tokio::test]
async fn an_operator_has_a_role_which_a_new_password_does_not_change() {
    let data = Data::new();
    for (args, role) in [
        (&["add-operator", "grace"][..], "admin"),
        (&["add-operator", "linus", "--role", "helpdesk"], "helpdesk"),
        (&["add-operator", "linus"], "helpdesk"),
        (&["add-operator", "linus", "--role", "auditor"], "auditor"),
        (&["add-operator", "linus"], "auditor"),
    ] {
        let ran = data.command().args(args).output().unwrap();
        assert!(errors(&ran).contains(&format!("Role: {role}. Sign in at ")), "{args:?}: {}", errors(&ran));
        let log = data.log().await;
        assert_eq!(log.last().unwrap(), &("operator_added".to_owned(), role.to_owned()), "{args:?}");
    }
    let told = data.fail(&["add-operator", "linus", "--role", "root"]);
    assert!(told.contains("admin, helpdesk, auditor"), "{told}");
}

#[tokio::test]
async fn a_supervisor_is_added_and_gets_a_new_pin() {
    let data = Data::new();
    let made = data.run(&["add-integration", "--name", "Payroll", "--tenant", TENANT, "--enrolment-flow", "attended"]);
    let integration = made.split_whitespace().nth(2).unwrap();
    let add = |id: &str, number: &str| {
        ["add-supervisor", "--integration", id, "--name", "Grace", "--user", "auth0|grace", number].map(str::to_owned)
    };
    let run = |args: [String; 8]| data.run(&args.each_ref().map(String::as_str));
    let fail = |args: [String; 8]| data.fail(&args.each_ref().map(String::as_str));
    let (first, second) = (run(add(integration, "4711")), run(add(integration, "4711")));
    for pin in [&first, &second] {
        assert!(pin.len() == 9 && pin.trim_end().bytes().all(|byte| byte.is_ascii_digit()), "{pin:?}");
    }
    assert_ne!(first, second);
    assert!(fail(add("nowhere", "4711")).contains("no such integration"));
    assert!(fail(add(integration, "471")).contains("4 to 10 digits"));
    let log = data.log().await;
    let of_supervisors = log.iter().filter(|(event, _)| event.starts_with("supervisor_"));
    let expected = [("supervisor_added", "4711"), ("supervisor_pin_made", "4711")];
    assert!(of_supervisors.map(|(event, detail)| (event.as_str(), detail.as_str())).eq(expected), "{log:?}");
}

#[test]
fn the_portals_own_address_needs_its_origin_and_is_named_to_a_new_operator() {
    let data = Data::new();
    let (origin, at) = (["--portal-origin", "https://portal.internal"], ["--portal-listen", "127.0.0.1:0"]);
    for args in [[&["serve", "--listen", "127.0.0.1:0"][..], &at].concat(), [&origin[..], &["serve"]].concat()] {
        let told = data.fail(&args);
        assert!(told.contains("--portal-listen and --portal-origin need each other"), "{args:?}: {told}");
    }
    assert!(!data.database().exists(), "refused before anything is made");
    for (args, hint) in [
        ([&["add-operator", "grace"][..], &[]].concat(), "Sign in at http://verifier.localhost:8480/portal\n"),
        ([&origin[..], &["add-operator", "grace"]].concat(), "Sign in at https://portal.internal/portal\n"),
    ] {
        let ran = data.command().args(&args).output().unwrap();
        assert!(errors(&ran).ends_with(hint), "{args:?}: {}", errors(&ran));
    }
    let told = data.fail(&["--portal-origin", "http://portal.internal", "add-operator", "grace"]);
    assert!(told.contains("a verifier's origin is https"), "{told}");
}

#[tokio::test]
async fn the_audit_log_is_checked() {
    let data = Data::new();
    data.run(&["add-operator", "grace"]);
    for args in [&["audit", "verify"][..], &["audit", "verify", "--whole"]] {
        let told = data.run(args);
        assert!(told.starts_with("Log intact: 2 entries, checked from 1. Chain head: "), "{told}");
    }
    let change = "DROP TRIGGER audit_rows_stay_as_they_are; UPDATE audit SET detail = 'nothing' WHERE seq = 2";
    sql(&data.database(), change).await;
    let told = data.fail(&["audit", "verify"]);
    assert!(told.contains("the audit log was changed at row 2"), "{told}");
}

#[tokio::test]
async fn the_key_is_read_from_a_file_or_a_credential_and_a_missing_one_is_not_replaced() {
    let data = Data::new();
    let (beside, given, folder) = (data.path("verifier.key"), data.path("my.key"), tempfile::tempdir().unwrap());
    let credential = folder.path().join("verifier.key");
    data.run(&["--key-file", given.to_str().unwrap(), "add-operator", "grace"]);
    assert!(given.exists() && !beside.exists(), "made for a new database, where it was asked for");
    let told = data.fail(&["add-operator", "grace"]);
    assert!(told.contains(&format!("key file {} is missing", beside.display())), "{told}");
    assert!(!beside.exists(), "a new key cannot open this database");
    std::fs::copy(&given, &credential).unwrap();
    let ran = data.command().args(["audit", "verify"]).env("CREDENTIALS_DIRECTORY", folder.path()).output().unwrap();
    assert!(ran.status.success(), "{}", errors(&ran));
    std::fs::write(&beside, std::fs::read(&given).unwrap()).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&beside, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    std::fs::remove_file(&credential).unwrap();
    let ran = data.command().args(["audit", "verify"]).env("CREDENTIALS_DIRECTORY", folder.path()).output().unwrap();
    assert!(ran.status.success(), "a directory with other credentials: {}", errors(&ran));
}

#[tokio::test]
async fn a_new_key_file_replaces_the_former() {
    let data = Data::new();
    data.run(&["add-operator", "grace"]);
    let told = data.run(&["rekey"]);
    assert!(told.contains("values encrypted with a new key"), "{told}");
    data.run(&["audit", "verify", "--whole"]);
    let new = data.path("new.key");
    data.run(&["rekey", "--new-key-file", new.to_str().unwrap()]);
    let told = data.fail(&["audit", "verify"]);
    assert!(told.contains("cannot be decrypted with this key"), "{told}");
    data.run(&["--key-file", new.to_str().unwrap(), "audit", "verify", "--whole"]);
}

#[tokio::test]
async fn a_backup_is_restored_into_another_directory() {
    let (data, other) = (Data::new(), Data::new());
    data.run(&["add-operator", "grace"]);
    let service = data.open().await;
    let backup = data.path("backup");
    let file = backup.to_str().unwrap();
    data.run(&["backup", file]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        assert_eq!(std::fs::metadata(&backup).unwrap().mode() & 0o777, 0o600);
    }
    let told = data.fail(&["backup", file]);
    assert!(told.contains("exists already"), "{told}");
    drop(service);
    let key = data.path("verifier.key");
    let told = other.fail(&["restore", file]);
    assert!(told.contains("verifier.key is missing"), "{told}");
    other.run(&["--key-file", key.to_str().unwrap(), "restore", file]);
    std::fs::copy(&key, other.path("verifier.key")).unwrap();
    let log = other.log().await;
    let events: Vec<_> =
        log.iter().map(|(event, detail)| (event.as_str(), detail.split(' ').next().unwrap())).collect();
    assert_eq!(
        events,
        [
            ("command_run", "add-operator"),
            ("operator_added", "admin"),
            ("command_run", "backup"),
            ("command_run", "restore")
        ]
    );
    // Over a database that is there: it stays beside.
    other.run(&["add-operator", "linus"]);
    other.run(&["restore", file]);
    assert_eq!(other.log().await.len(), 4, "as in the backup");
    assert!(other.path("verifier.sqlite.replaced").exists());
    let told = other.fail(&["restore", file]);
    assert!(told.contains("verifier.sqlite.replaced exists already"), "{told}");
}

#[tokio::test]
async fn a_restore_is_refused_by_name_and_leaves_the_database_as_it_is() {
    let data = Data::new();
    data.run(&["add-operator", "grace"]);
    let backup = data.path("backup");
    data.run(&["backup", backup.to_str().unwrap()]);
    let rows = data.log().await.len();
    for (case, change, reason) in [
        ("newer", "PRAGMA user_version = 1000", "schema version 1000"),
        (
            "a changed log",
            "DROP TRIGGER audit_rows_stay_as_they_are; UPDATE audit SET detail = 'x' WHERE seq = 2",
            "the audit log was changed at row 2",
        ),
        ("another key", "DELETE FROM sealing_keys WHERE purpose = 'audit'", "cannot be decrypted with this key"),
        ("damaged", "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = 3 WHERE name = 'audit'", ""),
    ] {
        let bad = data.path(case);
        std::fs::copy(&backup, &bad).unwrap();
        sql(&bad, change).await;
        let told = data.fail(&["restore", bad.to_str().unwrap()]);
        assert!(told.contains(reason), "{case}: {told}");
    }
    std::fs::write(data.path("text"), "not a database, and longer than a header of one hundred bytes ".repeat(9))
        .unwrap();
    data.fail(&["restore", data.path("text").to_str().unwrap()]);
    let told = data.fail(&["restore", data.path("nothing").to_str().unwrap()]);
    assert!(told.contains("nothing cannot be used"), "{told}");
    let running = data.open().await;
    let told = data.fail(&["restore", backup.to_str().unwrap()]);
    assert!(told.contains("the database is in use: stop the service first"), "{told}");
    drop(running);
    assert_eq!(data.log().await.len(), rows);
    let names =
        std::fs::read_dir(data.0.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let left: Vec<_> = names.filter(|name| name.contains("restoring") || name.contains("replaced")).collect();
    assert!(left.is_empty(), "{left:?}");
}
