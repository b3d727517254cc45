//! The display on which a window can be opened. A variable that names one is no display: its server may have gone, as
//! after a change of the session.

use std::{
    env,
    ffi::{OsStr, OsString},
    io,
    path::{Path, PathBuf},
};

/// The kind of display to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// Whatever the system has: not Linux, where this is not probed.
    System,
    /// Wayland.
    Wayland,
    /// X11.
    X11,
}

/// There is no display.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no display for the window ({}); use `countenance capture LINK`, or start it in a desktop session", why.join("; "))]
pub struct NoDisplay {
    /// What was tried.
    pub why: Vec<String>,
}

/// Where a display server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A socket in the file system.
    File(PathBuf),
    /// A socket of this name in the abstract namespace, or else in the file system.
    AbstractOrFile(PathBuf),
    /// Host and port.
    Tcp(String, u16),
    /// Nothing that can be probed.
    Malformed,
}

/// Reads an environment variable; an empty one counts as unset.
pub type Variable<'a> = &'a dyn Fn(&str) -> Option<OsString>;
/// Connects to a display server, and disconnects.
pub type Connects<'a> = &'a dyn Fn(&Address) -> io::Result<()>;

/// The display of this process.
pub fn probe_this_process() -> Result<Backend, NoDisplay> {
    if env::consts::OS != "linux" {
        return Ok(Backend::System);
    }
    probe(&|name| env::var_os(name).filter(|value| !value.is_empty()), &connect)
}

/// The display to use: Wayland if its server answers, otherwise X11.
pub fn probe(variable: Variable<'_>, connects: Connects<'_>) -> Result<Backend, NoDisplay> {
    let mut why = Vec::new();
    // A socket that was handed over is open; only the toolkit may read it.
    if variable("WAYLAND_SOCKET").is_some() {
        return Ok(Backend::Wayland);
    }
    for (backend, name) in [(Backend::Wayland, "WAYLAND_DISPLAY"), (Backend::X11, "DISPLAY")] {
        let Some(value) = variable(name) else {
            why.push(format!("{name} is not set"));
            continue;
        };
        let address = match backend {
            Backend::X11 => x11(&value),
            Backend::Wayland | Backend::System => wayland(&value, variable("XDG_RUNTIME_DIR")),
        };
        match connects(&address) {
            Ok(()) => return Ok(backend),
            Err(error) => why.push(format!("{name} names {}, which does not answer: {error}", value.display())),
        }
    }
    Err(NoDisplay { why })
}

fn wayland(value: &OsStr, runtime: Option<OsString>) -> Address {
    match (Path::new(value), runtime) {
        (path, _) if path.is_absolute() => Address::File(path.to_owned()),
        (path, Some(folder)) => Address::File(Path::new(&folder).join(path)),
        (_, None) => Address::Malformed,
    }
}

/// `[host]:number[.screen]`; without a host, a socket of this computer.
fn x11(value: &OsStr) -> Address {
    /// Of the first display.
    const PORT: u16 = 6000;
    let parsed = value.to_str().and_then(|text| {
        let (host, rest) = text.rsplit_once(':')?;
        let number = rest.split('.').next()?.parse::<u16>().ok()?;
        Some((host, number))
    });
    match parsed {
        Some(("" | "unix", number)) => Address::AbstractOrFile(PathBuf::from(format!("/tmp/.X11-unix/X{number}"))),
        Some((host, number)) => match PORT.checked_add(number) {
            Some(port) => Address::Tcp(host.trim_matches(['[', ']']).to_owned(), port),
            None => Address::Malformed,
        },
        None => Address::Malformed,
    }
}

