//! `countenance-lab evaluate` as used by scripts: sets, thresholds, unknown frame rate, cues, and reproducible output.

mod figures;
mod files;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use countenance_camera::recording;
use countenance_lab::recapture::film;
use serde_json::Value;
use tempfile::TempDir;

struct CommandOutput {
    code: i32,
    out: String,
    err: String,
}

fn run_lab(args: &[&str]) -> CommandOutput {
    let ran = Command::new(env!("CARGO_BIN_EXE_countenance-lab")).args(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    CommandOutput { code: ran.status.code().unwrap(), out: text(ran.stdout), err: text(ran.stderr) }
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures").join(name)
}

/// Writes the first frames of a recording into a folder, as images.
fn extract_frames(recording: &str, folder: &Path, frames: usize) {
    film(&mut recording::open(&fixture(recording)).unwrap(), folder, frames).unwrap();
}

/// Two bona fide clips, one of them a folder of images; two bona fide clips labeled as attacks, as no test here needs
/// real ones; a clip that is no recording; and a clip without a label.
fn clip_set() -> TempDir {
    let root = tempfile::tempdir().unwrap();
    let at = |path: &str| root.path().join(path);
    for folder in ["bona_fide", "attack_one", "attack_other", "elsewhere"] {
        fs::create_dir(at(folder)).unwrap();
    }
    fs::copy(fixture("person-a-enrol.mp4"), at("bona_fide/a.mp4")).unwrap();
    extract_frames("person-a-verify.mp4", &at("bona_fide/b"), 48);
    fs::copy(fixture("person-b.mp4"), at("attack_one/hand_c.mp4")).unwrap();
    extract_frames("person-b.mp4", &at("attack_other/fixed_d"), 4);
    fs::write(at("attack_one/broken.mp4"), b"no recording").unwrap();
    fs::copy(fixture("formats/mjpeg.avi"), at("elsewhere/e.avi")).unwrap();
    root
}

/// The output of an evaluation.
struct Evaluation {
    report: Value,
    clips: Vec<Value>,
    frames: Vec<Value>,
    /// The files JSON, clips, frames and HTML, then stdout and stderr.
    bytes: Vec<Vec<u8>>,
}

fn evaluate(set: &Path, more: &[&str]) -> Evaluation {
    let out = tempfile::tempdir().unwrap();
    let at = |name: &str| out.path().join(name).to_str().unwrap().to_owned();
    let files = ["json", "clips", "frames", "html"].map(at);
    let [json, clips, frames, html] = &files;
    let mut args = vec!["evaluate", set.to_str().unwrap(), "--json", json, "--clips", clips];
    args.extend(["--frames", frames, "--html", html]);
    args.extend(more);
    let ran = run_lab(&args);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let mut bytes: Vec<_> = files.iter().map(|file| fs::read(file).unwrap()).collect();
    let lines = |i: usize| -> Vec<Value> {
        bytes[i].split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect()
    };
    let (report, clips, frames) = (lines(0).remove(0), lines(1), lines(2));
    bytes.push(ran.out.into_bytes());
    bytes.push(ran.err.into_bytes());
    Evaluation { report, clips, frames, bytes }
}

fn row_of<'w>(rows: &'w [Value], clip: &str) -> &'w Value {
    rows.iter().find(|row| row["clip"] == clip).unwrap_or_else(|| panic!("{clip}: {rows:?}"))
}

