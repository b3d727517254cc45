//! AVI as recorders write it, and as they leave it behind.

use std::{
    fs::File,
    io::{Seek, SeekFrom, Write},
};

use crate::make::{
    avi::{Avi, PLAIN},
    fixture, jpeg, play, play_bytes, positions, without,
};

const INTERLACED: &str = "interlaced video is not supported; convert the file with \"ffmpeg -i in -vf yadif ";

fn jpegs() -> Vec<Vec<u8>> {
    (1..=8).map(jpeg).collect()
}

/// The image encoded again with the tables of the standard: those of the fixtures are made for each.
fn with_usual_tables(jpeg: &[u8]) -> Vec<u8> {
    let mut out = std::io::Cursor::new(Vec::new());
    image::load_from_memory(jpeg).unwrap().write_to(&mut out, image::ImageFormat::Jpeg).unwrap();
    out.into_inner()
}

#[test]
fn motion_jpeg_is_read_however_it_is_named_and_packed() {
    let whole = play_bytes(&PLAIN.of(&jpegs()));
    let usual = play_bytes(&PLAIN.of(&jpegs().iter().map(|frame| with_usual_tables(frame)).collect::<Vec<_>>()));
    let bare = |frame: &Vec<u8>| without(&with_usual_tables(frame), &[0xc4, 0xe0]);
    let padded = |frame: &Vec<u8>| [&frame[..], &[0; 37]].concat();
    let unfinished = |file: Vec<u8>| format!("; the file was never finished and ends at byte {}", file.len());
    let open = |sizes| Avi { sizes: Some(sizes), index: false, ..PLAIN };
    let all_ones = open((u32::MAX, u32::MAX));
    let zeros = open((0, 0));
    let table = [
        ("MJPG", PLAIN.of(&jpegs()), String::new()),
        ("mjpg", Avi { codec: *b"mjpg", ..PLAIN }.of(&jpegs()), String::new()),
        ("jpeg", Avi { codec: *b"jpeg", ..PLAIN }.of(&jpegs()), String::new()),
        ("JPEG", Avi { codec: *b"JPEG", ..PLAIN }.of(&jpegs()), String::new()),
        ("dmb1", Avi { codec: *b"dmb1", ..PLAIN }.of(&jpegs()), String::new()),
        ("AVRn", Avi { codec: *b"AVRn", ..PLAIN }.of(&jpegs()), String::new()),
        ("no Huffman tables, no mark", PLAIN.of(&jpegs().iter().map(bare).collect::<Vec<_>>()), String::new()),
        ("padding within frames", PLAIN.of(&jpegs().iter().map(padded).collect::<Vec<_>>()), String::new()),
        ("sound", Avi { sound: true, ..PLAIN }.of(&jpegs()), String::new()),
        ("lists", Avi { in_lists: true, ..PLAIN }.of(&jpegs()), String::new()),
        ("two parts", Avi { two_parts: true, ..PLAIN }.of(&jpegs()), String::new()),
        ("no index", Avi { index: false, ..PLAIN }.of(&jpegs()), String::new()),
        ("sizes of all ones", all_ones.of(&jpegs()), unfinished(all_ones.of(&jpegs()))),
        ("sizes of zero", zeros.of(&jpegs()), unfinished(zeros.of(&jpegs()))),
    ];
    for (name, file, losses) in table {
        let played = play_bytes(&file);
        assert_eq!(played.summary(), format!("8 frames{losses}"), "{name}");
        let likely = if name.starts_with("no Huffman") { &usual.frames } else { &whole.frames };
        assert_eq!(positions(&played.frames, likely), (0..8).map(Some).collect::<Vec<_>>(), "{name}");
        assert_eq!(played.millis(), [0, 40, 80, 120, 160, 200, 240, 280], "{name}");
    }
}

#[test]
fn a_file_that_was_never_closed_plays_to_its_last_whole_frame() {
    for avi in [PLAIN, Avi { sizes: Some((u32::MAX, u32::MAX)), ..PLAIN }, Avi { sizes: Some((0, 0)), ..PLAIN }] {
        let avi = Avi { index: false, ..avi };
        let file = avi.of(&jpegs());
        for cut in [1, 100, 700] {
            let length = file.len() - cut;
            let played = play_bytes(&file[..length]);
            let wanted = format!("7 frames; the file was never finished and ends at byte {length}");
            // The last byte is padding.
            let padding = cut == 1 && jpeg(8).len() % 2 == 1;
            assert!(padding || played.summary() == wanted, "{cut}: {}", played.summary());
        }
    }
    // Space that was reserved for more.
    let mut reserved = Avi { sizes: Some((0, 0)), index: false, ..PLAIN }.of(&jpegs());
    reserved.resize(reserved.len() + 100_000, 0);
    assert_eq!(
        play_bytes(&reserved).summary(),
        format!("8 frames; the file was never finished and ends at byte {}", reserved.len())
    );
}

/// OpenDML: the second part is behind more than a gibibyte, almost all of it a hole.
#[test]
fn a_part_behind_more_than_a_gibibyte_is_played() {
    const HOLE: u32 = 3 << 29;
    let parts = Avi { two_parts: true, index: false, ..PLAIN }.of(&jpegs());
    let second = parts.windows(4).position(|name| name == b"AVIX").unwrap() - 8;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("giant.avi");
    let mut file = File::create(&path).unwrap();
    file.write_all(&[&parts[..second], b"JUNK", &HOLE.to_le_bytes()].concat()).unwrap();
    file.seek(SeekFrom::Current(i64::from(HOLE))).unwrap();
    file.write_all(&parts[second..]).unwrap();
    let (played, whole) = (play(&path), play_bytes(&parts));
    assert_eq!((played.summary().as_str(), whole.summary().as_str()), ("8 frames", "8 frames"));
    assert!(played.frames.iter().zip(&whole.frames).all(|(a, b)| a.rgb() == b.rgb() && a.at() == b.at()));
}

