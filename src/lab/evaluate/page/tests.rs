//! The page is complete and escaped, and shows the numbers of the figures.

use super::{
    super::{
        figures::tests::{at, presented},
        inventory::{LeftOut, Reason, tests::files_of_a_test},
        losses::tests::losses_of_a_test,
        presentation::{Decision, Facts, Response},
    },
    *,
};

/// A set of several species with subjects, supports and decisions.
pub(super) fn set() -> Vec<Presentation> {
    let mut all = Vec::new();
    let heaps = [("bona_fide", 60_u32, 6.0, 3.0), ("print", 30, -3.0, 2.0), ("replay_tablet_photo", 40, -1.0, 3.0)];
    for (label, count, mean, spread) in heaps {
        for i in 0..count {
            let score = mean + spread * super::super::rates::quantile((f64::from(i) + 0.5) / f64::from(count)) as f32;
            let facts = Facts {
                support: (label != "bona_fide").then(|| ["hand", "fixed"][i as usize % 2].into()),
                subject: Some(format!("person {}", i % 17)),
                ..Facts::default()
            };
            let decision = if score > 3.0 { Decision::Live } else { Decision::NotLive };
            let (decision, decided_millis) = (Some(decision), Some(400 + u64::from(i) * 10));
            all.push(Presentation { facts, decision, decided_millis, ..presented(Some(label), Some(score)) });
        }
    }
    all.push(presented(Some("print"), None));
    all.push(Presentation { response: Response::NoFace, ..presented(Some("bona_fide"), None) });
    all
}

pub(super) fn about() -> About {
    About {
        set: "development set".into(),
        set_sha256: "5e7".repeat(21),
        nature: Some("generated for a test".into()),
        models: vec![ModelClaim { name: "liveness".into(), sha256: "ab".repeat(32) }],
        policy: "0".repeat(43),
        software: "countenance 0.0.0".into(),
        command: "countenance-lab evaluate SET --threshold 1.2".into(),
        files: files_of_a_test(),
        losses: losses_of_a_test(),
        ablation: Vec::new(),
    }
}

#[test]
fn has_all_sections_in_order_and_no_external_resources() {
    let set = set();
    let figures = Figures::of(&set, &at(1.2));
    let about = About { ablation: vec![Ablation { name: "without nets".into(), figures: figures.clone() }], ..about() };
    let page = html(&figures, &set, &about);
    let mut rest = page.as_str();
    for heading in [
        "Result",
        "What was evaluated",
        "Attacks",
        "One error against the other",
        "Scores",
        "Decisions and time",
        "Non-responses",
        "Files",
        "What clips did not show",
        "What each cue adds",
        "What this set cannot show",
        "How to measure it again",
        "Terms",
    ] {
        rest = rest.split_once(&format!("<h2>{heading}</h2>")).unwrap_or_else(|| panic!("{heading}")).1;
    }
    for external in ["http:", "https:", "//", "<script", "<link", "<img", "@import", "src=", "href="] {
        assert!(!page.contains(external), "{external}");
    }
    assert_eq!(page.matches("<h1>").count(), 1);
    assert_eq!(page.matches("<table>").count(), page.matches("<caption>").count());
    assert_eq!((page.matches("<svg").count(), page.matches("</desc>").count()), (2, 2));
    for tag in ["section", "table", "tr", "td", "th", "svg", "p", "dl", "figure", "text", "main"] {
        let opened = page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
        assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{tag}");
    }
    assert!(!page.contains("NaN") && !page.contains("inf "), "NaN or infinity on the page");
}

