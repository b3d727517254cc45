//! Damaged settings, many of them from a seed: none panics, hangs or fills the memory, each refusal and complaint names its line, and
//! saving never loses what it did not understand.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
#![cfg(unix)]

mod bounds;
#[allow(dead_code, reason = "of what recordings need as well")]
mod mutate;

use std::{fs, path::Path};

use countenance_client::settings::{
    Complaint, Loaded, SETTINGS_MAX_BYTES, Settings, SettingsError, SettingsInUse, Theme,
};
use mutate::{below, damaged, lines};
use rand::{SeedableRng, rngs::ChaCha8Rng};

/// Damaged files of each kind; 1,200 in all, beside the 3,220 recordings. Each is written to disk several times.
const ROUNDS: usize = 300;

/// Settings as people have them, with what this version does not know.
const USUAL: &str = "# My settings, kept in a repository\n\ncamera = \"Desk Cam\" # bolted on\ncamera_pinned = true\n\
    camera_turn_deg = 90\ncamera_mirrored = true\nlanguage = \"pt-BR\"\ntheme = \"light\"   # by day\ntext_percent = 125\n\
    reduced_motion = false\nverifiers = [\n  \"https://a.example\", # ours\n  \"http://127.0.0.1:8443\",\n]\n\
    liveness_nets = [\"abababababababababababababababababababababababababababababababab\"]\nfuture = 2026-01-01\n\n\
    [kiosk] # of a later version\nidle_secs = 30\nnote = \"\"\"\n  two\n  lines\"\"\"\n";

/// Values of every type, to put in place of another.
const VALUES: [&str; 22] = [
    "0",
    "-1",
    "1.5",
    "nan",
    "inf",
    "99999999999999999999",
    "0x7fffffff",
    "true",
    "\"\"",
    "\"x\"",
    "'light'",
    "\"\\u0000\"",
    "\"\\u001b[2J\"",
    "[]",
    "[1, 2]",
    "[[], [\"a\"]]",
    "{}",
    "{ a = 1 }",
    "1979-05-27",
    "07:32:00",
    "",
    "\"",
];
/// No UTF-8: a lone byte, an overlong zero, half a surrogate pair, more than Unicode has, a character cut off.
const NO_TEXT: [&[u8]; 5] = [b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xe2\x82"];
/// Depths of nesting.
const DEPTHS: [usize; 6] = [2, 79, 81, 500, 5_000, 20_000];
/// Sizes of a file, bytes.
const SIZES: [usize; 4] = [SETTINGS_MAX_BYTES - 20, SETTINGS_MAX_BYTES, SETTINGS_MAX_BYTES + 1, 1 << 20];

fn mutated(base: &[u8], rng: &mut ChaCha8Rng) -> Vec<u8> {
    let mut data = base.to_vec();
    for _ in 0..=below(rng, 2) {
        if data.is_empty() {
            return data;
        }
        let parts = lines(&data);
        let (from, to) = parts[below(rng, parts.len())];
        let line = data[from..to].to_vec();
        match below(rng, 14) {
            0..=5 => data = damaged(&data, &parts, rng),
            6..=8 => {
                if let Some(equals) = line.iter().position(|&byte| byte == b'=') {
                    let value = format!("= {}\n", VALUES[below(rng, VALUES.len())]);
                    data.splice(from + equals..to, value.into_bytes());
                }
            }
            9 => drop(data.splice(from..from, "\u{feff}".bytes())),
            10 => {
                let end: &[u8] = [&b"\r\n"[..], b"\n", b"\r", b"\n\r", b"\0\n", b""][below(rng, 6)];
                let text = line.strip_suffix(b"\n").unwrap_or(&line);
                let text = text.strip_suffix(b"\r").unwrap_or(text);
                data.splice(from..to, [text, end].concat());
            }
            11 => {
                let at = from + below(rng, to - from);
                data.splice(at..at, NO_TEXT[below(rng, NO_TEXT.len())].iter().copied());
            }
            12 => {
                let depth = DEPTHS[below(rng, DEPTHS.len())];
                let deep = match below(rng, 4) {
                    0 => format!("deep = {}{}\n", "[".repeat(depth), "]".repeat(depth)),
                    1 => format!("deep = {}1{}\n", "{ a = ".repeat(depth), " }".repeat(depth)),
                    2 => format!("deep{} = 1\n", ".a".repeat(depth)),
                    _ => format!("[deep{}]\n", ".a".repeat(depth)),
                };
                data.splice(from..from, deep.into_bytes());
            }
            _ => {
                let size = SIZES[below(rng, SIZES.len())];
                let (start, end) = [("# ", "\n"), ("long = \"", "\"\n"), ("x", " = 1\n")][below(rng, 3)];
                let fill = size.saturating_sub(data.len() + start.len() + end.len());
                data.splice(from..from, format!("{start}{}{end}", "x".repeat(fill)).into_bytes());
            }
        }
    }
    data
}

#[test]
fn damaged_settings_are_used_or_refused_by_line_and_never_lost() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("settings.toml");
    let windows = format!("\u{feff}{}", USUAL.replace('\n', "\r\n"));
    let bases = [
        ("usual", USUAL.to_owned()),
        ("of Windows", windows),
        ("sparse", "theme = 'dark'\n# the end".to_owned()),
        ("dotted", "theme.name = 1\nkiosk.a.b = [{ c = 1 }, { c = 2 }]\n[[verifiers]]\nurl = \"x\"\n".to_owned()),
    ];
    let (mut rng, mut seen) = (ChaCha8Rng::seed_from_u64(17), Seen::default());
    for (name, base) in &bases {
        for round in 0..ROUNDS {
            let data = mutated(base.as_bytes(), &mut rng);
            let name = format!("{name}, round {round}");
            let (place, written) = (path.clone(), data.clone());
            let tried = bounds::in_time(&name, move || {
                fs::write(&place, &written).unwrap();
                tried(&place)
            });
            seen.add(tried, &data, &path, &name);
        }
    }
    bounds::memory();
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1, "no temporary file is left behind");
    let Seen { whole, with_complaints, refused, saved } = seen;
    assert_eq!(whole + with_complaints + refused, bases.len() * ROUNDS);
    // Damage that never shows, or that nothing survives, would test nothing.
    let least = whole.min(with_complaints).min(refused).min(saved);
    assert!(least > 40, "{whole} whole, {with_complaints} with complaints, {refused} refused, {saved} saved");
}

