//! The page of a comparison of faces, in the manner of the report on attacks.

use super::{
    Comparison,
    figures::{AtFmr, AtTail, MatchFigures},
    report::{MatchReport, cosine, people},
};
use crate::evaluate::{
    page::{Axes, Curve, Row, cells, det_svg, document, escaped, plain_tile, scores_svg, tile, wide},
    rates::percent,
};

/// The page. The plot is drawn from `comparisons`, which must be those of the report.
pub(super) fn html(report: &MatchReport, comparisons: &[Comparison], command: &str) -> String {
    let figures = &report.figures;
    let sections = [
        header(report),
        result(figures),
        evaluated(report),
        limits_of_fmr(figures),
        trade_off(figures),
        scores(figures, comparisons),
        cannot_show(report),
        format!(
            "<section><h2>How to measure it again</h2>\n<p>With the same program, networks and policy, the same set gives \
             the same figures, bit for bit.</p>\n<pre><code>{}</code></pre></section>\n",
            escaped(command)
        ),
        include_str!("terms.html").to_owned(),
    ];
    document(&format!("{}: comparison of faces", report.set), &sections.concat())
}

fn header(report: &MatchReport) -> String {
    format!(
        "<header><p class=\"over\">Comparison of faces, one to one · evaluation report after ISO/IEC 19795-1</p>\n\
         <h1>{}</h1>\n<p class=\"soft\">{} samples, compared by {} at a cosine of {}</p></header>\n",
        escaped(&report.set),
        report.figures.samples,
        escaped(&report.software),
        report.figures.threshold.value
    )
}

fn result(figures: &MatchFigures) -> String {
    let tiles = [
        tile("FMR", Some(figures.fmr), "impostor pairs that match"),
        tile("FNMR", Some(figures.fnmr), "genuine pairs that do not"),
        plain_tile("EER", figures.eer, "at a threshold picked on this very set"),
        tile("No template", Some(figures.failure_to_acquire), "samples without a face that is good enough"),
    ];
    let shown = match (figures.fmr.count, figures.fmr_shown_below) {
        (0, Some(least)) => format!(
            "No impostor pair of {} matched. With 95 % confidence that shows a false match rate below {} %, if pairs were \
             independent, and nothing below.",
            figures.fmr.of,
            percent(least)
        ),
        (_, Some(least)) => format!(
            "Of {} impostor pairs, {} matched. As many pairs could at best show a false match rate of {} %.",
            figures.fmr.of,
            figures.fmr.count,
            percent(least)
        ),
        _ => "No impostor pair was compared: how often strangers match was not measured.".into(),
    };
    format!(
        "<section><h2>Result</h2>\n<ul class=\"tiles\">{}</ul>\n<p>{shown}</p>\n<p>{} pairs could not be compared, for lack \
         of a template; they stand in neither rate.</p></section>\n",
        tiles.concat(),
        figures.not_compared
    )
}

fn evaluated(report: &MatchReport) -> String {
    let figures = &report.figures;
    let models = report.models.iter();
    let models = models.map(|model| format!("{} <code>{}</code>", escaped(&model.name), escaped(&model.sha256)));
    let rows = [
        ("Set", format!("{}, SHA-256 <code>{}</code>", escaped(&report.set), escaped(&report.set_sha256))),
        ("Samples", format!("{}; people: {}", figures.samples, people(figures.people))),
        ("Pairs", format!("{} genuine, {} impostor compared", figures.fnmr.of, figures.fmr.of)),
        (
            "Without a template",
            format!(
                "{} without a face, {} without a frame that was good enough, {} not to be read",
                figures.no_face, figures.no_good_frame, figures.failed
            ),
        ),
        ("Gates", if report.ungated { "open: these are not the figures of logins" } else { "as in a login" }.into()),
        ("Threshold", format!("{} · {}", figures.threshold.value, escaped(&figures.threshold.from))),
        ("Policy", format!("SHA-256 <code>{}</code>", escaped(&report.policy))),
        ("Networks", models.collect::<Vec<_>>().join("<br>")),
        ("Software", escaped(&report.software)),
    ];
    let rows = rows.map(|(name, value)| format!("<dt>{name}</dt><dd>{value}</dd>\n")).concat();
    format!("<section><h2>What was evaluated</h2>\n<dl>{rows}</dl></section>\n")
}

