//! MP4: what players would not show is not delivered, and what is lost is counted.

use std::time::Duration;

use crate::make::{
    movie::{Edit, Movie, Sample},
    play, play_bytes, positions,
};

const NORMAL: u32 = 1 << 16;

/// Name, edits, the frames shown with their times in seconds, and how many there are.
type Row<'a> = (&'a str, &'a [Edit], &'a [(usize, f64)], usize);

#[test]
fn an_edit_list_shows_what_players_show() {
    // 72 frames, 30 a second; the track has 15360 ticks a second, 512 a frame.
    let whole = play(&crate::make::fixture("person-b.mp4"));
    let movie = Movie::of("person-b.mp4");
    let second = 15_360;
    let table: [Row<'_>; 9] = [
        ("all", &[(2400, 0, NORMAL)], &[(0, 0.0), (71, 71.0 / 30.0)], 72),
        ("cut at 0.7 s, as ffmpeg -ss 0.7 -c copy", &[(1700, 10_752, NORMAL)], &[(21, 0.0), (71, 50.0 / 30.0)], 51),
        ("cut within a frame", &[(1700, 10_752 - 100, NORMAL)], &[(21, 100.0 / 15_360.0)], 51),
        ("cut at the end", &[(1000, 0, NORMAL)], &[(0, 0.0), (29, 29.0 / 30.0)], 30),
        ("cut at both", &[(500, second, NORMAL)], &[(30, 0.0), (44, 14.0 / 30.0)], 15),
        ("a pause first", &[(300, -1, NORMAL), (500, second, NORMAL)], &[(30, 0.0), (44, 14.0 / 30.0)], 15),
        ("no known duration", &[(0, second, NORMAL)], &[(30, 0.0), (71, 41.0 / 30.0)], 42),
        (
            "the middle taken out",
            &[(500, 0, NORMAL), (500, second, NORMAL)],
            &[(0, 0.0), (14, 14.0 / 30.0), (30, 0.5), (44, 0.5 + 14.0 / 30.0)],
            30,
        ),
        ("one frame", &[(33, second, NORMAL)], &[(30, 0.0)], 1),
    ];
    for (name, edits, wanted, count) in table {
        let edited = Movie { edits: edits.to_vec(), ..movie.clone() };
        let played = play_bytes(&edited.index_first());
        assert_eq!(played.summary(), format!("{count} frames"), "{name}");
        let shown = positions(&played.frames, &whole.frames);
        for &(frame, at) in wanted {
            let found =
                shown.iter().position(|&shown| shown == Some(frame)).unwrap_or_else(|| panic!("{name}: {frame}"));
            let off = played.frames[found].at().as_secs_f64() - at;
            assert!(off.abs() < 0.0005, "{name}: frame {frame} is {off} s off");
            assert_eq!(played.frames[found].seq(), found as u64, "{name}");
        }
        assert!(shown.is_sorted() && shown.iter().all(Option::is_some), "{name}: {shown:?}");
    }
}

#[test]
fn an_edit_list_holds_for_frames_stored_out_of_order() {
    let movie = Movie::of("formats/reordered.mp4");
    let whole = play_bytes(&movie.index_first());
    assert_eq!(whole.summary(), "12 frames");
    // The first frame is shown at tick 1024; 512 ticks a frame.
    let edited = Movie { edits: vec![(200, 1024 + 4 * 512, NORMAL)], ..movie.clone() };
    let played = play_bytes(&edited.index_first());
    assert_eq!(positions(&played.frames, &whole.frames), (4..9).map(Some).collect::<Vec<_>>());
    assert_eq!(played.millis(), [0, 40, 80, 120, 160]);
}

