//! Folders of images, and the rule for damaged ones in every other source.

use std::{fs, path::Path};

use countenance_camera::recording;

use crate::make::{fixture, jpeg, play, play_bytes};

/// A PNG of one color.
fn png(red: u8, width: u32) -> Vec<u8> {
    let mut data = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_pixel(width, 8, image::Rgb([red, 0, 0]))
        .write_to(&mut data, image::ImageFormat::Png)
        .unwrap();
    data.into_inner()
}

fn folder(files: &[(&str, Vec<u8>)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

#[test]
fn images_are_played_in_the_natural_order_of_their_names() {
    let table: [&[&str]; 4] = [
        &["f0.png", "f1.png", "f2.png", "f10.png", "f11.png"],
        &["IMG_20260101_120000_BURST1.png", "IMG_20260101_120000_BURST2.png", "IMG_20260101_120000_BURST10_COVER.png"],
        &["00000IMG_00000_BURST2026.png", "00001IMG_00001_BURST2026.png", "00010IMG_00010_BURST2026.png"],
        &["IMG_0009.png", "IMG_0010.png", "IMG_0010 (2).png"],
    ];
    for names in table {
        let files: Vec<_> = names.iter().enumerate().map(|(i, &name)| (name, png(i as u8 * 20, 8))).collect();
        let played = play(folder(&files).path());
        let reds: Vec<_> = played.frames.iter().map(|frame| frame.rgb()[0]).collect();
        assert_eq!(reds, (0..names.len() as u8).map(|i| i * 20).collect::<Vec<_>>(), "{names:?}");
        assert!(played.losses.is_empty() && played.error.is_none(), "{names:?}: {}", played.summary());
    }
    let two = folder(&[("a_1.png", png(1, 8)), ("a_2.png", png(2, 8)), ("b_1.png", png(3, 8)), ("b_2.png", png(4, 8))]);
    let played = play(two.path());
    assert_eq!(
        played.summary(),
        "4 frames; 2 images have the number of another; they are in the order of their whole names"
    );
    assert_eq!(played.frames.iter().map(|frame| frame.rgb()[0]).collect::<Vec<_>>(), [1, 2, 3, 4]);
}

#[test]
fn a_folder_says_which_files_it_plays() {
    let files =
        [("10.png", png(1, 8)), ("2.png", png(2, 8)[..40].to_vec()), ("3.txt", vec![]), ("cover.png", png(3, 8))];
    let folder = folder(&files);
    assert_eq!(recording::open(folder.path()).unwrap().files(), ["2.png", "10.png"], "in order, damaged ones included");
    assert!(recording::open(&fixture("formats/mono.y4m")).unwrap().files().is_empty());
}

#[test]
fn what_is_no_image_of_the_series_is_passed_over() {
    let folder = folder(&[
        ("1.jpg", jpeg(1)),
        ("2.jpg", jpeg(2)),
        ("._1.jpg", b"Mac OS X resource fork".to_vec()),
        (".DS_Store", vec![0; 100]),
        ("Thumbs.db", vec![0; 100]),
        ("desktop 3.ini", vec![0; 10]),
        ("cover.jpg", jpeg(3)),
    ]);
    fs::create_dir(folder.path().join("3.jpg")).unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("nowhere.jpg", folder.path().join("4.jpg")).unwrap();
        std::os::unix::fs::symlink("2.jpg", folder.path().join("6.jpg")).unwrap();
        let made = std::process::Command::new("mkfifo").arg(folder.path().join("5.jpg")).status().unwrap();
        assert!(made.success());
    }
    // A link to an image is one.
    let wanted = if cfg!(unix) { "3 frames" } else { "2 frames" };
    assert_eq!(play(folder.path()).summary(), wanted);
}

#[test]
fn damaged_images_are_left_out_and_the_others_keep_their_time() {
    let half = jpeg(2)[..300].to_vec();
    let heic = b"\0\0\0\x24ftypheic\0\0\0\0mif1heic".to_vec();
    let files = [
        ("1.jpg", jpeg(1)),
        ("2.jpg", half),
        ("3.jpg", vec![]),
        ("4.heic", heic.clone()),
        ("5.jpg", jpeg(5)),
        ("6.png", png(9, 8)[..40].to_vec()),
        ("7.jpg", jpeg(7)),
    ];
    let played = play(folder(&files).path());
    assert_eq!(played.summary(), "3 frames; 4 damaged images were left out");
    assert_eq!(played.millis(), [0, 160, 240]);

    let error = play(folder(&[("1.heic", heic)]).path()).error.unwrap();
    let wanted = "no frame can be shown: 1 damaged image was left out: 1.heic: an image cannot be read: this is HEIC, which \
                  is not read; convert it with \"ffmpeg -i in.heic out.png\"";
    assert!(error.ends_with(wanted), "{error}");
    let error = play(folder(&[("cover.jpg", jpeg(1)), ("notes.txt", vec![])]).path()).error.unwrap();
    assert!(error.ends_with("the folder has no numbered images, such as 1.jpg; it has 2 other files"), "{error}");
}

#[test]
fn images_of_each_kind_and_size_are_read() {
    let bmp = {
        let mut data = std::io::Cursor::new(Vec::new());
        image::RgbImage::new(20, 10).write_to(&mut data, image::ImageFormat::Bmp).unwrap();
        data.into_inner()
    };
    let webp = {
        let mut data = std::io::Cursor::new(Vec::new());
        image::RgbImage::new(30, 10).write_to(&mut data, image::ImageFormat::WebP).unwrap();
        data.into_inner()
    };
    let files = [("1.bmp", bmp), ("2.webp", webp), ("3.png", png(1, 6000)), ("4.png", png(1, 5000))];
    let played = play(folder(&files).path());
    assert_eq!(
        played.summary(),
        "4 frames; 2 images of up to 6000×8 were read smaller, since a side may have 4096 pixels"
    );
    let sizes: Vec<_> = played.frames.iter().map(|frame| (frame.width(), frame.height())).collect();
    assert_eq!(sizes, [(20, 10), (30, 10), (4096, 5), (4096, 6)]);
}

#[test]
fn every_other_source_leaves_out_what_is_damaged_and_says_so() {
    let cut = |name: &str, length: usize| {
        let data = fs::read(fixture(name)).unwrap();
        play_bytes(&data[..length.min(data.len())]).summary()
    };
    let length = |name: &str| fs::metadata(fixture(name)).unwrap().len() as usize;
    let y4m = length("formats/mono.y4m") - 10;
    assert_eq!(cut("formats/mono.y4m", y4m), format!("2 frames; the file was never finished and ends at byte {y4m}"));
    assert_eq!(
        cut("formats/animated.gif", length("formats/animated.gif") - 100),
        "3 frames; 1 damaged image was left out"
    );
    let png = cut("formats/animated.png", length("formats/animated.png") - 2000);
    assert_eq!(png, "4 frames; 1 damaged image was left out");
    let single = play_bytes(&jpeg(1)[..400]);
    assert_eq!(single.error.unwrap(), "recording: an image is cut off");
}

#[test]
fn a_missing_recording_is_named() {
    let error = play(Path::new("/nowhere/at all/clip.mp4")).error.unwrap();
    assert!(error.starts_with("clip.mp4: could not read the file: "), "{error}");
}
