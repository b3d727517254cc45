//! When two faces belong to the same person: how close a face must be to an account's template, and when the template
//! may be updated.
//!
//! All thresholds are cosines between embeddings, −1 to 1. `models/report/match.md` has the measurements. Those cited here
//! are of press photos (LFW) that pass the quality gates, 1,166 of 827 people, and of webcam clips (Replay-Attack, train and
//! development), 840 frames of 30 people. Intervals are 95 %, bootstrapped by person.

use serde::{Deserialize, Serialize};

/// When two faces belong to the same person.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct MatchPolicy {
    /// Minimum cosine to the account's template. Origin: the lowest, in steps of 0.01, at which the false match rate is below
    /// 1:10,000 with its interval: 6.0 in 100,000 (2.8 to 9.8) of 678,688 comparisons of different people on LFW. There, it
    /// rejects 2.2 % (0.8 to 3.8) of 507 comparisons of the same person, years apart; on Replay-Attack none of 2,520.
    pub cosine_min: f32,
    /// Minimum cosine to the template as enrolled, however the account's template has changed since. Origin: bounds what
    /// updates can do; 1.7 in 10,000 (1.1 to 2.3) of the comparisons of different people on LFW reach it, and all 2,520 of the
    /// same person on Replay-Attack.
    pub enrolled_cosine_min: f32,
    /// Minimum cosine between an enrollment's further samples and its first: they are seconds apart and show one
    /// person. Origin: 1,080 pairs of frames of one clip at most 3.2 s apart have 0.81 or more; different people reached 0.54
    /// at most.
    pub enrol_cosine_min: f32,
    /// Minimum cosine for updating the template with a verified face. Origin: far above what different people reached, 0.54
    /// on LFW and 0.45 on Replay-Attack; 99.4 % of 2,520 comparisons of the same person, most in other light, pass.
    pub update_cosine_min: f32,
    /// By how much the fused LLR must exceed the liveness threshold for an update. Origin: 2.3 means ten times as
    /// likely.
    pub update_margin: f32,
    /// Weight of the new face in the updated template, 0 to 1. Origin: ten updates in different light raise the cosine
    /// in that light from 0.79 to 0.94 (measured on one view of each face); one wrong update moves a template by less than 0.01.
    pub update_ratio: f32,
    /// Minimum cosine between an updated template and the enrolled one; an update that would fall below it is skipped.
    /// Origin: about ten updates in one other kind of light reach it; the closest other person gains 0.02 by then.
    pub drift_cosine_min: f32,
    /// Minimum time between two updates of a template, hours. Origin: our choice; a series of sign-ins in the same
    /// light counts once.
    pub update_hours: u32,
}

impl Default for MatchPolicy {
    fn default() -> Self {
        Self {
            cosine_min: 0.43,
            enrolled_cosine_min: 0.40,
            enrol_cosine_min: 0.70,
            update_cosine_min: 0.70,
            update_margin: 2.3,
            update_ratio: 0.1,
            drift_cosine_min: 0.85,
            update_hours: 24,
        }
    }
}

impl MatchPolicy {
    /// Takes the stricter of the two values for each field.
    pub(super) fn tightened_by(&self, other: &Self) -> Self {
        Self {
            cosine_min: self.cosine_min.max(other.cosine_min),
            enrolled_cosine_min: self.enrolled_cosine_min.max(other.enrolled_cosine_min),
            enrol_cosine_min: self.enrol_cosine_min.max(other.enrol_cosine_min),
            update_cosine_min: self.update_cosine_min.max(other.update_cosine_min),
            update_margin: self.update_margin.max(other.update_margin),
            update_ratio: self.update_ratio.min(other.update_ratio),
            drift_cosine_min: self.drift_cosine_min.max(other.drift_cosine_min),
            update_hours: self.update_hours.max(other.update_hours),
        }
    }

    /// Applies an account's own minimum cosine, if that is stricter.
    #[must_use]
    pub fn for_account(self, cosine_min: Option<f32>) -> Self {
        // `max` ignores NaN.
        let cosine_min = self.cosine_min.max(cosine_min.unwrap_or(f32::NEG_INFINITY));
        Self { cosine_min, update_cosine_min: self.update_cosine_min.max(cosine_min), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_can_only_be_stricter() {
        let own = MatchPolicy::default();
        let rows = [
            ("nothing of its own", None, 0.43, 0.70),
            ("stricter", Some(0.60), 0.60, 0.70),
            ("stricter than an update", Some(0.75), 0.75, 0.75),
            ("looser", Some(0.30), 0.43, 0.70),
            ("no number", Some(f32::NAN), 0.43, 0.70),
        ];
        for (case, account, cosine_min, update_cosine_min) in rows {
            let found = own.for_account(account);
            assert_eq!((found.cosine_min, found.update_cosine_min), (cosine_min, update_cosine_min), "{case}");
        }
    }

    #[test]
    fn merging_policies_only_tightens() {
        let own = MatchPolicy::default();
        let loose = MatchPolicy {
            cosine_min: 0.1,
            enrolled_cosine_min: 0.1,
            enrol_cosine_min: 0.1,
            update_cosine_min: 0.1,
            update_margin: 0.0,
            update_ratio: 0.9,
            drift_cosine_min: 0.0,
            update_hours: 0,
        };
        assert_eq!(own.tightened_by(&loose), own);
        assert_eq!(loose.tightened_by(&own), own);
    }
}
