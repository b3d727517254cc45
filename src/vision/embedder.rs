//! Face embedding: alignment by five points, the network, and the resulting template.
//!
//! The detector and this network see each face twice: as it is, and mirrored. Where the landmarks are and who the person is
//! does not change in a mirror, but the errors do. So the mean landmarks align the face better, and the mean embedding is
//! nearer to the person's other pictures. `models/report/match.md` has the figures.

use std::fmt;

use zeroize::{Zeroize, Zeroizing};

use super::{
    VisionError,
    model::{Job, Model, Network},
    warp::Planes,
};
use countenance_core::{
    face::Landmarks,
    frame::Frame,
    geometry::{InCrop, Point, Similarity},
};

/// Side of the aligned face, pixels.
const SIDE: usize = 112;
/// Target positions of right eye, left eye, nose, right and left corner of the mouth in the aligned face. Origin:
/// ArcFace's 112-pixel template, with which the network was trained.
const TEMPLATE: [Point<InCrop>; 5] = [
    Point::new(38.2946, 51.6963),
    Point::new(73.5318, 51.5014),
    Point::new(56.0252, 71.7366),
    Point::new(41.5493, 92.3655),
    Point::new(70.7299, 92.2041),
];
/// The network's input is (level − 127) / 128.
const MEAN: f32 = 127.0;
const DIVISOR: f32 = 128.0;

/// Computes embeddings.
#[derive(Debug)]
pub(super) struct Embedder {
    network: Network,
}

impl Embedder {
    /// Prepares the network.
    pub(super) fn load(models: &[Model]) -> Result<Self, VisionError> {
        Ok(Self { network: Network::load(Job::Embedding, models)? })
    }

    /// The embedding of the face with these `landmarks` in `frame`.
    pub(super) fn embed(&self, frame: &Frame, landmarks: &Landmarks) -> Result<Embedding, VisionError> {
        let crop_from_frame = Similarity::fit(landmarks.points(), TEMPLATE).ok_or(VisionError::NoArea)?;
        let aligned = Planes::aligned(frame, crop_from_frame, SIDE, SIDE).ok_or(VisionError::NoArea)?;
        let outputs = self.network.run(&aligned.scaled(MEAN, DIVISOR))?;
        Embedding::normalised(outputs.first().ok_or_else(|| self.network.misshapen())?)
    }
}

/// The embeddings of one picture of a face and of its mirror image.
#[derive(Debug, Clone)]
pub struct FaceViews {
    /// Of the picture as it is. Two pictures are told apart best by these.
    pub as_seen: Embedding,
    /// Of its mirror image.
    pub mirrored: Embedding,
}

impl FaceViews {
    /// The mean of both, normalized to unit length: what identifies the person best. Fails if they cancel out, which
    /// those of one face never do.
    pub fn mean(&self) -> Result<Embedding, VisionError> {
        Embedding::mean([(&self.as_seen, 1.0), (&self.mirrored, 1.0)])
    }
}

/// Identifies a face: 512 numbers, normalized to unit length. Wiped on drop, never printed.
#[derive(Clone)]
pub struct Embedding(Box<[f32; Embedding::LEN]>);

impl Embedding {
    /// Number of dimensions.
    pub const LEN: usize = 512;
    /// Number of bytes that [`to_bytes`](Self::to_bytes) returns.
    pub const BYTES: usize = Self::LEN * 4;

    /// Cosine similarity to `other`, −1 to 1. The same person is typically above 0.4.
    pub fn cosine(&self, other: &Self) -> f32 {
        self.0.iter().zip(other.0.iter()).map(|(a, b)| a * b).sum()
    }

