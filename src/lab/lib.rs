//! Evaluation, benchmarks and demo. Not part of what users or operators install.
//!
//! | modules | contents |
//! |---|---|
//! | [`evaluate`] | error rates on labeled clips, after ISO/IEC 30107-3 and 19795-1 |
//! | [`bench`](mod@bench), [`pacing`] | time per stage; frame pacing of the window |
//! | [`recapture`] | simulated attacks, for pipeline tests only |
//! | [`demo`] | six sign-ins on this machine, against the stand-ins |

pub mod bench;
pub mod demo;
pub mod evaluate;
pub mod pacing;
pub mod recapture;