#[test]
fn shows_the_rates_of_the_figures() {
    let set = set();
    let mut figures = Figures::of(&set, &at(1.2));
    // Values that cannot result from the set: the page must read them from the figures.
    figures.bpcer = Rate::new(777, 8888);
    figures.attacks.non_response = Rate::new(313, 3131);
    if let Some(worst) = &mut figures.apcer {
        worst.apcer = Rate::new(555, 6666);
    }
    (figures.acer, figures.hter, figures.eer) = (Some(0.1234), Some(0.2345), Some(0.3456));
    figures.species[0].supports[0].class.wrong = Rate::new(41, 4141);
    figures.bona_fide.no_face = 919;
    figures.bona_fide.decisions.as_mut().unwrap().cannot_tell = Rate::new(29, 2929);
    figures.bona_fide.decisions.as_mut().unwrap().time.as_mut().unwrap().worst_millis = 73_730;
    let page = html(&figures, &set, &about());
    for expected in [
        "777 of 8888",
        "8.7 %",
        "313 of 3131",
        "555 of 6666",
        "of 6666 presentations with a score, 555 passed",
        "12.3 %",
        "23.4 %",
        "34.6 %",
        "<td>4141</td><td>41</td>",
        "<td>919</td>",
        "29 (1.0 %)",
        "73.73 s",
        "damaged images left out: 6002, frames lost: 4004",
        "attack/&lt;i&gt;.mp4</th><td>1 damaged image was left out; 4004 frames were lost",
        "707 files were found: 705 are in clips, and 2 were left out",
        "bona_fide/&lt;b&gt;.txt</th><td>this is not a recording of a known kind",
        "the same file as bona_fide/a.mp4, which counts",
        "Known kinds: Y4M, ",
    ] {
        assert!(page.contains(expected), "{expected}");
    }
}

#[test]
fn escapes_untrusted_text() {
    let evil = "</title></td><script>alert(1)</script>\" onload='x'&";
    let mut set = set();
    for presentation in &mut set {
        presentation.facts = Facts {
            support: Some(evil.into()),
            subject: Some(evil.into()),
            camera: Some(evil.into()),
            light: Some(evil.into()),
            licence: Some(evil.into()),
            ..presentation.facts.clone()
        };
    }
    set.push(presented(Some(evil), Some(9.0)));
    let mut threshold = at(1.2);
    threshold.from = evil.into();
    let figures = Figures::of(&set, &threshold);
    assert_eq!(figures.apcer.as_ref().unwrap().species, evil, "it is the worst species, too");
    let about = About {
        set: evil.into(),
        set_sha256: evil.into(),
        nature: Some(evil.into()),
        models: vec![ModelClaim { name: evil.into(), sha256: evil.into() }],
        policy: evil.into(),
        software: evil.into(),
        command: evil.into(),
        files: Files {
            found: 1,
            judged: 0,
            left_out: vec![LeftOut { file: evil.into(), reason: Reason::Refused(evil.into()) }],
        },
        ablation: vec![Ablation { name: evil.into(), figures: figures.clone() }],
        losses: SetLosses::of([(evil, countenance_camera::Losses { damaged: 1, ..Default::default() })]),
    };
    let page = html(&figures, &set, &about);
    assert!(!page.contains("<script") && !page.contains("\" onload"), "{page}");
    // Attributes use double quotes, so a single quote does not end one.
    assert!(page.matches("&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload='x'&amp;").count() > 15);
}

#[test]
fn renders_sets_without_both_classes() {
    for (name, set) in [
        ("nothing", vec![]),
        ("bona fide", vec![presented(Some("bona_fide"), Some(1.0))]),
        ("silent", vec![presented(Some("bona_fide"), None), presented(Some("print"), None)]),
        (
            "not finite",
            vec![presented(Some("bona_fide"), Some(f32::NAN)), presented(Some("print"), Some(f32::INFINITY))],
        ),
        ("one each", vec![presented(Some("bona_fide"), Some(1.0)), presented(Some("print"), Some(1.0))]),
    ] {
        let page = html(&Figures::of(&set, &at(0.0)), &set, &about());
        assert!(!page.contains("NaN") && !page.contains("inf"), "{name}");
        assert!(page.contains("<h2>Result</h2>") && page.ends_with("</html>\n"), "{name}");
    }
}

#[test]
fn bars_do_not_straddle_the_threshold() {
    let set = set();
    let page = html(&Figures::of(&set, &at(1.2)), &set, &about());
    let line = page.split_once("class=\"limit\" d=\"M").unwrap().1.split(' ').next().unwrap().parse::<f64>().unwrap();
    let bars: Vec<(f64, f64)> = page
        .split("<rect class=\"bar")
        .skip(1)
        .map(|bar| {
            let number = |name: &str| {
                let text = bar.split_once(&format!(" {name}=\"")).unwrap().1;
                text.split('"').next().unwrap().parse::<f64>().unwrap()
            };
            (number("x"), number("x") + number("width"))
        })
        .collect();
    assert!(bars.len() > 20);
    for (from, to) in bars {
        assert!(to <= line + 0.1 || from >= line - 0.1, "{from} to {to} straddles {line}");
    }
}
