//! A fake machine made of temporary files, with one fault at a time.

use std::{collections::BTreeMap, ffi::OsString, fs, io, os::unix::fs::MetadataExt, path::Path};

use super::*;
use crate::{
    display::Address,
    dry_run::FixedClock,
    registration::{RegistrationError, Status},
    session::{SessionError, origin::Origin, reach::Reached},
    settings::Managed,
};
use countenance_attest::DeviceKey;
use countenance_camera::{
    CameraError, Listed, PortalFault,
    permission::{DeniedBy, Permission},
    provenance::windows,
};
use countenance_core::{clock::UnixSecs, protocol::ModelClaim};
use countenance_system::SystemRandom;
use countenance_vision::VisionError;

mod faults;
mod managed;

const NOW: UnixSecs = 1_800_000_000;

/// A machine without faults; tests add them.
struct Machine {
    home: tempfile::TempDir,
    variables: BTreeMap<&'static str, &'static str>,
    /// Whether a display server answers at this address.
    answers: fn(&Address) -> bool,
    /// Results of opening devices, by name.
    devices: BTreeMap<&'static str, io::ErrorKind>,
    models: fn() -> Result<Vec<ModelClaim>, VisionError>,
    reach: fn(&Origin) -> Result<Reached, SessionError>,
    link: fn() -> Result<Status, RegistrationError>,
    now: UnixSecs,
    system: &'static str,
    /// What macOS and Windows say.
    permission: Permission,
    cameras: fn() -> Vec<Listed>,
    /// What the desktop's camera portal has.
    portal: fn() -> Option<Result<Vec<Listed>, CameraError>>,
    adapters: fn() -> Vec<Adapter>,
}

fn well() -> Machine {
    let home = tempfile::tempdir().unwrap();
    let root = home.path();
    for folder in ["dev/dri", "etc/countenance", "sys/class/video4linux/video0", "home/zoe/data"] {
        fs::create_dir_all(root.join(folder)).unwrap();
    }
    fs::write(root.join("dev/video0"), "").unwrap();
    fs::write(root.join("dev/dri/renderD128"), "").unwrap();
    fs::write(root.join("sys/class/video4linux/video0/name"), "Desk Cam\n").unwrap();
    let names = "libX11.so.6 libX11-xcb.so.1 libXcursor.so.1 libXi.so.6 libxkbcommon-x11.so.0 libGL.so.1 \
                 libwayland-client.so.0 libwayland-egl.so.1 libxkbcommon.so.0 libEGL.so.1 ";
    let paths = format!("/usr/lib/{names}").replace(' ', "\0/usr/lib/");
    fs::write(root.join("etc/ld.so.cache"), format!("cache\0{paths}")).unwrap();
    fs::write(root.join("home/zoe/settings.toml"), "verifiers = [\"https://v.example\"]\n").unwrap();
    DeviceKey::load_or_create(&root.join("home/zoe/data/keys/device.key"), &SystemRandom).unwrap();
    Machine {
        variables: BTreeMap::from([("DISPLAY", ":0")]),
        answers: |_| true,
        devices: BTreeMap::new(),
        models: || Ok(vec![ModelClaim { name: "net".into(), sha256: "0123456789abcdef".into() }]),
        reach: |_| Ok(Reached { date: Some(NOW - 2) }),
        link: || Ok(Status::Ours),
        now: NOW,
        system: "linux",
        permission: Permission::Granted,
        cameras: || {
            vec![Listed {
                id: "a@b".into(),
                name: "Desk Cam".into(),
                node: "0".into(),
                maybe_infrared: false,
                provenance: windows::examine("Desk Cam", "", ""),
            }]
        },
        portal: || None,
        adapters: || vec![Adapter { name: "Card".into(), has_opengl: true }],
        home,
    }
}

/// Lets all users write to `path`.
fn open_to_all(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path).unwrap().permissions().mode();
    fs::set_permissions(path, fs::Permissions::from_mode(mode | 0o002)).unwrap();
}

/// A camera attached to an image processor, with a node that opens.
fn image_processor(machine: &Machine) {
    use std::os::unix::fs::symlink;
    let sys = machine.root().join("sys");
    let processor = sys.join("devices/pci0000:00/0000:00:05.0");
    for folder in [processor.join("isys/video4linux/video1"), sys.join("bus/pci/devices")] {
        fs::create_dir_all(folder).unwrap();
    }
    for (attribute, text) in [("vendor", "0x8086"), ("device", "0xa75d")] {
        fs::write(processor.join(attribute), text).unwrap();
    }
    symlink(&processor, sys.join("bus/pci/devices/0000:00:05.0")).unwrap();
    symlink(processor.join("isys/video4linux/video1"), sys.join("class/video4linux/video1")).unwrap();
    fs::write(machine.root().join("dev/video1"), "").unwrap();
}