/// What became of a file: as loaded, after it was saved without a change, after the theme was changed, and then once more
/// without a change.
struct Tried {
    loaded: Result<Loaded, SettingsError>,
    kept: Vec<u8>,
    changed: Option<Changed>,
}

struct Changed {
    settings: Settings,
    saved: Result<(), SettingsError>,
    after: Vec<u8>,
    again: Result<Loaded, SettingsError>,
    kept: Vec<u8>,
}

/// Loads and saves the file at `path`.
fn tried(path: &Path) -> Tried {
    let loaded = Settings::load(path);
    let settings = loaded.as_ref().map(|loaded| loaded.settings.clone()).unwrap_or_default();
    let same = SettingsInUse::from(settings.clone()).save(path);
    assert_eq!(same.is_ok(), loaded.is_ok(), "{same:?}, {loaded:?}");
    let kept = fs::read(path).unwrap();
    let changed = loaded.is_ok().then(|| {
        let theme = if settings.theme == Theme::HighContrast { Theme::Dark } else { Theme::HighContrast };
        let settings = Settings { theme, ..settings };
        let in_use = SettingsInUse::from(settings.clone());
        let saved = in_use.save(path);
        let after = fs::read(path).unwrap();
        let again = Settings::load(path);
        if saved.is_ok() {
            in_use.save(path).unwrap();
        }
        Changed { settings, saved, after, again, kept: fs::read(path).unwrap() }
    });
    Tried { loaded, kept, changed }
}

/// How many files were of each kind.
#[derive(Default)]
struct Seen {
    whole: usize,
    with_complaints: usize,
    refused: usize,
    saved: usize,
}

