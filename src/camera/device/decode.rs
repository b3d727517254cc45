//! Decodes the bytes of a device to R G B: Motion JPEG, YUYV, NV12, and R G B itself.
//!
//! JPEGs are decoded by `zune-jpeg`, which silently fills missing data with gray. Therefore `survey` runs first: an
//! image without an end marker, of another size than negotiated, or in a coding that no webcam uses is an error. The
//! decoder then gets the image without its end marker and in strict mode, so running out of data is an error, and data
//! after the image is never read.

use std::io::Cursor;

use zeroize::Zeroizing;
use zune_jpeg::{JpegDecoder, errors::DecodeErrors, zune_core::options::DecoderOptions};

use crate::{
    colour::{Chroma, Colour, Plane, Planes, TooShort, to_rgb, yuyv_to_rgb},
    jpeg::{Coding, SurveyError, complete, survey},
};
use countenance_core::frame::MAX_SIDE_PX;

/// Pixel format of a device's frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PixelFormat {
    /// One baseline JPEG per frame, with or without its Huffman tables.
    Mjpeg,
    /// 4:2:2 as Y Cb Y Cr.
    Yuyv,
    /// 4:2:0: a plane of Y, then one of alternating Cb and Cr.
    Nv12,
    /// Red, green and blue, as an image processor in software delivers it. Only cameras of the portal are asked for it.
    Rgb,
}

/// Layout negotiated with a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Bytes between the starts of two rows, of the packed data or of luma; unused for JPEG.
    pub stride: usize,
    /// Color encoding of raw samples. A JPEG is always full-range BT.601 (JFIF).
    pub colour: Colour,
}

/// Why a frame cannot be decoded. It is dropped.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// A negotiated side is zero or above [`MAX_SIDE_PX`].
    #[error("invalid negotiated size {width}x{height}")]
    Size {
        /// Negotiated width.
        width: u32,
        /// Negotiated height.
        height: u32,
    },
    /// A raw frame with too few bytes.
    #[error("the raw frame is truncated")]
    TooShort(#[from] TooShort),
    /// No JPEG start marker.
    #[error("not a JPEG")]
    NotJpeg,
    /// No JPEG end marker.
    #[error("the JPEG has no end marker")]
    NoEnd,
    /// Progressive, lossless or arithmetic coding, which no webcam uses.
    #[error("the JPEG is not baseline")]
    NotBaseline,
    /// Not the negotiated size.
    #[error("the JPEG has size {width}x{height}, not the negotiated one")]
    OtherSize {
        /// Width of the JPEG.
        width: u16,
        /// Height of the JPEG.
        height: u16,
    },
    /// The JPEG decoder failed.
    #[error("could not decode the JPEG")]
    Jpeg(#[source] DecodeErrors),
}

impl From<SurveyError> for DecodeError {
    fn from(error: SurveyError) -> Self {
        match error {
            SurveyError::NotJpeg => Self::NotJpeg,
            SurveyError::NoEnd => Self::NoEnd,
            SurveyError::NoFrame => Self::NotBaseline,
        }
    }
}

/// Decodes frames; reuse it for a whole stream.
#[derive(Default)]
pub struct Decoder {
    /// Buffer for a JPEG to which missing Huffman tables are added.
    completed: Zeroizing<Vec<u8>>,
}

impl PixelFormat {
    /// FourCC used by V4L2 and UVC.
    pub fn fourcc(self) -> [u8; 4] {
        match self {
            Self::Mjpeg => *b"MJPG",
            Self::Yuyv => *b"YUYV",
            Self::Nv12 => *b"NV12",
            Self::Rgb => *b"RGB3",
        }
    }

    /// Name used in the attestation and for display.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mjpeg => "MJPG",
            Self::Yuyv => "YUYV",
            Self::Nv12 => "NV12",
            Self::Rgb => "RGB3",
        }
    }

    /// The part of `bytes` that is the image: a JPEG without what follows its end marker, if it has one.
    pub fn picture(self, bytes: &[u8]) -> &[u8] {
        let end = match self {
            Self::Mjpeg => survey(bytes).map_or(bytes.len(), |seen| seen.end + 2),
            Self::Yuyv | Self::Nv12 | Self::Rgb => bytes.len(),
        };
        bytes.get(..end).unwrap_or(bytes)
    }
}

