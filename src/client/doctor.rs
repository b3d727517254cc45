//! Diagnostics: checks what this installation needs and names a fix for what is missing.
//!
//! Changes nothing: opens no window, starts no camera, creates no key. Where cameras are reached through the desktop's camera
//! portal, access is asked for, and the desktop may ask the person. Findings contain no personal data: no user name,
//! no path into a home folder. [`Check`] and [`Fix`] have message IDs, so that a window can localize them; details are
//! technical English.

mod context;
mod desktop;
mod installation;
mod machine;
mod service;

use std::fmt;

use serde::{Serialize, Serializer};

pub use context::DoctorContext;
pub use desktop::Adapter;

/// Result of one check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The check.
    pub check: Check,
    /// The result.
    pub state: State,
    /// What was found, in technical English.
    pub detail: String,
    /// What to do about it.
    pub fix: Option<Fix>,
}

/// State of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// OK.
    Good,
    /// A sign-in will fail or be impaired.
    Attention,
    /// Could not be determined.
    Unknown,
}

countenance_core::enumeration! {
    /// What is checked.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Check {
        /// Camera devices, and whether this user may open them.
        Camera,
        /// A graphical session, and the driver that renders it.
        Graphics,
        /// Libraries that the window loads at startup.
        Libraries,
        /// The device key file.
        Key,
        /// Digests of the built-in networks; a second finding covers the added networks.
        Models,
        /// The configured verifiers; one finding each.
        Verifier,
        /// This machine's clock.
        Clock,
        /// The program that opens links.
        Link,
        /// What administrators have decided; one finding for each place, and for each fault.
        Managed,
        /// The settings file.
        Settings,
    }
}

countenance_core::enumeration! {
    /// How to fix a finding.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Fix {
        /// Connect a camera, or turn it on.
        ConnectCamera,
        /// Connect a USB camera: the built-in one needs libcamera.
        ConnectUsbCamera,
        /// Let desktop programs use cameras, in the system's privacy settings.
        AllowCamera,
        /// Allow the camera in the desktop's settings.
        AllowInDesktop,
        /// Answer the desktop's question about the camera.
        AnswerDesktop,
        /// Install or start what the desktop's camera portal needs.
        CheckPortal,
        /// Give this user access to camera devices.
        JoinVideoGroup,
        /// Start the program in a graphical session.
        OpenDesktop,
        /// Give this user access to the graphics device.
        JoinRenderGroup,
        /// Install the missing libraries.
        InstallLibraries,
        /// Make the key file and its folder private.
        ProtectKey,
        /// Move the damaged key away. A new one is created, and the device must be registered again.
        ReplaceKey,
        /// Reinstall the program.
        Reinstall,
        /// Restore a pinned network, or remove its pin.
        RestoreNet,
        /// Configure a verifier.
        NameVerifier,
        /// Check the network.
        CheckNetwork,
        /// Check certificates, proxies and the clock.
        CheckCertificates,
        /// Ask the verifier's operator.
        AskVerifier,
        /// Set the clock.
        SetClock,
        /// Register links for this program.
        RegisterLink,
        /// Move the program to a path without blanks.
        MoveProgram,
        /// Install the tools that report which program opens links.
        InstallXdgUtils,
        /// Correct the settings file.
        CorrectSettings,
        /// Let only this user write to the settings file.
        ProtectSettings,
        /// Correct what administrators have written.
        CorrectManaged,
        /// Let only administrators write to their file.
        ProtectManaged,
    }
}

/// Runs all checks, in the order of [`Check`]. Blocking: each verifier is contacted, until it answers or times out.
pub fn examine(around: &DoctorContext<'_>) -> Vec<Finding> {
    let (settings, of_user) = installation::settings(around);
    let (managed, chosen) = installation::managed(around, of_user);
    let (verifiers, dates) = service::verifiers(around, &chosen);
    let mut findings = vec![machine::camera(around)];
    // The headless client needs no graphics.
    if around.window {
        findings.extend([machine::graphics(around), machine::libraries(around)]);
    }
    findings.extend([installation::key(around), installation::models(around)]);
    findings.extend(installation::nets(around, &chosen));
    findings.extend(verifiers);
    findings.extend([service::clock(around, &dates), installation::link(around)]);
    findings.extend(managed);
    findings.extend(settings);
    findings.extend(installation::own_pin(&chosen));
    for finding in &mut findings {
        finding.detail = around.without_home(&finding.detail);
    }
    findings
}

