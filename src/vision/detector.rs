//! Face detection with five landmarks: letterboxing, YuNet, decoding, non-maximum suppression.

use super::{
    VisionError,
    model::{Job, Model, Network},
    warp::{Planes, Region},
};
use countenance_core::{
    face::{Face, Landmarks},
    frame::Frame,
    geometry::{InFrame, Point, Rect},
};

/// Input size of the network, pixels. The usual 4:3 and 16:9 frames fill 94 % and 70 % of 320×256.
const WIDTH: usize = 320;
const HEIGHT: usize = 256;
/// Pixels per cell of each of the three grids.
const STRIDES: [usize; 3] = [8, 16, 32];
/// Minimum score of a detection. The policy requires more before a face may count.
const MIN_SCORE: f32 = 0.5;
/// Boxes that overlap more than this are the same face. Origin: OpenCV's default for YuNet.
const SAME_FACE_OVERLAP: f32 = 0.3;

/// Detects faces.
#[derive(Debug)]
pub(super) struct Detector {
    network: Network,
}

impl Detector {
    /// Prepares the network.
    pub(super) fn load(models: &[Model]) -> Result<Self, VisionError> {
        Ok(Self { network: Network::load(Job::Faces, models)? })
    }

    /// The faces in `frame`, highest score first. A box may extend beyond the frame.
    pub(super) fn faces(&self, frame: &Frame) -> Result<Vec<Face>, VisionError> {
        let (picture, frame_from_picture) = letterbox(frame);
        let outputs = self.network.run(&picture)?;
        let ([cls, obj, boxes, points], []) = outputs.as_chunks::<3>() else { return Err(self.network.misshapen()) };
        let mut faces = Vec::new();
        for (stride, (((cls, obj), boxes), points)) in
            STRIDES.into_iter().zip(cls.iter().zip(obj).zip(boxes).zip(points))
        {
            let grid = Grid { stride, cls, obj, boxes, points };
            faces.extend(grid.faces(frame_from_picture).ok_or_else(|| self.network.misshapen())?);
        }
        Ok(without_doubles(faces))
    }

    /// The landmarks of `face`: each halfway between where the network placed it in the frame and where it places it in
    /// `mirrored`, the frame's mirror image. The two errors differ, so that the mean is nearer to the true place. As in the
    /// frame alone if the mirror image has no face there.
    pub(super) fn averaged_landmarks(&self, face: &Face, mirrored: &Frame) -> Result<Landmarks, VisionError> {
        let Rect { x, y, width, height, .. } = face.rect;
        let expected = Rect::new(mirrored.width() as f32 - x - width, y, width, height);
        let found = self.faces(mirrored)?;
        let same = found.iter().find(|other| other.rect.overlap_ratio(expected) > SAME_FACE_OVERLAP);
        let back = same.map(|other| other.landmarks.mirrored(mirrored.width()));
        Ok(back.map_or(face.landmarks, |back| face.landmarks.halfway_to(back)))
    }

    /// Whether `face`, found in `frame`, is upside down. The network was trained on upright faces: it finds one with a
    /// higher score than the same face turned by half, for which it places the eyes at the mouth.
    pub(super) fn is_upside_down(&self, frame: &Frame, face: &Face) -> Result<bool, VisionError> {
        Ok(self.score_of_half_turn(frame, face)? > face.score)
    }

    /// The score of `face` in `frame` turned by half; 0 if it is not found there.
    pub(super) fn score_of_half_turn(&self, frame: &Frame, face: &Face) -> Result<f32, VisionError> {
        let Rect { x, y, width, height, .. } = face.rect;
        let turned = Rect::new(frame.width() as f32 - x - width, frame.height() as f32 - y - height, width, height);
        let found = self.faces(&frame.turned_by_half())?;
        let same = found.iter().filter(|other| other.rect.overlap_ratio(turned) > SAME_FACE_OVERLAP);
        Ok(same.map(|other| other.score).fold(0.0, f32::max))
    }
}

