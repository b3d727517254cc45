//! A proven and sealed sample of synthetic frames, constructed as in the product.

use std::time::Duration;

use countenance_attest::{Context, DeviceKey, IssuedAt, Sealed, seal};
use countenance_core::{
    clock::UnixSecs,
    face::{Face, Landmarks},
    frame::Frame,
    geometry::{Point, Rect},
    liveness::{Judge, LivenessProof, NetOdds, Step},
    policy::Policy,
    protocol::{CameraClaim, CameraKind, Display, ModelClaim, Purpose, Ticket},
    quality::judge,
    rng::SecureRandom,
    sample_selector::{SampleSelector, Samples},
};

/// When everything in these tests happens.
pub(crate) const NOW: UnixSecs = 1_800_000_000;
/// The session of these tests.
pub(crate) const SESSION: &str = "s-1";

/// Bytes that count up from a start: another start, another key.
pub(crate) struct Counting(pub(crate) u8);

impl SecureRandom for Counting {
    fn fill(&self, out: &mut [u8]) {
        for (i, byte) in out.iter_mut().enumerate() {
            *byte = self.0.wrapping_add(i as u8);
        }
    }
}

/// This device's key.
pub(crate) fn key() -> DeviceKey {
    DeviceKey::ephemeral(&Counting(1))
}

/// Another device's key.
pub(crate) fn other_key() -> DeviceKey {
    DeviceKey::ephemeral(&Counting(99))
}

/// A ticket to verify, good for ten minutes.
pub(crate) fn ticket() -> Ticket {
    Ticket {
        session_id: SESSION.into(),
        nonce: "bm9uY2Utbm9uY2Utbm9uY2Utbm9uY2Utbm9uY2UtMTI".into(),
        purpose: Purpose::Verify,
        display: Display {
            application: "Payroll".into(),
            tenant: "tenant.example".into(),
            account: "a•••@example.test".into(),
            started_at: NOW - 5,
        },
        policy: Policy::default(),
        fallback: vec![],
        attempts_left: 5,
        expires_at: NOW + 600,
    }
}

/// A capture sealed for [`ticket`].
pub(crate) fn sealed() -> Sealed {
    sealed_for(&ticket())
}

/// The same capture, for a ticket to enrol.
pub(crate) fn sealed_to_enrol() -> Sealed {
    sealed_for(&Ticket { purpose: Purpose::Enroll, ..ticket() })
}

fn sealed_for(ticket: &Ticket) -> Sealed {
    let (proof, samples) = proof_and_samples();
    let camera = CameraClaim {
        name: "Sample camera".into(),
        driver: "recording".into(),
        bus_path: None,
        vid_pid: Some("1234:5678".into()),
        format: "rgb24".into(),
        kind: CameraKind::Virtual,
        pinned: false,
        testing: true,
        qualified: false,
        signs: Vec::new(),
    };
    let models = vec![ModelClaim { name: "passive".into(), sha256: "ab".repeat(32) }];
    let issued = IssuedAt { iat: NOW, jti: "id-of-this-attestation".into() };
    seal(samples, proof, Context { ticket, camera, models }, &key(), issued).unwrap()
}

fn proof_and_samples() -> (LivenessProof, Samples) {
    let policy = Policy::default();
    let (mut judging, mut best) = (Judge::new(&policy), SampleSelector::default());
    for seq in 0..100 {
        let good = judge(&frame(seq), &[face()], &policy.quality).unwrap();
        judging.see(Some(1));
        best.keep(&good, 1);
        if let Step::Live(proof) = judging.take(&good, vec![NetOdds(vec![3.0; 3])]) {
            let samples = best.within(&proof).unwrap();
            return (proof, samples);
        }
    }
    panic!("a hundred good frames do not suffice");
}

/// 640×480 pixels of noise at middle brightness, 40 ms after the one before.
pub(crate) fn frame(seq: u64) -> Frame {
    let mut state = 0x1234_5678_u32 + seq as u32;
    let rgb = (0..640 * 480).flat_map(|_| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        [90 + (state % 60) as u8; 3]
    });
    Frame::new(640, 480, rgb.collect(), seq, Duration::from_millis(seq * 40)).unwrap()
}

/// A frontal face in the middle of the frame.
pub(crate) fn face() -> Face {
    Face {
        rect: Rect::new(220.0, 110.0, 200.0, 260.0),
        landmarks: Landmarks {
            right_eye: Point::new(274.0, 210.0),
            left_eye: Point::new(366.0, 210.0),
            nose: Point::new(320.0, 262.0),
            right_mouth: Point::new(282.0, 310.0),
            left_mouth: Point::new(358.0, 310.0),
        },
        score: 0.9,
    }
}