#[test]
fn edit_lists_that_are_not_played_are_refused_by_name() {
    let movie = Movie::of("formats/reordered.mp4");
    let rate = "an edit list with a rate other than 1 is not supported";
    let order = "an edit list that repeats or reorders parts of the video is not supported";
    let table: [(&[Edit], &str); 6] = [
        (&[(100, 1024, 2 << 16)], rate),
        (&[(100, 1024, 1 << 15)], rate),
        (&[(100, 1024, 0)], rate),
        (&[(200, 3072, NORMAL), (200, 1024, NORMAL)], order),
        (&[(200, 1024, NORMAL), (200, 1024, NORMAL)], order),
        (&[(200, 1 << 20, NORMAL)], "the recording has no frames"),
    ];
    for (edits, wanted) in table {
        let edited = Movie { edits: edits.to_vec(), ..movie.clone() };
        let error = play_bytes(&edited.index_first()).error.unwrap();
        assert!(error.ends_with(wanted), "{edits:?}: {error}");
    }
}

#[test]
fn a_damaged_sample_costs_the_frames_up_to_the_next_key_frame() {
    // Key frames are 0, 25, 50 and 75 of 80, 25 a second.
    let movie = Movie::of("person-a-enrol.mp4");
    let whole = play(&crate::make::fixture("person-a-enrol.mp4"));
    let spoil = |at: usize, how: &dyn Fn(&mut Vec<u8>)| {
        let mut spoiled = movie.clone();
        how(&mut spoiled.samples[at].data);
        spoiled
    };
    let without = |range: std::ops::Range<usize>| {
        let mut shorter = movie.clone();
        shorter.samples.drain(range);
        shorter
    };
    let lost = |frames: usize| match frames {
        1 => "; 1 frame was lost where the video is damaged or cut".to_owned(),
        _ => format!("; {frames} frames were lost where the video is damaged or cut, up to the next key frame"),
    };
    // Name, file, lost frames; then the frames shown, and what their times are ahead of their numbers.
    let table = [
        ("empty", spoil(10, &Vec::clear), 15, [(0..10, 0), (25..80, 0)]),
        ("zeros", spoil(10, &|data| data.fill(0)), 15, [(0..10, 0), (25..80, 0)]),
        ("ones", spoil(10, &|data| data.fill(0xff)), 15, [(0..10, 0), (25..80, 0)]),
        ("half", spoil(10, &|data| data.truncate(data.len() / 2)), 15, [(0..10, 0), (25..80, 0)]),
        ("noise", spoil(10, &|data| noise(&mut data[5..])), 15, [(0..10, 0), (25..80, 0)]),
        ("a damaged key frame", spoil(25, &|data| data.fill(0)), 25, [(0..25, 0), (50..80, 0)]),
        ("the last", spoil(79, &|data| data.fill(0)), 1, [(0..79, 0), (79..79, 0)]),
        ("missing", without(10..11), 14, [(0..10, 0), (25..80, 1)]),
        ("no key frame first", without(0..10), 15, [(25..80, 10), (80..80, 0)]),
    ];
    for (name, movie, count, parts) in table {
        let played = play_bytes(&movie.index_first());
        let wanted: Vec<usize> = parts.iter().flat_map(|(range, _)| range.clone()).collect();
        assert_eq!(played.summary(), format!("{} frames{}", wanted.len(), lost(count)), "{name}");
        let shown: Vec<_> = positions(&played.frames, &whole.frames).into_iter().flatten().collect();
        assert_eq!(shown, wanted, "{name}");
        let times: Vec<_> = parts
            .iter()
            .flat_map(|(range, early)| range.clone().map(move |frame| (frame - early) as u64 * 40))
            .collect();
        assert_eq!(played.millis(), times, "{name}");
    }
}

/// Fills `data` with what no encoder wrote, without a start code.
fn noise(data: &mut [u8]) {
    data.iter_mut().enumerate().for_each(|(i, byte)| *byte = (i * 37 + 11) as u8 | 1);
}

#[test]
fn without_any_key_frame_the_recording_says_how_much_is_lost() {
    let mut movie = Movie::of("person-a-enrol.mp4");
    movie.samples.drain(26..);
    movie.samples.remove(0);
    movie.samples.pop();
    let played = play_bytes(&movie.index_first());
    let wanted =
        "no frame can be shown: 24 frames were lost where the video is damaged or cut, up to the next key frame";
    assert!(played.error.as_ref().unwrap().ends_with(wanted), "{:?}", played.error);
}

