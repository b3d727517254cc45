//! Reads an H.264 sequence parameter set before the decoder sees the stream: size, chroma layout and color.
//!
//! Source: ITU-T H.264 (08/2021), 7.3.2.1.1 and annex E. Reading it here keeps extreme sizes away from the decoder and
//! gives precise errors for what it does not support.

use super::{RecordingError, Unsupported};
use crate::colour::{Colour, Matrix, Range};
use countenance_core::frame::{FrameShapeError, MAX_SIDE_PX};

const PART: &str = "the H.264 parameters";
/// Maximum memory of a decoder's pictures, bytes: 3840×2160 with the 16 reference frames that the standard allows at most.
const MAX_PICTURES_BYTES: u64 = 288 << 20;
/// Profiles whose parameter sets contain chroma format and bit depth.
const HIGH_PROFILES: [u32; 13] = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];

/// Reads the color encoding from the parameter set `nal` (with its one-byte header), found at byte `at` of the file.
/// Fails for unsupported sizes and layouts.
pub(super) fn check(nal: &[u8], at: u64) -> Result<Colour, RecordingError> {
    let payload = without_escapes(nal.get(1..).unwrap_or_default());
    let mut bits = Bits { data: &payload, at: 0 };
    read(&mut bits).unwrap_or(Err(RecordingError::Malformed { at, part: PART }))
}

/// `None` if the bits run out.
fn read(bits: &mut Bits<'_>) -> Option<Result<Colour, RecordingError>> {
    let refused = |what| Some(Err(RecordingError::Unsupported(what)));
    let profile = bits.take(8)?;
    bits.take(16)?;
    bits.unsigned()?;
    if HIGH_PROFILES.contains(&profile) {
        if bits.unsigned()? != 1 {
            return refused(Unsupported::Chroma);
        }
        if (bits.unsigned()?, bits.unsigned()?) != (0, 0) {
            return refused(Unsupported::BitDepth);
        }
        bits.take(1)?;
        if bits.flag()? {
            scaling_lists(bits)?;
        }
    }
    bits.unsigned()?;
    match bits.unsigned()? {
        0 => drop(bits.unsigned()?),
        1 => {
            bits.take(1)?;
            bits.unsigned()?;
            bits.unsigned()?;
            let cycle = bits.unsigned()?;
            // The standard's limit; without it a few bytes could cause four billion reads.
            for _ in 0..Some(cycle).filter(|&cycle| cycle <= 255)? {
                bits.unsigned()?;
            }
        }
        _ => {}
    }
    let references = bits.unsigned()?;
    bits.take(1)?;
    let (columns, rows) = (bits.unsigned()?.checked_add(1)?, bits.unsigned()?.checked_add(1)?);
    let (width, height) = (columns.saturating_mul(16), rows.saturating_mul(16));
    // Up to one macroblock more than a frame may have, which cropping removes.
    if width > MAX_SIDE_PX + 15 || height > MAX_SIDE_PX + 15 {
        return Some(Err(FrameShapeError::Side { width, height }.into()));
    }
    // Planes of 1.5 bytes a pixel for each reference and a few more, and two images as R G B.
    let pixels = u64::from(width) * u64::from(height);
    if references > 16 || pixels * (u64::from(references + 4) * 3 / 2 + 6) > MAX_PICTURES_BYTES {
        return refused(Unsupported::References { width, height, references });
    }
    if !bits.flag()? {
        return refused(Unsupported::Interlaced);
    }
    bits.take(1)?;
    if bits.flag()? {
        let crop = [bits.unsigned()?, bits.unsigned()?, bits.unsigned()?, bits.unsigned()?];
        let [left, right, top, bottom] = crop.map(|units| units.saturating_mul(2));
        if left.saturating_add(right) >= width || top.saturating_add(bottom) >= height {
            return None;
        }
    }
    let mut colour = Colour::default();
    if bits.flag()? {
        colour = usability(bits)?;
    }
    Some(Ok(colour))
}

/// The color encoding in the usability information (annex E).
fn usability(bits: &mut Bits<'_>) -> Option<Colour> {
    let mut colour = Colour::default();
    if bits.flag()? && bits.take(8)? == 255 {
        bits.take(32)?;
    }
    if bits.flag()? {
        bits.take(1)?;
    }
    if bits.flag()? {
        bits.take(3)?;
        if bits.flag()? {
            colour.range = Range::Full;
        }
        if bits.flag()? {
            bits.take(16)?;
            colour.matrix = match bits.take(8)? {
                1 => Matrix::Bt709,
                9 => Matrix::Bt2020,
                _ => Matrix::Bt601,
            };
        }
    }
    Some(colour)
}

/// Skips the scaling lists of a 4:2:0 stream: six with 16 entries, two with 64.
fn scaling_lists(bits: &mut Bits<'_>) -> Option<()> {
    for length in [16, 16, 16, 16, 16, 16, 64, 64] {
        if bits.flag()? {
            let (mut last, mut next) = (8_i64, 8_i64);
            for _ in 0..length {
                if next != 0 {
                    next = (last + bits.signed()?).rem_euclid(256);
                }
                last = if next == 0 { last } else { next };
            }
        }
    }
    Some(())
}

