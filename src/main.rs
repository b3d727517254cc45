//! Countenance: face verification on the user's own machine, as the second factor of an Auth0 sign-in.
//!
//! The client reads frames from a camera or a recording, finds the face, decides on the device whether a live person is
//! present, signs the result and posts it to a verification session; the browser then returns to the tenant. The
//! workspace also contains the reference verifier, the Auth0 Action that customers deploy, and stand-ins for tenant and
//! relying party with which the whole sign-in runs on one machine.
//!
//! ```text
//!  link ──► open ──► Ticket ──► capture ──► (Sample, LivenessProof) ──► seal ──► Sealed ──► deliver ──► ContinueUrl ──► browser
//!            │                  │  ▲                           │                     │
//!     client::session   camera, vision,                     attest          client::session
//!                       core::{quality, liveness}
//! ```
//!
//! # Crates
//!
//! Cargo enforces the direction: a crate may depend on those above it in this table, never on those below.
//!
//! | crate | contents |
//! |---|---|
//! | `countenance-core` | rules and wire types: no I/O, threads, clock or randomness |
//! | `countenance-native` | calls of Windows and macOS that need unsafe code: all of it is there |
//! | `countenance-system` `countenance-net` | system clock, randomness and small files; HTTP client |
//! | `countenance-attest` | device keys, attestations, request proofs |
//! | `countenance-vision` `countenance-camera` | networks; frame sources |
//! | `countenance-client` | the sign-in ([`flow`](countenance_client::flow)) and what runs it |
//! | `countenance-gui` | the window |
//! | `countenance-kiosk` | the resident part of a kiosk: browser, presence, self-healing, health |
//! | `countenance-amr` | for relying parties: checks an ID token for proof of a second factor |
//! | `countenance-verifier` | the verification service and its portal; a separate binary |
//! | `countenance-standin` | stand-ins for tenant, relying party, Twilio and browser |
//! | `countenance-lab` | evaluation, benchmarks, simulated attacks, demo; a separate binary |
//! | `countenance` | this binary, the client that users install |
//!
//! Start with [`countenance_client::flow`], which orchestrates the whole sign-in in one file.
//!
//! # Rules
//!
//! 1. Evidence is typed. A [`GoodFrame`](countenance_core::quality::GoodFrame) passed the quality gates, a
//!    [`LivenessProof`](countenance_core::liveness::LivenessProof) showed a live person, a
//!    [`Sample`](countenance_core::sample_selector::Sample) lies within the span of the proof, a
//!    [`Sealed`](countenance_attest::Sealed) is signed. Only the checking code can construct them, and sealing consumes
//!    proof and sample, so using unproven or spent evidence does not compile.
//! 2. Frame time is the only clock in the capture loop; wall time, randomness, network and camera are parameters.
//! 3. Every wait ends: each frame has a deadline, the operator can cancel at every frame, the capture has a time limit.
//! 4. Bytes from outside: cap the size, verify, parse, check, use.
//! 5. The preview is not part of the flow: a thread keeps the newest frame in a slot ([`countenance_camera::live`]);
//!    the window paints from it at the camera's rate, the flow reads from it at its own.
//! 6. Words, colors and thresholds are declared once each: `assets/words`, `countenance_gui::theme`,
//!    [`countenance_core::policy`].
//! 7. Pixels, embeddings, nonces, tokens and keys are never logged and never stored in the clear.

// A console program would flash up a console window whenever a browser opens a link with it.
#![cfg_attr(windows, windows_subsystem = "windows")]

use std::process::ExitCode;

use tracing_subscriber::fmt::writer::MakeWriterExt;

use countenance_client::headless::causes;
use countenance_system::{complain, console};

mod cli;

fn main() -> ExitCode {
    console::attach_to_parent();
    // Warnings and errors only, to standard error: standard output belongs to the command.
    tracing_subscriber::fmt()
        // zbus warns of each portal that is not there, and of each request that is over; what follows from it is reported.
        .with_writer(std::io::stderr.with_filter(|event| !event.target().starts_with("zbus::proxy")))
        .with_max_level(tracing::Level::WARN)
        .with_target(false)
        // Its complaints would panic without a reader.
        .log_internal_errors(false)
        .init();
    cli::run().unwrap_or_else(|error| {
        complain!("countenance: {}", causes(error.as_ref()));
        ExitCode::FAILURE
    })
}
