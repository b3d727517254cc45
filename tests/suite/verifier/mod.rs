//! The verifier as tenants, browsers and devices meet it: every call over its router, with a clock and a chance of our
//! own and an examiner that sees what it is told.

mod captures;
mod codes;
mod disabled;
mod give_back;
mod hostile;
mod house;
mod jose;
mod landing;
mod landing_codes;
mod landing_mail;
#[cfg(feature = "demo")]
mod logs;
mod portal;
mod recorded_faces;
mod sessions;
mod start;
mod storage;
mod switchboard;
mod templates;
#[cfg(feature = "demo")]
mod twilio;
