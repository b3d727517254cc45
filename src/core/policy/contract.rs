//! Validation of a liveness network's contract, before any image is prepared for the network.
//!
//! A contract may come from an owner's folder, an operator's form or a ticket. Every number has bounds, so that
//! untrusted text cannot cause huge allocations or an excessive number of crops.

use std::ops::RangeInclusive;

use super::NetPolicy;

/// Allowed side of a network's input, pixels. Origin: below 32 a face is unrecognizable; published liveness networks
/// use 80 to 256.
pub const NET_SIDE_PX: RangeInclusive<u32> = 32..=512;
/// Allowed crop side, relative to the side of the face box. Origin: from half a face to eight faces; a webcam frame is
/// rarely wider.
pub const NET_SCALE: RangeInclusive<f32> = 0.5..=8.0;
/// Maximum number of crops per network. Origin: our choice; each crop is one run of the network per frame.
pub const NET_SCALES_MAX: usize = 8;
/// Allowed number of logits.
pub const NET_CLASSES: RangeInclusive<u32> = 2..=16;
/// Maximum length of a network's name in characters.
pub const NET_NAME_MAX_CHARS: usize = 64;

/// What is wrong with a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ContractFault {
    /// Not 1 to 64 of `a–z A–Z 0–9 . _ -`: the name is used in logs, attestations and tables.
    #[error("name must be 1 to {NET_NAME_MAX_CHARS} of the characters a-z A-Z 0-9 . _ -")]
    Name,
    /// Not a SHA-256 as 64 lowercase hex digits.
    #[error("sha256 must be 64 lowercase hex digits")]
    Digest,
    /// Outside [`NET_SIDE_PX`].
    #[error("side_px must be between {} and {}", NET_SIDE_PX.start(), NET_SIDE_PX.end())]
    Side,
    /// Not a number greater than 0.
    #[error("divisor must be greater than 0")]
    Divisor,
    /// No scale, too many, or one outside [`NET_SCALE`].
    #[error("scales must be 1 to {NET_SCALES_MAX} numbers between {} and {}", NET_SCALE.start(), NET_SCALE.end())]
    Scales,
    /// Not one finite weight for each scale.
    #[error("weights must have one finite number for each scale")]
    Weights,
    /// Not finite.
    #[error("offset must be a finite number")]
    Offset,
    /// Outside [`NET_CLASSES`].
    #[error("classes must be between {} and {}", NET_CLASSES.start(), NET_CLASSES.end())]
    Classes,
    /// Not the index of a class.
    #[error("live_class must be less than classes")]
    LiveClass,
}

impl NetPolicy {
    /// Checks every number of the contract against its bounds. Returns the first fault in field order.
    pub fn check(&self) -> Result<(), ContractFault> {
        // Written so that NaN fails every check.
        let rules = [
            (is_name(&self.name), ContractFault::Name),
            (is_sha256_hex(&self.sha256), ContractFault::Digest),
            (NET_SIDE_PX.contains(&self.side_px), ContractFault::Side),
            (self.divisor > 0.0 && self.divisor.is_finite(), ContractFault::Divisor),
            ((1..=NET_SCALES_MAX).contains(&self.scales.len()), ContractFault::Scales),
            (self.scales.iter().all(|scale| NET_SCALE.contains(scale)), ContractFault::Scales),
            (NET_CLASSES.contains(&self.classes), ContractFault::Classes),
            (self.live_class < self.classes, ContractFault::LiveClass),
            (self.weights.len() == self.scales.len(), ContractFault::Weights),
            (self.weights.iter().all(|weight| weight.is_finite()), ContractFault::Weights),
            (self.offset.is_finite(), ContractFault::Offset),
        ];
        rules.into_iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, fault)| Err(fault))
    }
}

/// Whether `text` is a SHA-256 as printed by `sha256sum`: 64 lowercase hex digits.
pub fn is_sha256_hex(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_name(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    (1..=NET_NAME_MAX_CHARS).contains(&text.len()) && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejects_contracts_out_of_bounds() {
        type Change = fn(&mut NetPolicy);
        assert_eq!(NetPolicy::face().check(), Ok(()));
        let rows: [(&str, Change, ContractFault); 24] = [
            ("no name", |n| n.name.clear(), ContractFault::Name),
            ("a name with a line end", |n| n.name = "a\nb".into(), ContractFault::Name),
            ("a name too long", |n| n.name = "a".repeat(65), ContractFault::Name),
            ("half a digest", |n| n.sha256.truncate(32), ContractFault::Digest),
            ("a digest in capitals", |n| n.sha256 = n.sha256.to_uppercase(), ContractFault::Digest),
            ("too small", |n| n.side_px = 31, ContractFault::Side),
            ("too large", |n| n.side_px = 513, ContractFault::Side),
            ("divided by nothing", |n| n.divisor = 0.0, ContractFault::Divisor),
            ("divided by less", |n| n.divisor = -255.0, ContractFault::Divisor),
            ("divided by no number", |n| n.divisor = f32::NAN, ContractFault::Divisor),
            ("divided by no end", |n| n.divisor = f32::INFINITY, ContractFault::Divisor),
            ("no scales", |n| (n.scales, n.weights) = (vec![], vec![]), ContractFault::Scales),
            ("nine scales", |n| (n.scales, n.weights) = (vec![1.0; 9], vec![0.1; 9]), ContractFault::Scales),
            ("a scale too small", |n| n.scales[1] = 0.49, ContractFault::Scales),
            ("a scale too large", |n| n.scales[1] = 8.01, ContractFault::Scales),
            ("a scale that is no number", |n| n.scales[0] = f32::NAN, ContractFault::Scales),
            ("one class", |n| (n.classes, n.live_class) = (1, 0), ContractFault::Classes),
            ("seventeen classes", |n| n.classes = 17, ContractFault::Classes),
            ("a live class beyond them", |n| n.live_class = 3, ContractFault::LiveClass),
            ("a weight too few", |n| n.weights.truncate(1), ContractFault::Weights),
            ("a weight too many", |n| n.weights.push(0.1), ContractFault::Weights),
            ("a weight that is no number", |n| n.weights[0] = f32::NAN, ContractFault::Weights),
            ("an offset without end", |n| n.offset = f32::NEG_INFINITY, ContractFault::Offset),
            ("an offset that is no number", |n| n.offset = f32::NAN, ContractFault::Offset),
        ];
        for (name, change, fault) in rows {
            let mut net = NetPolicy::face();
            change(&mut net);
            assert_eq!(net.check(), Err(fault), "{name}");
        }
    }

    #[test]
    fn accepts_contracts_at_the_bounds() {
        let scales = vec![0.5, 8.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0];
        let weights = vec![-1.0; scales.len()];
        for (side_px, classes) in [(32, 2), (512, 16)] {
            let live_class = classes - 1;
            let (scales, weights) = (scales.clone(), weights.clone());
            let net = NetPolicy { side_px, scales, classes, live_class, weights, ..NetPolicy::face() };
            assert_eq!(net.check(), Ok(()), "{side_px}, {classes}");
        }
    }
}
