//! Signs of injection, seen in the frames themselves: patterns that no lens, sensor and bus produce.
//!
//! Cost per frame in a release build, on a 2-core x86-64 server: 0.2 ms (JPEG) to 0.4 ms (YUYV) at 640×480, 0.6 to 1.5
//! ms at 1280×720.

use std::{
    collections::VecDeque,
    hash::{DefaultHasher, Hasher},
    time::Duration,
};

use countenance_core::protocol::InjectionSign;

/// Number of frames remembered: 34 seconds at 30 per second, longer than a capture may last.
const REMEMBERED: usize = 1_024;
/// Number of repeated frames before a loop is flagged.
const RETURNS: u32 = 2;
/// Number of evenly spaced frames in a row before timing is flagged.
const EVEN_PICTURES: usize = 60;
/// Shortest period, microseconds, that longer intervals are divided by.
const MIN_PERIOD: u64 = 1_000;
/// Number of differing frames in a row over which a block must not change to count as still.
const STILL_PICTURES: u16 = 30;
/// Minimum share of still blocks, among those that can show noise, before the image is flagged.
const STILL_RATIO: f32 = 0.25;
/// Minimum number of blocks that can show noise for the share to be meaningful.
const MIN_BLOCKS: usize = 64;
/// Block size in pixels, that of JPEG's transform.
const BLOCK: usize = 8;
/// Distance between sampled blocks, pixels: one block of four is sampled.
const STRIDE: usize = 16;
/// Mean levels at which noise is visible; darker and brighter blocks clip it.
const SHOWS_NOISE: std::ops::RangeInclusive<u32> = 32..=224;

/// One frame as delivered by the device, before and after decoding.
#[derive(Clone, Copy)]
pub struct Arrived<'a> {
    /// The device's bytes: one JPEG or one raw frame, without trailing data.
    pub bytes: &'a [u8],
    /// Capture time by the driver, since the first frame.
    pub at: Duration,
    /// The decoded image: width × height × 3 bytes, R G B.
    pub rgb: &'a [u8],
    /// Its width, pixels.
    pub width: u32,
}

/// Examines every frame of one capture. Keeps digests, no pixels.
#[derive(Debug, Default)]
pub struct InjectionDetector {
    noted: Vec<InjectionSign>,
    repeats: Repeats,
    timing: Timing,
    noise: Noise,
}

impl InjectionDetector {
    /// Examines the next frame.
    pub fn see(&mut self, picture: &Arrived<'_>) {
        self.timing.see(picture.at);
        if self.timing.even >= EVEN_PICTURES {
            self.note(InjectionSign::RegularTiming);
        }
        // In low light cameras deliver a frame twice, which is no sign.
        if !self.repeats.see(picture) {
            return;
        }
        if self.repeats.returns >= RETURNS {
            self.note(InjectionSign::RepeatedFrames);
        }
        self.noise.see(picture);
        if self.noise.still_ratio() >= STILL_RATIO {
            self.note(InjectionSign::NoSensorNoise);
        }
    }

    /// Adds a sign detected elsewhere.
    pub fn note(&mut self, sign: InjectionSign) {
        if let Err(place) = self.noted.binary_search(&sign) {
            self.noted.insert(place, sign);
        }
    }

    /// The signs seen so far, in the order of [`InjectionSign`]. A sign never disappears.
    pub fn seen(&self) -> Vec<InjectionSign> {
        self.noted.clone()
    }
}

/// Frames that return bit for bit after others: a loop. Flat images do not count: a covered lens repeats black where
/// the camera suppresses noise.
#[derive(Debug, Default)]
struct Repeats {
    digests: VecDeque<u64>,
    returns: u32,
}

impl Repeats {
    /// Returns whether the frame differs from the last one.
    fn see(&mut self, picture: &Arrived<'_>) -> bool {
        let digest = digest(picture.bytes);
        if self.digests.back() == Some(&digest) {
            return false;
        }
        if self.digests.contains(&digest) && !is_flat(picture) {
            self.returns += 1;
        }
        if self.digests.len() == REMEMBERED {
            self.digests.pop_front();
        }
        self.digests.push_back(digest);
        true
    }
}

