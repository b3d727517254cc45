//! The distance at which people may stand: the ticket allows a kiosk's only where the integration does.

use countenance_core::policy::Policy;
use countenance_verifier::Rules;

use super::test_verifier::*;

/// Each row: whether the rule is set, the integration's own minimum, and what a kiosk and a desk then hold to.
#[tokio::test]
async fn a_kiosk_s_distance_is_allowed_by_its_rule_alone() {
    let (desk, kiosk) = (Policy::default(), Policy::for_kiosk());
    let (near, far) = (desk.quality.face_ratio_min, kiosk.quality.face_ratio_min);
    assert!(far < near);
    for (rule, own, at_kiosk, at_desk) in [
        (false, near, near, near),
        (true, near, far, near),
        // Looser than the service's, so it has no effect, with the rule or without.
        (false, 0.01, near, near),
        (true, 0.01, far, near),
        (false, 0.25, 0.25, 0.25),
        (true, 0.25, 0.25, 0.25),
    ] {
        let mut policy = Policy::default();
        policy.quality.face_ratio_min = own;
        let verifier = TestVerifier::with(Rules { kiosk_distance: rule, policy, ..rules() }).await;
        let key = verifier.key();
        let ticket = verifier.open(&key, &verifier.start().await).await;
        let sent = ticket.policy.values();
        let held = |client: &Policy| client.in_session(sent).quality.face_ratio_min;
        assert_eq!((held(&kiosk), held(&desk)), (at_kiosk, at_desk), "rule {rule}, own {own}");
        let off_centre = |client: &Policy| client.in_session(sent).quality.off_centre_ratio.to_bits();
        let allowed = if rule { kiosk.quality.off_centre_ratio } else { desk.quality.off_centre_ratio };
        assert_eq!(off_centre(&kiosk), allowed.to_bits(), "people who stand and people who sit");
        assert_eq!(off_centre(&desk), desk.quality.off_centre_ratio.to_bits());
        // A smaller face needs as many pixels.
        assert_eq!(sent.quality.interocular_px.to_bits(), desk.quality.interocular_px.to_bits());
    }
}

/// What is accepted at the distance is judged by the policy of the ticket, as every capture.
#[tokio::test]
async fn a_capture_at_the_distance_is_accepted() {
    let verifier = TestVerifier::with(Rules { kiosk_distance: true, ..rules() }).await;
    let key = verifier.key();
    let (_, outcome) = verifier.sign_in(&key).await;
    assert!(matches!(outcome, countenance_core::protocol::Outcome::Approved { .. }), "{outcome:?}");
}
