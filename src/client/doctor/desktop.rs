//! Cameras and graphics on macOS and Windows, where the system has an opinion of its own about both.

use super::{Check, DoctorContext, Finding, Fix};
use countenance_camera::permission::Permission;

/// A graphics adapter that Windows knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adapter {
    /// Its name.
    pub name: String,
    /// Whether its driver draws with OpenGL. Without one, Windows offers OpenGL 1.1 only, which is too old.
    pub has_opengl: bool,
}

/// The cameras that the system lists, unless its privacy settings keep them from this program. None is opened.
pub(super) fn camera(around: &DoctorContext<'_>) -> Finding {
    let check = Check::Camera;
    if let Permission::Denied(_) = (around.permission)() {
        return Finding::attention(check, "the system's privacy settings do not allow cameras", Fix::AllowCamera);
    }
    let cameras = (around.cameras)();
    if cameras.is_empty() {
        return Finding::attention(check, "the system lists no camera", Fix::ConnectCamera);
    }
    let told = cameras.iter().map(|camera| format!("{}: {}", camera.name, camera.provenance.because));
    Finding::good(check, told.collect::<Vec<_>>().join("; "))
}

/// The adapters, and whether one of them can draw the window. It is not opened, so a sound driver is not proven.
pub(super) fn graphics(around: &DoctorContext<'_>) -> Finding {
    let check = Check::Graphics;
    if around.system != "windows" {
        return Finding::unknown(check, "the graphics driver is not checked on this system yet");
    }
    let adapters = (around.adapters)();
    let told = |adapter: &Adapter| {
        let has = if adapter.has_opengl { "has" } else { "names no" };
        format!("{}: its driver {has} OpenGL", adapter.name)
    };
    let told = adapters.iter().map(told).collect::<Vec<_>>().join("; ");
    if adapters.iter().any(|adapter| adapter.has_opengl) {
        Finding::good(check, told)
    } else if told.is_empty() {
        Finding::unknown(check, "Windows names no graphics adapter")
    } else {
        Finding::unknown(check, told)
    }
}

/// The adapters of this computer; none on systems other than Windows.
pub(super) fn adapters() -> Vec<Adapter> {
    #[cfg(windows)]
    return windows::adapters();
    #[cfg(not(windows))]
    Vec::new()
}

#[cfg(windows)]
mod windows {
    //! The registry has a numbered key for each adapter whose driver was ever installed.

    use windows_registry::{Key, LOCAL_MACHINE};

    use super::Adapter;

    /// Class of display adapters.
    const CLASS: &str = r"SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}";
    /// Maximum length of a displayed name, characters.
    const NAME_CHARS: usize = 64;

    pub(super) fn adapters() -> Vec<Adapter> {
        let Ok(class) = LOCAL_MACHINE.open(CLASS) else { return Vec::new() };
        let Ok(keys) = class.keys() else { return Vec::new() };
        // Beside the numbers, there is a key that only administrators may read.
        keys.filter_map(|key| adapter(&class.open(&key).ok()?)).collect()
    }

    fn adapter(key: &Key) -> Option<Adapter> {
        let name = key.get_string("DriverDesc").ok()?;
        let name = name.chars().filter(|c| !c.is_control()).take(NAME_CHARS).collect();
        // Text or a list of texts.
        Some(Adapter { name, has_opengl: key.get_value("OpenGLDriverName").is_ok() })
    }
}