#[test]
fn damaged_frames_are_left_out_and_the_others_keep_their_time() {
    let spoil = |at: usize, frame: &dyn Fn(Vec<u8>) -> Vec<u8>| {
        let mut frames = jpegs();
        frames[at] = frame(frames[at].clone());
        PLAIN.of(&frames)
    };
    let half = |frame: Vec<u8>| frame[..frame.len() / 2].to_vec();
    // A middle that is gone, as where a block of a disk was lost, behind which the end still is.
    let hole = |mut frame: Vec<u8>| {
        let (from, to) = (frame.len() - 150, frame.len() - 30);
        frame.drain(from..to);
        frame
    };
    let lost = "; 1 damaged image was left out";
    let table = [
        ("half", spoil(3, &half), lost),
        ("half, with an end", spoil(3, &|frame| [&half(frame)[..], &[0xff, 0xd9]].concat()), lost),
        ("a hole", spoil(3, &hole), lost),
        ("text", spoil(3, &|_| b"not an image at all".to_vec()), lost),
        ("one byte", spoil(3, &|_| vec![0xff]), lost),
        ("dropped by the camera", spoil(3, &|_| vec![]), ""),
    ];
    for (name, file, losses) in table {
        let played = play_bytes(&file);
        assert_eq!(played.summary(), format!("7 frames{losses}"), "{name}");
        assert_eq!(played.millis(), [0, 40, 80, 160, 200, 240, 280], "{name}");
        assert!(played.frames.iter().enumerate().all(|(i, frame)| frame.seq() == i as u64), "{name}");
    }
    let all = play_bytes(&PLAIN.of(&jpegs().into_iter().map(half).collect::<Vec<_>>()));
    assert_eq!(
        all.error.unwrap(),
        "the recording cannot be read: recording: no frame can be shown: 8 damaged images were left out: an image is \
         cut off"
    );
}

#[test]
fn a_wrong_size_costs_no_more_than_its_frame() {
    let file = PLAIN.of(&jpegs());
    let starts: Vec<_> = (0..file.len() - 4).filter(|&at| file[at..].starts_with(b"00dc")).collect();
    let sizes: Vec<_> = starts.iter().map(|&at| u32::from_le_bytes(file[at + 4..at + 8].try_into().unwrap())).collect();
    for size in [0, 3, sizes[2] - 30, sizes[2] + 50, sizes[2] + 900, u32::MAX, 0x7fff_fff0] {
        let mut wrong = file.clone();
        wrong[starts[2] + 4..starts[2] + 8].copy_from_slice(&size.to_le_bytes());
        let played = play_bytes(&wrong);
        assert!(played.error.is_none() && played.frames.len() >= 7, "{size}: {}", played.summary());
        assert_eq!(*played.millis().last().unwrap(), 280, "{size}: {}", played.summary());
    }
}

#[test]
fn interlaced_and_other_codecs_are_refused_by_name() {
    let field = |frame: Vec<u8>| [&frame[..2], &[0xff, 0xe0, 0, 16], b"AVI1\x01", &[0; 9], &frame[2..]].concat();
    let played = play_bytes(&PLAIN.of(&jpegs().into_iter().map(field).collect::<Vec<_>>()));
    assert!(played.error.unwrap().contains(INTERLACED));
    // Without the mark, as frame grabbers write it: both fields in one chunk.
    for padding in [&[][..], &[0], &[0; 5], &[0xff; 3], &[0, 0, 0xff]] {
        let fields = |frame: Vec<u8>| [&frame[..], padding, &frame[..]].concat();
        let played = play_bytes(&PLAIN.of(&jpegs().into_iter().map(fields).collect::<Vec<_>>()));
        assert!(
            played.error.as_ref().is_some_and(|error| error.contains(INTERLACED)),
            "{padding:?}: {:?}",
            played.error
        );
    }
    // What is behind an image need not be a field: a preview is smaller, and a part of the next chunk is no image.
    let preview = std::fs::read(fixture("formats/mjpeg.avi")).unwrap();
    for (name, more) in [("half an image", jpeg(2)[..300].to_vec()), ("another chunk", preview[..300].to_vec())] {
        let followed = |frame: Vec<u8>| [&frame[..], &more].concat();
        let played = play_bytes(&PLAIN.of(&jpegs().into_iter().map(followed).collect::<Vec<_>>()));
        assert_eq!(played.summary(), "8 frames", "{name}");
    }
    let whole = |frame: Vec<u8>| [&frame[..2], &[0xff, 0xe0, 0, 16], b"AVI1\0", &[0; 9], &frame[2..]].concat();
    let played = play_bytes(&PLAIN.of(&jpegs().into_iter().map(whole).collect::<Vec<_>>()));
    assert_eq!(played.summary(), "8 frames");
    let error = play_bytes(&Avi { codec: *b"XVID", ..PLAIN }.of(&jpegs())).error.unwrap();
    assert!(error.contains("the codec \"XVID\" (MPEG-4 part 2) is not supported"), "{error}");
}

#[test]
fn the_fixture_is_as_it_was() {
    assert_eq!(play(&fixture("formats/mjpeg.avi")).summary(), "10 frames");
}
