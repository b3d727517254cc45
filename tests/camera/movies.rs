//! MP4 and QuickTime as phones, browsers and recorders write them.

use std::{
    fs::File,
    io::{Seek, SeekFrom, Write},
};

use crate::make::{
    fixture, jpeg,
    movie::{Fragments, Movie, boxed},
    play, play_bytes,
};
use countenance_camera::turn::{Orientation, Turn};

#[test]
fn a_file_of_fragments_gives_the_same_frames() {
    let usual = Fragments { samples: 10, from_fragment: true, timed: true, default_durations: false };
    for name in ["person-a-enrol.mp4", "formats/reordered.mp4"] {
        let movie = Movie::of(name);
        let whole = play_bytes(&movie.index_first());
        let table = [
            ("as browsers write it", usual),
            ("one frame each", Fragments { samples: 1, ..usual }),
            ("offsets from the start of the file", Fragments { from_fragment: false, ..usual }),
            ("no times", Fragments { timed: false, ..usual }),
            ("default durations", Fragments { default_durations: true, ..usual }),
        ];
        for (how, fragments) in table {
            let file = movie.fragmented(fragments);
            let played = play_bytes(&file);
            assert_eq!(played.summary(), whole.summary(), "{name}, {how}");
            assert_eq!(played.millis(), whole.millis(), "{name}, {how}");
            let same = played.frames.iter().zip(&whole.frames).all(|(a, b)| a.rgb() == b.rgb());
            assert!(same, "{name}, {how}");
            // Stopped while it was recorded: within the last data, and within the last fragment's index.
            let cut = play_bytes(&file[..file.len() - 3]);
            assert!(!cut.frames.is_empty() && cut.losses.ends_at.is_some(), "{name}, {how}: {}", cut.summary());
        }
    }
}

#[test]
fn a_matrix_turns_and_mirrors_as_players_do() {
    let movie = Movie::of("person-b.mp4");
    let plain = &play(&fixture("person-b.mp4")).frames[0];
    let table = [
        ([1, 0, 0, 1], Turn::None, false),
        ([0, 1, -1, 0], Turn::Quarter, false),
        ([-1, 0, 0, -1], Turn::Half, false),
        ([0, -1, 1, 0], Turn::ThreeQuarters, false),
        ([-1, 0, 0, 1], Turn::None, true),
        ([0, 1, 1, 0], Turn::Quarter, true),
        ([1, 0, 0, -1], Turn::Half, true),
        ([0, -1, -1, 0], Turn::ThreeQuarters, true),
    ];
    for (matrix, turn, mirrored) in table {
        let mut movie = Movie { matrix, ..movie.clone() };
        movie.samples.truncate(1);
        let played = play_bytes(&movie.index_first());
        let frame = &played.frames[0];
        let upright = Orientation { turn, mirrored }.upright(plain.width(), plain.height(), plain.rgb().to_vec());
        assert!((frame.width(), frame.height(), frame.rgb()) == (upright.0, upright.1, &upright.2), "{matrix:?}");
    }
    let sheared = Movie { matrix: [1, 1, 0, 1], ..movie };
    assert!(play_bytes(&sheared.index_first()).error.unwrap().ends_with("this image transform is not supported"));
}

#[test]
fn a_matrix_moves_each_pixel_where_it_says() {
    // x' = a x + c y, y' = b x + d y: the corner at the origin goes to the side where both are smallest.
    let jpeg = jpeg(1);
    let plain = play_bytes(&Movie::of_jpegs(b"jpeg", std::slice::from_ref(&jpeg), &[]).index_first());
    let (width, height) = (64_i32, 48_i32);
    for matrix in [[1, 0, 0, 1], [0, 1, -1, 0], [-1, 0, 0, 1], [0, 1, 1, 0], [1, 0, 0, -1], [0, -1, -1, 0]] {
        let [a, b, c, d] = matrix;
        let movie = Movie { matrix, ..Movie::of_jpegs(b"jpeg", std::slice::from_ref(&jpeg), &[]) };
        let played = play_bytes(&movie.index_first());
        let frame = &played.frames[0];
        let (left, top) = (
            (a * (width - 1)).min(0) + (c * (height - 1)).min(0),
            (b * (width - 1)).min(0) + (d * (height - 1)).min(0),
        );
        for (x, y) in [(0, 0), (5, 0), (0, 7), (63, 47), (31, 11)] {
            let (to_x, to_y) = (a * x + c * y - left, b * x + d * y - top);
            let from = &plain.frames[0].rgb()[((y * width + x) * 3) as usize..][..3];
            let to = &frame.rgb()[((to_y * frame.width() as i32 + to_x) * 3) as usize..][..3];
            assert_eq!(from, to, "{matrix:?} {x} {y}");
        }
    }
}

