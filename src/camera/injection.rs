//! Signs of injection: what a lens, a sensor and a bus do not do, seen in the frames themselves.
//!
//! Cost of one picture in a release build, on a 2-core x86-64 server: 0.2 ms (JPEG) to 0.4 ms (YUYV) at 640×480, 0.6 to
//! 1.5 ms at 1280×720.

use std::{
    collections::VecDeque,
    hash::{DefaultHasher, Hasher},
    time::Duration,
};

use countenance_core::protocol::InjectionSign;

/// Pictures remembered: 34 seconds at 30 a second, longer than a look may last.
const REMEMBERED: usize = 1_024;
/// So many pictures that came back are a sign.
const RETURNS: u32 = 2;
/// So many pictures one after the other must have come evenly.
const EVEN_PICTURES: usize = 60;
/// Below this, microseconds, intervals are not taken apart into several.
const MIN_PERIOD: u64 = 1_000;
/// So many differing pictures one after the other must show a block unchanged.
const STILL_PICTURES: u16 = 30;
/// Least share of the blocks that can show noise to have shown none.
const STILL_RATIO: f32 = 0.25;
/// Fewest blocks that can show noise for the share to mean anything.
const MIN_BLOCKS: usize = 64;
/// Side of a block in pixels, that of JPEG's transform.
const BLOCK: usize = 8;
/// From block to block, pixels: one of four is looked at.
const STRIDE: usize = 16;
/// Mean levels between which noise would show: the ends hide it.
const SHOWS_NOISE: std::ops::RangeInclusive<u32> = 32..=224;

/// One picture as it came from the device, before and after decoding.
#[derive(Clone, Copy)]
pub struct Arrived<'a> {
    /// The bytes as the device gave them: one JPEG, or one raw picture, without anything behind it.
    pub bytes: &'a [u8],
    /// When it was captured, by the driver, since the first picture.
    pub at: Duration,
    /// The decoded picture: width × height × 3 bytes, R G B.
    pub rgb: &'a [u8],
    /// Its width in pixels.
    pub width: u32,
}

/// Looks at every picture of one look into the camera. Keeps digests, no pixels.
#[derive(Debug, Default)]
pub struct InjectionDetector {
    noted: Vec<InjectionSign>,
    repeats: Repeats,
    timing: Timing,
    noise: Noise,
}

impl InjectionDetector {
    /// Takes the next picture into account.
    pub fn see(&mut self, picture: &Arrived<'_>) {
        self.timing.see(picture.at);
        if self.timing.even >= EVEN_PICTURES {
            self.note(InjectionSign::RegularTiming);
        }
        // Cameras give a picture twice when the light is low: that tells nothing.
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

    /// Adds a sign that was seen elsewhere.
    pub fn note(&mut self, sign: InjectionSign) {
        if let Err(place) = self.noted.binary_search(&sign) {
            self.noted.insert(place, sign);
        }
    }

    /// What was seen so far, in the order of [`InjectionSign`]. A sign once seen stays.
    pub fn seen(&self) -> Vec<InjectionSign> {
        self.noted.clone()
    }
}

/// Pictures that come back bit for bit after others: a loop. Flat ones do not count: a covered lens gives black again and
/// again where the camera cuts noise off.
#[derive(Debug, Default)]
struct Repeats {
    digests: VecDeque<u64>,
    returns: u32,
}

impl Repeats {
    /// Whether the picture is another one than the last.
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

/// Whether nearly all of the picture is of one colour: of every eighth pixel of every eighth row, 99 % within 4 levels of
/// the mean of green.
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

/// Stamps that a clock of a sensor does not give: a driver that makes them up counts pictures and multiplies. Each
/// interval is then the same to the microsecond that a kernel's stamps are rounded to, or, where pictures were left out,
/// a whole number of times the same. A camera's own clock drifts against the computer's, and its pictures are stamped when
/// a transfer ends on a bus with other traffic: tens of microseconds of jitter, by the design of USB's 125 µs frames.
/// Not measured on real cameras, and some drivers do tidy their stamps up: a reason to flag, no proof.
#[derive(Debug, Default)]
struct Timing {
    last: Option<Duration>,
    /// Shortest and longest interval of the even run, microseconds, a picture.
    bounds: Option<(u64, u64)>,
    /// Pictures that came evenly, up to the last.
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

/// Parts of the picture that show no noise while others change: a head that was cut out over a drawn background, a
/// recording of a screen.
///
/// Compression hides noise too: JPEG leaves a flat block the same when its few levels round to the same, H.264 skips it.
/// So one equal block says nothing; a block that stays equal over 30 differing pictures one after the other does.
/// Measured, as the mean share of blocks equal to the picture before, and the most that stayed so over 30 pictures:
///
/// | pictures | equal to the last | stayed equal |
/// |---|---|---|
/// | the three face recordings of the tests, H.264 | 0.33 to 0.74 | 0.007 |
/// | 750 frames of the recording the first was cut from | 0.73 | 0.013 |
/// | a still picture with noise of σ 0.5, 1, 2 levels, raw | 0 | 0 |
/// | the same as JPEG of 19 kB (640×480) | 0.43, 0.33, 0.16 | 0.044, 0.007, 0 |
/// | the same as JPEG of 11 kB, ffmpeg's worst | 0.63, 0.54, 0.38 | 0.131, 0.032, 0 |
/// | a noisy face recording over a still picture: raw, best, worst JPEG | 0.42, 0.53, 0.63 | 0.43, 0.53, 0.55 |
///
/// No real webcam was at hand, and one that smooths over time may come nearer: a reason to flag, no proof.
#[derive(Debug, Default)]
struct Noise {
    width: u32,
    blocks: Vec<Block>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Block {
    digest: u64,
    /// Differing pictures over which it stayed the same.
    unchanged: u16,
    /// Whether its levels could show noise, all that time.
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

    /// Of the blocks that could show noise, how many have shown none for long.
    fn still_ratio(&self) -> f32 {
        let tell = self.blocks.iter().filter(|block| block.tells);
        let (count, still) = tell
            .fold((0, 0), |(count, still), block| (count + 1, still + usize::from(block.unchanged >= STILL_PICTURES)));
        if count < MIN_BLOCKS { 0.0 } else { still as f32 / count as f32 }
    }
}

impl Block {
    /// The block whose upper left pixel is `left` bytes into `band`, of rows of `row` bytes.
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

