//! Converts a recording for an emulated camera: JPEG images and raw YUYV frames.

use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    path::Path,
    time::Duration,
};

use image::codecs::jpeg::JpegEncoder;

use super::{RecaptureError, writer::ycbcr};
use countenance_camera::{CameraError, FrameSource};

/// JPEG quality of a good webcam.
const JPEG_QUALITY: u8 = 90;

/// Writes up to `frames` frames of `input` to the new folder `out`, as `0000.jpg` and so on, and all of them in
/// sequence as `frames.yuyv`. Returns the number of frames.
pub fn film(input: &mut dyn FrameSource, out: &Path, frames: usize) -> Result<usize, RecaptureError> {
    fs::create_dir_all(out)?;
    let mut raw = BufWriter::new(File::create(out.join("frames.yuyv"))?);
    for number in 0..frames {
        let frame = match input.next_frame(Duration::ZERO) {
            Err(CameraError::Ended) => return Ok(number),
            frame => frame?,
        };
        let jpeg = BufWriter::new(File::create(out.join(format!("{number:04}.jpg")))?);
        let (width, height) = (frame.width(), frame.height());
        let rgb = image::ExtendedColorType::Rgb8;
        JpegEncoder::new_with_quality(jpeg, JPEG_QUALITY).encode(frame.rgb(), width, height, rgb)?;
        raw.write_all(&yuyv(frame.rgb()))?;
    }
    raw.flush()?;
    Ok(frames)
}

/// Packed 4:2:2, BT.601 limited range: two RGB pixels become Y Cb Y Cr with their mean chroma.
fn yuyv(rgb: &[u8]) -> Vec<u8> {
    let limited = |pixel: [f32; 3]| {
        let [luma, blue, red] = ycbcr(pixel).map(f32::from);
        [16.0 + luma * 219.0 / 255.0, 128.0 + (blue - 128.0) * 224.0 / 255.0, 128.0 + (red - 128.0) * 224.0 / 255.0]
            .map(|value| value.round() as u8)
    };
    let pairs = rgb.as_chunks::<6>().0.iter();
    let packed = pairs.flat_map(|&[r0, g0, b0, r1, g1, b1]| {
        let [first, second] = [[r0, g0, b0], [r1, g1, b1]].map(|pixel| pixel.map(f32::from));
        let mean = [[r0, r1], [g0, g1], [b0, b1]].map(|[a, b]| f32::midpoint(a.into(), b.into()));
        let [_, blue, red] = limited(mean);
        [limited(first)[0], blue, limited(second)[0], red]
    });
    packed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_pixels_become_four_bytes_in_limited_range() {
        assert_eq!(yuyv(&[255, 255, 255, 0, 0, 0]), [235, 128, 16, 128]);
        let [luma, blue, again, red] = yuyv(&[255, 0, 0, 255, 0, 0])[..] else { panic!("four bytes") };
        assert_eq!((luma, again), (81, 81), "BT.601 red");
        assert!(blue < 100 && red > 235, "{blue} {red}");
    }
}