#[test]
fn the_index_may_be_anywhere_and_the_file_of_any_size() {
    let movie = Movie::of("formats/reordered.mp4");
    let whole = play_bytes(&movie.index_first());
    assert_eq!(play_bytes(&movie.data_first()).summary(), "12 frames");
    let mut followed = movie.index_first();
    followed.extend(b"\0\0\0");
    assert_eq!(play_bytes(&followed).summary(), "12 frames", "bytes behind the last box");

    // Five gigabytes, almost all of them a hole.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("giant.mp4");
    let mut file = File::create(&path).unwrap();
    let size = 5_u64 << 30;
    file.write_all(&boxed(b"ftyp", b"isom\0\0\x02\0isom")).unwrap();
    file.write_all(&[&[0, 0, 0, 1][..], b"mdat", &size.to_be_bytes()].concat()).unwrap();
    let data: Vec<u8> = movie.samples.iter().flat_map(|sample| sample.data.clone()).collect();
    let at = 20 + size - data.len() as u64;
    file.seek(SeekFrom::Start(at)).unwrap();
    file.write_all(&data).unwrap();
    file.write_all(&movie.index_for(at)).unwrap();
    let played = play(&path);
    assert_eq!(played.summary(), "12 frames");
    assert!(played.frames.iter().zip(&whole.frames).all(|(a, b)| a.rgb() == b.rgb()));
}

#[test]
fn motion_jpeg_in_quicktime_has_many_names() {
    let jpegs: Vec<_> = (1..=5).map(jpeg).collect();
    for codec in [b"jpeg", b"JPEG", b"dmb1", b"AVRn", b"mjpa", b"MJPG"] {
        let played = play_bytes(&Movie::of_jpegs(codec, &jpegs, &[]).index_first());
        assert_eq!(played.summary(), "5 frames", "{codec:?}");
        assert_eq!(played.millis(), [0, 40, 80, 120, 160], "{codec:?}");
    }
    // As ffmpeg writes it to MP4: an MPEG-4 description whose object type is JPEG.
    let esds =
        |object: u8| boxed(b"esds", &[0, 0, 0, 0, 3, 0x80, 0x80, 0x80, 22, 0, 1, 0, 4, 0x80, 0x80, 0x80, 13, object]);
    let mut movie = Movie::of_jpegs(b"mp4v", &jpegs, &esds(0x6c));
    assert_eq!(play_bytes(&movie.index_first()).summary(), "5 frames");
    movie.samples[2].data.truncate(300);
    let played = play_bytes(&movie.data_first());
    assert_eq!(played.summary(), "4 frames; 1 damaged image was left out");
    assert_eq!(played.millis(), [0, 40, 120, 160]);
    let other = Movie::of_jpegs(b"mp4v", &jpegs, &esds(0x20));
    assert!(play_bytes(&other.index_first()).error.unwrap().contains("\"mp4v\" (MPEG-4 part 2) is not supported"));
}

#[test]
fn other_codecs_are_named_with_the_way_out() {
    let table = [
        (b"hvc1", "\"hvc1\" (HEVC)"),
        (b"hev1", "\"hev1\" (HEVC)"),
        (b"av01", "\"av01\" (AV1)"),
        (b"vp09", "\"vp09\" (VP9)"),
        (b"vp08", "\"vp08\" (VP8)"),
        (b"apcn", "\"apcn\" (ProRes)"),
        (b"wxyz", "\"wxyz\""),
    ];
    for (codec, name) in table {
        let error = play_bytes(&Movie::of_jpegs(codec, &[jpeg(1)], &[]).index_first()).error.unwrap();
        let wanted = format!(
            "recording: the codec {name} is not supported; convert the file with \"ffmpeg -i in.mov -c:v libx264 \
             -pix_fmt yuv420p out.mp4\""
        );
        assert_eq!(error, wanted);
    }
}
