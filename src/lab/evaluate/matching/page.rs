//! The HTML report of face comparison, in the style of the one on attacks.

use maud::{Markup, PreEscaped, html};

use super::{
    Comparison,
    figures::{AtFmr, AtTail, MatchFigures},
    report::{MatchReport, cosine, people},
};
use crate::evaluate::{
    page::{
        Axes, Curve, Row, cells, det_svg, document, files, losses, plain, plain_tile, scores_svg, software, tile, wide,
    },
    rates::percent,
};

/// The page. `comparisons` must be those of the report; the plots are drawn from them.
pub(super) fn html(report: &MatchReport, comparisons: &[Comparison], command: &str) -> String {
    let figures = &report.figures;
    let body = html! {
        (header(report))
        (result(figures))
        (evaluated(report))
        (limits_of_fmr(figures))
        (trade_off(figures))
        (scores(figures, comparisons))
        (files(&report.files))
        (losses(&report.losses))
        (cannot_show(report))
        section {
            h2 { "How to measure it again" }
            p { "With the same program, networks and policy, the same set gives the same figures, bit for bit." }
            pre { code { (plain(command)) } }
        }
        // Constant markup of our own.
        (PreEscaped(include_str!("terms.html")))
    };
    document(&format!("{}: comparison of faces", report.set), &body)
}

fn header(report: &MatchReport) -> Markup {
    html! {
        header {
            p.over { "Comparison of faces, one to one · evaluation report after ISO/IEC 19795-1" }
            h1 { (plain(&report.set)) }
            p.soft {
                (report.figures.samples) " samples, compared by " (plain(&report.software)) " at a cosine of "
                (report.figures.threshold.value)
            }
        }
    }
}

fn result(figures: &MatchFigures) -> Markup {
    let (fmr, shown_below) = (figures.fmr, figures.fmr_shown_below.map(percent));
    html! {
        section {
            h2 { "Result" }
            ul.tiles {
                (tile("FMR", Some(fmr), "impostor pairs that match"))
                (tile("FNMR", Some(figures.fnmr), "genuine pairs that do not"))
                (plain_tile("EER", figures.eer, "at a threshold picked on this very set"))
                (tile("No template", Some(figures.failure_to_acquire), "samples without a face that is good enough"))
            }
            p {
                @match (fmr.count, shown_below) {
                    (0, Some(least)) => {
                        "No impostor pair of " (fmr.of) " matched. With 95 % confidence that shows a false match rate \
                         below " (least) " %, if pairs were independent, and nothing below."
                    }
                    (_, Some(least)) => {
                        "Of " (fmr.of) " impostor pairs, " (fmr.count) " matched. As many pairs could at best show a \
                         false match rate of " (least) " %."
                    }
                    _ => { "No impostor pair was compared: how often strangers match was not measured." }
                }
            }
            p { (figures.not_compared) " pairs could not be compared, for lack of a template; they stand in neither rate." }
        }
    }
}

fn evaluated(report: &MatchReport) -> Markup {
    let figures = &report.figures;
    html! {
        section {
            h2 { "What was evaluated" }
            dl {
                dt { "Set" } dd { (plain(&report.set)) ", SHA-256 " code { (plain(&report.set_sha256)) } }
                dt { "Samples" } dd { (figures.samples) "; people: " (people(figures.people)) }
                dt { "Pairs" } dd { (figures.fnmr.of) " genuine, " (figures.fmr.of) " impostor compared" }
                dt { "Without a template" } dd {
                    (figures.no_face) " without a face, " (figures.no_good_frame)
                    " without a frame that was good enough, " (figures.failed) " not to be read"
                }
                dt { "Gates" }
                dd { (if report.ungated { "open: these are not the figures of logins" } else { "as in a login" }) }
                dt { "Threshold" } dd { (figures.threshold.value) " · " (plain(&figures.threshold.from)) }
                dt { "Policy" } dd { "SHA-256 " code { (plain(&report.policy)) } }
                (software(&report.models, &report.software))
            }
        }
    }
}

fn limits_of_fmr(figures: &MatchFigures) -> Markup {
    let row = |at: &AtFmr| {
        html! {
            tr {
                th scope="row" { (percent(at.fmr_max)) " %" }
                td { (format_args!("{:.3}", at.threshold)) }
                td { (at.fmr.count) " of " (at.fmr.of) }
                (cells(at.fnmr))
                td { (if at.shown { "yes" } else { "no" }) }
            }
        }
    };
    let rows: Vec<_> = figures.at_fmr.iter().map(row).collect();
    let head = ["FMR at most", "From cosine", "Matched", "FNMR", "95 % interval", "Shown by this set"];
    html! {
        section {
            h2 { "Thresholds for a false match rate" }
            (wide("Thresholds picked on this very set", &head, &rows))
            p {
                @match &figures.extrapolated {
                    Some(at) => { (extrapolated(at)) }
                    None => {
                        "A threshold for a false match rate of 1:10,000 was not extrapolated: the set has too few \
                         impostor pairs for that."
                    }
                }
            }
        }
    }
}

fn extrapolated(AtTail { tail, fnmr }: &AtTail) -> Markup {
    html! {
        strong { "Extrapolated, not observed:" }
        (format_args!(
            " for a false match rate of {} %, a cosine of {:.3}, and up to {:.3} by how well the tail is known. The {} \
             impostor pairs above {:.3} are taken for an exponential tail (mean excess {:.3}); a normal distribution \
             would give {:.3}. Observed at that threshold: FNMR {fnmr}. Whoever the set lacks, such as siblings, is not \
             in its tail.",
            percent(tail.fmr),
            tail.threshold,
            tail.threshold_high,
            tail.tail_pairs,
            tail.tail_from,
            tail.tail_scale,
            tail.threshold_normal
        ))
    }
}

