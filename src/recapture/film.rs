//! What an emulated camera plays: the pictures of a recording as Motion JPEG and as raw YUYV.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
    time::Duration,
};

use image::codecs::jpeg::JpegEncoder;

use super::{
    DEFAULT_STEP, RecaptureError,
    writer::{self, ycbcr},
};
use crate::camera::{CameraError, FrameSource};

/// Quality of the JPEGs, as of a good webcam.
const JPEG_QUALITY: u8 = 90;

/// Writes up to `frames` pictures of `input` to `avi` as Motion JPEG and to `yuyv` one after another; how many there were.
pub fn film(input: &mut dyn FrameSource, avi: &Path, yuyv: &Path, frames: usize) -> Result<usize, RecaptureError> {
    let mut raw = BufWriter::new(File::create(yuyv)?);
    let mut motion = None;
    let mut written = 0;
    while written < frames {
        let frame = match input.next_frame(Duration::ZERO) {
            Err(CameraError::Ended) => break,
            frame => frame?,
        };
        let (width, height) = (frame.width(), frame.height());
        let mut jpeg = Vec::new();
        let rgb = image::ExtendedColorType::Rgb8;
        JpegEncoder::new_with_quality(&mut jpeg, JPEG_QUALITY).encode(frame.rgb(), width, height, rgb)?;
        if motion.is_none() {
            motion = Some(writer::create(writer::Format::Avi, avi, (width, height), DEFAULT_STEP)?);
        }
        if let Some(motion) = &mut motion {
            motion.add(&jpeg)?;
        }
        raw.write_all(&packed(frame.rgb()))?;
        written += 1;
    }
    motion.ok_or(RecaptureError::Empty)?.finish()?;
    raw.flush()?;
    Ok(written)
}

/// Packed 4:2:2, BT.601 in limited range: two pixels of R G B are Y Cb Y Cr, chroma their mean.
fn packed(rgb: &[u8]) -> Vec<u8> {
    let limited = |pixel: [f32; 3]| {
        let [luma, blue, red] = ycbcr(pixel).map(f32::from);
        [16.0 + luma * 219.0 / 255.0, 128.0 + (blue - 128.0) * 224.0 / 255.0, 128.0 + (red - 128.0) * 224.0 / 255.0]
            .map(|value| value.round() as u8)
    };
    let pairs = rgb.as_chunks::<6>().0.iter();
    let bytes = pairs.flat_map(|&[r0, g0, b0, r1, g1, b1]| {
        let [first, second] = [[r0, g0, b0], [r1, g1, b1]].map(|pixel| pixel.map(f32::from));
        let mean = [(first[0] + second[0]) / 2.0, (first[1] + second[1]) / 2.0, (first[2] + second[2]) / 2.0];
        let [_, blue, red] = limited(mean);
        [limited(first)[0], blue, limited(second)[0], red]
    });
    bytes.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_pixels_become_four_bytes_in_limited_range() {
        assert_eq!(packed(&[255, 255, 255, 0, 0, 0]), [235, 128, 16, 128]);
        let [luma, blue, again, red] = packed(&[255, 0, 0, 255, 0, 0])[..] else { panic!("four bytes") };
        assert_eq!((luma, again), (81, 81), "BT.601 red");
        assert!(blue < 100 && red > 235, "{blue} {red}");
    }
}
