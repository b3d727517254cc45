//! The client: the orchestration of one sign-in ([`flow`]), its parts, and the programs' ways to run it.
//!
//! | modules | contents |
//! |---|---|
//! | [`flow`] [`capture`] [`session`] | one sign-in, its capture loop, and the verification session over HTTP |
//! | [`runner`] [`headless`] [`dry_run`] | operators: a person at a window, a script, or no session at all |
//! | [`settings`] [`instance`] [`registration`] [`doctor`] [`qualify`] | this installation and its maintenance |
//! | [`visitor`] | whether somebody else has taken the place of a kiosk's visitor |
//! | [`source`] [`nets`] [`installation`] [`kiosk`] | command-line arguments, adapters and rules shared by the programs |

pub mod capture;
pub mod display;
pub mod doctor;
pub mod dry_run;
pub mod flow;
pub mod headless;
pub mod installation;
pub mod installed;
pub mod instance;
pub mod interrupt;
pub mod kiosk;
pub mod nets;
pub mod networks;
pub mod qualify;
pub mod registration;
pub mod resident;
pub mod runner;
pub mod session;
pub mod settings;
pub mod source;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod visitor;
mod way_up;
