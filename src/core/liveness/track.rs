//! Follows one face from frame to frame, so that a second person cannot step in between proof and sample.

use std::time::Duration;

use crate::{face::Face, frame::Frame, geometry::InFrame, geometry::Rect, policy::LivenessPolicy};

/// Follows the largest face. The track number changes once the face is lost, unseen for too long, or jumps elsewhere.
#[derive(Debug)]
pub struct Tracker {
    gap: Duration,
    overlap_ratio: f32,
    last: Option<(Rect<InFrame>, Duration)>,
    track: u32,
}

impl Tracker {
    /// A tracker that has seen no frames.
    pub fn new(policy: &LivenessPolicy) -> Self {
        Self {
            gap: Duration::from_millis(policy.gap_millis),
            overlap_ratio: policy.track_overlap_ratio,
            last: None,
            track: 0,
        }
    }

    /// The track number of this frame's largest face, from 1; `None` if the frame has no face.
    pub fn follow(&mut self, frame: &Frame, faces: &[Face]) -> Option<u32> {
        let largest = faces.iter().max_by(|a, b| a.rect.area().total_cmp(&b.rect.area()))?;
        let goes_on = self.last.is_some_and(|(rect, at)| {
            frame.at().checked_sub(at).is_some_and(|pause| pause <= self.gap)
                && rect.overlap_ratio(largest.rect) >= self.overlap_ratio
        });
        if !goes_on {
            self.track += 1;
        }
        self.last = Some((largest.rect, frame.at()));
        Some(self.track)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::face_at;

    #[test]
    fn a_track_ends_on_a_jump_a_pause_or_backward_time() {
        let frame = |millis| Frame::new(1, 1, vec![0; 3], 0, Duration::from_millis(millis)).unwrap();
        let (here, aside, there) =
            ([face_at(300.0, 240.0, 100.0)], [face_at(310.0, 240.0, 104.0)], [face_at(420.0, 240.0, 100.0)]);
        let mut tracker = Tracker::new(&LivenessPolicy::default());
        let rows: [(&str, u64, &[Face], Option<u32>); 8] = [
            ("first", 0, &here, Some(1)),
            ("moves a little", 40, &aside, Some(1)),
            ("no face for a moment", 80, &[], None),
            ("back at once", 340, &aside, Some(1)),
            ("back too late", 641, &aside, Some(2)),
            ("jumps", 680, &there, Some(3)),
            ("stays", 720, &there, Some(3)),
            ("time runs back", 700, &there, Some(4)),
        ];
        for (name, millis, faces, expected) in rows {
            assert_eq!(tracker.follow(&frame(millis), faces), expected, "{name}");
        }
    }
}
