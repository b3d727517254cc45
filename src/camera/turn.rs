//! Corrects the orientation of images: for cameras mounted sideways or that mirror, and for recordings with a stored
//! rotation.

use serde::{Deserialize, Serialize};

/// Clockwise rotation applied to an image. Serialized as degrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub enum Turn {
    /// No rotation.
    #[default]
    None,
    /// 90 degrees.
    Quarter,
    /// 180 degrees.
    Half,
    /// 270 degrees.
    ThreeQuarters,
}

/// A number of degrees that is not a [`Turn`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an image can be rotated by 0, 90, 180 or 270 degrees, not by {0}")]
pub struct NotATurn(pub u16);

/// Makes a camera's image upright and unmirrored: first the rotation, then the flip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Orientation {
    /// Clockwise rotation.
    pub turn: Turn,
    /// Whether to flip left and right after the rotation.
    pub mirrored: bool,
}

impl TryFrom<u16> for Turn {
    type Error = NotATurn;

    fn try_from(degrees: u16) -> Result<Self, NotATurn> {
        match degrees {
            0 => Ok(Self::None),
            90 => Ok(Self::Quarter),
            180 => Ok(Self::Half),
            270 => Ok(Self::ThreeQuarters),
            _ => Err(NotATurn(degrees)),
        }
    }
}

impl From<Turn> for u16 {
    fn from(turn: Turn) -> Self {
        match turn {
            Turn::None => 0,
            Turn::Quarter => 90,
            Turn::Half => 180,
            Turn::ThreeQuarters => 270,
        }
    }
}

impl Orientation {
    /// Applies the orientation to `rgb` (`width` × `height` × 3 bytes); returns the new width, height and data. Reuses
    /// the buffer where nothing changes, and for half turns and flips.
    pub fn upright(&self, width: u32, height: u32, mut rgb: Vec<u8>) -> (u32, u32, Vec<u8>) {
        let sideways = matches!(self.turn, Turn::Quarter | Turn::ThreeQuarters);
        // A quarter turn is a transpose and a horizontal flip; three quarters add a vertical flip.
        let mirror = self.mirrored != (self.turn != Turn::None && self.turn != Turn::ThreeQuarters);
        let (width, height) = if sideways {
            rgb = transposed(width as usize, height as usize, &rgb);
            (height, width)
        } else {
            (width, height)
        };
        if matches!(self.turn, Turn::Half | Turn::ThreeQuarters) {
            upside_down(width as usize, &mut rgb);
        }
        if mirror && width > 0 {
            rgb.chunks_exact_mut(width as usize * 3).for_each(|row| row.as_chunks_mut::<3>().0.reverse());
        }
        (width, height, rgb)
    }
}

/// Swaps rows and columns.
fn transposed(width: usize, height: usize, rgb: &[u8]) -> Vec<u8> {
    let mut out = vec![0; rgb.len()];
    if width == 0 || height == 0 {
        return out;
    }
    let (from, to) = (rgb.as_chunks::<3>().0, out.as_chunks_mut::<3>().0);
    for (x, row) in to.chunks_exact_mut(height).enumerate() {
        for (pixel, &source) in row.iter_mut().zip(from.iter().skip(x).step_by(width)) {
            *pixel = source;
        }
    }
    out
}

/// Reverses the order of the rows.
fn upside_down(width: usize, rgb: &mut [u8]) {
    let rows = rgb.len().checked_div(width * 3).unwrap_or(0);
    let (top, bottom) = rgb.split_at_mut(rows / 2 * width * 3);
    if width > 0 {
        let pairs = top.chunks_exact_mut(width * 3).zip(bottom.chunks_exact_mut(width * 3).rev());
        pairs.for_each(|(upper, lower)| upper.swap_with_slice(lower));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rotates_and_mirrors_every_pixel() {
        // The image is "abc" over "def".
        let table = [
            (Turn::None, false, "abc def"),
            (Turn::Quarter, false, "da eb fc"),
            (Turn::Half, false, "fed cba"),
            (Turn::ThreeQuarters, false, "cf be ad"),
            (Turn::None, true, "cba fed"),
            (Turn::Quarter, true, "ad be cf"),
            (Turn::Half, true, "def abc"),
            (Turn::ThreeQuarters, true, "fc eb da"),
        ];
        for (turn, mirrored, wanted) in table {
            let rgb = b"abcdef".iter().flat_map(|&c| [c, c + 32, c + 64]).collect();
            let (width, height, rgb) = Orientation { turn, mirrored }.upright(3, 2, rgb);
            let rows: Vec<String> = rgb
                .chunks(width as usize * 3)
                .map(|row| row.chunks(3).map(|p| if p == [p[0], p[0] + 32, p[0] + 64] { p[0] as char } else { '?' }))
                .map(Iterator::collect)
                .collect();
            assert_eq!((rows.len(), rows.join(" ")), (height as usize, wanted.into()), "{turn:?} {mirrored}");
        }
    }

    #[test]
    fn preserves_pixels_of_odd_sizes() {
        for (width, height) in [(1, 1), (1, 5), (5, 1), (3, 3), (4, 5)] {
            let rgb: Vec<u8> = (0..width * height * 3).map(|i| i as u8).collect();
            let half = Orientation { turn: Turn::Half, mirrored: false };
            let (_, _, once) = half.upright(width, height, rgb.clone());
            assert_eq!(once.chunks(3).rev().flatten().copied().collect::<Vec<_>>(), rgb, "{width}x{height}");
            let quarter = Orientation { turn: Turn::Quarter, mirrored: false };
            let around = (0..4).fold((width, height, rgb.clone()), |(w, h, rgb), _| quarter.upright(w, h, rgb));
            assert_eq!(around, (width, height, rgb), "{width}x{height}");
        }
    }

    #[test]
    fn identity_does_not_copy() {
        let rgb = vec![7; 18];
        let place = rgb.as_ptr();
        assert_eq!(Orientation::default().upright(3, 2, rgb).2.as_ptr(), place);
    }

    #[test]
    fn parses_degrees_from_settings() {
        let read = |text: &str| toml::from_str::<Orientation>(text);
        assert_eq!(read("turn = 90").unwrap(), Orientation { turn: Turn::Quarter, mirrored: false });
        assert_eq!(read("mirrored = true").unwrap(), Orientation { turn: Turn::None, mirrored: true });
        assert!(read("turn = 45").is_err());
        for turn in [Turn::None, Turn::Quarter, Turn::Half, Turn::ThreeQuarters] {
            assert_eq!(Turn::try_from(u16::from(turn)), Ok(turn));
        }
    }
}
