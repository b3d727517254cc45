//! Which images are whole, and how they are shown.

use image::{ImageEncoder, ImageFormat};

use super::*;

fn picture(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| image::Rgb([(x * 3) as u8, (y * 4) as u8, ((x * 7) ^ (y * 5)) as u8]))
}

fn encoded(image: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut data = Cursor::new(Vec::new());
    image.write_to(&mut data, format).unwrap();
    data.into_inner()
}

/// A JPEG whose EXIF says how it is turned.
fn turned(orientation: u8) -> Vec<u8> {
    let mut exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    let mut data = Vec::new();
    let mut encoder = image::codecs::jpeg::JpegEncoder::new(&mut data);
    encoder.set_exif_metadata(exif).unwrap();
    encoder.write_image(&picture(64, 48), 64, 48, image::ExtendedColorType::Rgb8).unwrap();
    data
}

/// `jpeg` without its Huffman tables, as Motion JPEG may be.
fn without_tables(jpeg: &[u8]) -> Vec<u8> {
    let (mut out, mut at) = (jpeg[..2].to_vec(), 2);
    while jpeg[at + 1] != 0xda {
        let end = at + 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
        if jpeg[at + 1] != 0xc4 && jpeg[at + 1] != 0xe0 {
            out.extend(&jpeg[at..end]);
        }
        at = end;
    }
    out.extend(&jpeg[at..]);
    out
}

const KINDS: [ImageFormat; 5] =
    [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Bmp, ImageFormat::WebP, ImageFormat::Gif];

#[test]
fn an_image_that_is_cut_anywhere_is_not_shown() {
    for kind in KINDS {
        let data = encoded(&picture(64, 48), kind);
        assert_eq!(decode(&data).map(|image| (image.width, image.height)), Ok((64, 48)), "{kind:?}");
        // A PNG ends with a chunk that says nothing but that it ends, a GIF with one byte.
        let tail = match kind {
            ImageFormat::Png => 12,
            ImageFormat::Gif => 8,
            _ => 1,
        };
        for length in (0..data.len() - tail).step_by(7).chain([data.len() - tail - 1]) {
            assert!(decode(&data[..length]).is_err(), "{kind:?} of {} bytes cut to {length}", data.len());
        }
    }
}

#[test]
fn a_jpeg_may_lack_its_tables_or_be_gray_or_progressive() {
    let whole = encoded(&picture(64, 48), ImageFormat::Jpeg);
    let bare = without_tables(&whole);
    assert!(bare.len() < whole.len());
    assert_eq!(decode(&bare).unwrap().rgb, decode(&whole).unwrap().rgb);
    let mut gray = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(picture(64, 48)).into_luma8().write_to(&mut gray, ImageFormat::Jpeg).unwrap();
    let gray = decode(gray.get_ref()).unwrap();
    assert!(gray.rgb.chunks(3).all(|p| p[0] == p[1] && p[1] == p[2]));
    let mut followed = whole.clone();
    followed.extend(&whole[..whole.len() / 2]);
    assert_eq!(decode(&followed).unwrap().rgb, decode(&whole).unwrap().rgb, "what follows the end is not read");
}

#[test]
fn exif_turns_an_image() {
    let plain = decode(&turned(1)).unwrap();
    assert_eq!((plain.width, plain.height), (64, 48));
    for (orientation, size) in [(3, (64, 48)), (6, (48, 64)), (8, (48, 64)), (2, (64, 48))] {
        let image = decode(&turned(orientation)).unwrap();
        assert_eq!((image.width, image.height), size, "{orientation}");
        assert_ne!(image.rgb, plain.rgb, "{orientation}");
    }
}

#[test]
fn a_large_image_is_read_smaller_and_a_huge_one_is_refused_with_its_size() {
    let large = decode(&encoded(&picture(6000, 40), ImageFormat::Jpeg)).unwrap();
    assert_eq!((large.width, large.height, large.reduced_from), (4096, 27, Some((6000, 40))));
    let mut huge = encoded(&picture(64, 48), ImageFormat::Jpeg);
    let frame = huge.windows(2).position(|two| two == [0xff, 0xc0]).unwrap();
    huge[frame + 5..frame + 9].copy_from_slice(&[0x27, 0x10, 0x3a, 0x98]);
    let error = decode(&huge).unwrap_err().to_string();
    assert_eq!(error, "an image of 15000×10000 pixels is more than the 56 million that can be read");
    assert_eq!(decode(b"hello").unwrap_err(), ImageFault::Kind(Found::Other("text")));
    assert_eq!(decode(b"").unwrap_err(), ImageFault::Empty);
}
