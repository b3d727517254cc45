//! Cost of converting a device's pixel formats to RGB, and of rotating the image upright.
//!
//! Frames of a recording are scaled to two sizes and packed once, as a webcam packs them. The product's decoder then
//! unpacks them as in a sign-in, and each frame is timed: in processor time on Linux, so that other load matters
//! little, in wall time elsewhere.

use std::{
    fmt::Write as _,
    fs::{self, File},
    io::{self, Write as _},
    path::Path,
    time::Duration,
};

use image::{ExtendedColorType, ImageError, RgbImage, codecs::jpeg::JpegEncoder, imageops};

use super::Times;
#[cfg(not(target_os = "linux"))]
use super::now;
use countenance_camera::{
    CameraError, FrameSource,
    colour::Colour,
    device::decode::{DecodeError, Decoder, Layout, PixelFormat},
    recording,
    turn::{Orientation, Turn},
};

/// Common webcam resolutions that the networks can use.
const SIZES: [(u32, u32); 2] = [(640, 480), (1280, 720)];
/// All formats, in order of preference.
const FORMATS: [PixelFormat; 3] = [PixelFormat::Mjpeg, PixelFormat::Yuyv, PixelFormat::Nv12];
/// Mounting orientations of a camera.
const WAYS: [(&str, Orientation); 3] = [
    ("mirror", Orientation { turn: Turn::None, mirrored: true }),
    ("half turn", Orientation { turn: Turn::Half, mirrored: false }),
    ("quarter turn", Orientation { turn: Turn::Quarter, mirrored: false }),
];
/// Maximum number of frames taken from the recording; each takes 2.8 MB at 1280×720.
const FRAMES: usize = 40;
/// Measured rounds over all frames, after one warm-up round.
const ROUNDS: usize = 10;
/// JPEG quality. Chroma is not subsampled, so decoding costs slightly more than a webcam's 4:2:2.
const QUALITY: u8 = 85;

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
pub enum ConversionError {
    /// The recording has no frame.
    #[error("the recording has no frame")]
    Source(#[from] CameraError),
    /// A frame could not be encoded.
    #[error("cannot encode a frame as JPEG")]
    Pack(#[source] ImageError),
    /// An encoded frame could not be decoded.
    #[error("cannot decode an encoded frame")]
    Unpack(#[from] DecodeError),
    /// The encoded frames could not be written.
    #[error("cannot write the encoded frames")]
    Write(#[from] io::Error),
}

/// The measurements.
#[derive(Debug, Default)]
pub struct Report {
    /// Number of frames of the recording.
    frames: usize,
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    size: (u32, u32),
    stage: &'static str,
    /// Mean size of an encoded frame, in bytes.
    bytes: Option<usize>,
    times: Times,
}

/// Measures on the recording at `path`. With `pictures`, writes the encoded frames to that folder, one file per size
/// and format, so that other programs can be measured on the same input.
pub fn conversion(path: &Path, pictures: Option<&Path>) -> Result<Report, ConversionError> {
    let frames = frames(path)?;
    let mut report = Report { frames: frames.len(), rows: Vec::new() };
    for (width, height) in SIZES {
        let triangle = imageops::FilterType::Triangle;
        let resized: Vec<_> = frames.iter().map(|frame| imageops::resize(frame, width, height, triangle)).collect();
        for format in FORMATS {
            let packed = resized.iter().map(|picture| pack(format, picture)).collect::<Result<Vec<_>, _>>()?;
            if let Some(folder) = pictures {
                keep(folder, &format!("{width}x{height}.{}", format.name()), &packed)?;
            }
            let bytes = packed.iter().map(Vec::len).sum::<usize>() / packed.len().max(1);
            let times = unpack(format, (width, height), &packed)?;
            report.rows.push(Row { size: (width, height), stage: format.name(), bytes: Some(bytes), times });
        }
        for (stage, orientation) in WAYS {
            let times = measured(&resized, |picture| {
                let rgb = picture.as_raw().clone();
                let began = clock();
                let (_, _, rgb) = orientation.upright(width, height, rgb);
                let took = clock().saturating_sub(began);
                drop(rgb);
                Ok(took)
            })?;
            report.rows.push(Row { size: (width, height), stage, bytes: None, times });
        }
    }
    Ok(report)
}

impl Report {
    /// The table printed by `countenance-lab bench --conversion`.
    pub fn table(&self) -> String {
        let mut text = format!("{} frames, {ROUNDS} rounds, JPEG at quality {QUALITY}, 4:4:4\n", self.frames);
        text.push_str("size       stage            bytes   p50 ms   p95 ms worst ms\n");
        for Row { size: (width, height), stage, bytes, times } in &self.rows {
            let millis = |share| times.quantile(share).as_secs_f64() * 1e3;
            let (size, bytes) =
                (format!("{width}x{height}"), bytes.map_or_else(String::new, |bytes| bytes.to_string()));
            let (p50, p95, worst) = (millis(0.5), millis(0.95), millis(1.0));
            // Writing to a String cannot fail.
            writeln!(text, "{size:<10} {stage:<13} {bytes:>8} {p50:>8.2} {p95:>8.2} {worst:>8.2}").ok();
        }
        text
    }
}

/// The first frames of the recording, at least one.
fn frames(path: &Path) -> Result<Vec<RgbImage>, ConversionError> {
    let mut source = recording::open(path).map_err(CameraError::from)?;
    let mut frames = Vec::new();
    while frames.len() < FRAMES {
        match source.next_frame(Duration::ZERO) {
            Ok(frame) => {
                let rgb = frame.rgb().to_vec();
                frames.extend(RgbImage::from_raw(frame.width(), frame.height(), rgb));
            }
            Err(CameraError::Ended) if !frames.is_empty() => break,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(frames)
}

fn unpack(format: PixelFormat, (width, height): (u32, u32), packed: &[Vec<u8>]) -> Result<Times, ConversionError> {
    let stride = width as usize * if format == PixelFormat::Yuyv { 2 } else { 1 };
    let layout = Layout { width, height, stride, colour: Colour::default() };
    let mut decoder = Decoder::default();
    measured(packed, |bytes| {
        let began = clock();
        let rgb = decoder.decode(format, &layout, bytes)?;
        let took = clock().saturating_sub(began);
        drop(rgb);
        Ok(took)
    })
}

/// Times `work` on all `pictures`, in every round.
fn measured<P>(
    pictures: &[P],
    mut work: impl FnMut(&P) -> Result<Duration, ConversionError>,
) -> Result<Times, ConversionError> {
    let mut times = Times::default();
    for round in 0..=ROUNDS {
        for picture in pictures {
            let took = work(picture)?;
            if round > 0 {
                times.push(took);
            }
        }
    }
    Ok(times)
}

/// Processor time of this thread.
#[cfg(target_os = "linux")]
fn clock() -> Duration {
    let spent = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(spent.tv_sec as u64, spent.tv_nsec as u32)
}

/// Time since the first call.
#[cfg(not(target_os = "linux"))]
fn clock() -> Duration {
    static BEGAN: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    BEGAN.get_or_init(now).elapsed()
}

fn keep(folder: &Path, name: &str, packed: &[Vec<u8>]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut file = File::create(folder.join(name))?;
    packed.iter().try_for_each(|picture| file.write_all(picture))
}

/// `picture` as a device packs it. Width and height are even.
fn pack(format: PixelFormat, picture: &RgbImage) -> Result<Vec<u8>, ConversionError> {
    let (width, height) = picture.dimensions();
    Ok(match format {
        PixelFormat::Mjpeg => {
            let mut bytes = Vec::new();
            let mut encoder = JpegEncoder::new_with_quality(&mut bytes, QUALITY);
            encoder.encode(picture, width, height, ExtendedColorType::Rgb8).map_err(ConversionError::Pack)?;
            bytes
        }
        PixelFormat::Yuyv => {
            let pairs = picture.as_raw().as_chunks::<6>().0.iter();
            pairs
                .flat_map(|&[r0, g0, b0, r1, g1, b1]| {
                    let ([y0, u0, v0], [y1, u1, v1]) = (ycbcr([r0, g0, b0]), ycbcr([r1, g1, b1]));
                    [y0, u0.midpoint(u1), y1, v0.midpoint(v1)]
                })
                .collect()
        }
        PixelFormat::Nv12 => {
            let samples: Vec<_> = picture.pixels().map(|pixel| ycbcr(pixel.0)).collect();
            let luma = samples.iter().map(|[y, _, _]| *y);
            // Chroma of every other pixel in every other row; the values do not affect the cost.
            let rows = samples.chunks_exact(width as usize).step_by(2);
            let chroma = rows.flat_map(|row| row.iter().step_by(2).flat_map(|[_, u, v]| [*u, *v]));
            luma.chain(chroma).collect()
        }
        PixelFormat::Rgb => picture.as_raw().clone(),
    })
}

/// RGB to BT.601 limited range.
fn ycbcr([r, g, b]: [u8; 3]) -> [u8; 3] {
    let [r, g, b] = [r, g, b].map(i32::from);
    let scaled = |sum: i32, zero: i32| (((sum + 128) >> 8) + zero).clamp(0, 255) as u8;
    [
        scaled(66 * r + 129 * g + 25 * b, 16),
        scaled(-38 * r - 74 * g + 112 * b, 128),
        scaled(112 * r - 94 * g - 18 * b, 128),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Guards the benchmark: unpacking must restore what was packed.
    #[test]
    fn decoding_restores_the_packed_image() {
        let (width, height) = (64, 48);
        let picture = RgbImage::from_fn(width, height, |x, y| image::Rgb([60 + 2 * x as u8, 50 + 3 * y as u8, 120]));
        for format in FORMATS {
            let stride = if format == PixelFormat::Yuyv { 2 } else { 1 } * width as usize;
            let layout = Layout { width, height, stride, colour: Colour::default() };
            let rgb = Decoder::default().decode(format, &layout, &pack(format, &picture).unwrap()).unwrap();
            let off = rgb.iter().zip(picture.as_raw()).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
            assert!(rgb.len() == picture.as_raw().len() && off <= 12, "{}: {off}", format.name());
        }
    }
}
