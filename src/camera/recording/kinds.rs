//! Names what a file is that cannot be read, by its first bytes, and the way out.

use std::fmt;

/// What can be read as a recording.
pub const KNOWN_KINDS: &str = "Y4M, AVI and MOV with Motion JPEG, MP4 and MOV with H.264, animated GIF, WebP and PNG, one \
                                image (JPEG, PNG, WebP, BMP, GIF), and a folder of numbered images";

/// What can be read as an image.
pub(super) const KNOWN_IMAGES: &str = "JPEG, PNG, WebP, BMP and GIF";

/// Kind of a file that is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// No bytes.
    Empty,
    /// A video of a kind that is not read: its name, and the ending of such files.
    Video(&'static str, &'static str),
    /// An image of a kind that is not read, likewise.
    Image(&'static str, &'static str),
    /// Something else that is known by name.
    Other(&'static str),
    /// Unknown: the first bytes.
    Unknown([u8; 4]),
}

/// A mark at an offset, and what has it.
type Mark = (usize, &'static [u8], Found);

const MARKS: &[Mark] = &[
    (4, b"ftypheic", Found::Image("HEIC", "heic")),
    (4, b"ftypheix", Found::Image("HEIC", "heic")),
    (4, b"ftypheim", Found::Image("HEIC", "heic")),
    (4, b"ftyphevc", Found::Image("HEIC", "heic")),
    (4, b"ftyphevx", Found::Image("HEIC", "heic")),
    (4, b"ftypmif1", Found::Image("HEIF", "heif")),
    (4, b"ftypmsf1", Found::Image("HEIF", "heif")),
    (4, b"ftypavif", Found::Image("AVIF", "avif")),
    (4, b"ftypavis", Found::Image("AVIF", "avif")),
    (0, b"\0\0\0\x0cJXL ", Found::Image("JPEG XL", "jxl")),
    (0, b"\xff\x0a", Found::Image("JPEG XL", "jxl")),
    (0, b"II*\0", Found::Image("TIFF", "tif")),
    (0, b"MM\0*", Found::Image("TIFF", "tif")),
    (0, b"\0\0\x01\xba", Found::Video("MPEG", "mpg")),
    (0, b"\0\0\x01\xb3", Found::Video("MPEG", "mpg")),
    (0, b"FLV", Found::Video("Flash Video", "flv")),
    (0, b"OggS", Found::Video("Ogg", "ogv")),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Found::Video("Windows Media", "wmv")),
    (0, b".RMF", Found::Video("RealMedia", "rm")),
    (0, b"DKIF", Found::Video("IVF", "ivf")),
    (4, b"Bud1", Found::Other("a .DS_Store file of macOS")),
    (0, b"\0\0\0\x01", Found::Video("a bare H.264 or HEVC stream", "h264")),
    (0, b"\0\0\x01\x67", Found::Video("a bare H.264 stream", "h264")),
    (0, b"%PDF", Found::Other("a PDF document")),
    (0, b"PK\x03\x04", Found::Other("a ZIP archive")),
    (0, b"\x1f\x8b", Found::Other("a gzip archive")),
    (0, b"RIFF", Found::Other("a RIFF file without video")),
    (0, b"version https://git-lfs", Found::Other("a Git LFS pointer, not the file itself")),
];

impl Found {
    /// The kind of a file that starts with `head`; a few hundred bytes are enough.
    pub(super) fn of(head: &[u8]) -> Self {
        if head.is_empty() {
            return Self::Empty;
        }
        if head.starts_with(b"\x1a\x45\xdf\xa3") {
            let webm = head.windows(4).any(|four| four == b"webm");
            return if webm { Self::Video("WebM", "webm") } else { Self::Video("Matroska", "mkv") };
        }
        // Packets of 188 bytes, each with the same first byte; camcorders put four bytes before each.
        let packets = |start: usize, step: usize| {
            head.len() > start + step && head.iter().skip(start).step_by(step).all(|&byte| byte == 0x47)
        };
        if packets(0, 188) || packets(4, 192) {
            return Self::Video("an MPEG transport stream", "ts");
        }
        let marked = |&&(at, mark, _): &&Mark| head.get(at..).is_some_and(|rest| rest.starts_with(mark));
        if let Some(&(_, _, found)) = MARKS.iter().find(marked) {
            return found;
        }
        let text = head.iter().all(|&byte| byte >= 0x20 || matches!(byte, b'\t' | b'\n' | b'\r'));
        if text {
            return Self::Other("text");
        }
        let mut first = [0; 4];
        first.iter_mut().zip(head).for_each(|(to, &from)| *to = from);
        Self::Unknown(first)
    }
}

impl Found {
    /// Whether its text says nothing of what else could be read.
    pub fn has_no_way_out(self) -> bool {
        matches!(self, Self::Other(_) | Self::Unknown(_))
    }

    /// What follows its text in a message: that `kinds` are known, unless the text has a way out.
    pub(super) fn instead(self, kinds: &str) -> String {
        if self.has_no_way_out() { format!("; known are {kinds}") } else { String::new() }
    }
}