impl Decoder {
    /// Decodes one frame of `format` to width × height × 3 bytes, R G B.
    pub fn decode(&mut self, format: PixelFormat, layout: &Layout, bytes: &[u8]) -> Result<Vec<u8>, DecodeError> {
        let &Layout { width, height, stride, colour } = layout;
        if !(1..=MAX_SIDE_PX).contains(&width) || !(1..=MAX_SIDE_PX).contains(&height) {
            return Err(DecodeError::Size { width, height });
        }
        let (across, down) = (width as usize, height as usize);
        match format {
            PixelFormat::Mjpeg => self.jpeg(layout, bytes),
            PixelFormat::Yuyv => Ok(yuyv_to_rgb(Plane { data: bytes, stride }, across, down, colour)?),
            PixelFormat::Nv12 => {
                let (luma, chroma) =
                    stride.checked_mul(down).and_then(|luma| bytes.split_at_checked(luma)).ok_or(TooShort)?;
                let chroma = Chroma::Interleaved(Plane { data: chroma, stride });
                let planes = Planes { luma: Plane { data: luma, stride }, chroma, shift_x: 1, shift_y: 1 };
                Ok(to_rgb(&planes, across, down, colour)?)
            }
            PixelFormat::Rgb => {
                let mut rgb = Vec::with_capacity(across * down * 3);
                for row in 0..down {
                    let row = row.checked_mul(stride).and_then(|start| bytes.get(start..)?.get(..across * 3));
                    rgb.extend(row.ok_or(TooShort)?);
                }
                Ok(rgb)
            }
        }
    }