fn limits_of_fmr(figures: &MatchFigures) -> String {
    let row = |at: &AtFmr| {
        format!(
            "<tr><th scope=\"row\">{} %</th><td>{:.3}</td><td>{} of {}</td>{}<td>{}</td></tr>\n",
            percent(at.fmr_max),
            at.threshold,
            at.fmr.count,
            at.fmr.of,
            cells(at.fnmr),
            if at.shown { "yes" } else { "no" }
        )
    };
    let rows: String = figures.at_fmr.iter().map(row).collect();
    let head = ["FMR at most", "From cosine", "Matched", "FNMR", "95 % interval", "Shown by this set"]
        .map(|name| format!("<th scope=\"col\">{name}</th>"))
        .concat();
    let beyond = match &figures.extrapolated {
        None => "<p>A threshold for a false match rate of 1:10,000 was not extrapolated: the set has too few impostor pairs \
                 for that.</p>"
            .into(),
        Some(at) => extrapolated(at),
    };
    format!(
        "<section><h2>Thresholds for a false match rate</h2>\n{}{beyond}\n</section>\n",
        wide("Thresholds picked on this very set", &head, &rows)
    )
}

fn extrapolated(AtTail { tail, fnmr }: &AtTail) -> String {
    format!(
        "<p><strong>Extrapolated, not observed:</strong> for a false match rate of {} %, a cosine of {:.3}, and up to {:.3} by \
         how well the tail is known. The {} impostor pairs above {:.3} are taken for an exponential tail (mean excess \
         {:.3}); a normal distribution would give {:.3}. Observed at that threshold: FNMR {fnmr}. Whoever the set lacks, \
         such as siblings, is not in its tail.</p>",
        percent(tail.fmr),
        tail.threshold,
        tail.threshold_high,
        tail.tail_pairs,
        tail.tail_from,
        tail.tail_scale,
        tail.threshold_normal
    )
}

fn trade_off(figures: &MatchFigures) -> String {
    let axes = Axes { title: "DET curve", across: "impostor pairs that match", up: "genuine pairs that do not" };
    let at = figures.fmr.rate.zip(figures.fnmr.rate);
    let curve = Curve { name: "all pairs", points: &figures.trade_off, at };
    let Some(svg) = det_svg(&axes, &[curve]) else { return String::new() };
    format!(
        "<section><h2>One error against the other</h2>\n<figure>{svg}<figcaption>False matches against false non-matches, \
         over all thresholds; both axes by normal deviate. Dot: the threshold that was evaluated. Dotted: equal errors, \
         crossed at a cosine of {}. The lower and the left edge stand for no error at all.</figcaption></figure></section>\n",
        cosine(figures.eer_threshold)
    )
}

fn scores(figures: &MatchFigures, comparisons: &[Comparison]) -> String {
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
    if rows.is_empty() {
        return String::new();
    }
    format!(
        "<section><h2>Scores</h2>\n<figure>{}<figcaption>How alike pairs are: 1 is the same, 0 nothing in common. Dashed: the \
         threshold. Hatched: on the wrong side of it. Each row has its own height.</figcaption></figure></section>\n",
        scores_svg(&rows, f64::from(figures.threshold.value), "cosine")
    )
}

fn cannot_show(report: &MatchReport) -> String {
    let figures = &report.figures;
    let who = match figures.people {
        0 => "The set does not say how many people it shows.".into(),
        people => format!("The set shows {people} people."),
    };
    let items = [
        format!(
            "{who} Each stands in many pairs, so pairs are not independent and the intervals too narrow: the number of people \
             says more than the number of pairs."
        ),
        "Thresholds for a false match rate, and EER, were picked on this very set. On another they do worse.".into(),
        "Siblings, and people of one age, sex or origin, match more often than strangers at large. A set without them does \
         not show how much."
            .into(),
        "Samples of one session resemble each other more than those of months apart: the set says nothing of ageing.".into(),
        "Whether a live person was before the camera is not measured here.".into(),
    ];
    let items = items.map(|item| format!("<li>{item}</li>\n")).concat();
    format!("<section><h2>What this set cannot show</h2>\n<ul>{items}</ul></section>\n")
}

#[cfg(test)]
mod tests {
    use super::{super::figures::tests::matched, *};
    use crate::evaluate::{figures::tests::at, rates::Rate};

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
            policy: "0".into(),
            models: Vec::new(),
        };
        (report, matched.comparisons)
    }

    #[test]
    fn numbers_are_those_of_the_figures_and_text_stays_text() {
        let (mut report, comparisons) = report();
        report.figures.fnmr = Rate::new(777, 8888);
        report.figures.failure_to_acquire = Rate::new(41, 4141);
        report.figures.at_fmr[1].threshold = 0.987_6;
        report.figures.extrapolated.as_mut().unwrap().tail.threshold = 0.876_5;
        let page = report.page(&comparisons, "countenance-lab evaluate match '<set>'");
        for told in ["777 of 8888", "41 of 4141", "<td>0.988</td>", "a cosine of 0.876", "&#39;&lt;set&gt;&#39;"] {
            assert!(page.contains(told), "{told}");
        }
        for outside in ["<script", "http:", "https:", "//", "href", "NaN"] {
            assert!(!page.contains(outside), "{outside}");
        }
        assert_eq!(page.matches("<svg").count(), 2);
    }

    #[test]
    fn text_says_what_is_extrapolated() {
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