/// Whether the image is nearly uniform: of every eighth pixel of every eighth row, 99 % are within 4 levels of the mean
/// green.
fn is_flat(picture: &Arrived<'_>) -> bool {
    let row = picture.width as usize * 3;
    let rows = picture.rgb.chunks_exact(row.max(1)).step_by(BLOCK);
    let greens =
        rows.flat_map(|row| row.as_chunks::<3>().0.iter().step_by(BLOCK).map(|[_, green, _]| i64::from(*green)));
    let (count, sum) = greens.clone().fold((0, 0), |(count, sum), green| (count + 1, sum + green));
    let mean = sum / count.max(1);
    let away = greens.filter(|green| (green - mean).abs() > 4).count() as i64;
    away * 100 <= count
}

/// Timestamps that no sensor clock produces: a driver that invents them multiplies a frame count. Then all intervals
/// are equal to the microsecond to which kernels round timestamps or, after dropped frames, a multiple of that
/// interval. A camera's own clock drifts against the computer's, and frames are stamped at the end of a transfer on a
/// shared bus: tens of microseconds of jitter, given USB's 125 µs microframes. Not measured on real cameras, and some
/// drivers do smooth timestamps, so this flags but does not prove.
#[derive(Debug, Default)]
struct Timing {
    last: Option<Duration>,
    /// Shortest and longest interval per frame of the current even run, microseconds.
    bounds: Option<(u64, u64)>,
    /// Number of evenly spaced frames up to the last one.
    even: usize,
}

impl Timing {
    fn see(&mut self, at: Duration) {
        let interval = self.last.replace(at).and_then(|last| at.checked_sub(last));
        let Some(interval) = interval.and_then(|interval| u64::try_from(interval.as_micros()).ok()) else {
            (self.bounds, self.even) = (None, 1);
            return;
        };
        let (low, high) = self.bounds.unwrap_or((interval, interval));
        let steps = if low < MIN_PERIOD { 1 } else { ((interval + low / 2) / low).max(1) };
        let (low, high) = (low.min(interval / steps), high.max(interval.div_ceil(steps)));
        if high - low <= 1 {
            (self.bounds, self.even) = (Some((low, high)), self.even + 1);
        } else {
            (self.bounds, self.even) = (Some((interval, interval)), 2);
        }
    }
}

/// Regions without noise while others change: a cut-out head over a drawn background, a screen recording.
///
/// Compression hides noise too: JPEG leaves a flat block unchanged if its few coefficients round to the same values,
/// H.264 skips it. So one equal block means nothing, but a block that stays equal over 30 consecutive differing frames
/// does. Measured: mean share of blocks equal to the previous frame, and maximum share that stayed equal over 30
/// frames:
///
/// | frames | equal to the previous | stayed equal |
/// |---|---|---|
/// | the three face recordings of the tests, H.264 | 0.33 to 0.74 | 0.007 |
/// | 750 frames of the recording the first was cut from | 0.73 | 0.013 |
/// | a still image with noise of σ 0.5, 1, 2 levels, raw | 0 | 0 |
/// | the same as JPEG of 19 kB (640×480) | 0.43, 0.33, 0.16 | 0.044, 0.007, 0 |
/// | the same as JPEG of 11 kB, ffmpeg's worst | 0.63, 0.54, 0.38 | 0.131, 0.032, 0 |
/// | a noisy face recording over a still image: raw, best, worst JPEG | 0.42, 0.53, 0.63 | 0.43, 0.53, 0.55 |
///
/// No real webcam was available, and one with temporal smoothing may come closer, so this flags but does not prove.
#[derive(Debug, Default)]
struct Noise {
    width: u32,
    blocks: Vec<Block>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Block {
    digest: u64,
    /// Number of differing frames over which it has not changed.
    unchanged: u16,
    /// Whether its level allowed noise to show during all of them.
    tells: bool,
}

impl Noise {
    fn see(&mut self, picture: &Arrived<'_>) {
        let row = picture.width as usize * 3;
        let bands = picture.rgb.chunks_exact((row * STRIDE).max(1));
        let now: Vec<Block> = bands
            .flat_map(|band| (0..row / (STRIDE * 3)).filter_map(move |x| Block::of(band, row, x * STRIDE * 3)))
            .collect();
        if (self.width, self.blocks.len()) != (picture.width, now.len()) {
            (self.width, self.blocks) = (picture.width, now);
            return;
        }
        if self.blocks.iter().zip(&now).all(|(old, new)| old.digest == new.digest) {
            return;
        }
        for (old, new) in self.blocks.iter_mut().zip(now) {
            let unchanged = if old.digest == new.digest { old.unchanged.saturating_add(1) } else { 0 };
            *old = Block { unchanged, ..new };
        }
    }