/// Without the kinds that are known.
impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "the file is empty"),
            Self::Video(name, ending) => {
                write!(f, "this is {name}, which is not read; convert it with {}", Convert(ending))
            }
            Self::Image(name, ending) => {
                write!(f, "this is {name}, which is not read; convert it with \"ffmpeg -i in.{ending} out.png\"")
            }
            Self::Other(what) => {
                write!(f, "this is not a recording of a known kind but {what}")
            }
            Self::Unknown(first) => {
                write!(f, "this is not a recording of a known kind (it starts with \"{}\")", first.escape_ascii())
            }
        }
    }
}

/// The command that makes a readable video of a file with this ending.
pub(super) struct Convert(pub(super) &'static str);

impl fmt::Display for Convert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"ffmpeg -i in.{} -c:v libx264 -pix_fmt yuv420p out.mp4\"", self.0)
    }
}

/// Names of codecs by their four-character codes, in capitals.
const CODECS: &[(&[u8; 4], &str)] = &[
    (b"HVC1", "HEVC"),
    (b"HEV1", "HEVC"),
    (b"HEVC", "HEVC"),
    (b"H265", "HEVC"),
    (b"DVH1", "HEVC with Dolby Vision"),
    (b"DVHE", "HEVC with Dolby Vision"),
    (b"AV01", "AV1"),
    (b"VP08", "VP8"),
    (b"VP80", "VP8"),
    (b"VP09", "VP9"),
    (b"VP90", "VP9"),
    (b"MP4V", "MPEG-4 part 2"),
    (b"XVID", "MPEG-4 part 2"),
    (b"DIVX", "MPEG-4 part 2"),
    (b"DX50", "MPEG-4 part 2"),
    (b"FMP4", "MPEG-4 part 2"),
    (b"S263", "H.263"),
    (b"H263", "H.263"),
    (b"H264", "H.264, which is read in MP4 and MOV only"),
    (b"X264", "H.264, which is read in MP4 and MOV only"),
    (b"AVC1", "H.264, which is read in MP4 and MOV only"),
    (b"APCH", "ProRes"),
    (b"APCN", "ProRes"),
    (b"APCS", "ProRes"),
    (b"APCO", "ProRes"),
    (b"AP4H", "ProRes"),
    (b"AP4X", "ProRes"),
    (b"MJPB", "Motion JPEG B"),
    (b"ENCV", "encrypted"),
];

/// The name of the codec `code`, if it is known.
pub(super) fn codec_name(code: [u8; 4]) -> Option<&'static str> {
    CODECS.iter().find(|(known, _)| code.eq_ignore_ascii_case(*known)).map(|&(_, name)| name)
}

/// Codes under which recorders and editing programs write Motion JPEG.
const MOTION_JPEG: [&[u8; 4]; 15] = [
    b"MJPG", b"JPEG", b"DMB1", b"AVRN", b"MJPA", b"AVDJ", b"ACDV", b"QIVG", b"SLMJ", b"CJPG", b"IJPG", b"ZJPG",
    b"MMJP", b"AVI1", b"AVI2",
];

/// Whether `code` is Motion JPEG under one of its names.
pub(super) fn is_motion_jpeg(code: [u8; 4]) -> bool {
    MOTION_JPEG.iter().any(|known| code.eq_ignore_ascii_case(*known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_other_kinds_are_named() {
        let mut ts = vec![0; 400];
        (ts[0], ts[188], ts[376]) = (0x47, 0x47, 0x47);
        let webm: &[u8] = b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webmB\x87";
        let table: [(&[u8], Found); 11] = [
            (b"", Found::Empty),
            (webm, Found::Video("WebM", "webm")),
            (b"\x1a\x45\xdf\xa3\xa3B\x82\x88matroska", Found::Video("Matroska", "mkv")),
            (&ts, Found::Video("an MPEG transport stream", "ts")),
            (b"\0\0\0\x24ftypheic\0\0\0\0", Found::Image("HEIC", "heic")),
            (b"\0\0\0\x1cftypavif\0\0\0\0", Found::Image("AVIF", "avif")),
            (b"OggS\0\x02", Found::Video("Ogg", "ogv")),
            (b"\0\0\0\x01Bud1\0\0", Found::Other("a .DS_Store file of macOS")),
            (b"\0\0\0\x01\x67\x42", Found::Video("a bare H.264 or HEVC stream", "h264")),
            (b"[package]\nname = 1", Found::Other("text")),
            (&[7, 1, 0x7f, 0xff, 9], Found::Unknown([7, 1, 0x7f, 0xff])),
        ];
        for (head, wanted) in table {
            assert_eq!(Found::of(head), wanted);
        }
        let way_out = "this is WebM, which is not read; convert it with \"ffmpeg -i in.webm -c:v libx264 -pix_fmt yuv420p \
                       out.mp4\"";
        assert_eq!(Found::of(webm).to_string(), way_out);
        assert_eq!(Found::of(webm).instead(KNOWN_KINDS), "");
        let text = Found::of(b"text");
        assert_eq!(text.to_string(), "this is not a recording of a known kind but text");
        assert_eq!(text.instead("A and B"), "; known are A and B");
    }

    #[test]
    fn motion_jpeg_has_many_names() {
        for code in [b"MJPG", b"mjpg", b"jpeg", b"JPEG", b"dmb1", b"AVRn", b"mjpa"] {
            assert!(is_motion_jpeg(*code), "{code:?}");
        }
        assert!(!is_motion_jpeg(*b"H264"));
        assert_eq!(codec_name(*b"hvc1"), Some("HEVC"));
        assert_eq!(codec_name(*b"abcd"), None);
    }
}
