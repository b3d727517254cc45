//! MP4 and QuickTime files of one video track, in the layouts that there are.

use std::fs;

use super::fixture;

/// Duration in milliseconds, start in ticks (-1: a pause), rate in 16.16 fixed point.
pub(crate) type Edit = (u32, i32, u32);

/// A track, and how it is shown.
#[derive(Clone)]
pub(crate) struct Movie {
    /// The sample description box.
    pub(crate) stsd: Vec<u8>,
    pub(crate) samples: Vec<Sample>,
    /// Ticks per second of the track; the movie has 1000.
    pub(crate) scale: u32,
    pub(crate) edits: Vec<Edit>,
    /// a, b, c, d of the matrix, as signs.
    pub(crate) matrix: [i32; 4],
}

#[derive(Clone)]
pub(crate) struct Sample {
    pub(crate) data: Vec<u8>,
    pub(crate) delta: u32,
    pub(crate) offset: i32,
}

/// How fragments are written.
#[derive(Clone, Copy)]
pub(crate) struct Fragments {
    /// Samples in each.
    pub(crate) samples: usize,
    /// Whether offsets are from the fragment, not from the start of the file.
    pub(crate) from_fragment: bool,
    /// Whether each says its decoding time.
    pub(crate) timed: bool,
    /// Whether durations are those of the track extension.
    pub(crate) default_durations: bool,
}

/// A box.
pub(crate) fn boxed(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut out = (content.len() as u32 + 8).to_be_bytes().to_vec();
    out.extend(name);
    out.extend(content);
    out
}

/// A box with version and flags.
fn full(name: &[u8; 4], flags: u32, words: &[u32]) -> Vec<u8> {
    let content: Vec<u8> = std::iter::once(&flags).chain(words).flat_map(|word| word.to_be_bytes()).collect();
    boxed(name, &content)
}

/// The content of the box at the end of `path` in `data`.
fn find<'a>(mut data: &'a [u8], path: &[&[u8; 4]]) -> Option<&'a [u8]> {
    let (name, rest) = path.split_first()?;
    while data.len() >= 8 {
        let length = u32::from_be_bytes(data[..4].try_into().unwrap()) as usize;
        if data[4..8] == **name {
            let content = &data[8..length];
            return if rest.is_empty() { Some(content) } else { find(content, rest) };
        }
        data = &data[length..];
    }
    None
}

fn words(content: &[u8]) -> Vec<u32> {
    content.chunks(4).map(|word| u32::from_be_bytes(word.try_into().unwrap())).collect()
}

