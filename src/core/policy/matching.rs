//! When two faces belong to the same person: how close a face must be to an account's template, and when the template
//! may be updated.
//!
//! All thresholds are cosines between embeddings, −1 to 1. `models/REPORT.md` has the measurements. Those cited here
//! use 30 people of the Replay-Attack train and development clips: templates of three frames against single frames of
//! other clips, 69,600 comparisons of different people.

use serde::{Deserialize, Serialize};

/// When two faces belong to the same person.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct MatchPolicy {
    /// Minimum cosine to the account's template. Origin: **extrapolated** to a false match rate of 1:10,000, which 435
    /// pairs of people are too few to measure. Normal and generalized Pareto tails put it at 0.45 and 0.43; 0.50 is the
    /// upper end of both 95 % intervals (bootstrap by person). An exponential tail, which these data do not follow,
    /// would require 0.57.
    pub cosine_min: f32,
    /// Minimum cosine to the template as enrolled, however the account's template has changed since. Origin: 0.05 % (95
    /// % interval 0 to 0.15 %) of the comparisons of different people reach it, and all 7,200 of the same person.
    pub enrolled_cosine_min: f32,
    /// Minimum cosine between an enrollment's further samples and its first: they are seconds apart and show one
    /// person. Origin: of 11,880 pairs of frames at most 4.7 s apart, 0.1 % are below 0.81, and six below 0.70, all
    /// from one clip.
    pub enrol_cosine_min: f32,
    /// Minimum cosine for updating the template with a verified face. Origin: above the interval of every tail fitted
    /// to different people, including the exponential one (0.69); 97 % of 4,800 comparisons of the same person in
    /// different light pass.
    pub update_cosine_min: f32,
    /// By how much the fused LLR must exceed the liveness threshold for an update. Origin: 2.3 means ten times as
    /// likely.
    pub update_margin: f32,
    /// Weight of the new face in the updated template, 0 to 1. Origin: ten updates in different light raise the cosine
    /// in that light from 0.79 to 0.94; one wrong update moves a template by less than 0.01.
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
            cosine_min: 0.50,
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
            ("nothing of its own", None, 0.50, 0.70),
            ("stricter", Some(0.60), 0.60, 0.70),
            ("stricter than an update", Some(0.75), 0.75, 0.75),
            ("looser", Some(0.30), 0.50, 0.70),
            ("no number", Some(f32::NAN), 0.50, 0.70),
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
