//! Checks of the machine: cameras, graphics, libraries. Those of other systems than Linux: [`desktop`].

use std::{env, fs, io, path::PathBuf};

use super::{Check, DoctorContext, Finding, Fix, State, desktop};
use crate::display::{self, Backend, NoDisplay};
use countenance_camera::{
    CameraError, Listed, PortalFault,
    permission::{DeniedBy, Permission},
    provenance::linux,
    way::{FLATPAK, Machine, Way},
};

/// Libraries that a window on X11 loads by name.
const X11: [&str; 6] =
    ["libX11.so.6", "libX11-xcb.so.1", "libXcursor.so.1", "libXi.so.6", "libxkbcommon-x11.so.0", "libGL.so.1"];
/// Libraries that a window on Wayland loads by name.
const WAYLAND: [&str; 4] = ["libwayland-client.so.0", "libwayland-egl.so.1", "libxkbcommon.so.0", "libEGL.so.1"];
/// The loader's default folders.
const LIBRARY_FOLDERS: [&str; 4] = ["/lib", "/usr/lib", "/lib64", "/usr/lib64"];

/// The cameras, by the way that this machine has to them. The camera's light stays off: only a running stream turns it on.
pub(super) fn camera(around: &DoctorContext<'_>) -> Finding {
    if around.system != "linux" {
        return desktop::camera(around);
    }
    let by_nodes = nodes(around);
    let machine = Machine {
        has_portal: true,
        in_flatpak: around.at(FLATPAK).exists(),
        has_node: by_nodes.state == State::Good,
        needs_libcamera: linux::image_processor(&around.at("/sys")).is_some(),
    };
    match Way::on(machine) {
        Way::Nodes => by_nodes,
        Way::PortalIfThere => match (around.portal)() {
            None | Some(Err(CameraError::NoPortal(_))) => by_nodes,
            Some(found) => of_portal(&found),
        },
        Way::Portal => (around.portal)().map_or(by_nodes, |found| of_portal(&found)),
    }
}

/// What the desktop's camera portal has.
fn of_portal(found: &Result<Vec<Listed>, CameraError>) -> Finding {
    let check = Check::Camera;
    match found {
        Ok(cameras) if cameras.is_empty() => {
            Finding::attention(check, CameraError::NoPortal(PortalFault::NoCamera).to_string(), Fix::CheckPortal)
        }
        Ok(cameras) => {
            let names: Vec<_> = cameras.iter().map(|camera| camera.name.as_str()).collect();
            Finding::good(check, format!("the camera portal gives access to: {}", names.join("; ")))
        }
        Err(error) => {
            let fix = match error {
                CameraError::DeniedByDesktop => Fix::AllowInDesktop,
                CameraError::Asking => Fix::AnswerDesktop,
                _ => Fix::CheckPortal,
            };
            Finding::attention(check, error.to_string(), fix)
        }
    }
}

/// Device nodes, whether they can be opened, and what is behind them.
fn nodes(around: &DoctorContext<'_>) -> Finding {
    let check = Check::Camera;
    let sys = around.at("/sys");
    // What needs libcamera, by name. Its nodes open, but are no camera.
    let processor = linux::image_processor(&sys)
        .map(|name| format!("{name}: a camera attached to this image processor works only through libcamera"));
    let connect = if processor.is_some() { Fix::ConnectUsbCamera } else { Fix::ConnectCamera };
    let mut nodes = numbered(around, "/dev", "video");
    nodes.retain(|node| !linux::is_of_image_processor(&sys, node));
    if nodes.is_empty() {
        return Finding::attention(check, processor.unwrap_or_else(|| "no device /dev/video*".into()), connect);
    }
    let tried: Vec<_> = nodes.iter().map(|node| (node, (around.open)(&around.at(&format!("/dev/{node}"))))).collect();
    let told: Vec<_> = tried
        .iter()
        .map(|(node, opened)| {
            let name = linux::label(&sys, node).map(|name| format!(" ({name})")).unwrap_or_default();
            match opened {
                Ok(()) => format!("{node}{name} opens; {}", linux::examine(&sys, node).because),
                Err(error) => format!("{node}{name}: {error}"),
            }
        })
        .chain(processor)
        .collect();
    let told = told.join("; ");
    let denied =
        |(_, opened): &(_, io::Result<()>)| Permission::of_attempt(opened, false) == Permission::Denied(DeniedBy::Node);
    // A camera also has nodes without video, so one that opens is enough.
    match tried {
        tried if tried.iter().any(|(_, opened)| opened.is_ok()) => Finding::good(check, told),
        tried if tried.iter().any(denied) => Finding::attention(check, told, Fix::JoinVideoGroup),
        _ => Finding::attention(check, told, connect),
    }
}