/// The whole frame, scaled with its aspect ratio into the top-left of the network's input; and the factors that map
/// back.
fn letterbox(frame: &Frame) -> (Planes, [f32; 2]) {
    let (width, height) = (frame.width() as f32, frame.height() as f32);
    let shrink = (WIDTH as f32 / width).min(HEIGHT as f32 / height);
    let columns = ((width * shrink).round() as usize).clamp(1, WIDTH);
    let rows = ((height * shrink).round() as usize).clamp(1, HEIGHT);
    let mut picture = Planes::black(WIDTH, HEIGHT);
    picture.resize_from(frame, Region::whole(frame), columns, rows);
    (picture, [width / columns as f32, height / rows as f32])
}

/// The network's output at one stride: cells in row-major order.
struct Grid<'a> {
    stride: usize,
    /// Probability that the cell's object is a face.
    cls: &'a [f32],
    /// Probability that the cell contains an object.
    obj: &'a [f32],
    /// Center x, y relative to the cell, log width, log height, in strides.
    boxes: &'a [f32],
    /// Five points x, y relative to the cell, in strides.
    points: &'a [f32],
}

impl Grid<'_> {
    /// The faces of this grid; `None` if the outputs do not match its shape.
    fn faces(&self, frame_from_picture: [f32; 2]) -> Option<Vec<Face>> {
        let columns = WIDTH / self.stride;
        let cells = columns * (HEIGHT / self.stride);
        let (boxes, []) = self.boxes.as_chunks::<4>() else { return None };
        let (points, []) = self.points.as_chunks::<10>() else { return None };
        if [self.cls.len(), self.obj.len(), boxes.len(), points.len()] != [cells; 4] {
            return None;
        }
        let scores = self.cls.iter().zip(self.obj).map(|(cls, obj)| (cls.clamp(0.0, 1.0) * obj.clamp(0.0, 1.0)).sqrt());
        let cells = scores.zip(boxes.iter().zip(points)).enumerate().filter(|(_, (score, _))| *score >= MIN_SCORE);
        let faces = cells.map(|(index, (score, (shape, points)))| {
            let decode = Decode {
                column: (index % columns) as f32,
                row: (index / columns) as f32,
                scale: frame_from_picture.map(|factor| factor * self.stride as f32),
            };
            Face { rect: decode.rect(*shape), landmarks: decode.landmarks(points), score, upside_down: false }
        });
        Some(faces.filter(is_finite).collect())
    }
}

/// Maps from a cell's own coordinates into the frame.
struct Decode {
    column: f32,
    row: f32,
    /// Frame pixels per stride, horizontally and vertically.
    scale: [f32; 2],
}

impl Decode {
    fn point(&self, x: f32, y: f32) -> Point<InFrame> {
        Point::new((self.column + x) * self.scale[0], (self.row + y) * self.scale[1])
    }

    fn rect(&self, [x, y, log_width, log_height]: [f32; 4]) -> Rect<InFrame> {
        let centre = self.point(x, y);
        let (width, height) = (log_width.exp() * self.scale[0], log_height.exp() * self.scale[1]);
        Rect::new(centre.x - width / 2.0, centre.y - height / 2.0, width, height)
    }

    fn landmarks(&self, [ax, ay, bx, by, cx, cy, dx, dy, ex, ey]: &[f32; 10]) -> Landmarks {
        Landmarks {
            right_eye: self.point(*ax, *ay),
            left_eye: self.point(*bx, *by),
            nose: self.point(*cx, *cy),
            right_mouth: self.point(*dx, *dy),
            left_mouth: self.point(*ex, *ey),
        }
    }
}

/// Whether every number of `face` is finite.
fn is_finite(face: &Face) -> bool {
    let Rect { x, y, width, height, .. } = face.rect;
    [x, y, width, height].into_iter().all(f32::is_finite)
        && face.landmarks.points().iter().all(|point| point.x.is_finite() && point.y.is_finite())
}