/// As a broadcast cut out of a longer one: the key frames are gone, and a message says where decoders that can do without
/// may start.
#[test]
fn recovery_points_alone_are_refused_by_name_with_the_way_out() {
    let mut movie = Movie::of("person-a-enrol.mp4");
    let recovery_point = [0, 0, 0, 5, 6, 6, 1, 0xc4, 0x80];
    for key in [75, 50, 25, 0] {
        movie.samples.remove(key);
        let next = &mut movie.samples[key].data;
        *next = [&recovery_point[..], next].concat();
    }
    let error = play_bytes(&movie.index_first()).error.unwrap();
    let wanted = "this H.264 has no key frame (IDR), only recovery points; convert the file with \"ffmpeg -i in.mp4 -c:v \
                  libx264 -pix_fmt yuv420p out.mp4\"";
    assert!(error.ends_with(wanted), "{error}");
    // With a key frame, it plays from there.
    let whole = Movie::of("person-a-enrol.mp4");
    movie.samples.extend(whole.samples[50..].iter().cloned());
    let played = play_bytes(&movie.index_first());
    assert_eq!((played.frames.len(), played.losses.lost), (30, 76), "{}", played.summary());
}

#[test]
fn frames_stored_out_of_order_keep_their_times_across_key_frames() {
    let movie = Movie::of("formats/reordered.mp4");
    let whole = play_bytes(&movie.index_first());
    let mut twice = movie.clone();
    twice.samples.extend(movie.samples.clone());
    twice.samples.extend(movie.samples.clone());
    let played = play_bytes(&twice.index_first());
    assert_eq!(played.summary(), "36 frames");
    assert_eq!(played.millis(), (0..36).map(|i| i * 40).collect::<Vec<_>>());
    let same = played.frames.iter().zip(whole.frames.iter().cycle()).all(|(a, b)| a.rgb() == b.rgb());
    assert!(same, "the same images three times");
}

#[test]
fn a_damaged_sample_never_gives_an_image_the_time_of_another() {
    let movie = Movie::of("formats/reordered.mp4");
    let whole = play_bytes(&movie.index_first());
    for damaged in 1..movie.samples.len() {
        for how in [|data: &mut Vec<u8>| data.fill(0), |data: &mut Vec<u8>| data.truncate(data.len() / 2)] {
            let mut spoiled = movie.clone();
            how(&mut spoiled.samples[damaged].data);
            let played = play_bytes(&spoiled.index_first());
            for frame in &played.frames {
                let same = whole.frames.iter().any(|other| other.at() == frame.at() && other.rgb() == frame.rgb());
                assert!(same, "sample {damaged}: another image at {:?}", frame.at());
            }
            assert_eq!(played.frames.len() as u64 + played.losses.lost, 12, "sample {damaged}: {}", played.summary());
        }
    }
}

#[test]
fn a_file_that_ends_early_plays_what_is_whole_and_says_where_it_ends() {
    let movie = Movie::of("person-a-enrol.mp4");
    let file = movie.index_first();
    let data: usize = movie.samples[..60].iter().map(|Sample { data, .. }| data.len()).sum();
    let all: usize = movie.samples.iter().map(|sample| sample.data.len()).sum();
    let length = file.len() - all + data + 5;
    let played = play_bytes(&file[..length]);
    assert_eq!(
        played.summary(),
        format!(
            "60 frames; 20 frames were lost where the video is damaged or cut, up to the next key frame; the file was never \
             finished and ends at byte {length}"
        )
    );
    assert_eq!(played.frames[59].at(), Duration::from_millis(59 * 40));
    let error = play_bytes(&movie.data_first()[..length]).error.unwrap();
    assert!(error.ends_with("the recording was never finished: it has no index (moov)"), "{error}");
}
