//! The demo: tenant, verifier and relying party on loopback, a browser of its own, the client on recordings. Five logins,
//! each told in a few lines, each checked.

use std::{path::Path, process::ExitCode, time::Instant};

use anyhow::Context;

pub mod browser;
mod client;
mod logins;
mod place;

use logins::{LOGINS, Login};
use place::Place;

/// Walks the five logins. Success only if each ended as it must.
#[expect(clippy::print_stdout, reason = "the demo is told on standard output")]
pub fn run(headless: bool, recordings: &Path) -> anyhow::Result<ExitCode> {
    if !headless {
        println!("The window comes with a later version: going on headless.\n");
    }
    let place = Place::open(recordings, &mut |line| println!("{line}"))?;
    let mut passed = 0;
    for (number, login) in (1..).zip(LOGINS) {
        println!("\n{number}. {}", login.title);
        let began = now();
        match walk(&place, &login) {
            Ok(()) => {
                passed += 1;
                println!("   as it must be ({:.1} s)", began.elapsed().as_secs_f64());
            }
            Err(error) => {
                println!("   NOT as it must be ({:.1} s): {error:#}", began.elapsed().as_secs_f64());
            }
        }
    }
    println!("\n{passed} of {} logins ended as they must.", LOGINS.len());
    Ok(if passed == LOGINS.len() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[expect(clippy::print_stdout, reason = "the demo is told on standard output")]
fn walk(place: &Place, login: &Login) -> anyhow::Result<()> {
    (login.walk)(place, &mut |line| println!("   {line}")).context("this login")
}

#[expect(clippy::disallowed_methods, reason = "the demo says how long each login took")]
fn now() -> Instant {
    Instant::now()
}
