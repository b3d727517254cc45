//! Which files of a folder are images, and their order.

use super::*;

#[test]
fn numbered_images_are_found_by_name() {
    let table = [
        ("1.jpg", true),
        ("frame-2-0012.PNG", true),
        ("0007_left.jpeg", true),
        ("99999999999999999999.jpg", true),
        ("burst 3.HEIC", true),
        ("4.bmp", true),
        ("5.webp", true),
        ("12.txt", false),
        ("cover.jpg", false),
        ("._1.jpg", false),
        (".1.jpg", false),
        (".DS_Store", false),
        ("Thumbs.db", false),
        ("1", false),
        ("mp3", false),
    ];
    for (name, wanted) in table {
        assert_eq!(is_numbered_image(OsStr::new(name)), wanted, "{name}");
    }
}

#[test]
fn names_are_in_natural_order() {
    let table: [&[&str]; 6] = [
        &["f0.jpg", "f1.jpg", "f2.jpg", "f10.jpg", "f11.jpg", "f100.jpg"],
        &["9.png", "10.jpg", "11.webp"],
        &["clip1_001.jpg", "clip1_002.jpg", "clip1_010.jpg", "clip2_001.jpg"],
        &["IMG_20260101_120000_BURST1.jpg", "IMG_20260101_120000_BURST2.jpg", "IMG_20260101_120000_BURST10_COVER.jpg"],
        &["00000IMG_00000_BURST20260101.jpg", "00001IMG_00001_BURST20260101.jpg", "00010IMG_00010_BURST20260101.jpg"],
        &["a99999999999999999999.jpg", "a100000000000000000000.jpg"],
    ];
    for wanted in table {
        let mut names: Vec<_> = wanted.iter().rev().map(OsString::from).collect();
        names.sort_by(|a, b| in_natural_order(a, b));
        assert_eq!(names, wanted);
    }
    assert_eq!(in_natural_order(OsStr::new("1.jpg"), OsStr::new("01.jpg")), Ordering::Greater, "never equal");
}

#[test]
fn numbers_that_repeat_are_counted() {
    let table: [(&[&str], u64); 7] = [
        (&["f1.jpg", "f2.jpg", "f10.jpg"], 0),
        (&["00000IMG_00000_BURST2026.jpg", "00001IMG_00001_BURST2026.jpg"], 0),
        (&["IMG_2026_1.jpg", "IMG_2026_2.jpg"], 0),
        (&["1.jpg", "1.png"], 1),
        (&["01.jpg", "1.jpg", "2.jpg"], 1),
        (&["a_1.jpg", "a_2.jpg", "b_1.jpg", "b_2.jpg"], 2),
        (&["clip1_001.jpg", "clip1_002.jpg", "clip2_001.jpg", "clip2_002.jpg"], 2),
    ];
    for (names, wanted) in table {
        let names: Vec<_> = names.iter().map(OsString::from).collect();
        assert_eq!(repeated(&names), wanted, "{names:?}");
    }
}
