//! Recordings: every format yields its frames in presentation order; files that are cut give fewer frames. Other damage is
//! in `tests/robustness`.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use countenance_camera::{CameraError, FrameSource, RecordingError, recording};
use countenance_core::{frame::Frame, protocol::CameraKind};

/// Recordings return their next frame without waiting.
const NO_WAIT: Duration = Duration::ZERO;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures").join(name)
}

/// All frames of the recording at `path`, up to the first error that is not its end.
fn frames(path: &Path) -> Result<Vec<Frame>, CameraError> {
    let mut source = recording::open(path)?;
    let mut frames = Vec::new();
    loop {
        match source.next_frame(NO_WAIT) {
            Ok(frame) => frames.push(frame),
            Err(CameraError::Ended) => return Ok(frames),
            Err(error) => return Err(error),
        }
    }
}

/// An error with its sources, on one line.
fn chain(error: &dyn std::error::Error) -> String {
    let cause = error.source().map(|cause| format!(": {}", chain(cause))).unwrap_or_default();
    format!("{error}{cause}")
}

#[test]
fn each_format_gives_all_its_frames_in_presentation_order() {
    // Name, codec, frames, width, height, milliseconds between frames.
    let table = [
        ("person-a-enrol.mp4", "H264", 80, 400, 300, 40.0),
        ("person-a-verify.mp4", "H264", 80, 400, 300, 40.0),
        ("person-b.mp4", "H264", 72, 640, 360, 100.0 / 3.0),
        ("formats/reordered.mp4", "H264", 12, 160, 120, 40.0),
        ("formats/mjpeg.avi", "MJPG", 10, 64, 48, 40.0),
        ("formats/c420jpeg.y4m", "Y4M", 3, 64, 48, 40.0),
        ("formats/c420mpeg2.y4m", "Y4M", 3, 64, 48, 40.0),
        ("formats/c422.y4m", "Y4M", 3, 64, 48, 40.0),
        ("formats/c444.y4m", "Y4M", 3, 64, 48, 40.0),
        ("formats/mono.y4m", "Y4M", 3, 64, 48, 40.0),
        ("formats/animated.gif", "GIF", 5, 64, 48, 40.0),
        ("formats/animated.png", "APNG", 5, 64, 48, 40.0),
        ("formats/numbered", "pictures", 12, 64, 48, 40.0),
    ];
    for (name, codec, count, width, height, millis) in table {
        let path = fixture(name);
        let source = recording::open(&path).unwrap_or_else(|error| panic!("{name}: {}", chain(&error)));
        assert_eq!(source.frames_hint(), Some(count), "{name}");
        let claim = source.provenance();
        assert_eq!((claim.format.as_str(), claim.driver.as_str()), (codec, "recording"), "{name}");
        assert_eq!(claim.kind, CameraKind::Virtual, "{name}");
        let frames = frames(&path).unwrap_or_else(|error| panic!("{name}: {}", chain(&error)));
        assert_eq!(frames.len() as u64, count, "{name}");
        for (i, frame) in frames.iter().enumerate() {
            assert_eq!((frame.width(), frame.height(), frame.seq()), (width, height, i as u64), "{name}");
            let off = frame.at().as_secs_f64() * 1000.0 - i as f64 * millis;
            assert!(off.abs() < 0.1, "{name}: frame {i} is {off} ms off");
        }
    }
}

#[test]
fn an_animated_image_keeps_its_frame_times() {
    // The encoder merged the last two frames, which are equal.
    let times: Vec<_> = frames(&fixture("formats/animated.webp")).unwrap().iter().map(|f| f.at().as_millis()).collect();
    assert_eq!(times, [0, 40, 80, 120]);
}

