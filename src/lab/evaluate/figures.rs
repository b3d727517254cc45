//! The figures of ISO/IEC 30107-3 over a set of presentations.
//!
//! Each clip is one presentation and counts once, whatever its length; clips without a label are in no figure.
//!
//! **Classification errors.** The standard defines APCER for one species of attack instrument, as the share of its
//! presentations that are classified as bona fide, and BPCER as the share of bona fide presentations that are classified
//! as attacks. Presentations that drew no response were classified as neither. We read it so that those stand in no
//! classification error rate: the denominators of APCER and BPCER are the presentations *with a score*. Test reports of
//! accredited laboratories do the same.
//!
//! **Non-responses** are rates of their own, again per species: APNRR and BPNRR, whose denominators are *all*
//! presentations. A clip without a face, one without a frame that passed the gates, and one that could not be read are all
//! non-responses, counted apart. An unreadable clip is a fault of the set, rather than of the product; it is counted
//! all the same, so that nothing drops out unseen.
//!
//! Leaving non-responses out can flatter either side, so two shares over all presentations stand beside: attacks that
//! passed, and bona fide presentations that did not.
//!
//! **One number for all species** is the worst one's APCER, never the mean. ACER averages that worst APCER with BPCER.
//! HTER, which other publications state, averages the error rate over all attacks in one heap with BPCER. Both at a threshold
//! that was fixed before. EER and AUC are over the heap too; EER belongs to a threshold that was picked on the very set.
//!
//! **Decisions** are what a login would have led to, where the frames' spacing is known. They stop as soon as they are
//! sure and may be inconclusive, so they need not agree with the score of the whole clip; shares are of all clips with a decision.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{
    presentation::{Decision, Label, Presentation, Response},
    rates::{OperatingPoint, Rate, Scores},
    threshold::Threshold,
};

/// All figures of one set at one threshold.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// What a score had to reach.
    pub threshold: Threshold,
    /// What was presented.
    pub presented: Presented,
    /// Bona fide presentations classified as attacks, of those with a score.
    pub bpcer: Rate,
    /// The worst species' attack presentations classified as bona fide, of those with a score. Of species that are equally
    /// bad, the one whose interval reaches higher. Absent without attacks that have a score, as are those below that rest on it.
    pub apcer: Option<Worst>,
    /// Mean of the worst APCER and of BPCER.
    pub acer: Option<f64>,
    /// Mean of the error rate over all attacks and of BPCER.
    pub hter: Option<f64>,
    /// Where both error rates are equal, over all attacks; interpolated as [`Scores::equal_error`] says.
    pub eer: Option<f64>,
    /// The threshold that belongs to [`eer`](Self::eer).
    pub eer_threshold: Option<f64>,
    /// Chance that a bona fide presentation scores higher than an attack, ties half.
    pub auc: Option<f64>,
    /// BPCER where no species' APCER is above a limit.
    pub bpcer_at: Vec<AtLimit>,
    /// Bona fide presentations.
    pub bona_fide: Class,
    /// All attacks in one heap.
    pub attacks: Class,
    /// Each species, by name.
    pub species: Vec<Species>,
    /// How both error rates trade against each other, over all attacks: what a DET curve draws.
    pub trade_off: Vec<OperatingPoint>,
}

/// What was presented.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Presented {
    /// Clips.
    pub clips: u32,
    /// Of these, without a label: in no figure.
    pub unlabelled: u32,
    /// Different people, where the set names them; 0: it names none.
    pub people: u32,
    /// Labelled clips of which the set does not say who is shown.
    pub people_unknown: u32,
    /// What took the clips, by the set's own words.
    pub cameras: Vec<String>,
    /// Under what light.
    pub lights: Vec<String>,
    /// Under what licences.
    pub licences: Vec<String>,
}

/// The species that most attacks of passed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Worst {
    /// Which.
    pub species: String,
    /// Its APCER.
    #[serde(flatten)]
    pub apcer: Rate,
}

/// What it costs to keep each species out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AtLimit {
    /// No species' APCER is above this.
    pub apcer_max: f64,
    /// The lowest threshold that does it, picked on this very set.
    pub threshold: f64,
    /// BPCER there.
    pub bpcer: Rate,
}

/// One heap of presentations.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Class {
    /// Presentations.
    pub presented: u32,
    /// Classified wrongly, of those with a score: BPCER of bona fide ones, APCER of one species. Of several species in one
    /// heap it is no APCER in the standard's sense.
    pub wrong: Rate,
    /// Without a score, of all: BPNRR, APNRR.
    pub non_response: Rate,
    /// Of these, without a face.
    pub no_face: u32,
    /// Of these, with a face but without a frame that passed the gates.
    pub no_good_frame: u32,
    /// Of these, not to be read.
    pub failed: u32,
    /// Passed, of all presented: a score that reached the threshold.
    pub passed: Rate,
    /// What a login would have led to; absent where no clip's frames have a known spacing.
    pub decisions: Option<Decisions>,
}

/// One species.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Species {
    /// Its name.
    pub name: String,
    /// All of it; `wrong` is the species' APCER.
    #[serde(flatten)]
    pub class: Class,
    /// By what held it; empty where the set does not say so of a single clip. `None`: clips of which it does not.
    pub supports: Vec<Support>,
}

/// One species on one support.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Support {
    /// What held it.
    pub name: Option<String>,
    /// Its part of the species.
    #[serde(flatten)]
    pub class: Class,
}

/// What a login would have led to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Decisions {
    /// Accepted as live.
    pub live: Rate,
    /// Refused as an attack.
    pub not_live: Rate,
    /// Abstained.
    pub cannot_tell: Rate,
    /// How long those took that decided; absent where none did.
    pub time: Option<Times>,
}

/// Times from the first good frame to the decision, milliseconds. Quantiles are values that occurred: the least that so
/// many did not exceed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Times {
    /// How many.
    pub count: u32,
    /// Half took no longer.
    pub median_millis: u64,
    /// 95 % took no longer.
    pub q95_millis: u64,
    /// The longest.
    pub worst_millis: u64,
}

impl Figures {
    /// The figures of `presentations` at `threshold`, whatever their order.
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

/// At which APCER the BPCER is told: those that publications state.
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

/// The score of a presentation that has one. One that is no number is a score that never passes.
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
