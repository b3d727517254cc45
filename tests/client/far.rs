//! Recorded people as a kiosk's camera sees them: a face a tenth of the image wide, and not in its middle. What an image of
//! 640 pixels has too few pixels for, one of 1280 accepts.

use std::{path::Path, time::Duration};

use countenance_camera::{CameraError, FrameSource, recording};
use countenance_client::capture::{Captured, FrameOutcome, capture};
use countenance_core::{frame::Frame, policy::Policy, protocol::CameraClaim, quality::Hint};
use countenance_vision::testing::VISION;

/// Where a pixel is sampled on each axis, so that a smaller picture is as smooth as one that was taken from farther away.
const SAMPLES: [f32; 2] = [0.25, 0.75];

/// A recording as a camera with an image of `size` sees it from farther away: the face takes `ratio` of the width at first,
/// with its center at `at`, relative to the image's sides. Around the recording, its edge goes on.
struct Far {
    recording: recording::Recording,
    size: [u32; 2],
    ratio: f32,
    at: [f32; 2],
    /// Recorded pixels for each pixel, and the recorded place of the top left corner.
    shrink: Option<(f32, [f32; 2])>,
}

impl Far {
    fn open(clip: &str, size: [u32; 2], ratio: f32, at: [f32; 2]) -> Self {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
        Self { recording: recording::open(&fixtures.join(clip)).unwrap(), size, ratio, at, shrink: None }
    }
}

impl FrameSource for Far {
    fn next_frame(&mut self, within: Duration) -> Result<Frame, CameraError> {
        let frame = self.recording.next_frame(within)?;
        let [width, height] = self.size;
        let (shrink, corner) = *self.shrink.get_or_insert_with(|| {
            let rect = VISION.faces(&frame).unwrap()[0].rect;
            let shrink = rect.width / (self.ratio * width as f32);
            let (x, y) = (rect.centre().x, rect.centre().y);
            let [left, top] = self.at;
            (shrink, [x - left * width as f32 * shrink, y - top * height as f32 * shrink])
        });
        let (source, columns, rows) = (frame.rgb(), frame.width() as usize, frame.height() as usize);
        // The recorded columns, or rows, of each pixel's samples.
        let places = |pixels: u32, axis: usize, sides: usize| -> Vec<[usize; 2]> {
            let near = |at: f32| (at.max(0.0) as usize).min(sides - 1);
            let place = |pixel: f32, sample: f32| near(corner[axis] + (pixel + sample) * shrink);
            (0..pixels).map(|pixel| SAMPLES.map(|sample| place(pixel as f32, sample))).collect()
        };
        let (across, down) = (places(width, 0, columns), places(height, 1, rows));
        let mut rgb = Vec::with_capacity((width * height * 3) as usize);
        for &[above, below] in &down {
            for &[left, right] in &across {
                let at =
                    [above * columns + left, above * columns + right, below * columns + left, below * columns + right];
                let [a, b, c, d] = at.map(|pixel| &source[3 * pixel..3 * pixel + 3]);
                for channel in 0..3 {
                    let sum = [a, b, c, d].iter().map(|pixel| u32::from(pixel[channel])).sum::<u32>();
                    rgb.push((sum / 4) as u8);
                }
            }
        }
        Ok(Frame::new(width, height, rgb, frame.seq(), frame.at()).unwrap())
    }

    fn provenance(&self) -> CameraClaim {
        self.recording.provenance()
    }
}

/// Whether a capture shows a live person, and the hints of its frames, of which it looks at `frames` at most.
fn seen(mut source: Far, policy: &Policy, frames: u64) -> (bool, Vec<Hint>) {
    let mut hints = Vec::new();
    let captured = capture(&mut source, &*VISION, policy, &mut |frame, outcome, _| {
        if let FrameOutcome::Hint(hint) = outcome
            && !hints.contains(&hint)
        {
            hints.push(hint);
        }
        frame.seq() < frames
    });
    (matches!(captured.unwrap(), Captured::Shown(..)), hints)
}

const SMALL: [u32; 2] = [640, 480];
const LARGE: [u32; 2] = [1280, 720];
/// A camera of 1280×720 that is mounted upright.
const UPRIGHT: [u32; 2] = [720, 1280];
const MIDDLE: [f32; 2] = [0.5, 0.5];
/// Enough frames to see why none counts.
const FEW: u64 = 8;
/// As many as a recording has.
const ALL: u64 = u64::MAX;

#[test]
fn a_tenth_of_the_width_suffices_in_a_large_image_only() {
    let (kiosk, desk) = (Policy::for_kiosk(), Policy::default());
    for (clip, size, ratio) in [
        ("person-a-verify.mp4", LARGE, 0.105),
        ("person-b.mp4", LARGE, 0.105),
        // The same distance, seen by a camera that is mounted upright.
        ("person-a-verify.mp4", UPRIGHT, 0.105 * 16.0 / 9.0),
    ] {
        let (is_live, hints) = seen(Far::open(clip, size, ratio, MIDDLE), &kiosk, ALL);
        assert!(is_live, "{clip} in {size:?}: {hints:?}");
    }
    for (clip, size, policy) in
        [("person-a-verify.mp4", SMALL, &kiosk), ("person-b.mp4", SMALL, &kiosk), ("person-a-verify.mp4", LARGE, &desk)]
    {
        let (_, hints) = seen(Far::open(clip, size, 0.105, MIDDLE), policy, FEW);
        assert_eq!(hints, [Hint::ComeCloser], "{clip} in {size:?}");
    }
}

/// The eyes of people who stand and of people who sit are far apart in height.
#[test]
fn a_face_high_or_low_in_the_image_is_accepted_at_a_kiosk() {
    let (kiosk, mut desk) = (Policy::for_kiosk(), Policy::default());
    desk.quality.face_ratio_min = kiosk.quality.face_ratio_min;
    for (size, ratio, at, hint) in
        [(LARGE, 0.115, [0.5, 0.24], Hint::MoveDown), (UPRIGHT, 0.2, [0.5, 0.76], Hint::MoveUp)]
    {
        let open = || Far::open("person-a-verify.mp4", size, ratio, at);
        let (is_live, hints) = seen(open(), &kiosk, ALL);
        assert!(is_live, "{at:?}: {hints:?}");
        assert_eq!(seen(open(), &desk, FEW).1, [hint], "{at:?}, at a desk");
    }
}