    /// Share of still blocks among those that can show noise.
    fn still_ratio(&self) -> f32 {
        let tell = self.blocks.iter().filter(|block| block.tells);
        let (count, still) = tell
            .fold((0, 0), |(count, still), block| (count + 1, still + usize::from(block.unchanged >= STILL_PICTURES)));
        if count < MIN_BLOCKS { 0.0 } else { still as f32 / count as f32 }
    }
}

impl Block {
    /// The block whose upper left pixel is `left` bytes into `band`, which has rows of `row` bytes.
    fn of(band: &[u8], row: usize, left: usize) -> Option<Self> {
        let (mut hasher, mut sum) = (DefaultHasher::new(), 0);
        for line in band.chunks_exact(row).take(BLOCK) {
            let line = line.get(left..left + BLOCK * 3)?;
            hasher.write(line);
            sum += line.iter().map(|&level| u32::from(level)).sum::<u32>();
        }
        let mean = sum / (BLOCK * BLOCK * 3) as u32;
        Some(Self { digest: hasher.finish(), unchanged: 0, tells: SHOWS_NOISE.contains(&mean) })
    }
}

fn digest(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDTH: usize = 160;
    const HEIGHT: usize = 128;

    /// Noise around a gradient, different for each `seq`.
    fn noise(seq: u64) -> Vec<u8> {
        let mut state = (seq + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let levels = (0..WIDTH * HEIGHT * 3).map(|i| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            60 + (i % (WIDTH * 3) / 4) as u8 + (state >> 32) as u8 % 3
        });
        levels.collect()
    }

    /// `rgb` with everything except the middle replaced by a noiseless drawing around this level.
    fn cut_out(mut rgb: Vec<u8>, level: u8) -> Vec<u8> {
        for (y, row) in rgb.chunks_exact_mut(WIDTH * 3).enumerate() {
            for (x, pixel) in row.chunks_exact_mut(3).enumerate() {
                if !(48..112).contains(&x) || y < 32 {
                    pixel.fill(level.saturating_add((x / 20 + y / 20) as u8));
                }
            }
        }
        rgb
    }

    /// The signs found in these frames with timestamps in microseconds.
    fn signs(pictures: impl IntoIterator<Item = (Vec<u8>, u64)>) -> Vec<InjectionSign> {
        let mut detector = InjectionDetector::default();
        for (rgb, at) in pictures {
            let at = Duration::from_micros(at);
            detector.see(&Arrived { bytes: &rgb, at, rgb: &rgb, width: WIDTH as u32 });
        }
        detector.seen()
    }

    /// The signs found in 100 frames, at irregular times like those of a camera.
    fn shown(picture: impl Fn(u64) -> Vec<u8>) -> Vec<InjectionSign> {
        signs((0..100).map(|seq| (picture(seq), seq * 33_333 + seq * seq % 61)))
    }

    #[test]
    fn repeated_frames_are_a_sign() {
        let flat = |level: u8| vec![level; WIDTH * HEIGHT * 3];
        let once = |seq| if seq == 50 { noise(7) } else { noise(seq) };
        let twice = |seq| if seq % 40 == 39 { noise(7) } else { noise(seq) };
        let repeated = vec![InjectionSign::RepeatedFrames];
        let table = [
            ("all different", shown(noise), vec![]),
            ("a loop of ten", shown(|seq| noise(seq % 10)), repeated.clone()),
            ("back and forth", shown(|seq| noise(if seq < 50 { seq } else { 99 - seq })), repeated.clone()),
            ("each frame twice, as in low light", shown(|seq| noise(seq / 2)), vec![]),
            ("one frame forever", shown(|_| noise(1)), vec![]),
            ("one that came back once", shown(once), vec![]),
            ("one that came back twice", shown(twice), repeated),
            ("black in between", shown(|seq| if seq % 3 == 0 { flat(0) } else { noise(seq) }), vec![]),
            ("black and white", shown(|seq| flat((seq % 2 * 255) as u8)), vec![]),
        ];
        for (name, seen, wanted) in table {
            assert_eq!(seen, wanted, "{name}");
        }
    }

    #[test]
    fn computed_timestamps_are_a_sign() {
        let of = |count: u64, at: fn(u64) -> u64| signs((0..count).map(|seq| (noise(seq), at(seq))));
        let regular = vec![InjectionSign::RegularTiming];
        let table = [
            ("25 a second", of(60, |seq| seq * 40_000), regular.clone()),
            ("30 a second, cut to microseconds", of(60, |seq| seq * 1_000_000 / 30), regular.clone()),
            ("with dropped frames", of(60, |seq| (seq + seq / 7) * 1_000_000 / 30), regular.clone()),
            (
                "after an uneven start",
                of(80, |seq| if seq < 20 { seq * seq * 90 } else { seq * 40_000 }),
                regular.clone(),
            ),
            ("no timestamps at all", of(60, |_| 0), regular),
            ("one frame too few", of(59, |seq| seq * 40_000), vec![]),
            ("jitter of some microseconds", of(200, |seq| seq * 33_333 + seq * seq % 7), vec![]),
            ("timestamps in milliseconds", of(200, |seq| (seq * 1_000 / 30) * 1_000), vec![]),
            ("two clocks", of(100, |seq| if seq < 50 { seq * 40_000 } else { seq * 40_010 }), vec![]),
            ("timestamps in bursts", of(100, |seq| seq / 10 * 333_333), vec![]),
            ("backwards", of(100, |seq| 9_000_000 - seq * 40_000), vec![]),
        ];
        for (name, seen, wanted) in table {
            assert_eq!(seen, wanted, "{name}");
        }
    }

    #[test]
    fn a_background_without_noise_is_a_sign() {
        let still = vec![InjectionSign::NoSensorNoise];
        let table = [
            ("noise everywhere", shown(noise), vec![]),
            ("cut out over a drawing", shown(|seq| cut_out(noise(seq), 120)), still.clone()),
            ("the same, each frame twice", shown(|seq| cut_out(noise(seq / 2), 120)), still),
            ("over a drawing that changes", shown(|seq| cut_out(noise(seq), 100 + (seq / 25) as u8)), vec![]),
            ("before an overexposed wall", shown(|seq| cut_out(noise(seq), 250)), vec![]),
            ("before a black one", shown(|seq| cut_out(noise(seq), 0)), vec![]),
            ("nothing changes", shown(|_| cut_out(noise(1), 120)), vec![]),
        ];
        for (name, seen, wanted) in table {
            assert_eq!(seen, wanted, "{name}");
        }
        let few = signs((0..30).map(|seq| (cut_out(noise(seq), 120), seq * 33_333 + seq * seq % 61)));
        assert_eq!(few, [], "30 differing frames are one too few: the first has no predecessor");
    }

    #[test]
    fn signs_are_unique_and_sorted() {
        let mut detector = InjectionDetector::default();
        for sign in [InjectionSign::FormatNotOffered, InjectionSign::RepeatedFrames, InjectionSign::FormatNotOffered] {
            detector.note(sign);
        }
        assert_eq!(detector.seen(), [InjectionSign::RepeatedFrames, InjectionSign::FormatNotOffered]);
    }

    #[test]
    fn tolerates_degenerate_frames() {
        let mut detector = InjectionDetector::default();
        for (rgb, width) in
            [(vec![], 0), (vec![1; 30], 0), (vec![1; 30], 100), (vec![1; 31], 5), (vec![9; 9], u32::MAX)]
        {
            detector.see(&Arrived { bytes: &rgb, at: Duration::ZERO, rgb: &rgb, width });
        }
        assert_eq!(detector.seen(), []);
    }
}
