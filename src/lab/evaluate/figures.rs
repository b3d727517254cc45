//! The metrics of ISO/IEC 30107-3 over a set of presentations.
//!
//! Each clip is one presentation, whatever its length; unlabeled clips are excluded.
//!
//! **Classification errors.** The standard defines APCER, per species of attack instrument, as the share of
//! presentations classified as bona fide, and BPCER as the share of bona fide presentations classified as attacks.
//! Presentations without a response were classified as neither, so we exclude them: the denominators of APCER and BPCER
//! are the presentations *with a score*. Test reports of accredited laboratories do the same.
//!
//! **Non-responses** have separate rates: APNRR per species, and BPNRR, whose denominators are *all* presentations.
//! Clips without a face, without a frame that passed the gates, and unreadable ones are counted separately. An
//! unreadable clip is a defect of the set rather than of the product, but is counted too, so that no clip disappears.
//!
//! Excluding non-responses can favor either side, so there are two more shares over all presentations: attacks that
//! passed, and bona fide presentations that passed.
//!
//! **Summary over species** is the APCER of the worst species, never the mean. ACER is the mean of that APCER and
//! BPCER. HTER, common in publications, is the mean of the error rate over all attacks pooled and BPCER. Both use a
//! threshold that was fixed beforehand. EER and AUC also pool all attacks; EER uses a threshold chosen on the same set.
//!
//! **Decisions** are the results of simulated sign-ins, if the frame spacing is known. A sign-in stops as soon as it is
//! sure and may be inconclusive, so it can differ from the score of the entire clip. Shares are of all clips with a
//! decision.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{
    presentation::{Decision, Label, Presentation, Response},
    rates::{OperatingPoint, Rate, Scores},
    threshold::Threshold,
};

/// All metrics of one set at one threshold.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// The threshold: scores of at least this pass.
    pub threshold: Threshold,
    /// Composition of the set.
    pub presented: Presented,
    /// Bona fide presentations classified as attacks, of those with a score.
    pub bpcer: Rate,
    /// APCER of the worst species; at equal rates, the one with the higher end of the interval. `None` if no attack has
    /// a score; then the metrics derived from it are `None`, too.
    pub apcer: Option<Worst>,
    /// Mean of the worst APCER and BPCER.
    pub acer: Option<f64>,
    /// Mean of the error rate over all attacks pooled and BPCER.
    pub hter: Option<f64>,
    /// Equal error rate over all attacks pooled, interpolated as documented at [`Scores::equal_error`].
    pub eer: Option<f64>,
    /// The threshold of [`eer`](Self::eer).
    pub eer_threshold: Option<f64>,
    /// Area under the ROC curve: probability that a bona fide presentation scores higher than an attack, ties counted
    /// half.
    pub auc: Option<f64>,
    /// BPCER when no species' APCER exceeds a limit.
    pub bpcer_at: Vec<AtLimit>,
    /// Bona fide presentations.
    pub bona_fide: Class,
    /// All attacks pooled.
    pub attacks: Class,
    /// Each species, by name.
    pub species: Vec<Species>,
    /// Trade-off of both error rates over all attacks pooled: the points of a DET curve.
    pub trade_off: Vec<OperatingPoint>,
}

/// Composition of a set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Presented {
    /// Number of clips.
    pub clips: u32,
    /// Of these, unlabeled; excluded from all metrics.
    pub unlabelled: u32,
    /// Number of distinct subjects; 0 if the set names none.
    pub people: u32,
    /// Labeled clips without a subject.
    pub people_unknown: u32,
    /// Cameras, as named by the set.
    pub cameras: Vec<String>,
    /// Lighting, as named by the set.
    pub lights: Vec<String>,
    /// Licenses.
    pub licences: Vec<String>,
}

/// The species with the highest APCER.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Worst {
    /// Name of the species.
    pub species: String,
    /// Its APCER.
    #[serde(flatten)]
    pub apcer: Rate,
}

/// BPCER at a limit for APCER.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AtLimit {
    /// The limit: the maximum APCER of every species.
    pub apcer_max: f64,
    /// The lowest threshold within the limit, chosen on the same set.
    pub threshold: f64,
    /// BPCER at that threshold.
    pub bpcer: Rate,
}

