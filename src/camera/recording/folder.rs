//! A folder of numbered images, in the natural order of their names: f2 before f10.

use std::{
    cmp::Ordering,
    collections::BTreeSet,
    ffi::{OsStr, OsString},
    fs::{self, File},
    path::{Path, PathBuf},
};

use super::{
    Image, ImageFault, Losses, MAX_FPS, MAX_FRAMES, Pictures, RecordingError, Step, frame_time, read_capped, still,
};

/// Maximum size of an image file, bytes.
const MAX_PICTURE_BYTES: u64 = 64 << 20;
/// File name extensions of images, those included that are not read: they are counted, not passed over in silence.
const EXTENSIONS: [&str; 13] =
    ["jpg", "jpeg", "jpe", "jfif", "png", "webp", "bmp", "gif", "heic", "heif", "avif", "tif", "tiff"];

/// A folder being read.
pub(super) struct Folder {
    path: PathBuf,
    /// Names of the images, in order.
    names: Vec<OsString>,
    index: usize,
    rate: (u32, u32),
    losses: Losses,
}

impl Folder {
    /// Lists the images of `folder` whose names contain a number, to be played at `fps` frames per second.
    pub(super) fn open(folder: &Path, fps: f64) -> Result<Self, RecordingError> {
        // Thousandths of a frame per second represent 29.97 exactly.
        let rate = super::rate((fps * 1000.0).clamp(0.0, f64::from(MAX_FPS) * 1001.0).round() as u32, 1000)?;
        let (mut names, mut others) = (Vec::new(), 0);
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name();
            // Folders, pipes and devices may be named like images; a link to an image is one.
            if is_numbered_image(&name) && fs::metadata(entry.path()).is_ok_and(|found| found.is_file()) {
                names.push(name);
            } else {
                others += 1;
            }
            if names.len() as u64 > MAX_FRAMES {
                return Err(RecordingError::TooManyFrames);
            }
        }
        if names.is_empty() {
            return Err(RecordingError::NoImages { files: others });
        }
        names.sort_by(|a, b| in_natural_order(a, b));
        let losses = Losses { repeated: repeated(&names), ..Losses::default() };
        Ok(Self { path: folder.to_owned(), names, index: 0, rate, losses })
    }
}

impl Pictures for Folder {
    fn next(&mut self) -> Result<Option<Step>, RecordingError> {
        let Some(name) = self.names.get(self.index) else { return Ok(None) };
        // The time of an image that is left out passes, so that the others keep theirs.
        let at = frame_time(self.index as u64, self.rate);
        self.index += 1;
        Ok(Some(match read(&self.path.join(name)) {
            Ok(still) => Step::Image(Image { still, at }),
            Err(source) => {
                let file = name.to_string_lossy().into_owned();
                Step::Damaged(RecordingError::In { file, source: Box::new(source) })
            }
        }))
    }

    fn count(&self) -> Option<u64> {
        Some(self.names.len() as u64)
    }

    fn files(&self) -> &[OsString] {
        &self.names
    }

    fn codec(&self) -> &'static str {
        "pictures"
    }

    fn losses(&self) -> Losses {
        self.losses
    }
}

fn read(path: &Path) -> Result<still::Still, RecordingError> {
    let data = read_capped(File::open(path)?, "an image", MAX_PICTURE_BYTES).map_err(|error| match error {
        RecordingError::TooLarge { limit, .. } => ImageFault::TooLong { limit }.into(),
        error => error,
    })?;
    Ok(still::decode(&data)?)
}

/// Whether a file of this name is an image of a series. Hidden files are companions that other systems leave behind, such
/// as `._1.jpg`.
fn is_numbered_image(name: &OsStr) -> bool {
    let path = Path::new(name);
    let known = |extension: &OsStr| EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known));
    let stem = path.file_stem().unwrap_or_default().as_encoded_bytes();
    !stem.starts_with(b".") && stem.iter().any(u8::is_ascii_digit) && path.extension().is_some_and(known)
}

/// A name without its ending.
fn stem(name: &OsStr) -> &OsStr {
    Path::new(name).file_stem().unwrap_or_default()
}

/// A name in parts: runs of digits and what is between them.
fn parts(name: &OsStr) -> impl Iterator<Item = &[u8]> {
    name.as_encoded_bytes().chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit())
}

/// The digits of a number without leading zeros; `None` for other parts.
fn number(part: &[u8]) -> Option<&[u8]> {
    part.first().filter(|first| first.is_ascii_digit())?;
    let zeros = part.iter().take_while(|&&digit| digit == b'0').count();
    part.get(zeros..)
}

/// Compares names as people do: numbers by value, of any length, and the rest by letter.
fn in_natural_order(a: &OsStr, b: &OsStr) -> Ordering {
    let by_part = |(a, b): (&[u8], &[u8])| match (number(a), number(b)) {
        (Some(a), Some(b)) => a.len().cmp(&b.len()).then(a.cmp(b)),
        _ => a.to_ascii_lowercase().cmp(&b.to_ascii_lowercase()),
    };
    // The ending comes last, so that a copy, "1 (2).jpg", is behind "1.jpg".
    let (stem_a, stem_b) = (stem(a), stem(b));
    let differ = parts(stem_a).zip(parts(stem_b)).map(by_part).find(|order| order.is_ne());
    differ.unwrap_or_else(|| parts(stem_a).count().cmp(&parts(stem_b).count()).then(a.cmp(b)))
}

/// How many images have the number of another, as where two series are in one folder. The number of an image is the first
/// or the last in its name, whichever tells more images apart: phones put the date of a burst behind the number.
fn repeated(names: &[OsString]) -> u64 {
    let first: BTreeSet<_> = names.iter().filter_map(|name| parts(stem(name)).find_map(number)).collect();
    let last: BTreeSet<_> = names.iter().filter_map(|name| parts(stem(name)).filter_map(number).last()).collect();
    (names.len() - first.len().max(last.len())) as u64
}

#[cfg(test)]
mod tests;