/// Removes the emulation prevention bytes: the 3 of each 0 0 3.
pub(super) fn without_escapes(nal: &[u8]) -> Vec<u8> {
    let (mut out, mut zeros) = (Vec::with_capacity(nal.len()), 0);
    for &byte in nal {
        if byte == 3 && zeros >= 2 {
            zeros = 0;
            continue;
        }
        zeros = if byte == 0 { zeros + 1 } else { 0 };
        out.push(byte);
    }
    out
}

/// A bit reader, most significant bit first.
struct Bits<'a> {
    data: &'a [u8],
    /// Bits read so far.
    at: usize,
}

impl Bits<'_> {
    /// The next `count` (up to 32) bits.
    fn take(&mut self, count: u32) -> Option<u32> {
        let mut value = 0_u32;
        for _ in 0..count {
            let byte = self.data.get(self.at / 8)?;
            value = value << 1 | u32::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Some(value)
    }

    fn flag(&mut self) -> Option<bool> {
        self.take(1).map(|bit| bit == 1)
    }

    /// An unsigned Exp-Golomb number.
    fn unsigned(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while !self.flag()? {
            zeros += 1;
        }
        if zeros > 31 {
            return None;
        }
        self.take(zeros)?.checked_add((1 << zeros) - 1)
    }

    /// A signed Exp-Golomb number.
    fn signed(&mut self) -> Option<i64> {
        let code = i64::from(self.unsigned()?);
        Some(if code % 2 == 0 { -code / 2 } else { code / 2 + 1 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes bits and Exp-Golomb numbers.
    #[derive(Default)]
    struct Writer(Vec<bool>);

    impl Writer {
        fn bits(mut self, value: u32, count: u32) -> Self {
            self.0.extend((0..count).rev().map(|i| value >> i & 1 == 1));
            self
        }

        fn ue(self, value: u32) -> Self {
            let length = (value + 1).ilog2();
            self.bits(0, length).bits(value + 1, length + 1)
        }

        /// The NAL unit: header, and escapes where needed.
        fn nal(self) -> Vec<u8> {
            let mut out = vec![0x67];
            for chunk in self.0.chunks(8) {
                let byte = chunk.iter().enumerate().fold(0, |byte, (i, &bit)| byte | u8::from(bit) << (7 - i));
                if byte <= 3 && out.ends_with(&[0, 0]) {
                    out.push(3);
                }
                out.push(byte);
            }
            out
        }
    }

    /// A parameter set up to and including the size in macroblocks.
    fn sized(profile: u32, chroma: u32, depth: u32, columns: u32, rows: u32) -> Writer {
        let mut w = Writer::default().bits(profile, 8).bits(0, 8).bits(30, 8).ue(0);
        if profile == 100 {
            w = w.ue(chroma).ue(depth).ue(depth).bits(0, 2);
        }
        w.ue(0).ue(2).ue(1).bits(0, 1).ue(columns - 1).ue(rows - 1)
    }

    #[test]
    fn rejects_unsupported_streams() {
        let end = |w: Writer, progressive| w.bits(progressive, 1).bits(0, 1).bits(0, 1).bits(0, 1).bits(1, 1).nal();
        let interlaced = Unsupported::Interlaced.to_string();
        let table = [
            ("baseline", end(sized(66, 1, 0, 25, 19), 1), "ok"),
            ("high", end(sized(100, 1, 0, 25, 19), 1), "ok"),
            ("4:2:2", end(sized(100, 2, 0, 25, 19), 1), "this chroma layout is not supported"),
            ("10 bits", end(sized(100, 1, 2, 25, 19), 1), "samples of more than 8 bits are not supported"),
            ("interlaced", end(sized(66, 1, 0, 25, 19), 0), interlaced.as_str()),
            ("4096 wide", end(sized(66, 1, 0, 256, 19), 1), "ok"),
            ("huge", end(sized(66, 1, 0, 65_536, 19), 1), "a frame of 1048576x304 pixels is outside 1..=4096"),
            ("nothing", vec![0x67], "the H.264 parameters is malformed at byte 9"),
            ("zeros", vec![0; 40], "the H.264 parameters is malformed at byte 9"),
        ];
        for (name, nal, wanted) in table {
            let found = check(&nal, 9).map_or_else(|error| error.to_string(), |_| "ok".into());
            assert_eq!(found, wanted, "{name}");
        }
    }

    #[test]
    fn reads_color_from_the_vui() {
        let nal = sized(66, 1, 0, 25, 19).bits(1, 1).bits(0, 2).bits(1, 1).bits(0, 2);
        let nal = nal.bits(1, 1).bits(5, 3).bits(1, 1).bits(1, 1).bits(1, 8).bits(1, 8).bits(1, 8).bits(1, 1).nal();
        assert_eq!(check(&nal, 0).unwrap(), Colour { matrix: Matrix::Bt709, range: Range::Full });
    }
}
