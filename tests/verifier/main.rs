//! The verifier as called by tenants, browsers and devices: every request goes through its router, with a manual clock,
//! seeded randomness and a fake analyzer.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::alloc::System;

use zeroizing_alloc::ZeroAlloc;

/// As the program has it; `memory` tests what it does.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

mod approval;
mod attendance;
mod binding;
mod captures;
mod client_versions;
mod codes;
mod command_line;
mod compatibility;
mod described;
mod disabled;
mod enrolment_flow;
mod fake_mailer;
mod fake_twilio;
#[cfg(target_os = "linux")]
mod faults;
mod heartbeat;
mod hostile;
mod jose;
mod key_protection;
mod kiosk_distance;
mod landing;
mod landing_codes;
mod landing_mail;
mod limits;
mod logging;
mod logs;
mod made_up;
#[cfg(target_os = "linux")]
mod memory;
mod migrations;
mod pending;
mod portal;
mod rekey;
mod retention;
mod return_handle;
mod sessions;
mod start;
mod storage;
#[cfg(target_os = "linux")]
mod strangers;
mod templates;
mod test_verifier;
