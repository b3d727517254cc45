//! Time per stage of a capture (decoding, detection, liveness, whole frame), and peak memory.

use std::{
    cell::RefCell,
    fmt::Write,
    path::Path,
    time::{Duration, Instant},
};

use countenance_camera::{CameraError, FrameSource, recording};
use countenance_client::capture::{CaptureError, Captured, FaceAnalyzer, capture};
use countenance_core::{
    face::Face,
    frame::Frame,
    liveness::{Inconclusive, NetOdds},
    policy::{NetPolicy, Policy},
    protocol::CameraClaim,
};
use countenance_vision::{Vision, VisionError};

pub mod conversion;

/// Durations of one stage, one value per frame.
#[derive(Debug, Default, Clone)]
pub struct Times(Vec<Duration>);

impl Times {
    /// Adds a duration.
    pub fn push(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// Number of durations.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The quantile at `share`, 0 to 1.
    pub fn quantile(&self, share: f64) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let at = (share * (sorted.len().saturating_sub(1)) as f64).round() as usize;
        sorted.get(at).copied().unwrap_or_default()
    }
}

/// The measurements of one run.
#[derive(Debug, Default)]
pub struct Report {
    /// Frame size in pixels, width and height.
    pub size: (u32, u32),
    /// Reading and decoding a frame.
    pub decode: Times,
    /// Face detection.
    pub detect: Times,
    /// Passive liveness on three crops.
    pub liveness: Times,
    /// A whole frame: the stages above, plus gates, tracking and hashing.
    pub frame: Times,
    /// Number of captures decided, and of those decided as live.
    pub decided: (u32, u32),
    /// Peak resident memory, MiB; `None` if the system does not report it.
    pub peak_mib: Option<f64>,
}

/// Plays the recording in a loop, capture after capture, until `frames` frames were read.
pub fn bench(path: &Path, frames: usize, policy: &Policy, vision: &Vision) -> Result<Report, CaptureError> {
    let mut report = Report::default();
    let analyzer = TimedAnalyzer { vision, detect: RefCell::default(), liveness: RefCell::default() };
    while report.frame.0.len() < frames {
        let source = recording::open(path).map_err(CameraError::from)?;
        let mut source = TimedSource { source, decode: Times::default() };
        loop {
            let mut began = now();
            let captured = capture(&mut source, &analyzer, policy, &mut |frame, _, _| {
                report.size = (frame.width(), frame.height());
                report.frame.0.push(began.elapsed());
                began = now();
                true
            })?;
            match captured {
                Captured::CannotTell(Inconclusive::SourceEnded) => break,
                Captured::CannotTell(Inconclusive::TimeOver | Inconclusive::Undecided(_)) | Captured::Stopped => {}
                Captured::Shown(..) => report.decided = (report.decided.0 + 1, report.decided.1 + 1),
                Captured::NotLive(_) => report.decided.0 += 1,
            }
        }
        if source.decode.0.is_empty() {
            return Err(CameraError::Ended.into());
        }
        report.decode.0.append(&mut source.decode.0);
    }
    (report.detect, report.liveness) = (analyzer.detect.into_inner(), analyzer.liveness.into_inner());
    report.peak_mib = peak_mib();
    Ok(report)
}

impl Report {
    /// The table printed by `countenance-lab bench`.
    pub fn table(&self) -> String {
        let mut text = format!("{}x{}, {} frames\n", self.size.0, self.size.1, self.decode.0.len());
        text.push_str("stage          frames   p50 ms   p95 ms\n");
        let rows = [
            ("decode", &self.decode),
            ("detect", &self.detect),
            ("liveness x3", &self.liveness),
            ("whole frame", &self.frame),
        ];
        for (name, times) in rows {
            let millis = |share| times.quantile(share).as_secs_f64() * 1e3;
            // Writing to a String cannot fail.
            writeln!(text, "{name:<14} {:>6} {:>8.2} {:>8.2}", times.0.len(), millis(0.5), millis(0.95)).ok();
        }
        writeln!(text, "decisions: {}, live: {}", self.decided.0, self.decided.1).ok();
        if let Some(mib) = self.peak_mib {
            writeln!(text, "peak memory: {mib:.0} MiB").ok();
        }
        text
    }
}

struct TimedSource<S> {
    source: S,
    decode: Times,
}

impl<S: FrameSource> FrameSource for TimedSource<S> {
    fn next_frame(&mut self, within: Duration) -> Result<Frame, CameraError> {
        let began = now();
        let frame = self.source.next_frame(within)?;
        self.decode.0.push(began.elapsed());
        Ok(frame)
    }

    fn provenance(&self) -> CameraClaim {
        self.source.provenance()
    }
}

struct TimedAnalyzer<'v> {
    vision: &'v Vision,
    detect: RefCell<Times>,
    liveness: RefCell<Times>,
}

impl FaceAnalyzer for TimedAnalyzer<'_> {
    fn faces(&self, frame: &Frame) -> Result<Vec<Face>, VisionError> {
        timed(&self.detect, || Vision::faces(self.vision, frame))
    }

    fn is_upside_down(&self, frame: &Frame, face: &Face) -> Result<bool, VisionError> {
        timed(&self.detect, || Vision::is_upside_down(self.vision, frame, face))
    }

    fn liveness(&self, frame: &Frame, face: &Face, nets: &[NetPolicy]) -> Result<Vec<NetOdds>, VisionError> {
        timed(&self.liveness, || Vision::liveness(self.vision, frame, face, nets))
    }
}

fn timed<T>(times: &RefCell<Times>, work: impl FnOnce() -> T) -> T {
    let began = now();
    let done = work();
    times.borrow_mut().0.push(began.elapsed());
    done
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures wall time")]
fn now() -> Instant {
    Instant::now()
}

/// `VmHWM` of this process, in MiB (Linux).
pub(crate) fn peak_mib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<f64>().ok().map(|kib| kib / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_observed_values() {
        let times = Times((1..=100).rev().map(Duration::from_millis).collect());
        assert_eq!(times.quantile(0.0), Duration::from_millis(1));
        assert_eq!(times.quantile(0.95), Duration::from_millis(95));
        assert_eq!(times.quantile(1.0), Duration::from_millis(100));
        assert_eq!(Times::default().quantile(0.5), Duration::ZERO);
    }
}
