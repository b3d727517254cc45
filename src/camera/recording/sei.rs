//! Reads the supplemental information of an H.264 stream, as far as it says where decoding could start.
//!
//! Source: ITU-T H.264 (08/2021), 7.3.2.3.1 and annex D.

use super::sps::without_escapes;

/// The type of a recovery point message.
const RECOVERY_POINT: usize = 6;
/// Maximum bytes of a unit that are looked at: some encoders write their settings first.
const MAX_BYTES: usize = 4 << 10;

/// Whether the unit `nal` (with its one-byte header) has a recovery point message: from its sample on, decoders that can
/// start without a key frame do.
pub(super) fn has_recovery_point(nal: &[u8]) -> bool {
    let payload = without_escapes(nal.get(1..nal.len().min(MAX_BYTES)).unwrap_or_default());
    let mut rest = payload.as_slice();
    while let (Some(kind), Some(length)) = (number(&mut rest), number(&mut rest)) {
        if kind == RECOVERY_POINT {
            return true;
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    false
}

/// A type or a length: 255 for each byte of all ones, and the byte behind them.
fn number(rest: &mut &[u8]) -> Option<usize> {
    let ones = rest.iter().take_while(|&&byte| byte == 0xff).count();
    let (&last, after) = rest.get(ones..)?.split_first()?;
    *rest = after;
    Some(255 * ones + usize::from(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_recovery_point_among_other_messages() {
        let settings = [&[6, 5, 0xff, 45][..], &[b'x'; 300]].concat();
        let rows: [(&str, Vec<u8>, bool); 7] = [
            ("alone", vec![6, 6, 1, 0xc4, 0x80], true),
            ("behind the encoder's settings", [&settings[..], &[6, 1, 0xc4, 0x80]].concat(), true),
            ("behind an escape", vec![6, 1, 4, 0, 0, 3, 1, 7, 6, 1, 0xc4, 0x80], true),
            ("another", vec![6, 1, 1, 6, 0x80], false),
            ("the settings alone", [&settings[..], &[0x80]].concat(), false),
            ("cut off", vec![6, 5, 0xff], false),
            ("nothing", vec![], false),
        ];
        for (name, nal, expected) in rows {
            assert_eq!(has_recovery_point(&nal), expected, "{name}");
        }
    }
}