impl Machine {
    fn root(&self) -> &Path {
        self.home.path()
    }

    fn device(&mut self, name: &'static str, gives: io::ErrorKind) {
        self.devices.insert(name, gives);
    }

    fn examine(&self) -> Vec<Finding> {
        let variable = |name: &str| self.variables.get(name).map(OsString::from);
        let open = |path: &Path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            self.devices.get(name).map_or(Ok(()), |kind| Err(io::Error::from(*kind)))
        };
        let home = self.root().join("home/zoe");
        // The administrator of this machine is whoever runs the test.
        let administrator = fs::metadata(self.root()).unwrap().uid();
        let managed = || Managed::of_file(&self.root().join("etc/countenance/settings.toml"), administrator);
        examine(&DoctorContext {
            window: true,
            root: self.root().to_owned(),
            system: self.system,
            variable: &variable,
            connects: &|address| {
                if (self.answers)(address) { Ok(()) } else { Err(io::ErrorKind::ConnectionRefused.into()) }
            },
            open: &open,
            permission: &|| self.permission,
            cameras: &self.cameras,
            portal: &self.portal,
            adapters: &self.adapters,
            key: Some(home.join("data/keys/device.key")),
            settings: Some(home.join("settings.toml")),
            managed: &managed,
            nets: Some(home.join("data/nets")),
            home: Some(home),
            models: &self.models,
            reach: &self.reach,
            link: &self.link,
            clock: &FixedClock(self.now),
            built: Some(NOW - 1000),
        })
    }

    /// Has an administrator write `text`.
    fn manage(&self, text: &str) {
        fs::write(self.root().join("etc/countenance/settings.toml"), text).unwrap();
    }

    /// The only finding of a check.
    fn finding(&self, check: Check) -> Finding {
        let mut found: Vec<_> = self.examine().into_iter().filter(|finding| finding.check == check).collect();
        assert_eq!(found.len(), 1, "{check}");
        found.remove(0)
    }
}

#[test]
fn a_sound_machine_passes_all_checks() {
    let findings = well().examine();
    assert!(findings.iter().all(|f| f.state == State::Good && f.fix.is_none()), "{findings:#?}");
    assert_eq!(findings.iter().map(|f| f.check).collect::<Vec<_>>(), Check::ALL);
    assert_eq!(
        well().finding(Check::Camera).detail,
        "video0 (Desk Cam) opens; the system does not report how it is connected"
    );
}

#[test]
fn names_what_needs_libcamera() {
    let machine = well();
    image_processor(&machine);
    let needs = "Intel IPU6: a camera attached to this image processor works only through libcamera";
    let beside = "video0 (Desk Cam) opens; the system does not report how it is connected";
    assert_eq!(machine.finding(Check::Camera).detail, format!("{beside}; {needs}"));
    fs::remove_file(machine.root().join("dev/video0")).unwrap();
    assert_eq!(machine.finding(Check::Camera).detail, needs);
}

#[test]
fn the_portal_is_asked_only_where_it_is_used() {
    let found = || {
        let provenance = windows::examine("Built-in", "", "");
        let (id, name, node) = ("a".into(), "Built-in".into(), "pipewire:a".into());
        Some(Ok(vec![Listed { id, name, node, maybe_infrared: false, provenance }]))
    };
    let gives = "the camera portal gives access to: Built-in";
    let mut machine = well();
    machine.portal = found;
    assert!(machine.finding(Check::Camera).detail.starts_with("video0"), "a webcam wins");
    fs::write(machine.root().join(".flatpak-info"), "").unwrap();
    assert_eq!(machine.finding(Check::Camera).detail, gives, "in a Flatpak");
    fs::remove_file(machine.root().join(".flatpak-info")).unwrap();
    fs::remove_file(machine.root().join("dev/video0")).unwrap();
    assert_eq!(machine.finding(Check::Camera).detail, gives, "no webcam");
    machine.portal = || Some(Err(CameraError::NoPortal(PortalFault::NoPortal)));
    assert_eq!(machine.finding(Check::Camera).fix, Some(Fix::ConnectCamera), "no camera, and no portal needed");
    image_processor(&machine);
    assert_eq!(machine.finding(Check::Camera).fix, Some(Fix::CheckPortal));
    machine.portal = || Some(Err(CameraError::DeniedByDesktop));
    assert_eq!(machine.finding(Check::Camera).fix, Some(Fix::AllowInDesktop));
    machine.portal = || Some(Err(CameraError::Asking));
    assert_eq!(machine.finding(Check::Camera).fix, Some(Fix::AnswerDesktop));
    machine.portal = || Some(Ok(Vec::new()));
    assert_eq!(machine.finding(Check::Camera).fix, Some(Fix::CheckPortal));
    machine.portal = || None;
    assert_eq!(machine.finding(Check::Camera).fix, Some(Fix::ConnectUsbCamera), "built without it");
}