    /// The weighted mean of `parts`, normalized to unit length. Fails if there are none, or if they cancel out.
    pub fn mean<'e>(parts: impl IntoIterator<Item = (&'e Self, f32)>) -> Result<Self, VisionError> {
        let mut sum = Zeroizing::new(vec![0.0; Self::LEN]);
        for (part, weight) in parts {
            for (sum, value) in sum.iter_mut().zip(part.0.iter()) {
                *sum += value * weight;
            }
        }
        Self::normalised(&sum)
    }

    /// For storage: little-endian floats. The caller must encrypt them.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.0.iter().flat_map(|value| value.to_le_bytes()).collect())
    }

    /// From storage. Rejects a wrong length and values that are not an embedding.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, VisionError> {
        let (values, []) = bytes.as_chunks::<4>() else { return Err(VisionError::NotAnEmbedding) };
        let values: Zeroizing<Vec<f32>> =
            Zeroizing::new(values.iter().map(|value| f32::from_le_bytes(*value)).collect());
        Self::normalised(&values)
    }

    /// `values` normalized to unit length.
    fn normalised(values: &[f32]) -> Result<Self, VisionError> {
        let length = values.iter().map(|value| value * value).sum::<f32>().sqrt();
        if values.len() != Self::LEN || !length.is_normal() {
            return Err(VisionError::NotAnEmbedding);
        }
        let mut unit = Self(Box::new([0.0; Self::LEN]));
        for (value, source) in unit.0.iter_mut().zip(values) {
            *value = source / length;
        }
        Ok(unit)
    }
}

impl Drop for Embedding {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// Prints the type name only.
impl fmt::Debug for Embedding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Embedding(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 512 values: these, then zeros.
    fn values(first: &[f32]) -> Vec<f32> {
        let mut values = vec![0.0; Embedding::LEN];
        values[..first.len()].copy_from_slice(first);
        values
    }

    #[test]
    fn cosine_ignores_length() {
        let along = Embedding::normalised(&values(&[3.0, 4.0])).unwrap();
        let rows =
            [("itself, longer", [30.0, 40.0], 1.0), ("across", [-4.0, 3.0], 0.0), ("against", [-3.0, -4.0], -1.0)];
        for (name, other, expected) in rows {
            let cosine = along.cosine(&Embedding::normalised(&values(&other)).unwrap());
            assert!((cosine - expected).abs() < 1e-6, "{name}: {cosine}");
        }
    }

    #[test]
    fn the_mean_is_weighted_and_normalized() {
        let (one, two) =
            (Embedding::normalised(&values(&[1.0])).unwrap(), Embedding::normalised(&values(&[0.0, 1.0])).unwrap());
        let mean = Embedding::mean([(&one, 3.0), (&two, 1.0)]).unwrap();
        assert!((mean.cosine(&mean) - 1.0).abs() < 1e-6);
        assert!((mean.cosine(&one) - 3.0 / 10_f32.sqrt()).abs() < 1e-6);
        assert!(Embedding::mean([]).is_err());
        assert!(Embedding::mean([(&one, 1.0), (&one, -1.0)]).is_err());
        assert!(Embedding::mean([(&one, f32::NAN)]).is_err());
    }

    #[test]
    fn embeddings_round_trip_as_bytes() {
        let one = Embedding::normalised(&values(&[1.0, -2.0, 0.5])).unwrap();
        let bytes = one.to_bytes();
        assert_eq!(bytes.len(), Embedding::BYTES);
        assert!((Embedding::from_bytes(&bytes).unwrap().cosine(&one) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn rejects_invalid_bytes() {
        let nan = values(&[f32::NAN]).iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<_>>();
        let huge = values(&[f32::MAX, f32::MAX]).iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<_>>();
        let rows = [
            ("nothing", &[][..]),
            ("half a number", &[0; 2][..]),
            ("one number short", &[1; Embedding::BYTES - 4][..]),
            ("one too many", &[1; Embedding::BYTES + 4][..]),
            ("no direction", &[0; Embedding::BYTES][..]),
            ("not a number", &nan),
            ("endless", &huge),
        ];
        for (name, bytes) in rows {
            assert!(matches!(Embedding::from_bytes(bytes), Err(VisionError::NotAnEmbedding)), "{name}");
        }
    }

    #[test]
    fn debug_output_contains_no_values() {
        assert_eq!(format!("{:?}", Embedding::normalised(&values(&[1.0])).unwrap()), "Embedding(..)");
    }
}
