//! Score histograms: one for bona fide presentations and one per species, with the threshold as a line through all.

use maud::{Markup, html};

use super::{
    super::{
        figures::score,
        presentation::{Label, Presentation},
        rates::{OperatingPoint, Scores},
    },
    Figures, Rate,
    marks::{short, tenths},
};

/// The section; empty if nothing has a score.
pub(super) fn section(figures: &Figures, presentations: &[Presentation]) -> Markup {
    let caption = |name: &str, wrong: Rate, side: &str| {
        format!("{}: {} with a score, {} {side}", short(name), wrong.of, wrong.count)
    };
    let people = Row {
        caption: caption("bona fide", figures.bona_fide.wrong, "turned away"),
        right_side: true,
        scores: of(presentations, &Label::BonaFide),
    };
    let species = figures.species.iter().map(|species| Row {
        caption: caption(&species.name, species.class.wrong, "passed"),
        right_side: false,
        scores: of(presentations, &Label::Attack(species.name.clone())),
    });
    let rows: Vec<_> = std::iter::once(people).chain(species).filter(|row| !row.scores.is_empty()).collect();
    html! {
        @if !rows.is_empty() {
            section {
                h2 { "Scores" }
                figure {
                    (svg(&rows, f64::from(figures.threshold.value), "log likelihood ratio"))
                    figcaption {
                        "Scores of the clips, as log likelihood ratios: the further right, the rather a live person. \
                         Dashed: the threshold. Hatched: on the wrong side of it. Each row has its own height."
                    }
                }
            }
        }
    }
}

/// The trade-off of errors for one species.
pub(super) fn trade_off(presentations: &[Presentation], species: &str) -> Vec<OperatingPoint> {
    let attacks = of(presentations, &Label::Attack(species.into()));
    Scores::new(of(presentations, &Label::BonaFide), attacks).trade_off()
}

fn of(presentations: &[Presentation], label: &Label) -> Vec<f32> {
    presentations.iter().filter(|p| p.label.as_ref() == Some(label)).filter_map(score).collect()
}

/// One histogram.
pub(in crate::evaluate) struct Row {
    /// Caption.
    pub(in crate::evaluate) caption: String,
    /// Whether its scores should be right of the threshold.
    pub(in crate::evaluate) right_side: bool,
    /// The scores, at least one.
    pub(in crate::evaluate) scores: Vec<f32>,
}

const WIDTH: f64 = 480.0;
const LEFT: f64 = 12.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 30.0;
const ROW: f64 = 68.0;
/// Height of the bars in a row.
const BARS: f64 = 40.0;
const BOTTOM: f64 = 46.0;
/// Maximum number of bars per row.
const MAX_BINS: f64 = 44.0;

/// The drawing of `rows`; `unit` names the score.
pub(in crate::evaluate) fn svg(rows: &[Row], threshold: f64, unit: &str) -> Markup {
    let bins = Bins::of(rows, threshold);
    let height = TOP + ROW * rows.len() as f64 + BOTTOM;
    let base = height - BOTTOM;
    let captions: Vec<_> = rows.iter().map(|row| row.caption.as_str()).collect();
    let at = bins.x(threshold);
    let middle = f64::midpoint(LEFT, WIDTH - RIGHT);
    html! {
        svg viewBox=(format_args!("0 0 {WIDTH} {height}")) role="img" aria-labelledby="scores-title scores-desc" {
            title id="scores-title" { "Scores against the threshold" }
            desc id="scores-desc" { (captions.join(". ")) }
            defs {
                pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                    path.hatch d="M0 0V5" {}
                }
            }
            @for mark in bins.marks() {
                @let x = tenths(bins.x(mark));
                path.grid d=(format_args!("M{x} {TOP}V{base}")) {}
                text.quiet x=(x) y=(tenths(base + 18.0)) text-anchor="middle" { (mark) }
            }
            path.limit d=(format_args!("M{at:.1} {:.1}V{base}", TOP - 8.0)) {}
            @for (i, row) in rows.iter().enumerate() {
                @let floor = TOP + ROW * (i + 1) as f64;
                (bars(&bins, row, floor))
                path.frame d=(format_args!("M{LEFT} {floor}H{:.1}", WIDTH - RIGHT)) {}
                text.told x=(LEFT) y=(tenths(floor - BARS - 9.0)) { (row.caption) }
            }
            text.strong x=(tenths(at.clamp(60.0, WIDTH - 60.0))) y="16" text-anchor="middle" {
                "threshold " (format_args!("{threshold:.2}"))
            }
            text x=(middle) y=(tenths(height - 8.0)) text-anchor="middle" { (unit) }
        }
    }
}

