//! The report as text for a terminal.

use std::fmt::{self, Display, Formatter};

use super::{Report, Spread};
use countenance_core::{
    policy::{ArmingPolicy, Policy},
    quality::Hint,
};

/// Maximum width of a histogram bar, characters.
const BAR: usize = 50;
/// Maximum number of histogram rows.
const ROWS: f32 = 24.0;

impl Report {
    /// The report as text, with the limits of `policy` beside each measurement.
    pub fn text<'r>(&'r self, policy: &'r Policy, arming: &'r ArmingPolicy) -> impl Display {
        Text { report: self, policy, arming }
    }
}

struct Text<'r> {
    report: &'r Report,
    policy: &'r Policy,
    arming: &'r ArmingPolicy,
}

impl Display for Text<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { report, policy, arming } = self;
        let (camera, count) = (&report.camera, report.captures.len());
        let known = [Some(&camera.driver), camera.vid_pid.as_ref(), camera.bus_path.as_ref(), Some(&camera.format)];
        let known: Vec<_> = known.into_iter().flatten().map(|part| plain(part)).collect();
        writeln!(f, "Camera     {} ({})", plain(&camera.name), known.join(", "))?;
        writeln!(f, "Captures   {count}, without a decision {}, frames {}", report.missed, report.frames)?;
        if let Some(scores) = &report.scores {
            let Spread { min, q05, median, q95, max, mean, deviation } = scores;
            let (lower, needed) = (mean - arming.deviations * deviation, report.threshold + arming.margin);
            writeln!(
                f,
                "Scores     {min:.2} lowest, {q05:.2} 5 %, {median:.2} median, {q95:.2} 95 %, {max:.2} highest"
            )?;
            writeln!(
                f,
                "           mean {mean:.2} minus {} x {deviation:.2} is {lower:.2}; required {needed:.2}",
                arming.deviations
            )?;
            writeln!(f, "Threshold  {:.2}; {}", report.threshold, self.refused())?;
            writeln!(f)?;
            self.histogram(f, scores)?;
            writeln!(f)?;
        }
        let q = &policy.quality;
        let between = |f: &mut Formatter<'_>,
                       name: &str,
                       of: &Option<Spread>,
                       scale: f32,
                       digits: usize,
                       limits: &str| match of {
            Some(s) => writeln!(f, "{name:<10} {:.digits$} to {:.digits$} {limits}", s.q05 * scale, s.q95 * scale),
            None => Ok(()),
        };
        let light = format!("luma of the face ({:.0} to {:.0} allowed)", q.luma_min, q.luma_max);
        let (least, most) = (q.face_ratio_min * 100.0, q.face_ratio_max * 100.0);
        let wide = format!("% of the image width ({least:.0} to {most:.0} allowed)");
        between(f, "Light", &report.luma, 1.0, 0, &light)?;
        between(f, "Distance", &report.face_ratio, 100.0, 0, &wide)?;
        let apart = format!("pixels between the eyes ({:.0} or more)", q.interocular_px);
        between(f, "", &report.interocular_px, 1.0, 0, &apart)?;
        let fast = format!("frames per second ({:.0} or more)", policy.camera.fps_min);
        between(f, "Speed", &report.fps, 1.0, 1, &fast)?;
        let mut hints: Vec<_> = report.hints.iter().collect();
        hints.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        for (i, (hint, frames)) in hints.into_iter().take(5).enumerate() {
            let share = *frames as f32 * 100.0 / report.frames.max(1) as f32;
            writeln!(f, "{:<10} {}: {share:.0} % of the frames", if i == 0 { "Rejected" } else { "" }, words(*hint))?;
        }
        writeln!(f)?;
        writeln!(f, "{}: {}.", if report.armed() { "ARMED" } else { "NOT ARMED" }, report.because())?;
        report.remedies.iter().try_for_each(|remedy| writeln!(f, "  → {remedy}"))
    }
}

impl Text<'_> {
    /// How many genuine people would be rejected, as far as this sample allows.
    fn refused(&self) -> String {
        let (count, threshold) = (self.report.captures.len(), self.report.threshold);
        let below = self.report.captures.iter().filter(|capture| capture.fused < threshold).count();
        if below > 0 {
            return format!("{below} of {count} genuine captures would be refused");
        }
        // Rule of three, exact: the rate at which zero of n rejections has a probability of 5 % is the upper confidence
        // bound.
        let most = 1.0 - 0.05_f64.powf(1.0 / count as f64);
        format!("none of {count} refused, so at most {:.0} % of all (95 % confidence)", most * 100.0)
    }

    fn histogram(&self, f: &mut Formatter<'_>, scores: &Spread) -> fmt::Result {
        let threshold = self.report.threshold;
        let (low, high) = (scores.min.min(threshold), scores.max.max(threshold));
        // Rows of half a log odds, or more if they would exceed the maximum.
        let step = (((high - low) / ROWS) * 2.0).ceil().max(1.0) / 2.0;
        let row_of = |value: f32| ((value - threshold) / step).floor() as i32;
        let counts = |row: i32| self.report.captures.iter().filter(|capture| row_of(capture.fused) == row).count();
        let rows = row_of(low).min(-1)..=row_of(high);
        let most = rows.clone().map(counts).max().unwrap_or(0).max(1);
        for row in rows {
            if row == 0 {
                writeln!(f, "  {threshold:>6.2} ┿━━━ threshold")?;
            }
            let (from, count) = (threshold + row as f32 * step, counts(row));
            let bar = "█".repeat((count * BAR.min(most)).div_ceil(most));
            let number = if count > 0 { format!(" {count}") } else { String::new() };
            writeln!(f, "  {from:>6.2} │{bar}{number}")?;
        }
        Ok(())
    }
}

/// Removes control characters, which a terminal would act on.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(64).collect()
}

/// A hint's JSON name, with spaces.
pub fn words(hint: Hint) -> String {
    let name = serde_json::to_value(hint).ok().and_then(|value| value.as_str().map(|name| name.replace('_', " ")));
    name.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{
        super::{report::tests::report, tests::policy},
        *,
    };

    fn text(report: &Report) -> String {
        report.text(&policy(), &ArmingPolicy::default()).to_string()
    }

    #[test]
    fn histogram_shows_each_capture_on_its_side_of_the_threshold() {
        let scores = [-9.2, 0.3, 1.1, 1.19, 1.2, 1.3, 5.0, 9.2];
        let text = text(&report(&scores));
        let (before, after) = text.split_once("━━━ threshold").unwrap();
        let bars = |text: &str| text.matches('█').count();
        assert_eq!((bars(before), bars(after)), (4, 4), "{text}");
        assert!(text.contains("NOT ARMED: genuine scores overlap the threshold: 4 of 8"), "{text}");
        assert!(text.contains("4 of 8 genuine captures would be refused"), "{text}");
        assert!(text.lines().count() < 45, "{text}");
    }

    #[test]
    fn an_armed_report_states_its_confidence() {
        let text = text(&report(&[5.0; 20]));
        assert!(text.contains("ARMED: all 20 genuine captures") && !text.contains("NOT ARMED"), "{text}");
        assert!(text.contains("none of 20 refused, so at most 14 % of all (95 % confidence)"), "{text}");
    }

    #[test]
    fn reports_an_empty_run() {
        let mut nothing = report(&[]);
        nothing.camera.name = "\u{1b}[31mred".into();
        let text = text(&nothing);
        assert!(text.contains("too few genuine captures: 0 of 20") && !text.contains('\u{1b}'), "{text}");
    }
}
