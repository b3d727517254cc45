//! DET curves: both error rates on normal-deviate axes, where normally distributed scores give a straight line (Martin
//! et al., Eurospeech 1997).

use maud::{Markup, html};

use super::{
    super::rates::{OperatingPoint, percent, quantile},
    marks::{plain, short, tenths},
};

/// One curve, with the operating point of the evaluated threshold.
pub(in crate::evaluate) struct Curve<'c> {
    /// Name of its nontargets; untrusted text.
    pub(in crate::evaluate) name: &'c str,
    /// Points in order of their thresholds.
    pub(in crate::evaluate) points: &'c [OperatingPoint],
    /// False accept and false reject rate at the evaluated threshold.
    pub(in crate::evaluate) at: Option<(f64, f64)>,
}

/// Titles; trusted text.
pub(in crate::evaluate) struct Axes {
    /// Title of the drawing.
    pub(in crate::evaluate) title: &'static str,
    /// Horizontal axis: false accepts.
    pub(in crate::evaluate) across: &'static str,
    /// Vertical axis: false rejects.
    pub(in crate::evaluate) up: &'static str,
}

const WIDTH: f64 = 480.0;
const HEIGHT: f64 = 470.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 56.0;
const BOTTOM: f64 = 56.0;
/// Possible ends and marks of the axes.
const MARKS: [f64; 15] = [1e-6, 1e-5, 1e-4, 1e-3, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.95];

/// The drawing; `None` if no curve has points.
pub(in crate::evaluate) fn svg(axes: &Axes, curves: &[Curve<'_>]) -> Option<Markup> {
    let curves: Vec<_> = curves.iter().filter(|curve| !curve.points.is_empty()).collect();
    if curves.is_empty() {
        return None;
    }
    let scale = Scale::of(&curves);
    let (end, base) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
    let (middle, half) = (f64::midpoint(LEFT, end), f64::midpoint(TOP, base));
    Some(html! {
        svg viewBox=(format_args!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-labelledby="det-title det-desc" {
            title id="det-title" { (axes.title) }
            desc id="det-desc" { (described(axes, &curves)) }
            @for mark in scale.marks() {
                @let (x, y) = (scale.x(mark), scale.y(mark));
                path.grid d=(format_args!("M{x:.1} {TOP}V{base}M{LEFT} {y:.1}H{end}")) {}
                text.quiet x=(tenths(x)) y=(tenths(base + 18.0)) text-anchor="middle" { (percents(mark)) }
                text.quiet x=(tenths(LEFT - 8.0)) y=(tenths(y + 4.5)) text-anchor="end" { (percents(mark)) }
            }
            path.even d=(format_args!("M{LEFT} {base}L{end} {TOP}")) {}
            path.frame d=(format_args!("M{LEFT} {TOP}H{end}V{base}H{LEFT}Z")) {}
            text x=(middle) y=(tenths(HEIGHT - 12.0)) text-anchor="middle" { (axes.across) ", %" }
            text x="16" y=(half) text-anchor="middle" transform=(format_args!("rotate(-90 16 {half})")) {
                (axes.up) ", %"
            }
            @for (i, curve) in curves.iter().enumerate() { (drawn(&scale, i, curve)) }
        }
    })
}

fn drawn(scale: &Scale, i: usize, curve: &Curve<'_>) -> Markup {
    let mut path: Vec<String> = Vec::new();
    for point in curve.points {
        let step = format!("{:.1} {:.1}", scale.x(point.false_accepts), scale.y(point.false_rejects));
        if path.last() != Some(&step) {
            path.push(step);
        }
    }
    let legend = 18.0 + 20.0 * i as f64;
    html! {
        path.curve.second[i > 0] d={ "M" (path.join("L")) } {}
        path.curve.second[i > 0] d=(format_args!("M{LEFT} {:.1}h28", legend - 5.0)) {}
        text x=(tenths(LEFT + 36.0)) y=(legend) { (short(curve.name)) }
        @if let Some((accepts, rejects)) = curve.at {
            circle.point.second[i > 0] cx=(tenths(scale.x(accepts))) cy=(tenths(scale.y(rejects))) r="6" {
                title { (plain(curve.name)) ": " (percent(accepts)) " % and " (percent(rejects)) " %" }
            }
        }
    }
}

fn described(axes: &Axes, curves: &[&Curve<'_>]) -> String {
    let texts = curves.iter().map(|curve| match curve.at {
        Some((accepts, rejects)) => format!(
            "{}: at the evaluated threshold {} % {} and {} % {}.",
            plain(curve.name),
            percent(accepts),
            axes.across,
            percent(rejects),
            axes.up
        ),
        None => format!("{}.", plain(curve.name)),
    });
    texts.collect::<Vec<_>>().join(" ")
}

/// The scale of both axes: rates from `low` to `high`; values outside are drawn at the edge.
struct Scale {
    low: f64,
    high: f64,
}

impl Scale {
    fn of(curves: &[&Curve<'_>]) -> Self {
        let rates = || curves.iter().flat_map(|curve| curve.points).flat_map(|p| [p.false_accepts, p.false_rejects]);
        // The rate of a single case lies inside; the edge means no error.
        let lowest = rates().filter(|rate| *rate > 0.0).fold(0.01, f64::min);
        let low = MARKS.into_iter().rfind(|mark| *mark < lowest).unwrap_or(1e-6);
        let at = curves.iter().filter_map(|curve| curve.at).flat_map(|(a, b)| [a, b]).fold(0.0, f64::max);
        let high = MARKS.into_iter().find(|mark| *mark >= 0.4 && *mark > at).unwrap_or(0.95);
        Self { low, high }
    }

    fn marks(&self) -> impl Iterator<Item = f64> {
        MARKS.into_iter().filter(|mark| (self.low..=self.high).contains(mark))
    }

    /// Position on the axis: 0 at `low`, 1 at `high`.
    fn part(&self, rate: f64) -> f64 {
        let (low, high) = (quantile(self.low), quantile(self.high));
        (quantile(rate.clamp(self.low, self.high)) - low) / (high - low)
    }

    fn x(&self, rate: f64) -> f64 {
        LEFT + (WIDTH - LEFT - RIGHT) * self.part(rate)
    }

    fn y(&self, rate: f64) -> f64 {
        TOP + (HEIGHT - TOP - BOTTOM) * (1.0 - self.part(rate))
    }
}

/// A mark in percent, without trailing zeros.
fn percents(mark: f64) -> String {
    let text = format!("{:.4}", mark * 100.0);
    text.trim_end_matches('0').trim_end_matches('.').into()
}
