//! The report of an evaluation: metrics, set, policy and networks, as JSON, table and HTML.

use std::fmt::Write;

use serde::Serialize;

use super::{
    Evaluation, Options,
    figures::{Class, Decisions, Figures},
    inventory::Files,
    lightness::Quarter,
    losses::SetLosses,
    page::{self, Ablation, About},
    presentation::Presentation,
    rates::{Rate, percent},
};
use countenance_core::{
    policy::{CueName, Policy},
    protocol::ModelClaim,
};

/// One evaluation. Reproducible: it does not depend on time, machine or number of threads.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Name and version of this program.
    pub software: String,
    /// The metrics; flattened into the top level of the JSON.
    #[serde(flatten)]
    pub figures: Figures,
    /// The set on which the threshold was fitted; `None` if it comes from another source.
    pub fitted_on: Option<Fit>,
    /// How clips were read.
    #[serde(flatten)]
    pub reading: Reading,
    /// The set's name.
    pub set: String,
    /// How the set describes itself.
    pub nature: Option<String>,
    /// SHA-256 of the set (paths and content of the files of its clips), hex.
    pub set_sha256: String,
    /// The files found, and those that are in no clip.
    pub files: Files,
    /// What the clips did not show.
    pub losses: SetLosses,
    /// Bona fide clips by the lightness of the face, darkest quarter first; empty if there are too few.
    pub lightness: Vec<Quarter>,
    /// The metrics without each cue, and without all of them.
    pub ablation: Vec<Ablation>,
    /// SHA-256 of the policy in force, base64url.
    pub policy: String,
    /// All networks in this program, with their SHA-256.
    pub models: Vec<ModelClaim>,
}

/// How clips were read: the options that affect the result.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reading {
    /// Frame rate of image folders, if the set does not specify it; `None` if unknown.
    pub fps: Option<f64>,
    /// Maximum number of frames read per clip.
    pub limit_frames: Option<u32>,
    /// Whether the score uses only frames that pass the quality gates.
    pub gated: bool,
    /// The enabled cues.
    pub cues: Vec<CueName>,
}

/// The set on which a threshold was fitted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fit {
    /// Its equal error rate, for which the threshold was chosen: optimistic.
    pub eer: Option<f64>,
    /// Number of bona fide clips with a score.
    pub bona_fide: u32,
    /// Number of attack clips with a score.
    pub attacks: u32,
    /// SHA-256 of the set, hex.
    pub set_sha256: String,
    /// The files found, and those that are in no clip.
    pub files: Files,
    /// What its clips did not show.
    pub losses: SetLosses,
}

impl Reading {
    /// The settings of `options` and `policy`.
    pub fn of(options: &Options, policy: &Policy) -> Self {
        let cues = CueName::ALL.into_iter().filter(|&name| policy.liveness.cues.of(name).enabled).collect();
        Self { fps: options.fps, limit_frames: options.limit_frames, gated: options.gated, cues }
    }
}

impl Fit {
    /// The fit with the metrics `figures` of `evaluation`, whose set has these files.
    pub fn of(figures: &Figures, evaluation: &Evaluation, files: Files) -> Self {
        let (bona_fide, attacks) = (figures.bona_fide.wrong.of, figures.attacks.wrong.of);
        let (set_sha256, losses) = (evaluation.set_sha256.clone(), evaluation.losses());
        Self { eer: figures.eer, bona_fide, attacks, set_sha256, files, losses }
    }
}

impl Report {
    /// The page for `countenance-lab evaluate --html`; `command` repeats the measurement.
    pub fn page(&self, presentations: &[Presentation], command: String) -> String {
        let about = About {
            set: self.set.clone(),
            set_sha256: self.set_sha256.clone(),
            nature: self.nature.clone(),
            models: self.models.clone(),
            policy: self.policy.clone(),
            software: self.software.clone(),
            command,
            files: self.files.clone(),
            losses: self.losses.clone(),
            ablation: self.ablation.clone(),
        };
        page::html(&self.figures, presentations, &about)
    }

    /// The table printed by `countenance-lab evaluate`.
    pub fn table(&self) -> String {
        let figures = &self.figures;
        let name = |name: &str, kind: &str| format!("{kind} {name}");
        let species = figures.species.iter().map(|species| (name(&species.name, "APCER"), &species.class));
        let classes: Vec<_> = species.chain([("BPCER bona fide".into(), &figures.bona_fide)]).collect();
        let widest = classes.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
        let mut text = format!("{:widest$}  clips  no response    rate   95 % interval\n", "");
        for (name, class) in &classes {
            row(&mut text, name, widest, class);
        }
        let share = |value: Option<f64>| value.map_or_else(|| "not measured".into(), |v| format!("{} %", percent(v)));
        let worst = figures.apcer.as_ref();
        let mut line = |name: &str, value: String| {
            // Writing to a String cannot fail.
            writeln!(text, "{name:<10} {value}").ok();
        };
        line("APCER", worst.map_or_else(|| share(None), |worst| format!("{} ({})", worst.apcer, worst.species)));
        line("BPCER", figures.bpcer.to_string());
        line("ACER", share(figures.acer));
        line("HTER", share(figures.hter));
        line("EER", share(figures.eer));
        line("AUC", figures.auc.map_or_else(|| share(None), |auc| format!("{auc:.4}")));
        line("threshold", format!("{:.3}, from {}", figures.threshold.value, figures.threshold.from));
        if !self.reading.gated {
            line("frames", "all with a face; a sign-in uses fewer, see --gated".into());
        }
        for (name, class) in [("bona fide", &figures.bona_fide), ("attacks", &figures.attacks)] {
            if let Some(decisions) = &class.decisions {
                line(name, sign_ins(decisions));
            }
        }
        for (i, quarter) in self.lightness.iter().enumerate() {
            line(if i == 0 { "by skin" } else { "" }, quarter.to_string());
        }
        line("set", format!("SHA-256 {}", self.set_sha256));
        line("files", self.files.to_string());
        line("losses", self.losses.to_string());
        text
    }
}

fn row(text: &mut String, name: &str, widest: usize, class: &Class) {
    let Rate { rate, low, high, .. } = class.wrong;
    let percents = |rate: Option<f64>| rate.map_or_else(|| "–".into(), percent);
    writeln!(
        text,
        "{name:widest$} {:>6} {:>12} {:>7}   {} to {}",
        class.presented,
        class.non_response.count,
        percents(rate),
        percents(low),
        percents(high)
    )
    .ok();
}

/// Summarizes the results of simulated sign-ins.
fn sign_ins(decisions: &Decisions) -> String {
    let Decisions { live, not_live, cannot_tell, time } = decisions;
    let time = time.map_or_else(String::new, |time| {
        format!("; decided within {} ms, half of them within {} ms", time.worst_millis, time.median_millis)
    });
    let (live, not_live, cannot_tell) = (live.count, not_live.count, cannot_tell.count);
    format!("in sign-ins: {live} live, {not_live} not live, {cannot_tell} inconclusive{time}")
}
