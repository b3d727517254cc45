//! Luma and chroma to RGB: the one conversion of all recordings.
//!
//! Coefficients follow from K_r and K_b of ITU-R BT.601, BT.709 or BT.2020; unless the file says otherwise it is
//! BT.601 in limited range (luma 16 to 235, chroma 16 to 240), which is what webcams and ffmpeg write for small pictures.

#![expect(clippy::indexing_slicing, reason = "planes are checked once against their size, then read row by row")]

use super::RecordingError;

/// Which weights make luma.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Matrix {
    /// ITU-R BT.601: K_r 0.299, K_b 0.114.
    #[default]
    Bt601,
    /// ITU-R BT.709: K_r 0.2126, K_b 0.0722.
    Bt709,
    /// ITU-R BT.2020, non-constant luminance: K_r 0.2627, K_b 0.0593.
    Bt2020,
}

/// Which numbers stand for black and white.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Range {
    /// Luma 16 to 235, chroma 16 to 240.
    #[default]
    Limited,
    /// All of 0 to 255.
    Full,
}

/// How the samples of a stream are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Colour {
    /// Weights of luma.
    pub(crate) matrix: Matrix,
    /// Black and white.
    pub(crate) range: Range,
}

/// One plane of 8-bit samples.
#[derive(Clone, Copy)]
pub(crate) struct Plane<'a> {
    /// Rows, `stride` bytes apart.
    pub(crate) data: &'a [u8],
    /// Bytes from row to row.
    pub(crate) stride: usize,
}

/// A picture in planes: luma, and two of chroma at a power of two of its size; `chroma` is `None` for grey.
pub(crate) struct Planes<'a> {
    /// Full-size samples.
    pub(crate) luma: Plane<'a>,
    /// Blue difference, red difference.
    pub(crate) chroma: Option<[Plane<'a>; 2]>,
    /// log2 of luma columns per chroma column.
    pub(crate) shift_x: u32,
    /// log2 of luma rows per chroma row.
    pub(crate) shift_y: u32,
}

/// Fixed-point scale of the coefficients: 2^16.
const SHIFT: u32 = 16;

/// `planes` as `width` × `height` × 3 bytes of R G B. Chroma is repeated, not interpolated.
pub(crate) fn to_rgb(
    planes: &Planes<'_>,
    width: usize,
    height: usize,
    colour: Colour,
) -> Result<Vec<u8>, RecordingError> {
    let (columns, rows) = (width.div_ceil(1 << planes.shift_x), height.div_ceil(1 << planes.shift_y));
    let whole = fits(planes.luma, width, height)
        && planes.chroma.is_none_or(|both| both.iter().all(|plane| fits(*plane, columns, rows)));
    if !whole {
        return Err(RecordingError::Malformed { at: 0, part: "a picture plane" });
    }
    let k = Coefficients::of(colour);
    let mut rgb = vec![0; width * height * 3];
    for (y, row) in rgb.chunks_exact_mut(width * 3).enumerate() {
        let luma = &planes.luma.data[y * planes.luma.stride..][..width];
        let both = planes.chroma.map(|both| both.map(|p| &p.data[(y >> planes.shift_y) * p.stride..][..columns]));
        for (x, pixel) in row.chunks_exact_mut(3).enumerate() {
            let (blue, red) = both.map_or((128, 128), |[b, r]| (b[x >> planes.shift_x], r[x >> planes.shift_x]));
            pixel.copy_from_slice(&k.rgb(luma[x], blue, red));
        }
    }
    Ok(rgb)
}

/// Whether `plane` holds `rows` rows of `columns` samples.
fn fits(plane: Plane<'_>, columns: usize, rows: usize) -> bool {
    let last_row = rows.checked_sub(1).and_then(|rows| rows.checked_mul(plane.stride));
    plane.stride >= columns
        && last_row.and_then(|start| start.checked_add(columns)).is_some_and(|end| end <= plane.data.len())
}

/// The conversion in fixed point.
struct Coefficients {
    black: i32,
    luma: i32,
    red_from_red: i32,
    green_from_blue: i32,
    green_from_red: i32,
    blue_from_blue: i32,
}

