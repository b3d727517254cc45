//! Selects the samples to post: the best good frames inside a proof's span.

use std::time::Duration;

use crate::{
    liveness::LivenessProof,
    protocol::{QualityClaim, SAMPLES_MAX},
    quality::GoodFrame,
};

/// A frame to be posted. Only [`SampleSelector::within`] makes one, from the span and track of the proof it belongs to.
#[derive(Debug)]
pub struct Sample {
    good: GoodFrame,
}

impl Sample {
    /// The frame, its face and its measures.
    pub fn good(&self) -> &GoodFrame {
        &self.good
    }
}

/// The best sample of a span and up to two more, spaced apart in time. Only [`SampleSelector::within`] makes one.
#[derive(Debug)]
pub struct Samples {
    best: Sample,
    more: Vec<Sample>,
}

impl Samples {
    /// The best sample of the span.
    pub fn best(&self) -> &Sample {
        &self.best
    }

    /// Further samples, better ones first, for a template built from more than one image. Fewer than [`SAMPLES_MAX`];
    /// empty if the span is short.
    pub fn more(&self) -> &[Sample] {
        &self.more
    }
}

/// Keeps the good frames that may become samples, spread over the track.
#[derive(Debug, Default)]
pub struct SampleSelector {
    /// Frames of one track in order of time.
    kept: Vec<Kept>,
}

#[derive(Debug)]
struct Kept {
    track: u32,
    merit: f32,
    good: GoodFrame,
}

/// Maximum number of frames kept, so that memory is bounded under any policy. A typical decision uses about 20 good
/// frames.
const KEPT: usize = 8;
/// Minimum time between two samples. Origin: the shortest span, 800 ms, holds three samples this far apart; closer
/// frames show the same blink and the same blur.
const MIN_SPACING: Duration = Duration::from_millis(250);

impl SampleSelector {
    /// Offers a good frame of `track`. A new track wipes the frames of the previous one.
    pub fn keep(&mut self, good: &GoodFrame, track: u32) {
        self.kept.retain(|kept| kept.track == track);
        self.kept.push(Kept { track, merit: merit(&good.measures()), good: good.clone() });
        if self.kept.len() > KEPT {
            self.thin();
        }
    }

    /// The best frames inside the proof's span and on its track; `None` if there is none.
    pub fn within(self, proof: &LivenessProof) -> Option<Samples> {
        let inside = |kept: &Kept| proof.covers(kept.track, kept.good.frame().at());
        let mut inside: Vec<_> = self.kept.into_iter().filter(inside).collect();
        inside.sort_by(|a, b| b.merit.total_cmp(&a.merit));
        let mut chosen: Vec<Sample> = Vec::with_capacity(SAMPLES_MAX);
        for Kept { good, .. } in inside {
            let apart = |sample: &Sample| sample.good.frame().at().abs_diff(good.frame().at()) >= MIN_SPACING;
            if chosen.len() < SAMPLES_MAX && chosen.iter().all(apart) {
                chosen.push(Sample { good });
            }
        }
        let mut chosen = chosen.into_iter();
        Some(Samples { best: chosen.next()?, more: chosen.collect() })
    }

    /// Drops the worse of the two frames closest in time. The frames that remain are spread out, and the best one
    /// always stays.
    fn thin(&mut self) {
        let pairs = self.kept.iter().zip(self.kept.iter().skip(1)).enumerate();
        let nearest = pairs.min_by_key(|(_, (a, b))| b.good.frame().at().saturating_sub(a.good.frame().at()));
        if let Some((i, (a, b))) = nearest {
            let worse = if a.merit < b.merit { i } else { i + 1 };
            self.kept.remove(worse);
        }
    }
}

/// How well a frame with these measures suits recognition; higher is better. Frontal first (all angles within 8° are
/// preferred), then large, then sharp.
pub fn merit(m: &QualityClaim) -> f32 {
    let turned = (m.yaw_deg.abs().max(m.pitch_deg.abs()).max(m.roll_deg.abs()) - 8.0).max(0.0);
    -turned + (m.interocular_px / 70.0).min(1.0) + (m.sharpness / 400.0).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        liveness::{Judge, Step},
        testing::{good, odds, plain_policy},
    };

    /// A proof and its samples over 21 synthetic frames.
    fn proof_and_samples() -> (LivenessProof, Samples) {
        let policy = plain_policy();
        let (mut judge, mut best) = (Judge::new(&policy), SampleSelector::default());
        for seq in 0..100 {
            judge.see(Some(1));
            let frame = good(seq);
            best.keep(&frame, 1);
            if let Step::Live(proof) = judge.take(&frame, odds(3.0)) {
                let samples = best.within(&proof).unwrap();
                return (proof, samples);
            }
        }
        panic!("no proof");
    }

    #[test]
    fn samples_are_inside_the_span_and_spaced_apart() {
        let (proof, samples) = proof_and_samples();
        let at: Vec<_> =
            std::iter::once(samples.best()).chain(samples.more()).map(|sample| sample.good().frame().at()).collect();
        assert_eq!(at.len(), SAMPLES_MAX, "{at:?}");
        assert!(at.iter().all(|&at| proof.covers(1, at)), "{at:?}");
        assert!((0..3).all(|i| at[i].abs_diff(at[(i + 1) % 3]) >= MIN_SPACING), "{at:?}");
    }

    #[test]
    fn excludes_frames_of_other_tracks_and_after_the_span() {
        let (proof, _) = proof_and_samples();
        let mut other = SampleSelector::default();
        other.keep(&good(3), 2);
        assert!(other.within(&proof).is_none());
        let mut late = SampleSelector::default();
        late.keep(&good(30), 1);
        assert!(late.within(&proof).is_none());
    }

    #[test]
    fn a_short_span_gives_one_sample() {
        let (proof, _) = proof_and_samples();
        let mut best = SampleSelector::default();
        (0..5).for_each(|seq| best.keep(&good(seq), 1));
        assert!(best.within(&proof).unwrap().more().is_empty());
    }

    #[test]
    fn keeps_a_limited_number_spread_over_time_including_the_best() {
        let mut best = SampleSelector::default();
        let mut first = f32::NEG_INFINITY;
        for seq in 0..50 {
            let frame = good(seq);
            first = first.max(merit(&frame.measures()));
            best.keep(&frame, 1);
        }
        assert_eq!(best.kept.len(), KEPT);
        assert!(best.kept.iter().any(|kept| kept.merit.total_cmp(&first).is_eq()), "the best sample was dropped");
        let at: Vec<_> = best.kept.iter().map(|kept| kept.good.frame().at().as_millis()).collect();
        assert!(at.is_sorted() && at[KEPT - 1] - at[0] >= 1_500, "{at:?}");
    }
}
