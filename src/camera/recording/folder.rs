//! A folder of numbered images, in numerical order.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use super::{MAX_FPS, MAX_FRAMES, Pictures, RecordingError, frame_time, read_capped, still};
use countenance_core::frame::Frame;

/// Maximum size of an image file, bytes.
const MAX_PICTURE_BYTES: u64 = 64 << 20;
/// File name extensions of images.
const EXTENSIONS: [&str; 4] = ["jpg", "jpeg", "png", "webp"];

/// A folder being read.
pub(super) struct Folder {
    files: Vec<PathBuf>,
    rate: (u32, u32),
}

impl Folder {
    /// Lists the images of `folder` whose names contain a number, to be played at `fps` frames per second.
    pub(super) fn open(folder: &Path, fps: f64) -> Result<Self, RecordingError> {
        // Thousandths of a frame per second represent 29.97 exactly.
        let rate = super::rate((fps * 1000.0).clamp(0.0, f64::from(MAX_FPS) * 1001.0).round() as u32, 1000)?;
        let mut numbered = Vec::new();
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if let Some(number) = number(&path) {
                numbered.push((number, path));
            }
            if numbered.len() as u64 > MAX_FRAMES {
                return Err(RecordingError::TooManyFrames);
            }
        }
        if numbered.is_empty() {
            return Err(RecordingError::Empty);
        }
        numbered.sort();
        Ok(Self { files: numbered.into_iter().map(|(_, path)| path).collect(), rate })
    }
}

impl Pictures for Folder {
    fn next(&mut self, seq: u64) -> Result<Option<Frame>, RecordingError> {
        let Some(path) = usize::try_from(seq).ok().and_then(|seq| self.files.get(seq)) else {
            return Ok(None);
        };
        let data = read_capped(File::open(path)?, MAX_PICTURE_BYTES)?;
        let picture = still::decode(&data, None, seq)?;
        Ok(Some(Frame::new(picture.width, picture.height, picture.rgb, seq, frame_time(seq, self.rate))?))
    }

    fn count(&self) -> Option<u64> {
        Some(self.files.len() as u64)
    }

    fn codec(&self) -> &'static str {
        "pictures"
    }
}

/// The last number in an image's file name: 12 in `frame-2-0012.jpg`.
fn number(path: &Path) -> Option<u64> {
    let extension = path.extension()?.to_str()?;
    if !EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known)) {
        return None;
    }
    let stem = path.file_stem()?.to_str()?;
    stem.rsplit(|c: char| !c.is_ascii_digit()).find(|digits| !digits.is_empty())?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_images_by_the_last_number_in_the_name() {
        let table = [
            ("1.jpg", Some(1)),
            ("frame-2-0012.PNG", Some(12)),
            ("0007_left.jpeg", Some(7)),
            ("12.txt", None),
            ("cover.jpg", None),
            ("99999999999999999999.jpg", None),
        ];
        for (name, wanted) in table {
            assert_eq!(number(Path::new(name)), wanted, "{name}");
        }
    }
}