#[test]
fn output_is_reproducible_for_any_number_of_threads() {
    let set = clip_set();
    let one = evaluate(set.path(), &["--limit-frames", "6", "--threads", "1"]);
    let three = evaluate(set.path(), &["--limit-frames", "6", "--threads", "3"]);
    assert!(one.bytes == three.bytes, "{}\n{}", one.report, three.report);
    let names: Vec<_> = one.clips.iter().map(|row| row["clip"].as_str().unwrap()).collect();
    assert!(names.is_sorted() && names.len() == 5, "{names:?}");
    assert_eq!(row_of(&one.clips, "attack_one/hand_c.mp4")["facts"]["support"], "hand");
    assert_eq!(row_of(&one.clips, "elsewhere/e.avi")["label"], Value::Null);
    let stderr = String::from_utf8(one.bytes[5].clone()).unwrap();
    assert!(stderr.contains("not counted: 1"), "{stderr}");
    let table = String::from_utf8(one.bytes[4].clone()).unwrap();
    let left_out = "attack_one/broken.mp4: this is not a recording";
    for row in ["APCER one", "APCER other", "BPCER bona fide", "HTER", "EER", "AUC", "from the policy", left_out] {
        assert!(table.contains(row), "{row}: {table}");
    }
    let report = &one.report;
    assert_eq!((&report["attacks"]["failed"], &report["attacks"]["presented"]), (&0.into(), &2.into()));
    assert_eq!((&report["files"]["found"], &report["files"]["judged"]), (&58.into(), &55.into()));
    assert_eq!(report["presented"]["unlabelled"], 1);
    assert_eq!(report["models"].as_array().unwrap().len(), 4);
    assert!(["set_sha256", "policy"].iter().all(|digest| report[*digest].as_str().unwrap().len() > 40));

    fs::copy(fixture("person-a-verify.mp4"), set.path().join("attack_one/hand_c.mp4")).unwrap();
    let other = evaluate(set.path(), &["--limit-frames", "1"]);
    assert_ne!(other.report["set_sha256"], report["set_sha256"], "the digest must depend on the content");
}

#[test]
fn without_a_frame_rate_frames_have_no_time_and_keep_one_track() {
    let set = clip_set();
    let untimed = evaluate(set.path(), &[]);
    let timed = evaluate(set.path(), &["--fps", "25"]);
    let slow = evaluate(set.path(), &["--fps", "2"]);
    let folder = "bona_fide/b";
    let row = |evaluation: &Evaluation| row_of(&evaluation.clips, folder).clone();
    assert_eq!((&row(&untimed)["decision"], &row(&untimed)["decided_millis"]), (&Value::Null, &Value::Null));
    assert_eq!(row(&timed)["decision"], "live");
    assert!((1_600..=2_000).contains(&row(&timed)["decided_millis"].as_u64().unwrap()), "{}", row(&timed));
    // `--fps` applies only to folders of images; a recording has its own timestamps.
    assert_eq!(row_of(&untimed.clips, "bona_fide/a.mp4")["decision"], "live");
    assert_eq!(row_of(&untimed.clips, "bona_fide/a.mp4"), row_of(&slow.clips, "bona_fide/a.mp4"));
    let frames = |evaluation: &Evaluation| -> Vec<Value> {
        evaluation.frames.iter().filter(|frame| frame["clip"] == folder).cloned().collect()
    };
    assert!(frames(&untimed).iter().all(|frame| frame["at_millis"].is_null() && frame["track"] == 1));
    assert_eq!(frames(&timed)[5]["at_millis"], 200);
    let scales = |frame: &Value| {
        frame["odds"].as_array().unwrap().iter().map(|odds| odds.as_array().unwrap().len()).collect::<Vec<_>>()
    };
    assert!(frames(&timed).iter().all(|frame| scales(frame) == [2, 1]), "a number for each network and scale");
    // Frames half a second apart cannot decide a sign-in, but are scored and stay in one track.
    assert_eq!(frames(&slow)[3]["track"], 1);
    assert_eq!(row(&slow)["decision"], Value::Null);
}

#[test]
fn the_threshold_comes_from_the_policy_an_option_or_another_set() {
    let set = clip_set();
    let path = set.path().to_str().unwrap();
    let short = ["--limit-frames", "2"];
    let run = |more: &[&str]| evaluate(set.path(), &[&short[..], more].concat()).report;
    let policy = run(&[]);
    assert_eq!((&policy["threshold"]["from"], &policy["fitted_on"]), (&"the policy".into(), &Value::Null));
    let chosen = run(&["--threshold", "-100"]);
    assert_eq!((&chosen["threshold"]["value"], &chosen["apcer"]["rate"]), (&(-100.0).into(), &1.0.into()));
    assert_ne!(
        chosen["policy"], policy["policy"],
        "sign-ins use the chosen threshold, so the policy digest must differ"
    );
    let fitted = run(&["--threshold-from", path]);
    let value = |report: &Value| report["threshold"]["value"].as_f64().unwrap();
    assert!((value(&fitted) - policy["eer_threshold"].as_f64().unwrap()).abs() < 1e-5);
    assert_eq!(
        (&fitted["fitted_on"]["eer"], &fitted["fitted_on"]["set_sha256"]),
        (&policy["eer"], &policy["set_sha256"])
    );
    assert!(fitted["threshold"]["from"].as_str().unwrap().contains(path));
}

