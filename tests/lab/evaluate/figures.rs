//! Liveness detection on the project's own set is no worse than the committed figures.
//!
//! Simulated attacks are for pipeline tests only and say nothing about accuracy: `tests/fixtures/pad/README.md`.

use std::{collections::BTreeMap, fs, path::Path};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{countenance, evaluated, fixture, pictures};

/// Frames of a recording that an attack is made from: enough for a decision, few enough to be quick.
const FRAMES: usize = 46;
/// Longest time from the first good frame to a decision, milliseconds.
const DECIDED_MILLIS: u64 = 2_000;

/// What was measured, as shares from 0 to 1.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Committed {
    /// Equal error rate.
    eer: f64,
    /// People turned away.
    bpcer: f64,
    /// Attacks that passed, by species.
    apcer: BTreeMap<String, f64>,
    /// Clips without a score.
    non_response: u64,
    /// Attacks that a login would have accepted.
    attacks_accepted: u64,
    /// Of those decisions that a login would have come to, the one that took longest.
    worst_decision_millis: u64,
}

#[test]
fn no_figure_is_worse_than_the_committed_one() {
    let committed: Committed = serde_json::from_slice(&fs::read(fixture("pad/figures.json")).unwrap()).unwrap();
    let now = measured();
    let mut worse = Vec::new();
    let mut check = |name: &str, now: f64, then: f64| {
        // A hair for the last digit of a platform's arithmetic.
        if now > then + 1e-6 {
            worse.push(format!("{name} is {now}, was {then}"));
        }
    };
    check("EER", now.eer, committed.eer);
    check("BPCER", now.bpcer, committed.bpcer);
    check("clips without a score", now.non_response as f64, committed.non_response as f64);
    check("attacks accepted", now.attacks_accepted as f64, committed.attacks_accepted as f64);
    check("the longest decision", now.worst_decision_millis as f64, DECIDED_MILLIS as f64);
    for (species, then) in &committed.apcer {
        check(&format!("APCER of {species}"), now.apcer.get(species).copied().unwrap_or(1.0), *then);
    }
    assert!(worse.is_empty(), "{}\nall that was measured: {now:?}", worse.join("\n"));
    assert_eq!(now.apcer.len(), committed.apcer.len(), "species came or went: refresh the figures");
}

/// Not a test: measures and writes the committed figures anew.
#[test]
#[ignore = "writes tests/fixtures/pad/figures.json"]
fn refresh() {
    let text = serde_json::to_string_pretty(&measured()).unwrap();
    fs::write(fixture("pad/figures.json"), format!("{text}\n")).unwrap();
}

fn measured() -> Committed {
    let set = tempfile::tempdir().unwrap();
    let manifest = set.path().join("set.toml");
    fs::copy(fixture("pad/set.toml"), &manifest).unwrap();
    make(&manifest);
    let written = evaluated(&manifest, &[]);
    let report = &written.report;
    let rate = |value: &Value| value.as_f64().unwrap_or(1.0);
    let species = report["species"].as_array().unwrap().iter();
    let decided = |row: &&Value| matches!(row["decision"].as_str(), Some("live" | "not_live"));
    let told = String::from_utf8(written.bytes[5].clone()).unwrap();
    assert!(!told.contains("expected"), "{told}");
    Committed {
        eer: rate(&report["eer"]),
        bpcer: rate(&report["bpcer"]["rate"]),
        apcer: species.map(|of| (of["name"].as_str().unwrap().to_owned(), rate(&of["wrong"]["rate"]))).collect(),
        non_response: written.clips.iter().filter(|row| row["response"] != "scored").count() as u64,
        attacks_accepted: report["attacks"]["decisions"]["live"]["count"].as_u64().unwrap(),
        worst_decision_millis: {
            let times = written.clips.iter().filter(decided).map(|row| row["decided_millis"].as_u64().unwrap());
            times.max().unwrap()
        },
    }
}

/// Puts the clips in place that the manifest names: people as they are, attacks made anew, all at a time.
fn make(manifest: &Path) {
    let folder = manifest.parent().unwrap();
    let set: toml::Table = fs::read_to_string(manifest).unwrap().parse().unwrap();
    let clips = set["clip"].as_array().unwrap();
    for source in ["person-a-enrol", "person-a-verify"] {
        pictures(&format!("{source}.mp4"), &folder.join(source), FRAMES);
    }
    std::thread::scope(|scope| {
        for clip in clips {
            let path = folder.join(clip["path"].as_str().unwrap());
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let Some(species) = clip.get("species").and_then(toml::Value::as_str) else {
                fs::copy(fixture(path.file_name().unwrap().to_str().unwrap()), &path).unwrap();
                continue;
            };
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            scope.spawn(move || {
                let [support, seed, source] = name.splitn(3, '-').collect::<Vec<_>>()[..] else { panic!("{name}") };
                let (input, output) = (folder.join(source), path.to_str().unwrap().to_owned());
                let input = input.to_str().unwrap();
                let made =
                    countenance(&["recapture", "--as", species, "--support", support, "--seed", seed, input, &output]);
                assert_eq!(made.code, 0, "{name}: {}", made.err);
            });
        }
    });
}
