//! The figures of small sets that can be counted by hand.

use super::{super::presentation::Facts, *};

/// A presentation of this label and score; without a score nothing was good.
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
        frames: 20,
        faces: 20,
        good: 20,
        decision: None,
        decided_millis: None,
    }
}

pub(crate) fn at(value: f32) -> Threshold {
    Threshold { value, from: "the test".into() }
}

fn heap(label: &str, scores: &[f32]) -> Vec<Presentation> {
    scores.iter().map(|score| presented(Some(label), Some(*score))).collect()
}

fn one() -> Vec<Presentation> {
    let mut all = heap("bona_fide", &[5.0, 4.0, 3.0, 0.5]);
    all.extend(heap("print", &[-1.0, -2.0, 2.0, 2.5]));
    all.extend(heap("replay", &[-3.0, -4.0, -5.0, -6.0, -7.0, 1.0]));
    all.push(presented(Some("print"), None));
    all.push(Presentation { response: Response::NoFace, ..presented(Some("bona_fide"), None) });
    all.push(Presentation { response: Response::Failed("broken".into()), ..presented(Some("print"), None) });
    all.push(presented(None, Some(9.0)));
    all
}

#[test]
fn errors_are_of_those_that_responded_and_non_responses_of_all() {
    let figures = Figures::of(&one(), &at(1.0));
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
fn the_worst_species_speaks_for_all_and_hter_takes_the_heap() {
    let figures = Figures::of(&one(), &at(1.0));
    let worst = figures.apcer.unwrap();
    assert_eq!((worst.species.as_str(), worst.apcer), ("print", Rate::new(2, 4)));
    assert!((figures.acer.unwrap() - f64::midpoint(0.5, 0.25)).abs() < 1e-12);
    assert!((figures.hter.unwrap() - f64::midpoint(0.3, 0.25)).abs() < 1e-12);
    assert!((figures.auc.unwrap() - 37.0 / 40.0).abs() < 1e-12);
    // Of two with nothing wrong, the one that shows less.
    let mut even = heap("many", &[0.0; 9]);
    even.extend(heap("few", &[0.0; 2]));
    assert_eq!(Figures::of(&even, &at(1.0)).apcer.unwrap().species, "few");
}

#[test]
fn a_limit_holds_for_each_species() {
    let figures = Figures::of(&one(), &at(1.0));
    let at_ten = &figures.bpcer_at[0];
    assert!(at_ten.threshold > 2.5 && at_ten.threshold < 2.6 && at_ten.bpcer == Rate::new(1, 4), "{at_ten:?}");
    assert_eq!(figures.bpcer_at.len(), 3);
}

#[test]
fn supports_and_facts_are_told_where_they_are_known() {
    let mut all = heap("bona_fide", &[3.0]);
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
    assert!(Figures::of(&one(), &at(1.0)).species[0].supports.is_empty());
}

#[test]
fn decisions_are_shares_of_the_clips_that_have_one() {
    let mut all = heap("bona_fide", &[3.0; 5]);
    let decisions = [Decision::Live, Decision::Live, Decision::NotLive, Decision::CannotTell];
    for ((presentation, decision), millis) in all.iter_mut().zip(decisions).zip([400, 900, 700, 5000]) {
        presentation.decision = Some(decision);
        presentation.decided_millis = Some(millis);
    }
    let decisions = Figures::of(&all, &at(1.0)).bona_fide.decisions.unwrap();
    assert_eq!(decisions.live, Rate::new(2, 4));
    assert_eq!((decisions.not_live, decisions.cannot_tell), (Rate::new(1, 4), Rate::new(1, 4)));
    let expected = Times { count: 3, median_millis: 700, q95_millis: 900, worst_millis: 900 };
    assert_eq!(decisions.time, Some(expected), "who abstains decides nothing");
    assert_eq!(Figures::of(&one(), &at(1.0)).bona_fide.decisions, None);
}

#[test]
fn sets_that_lack_a_side_have_no_figure_made_up() {
    for (name, set) in
        [("nothing", vec![]), ("bona fide", heap("bona_fide", &[1.0])), ("attacks", heap("print", &[1.0, f32::NAN]))]
    {
        let figures = Figures::of(&set, &at(0.0));
        let made = [figures.acer, figures.hter, figures.eer, figures.auc];
        assert_eq!(made, [None; 4], "{name}");
        assert!(figures.trade_off.is_empty() && figures.bpcer_at.is_empty(), "{name}");
    }
    let figures = Figures::of(&heap("print", &[1.0, f32::NAN]), &at(0.0));
    assert_eq!(figures.apcer.unwrap().apcer, Rate::new(1, 2), "no number never passes");
    let silent = [presented(Some("bona_fide"), None), presented(Some("print"), None)];
    assert_eq!((Figures::of(&silent, &at(0.0)).apcer, Figures::of(&silent, &at(0.0)).acer), (None, None));
}

#[test]
fn the_json_names_what_a_build_can_be_held_to() {
    let json = serde_json::to_value(Figures::of(&one(), &at(1.0))).unwrap();
    for pointer in ["/hter", "/eer", "/auc", "/acer", "/bpcer/rate", "/apcer/rate", "/apcer/high", "/threshold/value"] {
        assert!(json.pointer(pointer).is_some_and(serde_json::Value::is_number), "{pointer}");
    }
    assert_eq!(json.pointer("/species/0/name").unwrap(), "print");
    assert_eq!(json.pointer("/species/0/wrong/count").unwrap(), 2);
    assert_eq!(json.pointer("/bona_fide/non_response/of").unwrap(), 5);
    // The last point accepts nothing: no number says that threshold.
    let points = json.pointer("/trade_off").unwrap().as_array().unwrap();
    assert!(points.last().unwrap()["threshold"].is_null() && points[0]["threshold"].is_number());
}