/// A group of presentations.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Class {
    /// Number of presentations.
    pub presented: u32,
    /// Misclassified, of those with a score: BPCER for bona fide presentations, APCER for one species. For several
    /// species pooled, it is not an APCER as defined by the standard.
    pub wrong: Rate,
    /// Without a score, of all presentations: BPNRR, APNRR.
    pub non_response: Rate,
    /// Of these, without a face.
    pub no_face: u32,
    /// Of these, with a face but without a frame that passed the gates.
    pub no_good_frame: u32,
    /// Of these, unreadable.
    pub failed: u32,
    /// Passed, of all presentations: score at or above the threshold.
    pub passed: Rate,
    /// Results of simulated sign-ins; `None` if no clip has a known frame spacing.
    pub decisions: Option<Decisions>,
}

/// Metrics of one species.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Species {
    /// Name of the species.
    pub name: String,
    /// All its presentations; `wrong` is its APCER.
    #[serde(flatten)]
    pub class: Class,
    /// Breakdown by support, including clips without one (name `None`); empty if no clip has one.
    pub supports: Vec<Support>,
}

/// Metrics of one species on one support.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Support {
    /// Name of the support; `None` if unknown.
    pub name: Option<String>,
    /// The presentations with this support.
    #[serde(flatten)]
    pub class: Class,
}

/// Results of simulated sign-ins.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Decisions {
    /// Accepted as live.
    pub live: Rate,
    /// Rejected as an attack.
    pub not_live: Rate,
    /// Inconclusive.
    pub cannot_tell: Rate,
    /// Duration of the conclusive ones; `None` if there were none.
    pub time: Option<Times>,
}

/// Times from the first good frame to the decision, milliseconds. Quantiles are observed values (nearest rank).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Times {
    /// Number of decisions.
    pub count: u32,
    /// Median.
    pub median_millis: u64,
    /// 95 % quantile.
    pub q95_millis: u64,
    /// Maximum.
    pub worst_millis: u64,
}

impl Figures {
    /// The metrics of `presentations` at `threshold`; their order does not matter.
    pub fn of(presentations: &[Presentation], threshold: &Threshold) -> Self {
        let bona_fide: Vec<_> = presentations.iter().filter(|p| p.label == Some(Label::BonaFide)).collect();
        let mut by_species: BTreeMap<&str, Vec<&Presentation>> = BTreeMap::new();
        for presentation in presentations {
            if let Some(Label::Attack(species)) = &presentation.label {
                by_species.entry(species).or_default().push(presentation);
            }
        }
        let attacks: Vec<_> = by_species.values().flatten().copied().collect();
        let scores = Scores::new(scores(&bona_fide), scores(&attacks));
        let species: Vec<_> = by_species.iter().map(|(name, all)| Species::of(name, all, threshold.value)).collect();
        let (bona_fide, attacks) = (Class::bona_fide(&bona_fide, threshold), Class::attacks(&attacks, threshold.value));
        let apcer = worst(&species);
        let mean = |a: Option<f64>, b: Option<f64>| Some(f64::midpoint(a?, b?));
        let equal = scores.equal_error();
        Self {
            threshold: threshold.clone(),
            presented: Presented::of(presentations),
            bpcer: bona_fide.wrong,
            acer: mean(apcer.as_ref().and_then(|worst| worst.apcer.rate), bona_fide.wrong.rate),
            hter: mean(attacks.wrong.rate, bona_fide.wrong.rate),
            eer: equal.map(|point| point.false_accepts),
            eer_threshold: equal.map(|point| point.threshold),
            auc: scores.area_under_curve(),
            bpcer_at: LIMITS.iter().filter_map(|limit| at_limit(*limit, &scores, &by_species)).collect(),
            trade_off: scores.trade_off(),
            apcer,
            bona_fide,
            attacks,
            species,
        }
    }
}

/// APCER limits at which BPCER is reported, as common in publications.
const LIMITS: [f64; 3] = [0.1, 0.05, 0.01];

fn at_limit(limit: f64, all: &Scores, by_species: &BTreeMap<&str, Vec<&Presentation>>) -> Option<AtLimit> {
    let thresholds = by_species.values().filter(|of| of.iter().any(|p| score(p).is_some()));
    let thresholds: Option<Vec<f64>> = thresholds.map(|of| Scores::new([], scores(of)).threshold_for(limit)).collect();
    let threshold = thresholds?.into_iter().reduce(f64::max)?;
    let bpcer = all.rejected_targets(threshold);
    (bpcer.of > 0).then_some(AtLimit { apcer_max: limit, threshold, bpcer })
}