impl Coefficients {
    fn of(colour: Colour) -> Self {
        let (kr, kb) = match colour.matrix {
            Matrix::Bt601 => (0.299, 0.114),
            Matrix::Bt709 => (0.2126, 0.0722),
            Matrix::Bt2020 => (0.2627, 0.0593),
        };
        let (black, luma, chroma) = match colour.range {
            Range::Limited => (16, 255.0 / 219.0, 255.0 / 224.0),
            Range::Full => (0, 1.0, 1.0),
        };
        let kg = 1.0 - kr - kb;
        let fixed = |value: f64| (value * f64::from(1 << SHIFT)).round() as i32;
        Self {
            black,
            luma: fixed(luma),
            red_from_red: fixed(2.0 * (1.0 - kr) * chroma),
            green_from_blue: fixed(-2.0 * (1.0 - kb) * kb / kg * chroma),
            green_from_red: fixed(-2.0 * (1.0 - kr) * kr / kg * chroma),
            blue_from_blue: fixed(2.0 * (1.0 - kb) * chroma),
        }
    }

    fn rgb(&self, luma: u8, blue: u8, red: u8) -> [u8; 3] {
        let (blue, red) = (i32::from(blue) - 128, i32::from(red) - 128);
        let grey = (i32::from(luma) - self.black) * self.luma + (1 << (SHIFT - 1));
        [
            grey + self.red_from_red * red,
            grey + self.green_from_blue * blue + self.green_from_red * red,
            grey + self.blue_from_blue * blue,
        ]
        .map(|value| (value >> SHIFT).clamp(0, 255) as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_primaries_of_each_standard_come_back() {
        let limited = |matrix| Colour { matrix, range: Range::Limited };
        // (name, colour, Y Cb Cr, RGB): values from the standards' own equations, rounded.
        let table = [
            ("black", limited(Matrix::Bt601), [16, 128, 128], [0, 0, 0]),
            ("white", limited(Matrix::Bt601), [235, 128, 128], [255, 255, 255]),
            ("below black", limited(Matrix::Bt601), [0, 128, 128], [0, 0, 0]),
            ("601 red", limited(Matrix::Bt601), [81, 90, 240], [254, 0, 0]),
            ("601 blue", limited(Matrix::Bt601), [41, 240, 110], [0, 0, 255]),
            ("709 red", limited(Matrix::Bt709), [63, 102, 240], [255, 1, 0]),
            ("full grey", Colour { matrix: Matrix::Bt601, range: Range::Full }, [100, 128, 128], [100, 100, 100]),
            ("full red", Colour { matrix: Matrix::Bt601, range: Range::Full }, [76, 85, 255], [254, 0, 0]),
        ];
        for (name, colour, [y, cb, cr], wanted) in table {
            assert_eq!(Coefficients::of(colour).rgb(y, cb, cr), wanted, "{name}");
        }
    }

    #[test]
    fn each_chroma_sample_colours_its_block() {
        let luma = [128_u8; 12];
        let plane = |data, stride| Plane { data, stride };
        let planes = Planes {
            luma: plane(&luma, 4),
            chroma: Some([plane(&[128, 128, 128, 128], 2), plane(&[128, 240, 128, 128], 2)]),
            shift_x: 1,
            shift_y: 1,
        };
        let rgb = to_rgb(&planes, 3, 3, Colour::default()).unwrap();
        let red = |x: usize, y: usize| rgb[(y * 3 + x) * 3] > 200;
        let seen: Vec<bool> = (0..9).map(|i| red(i % 3, i / 3)).collect();
        assert_eq!(seen, [false, false, true, false, false, true, false, false, false]);
    }

    #[test]
    fn a_plane_that_is_too_short_is_refused() {
        let luma = Plane { data: &[0; 11], stride: 4 };
        let planes = Planes { luma, chroma: None, shift_x: 0, shift_y: 0 };
        assert!(to_rgb(&planes, 4, 3, Colour::default()).is_err());
        assert!(to_rgb(&planes, 3, 3, Colour::default()).is_ok(), "the last row needs no padding");
    }
}
