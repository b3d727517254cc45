//! A single image: a recording of one frame.

use std::time::Duration;

use super::{Image, Pictures, RecordingError, Step, still};

/// The first bytes of every JPEG.
const JPEG: [u8; 3] = [0xff, 0xd8, 0xff];

/// Whether a file that starts with `head` is an image that never moves.
pub(super) fn is_still(head: &[u8]) -> bool {
    head.starts_with(&JPEG) || head.starts_with(b"BM")
}

/// The image, until it is read.
pub(super) struct Single(Option<Image>);

impl Single {
    /// Decodes `data`.
    pub(super) fn open(data: &[u8]) -> Result<Self, RecordingError> {
        Ok(Self(Some(Image { still: still::decode(data)?, at: Duration::ZERO })))
    }
}

impl Pictures for Single {
    fn next(&mut self) -> Result<Option<Step>, RecordingError> {
        Ok(self.0.take().map(Step::Image))
    }

    fn count(&self) -> Option<u64> {
        Some(1)
    }

    fn codec(&self) -> &'static str {
        "picture"
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::super::open;
    use crate::FrameSource;

    #[test]
    fn a_still_image_is_one_frame() {
        let folder = tempfile::tempdir().unwrap();
        for format in [
            image::ImageFormat::Jpeg,
            image::ImageFormat::Png,
            image::ImageFormat::Bmp,
            image::ImageFormat::WebP,
            image::ImageFormat::Gif,
        ] {
            // Recognized by content, not by name.
            let path = folder.path().join("image");
            let mut data = Cursor::new(Vec::new());
            image::RgbImage::from_pixel(64, 48, image::Rgb([10, 200, 30])).write_to(&mut data, format).unwrap();
            std::fs::write(&path, data.get_ref()).unwrap();
            let mut recording = open(&path).unwrap();
            assert_eq!(recording.frames_hint(), Some(1), "{format:?}");
            let frame = recording.next_frame(std::time::Duration::ZERO).unwrap();
            assert_eq!((frame.width(), frame.height(), frame.seq()), (64, 48, 0), "{format:?}");
            assert!(recording.next_frame(std::time::Duration::ZERO).is_err(), "{format:?}");
            // A truncated image is rejected, not partially decoded.
            std::fs::write(&path, &data.get_ref()[..data.get_ref().len() / 2]).unwrap();
            let mut opened = open(&path);
            let shown = opened.as_mut().is_ok_and(|recording| recording.next_frame(std::time::Duration::ZERO).is_ok());
            assert!(!shown, "{format:?}");
        }
    }
}
