//! A device over a camera that is played.
