//! Countenance: prove with your face, on this machine, that you are the one logging in, as the second factor of an Auth0
//! login.
//!
//! The client drives a camera or a recording, finds the face, judges on the device whether a live person stands before
//! it, signs what it saw and posts it to a verification session; the browser then goes back to the tenant. Around it
//! stand the reference verifier, the Auth0 Action that customers deploy, and a tenant and relying party that make the whole
//! login run on one machine.
//!
//! ```text
//!  link ──► open ──► Ticket ──► capture ──► (Shot, Proof) ──► seal ──► Sealed ──► deliver ──► ContinueUrl ──► browser
//!            │                  │  ▲                           │                     │
//!         session/         camera/ vision/                  attest/              session/
//!                          quality/ liveness/
//! ```
//!
//! # Reading order
//!
//! [`flow`] is the page: everything that happens in a login stands on it. [`capture`] is its loop. [`protocol`] is what
//! goes over the wire, [`policy`] every threshold. Then a room at a time, each by its door:
//!
//! | rooms | what they are |
//! |---|---|
//! | [`frame`] [`face`] [`geometry`] [`policy`] [`protocol`] [`world`] | nouns: know nothing |
//! | [`quality`] [`liveness`] [`best_shot`] | rules: no input or output, no threads, clock or chance |
//! | [`vision`] [`camera`] [`attest`] [`session`] | doors: each outside crate behind one file |
//! | [`settings`] [`small_file`] [`instance`] [`registration`] [`doctor`] | doors to this machine and its owner |
//! | [`flow`] | the page |
//! | [`runner`] [`gui`] | a person attends: the flow on a thread of its own, the window that reads and asks |
//! | [`headless`] [`rehearsal`] [`evaluate`] [`qualify`] [`bench`](mod@bench) [`recapture`] | a script attends; tools |
//! | [`net`] [`amr`] | the verifier's and the stand-ins' way to other servers; what a relying party checks |
//! | [`verifier`] | the other side of the wire: reads it through [`protocol`] and [`attest`] only |
//! | [`tenant`] [`twilio`] [`relying_party`] [`demo`] | stand-ins that make a whole login |
//!
//! # Rules
//!
//! 1. Upper rooms use lower ones, never the reverse; `tests/architecture.rs` holds the table.
//! 2. What must have been checked arrives as a type that only the checker can make: a
//!    [`GoodFrame`](quality::GoodFrame) passed the gates, a [`Proof`](liveness::Proof) showed a live person, a
//!    [`Shot`](best_shot::Shot) lies inside the proof's span, a [`Sealed`](attest::Sealed) is signed. Sealing uses proof and
//!    shot up, so an unproven or used shot does not compile.
//! 3. Frame time is the only clock in the capture loop; wall time, chance, network and camera are parameters.
//! 4. Every wait ends: a frame has a deadline, the operator is asked at every frame, the capture has a limit.
//! 5. Bytes from outside: cap the size, verify, parse, check, use.
//! 6. The preview is not part of the flow: a thread keeps the newest frame in a slot ([`camera::live`]), the window paints
//!    from it at the camera's speed, the flow takes from it at its own.
//! 7. Words, colours and thresholds stand in one place each: `assets/words`, [`gui::theme`], [`policy`].
//! 8. Pixels, embeddings, nonces, tokens and keys are never logged and never on disk in the clear.

#[cfg(feature = "amr")]
pub mod amr;
pub mod attest;
pub mod bench;
pub mod best_shot;
pub mod camera;
pub mod capture;
pub mod cli;
#[cfg(feature = "demo")]
pub mod demo;
pub mod doctor;
pub mod evaluate;
pub mod face;
pub mod flow;
pub mod frame;
pub mod geometry;
#[cfg(feature = "window")]
pub mod gui;
pub mod headless;
#[cfg(feature = "window")]
pub mod instance;
pub mod liveness;
#[cfg(feature = "verifier")]
pub mod net;
pub mod policy;
pub mod protocol;
pub mod qualify;
pub mod quality;
pub mod recapture;
pub mod registration;
pub mod rehearsal;
#[cfg(feature = "demo")]
pub mod relying_party;
#[cfg(feature = "window")]
pub mod runner;
pub mod session;
pub mod settings;
pub mod small_file;
#[cfg(feature = "demo")]
pub mod tenant;
#[cfg(feature = "demo")]
pub mod twilio;
#[cfg(feature = "verifier")]
pub mod verifier;
pub mod vision;
#[cfg(feature = "demo")]
mod web;
pub mod world;
