//! The best good frame inside a proof's span: the one picture that is posted.

use crate::{liveness::Proof, protocol::QualityClaim, quality::GoodFrame};

/// The picture to be posted. Only [`BestShot::within`] makes one, from the span and the track of the proof it belongs to.
#[derive(Debug)]
pub struct Shot {
    good: GoodFrame,
}

impl Shot {
    /// The frame, its face and its measures.
    pub fn good(&self) -> &GoodFrame {
        &self.good
    }
}

/// Keeps the good frames that may become the shot: the best of each track's last stretch.
#[derive(Debug, Default)]
pub struct BestShot {
    kept: Vec<(u32, f32, GoodFrame)>,
}

/// Frames kept at most. A span is decided on some 20 good frames; memory is bounded for any policy.
const KEPT: usize = 8;

impl BestShot {
    /// Offers a good frame of `track`; frames of another track are wiped.
    pub fn keep(&mut self, good: &GoodFrame, track: u32) {
        self.kept.retain(|(t, ..)| *t == track);
        self.kept.push((track, merit(&good.measures()), good.clone()));
        if self.kept.len() > KEPT {
            let worst = self.kept.iter().enumerate().min_by(|(_, a), (_, b)| a.1.total_cmp(&b.1)).map(|(i, _)| i);
            if let Some(worst) = worst {
                self.kept.swap_remove(worst);
            }
        }
    }

    /// The best frame that lies inside the proof's span and on its track.
    pub fn within(self, proof: &Proof) -> Option<Shot> {
        let inside = self.kept.into_iter().filter(|(track, _, good)| proof.covers(*track, good.frame().at()));
        inside.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(_, _, good)| Shot { good })
    }
}

/// How well a face can be told by a frame of these measures. Higher is better: frontal first (a shot prefers all angles within 8°), then large, then sharp.
pub fn merit(m: &QualityClaim) -> f32 {
    let turned = (m.yaw_deg.abs().max(m.pitch_deg.abs()).max(m.roll_deg.abs()) - 8.0).max(0.0);
    -turned + (m.interocular_px / 70.0).min(1.0) + (m.sharpness / 400.0).min(1.0)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::{
        liveness::{
            Judge, Step,
            tests::{good, odds},
        },
        policy::Policy,
    };

    /// A proof and its shot over 21 synthetic frames.
    pub(crate) fn proof_and_shot() -> (Proof, Shot) {
        let policy = Policy::default();
        let (mut judge, mut best) = (Judge::new(&policy), BestShot::default());
        for seq in 0..100 {
            judge.see(Some(1));
            let frame = good(seq);
            best.keep(&frame, 1);
            if let Step::Live(proof) = judge.take(&frame, odds(3.0)) {
                let shot = best.within(&proof).unwrap();
                return (proof, shot);
            }
        }
        panic!("no proof");
    }

    #[test]
    fn the_shot_comes_from_the_span_of_its_proof() {
        let (proof, shot) = proof_and_shot();
        assert!(proof.covers(1, shot.good().frame().at()));
    }

    #[test]
    fn frames_of_another_track_or_after_the_span_are_no_shot() {
        let (proof, _) = proof_and_shot();
        let mut other = BestShot::default();
        other.keep(&good(3), 2);
        assert!(other.within(&proof).is_none());
        let mut late = BestShot::default();
        late.keep(&good(30), 1);
        assert!(late.within(&proof).is_none());
    }

    #[test]
    fn only_a_bounded_number_is_kept_and_the_best_stays() {
        let mut best = BestShot::default();
        for seq in 0..50 {
            best.keep(&good(seq), 1);
        }
        assert_eq!(best.kept.len(), KEPT);
    }
}
