//! A proven and sealed sample of synthetic frames, constructed as in the product.

use crate::{Context, DeviceKey, IssuedAt, Sealed, seal};
use countenance_core::{
    clock::UnixSecs,
    liveness::{Judge, LivenessProof, Step},
    policy::{Policy, SentPolicy},
    protocol::{CameraClaim, ConsentClaim, Display, ModelClaim, Purpose, Ticket},
    rng::SeededRng,
    sample_selector::{SampleSelector, Samples},
    testing::{good, odds},
};

/// The current time of these tests.
pub const NOW: UnixSecs = 1_800_000_000;
/// The session of these tests.
pub const SESSION: &str = "s-1";

/// This device's key.
pub fn key() -> DeviceKey {
    DeviceKey::ephemeral(&SeededRng::from("this device"))
}

/// Another device's key.
pub fn other_key() -> DeviceKey {
    DeviceKey::ephemeral(&SeededRng::from("another device"))
}

/// A verification ticket, valid for ten minutes.
pub fn ticket() -> Ticket {
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
        policy: SentPolicy::new(&Policy::default()),
        fallback: vec![],
        attempts_left: 5,
        expires_at: NOW + 600,
        attendance: false,
        crit: vec![],
    }
}

/// A capture sealed for [`ticket`].
pub fn sealed() -> Sealed {
    sealed_for(&ticket())
}

/// The same capture, sealed for an enrollment.
pub fn sealed_to_enrol() -> Sealed {
    sealed_for(&Ticket { purpose: Purpose::Enroll, ..ticket() })
}

fn sealed_for(ticket: &Ticket) -> Sealed {
    let (proof, samples) = proof_and_samples();
    let camera = CameraClaim { name: "Sample camera".into(), ..CameraClaim::synthetic() };
    let models = vec![ModelClaim { name: "passive".into(), sha256: "ab".repeat(32) }];
    let consent = Some(ConsentClaim { language: "en".into(), text: "A template is kept.".into(), given_at: NOW - 3 });
    let issued = IssuedAt { iat: NOW, jti: "id-of-this-attestation".into() };
    seal(samples, proof, Context { ticket, camera, models, consent, attended_by: None }, &key(), issued).unwrap()
}

fn proof_and_samples() -> (LivenessProof, Samples) {
    let policy = Policy::default();
    let (mut judging, mut best) = (Judge::new(&policy), SampleSelector::default());
    for seq in 0..100 {
        let good = good(seq);
        judging.see(Some(1));
        best.keep(&good, 1);
        if let Step::Live(proof) = judging.take(&good, odds(3.0)) {
            let samples = best.within(&proof).unwrap();
            return (proof, samples);
        }
    }
    panic!("no decision after a hundred good frames");
}