#[cfg(unix)]
#[test]
fn reports_a_key_that_others_can_read() {
    use std::os::unix::fs::PermissionsExt;
    let machine = well();
    let key = machine.root().join("home/zoe/data/keys/device.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(machine.finding(Check::Key).fix, Some(Fix::ProtectKey));
    fs::remove_file(&key).unwrap();
    assert_eq!(machine.finding(Check::Key).state, State::Good, "no key yet");
    assert!(!key.exists(), "the check creates no key");
}

#[test]
fn checks_the_libraries_of_the_display_server_in_use() {
    let mut machine = well();
    let wayland = "\0libwayland-client.so.0\0libwayland-egl.so.1\0libxkbcommon.so.0\0libEGL.so.1\0";
    fs::write(machine.root().join("etc/ld.so.cache"), wayland).unwrap();
    assert_eq!(machine.finding(Check::Libraries).state, State::Attention, "X11 is in use");
    machine.variables = BTreeMap::from([("WAYLAND_DISPLAY", "wayland-0")]);
    let found = machine.finding(Check::Libraries);
    assert_eq!(found.state, State::Good, "{}", found.detail);
    assert!(found.detail.contains("X11: not found libX11.so.6, libX11-xcb.so.1"), "{}", found.detail);
}

#[test]
fn reports_the_graphics_driver() {
    let machine = well();
    assert_eq!(machine.finding(Check::Graphics).detail, "X11 answers; drawn by renderD128");
    fs::remove_file(machine.root().join("dev/dri/renderD128")).unwrap();
    let found = machine.finding(Check::Graphics);
    assert_eq!(found.detail, "X11 answers; drawn in software (llvmpipe): there is no graphics device");
    assert_eq!(found.state, State::Good, "slower, but it works");
}

#[test]
fn checks_every_verifier() {
    let mut machine = well();
    let two = "verifiers = [\"https://a.example\", \"https://b.example\"]";
    fs::write(machine.root().join("home/zoe/settings.toml"), two).unwrap();
    machine.reach = |origin| match origin.to_string().as_str() {
        "https://a.example" => Ok(Reached { date: Some(NOW) }),
        _ => Err(SessionError::Rejected { status: 404 }),
    };
    let findings = machine.examine();
    let states: Vec<_> = findings.iter().filter(|f| f.check == Check::Verifier).map(|f| f.state).collect();
    assert_eq!(states, [State::Good, State::Attention]);
}

#[test]
fn reports_added_networks_and_missing_pinned_ones() {
    let machine = well();
    let (nets, settings) = (machine.root().join("home/zoe/data/nets"), machine.root().join("home/zoe/settings.toml"));
    let pin = "b".repeat(64);
    fs::write(&settings, format!("verifiers = [\"https://v.example\"]\nliveness_nets = [\"{pin}\"]\n")).unwrap();
    let added = || machine.examine().into_iter().filter(|f| f.check == Check::Models).nth(1).unwrap();
    assert_eq!((added().state, added().fix), (State::Attention, Some(Fix::RestoreNet)), "no folder");
    fs::create_dir(&nets).unwrap();
    let found = added();
    assert!(found.state == State::Attention && found.detail.contains(&pin), "{found:?}");
    assert!(!found.detail.contains("zoe"), "{found:?}");
}

#[test]
fn abbreviates_the_home_directory() {
    let mut machine = well();
    machine.link = || Ok(Status::Nobody);
    let home = machine.root().join("home/zoe");
    let around = DoctorContext { home: Some(home.clone()), ..DoctorContext::of_this_machine(true) };
    let text = format!("links open {}/bin/countenance", home.display());
    assert_eq!(around.without_home(&text), "links open ~/bin/countenance");
    for finding in machine.examine() {
        assert!(!finding.detail.contains("zoe"), "{finding:?}");
    }
}

#[test]
fn message_ids_are_unique() {
    let ids: Vec<_> = Check::ALL.iter().map(|c| c.id()).chain(Fix::ALL.iter().map(|f| f.id())).collect();
    let different: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(different.len(), ids.len());
}
