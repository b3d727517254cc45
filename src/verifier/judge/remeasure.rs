//! Compares what the device claims to have measured on a sample with what the verifier measures on it.
//!
//! The verifier finds the face again, in a crop and without the frame around it, so its landmarks differ by a pixel or
//! two. The tolerances are at least twice the largest difference on the test recordings (two people, 40 good frames:
//! eyes 5.5 %, yaw 4.1°, pitch 2.1°, roll 1.5°, sharpness 24 %, luma 0.3; the test
//! `measures_on_the_sample_are_those_of_the_frame` measures them again). Claims about another picture, or invented
//! ones, miss by more: that is plumbing, and no measure of a person.

use countenance_core::{protocol::QualityClaim, quality::measure::Measures};

/// Maximum difference of an angle, degrees.
const POSE_TOLERANCE_DEG: f32 = 12.0;
/// Maximum difference of the eye distance, relative to the larger one.
const EYES_TOLERANCE_RATIO: f32 = 0.12;
/// Maximum difference of the sharpness, relative to the larger one: depends on the exact box and on scaling.
const SHARPNESS_TOLERANCE_RATIO: f32 = 0.5;
/// Maximum difference of the mean luma, 0 to 255.
const LUMA_TOLERANCE: f32 = 8.0;

/// A claimed measure that is not that of the sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the {what} claimed for the sample is not that of the sample")]
pub struct Mismeasured {
    /// The measure.
    what: &'static str,
}

/// Compares the claim with the measures of the sample. `scaled`: the sample may be smaller than the frame it was cut
/// from, so that the eyes are at most as far apart as claimed.
pub fn remeasure(claim: &QualityClaim, sample: &Measures, scaled: bool) -> Result<(), Mismeasured> {
    let seen = &sample.claim;
    // Written so that NaN fails.
    let ratio = |a: f32, b: f32, tolerance: f32| (a - b).abs() <= tolerance * a.max(b);
    let eyes = ratio(claim.interocular_px, seen.interocular_px, EYES_TOLERANCE_RATIO)
        || (scaled && claim.interocular_px >= seen.interocular_px);
    let pose = |a: f32, b: f32| (a - b).abs() <= POSE_TOLERANCE_DEG;
    for (what, holds) in [
        ("eye distance", eyes),
        ("yaw", pose(claim.yaw_deg, seen.yaw_deg)),
        ("pitch", pose(claim.pitch_deg, seen.pitch_deg)),
        ("roll", pose(claim.roll_deg, seen.roll_deg)),
        ("sharpness", ratio(claim.sharpness, seen.sharpness, SHARPNESS_TOLERANCE_RATIO)),
        ("luma", (claim.luma - seen.luma).abs() <= LUMA_TOLERANCE),
    ] {
        if !holds {
            return Err(Mismeasured { what });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::tests::{analysis_of, embedding};

    type Change = fn(&mut QualityClaim);

    #[test]
    fn accepts_nearly_the_same_measures_only() {
        let sample = analysis_of(80.0, 1.0, embedding(1.0, 0.0)).measures;
        let rows: [(&str, Change, Option<&str>); 14] = [
            ("the same", |_| {}, None),
            ("a pixel more", |c| c.interocular_px += 1.0, None),
            ("twice the eye distance", |c| c.interocular_px *= 2.0, Some("eye distance")),
            ("no eye distance", |c| c.interocular_px = 0.0, Some("eye distance")),
            ("NaN", |c| c.interocular_px = f32::NAN, Some("eye distance")),
            ("turned a little", |c| c.yaw_deg = 4.0, None),
            ("turned away", |c| c.yaw_deg = -20.0, Some("yaw")),
            ("nodding", |c| c.pitch_deg = 20.0, Some("pitch")),
            ("tilted", |c| c.roll_deg = 15.0, Some("roll")),
            ("sharper by a third", |c| c.sharpness *= 1.3, None),
            ("sharper by far", |c| c.sharpness = 1e9, Some("sharpness")),
            ("no sharpness", |c| c.sharpness = 0.0, Some("sharpness")),
            ("brighter", |c| c.luma = 200.0, Some("luma")),
            ("infinite luma", |c| c.luma = f32::INFINITY, Some("luma")),
        ];
        for (case, change, expected) in rows {
            let mut claim = sample.claim;
            change(&mut claim);
            assert_eq!(remeasure(&claim, &sample, false).err().map(|e| e.what), expected, "{case}");
        }
        let claim = QualityClaim { interocular_px: 200.0, ..sample.claim };
        assert!(remeasure(&claim, &sample, true).is_ok(), "scaled down");
        let claim = QualityClaim { interocular_px: 40.0, ..sample.claim };
        assert!(remeasure(&claim, &sample, true).is_err(), "scaled up");
    }
}
