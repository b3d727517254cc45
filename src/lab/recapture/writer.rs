//! Writes the camera's frames as Motion JPEG in AVI, or as Y4M.

use std::{
    fs::File,
    io::{self, BufWriter, Seek, SeekFrom, Write},
    path::Path,
    time::Duration,
};

use super::RecaptureError;

/// Output file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Avi,
    Y4m,
}

impl Format {
    /// The format for the file extension of `path`.
    pub(super) fn of(path: &Path) -> Result<Self, RecaptureError> {
        match path.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase).as_deref() {
            Some("avi") => Ok(Self::Avi),
            Some("y4m") => Ok(Self::Y4m),
            _ => Err(RecaptureError::Extension(path.to_owned())),
        }
    }
}

/// Receives the frames of one recording.
pub(super) trait Writer {
    /// Appends a JPEG frame.
    fn add(&mut self, jpeg: &[u8]) -> Result<(), RecaptureError>;

    /// Completes the file.
    fn finish(self: Box<Self>) -> Result<(), RecaptureError>;
}

/// Creates a file of `size` pixels with frame interval `step`.
pub(super) fn create(
    format: Format,
    path: &Path,
    size: (u32, u32),
    step: Duration,
) -> Result<Box<dyn Writer>, RecaptureError> {
    let file = BufWriter::new(File::create_new(path)?);
    let step_micros = u32::try_from(step.as_micros()).unwrap_or(u32::MAX).max(1);
    Ok(match format {
        Format::Avi => Box::new(Avi::begin(file, size, step_micros)?),
        Format::Y4m => Box::new(Y4m::begin(file, size, step_micros)?),
    })
}

/// YUV4MPEG2, full range, with centered chroma siting.
struct Y4m {
    file: BufWriter<File>,
}

impl Y4m {
    fn begin(mut file: BufWriter<File>, (width, height): (u32, u32), step_micros: u32) -> io::Result<Self> {
        writeln!(file, "YUV4MPEG2 W{width} H{height} F1000000:{step_micros} Ip A1:1 C420jpeg XCOLORRANGE=FULL")?;
        Ok(Self { file })
    }
}

impl Writer for Y4m {
    fn add(&mut self, jpeg: &[u8]) -> Result<(), RecaptureError> {
        let picture = image::load_from_memory_with_format(jpeg, image::ImageFormat::Jpeg)?.into_rgb8();
        let (width, height) = picture.dimensions();
        self.file.write_all(b"FRAME\n")?;
        let luma: Vec<u8> = picture.pixels().map(|p| ycbcr(p.0.map(f32::from))[0]).collect();
        self.file.write_all(&luma)?;
        let mut planes = [Vec::new(), Vec::new()];
        for (y, x) in (0..height / 2).flat_map(|y| (0..width / 2).map(move |x| (y, x))) {
            let four = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(dx, dy)| picture.get_pixel(2 * x + dx, 2 * y + dy).0);
            let sum = four.iter().fold([0.0; 3], |[r, g, b]: [f32; 3], p| {
                let [pr, pg, pb] = p.map(f32::from);
                [r + pr, g + pg, b + pb]
            });
            let [_, blue, red] = ycbcr(sum.map(|sum| sum / 4.0));
            let [blues, reds] = &mut planes;
            blues.push(blue);
            reds.push(red);
        }
        for plane in &planes {
            self.file.write_all(plane)?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), RecaptureError> {
        Ok(self.file.flush()?)
    }
}

/// RGB to full-range YCbCr (ITU-R BT.601).
pub(super) fn ycbcr([r, g, b]: [f32; 3]) -> [u8; 3] {
    let luma = 0.299 * r + 0.587 * g + 0.114 * b;
    [luma, 128.0 + (b - luma) / 1.772, 128.0 + (r - luma) / 1.402].map(|v| v.round().clamp(0.0, 255.0) as u8)
}

/// AVI with one Motion JPEG stream and an index.
struct Avi {
    file: BufWriter<File>,
    /// Offset (from the movie list's type) and size in bytes of each frame.
    index: Vec<(u32, u32)>,
    /// Size of the movie list in bytes, including its type.
    movie: u32,
}

/// File offsets of values that are known only at the end.
const RIFF_SIZE_AT: u64 = 4;
const FRAMES_AT: [u64; 2] = [48, 140];
const MOVIE_SIZE_AT: u64 = 216;
/// Bytes before the first chunk of the movie list.
const HEADER_BYTES: u32 = 224;

impl Avi {
    fn begin(mut file: BufWriter<File>, (width, height): (u32, u32), step_micros: u32) -> io::Result<Self> {
        let (planes_and_bits, has_index) = (1 | 24 << 16, 0x10);
        let head = |name: &[u8; 4], bytes: u32| [*name, bytes.to_le_bytes()].concat();
        let numbers = |values: &[u32]| values.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>();
        let parts: [Vec<u8>; 14] = [
            head(b"RIFF", 0),
            b"AVI ".to_vec(),
            head(b"LIST", 192),
            b"hdrl".to_vec(),
            head(b"avih", 56),
            numbers(&[step_micros, 0, 0, has_index, 0, 0, 1, 0, width, height, 0, 0, 0, 0]),
            head(b"LIST", 116),
            [*b"strl", *b"strh", 56_u32.to_le_bytes(), *b"vids", *b"MJPG"].concat(),
            // Scale and rate: frame interval in microseconds, one million per second.
            numbers(&[0, 0, 0, step_micros, 1_000_000, 0, 0, 0, u32::MAX, 0, 0, 0]),
            head(b"strf", 40),
            numbers(&[40, width, height, planes_and_bits]),
            b"MJPG".to_vec(),
            numbers(&[width * height * 3, 0, 0, 0, 0]),
            [*b"LIST", 4_u32.to_le_bytes(), *b"movi"].concat(),
        ];
        file.write_all(&parts.concat())?;
        Ok(Self { file, index: Vec::new(), movie: 4 })
    }

    fn patch(&mut self, at: u64, value: u32) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(at))?;
        self.file.write_all(&value.to_le_bytes())
    }
}

impl Writer for Avi {
    fn add(&mut self, jpeg: &[u8]) -> Result<(), RecaptureError> {
        let length = u32::try_from(jpeg.len()).ok().ok_or(RecaptureError::TooLong)?;
        let padding = length % 2;
        // Half the 32-bit range: the index follows, and some readers treat sizes as signed.
        let after = self.movie.checked_add(8 + length + padding).filter(|&end| end < 1 << 31);
        self.index.push((self.movie, length));
        self.movie = after.ok_or(RecaptureError::TooLong)?;
        self.file.write_all(b"00dc")?;
        self.file.write_all(&length.to_le_bytes())?;
        self.file.write_all(jpeg)?;
        Ok(self.file.write_all(if padding == 1 { &[0] } else { &[] })?)
    }

    fn finish(mut self: Box<Self>) -> Result<(), RecaptureError> {
        let frames = self.index.len() as u32;
        self.file.write_all(b"idx1")?;
        self.file.write_all(&(16 * frames).to_le_bytes())?;
        for (at, length) in std::mem::take(&mut self.index) {
            let key_frame = 0x10_u32;
            self.file.write_all(b"00dc")?;
            for number in [key_frame, at, length] {
                self.file.write_all(&number.to_le_bytes())?;
            }
        }
        self.patch(RIFF_SIZE_AT, HEADER_BYTES - 12 + self.movie + 8 + 16 * frames)?;
        for at in FRAMES_AT {
            self.patch(at, frames)?;
        }
        self.patch(MOVIE_SIZE_AT, self.movie)?;
        Ok(self.file.flush()?)
    }
}
