//! Reads the markers of a JPEG before it is decoded, and adds the tables that Motion JPEG may omit. Shared by devices and
//! recordings, so that what is damaged in one is damaged in the other.
//!
//! Source: ITU-T T.81 (09/1992), annex B (markers) and annex K.3 (tables).

/// Start of image.
pub(crate) const START: [u8; 2] = [0xff, 0xd8];
/// Marker codes of ITU-T T.81, table B.1.
mod code {
    pub(super) const BASELINE: u8 = 0xc0;
    pub(super) const EXTENDED: u8 = 0xc1;
    pub(super) const PROGRESSIVE: u8 = 0xc2;
    pub(super) const HUFFMAN_TABLES: u8 = 0xc4;
    pub(super) const END: u8 = 0xd9;
    pub(super) const SCAN: u8 = 0xda;
    pub(super) const APP0: u8 = 0xe0;
}

/// What the markers of a JPEG contain.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Survey {
    /// Offset of the end marker.
    pub(crate) end: usize,
    /// Whether it has Huffman tables.
    pub(crate) has_tables: bool,
    /// Width, height.
    pub(crate) size: (u16, u16),
    /// How the samples are coded.
    pub(crate) coding: Coding,
    /// Number of scans.
    pub(crate) scans: u32,
    /// Whether it is one of the two fields of interlaced Motion JPEG.
    pub(crate) is_field: bool,
}

/// Coding of the samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    /// Sequential, with Huffman codes: what every camera sends.
    Baseline,
    /// Progressive: what some programs save.
    Progressive,
    /// Lossless, hierarchical or arithmetic.
    Other,
}

/// Why there is no survey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SurveyError {
    /// No start marker.
    NotJpeg,
    /// No end marker: the image is cut off.
    NoEnd,
    /// No header with a size.
    NoFrame,
}

/// Reads the markers of `bytes`, a JPEG possibly followed by other data, up to its end marker.
pub(crate) fn survey(bytes: &[u8]) -> Result<Survey, SurveyError> {
    let mut rest = bytes.strip_prefix(&START).ok_or(SurveyError::NotJpeg)?;
    let (mut has_tables, mut frame, mut scans, mut is_field) = (false, None, 0, false);
    loop {
        let marker = next_marker(&mut rest).ok_or(SurveyError::NoEnd)?;
        if marker == code::END {
            let end = bytes.len() - rest.len() - 2;
            let (size, coding) = frame.ok_or(SurveyError::NoFrame)?;
            return Ok(Survey { end, has_tables, size, coding, scans, is_field });
        }
        let (length, _) = rest.split_first_chunk().ok_or(SurveyError::NoEnd)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (segment, after) = rest.split_at_checked(length).ok_or(SurveyError::NoEnd)?;
        match (marker, segment) {
            (code::HUFFMAN_TABLES, _) => has_tables = true,
            (0xc0..=0xcf, &[_, _, depth, a, b, c, d, ..]) if frame.is_none() => {
                let coding = match (marker, depth) {
                    (code::BASELINE | code::EXTENDED, 8) => Coding::Baseline,
                    (code::PROGRESSIVE, 8) => Coding::Progressive,
                    _ => Coding::Other,
                };
                frame = Some(((u16::from_be_bytes([c, d]), u16::from_be_bytes([a, b])), coding));
            }
            (0xc0..=0xcf, _) => frame = frame.map(|(size, _)| (size, Coding::Other)),
            (code::SCAN, _) => scans += 1,
            // Recorders mark their Motion JPEG so; the byte behind is 0 for a whole frame, else the field's number.
            (code::APP0, &[_, _, b'A', b'V', b'I', b'1', field, ..]) => is_field = field != 0,
            _ => {}
        }
        rest = after;
    }
}

/// Finds the next marker: returns its code and advances `rest` past it. Skips coded data, in which 0xff is followed by
/// zero or is part of a restart marker.
fn next_marker(rest: &mut &[u8]) -> Option<u8> {
    loop {
        let at = rest.iter().position(|&byte| byte == 0xff)?;
        let (_, from) = rest.split_at_checked(at + 1)?;
        let (&marker, after) = from.split_first()?;
        match marker {
            0xff => *rest = from,
            0x00 | 0x01 | 0xd0..=0xd7 => *rest = after,
            _ => {
                *rest = after;
                return Some(marker);
            }
        }
    }
}

/// `picture`, which starts with [`START`] and has no Huffman tables, with the standard ones, in `to`.
pub(crate) fn complete(picture: &[u8], to: &mut Vec<u8>) {
    to.clear();
    to.extend(START);
    add_standard_tables(to);
    to.extend(picture.iter().skip(START.len()));
}

