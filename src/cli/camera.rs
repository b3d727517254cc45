//! `countenance camera`: lists cameras, tests one, and qualifies one for a site.

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use clap::{Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::{
    MAX_WAIT_SECS,
    qualify::{self, QualifyArgs},
};
use countenance_camera::{CameraError, Cameras, FrameSlot, FrameSource, Listed, device::PixelFormat};
use countenance_client::headless::{Exit, causes};
use countenance_client::{
    installation::settled,
    source::{Source, SourceArgs},
};
use countenance_core::{policy::Policy, protocol::CameraKind};
use countenance_system::{complain, console};

/// The subcommands of `camera`.
#[derive(Debug, Subcommand)]
pub(crate) enum CameraTask {
    /// List usable cameras, best first
    List {
        /// Print one JSON object per camera and line
        #[arg(long)]
        json: bool,
    },
    /// Stream from a camera and report format, frame rate, latency and faults
    ///
    /// No frame is analyzed or stored. Exit codes: 0 no fault at the end, 20 camera fault.
    Test(TestArgs),
    /// Measure genuine captures at this site and decide whether to arm the liveness gate here
    ///
    /// Exit codes: 0 armed, 12 not armed, 20 no camera.
    Qualify(QualifyArgs),
}

/// Arguments of `camera test`.
#[derive(Debug, clap::Args)]
pub(crate) struct TestArgs {
    /// Which camera.
    #[command(flatten)]
    source: SourceArgs,
    /// Seconds to stream
    #[arg(long, value_name = "SECS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=MAX_WAIT_SECS))]
    seconds: u64,
    /// Accept only this pixel format
    #[arg(long, value_enum)]
    format: Option<FormatChoice>,
    /// Print JSON lines instead of text
    #[arg(long)]
    json: bool,
    /// Seconds to retry a failing camera before giving up [default: until the test ends]
    #[arg(long, value_name = "SECS", value_parser = clap::value_parser!(u64).range(..=MAX_WAIT_SECS))]
    timeout: Option<u64>,
    /// Settings file [default: in the platform's configuration directory]
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FormatChoice {
    Mjpeg,
    Yuyv,
    Nv12,
}

pub(super) fn run(task: &CameraTask) -> anyhow::Result<ExitCode> {
    match task {
        CameraTask::List { json } => list(*json),
        CameraTask::Test(args) => test(args),
        CameraTask::Qualify(args) => qualify::run(args, || {
            let settings = settled(args.settings.clone())?;
            Ok(args.source.source(&settings, None)?.scripted(args.source.keep_frames)?)
        }),
    }
}

fn list(as_json: bool) -> anyhow::Result<ExitCode> {
    let cameras = Cameras::new(countenance_camera::CameraRequest::default(), Box::new(|_| false));
    let asked = cameras.ask();
    let cameras = cameras.list();
    let mut out = console::stdout();
    if let Err(error) = &asked {
        complain!("countenance: {error}");
    } else if cameras.is_empty() && !as_json {
        match countenance_camera::cameras::why_none() {
            CameraError::Absent => complain!("countenance: no camera found"),
            other => complain!("countenance: {other}"),
        }
    }
    for camera in &cameras {
        let Listed { id, name, node, provenance, maybe_infrared } = camera;
        if as_json {
            let line = json!({
                "id": id, "name": name, "node": node, "kind": provenance.kind, "driver": provenance.driver,
                "bus_path": provenance.bus_path, "vid_pid": provenance.vid_pid, "because": provenance.because,
                "maybe_infrared": maybe_infrared,
            });
            writeln!(out, "{line}")?;
        } else {
            let kind = match provenance.kind {
                CameraKind::Physical => "real",
                CameraKind::Virtual => "virtual",
                CameraKind::Unknown => "unknown",
            };
            writeln!(out, "{name}\n    id      {id}\n    device  {node}, driver {}", provenance.driver)?;
            writeln!(out, "    kind    {kind}: {}", provenance.because)?;
            if *maybe_infrared {
                writeln!(out, "    note    may be an infrared sensor: it also offers grayscale")?;
            }
        }
    }
    Ok(if cameras.is_empty() || asked.is_err() { Exit::NoCamera.into() } else { ExitCode::SUCCESS })
}

fn test(args: &TestArgs) -> anyhow::Result<ExitCode> {
    let settings = settled(args.settings.clone())?;
    let source = match args.source.source(&settings, None)? {
        Source::Camera(cameras) => {
            let mut request = args.source.request(&settings);
            request.usage.format = args.format.map(PixelFormat::from);
            cameras.choose(request);
            Source::Camera(cameras)
        }
        recording @ Source::Recording { .. } => recording,
    };
    let mut live = source.live(FrameSlot::default(), Arc::new(|| {}));
    let mut report = Report { out: Box::new(console::stdout()), as_json: args.json, began: now(), fault: None };
    let good = look(&mut live, Duration::from_secs(args.seconds), args.timeout.map(Duration::from_secs), &mut report)?;
    Ok(if good { ExitCode::SUCCESS } else { Exit::NoCamera.into() })
}

/// Interval between attempts to reopen a failing camera.
const POLL_INTERVAL: Duration = Duration::from_millis(250);

/// Streams for `within`, reopening the camera after each fault. Returns whether the test ended without a fault.
fn look(
    source: &mut dyn FrameSource,
    within: Duration,
    timeout: Option<Duration>,
    report: &mut Report,
) -> io::Result<bool> {
    let wait = Duration::from_millis(Policy::default().capture.frame_millis);
    let end = report.began + within;
    let mut counted = Counted::default();
    let mut open = false;
    while now() < end {
        let started = if open { Ok(()) } else { source.start() };
        let frame = started.and_then(|()| source.next_frame(wait));
        match frame {
            Ok(frame) => {
                if !std::mem::replace(&mut open, true) {
                    report.opened(&*source)?;
                }
                report.recovered()?;
                counted.count(frame.seq(), frame.at(), frame.age(now()));
                if counted.since.is_none_or(|since| now().duration_since(since) >= Duration::from_secs(1)) {
                    report.frames(&mut counted)?;
                }
            }
            Err(CameraError::Ended) => break,
            Err(error) => {
                let since = report.trouble(&error)?;
                source.stop();
                if !error.kind().may_pass() || timeout.is_some_and(|timeout| now().duration_since(since) >= timeout) {
                    break;
                }
                (open, counted) = (false, Counted::default());
                std::thread::sleep(POLL_INTERVAL.min(end.saturating_duration_since(now())));
            }
        }
    }
    source.stop();
    report.ended(&source.provenance())
}

/// Frames since the last line.
#[derive(Default)]
struct Counted {
    since: Option<Instant>,
    first: Option<(u64, Duration)>,
    last: (u64, Duration),
    frames: u64,
    ages: Vec<Duration>,
}

impl Counted {
    fn count(&mut self, seq: u64, at: Duration, age: Option<Duration>) {
        self.first.get_or_insert((seq, at));
        self.since.get_or_insert_with(now);
        self.last = (seq, at);
        self.frames += 1;
        self.ages.extend(age);
    }

    /// Frame rate of the camera in frames per second, frames we dropped included.
    fn fps(&self) -> f64 {
        let (first, began) = self.first.unwrap_or_default();
        let millis = self.last.1.saturating_sub(began).as_secs_f64();
        if millis > 0.0 { (self.last.0 - first) as f64 / millis } else { 0.0 }
    }

    /// Percentile of the frame age in milliseconds, rounded to 0.1 ms.
    fn age(&mut self, percent: usize) -> Option<f64> {
        self.ages.sort_unstable();
        let age = self.ages.get((self.ages.len() * percent / 100).min(self.ages.len().saturating_sub(1)))?;
        Some((age.as_secs_f64() * 1e4).round() / 10.0)
    }
}

/// Writes each event as it happens.
struct Report {
    out: Box<dyn Write>,
    as_json: bool,
    began: Instant,
    fault: Option<(&'static str, Instant)>,
}

impl Report {
    fn line(&mut self, event: &str, text: &str, facts: Value) -> io::Result<()> {
        if !self.as_json {
            return writeln!(self.out, "{text}");
        }
        let mut line = json!({"event": event, "at_millis": self.began.elapsed().as_millis() as u64});
        if let (Some(line), Value::Object(facts)) = (line.as_object_mut(), facts) {
            line.extend(facts);
        }
        writeln!(self.out, "{line}")?;
        self.out.flush()
    }

    fn opened(&mut self, source: &dyn FrameSource) -> io::Result<()> {
        let claim = source.provenance();
        let text = format!("{}: {}, driver {}", claim.name, claim.format, claim.driver);
        self.line("opened", &text, json!({"camera": claim, "format": claim.format}))
    }

    fn frames(&mut self, counted: &mut Counted) -> io::Result<()> {
        let (frames, fps) = (counted.frames, (counted.fps() * 10.0).round() / 10.0);
        let (p50, p95) = (counted.age(50), counted.age(95));
        let age = p50.zip(p95).map_or_else(String::new, |(p50, p95)| format!(", {p50} ms old (p95 {p95})"));
        let facts = json!({"count": frames, "fps": fps, "age_millis_p50": p50, "age_millis_p95": p95});
        self.line("frames", &format!("{frames} frames read at {fps} fps{age}"), facts)?;
        *counted = Counted { since: Some(now()), first: Some(counted.last), last: counted.last, ..Counted::default() };
        Ok(())
    }

    /// Reports a fault when it starts; returns when the current fault started.
    fn trouble(&mut self, error: &CameraError) -> io::Result<Instant> {
        let since = self.fault.map_or_else(now, |(_, since)| since);
        if self.fault.is_none_or(|(name, _)| name != error.kind().name()) {
            let because = causes(error);
            self.line("fault", &because, json!({"fault": error.kind().name(), "because": because}))?;
        }
        self.fault = Some((error.kind().name(), since));
        Ok(since)
    }

    fn recovered(&mut self) -> io::Result<()> {
        let Some((fault, since)) = self.fault.take() else { return Ok(()) };
        let millis = since.elapsed().as_millis() as u64;
        self.line("recovered", &format!("recovered after {millis} ms"), json!({"fault": fault, "after_millis": millis}))
    }

    fn ended(&mut self, claim: &countenance_core::protocol::CameraClaim) -> io::Result<bool> {
        let fault = self.fault.map(|(name, _)| name);
        let signs: Vec<_> = claim.signs.iter().map(|sign| sign.name()).collect();
        let text = match (fault, signs.is_empty()) {
            (None, true) => "OK".into(),
            (None, false) => format!("OK, but the stream shows signs of injection: {}", signs.join(", ")),
            (Some(fault), _) => format!("fault: {fault}"),
        };
        self.line("ended", &text, json!({"fault": fault, "signs": signs}))?;
        Ok(fault.is_none())
    }
}

impl From<FormatChoice> for PixelFormat {
    fn from(choice: FormatChoice) -> Self {
        match choice {
            FormatChoice::Mjpeg => Self::Mjpeg,
            FormatChoice::Yuyv => Self::Yuyv,
            FormatChoice::Nv12 => Self::Nv12,
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a camera test measures wall time")]
fn now() -> Instant {
    Instant::now()
}