#[test]
fn options_select_cues_and_quality_gates() {
    let set = clip_set();
    let run = |more: &[&str]| evaluate(set.path(), &[&["--limit-frames", "2"], more].concat()).report;
    let all = ["stillness", "rigidity", "bezel", "background"];
    for (cues, expected) in
        [("none", &[][..]), ("all", &all[..]), ("background,stillness", &["stillness", "background"])]
    {
        let report = run(&["--cues", cues]);
        assert_eq!(report["cues"], serde_json::json!(expected), "{cues}");
        let rows = if expected.is_empty() { 0 } else { expected.len() + 1 };
        assert_eq!(report["ablation"].as_array().unwrap().len(), rows, "{cues}");
    }
    let open = run(&[]);
    assert_eq!((&open["gated"], &open["bona_fide"]["no_good_frame"]), (&false.into(), &0.into()));
    assert_eq!(run(&["--gated"])["gated"], true);
}

/// Each row: name, set, further arguments, exit code, part of stderr.
#[test]
fn the_exit_code_reports_whether_there_are_results() {
    let empty = tempfile::tempdir().unwrap();
    let broken = tempfile::tempdir().unwrap();
    fs::create_dir(broken.path().join("bona_fide")).unwrap();
    fs::write(broken.path().join("bona_fide/a.mp4"), b"no recording").unwrap();
    let refused = broken.path().join("refused.toml");
    fs::write(&refused, "[[clip]]\npath = \"../a.mp4\"\nlabel = \"bona_fide\"\n").unwrap();
    let missing = broken.path().join("missing.toml");
    fs::write(&missing, "[[clip]]\npath = \"none.mp4\"\nlabel = \"bona_fide\"\n").unwrap();
    let listed = broken.path().join("listed.toml");
    fs::write(&listed, "[[clip]]\npath = \"bona_fide/a.mp4\"\nlabel = \"bona_fide\"\n").unwrap();
    let missing_text = missing.to_str().unwrap();
    let rows: [(&str, &Path, &[&str], i32, &str); 9] = [
        ("an empty folder", empty.path(), &[], 2, "contains no recordings or images"),
        ("a missing folder", Path::new("nowhere"), &[], 2, "cannot use the manifest nowhere: file not found"),
        ("a refused manifest", &refused, &[], 2, "line 2: the path leaves the manifest's folder"),
        ("only what is no clip", broken.path(), &[], 2, "(bona_fide/a.mp4: this is not a recording"),
        ("only broken clips", &listed, &[], 12, "bona_fide/a.mp4 failed: "),
        ("only missing clips", &missing, &[], 12, "none.mp4 failed: "),
        (
            "no scores to fit a threshold to",
            &missing,
            &["--threshold-from", missing_text],
            12,
            "cannot choose a threshold on ",
        ),
        (
            "an unknown cue",
            broken.path(),
            &["--cues", "smell"],
            2,
            "unknown cue smell; expected all, none, or a list of stillness",
        ),
        ("an invalid threshold", broken.path(), &["--threshold", "nan"], 2, "expected a finite number"),
    ];
    for (name, set, more, code, message) in rows {
        let mut args = vec!["evaluate", set.to_str().unwrap()];
        args.extend(more);
        let ran = run_lab(&args);
        assert_eq!(ran.code, code, "{name}: {}", ran.err);
        assert!(ran.err.contains(message), "{name}: {}", ran.err);
    }
}
