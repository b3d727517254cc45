//! The cues over time, declared once: name, meaning and default policy.
//!
//! A line in `cues!` adds a cue to this list, the policy and the protocol. `liveness::cues::fresh`, which constructs the
//! cues, does not compile until it handles the new one.

use serde::{Deserialize, Serialize};

use super::CuePolicy;

/// Declares the cues: variant, name on the wire and in policies, the default of its policy.
macro_rules! cues {
    ($($(#[$($doc:tt)*])* $variant:ident, $name:ident, $policy:expr;)*) => {
        /// The cues over time, each with its switch.
        #[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(default)]
        pub struct CuesPolicy { $($(#[$($doc)*])* pub $name: CuePolicy,)* }

        crate::enumeration! {
            /// Identifies a cue.
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
            #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
            #[serde(rename_all = "snake_case")]
            pub enum CueName { $($(#[$($doc)*])* $variant,)* }
        }

        impl CueName {
            /// Its name in policies, attestations and on the command line.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => stringify!($name),)* }
            }
        }

        impl CuesPolicy {
            /// The policy of one cue.
            pub fn of(&self, name: CueName) -> &CuePolicy {
                match name { $(CueName::$variant => &self.$name,)* }
            }

            /// The policy of one cue, mutable.
            pub fn of_mut(&mut self, name: CueName) -> &mut CuePolicy {
                match name { $(CueName::$variant => &mut self.$name,)* }
            }
        }

        impl Default for CuesPolicy {
            /// Fitted on the training clips of Replay-Attack, none on its test clips; `models/REPORT.md` documents the fit
            /// and the metrics with and without each cue.
            fn default() -> Self {
                Self { $($name: $policy,)* }
            }
        }
    };
}
cues! {
    /// A live face is never still.
    Stillness, stillness, fitted(-2.2, 3.3, 0.0, 4.0);
    /// One homography explains all motion of a flat attack instrument.
    // A video on a screen and an animated picture show non-rigid motion, too, so it hardly supports: with 1.5 in place of 0.5 the
    // same clips of Replay-Attack are told apart.
    Rigidity, rigidity, fitted(-2.25, 8.0, 0.5, 4.0);
    /// A bezel or paper edge at the side of the frame.
    Bezel, bezel, fitted(0.2, -19.0, 0.0, 4.0);
    /// A background that moves with the face.
    Background, background, fitted(-0.7, -3.0, 0.5, 3.0);
}

/// The policy of an enabled cue.
fn fitted(pivot: f32, weight: f32, support_max: f32, deny_max: f32) -> CuePolicy {
    CuePolicy { enabled: true, pivot, weight, support_max, deny_max }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn cue_names_agree_everywhere() {
        let names: BTreeSet<_> = CueName::ALL.map(CueName::as_str).into();
        assert_eq!(names.len(), CueName::ALL.len());
        let Value::Object(policy) = json!(CuesPolicy::default()) else { panic!("a policy is an object") };
        assert_eq!(policy.keys().map(String::as_str).collect::<BTreeSet<_>>(), names);
        for cue in CueName::ALL {
            assert_eq!(json!(cue), cue.as_str());
            assert_eq!(policy[cue.as_str()], json!(CuesPolicy::default().of(cue)));
        }
    }

    #[test]
    fn the_model_report_covers_each_cue() {
        let report = include_str!("../../../models/REPORT.md");
        for cue in CueName::ALL {
            let rows = [format!("| network, {} |", cue.as_str()), format!("| all but {} |", cue.as_str())];
            assert!(rows.iter().all(|row| report.contains(row)), "{rows:?} are missing in models/REPORT.md");
        }
    }
}
