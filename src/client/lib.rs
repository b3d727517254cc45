//! The client: one page that holds a whole login ([`flow`]), what it is made of, and what runs it.
//!
//! | modules | what they are |
//! |---|---|
//! | [`flow`] [`capture`] [`session`] | a login on one page; its loop; the verification session over HTTP |
//! | [`runner`] [`headless`] [`dry_run`] | who attends: a person at the window, a script, nobody |
//! | [`settings`] [`instance`] [`registration`] [`doctor`] [`qualify`] | this installation and its owner |
//! | [`source`] [`nets`] [`installation`] | arguments and adapters that the programs share |

pub mod capture;
pub mod doctor;
pub mod dry_run;
pub mod flow;
pub mod headless;
pub mod installation;
pub mod installed;
pub mod instance;
pub mod nets;
pub mod qualify;
pub mod registration;
pub mod runner;
pub mod session;
pub mod settings;
pub mod source;
