//! Selects the configured camera among those present.

use super::{CameraError, provenance::Provenance};
use countenance_core::protocol::CameraKind;

/// A camera as listed by the system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Identifies this camera at this port across reconnects and restarts; stored in the settings.
    pub id: String,
    /// Display name. Two cameras may have the same name.
    pub name: String,
    /// What the system opens it by: `/dev/video0`, an index, a unique ID. May change when reconnected.
    pub node: String,
    /// What is known of its origin.
    pub provenance: Provenance,
    /// Whether it also offers grayscale, as an infrared sensor does: others are preferred to it. Its images decide.
    pub maybe_infrared: bool,
}

/// The configured choice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// The camera's ID, name or node; the first camera if `None`.
    pub wanted: Option<String>,
    /// Whether any other camera is rejected.
    pub only: bool,
    /// Whether this installation is bound to that camera: any other is rejected, and the attestation reports the
    /// binding.
    pub pinned: bool,
    /// Whether a virtual camera is accepted, for tests; the attestation reports it.
    pub testing: bool,
}

/// Sorts cameras for display: physical ones first, then unknown, then virtual; within a kind those that may be infrared
/// last, and by bus path, so that the order is stable.
pub fn in_order(mut cameras: Vec<Listed>) -> Vec<Listed> {
    let rank = |camera: &Listed| {
        let kind = match camera.provenance.kind {
            CameraKind::Physical => 0,
            CameraKind::Unknown => 1,
            CameraKind::Virtual => 2,
        };
        (kind, camera.maybe_infrared)
    };
    cameras.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.id.cmp(&b.id)).then_with(|| a.node.cmp(&b.node)));
    cameras
}

impl Choice {
    /// The chosen camera among `cameras`, which must be sorted by [`in_order`].
    pub fn among<'c>(&self, cameras: &'c [Listed]) -> Result<&'c Listed, CameraError> {
        let wanted = self.wanted.as_deref().and_then(|wanted| {
            let by = |part: fn(&Listed) -> &str| cameras.iter().find(|camera| part(camera) == wanted);
            by(|camera| &camera.id).or_else(|| by(|camera| &camera.node)).or_else(|| by(|camera| &camera.name))
        });
        match (wanted, self.only || self.pinned) {
            (Some(camera), _) => Ok(camera),
            (None, false) => cameras.first().ok_or(CameraError::Absent),
            (None, true) if cameras.is_empty() => Err(CameraError::Absent),
            (None, true) => Err(CameraError::NotPinned),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn camera(id: &str, kind: CameraKind) -> Listed {
        let provenance = Provenance { driver: "uvcvideo".into(), bus_path: None, vid_pid: None, kind, because: "" };
        let (id, name, node) = (id.into(), format!("{id} webcam"), format!("/dev/{id}"));
        Listed { id, name, node, provenance, maybe_infrared: false }
    }

    fn all() -> Vec<Listed> {
        use CameraKind::{Physical, Unknown, Virtual};
        in_order(vec![camera("v", Virtual), camera("u", Unknown), camera("b", Physical), camera("a", Physical)])
    }

    #[test]
    fn sorts_physical_cameras_first_and_stably() {
        let ids: Vec<_> = all().into_iter().map(|camera| camera.id).collect();
        assert_eq!(ids, ["a", "b", "u", "v"]);
    }

    /// 13d3:5497 lists a node with GREY and MJPG before or after that of its color sensor.
    #[test]
    fn a_camera_that_may_be_infrared_is_used_only_if_there_is_no_other_of_its_kind() {
        let infrared = |id, kind| Listed { maybe_infrared: true, ..camera(id, kind) };
        let first = |cameras| Choice::default().among(&in_order(cameras)).unwrap().id.clone();
        let (a, b, v) =
            (infrared("a", CameraKind::Physical), camera("b", CameraKind::Physical), camera("v", CameraKind::Virtual));
        assert_eq!(first(vec![a.clone(), b]), "b");
        assert_eq!(first(vec![v, a]), "a", "a virtual one is no better");
    }

    #[test]
    fn finds_the_requested_camera_and_never_replaces_a_pinned_one() {
        let wanted = |wanted: &str| Choice { wanted: Some(wanted.into()), ..Choice::default() };
        let pinned = |camera: &str| Choice { pinned: true, ..wanted(camera) };
        let pinned_to_none = Choice { pinned: true, ..Choice::default() };
        let only = |camera: &str| Choice { only: true, ..wanted(camera) };
        for (name, choice, expected) in [
            ("none", Choice::default(), Some("a")),
            ("by id", wanted("u"), Some("u")),
            ("by node", wanted("/dev/b"), Some("b")),
            ("by name", wanted("v webcam"), Some("v")),
            ("gone", wanted("x"), Some("a")),
            ("pinned", pinned("b"), Some("b")),
            ("pinned and gone", pinned("x"), None),
            ("pinned, and none named", pinned_to_none, None),
            ("no other will do", only("x"), None),
        ] {
            let cameras = all();
            let found = choice.among(&cameras);
            assert_eq!(found.as_ref().ok().map(|camera| camera.id.as_str()), expected, "{name}");
            if expected.is_none() {
                assert!(matches!(found, Err(CameraError::NotPinned)), "{name}");
            }
        }
        assert!(matches!(pinned("x").among(&[]), Err(CameraError::Absent)));
        assert!(matches!(Choice::default().among(&[]), Err(CameraError::Absent)));
    }
}