/// Non-maximum suppression: highest score first; of overlapping faces only the first is kept.
fn without_doubles(mut faces: Vec<Face>) -> Vec<Face> {
    faces.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut kept: Vec<Face> = Vec::new();
    for face in faces {
        if kept.iter().all(|better| better.rect.overlap_ratio(face.rect) <= SAME_FACE_OVERLAP) {
            kept.push(face);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// A face with this box and score, all landmarks at its corner.
    fn face(x: f32, y: f32, side: f32, score: f32) -> Face {
        let corner = Point::new(x, y);
        let landmarks =
            Landmarks { right_eye: corner, left_eye: corner, nose: corner, right_mouth: corner, left_mouth: corner };
        Face { rect: Rect::new(x, y, side, side), landmarks, score, upside_down: false }
    }

    #[test]
    fn keeps_the_best_of_overlapping_faces() {
        let (weak, strong, apart) = (face(0., 0., 10., 0.6), face(1., 1., 10., 0.9), face(50., 0., 10., 0.7));
        assert_eq!(without_doubles(vec![weak, strong, apart]), [strong, apart]);
    }

    #[test]
    fn letterboxing_keeps_the_aspect_ratio_and_is_invertible() {
        // Name, frame size, frame pixels per input pixel.
        let rows = [
            ("as large", (320, 256), [1.0, 1.0]),
            ("landscape", (1280, 720), [4.0, 4.0]),
            ("portrait", (480, 1024), [4.0, 4.0]),
            ("tiny", (10, 8), [1.0 / 32.0, 1.0 / 32.0]),
            ("a line", (4096, 1), [12.8, 1.0]),
        ];
        for (name, (width, height), back) in rows {
            let frame = Frame::new(width, height, vec![9; (width * height * 3) as usize], 0, Duration::ZERO).unwrap();
            let (picture, factors) = letterbox(&frame);
            assert!(
                factors.iter().zip(back).all(|(found, wanted)| (found - wanted).abs() < 1e-6),
                "{name}: {factors:?}"
            );
            assert_eq!(picture.shape(), [1, 3, HEIGHT, WIDTH], "{name}");
        }
    }

    #[test]
    fn decodes_a_cell_to_frame_coordinates() {
        let (mut cls, mut boxes, mut points) = (vec![0.0; 80], vec![0.0; 320], vec![0.0; 800]);
        // Row 2, column 3 of the 10 columns at stride 32.
        cls[23] = 0.64;
        boxes[92..96].copy_from_slice(&[0.5, 0.5, 2_f32.ln(), 0.0]);
        points[230..240].copy_from_slice(&[0.0, 0.0, 1.0, 0.0, 0.5, 0.5, 0.0, 1.0, 1.0, 1.0]);
        let obj = vec![1.0; 80];
        let grid = Grid { stride: 32, cls: &cls, obj: &obj, boxes: &boxes, points: &points };
        let faces = grid.faces([2.0, 2.0]).unwrap();
        let [face] = faces.as_slice() else { panic!("{} faces", faces.len()) };
        assert!((face.score - 0.8).abs() < 1e-6);
        assert!(face.rect.centre().distance(Point::new(224.0, 160.0)) < 1e-3);
        assert!((face.rect.width - 128.0).abs() < 1e-3 && (face.rect.height - 64.0).abs() < 1e-3);
        assert_eq!(face.landmarks.left_mouth, Point::new(256.0, 192.0));
        assert!(Grid { cls: &cls[1..], ..grid }.faces([2.0, 2.0]).is_none(), "a cell is missing");
    }

    #[test]
    fn a_cell_with_nan_is_not_a_face() {
        let (ones, nans) = (vec![1.0; 80], vec![f32::NAN; 800]);
        let grid = Grid { stride: 32, cls: &ones, obj: &ones, boxes: &nans[..320], points: &nans };
        assert_eq!(grid.faces([1.0, 1.0]).unwrap(), []);
    }
}
