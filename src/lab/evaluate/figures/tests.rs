//! Metrics of small sets, counted by hand.

use super::{super::presentation::Facts, *};

/// A presentation with this label and score; without a score, no frame was good.
pub(crate) fn presented(label: Option<&str>, score: Option<f32>) -> Presentation {
    let label = label.map(|label| match label {
        "bona_fide" => Label::BonaFide,
        species => Label::Attack(species.into()),
    });
    Presentation {
        clip: "clip".into(),
        label,
        facts: Facts::default(),
        response: if score.is_some() { Response::Scored } else { Response::NoGoodFrame },
        score,
        nets: Vec::new(),
        cues: Vec::new(),
        losses: countenance_camera::Losses::default(),
        frames: 20,
        faces: 20,
        good: 20,
        passed: 20,
        lightness: None,
        decision: None,
        decided_millis: None,
    }
}

pub(crate) fn at(value: f32) -> Threshold {
    Threshold { value, from: "the test".into() }
}

fn scored(label: &str, scores: &[f32]) -> Vec<Presentation> {
    scores.iter().map(|score| presented(Some(label), Some(*score))).collect()
}

fn mixed() -> Vec<Presentation> {
    let mut all = scored("bona_fide", &[5.0, 4.0, 3.0, 0.5]);
    all.extend(scored("print", &[-1.0, -2.0, 2.0, 2.5]));
    all.extend(scored("replay", &[-3.0, -4.0, -5.0, -6.0, -7.0, 1.0]));
    all.push(presented(Some("print"), None));
    all.push(Presentation { response: Response::NoFace, ..presented(Some("bona_fide"), None) });
    all.push(Presentation { response: Response::Failed("broken".into()), ..presented(Some("print"), None) });
    all.push(presented(None, Some(9.0)));
    all
}

#[test]
fn errors_are_shares_of_responses_and_non_responses_of_all() {
    let figures = Figures::of(&mixed(), &at(1.0));
    assert_eq!(figures.bpcer, Rate::new(1, 4));
    let [print, replay] = figures.species.as_slice() else { panic!("{:?}", figures.species) };
    assert_eq!((print.class.wrong, replay.class.wrong), (Rate::new(2, 4), Rate::new(1, 6)));
    assert_eq!((print.class.non_response, replay.class.non_response), (Rate::new(2, 6), Rate::new(0, 6)));
    assert_eq!((print.class.no_face, print.class.no_good_frame, print.class.failed), (0, 1, 1));
    assert_eq!((print.class.passed, figures.bona_fide.passed), (Rate::new(2, 6), Rate::new(3, 5)));
    assert_eq!((figures.bona_fide.non_response, figures.bona_fide.no_face), (Rate::new(1, 5), 1));
    assert_eq!((figures.presented.clips, figures.presented.unlabelled), (18, 1));
}

#[test]
fn acer_uses_the_worst_species_and_hter_the_pool() {
    let figures = Figures::of(&mixed(), &at(1.0));
    let worst = figures.apcer.unwrap();
    assert_eq!((worst.species.as_str(), worst.apcer), ("print", Rate::new(2, 4)));
    assert!((figures.acer.unwrap() - f64::midpoint(0.5, 0.25)).abs() < 1e-12);
    assert!((figures.hter.unwrap() - f64::midpoint(0.3, 0.25)).abs() < 1e-12);
    assert!((figures.auc.unwrap() - 37.0 / 40.0).abs() < 1e-12);
    // Of two species without errors, the one with fewer presentations, whose interval is wider.
    let mut even = scored("many", &[0.0; 9]);
    even.extend(scored("few", &[0.0; 2]));
    assert_eq!(Figures::of(&even, &at(1.0)).apcer.unwrap().species, "few");
}

#[test]
fn limits_apply_to_each_species() {
    let figures = Figures::of(&mixed(), &at(1.0));
    let at_ten = &figures.bpcer_at[0];
    assert!(at_ten.threshold > 2.5 && at_ten.threshold < 2.6 && at_ten.bpcer == Rate::new(1, 4), "{at_ten:?}");
    assert_eq!(figures.bpcer_at.len(), 3);
}

