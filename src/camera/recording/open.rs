//! Opens a recording: finds out what the path is, and what its content is.

use std::{
    fs::{self, File},
    io::{self, BufReader, IsTerminal, Read, Seek, SeekFrom},
    path::Path,
};

use super::{
    MAX_FILE_BYTES, Options, Pictures, Recording, RecordingError, animation, avi, folder, h264,
    input::Input,
    kinds::Found,
    motion_jpeg::MotionJpeg,
    mp4::{self, Codec},
    pipe::{Pipe, PipeEnd, TIMEOUT},
    single, y4m,
};

/// Enough of a file to know what it is.
const HEAD_BYTES: u64 = 512;
/// The first boxes of an MP4 or QuickTime file.
const BOXES: [&[u8; 4]; 8] = [b"ftyp", b"moov", b"mdat", b"free", b"wide", b"skip", b"styp", b"pnot"];

/// Standard input, in place of a path.
const STDIN: &str = "-";

/// What a path leads to.
enum Way {
    Folder,
    File,
    Pipe(PipeEnd),
}

/// Opens the recording at `path` with [`Options::default`].
pub fn open(path: &Path) -> Result<Recording, RecordingError> {
    open_with(path, &Options::default())
}

/// Opens the recording at `path`: a file in a known container, a folder of numbered images, or a pipe; `-` is standard
/// input.
pub fn open_with(path: &Path, options: &Options) -> Result<Recording, RecordingError> {
    let name = match path.file_name() {
        _ if path.as_os_str() == STDIN => "standard input".into(),
        name => name.unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
    };
    let opened = way(path).and_then(|way| match way {
        Way::Folder => Ok(Box::new(folder::Folder::open(path, options.folder_fps)?) as Box<dyn Pictures>),
        Way::File => sniff(File::open(path)?),
        Way::Pipe(end) => piped(end),
    });
    match opened {
        Ok(pictures) => Ok(Recording::new(pictures, name)),
        Err(source) => Err(RecordingError::In { file: name, source: Box::new(source) }),
    }
}

/// Finds out what `path` is before it is opened: opening a pipe or a device may block for ever.
fn way(path: &Path) -> Result<Way, RecordingError> {
    if path.as_os_str() == STDIN {
        return if io::stdin().is_terminal() { Err(RecordingError::NotAFile) } else { Ok(Way::Pipe(PipeEnd::Stdin)) };
    }
    let kind = fs::metadata(path)?.file_type();
    if kind.is_dir() {
        Ok(Way::Folder)
    } else if kind.is_file() {
        Ok(Way::File)
    } else if is_pipe(kind) {
        Ok(Way::Pipe(PipeEnd::Path(path.to_owned())))
    } else {
        Err(RecordingError::NotAFile)
    }
}

#[cfg(unix)]
fn is_pipe(kind: fs::FileType) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&kind)
}

#[cfg(not(unix))]
fn is_pipe(_kind: fs::FileType) -> bool {
    false
}

/// Reads a pipe, which cannot be read twice: its content must be a kind that is read from front to back.
fn piped(end: PipeEnd) -> Result<Box<dyn Pictures>, RecordingError> {
    let mut pipe = Pipe::open(end, TIMEOUT)?;
    let mut head = Vec::new();
    pipe.by_ref().take(y4m::MAGIC.len() as u64).read_to_end(&mut head)?;
    if head.is_empty() {
        return Err(RecordingError::Unknown(Found::Empty));
    }
    if head != y4m::MAGIC {
        return Err(RecordingError::Pipe);
    }
    Ok(Box::new(y4m::Y4m::open(Box::new(BufReader::new(io::Cursor::new(head).chain(pipe))), None)?))
}

/// Selects the reader for the content of `file`.
fn sniff(mut file: File) -> Result<Box<dyn Pictures>, RecordingError> {
    let mut head = Vec::new();
    file.by_ref().take(HEAD_BYTES).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(0))?;
    if head.starts_with(y4m::MAGIC) {
        let length = file.metadata()?.len();
        return Ok(Box::new(y4m::Y4m::open(Box::new(BufReader::new(file)), Some(length))?));
    }
    let found = Found::of(&head);
    let kind = head.get(4..8).unwrap_or_default();
    let form = head.get(8..12).unwrap_or_default();
    if head.starts_with(b"RIFF") && form == b"AVI " {
        Ok(Box::new(avi::open(Input::new(file)?)?))
    } else if BOXES.iter().any(|name| kind == *name) && !matches!(found, Found::Image(..)) {
        let mut input = Input::new(file)?;
        let track = mp4::read(&mut input)?;
        match track.codec {
            Codec::Avc { .. } => Ok(Box::new(h264::H264::open(input, track)?)),
            Codec::MotionJpeg => Ok(Box::new(MotionJpeg::of_track(input, &track))),
        }
    } else if single::is_still(&head) {
        Ok(Box::new(single::Single::open(&read_capped(file, "the image", MAX_FILE_BYTES)?)?))
    } else if let Some(kind) = animation::Kind::of(&head) {
        let data = read_capped(file, "the image", MAX_FILE_BYTES)?;
        if kind.stands_still(&data) {
            return Ok(Box::new(single::Single::open(&data)?));
        }
        Ok(Box::new(animation::Animation::open(kind, data)?))
    } else {
        Err(RecordingError::Unknown(found))
    }
}

/// Reads all of `file`; fails if it is longer than `limit` bytes.
pub(super) fn read_capped(file: File, part: &'static str, limit: u64) -> Result<Vec<u8>, RecordingError> {
    let mut data = Vec::new();
    file.take(limit + 1).read_to_end(&mut data)?;
    if data.len() as u64 > limit { Err(RecordingError::TooLarge { part, limit }) } else { Ok(data) }
}
