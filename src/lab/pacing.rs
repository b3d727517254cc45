//! Measures the frame pacing of the real window on a real display, without interaction.

use std::{
    fmt::Write,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use eframe::egui::{Context, Ui, ViewportCommand};

use countenance_client::runner::{Command, ConsentText};
use countenance_gui::{App, AppContext, Ask, screen::Screen};

use crate::bench::{Times, peak_mib};

/// How long the idle window is measured.
const IDLE: Duration = Duration::from_secs(5);
/// Settling time before that, for animations and threads to finish.
const REST: Duration = Duration::from_secs(1);

/// The measurements.
#[derive(Debug, Default, Clone)]
pub struct Report {
    /// From launch to the first paint.
    pub first_paint: Option<Duration>,
    /// From launch to the first preview frame on screen; the camera is started without delay.
    pub first_preview: Option<Duration>,
    /// From starting the camera to the first preview frame on screen.
    pub preview_after_begin: Times,
    /// Time between two paints while the preview runs.
    pub paint_gaps: Times,
    /// Time between two camera frames on screen.
    pub frame_gaps: Times,
    /// Time of one paint on the UI thread, without the graphics driver.
    pub paints: Times,
    /// Frames analyzed by the networks.
    pub analyzed: u32,
    /// Sign-ins approved.
    pub approved: u32,
    /// From a link to the first paint of a new window, where the program stays ready between windows.
    pub resident_paint: Times,
    /// The same to the first preview frame on screen.
    pub resident_preview: Times,
    /// Share of one core used while idle, 0 to 1; `None` if the system does not report it.
    pub idle_cpu: Option<f64>,
    /// Peak resident memory, MiB; `None` if the system does not report it.
    pub peak_mib: Option<f64>,
}

impl Report {
    /// The table printed by `countenance-lab bench --window`.
    pub fn table(&self) -> String {
        let millis = |d: Duration| d.as_secs_f64() * 1e3;
        let mut text = String::new();
        // Writing to a String cannot fail.
        let mut line = |name: &str, value: Option<f64>, unit: &str| {
            let value = value.map_or("unknown".into(), |v| format!("{v:.1} {unit}"));
            writeln!(text, "{name:<34}{value:>14}").ok();
        };
        line("launch to first paint", self.first_paint.map(millis), "ms");
        line("launch to first preview frame", self.first_preview.map(millis), "ms");
        line("idle, share of one core", self.idle_cpu.map(|share| share * 100.0), "%");
        line("peak memory", self.peak_mib, "MiB");
        writeln!(text, "\nwhile the networks run: {} frames analyzed in {} sign-ins", self.analyzed, self.approved)
            .ok();
        writeln!(text, "{:<34}{:>7}{:>9}{:>9}{:>9}", "", "count", "p50 ms", "p95 ms", "worst ms").ok();
        let rows = [
            ("start to preview frame", &self.preview_after_begin),
            ("gap between paints", &self.paint_gaps),
            ("gap between camera frames shown", &self.frame_gaps),
            ("one paint, without the driver", &self.paints),
            ("resident: link to first paint", &self.resident_paint),
            ("resident: link to preview frame", &self.resident_preview),
        ];
        for (name, times) in rows {
            let at = |share| millis(times.quantile(share));
            writeln!(text, "{name:<34}{:>7}{:>9.1}{:>9.1}{:>9.1}", times.count(), at(0.5), at(0.95), at(1.0)).ok();
        }
        text
    }
}

/// The instrumented window: starts the camera at once in each sign-in, then idles.
pub struct Paced {
    app: App,
    link: String,
    logins: u32,
    launched: Instant,
    report: Arc<Mutex<Report>>,
    watch: Watch,
}

/// State kept from one paint to the next.
#[derive(Default)]
struct Watch {
    begun: Option<Instant>,
    last_paint: Option<Instant>,
    last_frame: Option<(u64, Instant)>,
    last_analyzed: Option<u64>,
    rested: Option<Instant>,
    idle_from: Option<(Instant, Option<Duration>)>,
}

impl Paced {
    /// Measures `logins` sign-ins with `link` in the window of `context`; the process started at `launched`.
    pub fn new(ctx: &Context, context: AppContext, logins: u32, launched: Instant, report: Arc<Mutex<Report>>) -> Self {
        let link = context.link.clone().unwrap_or_default();
        Self { app: App::new(ctx, context), link, logins, launched, report, watch: Watch::default() }
    }

    fn note(&self, what: impl FnOnce(&mut Report)) {
        what(&mut self.report.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Records one paint of the preview.
    fn watch_preview(&mut self, at: Instant, analyzed_at: Option<u64>) {
        let Some(seq) = self.app.preview_seq() else { return };
        let watch = std::mem::take(&mut self.watch);
        self.note(|report| {
            match watch.last_paint {
                None => {
                    report.first_preview.get_or_insert(at - self.launched);
                    report.preview_after_begin.push(at - watch.begun.unwrap_or(at));
                }
                Some(last) => report.paint_gaps.push(at - last),
            }
            if let Some((_, last)) = watch.last_frame.filter(|(shown, _)| *shown != seq) {
                report.frame_gaps.push(at - last);
            }
            report.analyzed += u32::from(analyzed_at.is_some() && analyzed_at != watch.last_analyzed);
        });
        let shown = watch.last_frame.filter(|(shown, _)| *shown == seq).unwrap_or((seq, at));
        self.watch = Watch { last_paint: Some(at), last_frame: Some(shown), last_analyzed: analyzed_at, ..watch };
    }

    /// Starts the next sign-in or the idle phase.
    fn after_login(&mut self, ctx: &Context, at: Instant) {
        let approved = {
            let mut report = self.report.lock().unwrap_or_else(PoisonError::into_inner);
            report.approved += 1;
            report.approved
        };
        self.watch = Watch::default();
        if approved < self.logins {
            self.app.carry_out(ctx, Ask::OpenLink(self.link.clone()));
        } else {
            self.watch.rested = Some(at);
        }
    }

    /// Measures processor use of the idle window, then closes it.
    fn rest(&mut self, ctx: &Context, since: Instant, at: Instant) {
        let (from, cpu) = match self.watch.idle_from {
            None if at - since < REST => return ctx.request_repaint_after(REST.saturating_sub(at - since)),
            None => {
                self.watch.idle_from = Some((at, cpu_time()));
                return ctx.request_repaint_after(IDLE);
            }
            Some(idle_from) => idle_from,
        };
        if at - from < IDLE {
            return ctx.request_repaint_after(IDLE.saturating_sub(at - from));
        }
        let used = cpu_time().zip(cpu).map(|(now, then)| now.saturating_sub(then));
        self.note(|report| {
            report.idle_cpu = used.map(|used| used.as_secs_f64() / (at - from).as_secs_f64());
            report.peak_mib = peak_mib();
        });
        ctx.send_viewport_cmd(ViewportCommand::Close);
    }
}

impl eframe::App for Paced {
    fn logic(&mut self, ctx: &Context, _: &mut eframe::Frame) {
        self.app.catch_up(ctx);
    }

    fn ui(&mut self, ui: &mut Ui, _: &mut eframe::Frame) {
        let (ctx, at) = (ui.ctx().clone(), now());
        self.app.draw(ui);
        let took = now() - at;
        self.note(|report| _ = report.first_paint.get_or_insert(at - self.launched));
        if let Some(since) = self.watch.rested {
            return self.rest(&ctx, since, at);
        }
        match &self.app.state().screen {
            Screen::Consent(_) => {
                self.watch.begun = Some(at);
                self.app.carry_out(&ctx, Ask::Command(Command::Begin(ConsentText::default())));
            }
            Screen::Capture(capture) => {
                let analyzed_at = capture.at_millis;
                self.note(|report| report.paints.push(took));
                self.watch_preview(at, analyzed_at);
            }
            Screen::Done(_) => self.after_login(&ctx, at),
            Screen::CannotTell(_) | Screen::NotAccepted(_) => {
                self.watch = Watch { begun: Some(at), ..Watch::default() };
                self.app.carry_out(&ctx, Ask::Command(Command::TryAgain));
            }
            Screen::Camera { .. } | Screen::Refused(_) | Screen::Failed(_) => {
                ctx.send_viewport_cmd(ViewportCommand::Close);
            }
            _ => {}
        }
    }
}

/// A window that opens for a link that arrives while the program stays ready: closes once the preview is there.
pub struct Reopened {
    app: App,
    linked: Instant,
    is_painted: bool,
    is_over: bool,
    report: Arc<Mutex<Report>>,
}

impl Reopened {
    /// The window of `context`, whose link arrived at `linked`.
    pub fn new(ctx: &Context, context: AppContext, linked: Instant, report: Arc<Mutex<Report>>) -> Self {
        Self { app: App::new(ctx, context), linked, is_painted: false, is_over: false, report }
    }
}

impl eframe::App for Reopened {
    fn logic(&mut self, ctx: &Context, _: &mut eframe::Frame) {
        self.app.catch_up(ctx);
    }

    fn ui(&mut self, ui: &mut Ui, _: &mut eframe::Frame) {
        let (ctx, at) = (ui.ctx().clone(), now());
        self.app.draw(ui);
        let mut report = self.report.lock().unwrap_or_else(PoisonError::into_inner);
        if !std::mem::replace(&mut self.is_painted, true) {
            report.resident_paint.push(at - self.linked);
        }
        match &self.app.state().screen {
            Screen::Consent(_) => self.app.carry_out(&ctx, Ask::Command(Command::Begin(ConsentText::default()))),
            Screen::Capture(_) if self.app.preview_seq().is_some() => {
                if !std::mem::replace(&mut self.is_over, true) {
                    report.resident_preview.push(at - self.linked);
                }
                ctx.send_viewport_cmd(ViewportCommand::Close);
            }
            Screen::Camera { .. } | Screen::Failed(_) => ctx.send_viewport_cmd(ViewportCommand::Close),
            _ => {}
        }
    }

    fn on_exit(&mut self, _: Option<&eframe::glow::Context>) {
        self.app.close();
    }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures wall time")]
fn now() -> Instant {
    Instant::now()
}

/// Processor time of this process so far, user and system (Linux, where a clock tick is 10 ms).
fn cpu_time() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The program name in parentheses may contain spaces.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |field: usize| fields.get(field)?.parse::<u64>().ok();
    Some(Duration::from_millis((ticks(11)? + ticks(12)?) * 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn report_shows_unknown_values_and_maxima() {
        let mut report = Report { approved: 2, ..Report::default() };
        for millis in [10, 12, 90] {
            report.paint_gaps.push(Duration::from_millis(millis));
        }
        let table = report.table();
        assert!(table.contains("unknown") && table.contains("2 sign-ins"), "{table}");
        let row = table.lines().find(|line| line.starts_with("gap between paints")).unwrap();
        assert!(row.ends_with("90.0") && row.contains("12.0"), "{row}");
    }
}