#[test]
fn every_layout_and_codec_gives_the_same_colors() {
    let expected = means(&frames(&fixture("formats/animated.png")).unwrap()[0]);
    let table = [
        ("formats/c420jpeg.y4m", 2.0),
        ("formats/c420mpeg2.y4m", 2.0),
        ("formats/c422.y4m", 2.0),
        ("formats/c444.y4m", 2.0),
        ("formats/mjpeg.avi", 3.0),
        ("formats/numbered", 3.0),
        ("formats/animated.gif", 4.0),
        ("formats/animated.webp", 4.0),
        ("formats/reordered.mp4", 4.0),
        ("formats/mono.y4m", 40.0),
    ];
    for (name, tolerance) in table {
        let found = means(&frames(&fixture(name)).unwrap()[0]);
        let off = expected.iter().zip(found).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(off < tolerance, "{name}: {found:?}, expected {expected:?}");
    }
}

/// Mean of each channel, 0 to 255.
fn means(frame: &Frame) -> [f64; 3] {
    let pixels = f64::from(frame.width() * frame.height());
    [0, 1, 2].map(|c| frame.rgb().iter().skip(c).step_by(3).map(|&v| f64::from(v)).sum::<f64>() / pixels)
}

#[test]
fn frames_stored_out_of_order_are_given_in_order() {
    let shown = frames(&fixture("formats/reordered.mp4")).unwrap();
    let expected = frames(&fixture("formats/numbered")).unwrap();
    // The clip has little motion, so compare sums over all frames: a wrong order costs more than compression.
    let cost = |shift: usize| -> f64 {
        (0..expected.len() - shift)
            .map(|i| distance(&shown[i], &expected[i + shift]) + distance(&shown[i + shift], &expected[i]))
            .sum()
    };
    assert!(cost(0) / 12.0 < cost(3) / 9.0, "{} {}", cost(0) / 12.0, cost(3) / 9.0);
}

/// Mean difference, in levels, of the small frame's pixels and the pixels of the large frame at their centers.
fn distance(large: &Frame, small: &Frame) -> f64 {
    let (lw, sw, sh) = (large.width() as usize, small.width() as usize, small.height() as usize);
    let scale = lw as f64 / sw as f64;
    let mut sum = 0.0;
    for y in 0..sh {
        for x in 0..sw {
            let (lx, ly) = ((x as f64 + 0.5) * scale, (y as f64 + 0.5) * scale);
            let at = (ly as usize * lw + lx as usize) * 3;
            sum += f64::from(large.rgb()[at + 1].abs_diff(small.rgb()[(y * sw + x) * 3 + 1]));
        }
    }
    sum / (sw * sh) as f64
}

const INTERLACED: &str =
    "interlaced video is not supported; convert the file with \"ffmpeg -i in -vf yadif -pix_fmt yuv420p out.mp4\"";
const OGG: &str =
    "this is Ogg, which is not read; convert it with \"ffmpeg -i in.ogv -c:v libx264 -pix_fmt yuv420p out.mp4\"";
const MP4V: &str = "the recording cannot be read: mpeg4-part2.mp4: the codec \"mp4v\" (MPEG-4 part 2) is not supported; \
                    convert the file with \"ffmpeg -i in.mov -c:v libx264 -pix_fmt yuv420p out.mp4\"";

#[test]
fn unsupported_and_malformed_files_are_rejected_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let table: [(&str, &[u8], &str); 13] = [
        ("empty", b"", "the file is empty"),
        ("ogg", b"OggS, this is not a film", OGG),
        ("no width", b"YUV4MPEG2 H4 F25:1\n", "a frame of 0x4 pixels is outside 1..=4096"),
        ("wide", b"YUV4MPEG2 W65535 H65535 F25:1\n", "a frame of 65535x65535 pixels is outside 1..=4096"),
        ("overflow", b"YUV4MPEG2 W99999999999 H4 F25:1\n", "the Y4M header is malformed at byte 0"),
        ("no rate", b"YUV4MPEG2 W4 H4 F0:0\n", "invalid frame rate 0/0"),
        ("fast", b"YUV4MPEG2 W4 H4 F1000001:1000\n", "invalid frame rate 1000001/1000"),
        ("slow", b"YUV4MPEG2 W4 H4 F1:61\n", "invalid frame rate 1/61"),
        ("interlaced", b"YUV4MPEG2 W4 H4 F25:1 It\n", INTERLACED),
        ("deep", b"YUV4MPEG2 W4 H4 F25:1 C420p10\n", "samples of more than 8 bits are not supported"),
        ("411", b"YUV4MPEG2 W4 H4 F25:1 C411\n", "this chroma layout is not supported"),
        ("no end", b"YUV4MPEG2 W4 H4 F25:1", "the Y4M header is cut off at byte 21"),
        ("no index", b"\0\0\0\x08ftyp\0\0\0\x08moof", "the recording was never finished: it has no index (moov)"),
    ];
    for (name, content, expected) in table {
        let path = folder.path().join("recording");
        fs::write(&path, content).unwrap();
        let error = frames(&path).unwrap_err();
        assert_eq!(chain(&error), format!("the recording cannot be read: recording: {expected}"), "{name}");
    }
    let error = frames(&fixture("formats/mpeg4-part2.mp4")).unwrap_err();
    assert_eq!(chain(&error), MP4V);
    let empty = frames(folder.path().join("absent").as_path()).unwrap_err();
    let CameraError::Recording(error) = empty else { panic!("{empty:?}") };
    assert!(matches!(error.reason(), RecordingError::Io(_)), "{error:?}");
}

