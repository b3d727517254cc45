//! When two faces are one person's: how near a face must come to an account's template, and when the template may learn.
//!
//! All in cosines of embeddings, −1 to 1. `models/REPORT.md` has the figures; those named here rest on 30 people of the
//! Replay-Attack train and development clips: templates of three frames against single frames of other clips, 69,600
//! comparisons of different people.

use serde::{Deserialize, Serialize};

/// When two faces are one person's.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct MatchPolicy {
    /// Least cosine to the account's template. Origin: **extrapolated** to a false match rate of 1:10,000, for 435 pairs of
    /// people cannot show it: normal and generalised Pareto tails put it at 0.45 and 0.43, and 0.50 is where the 95 %
    /// intervals (bootstrap by person) of both end. An exponential tail, which these data do not follow, would ask for 0.57.
    pub cosine_min: f32,
    /// Least cosine to the template as it was enrolled, however the account's template has moved since. Origin: 0.05 % (95 %
    /// interval 0 to 0.15 %) of the comparisons of different people reach it, all 7,200 of one person do.
    pub enrolled_cosine_min: f32,
    /// Least cosine of an enrolment's further samples to its first: they are seconds apart and show one person. Origin: of
    /// 11,880 pairs of frames at most 4.7 s apart, 0.1 % lie below 0.81, and six below 0.70, all of one clip.
    pub enrol_cosine_min: f32,
    /// Least cosine for a verified face to be taken into the template. Origin: above the interval of every tail fitted to
    /// different people, the exponential one's too (0.69); 97 % of 4,800 comparisons of one person in other light pass.
    pub update_cosine_min: f32,
    /// How far above the liveness threshold the fused LLR must lie for that. Origin: 2.3 is ten times as likely.
    pub update_margin: f32,
    /// Share of the new face in the updated template, 0 to 1. Origin: ten updates in other light raise the cosine in that
    /// light from 0.79 to 0.94, and one wrong update moves a template by less than 0.01.
    pub update_ratio: f32,
    /// Least cosine of an updated template to the one that was enrolled; an update that would fall below is not made.
    /// Origin: about ten updates in one other light lead there; the nearest other person gains 0.02 by then.
    pub drift_cosine_min: f32,
    /// Least time between two updates of a template, hours. Origin: our choice; a series of logins in one light counts once.
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
    /// Each number by the stricter of the two.
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

    /// With an account's own least cosine, where that is stricter.
    #[must_use]
    pub fn for_account(self, cosine_min: Option<f32>) -> Self {
        // `max` passes over a number that is none.
        let cosine_min = self.cosine_min.max(cosine_min.unwrap_or(f32::NEG_INFINITY));
        Self { cosine_min, update_cosine_min: self.update_cosine_min.max(cosine_min), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_may_be_stricter_and_never_looser() {
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
    fn another_policy_only_tightens() {
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
