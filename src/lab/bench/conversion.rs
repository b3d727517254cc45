//! What it costs to make R G B of the bytes that a device gives, format by format, and to turn the picture upright.
//!
//! The frames are those of a recording, brought to two sizes and packed once as a webcam packs them; then the product's
//! decoder unpacks them, as it does in a login, with a stopwatch around each picture: processor time on Linux, so that
//! whatever else the machine does counts little; the wall clock elsewhere.

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

/// What webcams offer that the networks can use.
const SIZES: [(u32, u32); 2] = [(640, 480), (1280, 720)];
/// Every format, in the order in which they are asked for.
const FORMATS: [PixelFormat; 3] = [PixelFormat::Mjpeg, PixelFormat::Yuyv, PixelFormat::Nv12];
/// Ways to hang a camera.
const WAYS: [(&str, Orientation); 3] = [
    ("mirror", Orientation { turn: Turn::None, mirrored: true }),
    ("half turn", Orientation { turn: Turn::Half, mirrored: false }),
    ("quarter turn", Orientation { turn: Turn::Quarter, mirrored: false }),
];
/// Most frames taken from the recording: at 1280×720 each takes 2.8 MB.
const FRAMES: usize = 40;
/// How often they are all unpacked. A first round, to warm up, does not count.
const ROUNDS: usize = 10;
/// Quality of the JPEG pictures; chroma is kept whole, so they are a little dearer than a webcam's 4:2:2.
const QUALITY: u8 = 85;

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
pub enum ConversionError {
    /// The recording.
    #[error("the recording gave no frame")]
    Source(#[from] CameraError),
    /// A picture cannot be packed.
    #[error("a picture cannot be packed as JPEG")]
    Pack(#[source] ImageError),
    /// What was packed cannot be unpacked.
    #[error("a packed picture cannot be unpacked")]
    Unpack(#[from] DecodeError),
    /// The packed pictures cannot be written.
    #[error("the packed pictures cannot be written")]
    Write(#[from] io::Error),
}

/// What was measured.
#[derive(Debug, Default)]
pub struct Report {
    /// Frames of the recording.
    frames: usize,
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    size: (u32, u32),
    stage: &'static str,
    /// Mean bytes of a packed picture.
    bytes: Option<usize>,
    times: Times,
}

/// Measures over the recording at `path`. With `pictures`, a folder, the packed pictures are left there, one file a size
/// and format, for somebody else's program to unpack the very same.
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
    /// The table that `countenance-lab bench --conversion` prints.
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

/// Times of `work` over all `pictures`, round after round.
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

/// Time that this thread has spent on a processor.
#[cfg(target_os = "linux")]
fn clock() -> Duration {
    let spent = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(spent.tv_sec as u64, spent.tv_nsec as u32)
}

/// Time since this was first asked.
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

/// `picture` as a device packs it. Both sides are even.
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
            // Chroma of every other pixel of every other row: what stands there does not change what it costs.
            let rows = samples.chunks_exact(width as usize).step_by(2);
            let chroma = rows.flat_map(|row| row.iter().step_by(2).flat_map(|[_, u, v]| [*u, *v]));
            luma.chain(chroma).collect()
        }
    })
}

/// BT.601 in limited range, from R G B.
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

    /// A benchmark that unpacks something else than was packed would measure nothing.
    #[test]
    fn what_was_packed_comes_back() {
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
