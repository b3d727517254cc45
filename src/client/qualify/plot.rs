//! The report as a plot: one dot per capture, a line for the threshold. An SVG document of about 2,000 bytes, without
//! scripts, fonts or external resources.

use std::fmt::Write;

use maud::html;

use super::Report;
use countenance_core::policy::ArmingPolicy;

const WIDTH: f32 = 720.0;
const HEIGHT: f32 = 400.0;
const LEFT: f32 = 60.0;
const RIGHT: f32 = 20.0;
const TOP: f32 = 50.0;
const BOTTOM: f32 = 45.0;

impl Report {
    /// Plots the captures against the threshold, as an SVG document.
    pub fn plot(&self, arming: &ArmingPolicy) -> String {
        let needed = self.threshold + arming.margin;
        let scores = || self.captures.iter().map(|capture| capture.fused).filter(|score| score.is_finite());
        let low = scores().fold(self.threshold, f32::min).floor() - 1.0;
        let high = scores().fold(needed, f32::max).ceil() + 1.0;
        let y = |score: f32| TOP + (HEIGHT - TOP - BOTTOM) * (high - score) / (high - low);
        let x = |i: usize| LEFT + (WIDTH - LEFT - RIGHT) * (i as f32 + 0.5) / self.captures.len().max(1) as f32;
        let (end, base) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" \
             font-size=\"13\" fill=\"#1f2933\">\n<rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#ffffff\"/>\n"
        );
        let mut draw = |element: &str| {
            svg.push_str(element);
            svg.push('\n');
        };
        let verdict = if self.armed() { "Armed" } else { "Not armed" };
        let title = format!("{verdict}: {}", self.because());
        draw(&format!("<title>{}</title>", escaped(&title)));
        draw(&format!("<text x=\"{LEFT}\" y=\"24\" font-weight=\"bold\">{}</text>", escaped(&title)));
        draw(&format!("<text x=\"{LEFT}\" y=\"41\" fill=\"#52606d\">{}</text>", escaped(&self.camera.name)));
        let step = (((high - low) / 8.0).ceil() as usize).max(1);
        for score in (low as i32..=high as i32).step_by(step) {
            let at = y(score as f32);
            draw(&format!("<path d=\"M{LEFT} {at:.1}H{end}\" stroke=\"#e4e7eb\"/>"));
            draw(&format!("<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{score}</text>", LEFT - 8.0, at + 4.0));
        }
        let bottom = y(self.threshold);
        draw(&format!(
            "<rect x=\"{LEFT}\" y=\"{bottom:.1}\" width=\"{}\" height=\"{:.1}\" fill=\"#d64545\" fill-opacity=\"0.08\"/>",
            end - LEFT,
            base - bottom
        ));
        draw(&format!("<path d=\"M{LEFT} {bottom:.1}H{end}\" stroke=\"#d64545\" stroke-width=\"2\"/>"));
        let label = bottom + 15.0;
        draw(&format!(
            "<text x=\"{end}\" y=\"{label:.1}\" text-anchor=\"end\" fill=\"#ba2525\">threshold {:.2}</text>",
            self.threshold
        ));
        for (i, capture) in self.captures.iter().enumerate() {
            // Shape as well as color distinguishes them: hollow is below the threshold.
            let passes = capture.fused >= self.threshold;
            let fill = if passes { "#2b6cb0" } else { "#ffffff" };
            let stroke = if passes { "#2b6cb0" } else { "#ba2525" };
            let at = if capture.fused.is_finite() { y(capture.fused) } else { base };
            draw(&format!(
                "<circle cx=\"{:.1}\" cy=\"{at:.1}\" r=\"5\" fill=\"{fill}\" stroke=\"{stroke}\" stroke-width=\"2\">\
                 <title>capture {}: {:.2}</title></circle>",
                x(i),
                i + 1,
                capture.fused
            ));
        }
        if let Some(scores) = &self.scores {
            let lower = scores.mean - arming.deviations * scores.deviation;
            for (value, what) in [(scores.mean, "mean"), (lower.max(low), "mean minus spread")] {
                let at = y(value);
                draw(&format!("<path d=\"M{LEFT} {at:.1}H{end}\" stroke=\"#52606d\" stroke-dasharray=\"5 4\"/>"));
                let (x, at) = (LEFT + 6.0, at - 4.0);
                draw(&format!("<text x=\"{x}\" y=\"{at:.1}\" fill=\"#52606d\" font-size=\"11\">{what}</text>"));
            }
        }
        let middle = f32::midpoint(LEFT, end);
        draw(&format!(
            "<text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">genuine captures, in order</text>",
            HEIGHT - 14.0
        ));
        let middle = f32::midpoint(TOP, base);
        // Writing to a String cannot fail.
        write!(
            svg,
            "<text x=\"18\" y=\"{middle}\" text-anchor=\"middle\" transform=\"rotate(-90 18 {middle})\">\
             liveness score, log odds</text>\n</svg>\n"
        )
        .ok();
        svg
    }
}

/// Escapes text for XML, and drops characters that XML forbids.
fn escaped(text: &str) -> String {
    let plain = |c: &char| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}');
    html! { (text.chars().filter(plain).take(110).collect::<String>()) }.into_string()
}

#[cfg(test)]
mod tests {
    use super::{super::report::tests::report, *};

    #[test]
    fn plots_each_capture_on_its_side_of_the_threshold() {
        let scores = [-9.2, 1.1, 1.2, 9.2];
        let svg = report(&scores).plot(&ArmingPolicy::default());
        let number = |text: &str| text[..text.find(['"', 'H']).unwrap()].parse::<f32>().unwrap();
        let line = svg.lines().find(|line| line.contains("stroke=\"#d64545\"")).unwrap();
        let line = number(line.split_once("<path d=\"M60 ").unwrap().1);
        let dots: Vec<_> = svg.split("cy=\"").skip(1).map(number).collect();
        assert!(dots.len() == 4 && dots[0] > dots[1] && dots[1] > line && dots[2] <= line, "{line} {dots:?}");
        assert!(dots.iter().all(|dot| (TOP..HEIGHT - BOTTOM).contains(dot)), "{dots:?}");
        assert_eq!(svg.matches("stroke=\"#ba2525\"").count(), 2, "two are hollow");
    }

    #[test]
    fn escapes_camera_names_and_plots_empty_reports() {
        let mut nothing = report(&[]);
        nothing.camera.name = "</text><script>&\u{1b}".into();
        let svg = nothing.plot(&ArmingPolicy::default());
        assert!(!svg.contains("<script") && svg.contains("&lt;/text&gt;&lt;script&gt;&amp;"), "{svg}");
        assert!(!svg.contains("NaN") && !svg.contains("inf") && !svg.contains("<circle"), "{svg}");
    }
}