impl Movie {
    /// The track of a fixture, whose samples are in one piece. Without its edit list.
    pub(crate) fn of(name: &str) -> Self {
        let data = fs::read(fixture(name)).unwrap();
        let table = |name: &[u8; 4]| {
            find(&data, &[b"moov", b"trak", b"mdia", b"minf", b"stbl", name]).map(words).unwrap_or_default()
        };
        let stsd = find(&data, &[b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd"]).unwrap();
        let mut at = table(b"stco")[2] as usize;
        let mut offsets = table(b"ctts")
            .get(2..)
            .unwrap_or_default()
            .chunks(2)
            .flat_map(|run| std::iter::repeat_n(run[1].cast_signed(), run[0] as usize))
            .collect::<Vec<_>>()
            .into_iter();
        let sizes = table(b"stsz");
        let delta = table(b"stts")[3];
        let samples = sizes[3..].iter().map(|&length| {
            let data = data[at..at + length as usize].to_vec();
            at += length as usize;
            Sample { data, delta, offset: offsets.next().unwrap_or(0) }
        });
        let scale = words(find(&data, &[b"moov", b"trak", b"mdia", b"mdhd"]).unwrap())[3];
        Self { stsd: boxed(b"stsd", stsd), samples: samples.collect(), scale, edits: Vec::new(), matrix: [1, 0, 0, 1] }
    }

    /// QuickTime with JPEGs, 25 a second, under the code `codec`.
    pub(crate) fn of_jpegs(codec: &[u8; 4], jpegs: &[Vec<u8>], extra: &[u8]) -> Self {
        let mut entry = vec![0; 78];
        (entry[7], entry[25], entry[27]) = (1, 64, 48);
        entry.extend(extra);
        let mut stsd = vec![0, 0, 0, 0, 0, 0, 0, 1];
        stsd.extend(boxed(codec, &entry));
        let samples = jpegs.iter().map(|data| Sample { data: data.clone(), delta: 40, offset: 0 }).collect();
        let stsd = boxed(b"stsd", &stsd);
        Self { stsd, samples, scale: 1000, edits: Vec::new(), matrix: [1, 0, 0, 1] }
    }

    fn data(&self) -> Vec<u8> {
        self.samples.iter().flat_map(|sample| &sample.data).copied().collect()
    }

    /// The index; sample data start at `at`, in one chunk. `with` is added to the movie box.
    fn index(&self, samples: &[Sample], at: u64, with: &[u8]) -> Vec<u8> {
        let count = samples.len() as u32;
        let each = |value: &dyn Fn(&Sample) -> u32| samples.iter().map(value).collect::<Vec<_>>();
        let runs = |value: &dyn Fn(&Sample) -> u32| {
            let runs = samples.iter().flat_map(|sample| [1, value(sample)]);
            std::iter::once(count).chain(runs).collect::<Vec<_>>()
        };
        let table = [
            self.stsd.clone(),
            full(b"stts", 0, &runs(&|sample| sample.delta)),
            full(b"ctts", 0, &runs(&|sample| sample.offset.cast_unsigned())),
            full(b"stsc", 0, &[1, 1, count, 1]),
            full(b"stsz", 0, &[vec![0, count], each(&|sample| sample.data.len() as u32)].concat()),
            full(b"co64", 0, &[1, (at >> 32) as u32, at as u32]),
        ];
        let handler = full(b"hdlr", 0, &[0, u32::from_be_bytes(*b"vide"), 0, 0, 0, 0]);
        let minf = boxed(b"minf", &boxed(b"stbl", &table.concat()));
        let media = [full(b"mdhd", 0, &[0, 0, self.scale, 0, 0]), handler, minf].concat();
        let [a, b, c, d] = self.matrix.map(|sign| (sign << 16).cast_unsigned());
        let header =
            full(b"tkhd", 3, &[0, 0, 1, 0, 0, 0, 0, 0, 0, a, b, 0, c, d, 0, 0, 0, 1 << 30, 64 << 16, 48 << 16]);
        let mut list = vec![self.edits.len() as u32];
        for &(duration, from, rate) in &self.edits {
            list.extend([duration, from.cast_unsigned(), rate]);
        }
        let edits = if self.edits.is_empty() { vec![] } else { boxed(b"edts", &full(b"elst", 0, &list)) };
        let track = boxed(b"trak", &[header, edits, boxed(b"mdia", &media)].concat());
        boxed(b"moov", &[full(b"mvhd", 0, &[0, 0, 1000, 0]), track, with.to_vec()].concat())
    }

    /// A file with the index first.
    pub(crate) fn index_first(&self) -> Vec<u8> {
        let start = boxed(b"ftyp", b"isom\0\0\x02\0isomavc1");
        let length = start.len() + self.index(&self.samples, 0, &[]).len() + 8;
        [start, self.index(&self.samples, length as u64, &[]), boxed(b"mdat", &self.data())].concat()
    }

    /// A file with the index behind the data, as cameras write them.
    pub(crate) fn data_first(&self) -> Vec<u8> {
        let start = boxed(b"ftyp", b"qt  \0\0\x02\0qt  ");
        let at = start.len() as u64 + 8;
        [start, boxed(b"mdat", &self.data()), self.index(&self.samples, at, &[])].concat()
    }

    /// The index for sample data at byte `at`, to be put anywhere.
    pub(crate) fn index_for(&self, at: u64) -> Vec<u8> {
        self.index(&self.samples, at, &[])
    }

    /// A file of fragments.
    pub(crate) fn fragmented(&self, how: Fragments) -> Vec<u8> {
        let delta = self.samples[0].delta;
        let extends = boxed(b"mvex", &full(b"trex", 0, &[1, 1, delta, 0, 0]));
        let mut file = [boxed(b"ftyp", b"iso5\0\0\x02\0iso5mp41"), self.index(&[], 0, &extends)].concat();
        let mut decoded = 0;
        for samples in self.samples.chunks(how.samples) {
            let start = file.len();
            let fragment = |offset: u32| {
                let (flags, base) = if how.from_fragment { (0x2_0000, vec![]) } else { (1, vec![0, start as u32]) };
                let header = full(b"tfhd", flags, &[vec![1], base].concat());
                let time = if how.timed { full(b"tfdt", 0, &[decoded]) } else { vec![] };
                let durations = if how.default_durations { 0 } else { 0x100 };
                let mut run = vec![samples.len() as u32, offset];
                for sample in samples {
                    run.extend((durations != 0).then_some(sample.delta));
                    run.extend([sample.data.len() as u32, sample.offset.cast_unsigned()]);
                }
                let run = full(b"trun", 0xa01 | durations, &run);
                let sequence = full(b"mfhd", 0, &[1]);
                boxed(b"moof", &[sequence, boxed(b"traf", &[header, time, run].concat())].concat())
            };
            let offset = fragment(0).len() as u32 + 8;
            file.extend(fragment(offset));
            file.extend(boxed(b"mdat", &samples.iter().flat_map(|sample| sample.data.clone()).collect::<Vec<_>>()));
            decoded += samples.iter().map(|sample| sample.delta).sum::<u32>();
        }
        file
    }
}
