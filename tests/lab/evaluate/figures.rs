//! Liveness detection on the project's own set is no worse than the committed metrics.
//!
//! Simulated attacks are for pipeline tests only and say nothing about accuracy: `tests/fixtures/pad/README.md`.

use std::{collections::BTreeMap, fs, path::Path};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{evaluate, extract_frames, fixture, run_lab};

/// Number of frames per attack for which the set gives none: enough for a decision, few enough to be quick.
const FRAMES: usize = 46;
/// Number of frames at the start of a recording that an attack may leave out.
const MAX_SKIP: usize = 8;
/// Maximum time from the first good frame to a decision, in milliseconds.
const MAX_DECISION_MILLIS: u64 = 2_000;

/// Metrics of an evaluation; rates are from 0 to 1.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Metrics {
    /// Equal error rate.
    eer: f64,
    /// Share of bona fide presentations classified as attacks.
    bpcer: f64,
    /// Share of attack presentations classified as bona fide, by species of presentation attack instrument.
    apcer: BTreeMap<String, f64>,
    /// Number of clips without a score.
    non_response: u64,
    /// Number of attacks that a sign-in would have accepted.
    attacks_accepted: u64,
    /// Longest time to a decision, among clips with one, in milliseconds.
    worst_decision_millis: u64,
}

#[test]
fn no_metric_is_worse_than_the_committed_one() {
    let committed: Metrics = serde_json::from_slice(&fs::read(fixture("pad/figures.json")).unwrap()).unwrap();
    let now = measure();
    let mut worse = Vec::new();
    let mut check = |name: &str, now: f64, committed: f64| {
        // Tolerance for floating-point differences between platforms.
        if now > committed + 1e-6 {
            worse.push(format!("{name} is {now}, was {committed}"));
        }
    };
    check("EER", now.eer, committed.eer);
    check("BPCER", now.bpcer, committed.bpcer);
    check("clips without a score", now.non_response as f64, committed.non_response as f64);
    check("attacks accepted", now.attacks_accepted as f64, committed.attacks_accepted as f64);
    check("the longest decision", now.worst_decision_millis as f64, MAX_DECISION_MILLIS as f64);
    for (species, committed) in &committed.apcer {
        check(&format!("APCER of {species}"), now.apcer.get(species).copied().unwrap_or(1.0), *committed);
    }
    assert!(worse.is_empty(), "{}\nall metrics: {now:?}", worse.join("\n"));
    assert_eq!(now.apcer.len(), committed.apcer.len(), "the list of species changed: refresh the committed metrics");
}

/// Not a test: measures again and writes the committed metrics.
#[test]
#[ignore = "writes tests/fixtures/pad/figures.json"]
fn refresh() {
    let text = serde_json::to_string_pretty(&measure()).unwrap();
    fs::write(fixture("pad/figures.json"), format!("{text}\n")).unwrap();
}

fn measure() -> Metrics {
    let set = tempfile::tempdir().unwrap();
    let manifest = set.path().join("set.toml");
    fs::copy(fixture("pad/set.toml"), &manifest).unwrap();
    make(&manifest);
    let evaluation = evaluate(&manifest, &[]);
    let report = &evaluation.report;
    let rate = |value: &Value| value.as_f64().unwrap_or(1.0);
    let species = report["species"].as_array().unwrap().iter();
    let decided = |row: &&Value| matches!(row["decision"].as_str(), Some("live" | "not_live"));
    let stderr = String::from_utf8(evaluation.bytes[5].clone()).unwrap();
    assert!(!stderr.contains("expected"), "{stderr}");
    Metrics {
        eer: rate(&report["eer"]),
        bpcer: rate(&report["bpcer"]["rate"]),
        apcer: species.map(|of| (of["name"].as_str().unwrap().to_owned(), rate(&of["wrong"]["rate"]))).collect(),
        non_response: evaluation.clips.iter().filter(|row| row["response"] != "scored").count() as u64,
        attacks_accepted: report["attacks"]["decisions"]["live"]["count"].as_u64().unwrap(),
        worst_decision_millis: {
            let times = evaluation.clips.iter().filter(decided).map(|row| row["decided_millis"].as_u64().unwrap());
            times.max().unwrap()
        },
    }
}

/// Creates the clips that the manifest names: copies bona fide recordings, and simulates attacks in parallel.
fn make(manifest: &Path) {
    let folder = manifest.parent().unwrap();
    let set: toml::Table = fs::read_to_string(manifest).unwrap().parse().unwrap();
    let clips = set["clip"].as_array().unwrap();
    for source in ["person-a-enrol", "person-a-verify"] {
        extract_frames(&format!("{source}.mp4"), &folder.join(source), FRAMES + MAX_SKIP);
    }
    std::thread::scope(|scope| {
        for clip in clips {
            let path = folder.join(clip["path"].as_str().unwrap());
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let Some(species) = clip.get("species").and_then(toml::Value::as_str) else {
                fs::copy(fixture(path.file_name().unwrap().to_str().unwrap()), &path).unwrap();
                continue;
            };
            let frames = clip.get("frames").and_then(toml::Value::as_integer).unwrap_or(FRAMES as i64).to_string();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            scope.spawn(move || {
                let [support, seed, source] = name.splitn(3, '-').collect::<Vec<_>>()[..] else { panic!("{name}") };
                let (source, skip) = source.split_once('+').unwrap_or((source, "0"));
                let (input, output) = (folder.join(source), path.to_str().unwrap().to_owned());
                let input = input.to_str().unwrap();
                let species = species.replace('_', "-");
                let options = ["--as", &species, "--support", support, "--seed", seed, "--skip", skip];
                let ran = run_lab(&[&["recapture"], &options[..], &["--frames", &frames, input, &output]].concat());
                assert_eq!(ran.code, 0, "{name}: {}", ran.err);
            });
        }
    });
}
