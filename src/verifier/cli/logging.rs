//! The log on standard error. `RUST_LOG` sets its levels, such as `warn` or `info,countenance_verifier=debug`.

use std::io;

use tracing::{Level, Metadata};
use tracing_subscriber::{
    Layer,
    filter::{FilterExt, Targets, filter_fn},
    fmt,
    layer::SubscriberExt,
    registry,
    util::SubscriberInitExt,
};

/// Refused calls and failed sign-ins are visible without being asked for: they are what an attack looks like.
const DEFAULT: Level = Level::INFO;

/// Starts logging. To standard error: standard output carries a command's result.
pub(crate) fn init() {
    let wanted = std::env::var("RUST_LOG").unwrap_or_default();
    let levels = levels(&wanted);
    let is_read = levels.is_some();
    let levels = levels.unwrap_or_else(|| Targets::new().with_default(DEFAULT));
    // A log without a reader must not stop the service, nor must the complaint about it.
    let lines = fmt::layer().with_writer(io::stderr).log_internal_errors(false);
    registry().with(lines.with_filter(levels.and(filter_fn(may_log)))).init();
    if !is_read {
        tracing::warn!("RUST_LOG is not a list of levels; using {DEFAULT}");
    }
}

/// The levels that a text sets; `None` if it cannot be read.
fn levels(wanted: &str) -> Option<Targets> {
    if wanted.trim().is_empty() {
        return Some(Targets::new().with_default(DEFAULT));
    }
    wanted.parse().ok()
}

/// Whether a line may be logged at any level that is asked for. Our own lines contain no secrets; what libraries say below
/// INFO may quote requests, so they never get that far.
fn may_log(line: &Metadata<'_>) -> bool {
    line.target().starts_with("countenance") || *line.level() <= Level::INFO
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_follow_rust_log() {
        for (wanted, target, level, enabled) in [
            ("", "countenance_verifier::api", Level::INFO, true),
            ("", "countenance_verifier::api", Level::DEBUG, false),
            (" ", "countenance_verifier::api", Level::INFO, true),
            ("warn", "countenance_verifier::api", Level::INFO, false),
            ("warn", "countenance_verifier::api", Level::WARN, true),
            ("warn,countenance_verifier=debug", "countenance_verifier::api", Level::DEBUG, true),
            ("warn,countenance_verifier=debug", "sqlx::query", Level::INFO, false),
            ("off", "countenance_verifier::api", Level::ERROR, false),
        ] {
            assert_eq!(levels(wanted).unwrap().would_enable(target, &level), enabled, "{wanted:?} {target} {level}");
        }
        for wrong in ["countenance=loud", "a=b=c"] {
            assert!(levels(wrong).is_none(), "{wrong}");
        }
    }
}
