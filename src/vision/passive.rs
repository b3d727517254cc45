//! Passive liveness of one frame: crops around the face, as required by each network's contract.

use zeroize::Zeroizing;

use super::{
    AddedNet, VisionError,
    model::{Job, Model, Network},
    warp::{Planes, Region},
};
use countenance_core::{
    face::Face,
    frame::Frame,
    geometry::{InFrame, Rect},
    liveness::NetOdds,
    policy::{Channels, NetPolicy},
};

/// The available liveness networks.
#[derive(Debug)]
pub(super) struct PassiveLiveness {
    networks: Vec<LoadedNet>,
}

#[derive(Debug)]
struct LoadedNet {
    /// SHA-256 of its file, hex.
    sha256: String,
    /// The owner's contract for a network from a file, which a policy must match exactly. `None` for an embedded
    /// network, which accepts any valid contract.
    contract: Option<NetPolicy>,
    network: Network,
}

impl PassiveLiveness {
    /// Prepares the embedded networks and adds the owner's.
    pub(super) fn load(models: &[Model], added: Vec<AddedNet>) -> Result<Self, VisionError> {
        let embedded = Network::load_all(Job::Liveness, models)?.into_iter();
        let mut networks: Vec<_> =
            embedded.map(|(network, sha256)| LoadedNet { sha256, contract: None, network }).collect();
        for AddedNet { contract, network, .. } in added {
            if networks.iter().any(|other| other.sha256 == contract.sha256) {
                return Err(VisionError::NetTwice { name: contract.name, sha256: contract.sha256 });
            }
            networks.push(LoadedNet { sha256: contract.sha256.clone(), contract: Some(contract), network });
        }
        Ok(Self { networks })
    }

    /// Checks that each of `nets` is available.
    pub(super) fn supports(&self, nets: &[NetPolicy]) -> Result<(), VisionError> {
        nets.iter().try_for_each(|net| self.network(net).map(drop))
    }

    /// The output of each of `nets` for `face` in `frame`.
    pub(super) fn odds(&self, frame: &Frame, face: &Face, nets: &[NetPolicy]) -> Result<Vec<NetOdds>, VisionError> {
        nets.iter().map(|net| self.odds_of(frame, face, net)).collect()
    }

    fn network(&self, net: &NetPolicy) -> Result<&Network, VisionError> {
        let (name, sha256) = (|| net.name.clone(), || net.sha256.clone());
        net.check().map_err(|source| VisionError::Contract { name: name(), source })?;
        let LoadedNet { contract, network, .. } = self
            .networks
            .iter()
            .find(|loaded| loaded.sha256 == net.sha256)
            .ok_or_else(|| VisionError::NoSuchNet { name: name(), sha256: sha256() })?;
        match contract {
            Some(contract) if contract != net => Err(VisionError::OtherContract { name: name(), sha256: sha256() }),
            _ => Ok(network),
        }
    }

    fn odds_of(&self, frame: &Frame, face: &Face, net: &NetPolicy) -> Result<NetOdds, VisionError> {
        let network = self.network(net)?;
        let side = net.side_px as usize;
        let mut logits = Vec::with_capacity(net.scales.len());
        for &scale in &net.scales {
            let region = crop(frame, face.rect, scale).ok_or(VisionError::NoArea)?;
            let mut picture = Planes::black(side, side);
            picture.average_from(frame, region);
            logits.push(logits_of(network, picture, net)?);
        }
        Ok(NetOdds::of(logits.iter().map(|logits| logits.as_slice()), net.live_class as usize))
    }
}

/// Runs `network` once on a gray image to check that its output matches `net`.
pub(super) fn tried(network: &Network, net: &NetPolicy) -> Result<(), VisionError> {
    let side = net.side_px as usize;
    logits_of(network, Planes::even(128.0, side, side), net).map(drop)
}

/// The logits of `network` for one crop (planes blue, green, red).
fn logits_of(network: &Network, mut picture: Planes, net: &NetPolicy) -> Result<Zeroizing<Vec<f32>>, VisionError> {
    if net.channels == Channels::Rgb {
        picture.reverse_planes();
    }
    let mut outputs = network.run(&picture.scaled(0.0, net.divisor))?.into_iter();
    match (outputs.next(), outputs.next()) {
        (Some(output), None) if output.len() == net.classes as usize => Ok(output),
        _ => Err(network.misshapen()),
    }
}

/// The box around `rect`'s center, `scale` times as large or as large as fits, shifted inside `frame`, in whole pixels.
///
/// Never padded: networks have learned black edges as a sign of a screen. `None` for a box without area.
fn crop(frame: &Frame, rect: Rect<InFrame>, scale: f32) -> Option<Region> {
    let centre = rect.centre();
    if !(rect.width >= 1.0 && rect.height >= 1.0 && centre.x.is_finite() && centre.y.is_finite()) {
        return None;
    }
    let (last_x, last_y) = ((frame.width() - 1) as f32, (frame.height() - 1) as f32);
    let scale = scale.min(last_x / rect.width).min(last_y / rect.height);
    let (width, height) = (rect.width * scale, rect.height * scale);
    let x = (centre.x - width / 2.0).clamp(0.0, (last_x - width).max(0.0));
    let y = (centre.y - height / 2.0).clamp(0.0, (last_y - height).max(0.0));
    let whole = |side: f32| side.round() as usize;
    Some(Region { x: whole(x), y: whole(y), width: whole(width).max(1), height: whole(height).max(1) })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn crops_stay_inside_the_frame() {
        let frame = Frame::new(320, 240, vec![0; 320 * 240 * 3], 0, Duration::ZERO).unwrap();
        let region = |x, y, width, height| Region { x, y, width, height };
        // Name, box, scale, crop.
        let rows = [
            ("fits", Rect::new(100.0, 80.0, 40.0, 60.0), 1.5, region(90, 65, 60, 90)),
            ("moved from the left and the top", Rect::new(-10.0, 5.0, 60.0, 80.0), 1.5, region(0, 0, 90, 120)),
            ("moved from the right and the bottom", Rect::new(290.0, 200.0, 40.0, 40.0), 1.5, region(259, 179, 60, 60)),
            ("shrunk until it fits", Rect::new(100.0, 40.0, 119.5, 119.5), 2.7, region(40, 0, 239, 239)),
            ("larger than the frame", Rect::new(-50.0, -50.0, 638.0, 400.0), 1.0, region(0, 39, 319, 200)),
            ("beyond the frame", Rect::new(400.0, 300.0, 40.0, 40.0), 1.0, region(279, 199, 40, 40)),
        ];
        for (name, rect, scale, expected) in rows {
            assert_eq!(crop(&frame, rect, scale), Some(expected), "{name}");
        }
    }

    #[test]
    fn invalid_boxes_have_no_crop() {
        let frame = Frame::new(32, 24, vec![0; 32 * 24 * 3], 0, Duration::ZERO).unwrap();
        let rows = [
            ("empty", Rect::new(1.0, 1.0, 0.0, 5.0)),
            ("no number for a side", Rect::new(1.0, 1.0, f32::NAN, 5.0)),
            ("no number for a place", Rect::new(f32::INFINITY, 1.0, 5.0, 5.0)),
        ];
        for (name, rect) in rows {
            assert_eq!(crop(&frame, rect, 1.0), None, "{name}");
        }
    }
}
