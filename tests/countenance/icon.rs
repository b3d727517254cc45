//! The rendered icon: every size exists, has its dimensions and shows the drawing.

use std::path::{Path, PathBuf};

use image::{GenericImageView, ImageFormat, ImageReader, Rgba};

const SIZES: [u32; 7] = [16, 32, 48, 64, 128, 256, 512];

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/icon").join(name)
}

#[test]
fn every_size_is_rendered() {
    for size in SIZES {
        let name = format!("countenance-{size}.png");
        let picture = ImageReader::open(file(&name)).expect(&name).decode().expect(&name);
        assert_eq!(picture.dimensions(), (size, size), "{name}");
        assert_eq!(picture.get_pixel(0, 0).0[3] / 128, 0, "{name}: the corners are transparent");
        assert_eq!(picture.get_pixel(size / 2, size * 5 / 8), Rgba([0x0f, 0x3d, 0x4c, 0xff]), "{name}: ink");
        let light = picture.pixels().filter(|(.., Rgba([r, g, b, _]))| *r > 240 && *g > 190 && *b > 120).count();
        let share = light as f32 / (size * size) as f32;
        assert!((0.06..0.25).contains(&share), "{name}: {share:.3} of it is the drawing");
    }
}

#[test]
fn the_packed_icons_contain_the_rendered_images() {
    let ico = std::fs::read(file("countenance.ico")).unwrap();
    let icns = std::fs::read(file("countenance.icns")).unwrap();
    assert!(ico.starts_with(&[0, 0, 1, 0, 5, 0]), "a Windows icon of five images");
    assert_eq!(icns[..8], [b"icns".as_slice(), &(icns.len() as u32).to_be_bytes()].concat()[..]);
    let holds = |packed: &[u8], png: &[u8]| packed.windows(png.len()).any(|part| part == png);
    for (size, in_ico, in_icns) in [(16, true, true), (48, true, false), (256, true, true), (512, false, true)] {
        let png = std::fs::read(file(&format!("countenance-{size}.png"))).unwrap();
        assert_eq!(ImageFormat::Png, image::guess_format(&png).unwrap());
        assert_eq!(holds(&ico, &png), in_ico, "{size} in .ico");
        assert_eq!(holds(&icns, &png), in_icns, "{size} in .icns");
    }
}
