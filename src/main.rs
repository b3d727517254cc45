//! Countenance: prove with your face, on this machine, that you are the one signing in, as the second factor of an Auth0
//! login.
//!
//! The client drives a camera or a recording, finds the face, judges on the device whether a live person is before the
//! camera, signs what it saw and posts it to a verification session; the browser then goes back to the tenant. Around it:
//! the reference verifier, the Auth0 Action that customers deploy, and a tenant and relying party that make the whole login
//! run on one machine.
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
//! Cargo holds the direction: a crate knows the ones above it in this table, never the ones below.
//!
//! | crate | what it is |
//! |---|---|
//! | `countenance-core` | rules and wire types: no input or output, threads, clock or randomness |
//! | `countenance-system` `countenance-net` | this machine's clock, randomness and small files; HTTP to other servers |
//! | `countenance-attest` | device keys, attestations, request proofs |
//! | `countenance-vision` `countenance-camera` | the networks; where frames come from |
//! | `countenance-client` | a login on one page ([`flow`](countenance_client::flow)) and what runs it |
//! | `countenance-gui` | the window |
//! | `countenance-amr` | for relying parties: whether an ID token says that a second factor was shown |
//! | `countenance-verifier` | the verification service and its portal; a program of its own |
//! | `countenance-standin` | stand-ins for tenant, relying party, Twilio and browser |
//! | `countenance-lab` | evaluation, benchmarks, simulated attacks, the demo; a program of its own |
//! | `countenance` | this program, the one that people install |
//!
//! Start with [`countenance_client::flow`], one page that holds the whole login.
//!
//! # Rules
//!
//! 1. What must have been checked arrives as a type that only the checker can make: a
//!    [`GoodFrame`](countenance_core::quality::GoodFrame) passed the gates, a
//!    [`Proof`](countenance_core::liveness::Proof) showed a live person, a [`Sample`](countenance_core::sample_selector::Sample) lies
//!    inside the proof's span, a [`Sealed`](countenance_attest::Sealed) is signed. Sealing uses proof and sample up, so an
//!    unproven or used sample does not compile.
//! 2. Frame time is the only clock in the capture loop; wall time, randomness, network and camera are parameters.
//! 3. Every wait ends: a frame has a deadline, the operator is asked at every frame, the capture has a limit.
//! 4. Bytes from outside: cap the size, verify, parse, check, use.
//! 5. The preview is not part of the flow: a thread keeps the newest frame in a slot
//!    ([`countenance_camera::live`]), the window paints from it at the camera's speed, the flow takes from it at its own.
//! 6. Words, colors and thresholds are declared once each: `assets/words`, `countenance_gui::theme`,
//!    [`countenance_core::policy`].
//! 7. Pixels, embeddings, nonces, tokens and keys are never logged and never on disk in the clear.

use std::process::ExitCode;

use countenance_client::headless::causes;

mod cli;

fn main() -> ExitCode {
    // Warnings and errors only, and on standard error: standard output belongs to the command.
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(tracing::Level::WARN)
        .with_target(false)
        .init();
    cli::run().unwrap_or_else(|error| {
        eprintln!("countenance: {}", causes(error.as_ref()));
        ExitCode::FAILURE
    })
}