#[test]
fn an_avi_needs_no_index_and_its_header_is_not_trusted() {
    let intact = fs::read(fixture("formats/mjpeg.avi")).unwrap();
    let find = |name: &[u8]| intact.windows(4).position(|four| four == name).unwrap();
    let (rate, index) = (find(b"strh") + 8 + 20, find(b"idx1"));
    let patched = |at: usize, value: u32| {
        let mut copy = intact.clone();
        copy[at..at + 4].copy_from_slice(&value.to_le_bytes());
        copy
    };
    let mut without_index = patched(4, index as u32 - 8);
    without_index.truncate(index);
    let table = [
        ("no index", without_index, "10 frames"),
        ("rate 0", patched(rate + 4, 0), "the recording cannot be read: recording: invalid frame rate 0/1"),
        ("scale 0", patched(rate, 0), "the recording cannot be read: recording: invalid frame rate 25/0"),
        (
            "rate huge",
            patched(rate + 4, u32::MAX),
            "the recording cannot be read: recording: invalid frame rate 4294967295/1",
        ),
        ("width of 65535 in the header", patched(find(b"strf") + 12, 65_535), "10 frames"),
        (
            "another codec",
            patched(find(b"strf") + 24, u32::from_le_bytes(*b"H264")),
            "the recording cannot be read: recording: the codec \"H264\" (H.264, which is read in MP4 and MOV only) is \
             not supported; convert the file with \"ffmpeg -i in.mov -c:v libx264 -pix_fmt yuv420p out.mp4\"",
        ),
        ("file too long", patched(4, u32::MAX), "10 frames"),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (name, content, expected) in table {
        let path = folder.path().join("recording");
        fs::write(&path, content).unwrap();
        let found = frames(&path).map_or_else(|error| chain(&error), |frames| format!("{} frames", frames.len()));
        assert_eq!(found, expected, "{name}");
    }
}

/// Every file in `formats/`, without the folder.
const FILES: [&str; 11] = [
    "reordered.mp4",
    "mpeg4-part2.mp4",
    "mjpeg.avi",
    "c420jpeg.y4m",
    "c420mpeg2.y4m",
    "c422.y4m",
    "c444.y4m",
    "mono.y4m",
    "animated.gif",
    "animated.webp",
    "animated.png",
];

#[test]
fn a_file_cut_anywhere_never_gives_more_than_it_held() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recording");
    for name in FILES {
        let intact = fs::read(fixture("formats").join(name)).unwrap();
        let all = frames(&fixture("formats").join(name)).map_or(0, |frames| frames.len());
        // Every third byte within the headers, then every 251st: a prime, so that all alignments occur.
        for length in (0..intact.len().min(800)).step_by(3).chain((800..intact.len()).step_by(251)) {
            fs::write(&path, &intact[..length]).unwrap();
            let found = frames(&path).map_or(0, |frames| frames.len());
            assert!(found <= all, "{name} cut to {length} bytes gives {found} frames");
        }
    }
}