/// The graphical session, and the rendering driver as far as it can be determined without opening a window.
pub(super) fn graphics(around: &DoctorContext<'_>) -> Finding {
    let check = Check::Graphics;
    if around.system != "linux" {
        return desktop::graphics(around);
    }
    let screen = display::probe(around.variable, around.connects);
    let nodes = numbered(around, "/dev/dri", "renderD");
    let tried: Vec<_> =
        nodes.iter().map(|node| (node, (around.open)(&around.at(&format!("/dev/dri/{node}"))))).collect();
    let forced = (around.variable)("LIBGL_ALWAYS_SOFTWARE").is_some_and(|value| value != "0");
    let drawn = match tried.iter().find(|(_, opened)| opened.is_ok()) {
        _ if forced => "in software (llvmpipe): LIBGL_ALWAYS_SOFTWARE is set".to_owned(),
        Some((node, _)) => match driver(around, node) {
            Some(driver) => format!("by {node}, driver {driver}"),
            None => format!("by {node}"),
        },
        None if tried.is_empty() => "in software (llvmpipe): there is no graphics device".to_owned(),
        None => "in software (llvmpipe): no graphics device opens".to_owned(),
    };
    let backend = match screen {
        Ok(Backend::Wayland) => "Wayland",
        Ok(Backend::X11 | Backend::System) => "X11",
        Err(NoDisplay { why }) => {
            let why = why.join("; ");
            return Finding::attention(check, format!("{why}; a window would be drawn {drawn}"), Fix::OpenDesktop);
        }
    };
    let detail = format!("{backend} answers; drawn {drawn}");
    let denied = !forced && !tried.is_empty() && tried.iter().all(|(_, opened)| opened.is_err());
    if denied { Finding::attention(check, detail, Fix::JoinRenderGroup) } else { Finding::good(check, detail) }
}

/// The libraries of the display server that a window would use; if there is none, those of at least one.
pub(super) fn libraries(around: &DoctorContext<'_>) -> Finding {
    let check = Check::Libraries;
    if around.system != "linux" {
        return Finding::good(check, "part of the system");
    }
    // The loader's cache: names, alone or at the end of a path, each followed by a zero byte.
    let Ok(cache) = fs::read(around.at("/etc/ld.so.cache")) else {
        return Finding::unknown(check, "the loader has no cache here");
    };
    let lists = |name: &str| {
        let (bytes, ended) = (name.as_bytes(), [name.as_bytes(), &[0]].concat());
        cache.windows(bytes.len() + 1).enumerate().any(|(at, window)| {
            window == ended
                && at.checked_sub(1).and_then(|before| cache.get(before)).is_none_or(|b| matches!(b, 0 | b'/'))
        })
    };
    let mut folders: Vec<PathBuf> = LIBRARY_FOLDERS.iter().map(|folder| around.at(folder)).collect();
    folders.extend((around.variable)("LD_LIBRARY_PATH").iter().flat_map(env::split_paths));
    let missing = |names: &[&'static str]| -> Vec<&'static str> {
        let there = |name: &str| lists(name) || folders.iter().any(|folder| folder.join(name).exists());
        names.iter().copied().filter(|name| !there(name)).collect()
    };
    let (x11, wayland) = (missing(&X11), missing(&WAYLAND));
    let needed = match display::probe(around.variable, around.connects) {
        Ok(Backend::X11) => &x11,
        Ok(Backend::System) | Err(_) if x11.len() < wayland.len() => &x11,
        _ => &wayland,
    };
    let tell = |kind, missing: &[&str]| match missing {
        [] => format!("{kind}: all found"),
        missing => format!("{kind}: not found {}", missing.join(", ")),
    };
    let detail = format!("{}; {}", tell("X11", &x11), tell("Wayland", &wayland));
    if needed.is_empty() {
        Finding::good(check, detail)
    } else {
        Finding::attention(check, detail, Fix::InstallLibraries)
    }
}

/// The names `prefix`N in a folder, sorted by N.
fn numbered(around: &DoctorContext<'_>, folder: &str, prefix: &str) -> Vec<String> {
    let entries = fs::read_dir(around.at(folder)).into_iter().flatten().flatten();
    let mut found: Vec<(u32, String)> = entries
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            Some((name.strip_prefix(prefix)?.parse().ok()?, name))
        })
        .collect();
    found.sort();
    found.into_iter().map(|(_, name)| name).collect()
}

/// The kernel driver of a graphics device.
fn driver(around: &DoctorContext<'_>, node: &str) -> Option<String> {
    let link = fs::read_link(around.at(&format!("/sys/class/drm/{node}/device/driver"))).ok()?;
    Some(link.file_name()?.to_string_lossy().into_owned())
}