impl Finding {
    fn good(check: Check, detail: impl Into<String>) -> Self {
        Self { check, state: State::Good, detail: detail.into(), fix: None }
    }

    fn attention(check: Check, detail: impl Into<String>, fix: Fix) -> Self {
        Self { check, state: State::Attention, detail: detail.into(), fix: Some(fix) }
    }

    fn unknown(check: Check, detail: impl Into<String>) -> Self {
        Self { check, state: State::Unknown, detail: detail.into(), fix: None }
    }
}

impl Check {
    /// The name of its message, and of the check in JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::Camera => "doctor-camera",
            Self::Graphics => "doctor-graphics",
            Self::Libraries => "doctor-libraries",
            Self::Key => "doctor-key",
            Self::Models => "doctor-models",
            Self::Verifier => "doctor-verifier",
            Self::Clock => "doctor-clock",
            Self::Link => "doctor-link",
            Self::Managed => "doctor-managed",
            Self::Settings => "doctor-settings",
        }
    }
}

impl Fix {
    /// The name of its message, and of the fix in JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::ConnectCamera => "doctor-fix-connect-camera",
            Self::ConnectUsbCamera => "doctor-fix-connect-usb-camera",
            // The window's own messages for this.
            Self::AllowCamera if cfg!(target_os = "macos") => "camera-denied-fix-macos",
            Self::AllowCamera => "camera-denied-fix-windows",
            Self::AllowInDesktop => "camera-denied-fix-desktop",
            Self::AnswerDesktop => "camera-asking-fix",
            Self::CheckPortal => "camera-portal-fix",
            Self::JoinVideoGroup => "doctor-fix-join-video-group",
            Self::OpenDesktop => "doctor-fix-open-desktop",
            Self::JoinRenderGroup => "doctor-fix-join-render-group",
            Self::InstallLibraries => "doctor-fix-install-libraries",
            Self::ProtectKey => "doctor-fix-protect-key",
            Self::ReplaceKey => "doctor-fix-replace-key",
            Self::Reinstall => "doctor-fix-reinstall",
            Self::RestoreNet => "doctor-fix-restore-net",
            Self::NameVerifier => "doctor-fix-name-verifier",
            Self::CheckNetwork => "doctor-fix-check-network",
            Self::CheckCertificates => "doctor-fix-check-certificates",
            Self::AskVerifier => "doctor-fix-ask-verifier",
            Self::SetClock => "doctor-fix-set-clock",
            Self::RegisterLink => "doctor-fix-register-link",
            Self::MoveProgram => "doctor-fix-move-program",
            Self::InstallXdgUtils => "doctor-fix-install-xdg-utils",
            Self::CorrectSettings => "doctor-fix-correct-settings",
            Self::ProtectSettings => "doctor-fix-protect-settings",
            Self::CorrectManaged => "doctor-fix-correct-managed",
            Self::ProtectManaged => "doctor-fix-protect-managed",
        }
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Camera => "Camera",
            Self::Graphics => "Graphics",
            Self::Libraries => "Libraries",
            Self::Key => "Device key",
            Self::Models => "Networks",
            Self::Verifier => "Verifier",
            Self::Clock => "Clock",
            Self::Link => "Links",
            Self::Managed => "Managed",
            Self::Settings => "Settings",
        })
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Good => "good",
            Self::Attention => "ATTENTION",
            Self::Unknown => "unknown",
        })
    }
}