    /// Noise about a gradient; another for each number.
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

    /// `rgb` with all but a part in the middle replaced by a drawing about this level.
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

    /// What is seen in these pictures, each with its microseconds.
    fn signs(pictures: impl IntoIterator<Item = (Vec<u8>, u64)>) -> Vec<InjectionSign> {
        let mut detector = InjectionDetector::default();
        for (rgb, at) in pictures {
            let at = Duration::from_micros(at);
            detector.see(&Arrived { bytes: &rgb, at, rgb: &rgb, width: WIDTH as u32 });
        }
        detector.seen()
    }

    /// 100 of these pictures, as unevenly as a camera gives them.
    fn shown(picture: impl Fn(u64) -> Vec<u8>) -> Vec<InjectionSign> {
        signs((0..100).map(|seq| (picture(seq), seq * 33_333 + seq * seq % 61)))
    }

    #[test]
    fn pictures_that_come_back_are_a_sign() {
        let flat = |level: u8| vec![level; WIDTH * HEIGHT * 3];
        let once = |seq| if seq == 50 { noise(7) } else { noise(seq) };
        let twice = |seq| if seq % 40 == 39 { noise(7) } else { noise(seq) };
        let repeated = vec![InjectionSign::RepeatedFrames];
        let table = [
            ("all different", shown(noise), vec![]),
            ("a loop of ten", shown(|seq| noise(seq % 10)), repeated.clone()),
            ("to and fro", shown(|seq| noise(if seq < 50 { seq } else { 99 - seq })), repeated.clone()),
            ("each picture twice, as in low light", shown(|seq| noise(seq / 2)), vec![]),
            ("one picture for ever", shown(|_| noise(1)), vec![]),
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
    fn stamps_that_are_counted_are_a_sign() {
        let of = |count: u64, at: fn(u64) -> u64| signs((0..count).map(|seq| (noise(seq), at(seq))));
        let regular = vec![InjectionSign::RegularTiming];
        let table = [
            ("25 a second", of(60, |seq| seq * 40_000), regular.clone()),
            ("30 a second, cut to microseconds", of(60, |seq| seq * 1_000_000 / 30), regular.clone()),
            ("with pictures left out", of(60, |seq| (seq + seq / 7) * 1_000_000 / 30), regular.clone()),
            (
                "after an uneven start",
                of(80, |seq| if seq < 20 { seq * seq * 90 } else { seq * 40_000 }),
                regular.clone(),
            ),
            ("no stamps at all", of(60, |_| 0), regular),
            ("one picture too few", of(59, |seq| seq * 40_000), vec![]),
            ("jitter of some microseconds", of(200, |seq| seq * 33_333 + seq * seq % 7), vec![]),
            ("stamps of milliseconds", of(200, |seq| (seq * 1_000 / 30) * 1_000), vec![]),
            ("two clocks", of(100, |seq| if seq < 50 { seq * 40_000 } else { seq * 40_010 }), vec![]),
            ("stamps that stop and go", of(100, |seq| seq / 10 * 333_333), vec![]),
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
            ("the same, each picture twice", shown(|seq| cut_out(noise(seq / 2), 120)), still),
            ("over a drawing that changes", shown(|seq| cut_out(noise(seq), 100 + (seq / 25) as u8)), vec![]),
            ("before an overexposed wall", shown(|seq| cut_out(noise(seq), 250)), vec![]),
            ("before a black one", shown(|seq| cut_out(noise(seq), 0)), vec![]),
            ("nothing changes", shown(|_| cut_out(noise(1), 120)), vec![]),
        ];
        for (name, seen, wanted) in table {
            assert_eq!(seen, wanted, "{name}");
        }
        let few = signs((0..30).map(|seq| (cut_out(noise(seq), 120), seq * 33_333 + seq * seq % 61)));
        assert_eq!(few, [], "30 differing pictures are one too few: the first has none before it");
    }

    #[test]
    fn signs_stay_once_each_and_in_order() {
        let mut detector = InjectionDetector::default();
        for sign in [InjectionSign::FormatNotOffered, InjectionSign::RepeatedFrames, InjectionSign::FormatNotOffered] {
            detector.note(sign);
        }
        assert_eq!(detector.seen(), [InjectionSign::RepeatedFrames, InjectionSign::FormatNotOffered]);
    }

    #[test]
    fn absurd_pictures_do_no_harm() {
        let mut detector = InjectionDetector::default();
        for (rgb, width) in
            [(vec![], 0), (vec![1; 30], 0), (vec![1; 30], 100), (vec![1; 31], 5), (vec![9; 9], u32::MAX)]
        {
            detector.see(&Arrived { bytes: &rgb, at: Duration::ZERO, rgb: &rgb, width });
        }
        assert_eq!(detector.seen(), []);
    }
}