fn worst(species: &[Species]) -> Option<Worst> {
    let measured = species.iter().filter_map(|species| Some((species.class.wrong.rate?, species)));
    let order = |a: &(f64, &Species), b: &(f64, &Species)| {
        let high = |species: &Species| species.class.wrong.high.unwrap_or(0.0);
        a.0.total_cmp(&b.0).then(high(a.1).total_cmp(&high(b.1)))
    };
    measured.max_by(order).map(|(_, worst)| Worst { species: worst.name.clone(), apcer: worst.class.wrong })
}

/// The score of a presentation, if it has one. NaN is a score that never passes.
pub(super) fn score(presentation: &Presentation) -> Option<f32> {
    presentation.score.filter(|_| presentation.response == Response::Scored)
}

fn scores(presentations: &[&Presentation]) -> Vec<f32> {
    presentations.iter().filter_map(|presentation| score(presentation)).collect()
}

impl Presented {
    fn of(presentations: &[Presentation]) -> Self {
        let labelled = || presentations.iter().filter(|p| p.label.is_some());
        let known = |fact: fn(&Presentation) -> Option<&String>| {
            labelled().filter_map(fact).collect::<BTreeSet<_>>().into_iter().cloned().collect::<Vec<_>>()
        };
        let (clips, with_label) = (presentations.len() as u32, labelled().count() as u32);
        Self {
            clips,
            unlabelled: clips - with_label,
            people: known(|p| p.facts.subject.as_ref()).len() as u32,
            people_unknown: labelled().filter(|p| p.facts.subject.is_none()).count() as u32,
            cameras: known(|p| p.facts.camera.as_ref()),
            lights: known(|p| p.facts.light.as_ref()),
            licences: known(|p| p.facts.licence.as_ref()),
        }
    }
}

impl Class {
    fn bona_fide(all: &[&Presentation], threshold: &Threshold) -> Self {
        let mut class = Self::attacks(all, threshold.value);
        class.wrong = Rate::new(class.wrong.of - class.wrong.count, class.wrong.of);
        class
    }

    fn attacks(all: &[&Presentation], threshold: f32) -> Self {
        let passes = |presentation: &Presentation| score(presentation).is_some_and(|score| score >= threshold);
        let why = |reason: fn(&Response) -> bool| all.iter().filter(|p| reason(&p.response)).count() as u32;
        Self {
            presented: all.len() as u32,
            wrong: Rate::among(all.iter().filter(|p| score(p).is_some()), |p| passes(p)),
            non_response: Rate::among(all, |p| score(p).is_none()),
            no_face: why(|response| *response == Response::NoFace),
            no_good_frame: why(|response| *response == Response::NoGoodFrame),
            failed: why(|response| matches!(response, Response::Failed(_))),
            passed: Rate::among(all, |p| passes(p)),
            decisions: Decisions::of(all),
        }
    }
}

impl Species {
    fn of(name: &str, all: &[&Presentation], threshold: f32) -> Self {
        let mut by_support: BTreeMap<Option<&String>, Vec<&Presentation>> = BTreeMap::new();
        for presentation in all {
            by_support.entry(presentation.facts.support.as_ref()).or_default().push(presentation);
        }
        let support = |(name, part): (Option<&String>, Vec<&Presentation>)| Support {
            name: name.cloned(),
            class: Class::attacks(&part, threshold),
        };
        let known = by_support.keys().any(Option::is_some);
        let supports = if known { by_support.into_iter().map(support).collect() } else { Vec::new() };
        Self { name: name.into(), class: Class::attacks(all, threshold), supports }
    }
}

impl Decisions {
    fn of(all: &[&Presentation]) -> Option<Self> {
        let decided: Vec<_> = all.iter().filter_map(|p| p.decision).collect();
        let share = |what: Decision| Rate::among(&decided, |decision| *decision == what);
        let sure = all.iter().filter(|p| matches!(p.decision, Some(Decision::Live | Decision::NotLive)));
        (!decided.is_empty()).then(|| Self {
            live: share(Decision::Live),
            not_live: share(Decision::NotLive),
            cannot_tell: share(Decision::CannotTell),
            time: Times::of(sure.filter_map(|p| p.decided_millis).collect()),
        })
    }
}

impl Times {
    fn of(mut millis: Vec<u64>) -> Option<Self> {
        millis.sort_unstable();
        let rank = |percent: usize| millis.get((millis.len() * percent).div_ceil(100).saturating_sub(1)).copied();
        Some(Self {
            count: millis.len() as u32,
            median_millis: rank(50)?,
            q95_millis: rank(95)?,
            worst_millis: rank(100)?,
        })
    }
}

#[cfg(test)]
pub(crate) mod tests;
