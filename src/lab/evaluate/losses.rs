//! What the clips of a set did not show, or not as they are: what was judged is then not all that was recorded.

use std::fmt;

use serde::Serialize;

use countenance_camera::Losses;

/// What the clips of a set did not show: the sums, and the clips that have a part in them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SetLosses {
    /// Number of clips of the set.
    pub of: u32,
    /// Damaged images that were left out, in all clips.
    pub damaged: u64,
    /// Frames that could not be decoded, in all clips.
    pub lost: u64,
    /// Images that were read smaller than they are, in all clips.
    pub reduced: u64,
    /// Images with the number of another one of their folder, in all clips.
    pub repeated: u64,
    /// Clips whose file was never finished.
    pub unfinished: u32,
    /// The clips with any of these, sorted by name.
    pub clips: Vec<ClipLosses>,
}

/// What a clip did not show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClipLosses {
    /// Path of the clip relative to the root, separated by `/`.
    pub clip: String,
    /// What it did not show.
    #[serde(flatten)]
    pub losses: Losses,
}

impl SetLosses {
    /// The losses of `clips`, each with its name.
    pub fn of<'c>(clips: impl IntoIterator<Item = (&'c str, Losses)>) -> Self {
        let mut all = Self::default();
        for (clip, losses) in clips {
            all.of += 1;
            if losses.is_empty() {
                continue;
            }
            all.damaged += losses.damaged;
            all.lost += losses.lost;
            all.reduced += losses.reduced;
            all.repeated += losses.repeated;
            all.unfinished += u32::from(losses.ends_at.is_some());
            all.clips.push(ClipLosses { clip: clip.to_owned(), losses });
        }
        all.clips.sort_by(|a, b| a.clip.cmp(&b.clip));
        all
    }

    /// The sums in one line.
    pub fn in_words(&self) -> String {
        if self.clips.is_empty() {
            return format!("none: all {} clips were shown whole", self.of);
        }
        let sums = [
            (self.damaged, "damaged images left out"),
            (self.lost, "frames lost"),
            (self.reduced, "images read smaller"),
            (self.repeated, "images with the number of another"),
            (u64::from(self.unfinished), "files never finished"),
        ];
        let parts: Vec<_> = sums.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{what}: {n}")).collect();
        format!("in {} of {} clips; {}", self.clips.len(), self.of, parts.join(", "))
    }
}

/// The sums in one line, then one line for each clip with losses.
impl fmt::Display for SetLosses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_words())?;
        self.clips.iter().try_for_each(|clip| write!(f, "\n           {}: {}", clip.clip.escape_debug(), clip.losses))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Losses of a set of five clips, for the tests of the reports.
    pub(in crate::evaluate) fn losses_of_a_test() -> SetLosses {
        let none = Losses::default();
        let clips = [
            ("bona_fide/z.avi", Losses { damaged: 6001, ends_at: Some(99), ..none }),
            ("bona_fide/whole", none),
            ("attack/<i>.mp4", Losses { damaged: 1, lost: 4004, ..none }),
            ("attack/whole", none),
            ("attack/8k", Losses { reduced: 3, largest: (8000, 10), repeated: 2, ..none }),
        ];
        SetLosses::of(clips)
    }

    #[test]
    fn losses_are_summed_and_said_for_each_clip() {
        let losses = losses_of_a_test();
        assert_eq!(
            losses.to_string().split("\n           ").collect::<Vec<_>>(),
            [
                "in 3 of 5 clips; damaged images left out: 6002, frames lost: 4004, images read smaller: 3, images with \
                 the number of another: 2, files never finished: 1",
                "attack/8k: 3 images of up to 8000×10 were read smaller, since a side may have 4096 pixels; 2 images have \
                 the number of another; they are in the order of their whole names",
                "attack/<i>.mp4: 1 damaged image was left out; 4004 frames were lost where the video is damaged or cut, up \
                 to the next key frame",
                "bona_fide/z.avi: 6001 damaged images were left out; the file was never finished and ends at byte 99",
            ]
        );
        let json = serde_json::to_value(&losses).unwrap();
        for (pointer, expected) in [
            ("/of", 5),
            ("/damaged", 6002),
            ("/lost", 4004),
            ("/unfinished", 1),
            ("/clips/1/lost", 4004),
            ("/clips/2/ends_at", 99),
        ] {
            assert_eq!(json.pointer(pointer), Some(&expected.into()), "{pointer}: {json}");
        }
        let whole = SetLosses::of([("a", Losses::default())]);
        assert_eq!(whole.to_string(), "none: all 1 clips were shown whole");
    }
}