#[test]
fn breaks_down_by_support_and_subject_if_known() {
    let mut all = scored("bona_fide", &[3.0]);
    for (support, score) in [(Some("hand"), -1.0), (Some("hand"), 4.0), (Some("fixed"), -2.0), (None, -3.0)] {
        let facts =
            Facts { support: support.map(String::from), subject: support.map(String::from), ..Facts::default() };
        all.push(Presentation { facts, ..presented(Some("print"), Some(score)) });
    }
    let figures = Figures::of(&all, &at(1.0));
    let supports: Vec<_> = figures.species[0].supports.iter().map(|s| (s.name.as_deref(), s.class.wrong)).collect();
    let expected = [(None, Rate::new(0, 1)), (Some("fixed"), Rate::new(0, 1)), (Some("hand"), Rate::new(1, 2))];
    assert_eq!(supports, expected);
    assert_eq!((figures.presented.people, figures.presented.people_unknown), (2, 2));
    assert!(Figures::of(&mixed(), &at(1.0)).species[0].supports.is_empty());
}

#[test]
fn decisions_are_shares_of_the_clips_that_have_one() {
    let mut all = scored("bona_fide", &[3.0; 5]);
    let decisions = [Decision::Live, Decision::Live, Decision::NotLive, Decision::CannotTell];
    for ((presentation, decision), millis) in all.iter_mut().zip(decisions).zip([400, 900, 700, 5000]) {
        presentation.decision = Some(decision);
        presentation.decided_millis = Some(millis);
    }
    let decisions = Figures::of(&all, &at(1.0)).bona_fide.decisions.unwrap();
    assert_eq!(decisions.live, Rate::new(2, 4));
    assert_eq!((decisions.not_live, decisions.cannot_tell), (Rate::new(1, 4), Rate::new(1, 4)));
    let expected = Times { count: 3, median_millis: 700, q95_millis: 900, worst_millis: 900 };
    assert_eq!(decisions.time, Some(expected), "inconclusive sign-ins have no decision time");
    assert_eq!(Figures::of(&mixed(), &at(1.0)).bona_fide.decisions, None);
}

#[test]
fn sets_without_both_classes_have_no_combined_metrics() {
    for (name, set) in [
        ("nothing", vec![]),
        ("bona fide", scored("bona_fide", &[1.0])),
        ("attacks", scored("print", &[1.0, f32::NAN])),
    ] {
        let figures = Figures::of(&set, &at(0.0));
        let made = [figures.acer, figures.hter, figures.eer, figures.auc];
        assert_eq!(made, [None; 4], "{name}");
        assert!(figures.trade_off.is_empty() && figures.bpcer_at.is_empty(), "{name}");
    }
    let figures = Figures::of(&scored("print", &[1.0, f32::NAN]), &at(0.0));
    assert_eq!(figures.apcer.unwrap().apcer, Rate::new(1, 2), "NaN never passes");
    let silent = [presented(Some("bona_fide"), None), presented(Some("print"), None)];
    assert_eq!((Figures::of(&silent, &at(0.0)).apcer, Figures::of(&silent, &at(0.0)).acer), (None, None));
}

#[test]
fn json_has_the_fields_that_build_checks_use() {
    let json = serde_json::to_value(Figures::of(&mixed(), &at(1.0))).unwrap();
    for pointer in ["/hter", "/eer", "/auc", "/acer", "/bpcer/rate", "/apcer/rate", "/apcer/high", "/threshold/value"] {
        assert!(json.pointer(pointer).is_some_and(serde_json::Value::is_number), "{pointer}");
    }
    assert_eq!(json.pointer("/species/0/name").unwrap(), "print");
    assert_eq!(json.pointer("/species/0/wrong/count").unwrap(), 2);
    assert_eq!(json.pointer("/bona_fide/non_response/of").unwrap(), 5);
    // The last point accepts nothing: its threshold is infinite, which JSON cannot express.
    let points = json.pointer("/trade_off").unwrap().as_array().unwrap();
    assert!(points.last().unwrap()["threshold"].is_null() && points[0]["threshold"].is_number());
}