impl fmt::Display for Fix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ConnectCamera => "Connect a camera, or turn on the built-in one.",
            Self::ConnectUsbCamera => {
                "Connect a USB camera: the built-in one works only through libcamera, which Countenance does not use yet."
            }
            Self::AllowCamera if cfg!(target_os = "macos") => {
                "Open System Settings, Privacy & Security, Camera, and allow Countenance."
            }
            Self::AllowCamera => "Open Settings, Privacy & security, Camera, and let desktop apps use the camera.",
            Self::AllowInDesktop => {
                "Open your desktop's settings, find Countenance among the apps, and allow the camera; in GNOME also under \
                 Privacy, Camera."
            }
            Self::AnswerDesktop => "Answer your desktop's question about the camera, then try again.",
            Self::CheckPortal => {
                "Install and start xdg-desktop-portal with your desktop's backend, PipeWire and WirePlumber, and for a camera \
                 that needs it PipeWire's plugin for libcamera (on Debian: libspa-0.2-libcamera); or connect a USB camera."
            }
            Self::JoinVideoGroup => "Give this user access to cameras: sudo usermod -aG video USER, then sign out and in again.",
            Self::OpenDesktop => {
                "Start Countenance in a desktop session: DISPLAY or WAYLAND_DISPLAY must name a display that answers. \
                 Without one, use `countenance capture`."
            }
            Self::JoinRenderGroup => {
                "Give this user access to the graphics device: sudo usermod -aG render,video USER, then sign out and in again."
            }
            Self::InstallLibraries => {
                "Install the missing libraries. On Debian for X11: libx11-6 libx11-xcb1 libxcursor1 libxi6 libxkbcommon-x11-0 \
                 libgl1; for Wayland: libwayland-client0 libwayland-egl1 libxkbcommon0 libegl1."
            }
            Self::ProtectKey if cfg!(windows) => {
                "If no one else has used this account, let only your account access the key file and its folder (Properties, \
                 Security). Otherwise delete it and register this device again."
            }
            Self::ProtectKey => {
                "If no one else has used this account, make the key private: chmod 600 on the file, chmod 700 on its folder. \
                 Otherwise delete it and register this device again."
            }
            Self::ReplaceKey => "Move the key file away. A new key is created; then register this device again.",
            Self::Reinstall => "Reinstall Countenance from its original source.",
            Self::RestoreNet => {
                "Restore the network and its contract as pinned, or correct liveness_nets in the settings."
            }
            Self::NameVerifier => "Add your verification service to the settings: verifiers = [\"https://…\"].",
            Self::CheckNetwork => "Check the network and HTTPS_PROXY, then try again.",
            Self::CheckCertificates => {
                "Check this machine's trusted certificates and clock, and any proxy between it and the service."
            }
            Self::AskVerifier => "Ask the operator of the verification service whether this is its address.",
            Self::SetClock if cfg!(windows) => {
                "Set this machine's clock: Settings, Time & language, Date & time, Sync now."
            }
            Self::SetClock => "Set this machine's clock, preferably by NTP: sudo timedatectl set-ntp true.",
            Self::RegisterLink => "Run: countenance link register.",
            Self::MoveProgram => "Move the program to a path without blanks and quotes, then run: countenance link register.",
            Self::InstallXdgUtils => "Install xdg-utils, then run: countenance link register.",
            Self::CorrectSettings => "Correct the settings file.",
            Self::ProtectSettings if cfg!(windows) => {
                "Check that nobody else has changed the settings file, then let only your account write to it and its folder \
                 (Properties, Security)."
            }
            Self::ProtectSettings => {
                "Check that nobody else has changed the settings file, then let only this user write to it and its folder: \
                 chmod go-w on both."
            }
            Self::CorrectManaged => {
                "Ask your IT team to correct what your organization manages: the file, the policy or the profile named here."
            }
            Self::ProtectManaged => {
                "Ask your IT team to check that nobody has changed the managed file, then to let only the administrator write \
                 to it and its folder: chown root:root and chmod 644 on the file, 755 on the folder."
            }
        })
    }
}

impl Serialize for Check {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

impl Serialize for Fix {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

/// An error's causes in one line.
fn causes(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |e| e.source()).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[cfg(unix)]
#[cfg(test)]
mod tests;
