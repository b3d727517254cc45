//! The report of a face comparison: metrics, set, policy and networks, as JSON, text and HTML.

use std::fmt::Write;

use serde::Serialize;

use super::{Comparison, figures::MatchFigures, page};
use crate::evaluate::{inventory::Files, losses::SetLosses, rates::percent};
use countenance_core::protocol::ModelClaim;

/// One evaluation of a set of pairs. Reproducible: it does not depend on time, machine or number of threads.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MatchReport {
    /// Name and version of this program.
    pub software: String,
    /// The metrics; flattened into the top level of the JSON.
    #[serde(flatten)]
    pub figures: MatchFigures,
    /// Maximum number of frames read per sample.
    pub limit_frames: Option<u32>,
    /// Whether frames that fail the quality gates were used.
    pub ungated: bool,
    /// The set's name.
    pub set: String,
    /// SHA-256 of the set (paths and content of the files of its samples), hex.
    pub set_sha256: String,
    /// The files found, and those that are in no sample.
    pub files: Files,
    /// What the samples did not show.
    pub losses: SetLosses,
    /// SHA-256 of the policy in force, base64url.
    pub policy: String,
    /// All networks in this program, with their SHA-256.
    pub models: Vec<ModelClaim>,
}

impl MatchReport {
    /// The page for `--html`; `command` repeats the measurement.
    pub fn page(&self, comparisons: &[Comparison], command: &str) -> String {
        page::html(self, comparisons, command)
    }

    /// The text printed by `countenance-lab evaluate match`.
    pub fn text(&self) -> String {
        let figures = &self.figures;
        let mut text = String::new();
        let mut line = |name: &str, value: String| {
            // Writing to a String cannot fail.
            writeln!(text, "{name:<12} {value}").ok();
        };
        let share = |share: Option<f64>| share.map_or_else(|| "not measured".into(), |s| format!("{} %", percent(s)));
        line("samples", format!("{}, people {}", figures.samples, people(figures.people)));
        line("no template", figures.failure_to_acquire.to_string());
        line("FMR", figures.fmr.to_string());
        line("FNMR", figures.fnmr.to_string());
        line("threshold", format!("{:.3}, from {}", figures.threshold.value, figures.threshold.from));
        line("EER", format!("{} at {}", share(figures.eer), cosine(figures.eer_threshold)));
        line("AUC", figures.auc.map_or_else(|| "not measured".into(), |auc| format!("{auc:.4}")));
        for at in &figures.at_fmr {
            let shown = if at.shown { "" } else { "; not shown: the interval of FMR reaches above" };
            let (limit, fnmr) = (percent(at.fmr_max), at.fnmr);
            line(&format!("FMR ≤ {limit} %"), format!("from {:.3} on: FNMR {fnmr}{shown}", at.threshold));
        }
        if let Some(least) = figures.fmr_shown_below {
            line(
                "at best",
                format!("FMR below {} % cannot be shown by {} impostor pairs", percent(least), figures.fmr.of),
            );
        }
        line(
            "FMR 1:10,000",
            figures.extrapolated.map_or_else(
                || "not extrapolated: too few impostor pairs".into(),
                |at| {
                    format!(
                        "extrapolated, not observed: {:.3} (up to {:.3}) by an exponential tail of {} pairs, {:.3} by a \
                         normal one; FNMR there {}",
                        at.tail.threshold,
                        at.tail.threshold_high,
                        at.tail.tail_pairs,
                        at.tail.threshold_normal,
                        at.fnmr
                    )
                },
            ),
        );
        if self.ungated {
            line("gates", "open: not representative of sign-ins".into());
        }
        line("set", format!("SHA-256 {}", self.set_sha256));
        line("files", self.files.to_string());
        line("losses", self.losses.to_string());
        text
    }
}

pub(super) fn people(people: u32) -> String {
    if people == 0 { "not stated".into() } else { people.to_string() }
}

pub(super) fn cosine(threshold: Option<f64>) -> String {
    threshold.filter(|t| t.is_finite()).map_or_else(|| "no threshold".into(), |threshold| format!("{threshold:.3}"))
}
