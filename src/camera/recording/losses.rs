//! What a recording could not show, or not as it is: counted, so that whoever judges the frames can say so.

use std::fmt;

use countenance_core::frame::MAX_SIDE_PX;
use serde::Serialize;

/// What a recording left out or changed so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Losses {
    /// Images that are damaged, and so were left out: half an image is no evidence.
    pub damaged: u64,
    /// Frames of a video that cannot be decoded, because they build on one that is damaged or missing.
    pub lost: u64,
    /// Images that were read smaller than they are.
    pub reduced: u64,
    /// Width and height of the largest of those, in pixels.
    pub largest: (u32, u32),
    /// Files whose number another file of the folder has, too.
    pub repeated: u64,
    /// Where the file ends, bytes, if its recorder never finished it.
    pub ends_at: Option<u64>,
}

impl Losses {
    /// Whether everything was shown as it is.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether something that was recorded was not shown.
    pub fn is_missing_parts(&self) -> bool {
        self.missing() > 0 || self.ends_at.is_some()
    }

    /// Counts an image of `size` that was read smaller.
    pub(super) fn reduce(&mut self, size: (u32, u32)) {
        self.reduced += 1;
        let pixels = |(width, height): (u32, u32)| u64::from(width) * u64::from(height);
        if pixels(size) > pixels(self.largest) {
            self.largest = size;
        }
    }

    /// Frames that were expected and not shown.
    pub(super) fn missing(&self) -> u64 {
        self.damaged + self.lost
    }
}

impl fmt::Display for Losses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { damaged, lost, reduced, largest: (width, height), repeated, ends_at } = *self;
        let mut parts = Vec::new();
        let mut say = |count: u64, one: String, more: String| match count {
            0 => {}
            1 => parts.push(one),
            _ => parts.push(more),
        };
        say(damaged, "1 damaged image was left out".into(), format!("{damaged} damaged images were left out"));
        say(
            lost,
            "1 frame was lost where the video is damaged or cut".into(),
            format!("{lost} frames were lost where the video is damaged or cut, up to the next key frame"),
        );
        say(
            reduced,
            format!("1 image of {width}×{height} was read smaller, since a side may have {MAX_SIDE_PX} pixels"),
            format!(
                "{reduced} images of up to {width}×{height} were read smaller, since a side may have {MAX_SIDE_PX} pixels"
            ),
        );
        say(
            repeated,
            "1 image has the number of another; they are in the order of their whole names".into(),
            format!("{repeated} images have the number of another; they are in the order of their whole names"),
        );
        if let Some(at) = ends_at {
            parts.push(format!("the file was never finished and ends at byte {at}"));
        }
        f.write_str(&parts.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_loss_is_said_with_its_number() {
        let none = Losses::default();
        let table = [
            (none, ""),
            (Losses { damaged: 1, ..none }, "1 damaged image was left out"),
            (Losses { damaged: 3, ..none }, "3 damaged images were left out"),
            (
                Losses { lost: 25, ..none },
                "25 frames were lost where the video is damaged or cut, up to the next key frame",
            ),
            (
                Losses { reduced: 1, largest: (6000, 4000), ..none },
                "1 image of 6000×4000 was read smaller, since a side may have 4096 pixels",
            ),
            (
                Losses { repeated: 2, ends_at: Some(99), ..none },
                "2 images have the number of another; they are in the order of their whole names; the file was never \
                 finished and ends at byte 99",
            ),
        ];
        for (losses, wanted) in table {
            assert_eq!((losses.to_string().as_str(), losses.is_empty()), (wanted, wanted.is_empty()));
        }
        let mut losses = none;
        losses.reduce((5000, 10));
        losses.reduce((4500, 4500));
        losses.reduce((4200, 20));
        assert!(!losses.is_missing_parts() && Losses { lost: 1, ..none }.is_missing_parts());
        assert_eq!((losses.reduced, losses.largest), (3, (4500, 4500)));
    }
}
