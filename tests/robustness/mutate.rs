//! Damages files as disks, cables, recorders and attackers do.

use rand::{Rng, rngs::ChaCha8Rng};

/// Values that programs trip over.
const VALUES: [u32; 14] =
    [0, 1, 2, 7, 8, 9, 0x7f, 0xff, 0x1000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_fff7, 0xffff_ffff];

/// Where the parts of a file start and end: boxes, chunks or segments, nested ones included.
pub(crate) type Parts = Vec<(usize, usize)>;

/// A number below `below`, which is not 0.
pub(crate) fn below(rng: &mut ChaCha8Rng, below: usize) -> usize {
    rng.next_u32() as usize % below
}

/// `data` with some damage; `parts` are the parts of `data`.
pub(crate) fn damaged(data: &[u8], parts: &Parts, rng: &mut ChaCha8Rng) -> Vec<u8> {
    let mut out = data.to_vec();
    // Damage to the structure first, while the positions of the parts still hold.
    match (below(rng, 8), parts.is_empty()) {
        (0, _) => out.truncate(below(rng, data.len())),
        (1, false) => swap(&mut out, parts[below(rng, parts.len())], parts[below(rng, parts.len())]),
        (2, false) => {
            let (from, to) = parts[below(rng, parts.len())];
            let part = out[from..to].to_vec();
            let (at, _) = parts[below(rng, parts.len())];
            out.splice(at..at, part);
        }
        (3, false) => {
            let (from, to) = parts[below(rng, parts.len())];
            out.drain(from..to);
        }
        (4 | 5, false) => {
            // A lying size, count or offset: in the header of a part or in its first words.
            let (from, to) = parts[below(rng, parts.len())];
            let at = from + 4 * below(rng, ((to - from) / 4).clamp(1, 8));
            let value = VALUES[below(rng, VALUES.len())];
            let bytes = if below(rng, 2) == 0 { value.to_be_bytes() } else { value.to_le_bytes() };
            out.iter_mut().skip(at).zip(bytes).for_each(|(to, from)| *to = from);
        }
        _ => {}
    }
    if out.is_empty() {
        return out;
    }
    // Headers are short: damage them in half of the rounds.
    let reach = if below(rng, 2) == 0 { out.len().min(700) } else { out.len() };
    for _ in 0..below(rng, 4) {
        let at = below(rng, reach);
        match below(rng, 4) {
            0 => out[at] ^= 1 << below(rng, 8),
            1 => out[at] = VALUES[below(rng, VALUES.len())] as u8,
            2 => out[at] = rng.next_u32() as u8,
            _ => {
                let end = (at + below(rng, 200)).min(out.len());
                out[at..end].fill(0);
            }
        }
    }
    out
}

/// Exchanges two parts that do not overlap.
fn swap(data: &mut Vec<u8>, a: (usize, usize), b: (usize, usize)) {
    let ((first, first_end), (second, second_end)) = if a.0 <= b.0 { (a, b) } else { (b, a) };
    if first_end <= second {
        let swapped = [
            &data[..first],
            &data[second..second_end],
            &data[first_end..second],
            &data[first..first_end],
            &data[second_end..],
        ]
        .concat();
        *data = swapped;
    }
}

/// The boxes of an MP4 file.
pub(crate) fn boxes(data: &[u8]) -> Parts {
    const CONTAINERS: [&[u8; 4]; 9] = [b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"mvex", b"moof", b"traf"];
    walk(data, &|header| {
        let length = u32::from_be_bytes(header[..4].try_into().unwrap()) as usize;
        let inside = CONTAINERS.iter().any(|name| header[4..8] == **name).then_some(8);
        (length, inside)
    })
}

/// The chunks of a RIFF file.
pub(crate) fn chunks(data: &[u8]) -> Parts {
    walk(data, &|header| {
        let length = u32::from_le_bytes(header[4..8].try_into().unwrap()) as usize;
        let inside = matches!(&header[..4], b"RIFF" | b"LIST").then_some(12);
        (8 + length + length % 2, inside)
    })
}

/// The chunks of a PNG.
pub(crate) fn png_chunks(data: &[u8]) -> Parts {
    let chunk = |header: &[u8]| (12 + u32::from_be_bytes(header[..4].try_into().unwrap()) as usize, None);
    walk(&data[8..], &chunk).into_iter().map(|(from, to)| (from + 8, to + 8)).collect()
}

/// Eight equal parts, for files without any.
pub(crate) fn eighths(data: &[u8]) -> Parts {
    let length = data.len() / 8;
    (0..8).map(|i| (i * length, (i + 1) * length)).collect()
}

/// The lines of a text, each with its end.
pub(crate) fn lines(data: &[u8]) -> Parts {
    let mut at = 0;
    let mut ends = |line: &[u8]| {
        let from = at;
        at += line.len();
        (from, at)
    };
    data.split_inclusive(|&byte| byte == b'\n').map(&mut ends).collect()
}

/// The length of the part with this header, and where parts within it start.
type Read = dyn Fn(&[u8]) -> (usize, Option<usize>);

fn walk(data: &[u8], read: &Read) -> Parts {
    let (mut parts, mut at) = (Parts::new(), 0);
    while at + 8 <= data.len() {
        let (length, inside) = read(&data[at..at + 8]);
        let end = (at + length.max(8)).min(data.len());
        parts.push((at, end));
        if let Some(inside) = inside {
            let inner = walk(&data[(at + inside).min(end)..end], read);
            parts.extend(inner.into_iter().map(|(from, to)| (from + at + inside, to + at + inside)));
        }
        at = end;
    }
    parts
}