fn bars(bins: &Bins, row: &Row, floor: f64) -> Markup {
    let mut counts = std::collections::BTreeMap::<i64, u32>::new();
    for score in &row.scores {
        *counts.entry(bins.bin(*score)).or_default() += 1;
    }
    let highest = f64::from(counts.values().copied().max().unwrap_or(1));
    html! {
        @for (bin, count) in counts {
            @let (from, to) = (bins.edge(bin), bins.edge(bin + 1));
            @let tall = (f64::from(count) / highest * BARS).max(2.0);
            @let width = (bins.x(to) - bins.x(from) - 1.0).max(1.0);
            rect.bar.wrong[(bin >= 0) != row.right_side] x=(tenths(bins.x(from) + 0.5)) y=(tenths(floor - tall))
                width=(tenths(width)) height=(tenths(tall)) {
                title { (format_args!("{count} from {from:.2} to {to:.2}")) }
            }
        }
    }
}

/// Bins of equal width, aligned to the threshold so that none straddles it: bin 0 starts there.
struct Bins {
    threshold: f64,
    width: f64,
    first: i64,
    last: i64,
}

impl Bins {
    fn of(rows: &[Row], threshold: f64) -> Self {
        let finite = || rows.iter().flat_map(|row| &row.scores).map(|s| f64::from(*s)).filter(|s| s.is_finite());
        let threshold = if threshold.is_finite() { threshold } else { 0.0 };
        let (low, high) = (finite().fold(threshold, f64::min), finite().fold(threshold, f64::max));
        let width = even((high - low) / MAX_BINS);
        let bin = |score: f64| ((score - threshold) / width).floor() as i64;
        Self { threshold, width, first: bin(low) - 1, last: bin(high) + 1 }
    }

    /// The bin of a score; NaN counts as the lowest.
    fn bin(&self, score: f32) -> i64 {
        let bin = ((f64::from(score) - self.threshold) / self.width).floor();
        if bin.is_nan() { self.first } else { bin.clamp(self.first as f64, self.last as f64) as i64 }
    }

    fn edge(&self, bin: i64) -> f64 {
        self.threshold + bin as f64 * self.width
    }

    fn x(&self, score: f64) -> f64 {
        let (low, high) = (self.edge(self.first), self.edge(self.last + 1));
        LEFT + (WIDTH - LEFT - RIGHT) * ((score - low) / (high - low)).clamp(0.0, 1.0)
    }

    /// Round numbers to mark on the axis.
    fn marks(&self) -> Vec<f64> {
        let (low, high) = (self.edge(self.first), self.edge(self.last + 1));
        let step = even((high - low) / 8.0);
        let first = (low / step).ceil() as i64;
        (first..=(high / step).floor() as i64).map(|i| (i as f64 * step * 1e9).round() / 1e9).collect()
    }
}

/// Rounds up to 1, 2 or 5 times a power of ten; 1 for a width of zero.
fn even(width: f64) -> f64 {
    if width <= 0.0 || !width.is_finite() {
        return 1.0;
    }
    let power = 10.0_f64.powf(width.log10().floor());
    let times = [1.0, 2.0, 5.0, 10.0].into_iter().find(|times| times * power >= width).unwrap_or(10.0);
    times * power
}
