//! Damaged recordings of every kind.

use std::{fs, io::Cursor, path::Path};

use countenance_core::frame::Frame;
use rand::{SeedableRng, rngs::ChaCha8Rng};

use crate::{
    bounds,
    make::{
        avi::{Avi, PLAIN},
        fixture, jpeg,
        movie::{Fragments, Movie},
        play,
    },
    mutate::{Parts, boxes, chunks, damaged, eighths, png_chunks},
};

/// Damaged files of each kind; with the kinds below more than 3,000 in all.
const ROUNDS: usize = 230;

/// Finds the parts of a file of some kind.
type FindParts = fn(&[u8]) -> Parts;

/// A file to damage.
struct Kind {
    name: &'static str,
    data: Vec<u8>,
    parts: Parts,
}

fn kinds() -> Vec<Kind> {
    let jpegs: Vec<_> = (1..=4).map(jpeg).collect();
    let mut movie = Movie::of("formats/reordered.mp4");
    movie.edits = vec![(300, 2048, 1 << 16), (80, -1, 1 << 16)];
    let fragments = Fragments { samples: 4, from_fragment: true, timed: true, default_durations: false };
    let still = |format| {
        let mut data = Cursor::new(Vec::new());
        image::load_from_memory(&jpeg(1)).unwrap().write_to(&mut data, format).unwrap();
        data.into_inner()
    };
    let file = |name: &str| fs::read(fixture(name)).unwrap();
    let table: [(&str, Vec<u8>, FindParts); 14] = [
        ("MP4, index first", movie.index_first(), boxes),
        ("MP4, data first", movie.data_first(), boxes),
        ("MP4 of fragments", movie.fragmented(fragments), boxes),
        ("MOV of JPEGs", Movie::of_jpegs(b"jpeg", &jpegs, &[]).data_first(), boxes),
        ("AVI", Avi { sound: true, in_lists: true, ..PLAIN }.of(&jpegs), chunks),
        ("AVI, never closed", Avi { sizes: Some((0, u32::MAX)), index: false, ..PLAIN }.of(&jpegs), chunks),
        ("AVI in two parts", Avi { two_parts: true, ..PLAIN }.of(&jpegs), chunks),
        ("Y4M", file("formats/c422.y4m"), eighths),
        ("GIF", file("formats/animated.gif"), eighths),
        ("WebP", file("formats/animated.webp"), chunks),
        ("APNG", file("formats/animated.png"), png_chunks),
        ("JPEG", still(image::ImageFormat::Jpeg), eighths),
        ("PNG", still(image::ImageFormat::Png), png_chunks),
        ("BMP", still(image::ImageFormat::Bmp), eighths),
    ];
    table.into_iter().map(|(name, data, parts)| Kind { name, parts: parts(&data), data }).collect()
}

#[test]
fn damaged_recordings_are_played_or_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recording");
    let (mut rng, mut played) = (ChaCha8Rng::seed_from_u64(15), Counts::default());
    for kind in kinds() {
        fs::write(&path, &kind.data).unwrap();
        let whole = play(&path);
        assert!(whole.error.is_none() && !whole.frames.is_empty(), "{}: {}", kind.name, whole.summary());
        for round in 0..ROUNDS {
            fs::write(&path, damaged(&kind.data, &kind.parts, &mut rng)).unwrap();
            played.add(&path, &format!("{}, round {round}", kind.name));
        }
    }
    played.check(3_000);
}

#[test]
fn folders_of_damaged_images_are_played_or_refused_by_name() {
    let mut rng = ChaCha8Rng::seed_from_u64(16);
    let mut played = Counts::default();
    let images: Vec<_> = (1..=3).map(jpeg).collect();
    for round in 0..100 {
        let folder = tempfile::tempdir().unwrap();
        for (i, image) in images.iter().enumerate() {
            let content = damaged(image, &eighths(image), &mut rng);
            fs::write(folder.path().join(format!("{i}.jpg")), content).unwrap();
        }
        played.add(folder.path(), &format!("round {round}"));
    }
    played.check(100);
}

/// What became of the damaged recordings.
#[derive(Default)]
struct Counts {
    whole: usize,
    with_losses: usize,
    refused: usize,
}

impl Counts {
    fn add(&mut self, path: &Path, name: &str) {
        let recording = path.to_owned();
        let result = bounds::in_time(name, move || play(&recording));
        match &result.error {
            Some(error) => {
                self.refused += 1;
                named(error, name);
            }
            None if result.losses.is_empty() => self.whole += 1,
            None => self.with_losses += 1,
        }
        assert!(result.frames.is_sorted_by_key(Frame::at), "{name}: times");
        assert!(result.frames.iter().enumerate().all(|(i, frame)| frame.seq() == i as u64), "{name}: numbers");
    }

    fn check(&self, least: usize) {
        let Self { whole, with_losses, refused } = *self;
        assert!(whole + with_losses + refused >= least, "{whole} whole, {with_losses} with losses, {refused} refused");
        // Damage that never shows, or that nothing survives, would test nothing.
        assert!(with_losses.min(refused) > least / 20, "{whole} whole, {with_losses} lossy, {refused} refused");
        bounds::memory();
    }
}

/// Checks that an error says what is wrong, in words of ours.
fn named(error: &str, name: &str) {
    let reason = error.strip_prefix("the recording cannot be read: ").unwrap_or(error);
    let reason = reason.split_once(": ").map_or("", |(_, reason)| reason);
    assert!(reason.len() > 10 && reason.is_ascii() | reason.contains('×'), "{name}: {error}");
    // The files can be read: a failure to do so is one of ours. The others are words of decoders.
    for word in ["could not read the file", "os error", "native", "OpenH264", "Format error", "ImageError", "Error {"] {
        assert!(!error.contains(word), "{name}: {error}");
    }
}