fn trade_off(figures: &MatchFigures) -> Markup {
    let axes = Axes { title: "DET curve", across: "impostor pairs that match", up: "genuine pairs that do not" };
    let at = figures.fmr.rate.zip(figures.fnmr.rate);
    let curve = Curve { name: "all pairs", points: &figures.trade_off, at };
    html! {
        @if let Some(svg) = det_svg(&axes, &[curve]) {
            section {
                h2 { "One error against the other" }
                figure {
                    (svg)
                    figcaption {
                        "False matches against false non-matches, over all thresholds; both axes by normal deviate. \
                         Dot: the threshold that was evaluated. Dotted: equal errors, crossed at a cosine of "
                        (cosine(figures.eer_threshold)) ". The lower and the left edge stand for no error at all."
                    }
                }
            }
        }
    }
}

fn scores(figures: &MatchFigures, comparisons: &[Comparison]) -> Markup {
    let row = |same: bool, caption: String| Row {
        caption,
        right_side: same,
        scores: comparisons.iter().filter(|c| c.same == same).filter_map(|c| c.score).collect(),
    };
    let rows: Vec<_> = [
        row(true, format!("genuine: {} pairs, {} do not match", figures.fnmr.of, figures.fnmr.count)),
        row(false, format!("impostor: {} pairs, {} match", figures.fmr.of, figures.fmr.count)),
    ]
    .into_iter()
    .filter(|row| !row.scores.is_empty())
    .collect();
    html! {
        @if !rows.is_empty() {
            section {
                h2 { "Scores" }
                figure {
                    (scores_svg(&rows, f64::from(figures.threshold.value), "cosine"))
                    figcaption {
                        "How alike pairs are: 1 is the same, 0 nothing in common. Dashed: the threshold. Hatched: on the \
                         wrong side of it. Each row has its own height."
                    }
                }
            }
        }
    }
}

fn cannot_show(report: &MatchReport) -> Markup {
    html! {
        section {
            h2 { "What this set cannot show" }
            ul {
                li {
                    @match report.figures.people {
                        0 => { "The set does not say how many people it shows." }
                        people => { "The set shows " (people) " people." }
                    }
                    " Each stands in many pairs, so pairs are not independent and the intervals too narrow: the number \
                     of people says more than the number of pairs."
                }
                li {
                    "Thresholds for a false match rate, and EER, were picked on this very set. On another they do worse."
                }
                li {
                    "Siblings, and people of one age, sex or origin, match more often than strangers at large. A set \
                     without them does not show how much."
                }
                li {
                    "Samples of one session resemble each other more than those of months apart: the set says nothing \
                     of ageing."
                }
                li { "Whether a live person was before the camera is not measured here." }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::figures::tests::matched, *};
    use crate::evaluate::{figures::tests::at, inventory::tests::files_of_a_test, rates::Rate};

    fn report() -> (MatchReport, Vec<Comparison>) {
        let impostors: Vec<f32> = (0..2_000_u16).map(|i| f32::from(i) / 5_000.0).collect();
        let matched = matched(&[0.3, 0.45, 0.6, 0.7, 0.8], &impostors);
        let report = MatchReport {
            software: "countenance 0.0.0".into(),
            figures: MatchFigures::of(&matched, &at(0.39), &[1e-2, 1e-3]),
            limit_frames: None,
            ungated: false,
            set: "</title><script>".into(),
            set_sha256: "5e7".into(),
            files: files_of_a_test(),
            losses: matched.losses.clone(),
            policy: "0".into(),
            models: Vec::new(),
        };
        (report, matched.comparisons)
    }

    #[test]
    fn shows_the_numbers_of_the_figures_and_escapes_text() {
        let (mut report, comparisons) = report();
        report.figures.fnmr = Rate::new(777, 8888);
        report.figures.failure_to_acquire = Rate::new(41, 4141);
        report.figures.at_fmr[1].threshold = 0.987_6;
        report.figures.extrapolated.as_mut().unwrap().tail.threshold = 0.876_5;
        let page = report.page(&comparisons, "countenance-lab evaluate match '<set>'");
        for expected in [
            "707 files were found",
            "&lt;b&gt;.txt",
            "damaged images left out: 6002, frames lost: 4004",
            "attack/&lt;i&gt;.mp4</th><td>1 damaged image was left out; 4004 frames were lost",
            "777 of 8888",
            "41 of 4141",
            "<td>0.988</td>",
            "a cosine of 0.876",
            "'&lt;set&gt;'",
        ] {
            assert!(page.contains(expected), "{expected}");
        }
        for external in ["<script", "http:", "https:", "//", "href", "NaN"] {
            assert!(!page.contains(external), "{external}");
        }
        assert_eq!(page.matches("<svg").count(), 2);
    }

    #[test]
    fn text_marks_extrapolated_values() {
        let (report, _) = report();
        let text = report.text();
        assert!(text.contains("extrapolated, not observed: 0."), "{text}");
        assert!(text.contains("FMR ≤ 0.1 %") && text.contains("not shown: the interval"), "{text}");
        assert!(text.contains("FMR below 0.1 % cannot be shown by 2000 impostor pairs"), "{text}");
        let mut few = report;
        few.figures.extrapolated = None;
        assert!(few.text().contains("not extrapolated: too few"));
    }
}
