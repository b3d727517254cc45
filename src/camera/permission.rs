//! Whether this program may use a camera, as far as the system reports it before opening.
//!
//! | system | checked | not covered |
//! |---|---|---|
//! | Linux | read and write access of this process to the node: owner, group, access control list | device rules of a container; restrictions of Snap's confinement |
//! | macOS | AVFoundation's authorization status | the person's answer to a future prompt |
//! | Windows | privacy settings for cameras, of the machine and of the user | a driver's own lock |
//!
//! Opening a camera may still fail, and is decisive. The macOS and Windows parts have not been run on those systems.

use std::io;

/// Whether this program may use a camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// Allowed.
    Granted,
    /// Denied.
    Denied(DeniedBy),
    /// Unknown, or the system will ask the person first.
    Unknown,
}

/// What denies access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeniedBy {
    /// Owner, group or access control list of the device node. Remedy: membership in the group `video`, or a local
    /// session.
    Node,
    /// Privacy settings of the person or the administrator. Remedy: change them.
    Privacy,
}

impl Permission {
    /// Derives the permission from an attempt to access a node. If `confined`, success on the node is not conclusive.
    pub fn of_attempt(attempt: &io::Result<()>, confined: bool) -> Self {
        match attempt {
            Ok(()) if confined => Self::Unknown,
            Ok(()) => Self::Granted,
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Self::Denied(DeniedBy::Node),
            Err(_) => Self::Unknown,
        }
    }
}

/// Whether this process may use the camera at `node`: `/dev/video0` on Linux. Other systems have one setting for all
/// cameras.
#[cfg(target_os = "linux")]
pub fn permission(node: &str) -> Permission {
    use rustix::fs::{Access, AtFlags, CWD, accessat};
    // Checks the effective IDs of the process; the kernel includes access control lists.
    let attempt = accessat(CWD, node, Access::READ_OK | Access::WRITE_OK, AtFlags::EACCESS).map_err(io::Error::from);
    // Snap shows the host's nodes but denies opening them; Flatpak hides nodes without permission.
    let confined = std::env::var_os("SNAP").is_some_and(|snap| !snap.is_empty());
    Permission::of_attempt(&attempt, confined)
}

/// Whether this process may use the camera at `node`: `/dev/video0` on Linux. Other systems have one setting for all
/// cameras.
#[cfg(target_os = "macos")]
pub fn permission(_node: &str) -> Permission {
    use nokhwa_bindings_macos::{AVAuthorizationStatus, current_authorization_status};
    match current_authorization_status() {
        AVAuthorizationStatus::Authorized => Permission::Granted,
        AVAuthorizationStatus::Denied | AVAuthorizationStatus::Restricted => Permission::Denied(DeniedBy::Privacy),
        AVAuthorizationStatus::NotDetermined => Permission::Unknown,
    }
}

/// Whether this process may use the camera at `node`: `/dev/video0` on Linux. Other systems have one setting for all
/// cameras.
#[cfg(windows)]
pub fn permission(_node: &str) -> Permission {
    const STORE: &str = r"Software\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore\webcam";
    let asked = [format!(r"HKLM\{STORE}"), format!(r"HKCU\{STORE}"), format!(r"HKCU\{STORE}\NonPackaged")].map(|key| {
        let answer = std::process::Command::new("reg.exe").args(["query", &key, "/v", "Value"]).output().ok()?;
        Some(String::from_utf8_lossy(&answer.stdout).into_owned())
    });
    consent(asked.map(|answer| consent_value(&answer?)))
}

/// Whether this process may use the camera at `node`: this system cannot be queried.
#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
pub fn permission(_node: &str) -> Permission {
    Permission::Unknown
}

/// Value of a switch in Windows' privacy settings.
#[cfg(any(windows, test))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Consent {
    Allow,
    Deny,
}

/// Parses `reg query … /v Value`: `    Value    REG_SZ    Allow`. `None` if there is no such value, or it is another
/// one (`Prompt`).
#[cfg(any(windows, test))]
fn consent_value(answer: &str) -> Option<Consent> {
    match answer.split_once("REG_SZ")?.1.split_whitespace().next()? {
        "Allow" => Some(Consent::Allow),
        "Deny" => Some(Consent::Deny),
        _ => None,
    }
}

/// Combines the switches of the machine, the user, and the user's desktop apps: any can deny, all must allow.
#[cfg(any(windows, test))]
fn consent(switches: [Option<Consent>; 3]) -> Permission {
    if switches.contains(&Some(Consent::Deny)) {
        Permission::Denied(DeniedBy::Privacy)
    } else if switches.iter().all(|switch| *switch == Some(Consent::Allow)) {
        Permission::Granted
    } else {
        Permission::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grants_only_on_an_explicit_yes() {
        for (name, attempt, confined, expected) in [
            ("yes", Ok(()), false, Permission::Granted),
            ("yes, by the node", Ok(()), true, Permission::Unknown),
            ("no", Err(io::ErrorKind::PermissionDenied), false, Permission::Denied(DeniedBy::Node)),
            (
                "no, whatever the others say",
                Err(io::ErrorKind::PermissionDenied),
                true,
                Permission::Denied(DeniedBy::Node),
            ),
            ("gone", Err(io::ErrorKind::NotFound), false, Permission::Unknown),
            ("busy", Err(io::ErrorKind::ResourceBusy), false, Permission::Unknown),
        ] {
            assert_eq!(Permission::of_attempt(&attempt.map_err(io::Error::from), confined), expected, "{name}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn predicts_the_result_of_opening() {
        use std::{
            fs::{self, OpenOptions},
            os::unix::fs::PermissionsExt,
        };
        let folder = tempfile::tempdir().unwrap();
        let node = folder.path().join("video0");
        fs::write(&node, "").unwrap();
        // As root, every row is granted, by both functions.
        for mode in [0o000, 0o200, 0o400, 0o600, 0o666] {
            fs::set_permissions(&node, fs::Permissions::from_mode(mode)).unwrap();
            let opened = OpenOptions::new().read(true).write(true).open(&node).map(drop);
            let predicted = permission(node.to_str().unwrap());
            assert_eq!(predicted, Permission::of_attempt(&opened, false), "{mode:o}");
        }
        assert_eq!(permission(folder.path().join("video1").to_str().unwrap()), Permission::Unknown);
    }

    #[test]
    fn reads_the_consent_store_and_each_switch_can_deny() {
        let answer = |value: &str| {
            format!("\r\nHKEY_CURRENT_USER\\Software\\…\\webcam\r\n    Value    REG_SZ    {value}\r\n\r\n")
        };
        assert_eq!(consent_value(&answer("Allow")), Some(Consent::Allow));
        assert_eq!(consent_value(&answer("Deny")), Some(Consent::Deny));
        for none in [answer("Prompt"), answer(""), String::new(), "ERROR: …".into()] {
            assert_eq!(consent_value(&none), None, "{none}");
        }
        let (allow, deny) = (Some(Consent::Allow), Some(Consent::Deny));
        for (switches, expected) in [
            ([allow, allow, allow], Permission::Granted),
            ([deny, allow, allow], Permission::Denied(DeniedBy::Privacy)),
            ([allow, deny, None], Permission::Denied(DeniedBy::Privacy)),
            ([None, allow, deny], Permission::Denied(DeniedBy::Privacy)),
            ([None, allow, allow], Permission::Unknown),
            ([None, None, None], Permission::Unknown),
        ] {
            assert_eq!(consent(switches), expected, "{switches:?}");
        }
    }
}