impl Seen {
    fn add(&mut self, tried: Tried, data: &[u8], path: &Path, name: &str) {
        assert_eq!(tried.kept, data, "{name}: saving without a change changes the file");
        let loaded = match tried.loaded {
            Ok(loaded) => loaded,
            Err(error) => {
                self.refused += 1;
                return refusal(&error, data, path, name);
            }
        };
        complaints(&loaded.complaints, data, name);
        if loaded.complaints.is_empty() {
            self.whole += 1;
        } else {
            self.with_complaints += 1;
        }
        let Changed { settings, saved, after, again, kept } = tried.changed.unwrap();
        if let Err(error) = saved {
            refusal(&error, data, path, name);
            assert_eq!(after, data, "{name}: a refused change changes the file");
            return;
        }
        self.saved += 1;
        let again = again.unwrap_or_else(|error| panic!("{name}: what was saved cannot be loaded: {error:?}"));
        assert_eq!(again.settings, settings, "{name}");
        assert_eq!(kept, after, "{name}: saving twice is not saving once");
        let others = |complaints: &[Complaint]| -> Vec<_> {
            complaints.iter().filter(|c| c.key != "theme").map(|c| (c.key.clone(), c.fault.clone())).collect()
        };
        assert_eq!(others(&again.complaints), others(&loaded.complaints), "{name}");
        nothing_is_lost(data, &after, name);
    }
}

/// Checks that an error names the file and a line of it, in one line of text.
fn refusal(error: &SettingsError, data: &[u8], path: &Path, name: &str) {
    assert!(error.to_string().ends_with(path.to_str().unwrap()), "{name}: {error}");
    let why = error.source.to_string();
    assert!(!why.chars().any(char::is_control) && why.len() < 500, "{name}: {why:?}");
    let line = why.strip_prefix("line ").and_then(|rest| rest.split_once(' '));
    match line {
        Some((line, _)) => is_line_of(line.trim_end_matches(':').parse().unwrap(), data, name),
        None => assert_eq!(why, format!("it has more than {SETTINGS_MAX_BYTES} bytes"), "{name}"),
    }
}

/// Checks that complaints name lines on which there is something, in their order, without control characters.
fn complaints(complaints: &[Complaint], data: &[u8], name: &str) {
    assert!(complaints.is_sorted_by_key(|complaint| complaint.line), "{name}");
    for complaint in complaints {
        let number = complaint.line.unwrap();
        is_line_of(number, data, name);
        let line = data.split(|&byte| byte == b'\n').nth(number - 1).unwrap();
        let line = String::from_utf8_lossy(line);
        let line = line.trim_start_matches('\u{feff}').trim();
        assert!(!line.is_empty() && !line.starts_with('#'), "{name}: {complaint} is about {line:?}");
        let text = complaint.to_string();
        assert!(!text.chars().any(char::is_control) && text.len() < 3_000, "{name}: {text:?}");
    }
}

fn is_line_of(line: usize, data: &[u8], name: &str) {
    let count = data.split(|&byte| byte == b'\n').count();
    assert!((1..=count).contains(&line), "{name}: line {line} of {count}");
}

/// Checks that every line of `before` is in `after`, in order and with its end, except for those of the changed theme.
fn nothing_is_lost(before: &[u8], after: &[u8], name: &str) {
    let mut rest = after.split_inclusive(|&byte| byte == b'\n');
    let count = lines(before).len();
    for (i, (from, to)) in lines(before).into_iter().enumerate() {
        let line = &before[from..to];
        if line.windows(5).any(|five| five == b"theme") {
            continue;
        }
        // The last line may have no end, which it gets where another follows.
        let ended =
            |found: &[u8]| i + 1 == count && found.strip_prefix(line).is_some_and(|end| matches!(end, b"\n" | b"\r\n"));
        let found = rest.any(|found| found == line || ended(found));
        let (line, after) = (String::from_utf8_lossy(line), String::from_utf8_lossy(after));
        assert!(found, "{name}: {line:?} is lost in {after:?}");
    }
}
