//! The resident part of a kiosk: a process without a window between sign-ins, which looks after the browser.
//!
//! # One visit
//!
//! ```text
//!  start page or "touch to sign in"                     [browser] [screens]
//!      │ a touch, a badge
//!      ▼
//!  the tenant's pages in the browser
//!      │ countenance://verify?…, handed over by the desktop's link handler
//!      ▼
//!  the sign-in in a new window over the browser         [screens]
//!      │ the window closes, the return page opens       [KioskBrowser]
//!      ▼
//!  the application in the browser
//!      │ nobody touches it, nobody answers "Still there?"; or the application opens countenance://end
//!      ▼
//!  the browser ends, its profile is deleted, the camera is tried; the start page comes again
//! ```
//!
//! [`presence`] decides what comes next, [`resident`] does it on the main thread.
//!
//! # What runs
//!
//! | thread | does |
//! |---|---|
//! | main ([`resident`]) | windows, links, idle time, wipes |
//! | monitor ([`monitor`]) | browser crashed or hung, disk; health file |
//! | camera, verifier ([`monitor`], [`probe`]) | whether the camera is there; verifier, network and clock |
//! | watchdog ([`notify`]) | feeds the service manager's watchdog while main and monitor make progress |
//! | heartbeat ([`heartbeat`]) | tells the verifier how the kiosk is |
//! | watch ([`watch`]) | looks with the camera who is there during a visit, if the configuration wants that |
//! | health ([`health`]) | `/healthz` and `/metrics` on this machine |
//!
//! A machine that was suspended ([`suspend`]) wipes what was open, and asks camera and verifier at once.
//!
//! The threads share a [`KioskState`]. What is wrong is in its [`trouble`] table, which says when each fault is noticed.
//! How the process ends is in [`exit`]. What an administrator sets up is in [`config`], what an operator chooses at the
//! kiosk's own screen in [`camera_setup`].
//!
//! # Around it
//!
//! A service runs `cage -d -- countenance kiosk`: `Type=notify` with `NotifyAccess=all`, `RuntimeDirectory=` for the health
//! file (`health.json`), `XDG_RUNTIME_DIR` for profile and socket. The desktop's handler of `countenance:` links runs
//! `countenance LINK`, which finds this process by its socket. Chromium's policy must allow the start address, the tenant,
//! `countenance:*`, and must not set `RemoteDebuggingAllowed` to false: the pipe by which a hung browser is found out
//! counts as remote debugging, though it is no port.
//!
//! # What is left of a person
//!
//! Nothing: the profile is in memory, each visit has a folder of its own in it, and both are deleted before the next person
//! sees a page ([`ProfileFolder`]). Health, metrics and log name no person, link, badge or address of a page.
//!
//! A kiosk is a Linux machine; for other systems this crate is empty.
#![cfg(target_os = "linux")]

pub mod browser;
pub mod camera_setup;
pub mod config;
pub mod exit;
pub mod health;
pub mod heartbeat;
pub mod idle;
pub mod monitor;
pub mod notify;
pub mod pin;
pub mod pin_entry;
pub mod presence;
pub mod probe;
pub mod resident;
pub mod screens;
pub mod state;
pub mod suspend;
pub mod trouble;
pub mod watch;

pub use browser::ProfileFolder;
pub use state::{KioskBrowser, KioskState};
