//! Test fixtures shared by several crates: synthetic faces and frames, and a policy with simple numbers. Behind the
//! `testing` feature, which no released program enables.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a test stops at the first error"
)]

pub mod json;

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use crate::{
    clock::{Clock, UnixSecs},
    face::{Face, Landmarks},
    frame::Frame,
    geometry::{Point, Rect},
    liveness::NetOdds,
    policy::{CueName, LivenessPolicy, NetPolicy, Policy, QualityPolicy},
    protocol::{CameraClaim, CameraKind, CueClaim, LivenessClaim, LivenessDecision, ModelClaim, NetClaim},
    quality::{GoodFrame, judge},
};

/// A clock that advances only when the test says so.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that reads `now`.
    pub fn at(now: UnixSecs) -> Self {
        Self(AtomicI64::new(now))
    }

    /// Sets it to `now`.
    pub fn set(&self, now: UnixSecs) {
        self.0.store(now, Ordering::SeqCst);
    }

    /// Advances by `secs`.
    pub fn advance(&self, secs: i64) {
        self.0.fetch_add(secs, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> UnixSecs {
        self.0.load(Ordering::SeqCst)
    }
}

impl CameraClaim {
    /// An ordinary webcam with no injection signs: admitted by every policy that does not ask for a qualified one.
    pub fn test() -> Self {
        Self {
            name: "Webcam".into(),
            driver: "uvcvideo".into(),
            bus_path: Some("usb-0000:00:14.0-5".into()),
            vid_pid: Some("04f2:b6d9".into()),
            format: "MJPG".into(),
            kind: CameraKind::Physical,
            pinned: false,
            testing: false,
            qualified: false,
            signs: Vec::new(),
        }
    }

    /// Synthetic frames in place of a camera, as test mode admits them.
    pub fn synthetic() -> Self {
        Self { driver: "test".into(), kind: CameraKind::Virtual, testing: true, ..Self::test() }
    }
}

/// A frontal face of this width centered at (`x`, `y`).
pub fn face_at(x: f32, y: f32, width: f32) -> Face {
    let at = |dx: f32, dy: f32| Point::new(x + dx * width, y + dy * width);
    Face {
        upside_down: false,
        rect: Rect::new(x - width / 2.0, y - width * 0.65, width, width * 1.3),
        landmarks: Landmarks {
            right_eye: at(-0.23, -0.15),
            left_eye: at(0.23, -0.15),
            nose: at(0.0, 0.11),
            right_mouth: at(-0.19, 0.35),
            left_mouth: at(0.19, 0.35),
        },
        score: 0.9,
    }
}

/// A 640×480 frame of random texture around this luma: sharp, evenly lit, as light in one place as in another, and without a sensor's
/// noise: a random level at every second pixel, interpolated between, that averages to `luma` over each eight by eight pixels.
pub fn noise_frame(seq: u64, luma: u8, swing: u8) -> Frame {
    const COLUMNS: usize = 320;
    const ROWS: usize = 240;
    /// Nodes along a side of eight pixels.
    const CELL: usize = 4;
    let mut state = 0x2545_f491_u32.wrapping_add(seq as u32);
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state % (u32::from(swing) + 1)) as f32 - f32::from(swing) / 2.0
    };
    let mut nodes: Vec<f32> = (0..COLUMNS * ROWS).map(|_| random()).collect();
    for (top, left) in (0..ROWS / CELL).flat_map(|y| (0..COLUMNS / CELL).map(move |x| (y * CELL, x * CELL))) {
        let cell = || (0..CELL * CELL).map(move |i| (top + i / CELL) * COLUMNS + left + i % CELL);
        let mean = cell().map(|i| nodes[i]).sum::<f32>() / (CELL * CELL) as f32;
        cell().for_each(|i| nodes[i] -= mean);
    }
    let near = |i: usize, end: usize| (i / 2, (i / 2 + i % 2).min(end - 1));
    let rgb = (0..640 * 480).flat_map(|i| {
        let ((left, right), (top, bottom)) = (near(i % 640, COLUMNS), near(i / 640, ROWS));
        let corners = [(left, top), (right, top), (left, bottom), (right, bottom)];
        let level = f32::from(luma) + corners.iter().map(|(x, y)| nodes[y * COLUMNS + x]).sum::<f32>() / 4.0;
        [level.round() as u8; 3]
    });
    let rgb = rgb.collect();
    Frame::new(640, 480, rgb, seq, Duration::from_millis(seq * 40)).unwrap()
}

/// Log odds of the embedded networks, the same at every scale.
pub fn odds(odds: f32) -> Vec<NetOdds> {
    odds_under(&LivenessPolicy::default(), odds)
}

/// Log odds of the networks of `policy`, the same at every scale.
pub fn odds_under(policy: &LivenessPolicy, odds: f32) -> Vec<NetOdds> {
    policy.nets.iter().map(|net| NetOdds(vec![odds; net.scales.len()])).collect()
}

/// A good frame: one face in the middle of noise.
pub fn good(seq: u64) -> GoodFrame {
    let policy = QualityPolicy::default();
    judge(&noise_frame(seq, 120, 60), &[face_at(320.0, 240.0, 200.0)], &policy).unwrap()
}

/// The claim of a clearly live decision after twelve frames in the minimum time, under `policy`: every network sure, every
/// cue abstaining.
pub fn live_claim(policy: &LivenessPolicy) -> LivenessClaim {
    let answer = |net: &NetPolicy| {
        let odds = vec![3.0; net.scales.len()];
        NetClaim { name: net.name.clone(), sha256: net.sha256.clone(), llr: net.llr(&odds), odds }
    };
    let nets: Vec<_> = policy.nets.iter().map(answer).collect();
    let model = |net: &NetClaim| ModelClaim { name: net.name.clone(), sha256: net.sha256.clone() };
    let enabled = CueName::ALL.into_iter().filter(|&name| policy.cues.of(name).enabled);
    let llr = nets.iter().map(|net| net.llr).sum::<f32>() / nets.len() as f32;
    LivenessClaim {
        decision: LivenessDecision::Live,
        fused: policy.fused(llr, []),
        support_max: policy.support_max,
        threshold: policy.threshold + policy.sure_margin,
        models: nets.iter().map(model).collect(),
        nets,
        cues: enabled.map(|name| CueClaim { name, measure: None, llr: 0.0 }).collect(),
        per_frame: vec![llr; 12],
        policy: String::new(),
    }
}

/// Live at 1, not live below −1, a margin of 2 that shrinks to 0. Log odds are used as they are; all cues are disabled.
pub fn plain_policy() -> Policy {
    let mut policy = Policy::default();
    let l = &mut policy.liveness;
    (l.threshold, l.refuse_below, l.sure_margin) = (1.0, -1.0, 2.0);
    (l.frames, l.span_millis, l.longest_millis) = (12, 800, 2_800);
    for name in CueName::ALL {
        l.cues.of_mut(name).enabled = false;
    }
    for net in &mut l.nets {
        let scales = net.scales.len();
        (net.weights, net.offset) = (vec![1.0 / scales as f32; scales], 0.0);
    }
    l.support_max = None;
    policy
}