/// Appends a segment with the Huffman tables of ITU-T T.81, annex K.3, which Motion JPEG may omit: class and ID, number
/// of codes of each length, and their values.
fn add_standard_tables(to: &mut Vec<u8>) {
    let tables: [(u8, [u8; 16], &[u8]); 4] = [
        (0x00, [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0], &DC_VALUES),
        (0x01, [0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0], &DC_VALUES),
        (0x10, [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 125], &AC_LUMA_VALUES),
        (0x11, [0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 119], &AC_CHROMA_VALUES),
    ];
    let length = 2 + tables.iter().map(|(_, _, values)| 17 + values.len()).sum::<usize>();
    to.extend([0xff, code::HUFFMAN_TABLES]);
    to.extend((length as u16).to_be_bytes());
    for (table, lengths, values) in tables {
        to.push(table);
        to.extend(lengths);
        to.extend(values);
    }
}

const DC_VALUES: [u8; 12] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
#[rustfmt::skip]
const AC_LUMA_VALUES: [u8; 162] = [
    0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61, 0x07, 0x22, 0x71,
    0x14, 0x32, 0x81, 0x91, 0xa1, 0x08, 0x23, 0x42, 0xb1, 0xc1, 0x15, 0x52, 0xd1, 0xf0, 0x24, 0x33, 0x62, 0x72,
    0x82, 0x09, 0x0a, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x34, 0x35, 0x36, 0x37,
    0x38, 0x39, 0x3a, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59,
    0x5a, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0x83,
    0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0xa2, 0xa3,
    0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3,
    0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda, 0xe1, 0xe2,
    0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa,
];
#[rustfmt::skip]
const AC_CHROMA_VALUES: [u8; 162] = [
    0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07, 0x61, 0x71, 0x13, 0x22,
    0x32, 0x81, 0x08, 0x14, 0x42, 0x91, 0xa1, 0xb1, 0xc1, 0x09, 0x23, 0x33, 0x52, 0xf0, 0x15, 0x62, 0x72, 0xd1,
    0x0a, 0x16, 0x24, 0x34, 0xe1, 0x25, 0xf1, 0x17, 0x18, 0x19, 0x1a, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x35, 0x36,
    0x37, 0x38, 0x39, 0x3a, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58,
    0x59, 0x5a, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a,
    0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a,
    0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba,
    0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda,
    0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa,
];

#[cfg(test)]
mod tests {
    use super::*;

    /// A start, a frame of 64 × 48, a scan with stuffed, filling and restart bytes, and what follows.
    fn jpeg(tail: &[u8]) -> Vec<u8> {
        let frame = [0xff, 0xc0, 0, 11, 8, 0, 48, 0, 64, 1, 1, 0x11, 0];
        let scan = [0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 17, 0xff, 0, 4, 0xff, 0xd3, 9, 0xff, 0xff, 0, 5];
        [&START[..], &frame, &scan, tail].concat()
    }

    #[test]
    fn finds_the_real_end_marker() {
        let plain = jpeg(&[0xff, 0xd9]);
        let end = plain.len() - 2;
        let comment = jpeg(&[0xff, 0xfe, 0, 4, 0xff, 0xd9, 0xff, 0xd9]);
        let tables = jpeg(&[0xff, 0xc4, 0, 2, 0xff, 0xd9]);
        let table = [
            ("plain", plain, Some((end, false))),
            ("with a tail", jpeg(&[0xff, 0xd9, 1, 2, 0xff, 0xd9]), Some((end, false))),
            ("an end within a comment", comment, Some((end + 6, false))),
            ("with tables", tables, Some((end + 4, true))),
            ("no end", jpeg(&[0xff]), None),
            ("a segment that is cut off", jpeg(&[0xff, 0xfe, 9, 9, 0xff, 0xd9]), None),
            ("a segment of no length", jpeg(&[0xff, 0xfe, 0, 0, 0xff]), None),
        ];
        for (name, bytes, wanted) in table {
            let seen = survey(&bytes).ok();
            let size = (64, 48);
            let wanted = wanted.map(|(end, has_tables)| Survey {
                end,
                has_tables,
                size,
                coding: Coding::Baseline,
                scans: 1,
                is_field: false,
            });
            assert_eq!(seen, wanted, "{name}");
        }
    }

    #[test]
    fn huffman_tables_are_one_complete_segment() {
        let mut bytes = Vec::new();
        add_standard_tables(&mut bytes);
        assert_eq!((bytes.len(), &bytes[..4]), (420, &[0xff, 0xc4, 0x01, 0xa2][..]));
    }
}
