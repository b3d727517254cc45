//! An image in PipeWire's buffers, in the layout that the decoder knows: rows without padding, RGB in that order.
//!
//! Offsets, lengths and strides come from the camera's program, so each is checked against the memory that it names.

use super::{
    super::decode::{Layout, PixelFormat},
    formats::{Coding, Set, rgb},
};

/// A part of an image as it lies in a buffer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'a> {
    /// The bytes in use.
    pub(super) bytes: &'a [u8],
    /// Bytes between the starts of two rows, if the camera says it.
    pub(super) stride: Option<usize>,
}

impl<'a> Part<'a> {
    /// The part of `memory` that begins at `offset` and has `length` bytes; `None` if `memory` has not.
    pub(super) fn of(memory: &'a [u8], offset: u32, length: u32, stride: i32) -> Option<Self> {
        let bytes = memory.get(offset as usize..)?.get(..length as usize)?;
        Some(Self { bytes, stride: usize::try_from(stride).ok().filter(|stride| *stride > 0) })
    }
}

/// Copies the image in `parts`; `None` if they are too short for it.
pub(super) fn copied(set: &Set, parts: &[Part<'_>]) -> Option<Vec<u8>> {
    let first = parts.first()?;
    let Layout { width, height, stride, .. } = set.granted.layout;
    let (width, height) = (width as usize, height as usize);
    match set.granted.format {
        // An empty buffer is no image.
        PixelFormat::Mjpeg => (!first.bytes.is_empty()).then(|| first.bytes.to_vec()),
        PixelFormat::Yuyv => {
            let mut image = Vec::with_capacity(stride * height);
            rows(first, stride, stride, height, |row| image.extend(row))?;
            Some(image)
        }
        PixelFormat::Nv12 => {
            let mut image = Vec::with_capacity(stride * (height + height.div_ceil(2)));
            let padded = first.stride.unwrap_or(stride);
            rows(first, stride, stride, height, |row| image.extend(row))?;
            // Chroma has a buffer of its own, or follows in the same one.
            let chroma = match parts.get(1) {
                Some(chroma) => *chroma,
                None => Part { bytes: first.bytes.get(padded.checked_mul(height)?..)?, stride: first.stride },
            };
            rows(&chroma, stride, stride, height.div_ceil(2), |row| image.extend(row))?;
            Some(image)
        }
        PixelFormat::Rgb => {
            let Coding::Raw(format) = set.coding else { return None };
            let (pixel, [red, green, blue]) = rgb(format)?;
            let mut image = Vec::with_capacity(width * height * 3);
            rows(first, width * pixel, width * pixel, height, |row| {
                image.extend(row.chunks_exact(pixel).flat_map(|pixel| {
                    [red, green, blue].map(|channel| pixel.get(channel).copied().unwrap_or_default())
                }));
            })?;
            Some(image)
        }
    }
}

/// Hands over `count` rows of `used` bytes each, which are `unpadded` bytes apart if the camera does not say otherwise.
fn rows<'a>(part: &Part<'a>, used: usize, unpadded: usize, count: usize, mut take: impl FnMut(&'a [u8])) -> Option<()> {
    let stride = part.stride.unwrap_or(unpadded);
    for row in 0..count {
        let start = row.checked_mul(stride)?;
        take(part.bytes.get(start..)?.get(..used)?);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use pipewire::spa::param::video::VideoFormat;

    use super::{
        super::{
            super::beside::Granted,
            formats::{self},
        },
        *,
    };
    use crate::colour::Colour;

    fn set(format: PixelFormat, coding: Coding, width: u32, height: u32) -> Set {
        let layout = Layout { width, height, stride: formats::stride(format, width), colour: Colour::default() };
        Set { granted: Granted { format, layout, fps: 30.0 }, coding }
    }

    fn part(bytes: &[u8], stride: usize) -> Part<'_> {
        Part { bytes, stride: (stride > 0).then_some(stride) }
    }

    #[test]
    fn a_part_lies_inside_its_memory() {
        let memory = [0, 1, 2, 3];
        assert_eq!(Part::of(&memory, 1, 2, 0).unwrap().bytes, [1, 2]);
        assert_eq!(Part::of(&memory, 0, 4, 2).unwrap().stride, Some(2));
        for (offset, length) in [(0, 5), (4, 1), (5, 0), (u32::MAX, u32::MAX), (1, u32::MAX)] {
            assert!(Part::of(&memory, offset, length, 0).is_none(), "{offset} {length}");
        }
        assert_eq!(Part::of(&memory, 0, 4, -2).unwrap().stride, None, "no rows from bottom to top");
    }

    #[test]
    fn takes_the_padding_out() {
        let yuyv = set(PixelFormat::Yuyv, Coding::Raw(VideoFormat::YUY2), 2, 2);
        assert_eq!(copied(&yuyv, &[part(&[1, 2, 3, 4, 0, 0, 5, 6, 7, 8], 6)]).unwrap(), [1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(copied(&yuyv, &[part(&[1, 2, 3, 4, 5, 6, 7, 8, 9], 0)]).unwrap(), [1, 2, 3, 4, 5, 6, 7, 8]);
        let nv12 = set(PixelFormat::Nv12, Coding::Raw(VideoFormat::NV12), 2, 2);
        assert_eq!(copied(&nv12, &[part(&[1, 2, 0, 3, 4, 0, 5, 6], 3)]).unwrap(), [1, 2, 3, 4, 5, 6]);
        assert_eq!(copied(&nv12, &[part(&[1, 2, 3, 4], 0), part(&[5, 6, 0], 3)]).unwrap(), [1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn puts_red_before_blue() {
        for (format, bytes) in [
            (VideoFormat::RGB, &[1, 2, 3][..]),
            (VideoFormat::BGR, &[3, 2, 1]),
            (VideoFormat::BGRx, &[3, 2, 1, 0]),
            (VideoFormat::RGBA, &[1, 2, 3, 255]),
            (VideoFormat::xRGB, &[0, 1, 2, 3]),
            (VideoFormat::xBGR, &[0, 3, 2, 1]),
        ] {
            let set = set(PixelFormat::Rgb, Coding::Raw(format), 1, 1);
            assert_eq!(copied(&set, &[part(bytes, 0)]).unwrap(), [1, 2, 3], "{format:?}");
        }
    }

    #[test]
    fn what_is_too_short_is_no_image() {
        for (format, coding) in [
            (PixelFormat::Yuyv, Coding::Raw(VideoFormat::YUY2)),
            (PixelFormat::Nv12, Coding::Raw(VideoFormat::NV12)),
            (PixelFormat::Rgb, Coding::Raw(VideoFormat::BGRx)),
            (PixelFormat::Mjpeg, Coding::Jpeg),
        ] {
            let set = set(format, coding, 4, 4);
            assert!(copied(&set, &[part(&[], 0)]).is_none(), "{format:?}");
            assert!(copied(&set, &[]).is_none(), "{format:?}");
            if format != PixelFormat::Mjpeg {
                assert!(copied(&set, &[part(&[7; 23], 0)]).is_none(), "{format:?}");
                assert!(copied(&set, &[part(&[7; 4096], usize::MAX)]).is_none(), "{format:?}");
            }
        }
    }
}
