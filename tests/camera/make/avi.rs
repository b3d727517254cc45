//! AVI files, as recorders write them and leave them behind.

/// How a file is written.
#[derive(Clone)]
pub(crate) struct Avi {
    /// The codec's code.
    pub(crate) codec: [u8; 4],
    /// Sizes in place of those of the file and of the movie list.
    pub(crate) sizes: Option<(u32, u32)>,
    /// Whether a stream of sound comes first, with a chunk before each frame.
    pub(crate) sound: bool,
    /// Whether the second half is in a part of its own (OpenDML).
    pub(crate) two_parts: bool,
    /// Whether frames are in lists of their own.
    pub(crate) in_lists: bool,
    /// Whether an index follows.
    pub(crate) index: bool,
}

pub(crate) const PLAIN: Avi =
    Avi { codec: *b"MJPG", sizes: None, sound: false, two_parts: false, in_lists: false, index: true };

/// A chunk, with its padding.
pub(crate) fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut out = name.to_vec();
    out.extend((content.len() as u32).to_le_bytes());
    out.extend(content);
    out.extend(vec![0; content.len() % 2]);
    out
}

/// A list, whose size may be another.
fn list(kind: &[u8; 4], form: &[u8; 4], content: &[u8], size: Option<u32>) -> Vec<u8> {
    let mut out = chunk(kind, &[form, content].concat());
    if let Some(size) = size {
        out[4..8].copy_from_slice(&size.to_le_bytes());
    }
    out
}

impl Avi {
    /// The file with these frames, 25 a second.
    pub(crate) fn of(&self, frames: &[Vec<u8>]) -> Vec<u8> {
        let stream = |kind: &[u8; 4], format: &[u8]| {
            let mut header = kind.to_vec();
            header.extend([0; 16]);
            header.extend([1_u32, 25, 0, 0].iter().flat_map(|word| word.to_le_bytes()));
            header.extend([0; 20]);
            list(b"LIST", b"strl", &[chunk(b"strh", &header), chunk(b"strf", format)].concat(), None)
        };
        let mut format = vec![40, 0, 0, 0, 64, 0, 0, 0, 48, 0, 0, 0, 1, 0, 24, 0];
        format.extend(self.codec);
        format.extend([0; 20]);
        let mut headers = chunk(b"avih", &[0; 56]);
        if self.sound {
            headers.extend(stream(b"auds", &[0; 18]));
        }
        headers.extend(stream(b"vids", &format));
        let headers = list(b"LIST", b"hdrl", &headers, None);
        let name = if self.sound { b"01dc" } else { b"00dc" };
        let chunks: Vec<_> = frames
            .iter()
            .map(|frame| {
                let sound = if self.sound { chunk(b"00wb", &[7; 31]) } else { vec![] };
                let both = [sound, chunk(name, frame)].concat();
                if self.in_lists { list(b"LIST", b"rec ", &both, None) } else { both }
            })
            .collect();
        let (file_size, movie_size) = self.sizes.map_or((None, None), |(file, movie)| (Some(file), Some(movie)));
        let index = if self.index { chunk(b"idx1", &[0; 160]) } else { vec![] };
        let first = if self.two_parts { chunks.len() / 2 } else { chunks.len() };
        let movie = list(b"LIST", b"movi", &chunks[..first].concat(), movie_size);
        let mut file = list(b"RIFF", b"AVI ", &[headers, movie, index].concat(), file_size);
        if self.two_parts {
            let movie = list(b"LIST", b"movi", &chunks[first..].concat(), movie_size);
            file.extend(list(b"RIFF", b"AVIX", &movie, file_size));
        }
        file
    }
}
