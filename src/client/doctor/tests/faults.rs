//! Each fault that the doctor knows, with its fix.

use super::*;

#[expect(clippy::too_many_lines, reason = "one table of every fault")]
#[test]
fn reports_each_fault_with_its_fix() {
    type Spoil = fn(&mut Machine);
    use {Check as C, Fix as F, State::Attention};
    let rows: &[(&str, Spoil, Check, State, Option<Fix>)] = &[
        (
            "no camera",
            |m| fs::remove_file(m.root().join("dev/video0")).unwrap(),
            C::Camera,
            Attention,
            Some(F::ConnectCamera),
        ),
        (
            "no permission for the camera",
            |m| m.device("video0", io::ErrorKind::PermissionDenied),
            C::Camera,
            Attention,
            Some(F::JoinVideoGroup),
        ),
        (
            "a camera that went away",
            |m| m.device("video0", io::ErrorKind::NotFound),
            C::Camera,
            Attention,
            Some(F::ConnectCamera),
        ),
        (
            "a camera that needs libcamera",
            |m| {
                image_processor(m);
                fs::remove_file(m.root().join("dev/video0")).unwrap();
            },
            C::Camera,
            Attention,
            Some(F::ConnectUsbCamera),
        ),
        ("a webcam beside such a camera", |m| image_processor(m), C::Camera, State::Good, None),
        ("Windows", |m| m.system = "windows", C::Camera, State::Good, None),
        ("macOS", |m| m.system = "macos", C::Camera, State::Good, None),
        (
            "no camera on Windows",
            |m| (m.system, m.cameras) = ("windows", Vec::new),
            C::Camera,
            Attention,
            Some(F::ConnectCamera),
        ),
        (
            "cameras not allowed on Windows",
            |m| (m.system, m.permission) = ("windows", Permission::Denied(DeniedBy::Privacy)),
            C::Camera,
            Attention,
            Some(F::AllowCamera),
        ),
        ("an adapter with OpenGL", |m| m.system = "windows", C::Graphics, State::Good, None),
        (
            "an adapter without OpenGL",
            |m| {
                m.system = "windows";
                m.adapters = || vec![Adapter { name: "Basic".into(), has_opengl: false }];
            },
            C::Graphics,
            State::Unknown,
            None,
        ),
        ("no adapter", |m| (m.system, m.adapters) = ("windows", Vec::new), C::Graphics, State::Unknown, None),
        ("graphics on macOS", |m| m.system = "macos", C::Graphics, State::Unknown, None),
        ("no screen", |m| m.variables.clear(), C::Graphics, Attention, Some(F::OpenDesktop)),
        ("a screen that does not answer", |m| m.answers = |_| false, C::Graphics, Attention, Some(F::OpenDesktop)),
        (
            "a dead Wayland beside X11",
            |m| {
                m.variables.extend([("WAYLAND_DISPLAY", "/run/wayland-0")]);
                m.answers = |address| !matches!(address, Address::File(_));
            },
            C::Graphics,
            State::Good,
            None,
        ),
        (
            "no permission for the graphics device",
            |m| m.device("renderD128", io::ErrorKind::PermissionDenied),
            C::Graphics,
            Attention,
            Some(F::JoinRenderGroup),
        ),
        (
            "a library missing",
            |m| fs::write(m.root().join("etc/ld.so.cache"), "\0/lib/libX11.so.6\0/lib/xlibXcursor.so.1\0").unwrap(),
            C::Libraries,
            Attention,
            Some(F::InstallLibraries),
        ),
        (
            "no list of libraries",
            |m| fs::remove_file(m.root().join("etc/ld.so.cache")).unwrap(),
            C::Libraries,
            State::Unknown,
            None,
        ),
        (
            "half a key",
            |m| fs::write(m.root().join("home/zoe/data/keys/device.key"), "short").unwrap(),
            C::Key,
            Attention,
            Some(F::ReplaceKey),
        ),
        (
            "another network",
            |m| m.models = || Err(VisionError::Unlisted { name: "net" }),
            C::Models,
            Attention,
            Some(F::Reinstall),
        ),
        (
            "no verifier",
            |m| fs::write(m.root().join("home/zoe/settings.toml"), "").unwrap(),
            C::Verifier,
            Attention,
            Some(F::NameVerifier),
        ),
        (
            "no network",
            |m| m.reach = |_| Err(SessionError::Unreachable("no route".into())),
            C::Verifier,
            Attention,
            Some(F::CheckNetwork),
        ),
        (
            "no trust",
            |m| m.reach = |_| Err(SessionError::TlsFailed("unknown issuer".into())),
            C::Verifier,
            Attention,
            Some(F::CheckCertificates),
        ),
        (
            "a certificate that is not valid now",
            |m| m.reach = |_| Err(SessionError::CertificateTime("expired".into())),
            C::Verifier,
            Attention,
            Some(F::SetClock),
        ),
        (
            "someone else's page",
            |m| m.reach = |_| Err(SessionError::NotJson { status: 200 }),
            C::Verifier,
            Attention,
            Some(F::AskVerifier),
        ),
        ("clock as far ahead as is well", |m| m.now = NOW + 28, C::Clock, State::Good, None),
        ("clock ahead", |m| m.now = NOW + 29, C::Clock, Attention, Some(F::SetClock)),
        ("clock as far behind as is well", |m| m.now = NOW - 32, C::Clock, State::Good, None),
        ("clock behind", |m| m.now = NOW - 33, C::Clock, Attention, Some(F::SetClock)),
        (
            "clock before the program",
            |m| {
                m.now = NOW - 1001;
                m.reach = |_| Ok(Reached { date: None });
            },
            C::Clock,
            Attention,
            Some(F::SetClock),
        ),
        ("no time reported", |m| m.reach = |_| Ok(Reached { date: None }), C::Clock, State::Unknown, None),
        ("no program opens links", |m| m.link = || Ok(Status::Nobody), C::Link, Attention, Some(F::RegisterLink)),
        (
            "another program opens links",
            |m| m.link = || Ok(Status::Other { handler: "other.desktop".into() }),
            C::Link,
            Attention,
            Some(F::RegisterLink),
        ),
        (
            "a path that xdg-open does not understand",
            |m| m.link = || Ok(Status::OursInDesktops),
            C::Link,
            Attention,
            Some(F::MoveProgram),
        ),
        (
            "no tool to ask",
            |m| m.link = || Err(RegistrationError::ToolMissing { tool: "xdg-mime" }),
            C::Link,
            State::Unknown,
            Some(F::InstallXdgUtils),
        ),
        (
            "a bad setting",
            |m| fs::write(m.root().join("home/zoe/settings.toml"), "theme = 1\n").unwrap(),
            C::Settings,
            Attention,
            Some(F::CorrectSettings),
        ),
        (
            "settings to which all may write",
            |m| open_to_all(&m.root().join("home/zoe/settings.toml")),
            C::Settings,
            Attention,
            Some(F::ProtectSettings),
        ),
        ("managed settings that are not TOML", |m| m.manage("\n?"), C::Managed, Attention, Some(F::CorrectManaged)),
        (
            "managed settings in a folder that is open to all",
            |m| {
                m.manage("");
                open_to_all(&m.root().join("etc/countenance"));
            },
            C::Managed,
            Attention,
            Some(F::ProtectManaged),
        ),
        (
            "managed verifiers, of which there are none",
            |m| m.manage("verifiers = []"),
            C::Verifier,
            Attention,
            Some(F::CorrectManaged),
        ),
        (
            "settings in a folder that is open to all",
            |m| open_to_all(&m.root().join("home/zoe")),
            C::Settings,
            Attention,
            Some(F::ProtectSettings),
        ),
        (
            "no key yet, in a folder that is open to all",
            |m| {
                fs::remove_file(m.root().join("home/zoe/data/keys/device.key")).unwrap();
                open_to_all(&m.root().join("home/zoe/data/keys"));
            },
            C::Key,
            Attention,
            Some(F::ProtectKey),
        ),
        (
            "settings that are not TOML",
            |m| fs::write(m.root().join("home/zoe/settings.toml"), "\n?").unwrap(),
            C::Settings,
            Attention,
            Some(F::CorrectSettings),
        ),
    ];
    for (name, spoil, check, state, fix) in rows {
        let mut machine = well();
        spoil(&mut machine);
        let finding = machine.finding(*check);
        assert_eq!((finding.state, finding.fix), (*state, *fix), "{name}: {}", finding.detail);
    }
}