    fn jpeg(&mut self, layout: &Layout, bytes: &[u8]) -> Result<Vec<u8>, DecodeError> {
        let seen = survey(bytes)?;
        if seen.coding != Coding::Baseline {
            return Err(DecodeError::NotBaseline);
        }
        let (width, height) = seen.size;
        if (u32::from(width), u32::from(height)) != (layout.width, layout.height) {
            return Err(DecodeError::OtherSize { width, height });
        }
        let mut picture = bytes.get(..seen.end).unwrap_or(bytes);
        if !seen.has_tables {
            complete(picture, &mut self.completed);
            picture = &self.completed;
        }
        let options = DecoderOptions::default()
            .set_max_width(layout.width as usize)
            .set_max_height(layout.height as usize)
            .set_strict_mode(true);
        let rgb = JpegDecoder::new_with_options(Cursor::new(picture), options).decode().map_err(DecodeError::Jpeg)?;
        let whole = rgb.len() == usize::from(width) * usize::from(height) * 3;
        if whole { Ok(rgb) } else { Err(DecodeError::OtherSize { width, height }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{colour::Range, jpeg::START};

    const SIZE: (u32, u32) = (64, 48);
    const LAYOUT: Layout = Layout { width: 64, height: 48, stride: 64, colour: BT601 };
    const BT601: Colour = Colour { matrix: crate::colour::Matrix::Bt601, range: Range::Limited };

    /// A smooth image with some texture.
    fn picture(seed: u32) -> Vec<u8> {
        (0..SIZE.0 * SIZE.1)
            .flat_map(|i| {
                let (x, y) = (i % SIZE.0, i / SIZE.0);
                let grain = (x * 7 + y * 13 + seed * 29) % 11;
                [40 + 2 * x + grain, 60 + 3 * y, 200 - x - y + grain].map(|v| v as u8)
            })
            .collect()
    }

    fn jpeg(rgb: &[u8], quality: u8) -> Vec<u8> {
        let mut bytes = Vec::new();
        image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, quality)
            .encode(rgb, SIZE.0, SIZE.1, image::ExtendedColorType::Rgb8)
            .unwrap();
        bytes
    }

    /// `bytes` without its segments of this marker.
    fn without(bytes: &[u8], marker: u8) -> Vec<u8> {
        let (mut out, mut at) = (bytes[..2].to_vec(), 2);
        while bytes[at + 1] != 0xda {
            let end = at + 2 + usize::from(u16::from_be_bytes([bytes[at + 2], bytes[at + 3]]));
            if bytes[at + 1] != marker {
                out.extend(&bytes[at..end]);
            }
            at = end;
        }
        out.extend(&bytes[at..]);
        out
    }

    fn decode(bytes: &[u8]) -> Result<Vec<u8>, DecodeError> {
        Decoder::default().decode(PixelFormat::Mjpeg, &LAYOUT, bytes)
    }

    #[test]
    fn decodes_a_jpeg_whatever_data_follows_it() {
        let rgb = picture(0);
        let bytes = jpeg(&rgb, 95);
        let plain = decode(&bytes).unwrap();
        let worst = plain.iter().zip(&rgb).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
        assert!(worst < 24, "{worst}");
        let with = |tail: &[u8]| [&bytes, tail].concat();
        let avi = [&START[..], &[0xff, 0xe0, 0, 8], b"AVI1\0\0", &without(&bytes, 0xc4)[2..]].concat();
        let table = [
            ("zeros behind", with(&[0; 4096])),
            ("an older image behind", with(&jpeg(&picture(9), 60)[100..])),
            ("half a marker behind", with(&[0xff])),
            ("no Huffman tables", without(&bytes, 0xc4)),
            ("no Huffman tables, as in an AVI", avi),
            ("no JFIF header", without(&bytes, 0xe0)),
            ("a thumbnail within", {
                let small = jpeg(&picture(3), 20);
                let mut app = vec![0xff, 0xd8, 0xff, 0xe3];
                app.extend((small.len() as u16 + 2).to_be_bytes());
                [&app[..], &small, &bytes[2..]].concat()
            }),
        ];
        for (name, bytes) in table {
            assert!(decode(&bytes).is_ok_and(|found| found == plain), "{name}");
            let alone = PixelFormat::Mjpeg.picture(&bytes);
            assert!(decode(alone).is_ok() && alone.ends_with(&[0xff, 0xd9]), "{name}");
        }
    }

    #[test]
    fn rejects_incomplete_frames_and_other_sizes() {
        let bytes = jpeg(&picture(0), 80);
        let mut progressive = bytes.clone();
        let sof = bytes.windows(2).position(|two| two == [0xff, 0xc0]).unwrap();
        progressive[sof + 1] = 0xc2;
        let other = Layout { width: 48, height: 64, ..LAYOUT };
        let huge = Layout { width: MAX_SIDE_PX + 1, ..LAYOUT };
        let scan = bytes.windows(2).position(|two| two == [0xff, 0xda]).unwrap();
        let middle = scan + (bytes.len() - scan) / 2;
        let table = [
            ("nothing", LAYOUT, vec![], "NotJpeg"),
            ("zeros", LAYOUT, vec![0; 500], "NotJpeg"),
            ("cut off", LAYOUT, bytes[..middle].to_vec(), "NoEnd"),
            ("only the start", LAYOUT, bytes[..30].to_vec(), "NoEnd"),
            ("cut off, with an end", LAYOUT, [&bytes[..middle], &[0xff, 0xd9]].concat(), "Jpeg("),
            ("no image in it", LAYOUT, [0xff, 0xd8, 0xff, 0xd9].to_vec(), "NotBaseline"),
            ("progressive", LAYOUT, progressive, "NotBaseline"),
            ("another size", other, bytes.clone(), "OtherSize"),
            ("no size", huge, bytes.clone(), "Size"),
            ("no quantisation tables", LAYOUT, without(&bytes, 0xdb), "Jpeg("),
        ];
        for (name, layout, bytes, wanted) in table {
            let error = Decoder::default().decode(PixelFormat::Mjpeg, &layout, &bytes).unwrap_err();
            assert!(format!("{error:?}").starts_with(wanted), "{name}: {error:?}");
        }
    }

    #[test]
    fn never_panics_on_damaged_data() {
        let bytes = jpeg(&picture(0), 70);
        let mut state = 1_u32;
        let mut random = |below: usize| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state as usize % below
        };
        let mut decoder = Decoder::default();
        let mut refused = 0;
        for _ in 0..2_000 {
            let mut damaged = bytes.clone();
            for _ in 0..=random(4) {
                let at = random(damaged.len());
                damaged[at] = random(256) as u8;
            }
            refused += u32::from(decoder.decode(PixelFormat::Mjpeg, &LAYOUT, &damaged).is_err());
        }
        assert!(refused > 100, "{refused}");
    }

    #[test]
    fn reads_raw_frames_by_their_stride() {
        // 4 × 2, gray 126 except for white in the last column; two bytes of padding per row.
        let row = [126, 126, 126, 235, 7, 7];
        let nv12 = [&row[..], &row, &[128, 128, 128, 128, 7, 7]].concat();
        let row = [126, 128, 126, 128, 126, 128, 235, 128, 7, 7];
        let yuyv = [row, row].concat();
        let row = [&[128; 9][..], &[255; 3], &[7; 2]].concat();
        let rgb = [&row[..], &row].concat();
        let layout = |stride| Layout { width: 4, height: 2, stride, colour: BT601 };
        let table = [
            ("NV12", PixelFormat::Nv12, layout(6), &nv12[..], true),
            ("NV12 without the last padding", PixelFormat::Nv12, layout(6), &nv12[..16], true),
            ("NV12 cut", PixelFormat::Nv12, layout(6), &nv12[..15], false),
            ("NV12 without chroma", PixelFormat::Nv12, layout(6), &nv12[..12], false),
            ("NV12, absurd stride", PixelFormat::Nv12, layout(usize::MAX), &nv12[..], false),
            ("YUYV", PixelFormat::Yuyv, layout(10), &yuyv[..], true),
            ("YUYV cut", PixelFormat::Yuyv, layout(10), &yuyv[..17], false),
            ("YUYV, rows that overlap", PixelFormat::Yuyv, layout(6), &yuyv[..], false),
            ("RGB", PixelFormat::Rgb, layout(14), &rgb[..26], true),
            ("RGB cut", PixelFormat::Rgb, layout(14), &rgb[..25], false),
            ("RGB, absurd stride", PixelFormat::Rgb, layout(usize::MAX), &rgb[..], false),
        ];
        for (name, format, layout, bytes, whole) in table {
            let rgb = Decoder::default().decode(format, &layout, bytes);
            let wanted = [[128; 3], [128; 3], [128; 3], [255; 3]].concat().repeat(2);
            assert_eq!(rgb.ok(), whole.then_some(wanted), "{name}");
        }
    }
}
