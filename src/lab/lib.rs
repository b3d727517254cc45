//! The laboratory: what measures and shows the product, and is not installed with it.
//!
//! | modules | what they are |
//! |---|---|
//! | [`evaluate`] | error rates on labelled clips, after ISO/IEC 30107-3 and 19795-1 |
//! | [`bench`](mod@bench), [`pacing`] | time per stage; how evenly the window paints |
//! | [`recapture`] | simulated attacks: they prove plumbing, never accuracy |
//! | [`demo`] | six logins on this machine, with the stand-ins |

pub mod bench;
pub mod demo;
pub mod evaluate;
pub mod pacing;
pub mod recapture;
