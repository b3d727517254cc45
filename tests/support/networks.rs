//! The embedded networks, loaded once per test suite.

use std::sync::LazyLock;

use countenance_vision::Vision;

/// One for all tests: preparing the networks takes longer than running them.
pub(crate) static VISION: LazyLock<Vision> = LazyLock::new(|| Vision::load().unwrap());