#[cfg(target_os = "linux")]
pub(crate) fn connect(address: &Address) -> io::Result<()> {
    use std::{
        net::{TcpStream, ToSocketAddrs},
        os::{
            linux::net::SocketAddrExt,
            unix::{
                ffi::OsStrExt,
                net::{SocketAddr, UnixStream},
            },
        },
        time::Duration,
    };

    /// A display that is forwarded from another computer is on this one.
    const TIMEOUT: Duration = Duration::from_secs(2);
    match address {
        Address::File(path) => UnixStream::connect(path).map(drop),
        Address::AbstractOrFile(path) => {
            let name = SocketAddr::from_abstract_name(path.as_os_str().as_bytes())?;
            UnixStream::connect_addr(&name).or_else(|_| UnixStream::connect(path)).map(drop)
        }
        Address::Tcp(host, port) => {
            let address = (host.as_str(), *port).to_socket_addrs()?.next().ok_or(io::ErrorKind::NotFound)?;
            TcpStream::connect_timeout(&address, TIMEOUT).map(drop)
        }
        Address::Malformed => Err(io::ErrorKind::InvalidInput.into()),
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn connect(_: &Address) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each row: variables, the address that answers, the result.
    #[test]
    fn a_display_is_one_whose_server_answers() {
        type Variables<'v> = &'v [(&'v str, &'v str)];
        let file = |path: &str| Address::File(path.into());
        let x = |path: &str| Address::AbstractOrFile(path.into());
        let runtime = ("XDG_RUNTIME_DIR", "/run/user/1");
        let (wayland, display) = (("WAYLAND_DISPLAY", "wayland-0"), ("DISPLAY", ":0"));
        let tcp = |host: &str, port| Address::Tcp(host.into(), port);
        let rows: [(&str, Variables<'_>, Option<Address>, Option<Backend>); 14] = [
            ("Wayland", &[runtime, wayland, display], Some(file("/run/user/1/wayland-0")), Some(Backend::Wayland)),
            ("a dead Wayland", &[runtime, wayland, display], Some(x("/tmp/.X11-unix/X0")), Some(Backend::X11)),
            ("a full path", &[("WAYLAND_DISPLAY", "/w/s")], Some(file("/w/s")), Some(Backend::Wayland)),
            ("no folder", &[wayland, display], Some(x("/tmp/.X11-unix/X0")), Some(Backend::X11)),
            ("a handed socket", &[("WAYLAND_SOCKET", "7")], None, Some(Backend::Wayland)),
            ("a screen", &[("DISPLAY", ":12.1")], Some(x("/tmp/.X11-unix/X12")), Some(Backend::X11)),
            ("by ssh", &[("DISPLAY", "localhost:10.0")], Some(tcp("localhost", 6010)), Some(Backend::X11)),
            ("IPv6", &[("DISPLAY", "[::1]:1")], Some(tcp("::1", 6001)), Some(Backend::X11)),
            ("this computer, named", &[("DISPLAY", "unix:0")], Some(x("/tmp/.X11-unix/X0")), Some(Backend::X11)),
            ("both dead", &[runtime, wayland, display], None, None),
            ("nothing", &[], None, None),
            ("nonsense", &[("DISPLAY", "x")], None, None),
            ("no number", &[("DISPLAY", ":")], None, None),
            ("no port", &[("DISPLAY", "host:65000")], None, None),
        ];
        for (name, variables, answers, expected) in rows {
            let variable =
                |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value));
            let connects = |address: &Address| match &answers {
                Some(answering) if answering == address => Ok(()),
                _ => Err(io::ErrorKind::ConnectionRefused.into()),
            };
            let found = probe(&variable, &connects);
            assert_eq!(found.as_ref().ok(), expected.as_ref(), "{name}: {found:?}");
            if let Err(error) = found {
                let text = error.to_string();
                assert!(text.contains("use `countenance capture LINK`") && !text.contains('\n'), "{name}: {text}");
            }
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn connects_to_a_server_and_not_to_what_it_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wayland-0");
        let address = Address::File(path.clone());
        assert!(connect(&address).is_err(), "nothing");
        let server = std::os::unix::net::UnixListener::bind(&path).unwrap();
        assert!(connect(&address).is_ok() && connect(&Address::AbstractOrFile(path.clone())).is_ok());
        drop(server);
        assert!(path.exists() && connect(&address).is_err(), "the socket of a server that has gone");
        let tcp = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = tcp.local_addr().unwrap().port();
        assert!(connect(&Address::Tcp("127.0.0.1".into(), port)).is_ok());
        assert!(connect(&Address::Malformed).is_err());
    }
}
