//! Looks at what this installation needs, names what is missing and what to do about it.
//!
//! Nothing is changed, no window opened, no camera started, no key made. What is found holds no personal data: no user
//! name, no path into somebody's home. Names of checks and fixes are [`Check`] and [`Fix`], for a window to say in the
//! person's language; the details are technical and English.

mod context;
mod installation;
mod machine;
mod service;

use std::fmt;

use serde::{Serialize, Serializer};

pub use context::DoctorContext;

/// What one check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub check: Check,
    /// How it stands.
    pub state: State,
    /// What was seen, in technical English.
    pub detail: String,
    /// What to do about it.
    pub fix: Option<Fix>,
}

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// As it should be.
    Good,
    /// A login will fail, or not be as it should.
    Attention,
    /// It cannot be told here.
    Unknown,
}

countenance_core::enumeration! {
    /// What is looked at.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Check {
        /// Camera devices, and whether this user may open them.
        Camera,
        /// A session with a screen, and what draws on it.
        Graphics,
        /// Libraries that the window loads when it starts.
        Libraries,
        /// The file of the device key.
        Key,
        /// The networks in this binary, against their digests; and a finding for those that the owner added.
        Models,
        /// The verifiers that links may name; one finding for each.
        Verifier,
        /// This machine's clock.
        Clock,
        /// Who opens links.
        Link,
        /// The settings file.
        Settings,
    }
}

countenance_core::enumeration! {
    /// What to do.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Fix {
        /// Plug a camera in, or turn it on.
        ConnectCamera,
        /// Give this user access to camera devices.
        JoinVideoGroup,
        /// Start it where there is a screen.
        OpenDesktop,
        /// Give this user access to the graphics device.
        JoinRenderGroup,
        /// Install the missing libraries.
        InstallLibraries,
        /// Make the key file and its folder private.
        ProtectKey,
        /// Take the damaged key away; a new one is made, and the device must be registered again.
        ReplaceKey,
        /// Install the program again.
        Reinstall,
        /// Put a pinned network back, or take its pin away.
        RestoreNet,
        /// Name a verifier in the settings.
        NameVerifier,
        /// Look at the network.
        CheckNetwork,
        /// Look at certificates, proxies and the clock.
        CheckCertificates,
        /// Ask whoever runs the verifier.
        AskVerifier,
        /// Set the clock.
        SetClock,
        /// Register links for this program.
        RegisterLink,
        /// Install the tools that know who opens links.
        InstallXdgUtils,
        /// Correct the settings file.
        CorrectSettings,
    }
}

/// Looks at everything, in the order of [`Check`]. Blocking: each verifier is asked, and may take its time.
pub fn examine(around: &DoctorContext<'_>) -> Vec<Finding> {
    let (settings, chosen) = installation::settings(around);
    let (verifiers, dates) = service::verifiers(around, &chosen.verifiers);
    let mut findings = vec![machine::camera(around)];
    // The headless client draws nothing.
    if around.window {
        findings.extend([machine::graphics(around), machine::libraries(around)]);
    }
    findings.extend([installation::key(around), installation::models(around)]);
    findings.extend(installation::nets(around, &chosen));
    findings.extend(verifiers);
    findings.extend([service::clock(around, &dates), installation::link(around), settings]);
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
            Self::Settings => "doctor-settings",
        }
    }
}

impl Fix {
    /// The name of its message, and of the fix in JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::ConnectCamera => "doctor-fix-connect-camera",
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
            Self::InstallXdgUtils => "doctor-fix-install-xdg-utils",
            Self::CorrectSettings => "doctor-fix-correct-settings",
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
            Self::ConnectCamera => "Connect a camera, or switch on the one that is built in.",
            Self::JoinVideoGroup => "Let this user use cameras: sudo usermod -aG video USER, then log out and in.",
            Self::OpenDesktop => "Start Countenance in a desktop session: neither DISPLAY nor WAYLAND_DISPLAY is set.",
            Self::JoinRenderGroup => {
                "Let this user use the graphics device: sudo usermod -aG render,video USER, then log out and in."
            }
            Self::InstallLibraries => {
                "Install what is missing. On Debian for X11: libx11-6 libx11-xcb1 libxcursor1 libxi6 libxkbcommon-x11-0 \
                 libgl1; for Wayland: libwayland-client0 libwayland-egl1 libxkbcommon0 libegl1."
            }
            Self::ProtectKey => {
                "If nobody else used this account, make the key private: chmod 600 on the file, chmod 700 on its folder. \
                 Otherwise delete it and register this device again."
            }
            Self::ReplaceKey => "Move the key file away: a new key is made, and this device must be registered again.",
            Self::Reinstall => "Install Countenance again from where you got it.",
            Self::RestoreNet => {
                "Put the network and its contract back as they were pinned, or correct liveness_nets in the settings."
            }
            Self::NameVerifier => "Name your verification service in the settings: verifiers = [\"https://…\"].",
            Self::CheckNetwork => "Check the network and HTTPS_PROXY, then try again.",
            Self::CheckCertificates => {
                "Check this machine's trusted certificates and its clock, and what stands between it and the service."
            }
            Self::AskVerifier => "Ask whoever runs the verification service whether this is its address.",
            Self::SetClock => "Set this machine's clock, best by NTP: sudo timedatectl set-ntp true.",
            Self::RegisterLink => "Run: countenance link register.",
            Self::InstallXdgUtils => "Install xdg-utils, then run: countenance link register.",
            Self::CorrectSettings => "Correct the lines named in the settings file.",
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

#[cfg(test)]
mod tests;
