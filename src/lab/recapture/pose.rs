//! Position of the instrument, and the point on it that each photosite sees.

use std::time::Duration;

use super::{
    Options,
    axes::Crop,
    bend::Bend,
    motion::Deviation,
    parameters::{Optics, Pose},
};

/// Photosites per output pixel and axis: the sensor resolution exceeds the output resolution.
pub(super) const OVERSAMPLING: u32 = 2;
/// Focal length relative to image width, for a horizontal field of view of 60° as common in webcams.
const FOCAL_RATIO: f32 = 0.866;

/// The camera's view of the instrument in one frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct View {
    /// Width in photosites.
    pub(super) width: usize,
    /// Height in photosites.
    pub(super) height: usize,
    /// Homography from photosites to millimeters on the instrument.
    homography: [[f32; 3]; 3],
    /// Side of a photosite's sampling cell on the instrument at the image center, mm.
    pub(super) cell_mm: f32,
    /// Focal length in photosites.
    focal_px: f32,
    /// Distance from the camera to the instrument's center, mm, without sway.
    pub(super) distance_mm: f32,
    /// The cylinder that takes the plane's place if the instrument is bent.
    bend: Option<Bend>,
}

impl View {
    /// The view for a frame of `width` × `height` output pixels at time `at`.
    pub(super) fn of(width: u32, height: u32, options: &Options, pose: &Pose, at: Duration) -> Self {
        let (width, height) = (width * OVERSAMPLING, height * OVERSAMPLING);
        let focal_px = width as f32 * FOCAL_RATIO;
        let (outer, picture) = (options.device.outer_mm, options.device.picture_mm);
        // The width spanned by a fill of 1: the whole instrument, or as much of the image as covers the view in both
        // axes.
        let spanned_mm = match options.crop {
            Crop::Whole => outer.0.max(outer.1 * width as f32 / height as f32),
            Crop::Filled => picture.0.min(picture.1 * width as f32 / height as f32),
        };
        let distance_mm = spanned_mm * FOCAL_RATIO / pose.fill_ratio;
        let moved = Deviation::of(options.seed, pose, at.as_secs_f32());
        let [across, down] = pose.offset_ratio.map(|ratio| ratio * outer.0);
        let angles = sum(pose.tilt_rad, moved.angles_rad);
        let place = sum([across, down, distance_mm / moved.magnification], moved.place_mm);
        let centre = (width as f32 / 2.0, height as f32 / 2.0);
        let axes = axes(angles);
        let view_from_instrument = projection(axes, place, focal_px, centre);
        let bend_per_mm = pose.bend_per_mm * moved.bend_ratio;
        Self {
            width: width as usize,
            height: height as usize,
            homography: inverse(view_from_instrument),
            cell_mm: distance_mm / focal_px,
            focal_px,
            distance_mm,
            bend: (bend_per_mm != 0.0).then(|| Bend::new(bend_per_mm, axes, place)),
        }
    }

    /// The point on the instrument, in mm from its center, behind photosite (`x`, `y`).
    pub(super) fn instrument(&self, x: usize, y: usize) -> (f32, f32) {
        let (x, y) = (x as f32 + 0.5, y as f32 + 0.5);
        if let Some(bend) = &self.bend {
            let (across, down) = (x - self.width as f32 / 2.0, y - self.height as f32 / 2.0);
            return bend.point([across / self.focal_px, down / self.focal_px, 1.0]);
        }
        let [u, v, w] = self.homography.map(|[a, b, c]| a * x + b * y + c);
        (u / w, v / w)
    }

    /// The angle by which the instrument is turned at `along` mm from its center, radians: 0 if it is flat.
    pub(super) fn turn(&self, along: f32) -> f32 {
        self.bend.map_or(0.0, |bend| bend.turn(along))
    }

    /// Blur of the instrument on the sensor, in photosites: lens blur plus the circle of confusion.
    pub(super) fn sigma_px(&self, optics: &Optics, pupil_mm: f32) -> f32 {
        let per_mm = match optics.focus_mm {
            Some(focus_mm) => 1.0 / self.distance_mm - 1.0 / focus_mm,
            None => optics.focus_error_dioptres / 1_000.0,
        };
        let disc_px = self.focal_px * pupil_mm * per_mm.abs();
        // The standard deviation of a disc along one axis is a quarter of its width.
        optics.blur_px.hypot(disc_px / 4.0)
    }
}

fn sum(a: [f32; 3], [x, y, z]: [f32; 3]) -> [f32; 3] {
    let [p, q, r] = a;
    [p + x, q + y, r + z]
}

/// Directions of the axes of an instrument rotated by these angles about x, y and z: to the right, down, and away from the
/// camera. They are the columns of R_y · R_x · R_z.
fn axes([pitch, yaw, roll]: [f32; 3]) -> [[f32; 3]; 3] {
    let ((sp, cp), (sy, cy), (sr, cr)) = (pitch.sin_cos(), yaw.sin_cos(), roll.sin_cos());
    let along = [cy * cr + sy * sp * sr, cp * sr, -sy * cr + cy * sp * sr];
    let down = [-cy * sr + sy * sp * cr, cp * cr, sy * sr + cy * sp * cr];
    [along, down, [sy * cp, -sp, cy * cp]]
}

/// Homography of a plane with `axes` at `place`, seen by a pinhole camera.
fn projection([along, down, _]: [[f32; 3]; 3], place: [f32; 3], focal_px: f32, centre: (f32, f32)) -> [[f32; 3]; 3] {
    let project = |[x, y, z]: [f32; 3]| [focal_px * x + centre.0 * z, focal_px * y + centre.1 * z, z];
    let ([a, d, g], [b, e, h], [c, f, i]) = (project(along), project(down), project(place));
    [[a, b, c], [d, e, f], [g, h, i]]
}

/// The inverse up to scale (the adjugate), which suffices for a homography.
fn inverse([[a, b, c], [d, e, f], [g, h, i]]: [[f32; 3]; 3]) -> [[f32; 3]; 3] {
    [
        [e * i - f * h, c * h - b * i, b * f - c * e],
        [f * g - d * i, a * i - c * g, c * d - a * f],
        [d * h - e * g, b * g - a * h, a * e - b * d],
    ]
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            axes::{Distance, Species, Support},
            parameters::Parameters,
        },
        *,
    };

    #[test]
    fn inverse_maps_points_back() {
        let forward = projection(axes([0.05, -0.06, 0.02]), [3.0, -2.0, 300.0], 700.0, (400.0, 300.0));
        let back = inverse(forward);
        for (u, v) in [(0.0, 0.0), (50.0, -30.0), (-80.0, 60.0)] {
            let [x, y, w] = forward.map(|[a, b, c]| a * u + b * v + c);
            let [p, q, s] = back.map(|[a, b, c]| a * (x / w) + b * (y / w) + c);
            assert!((p / s - u).abs() < 0.01 && (q / s - v).abs() < 0.01, "{u} {v}");
        }
    }

    fn view(support: Support, crop: Crop, distance: Distance, millis: u64) -> View {
        seeded(1, support, crop, distance, millis)
    }

    fn seeded(seed: u64, support: Support, crop: Crop, distance: Distance, millis: u64) -> View {
        let options = Options { distance, crop, ..Options::new(Species::TabletVideo, support, seed) };
        let pose = Parameters::draw(&options).pose;
        View::of(400, 300, &options, &pose, Duration::from_millis(millis))
    }

    #[test]
    fn only_a_hand_moves_the_instrument() {
        let at = |support, millis| view(support, Crop::Whole, Distance::Near, millis).instrument(400, 300);
        assert_eq!(at(Support::Fixed, 0), at(Support::Fixed, 500));
        let ((a, b), (c, d)) = (at(Support::Hand, 0), at(Support::Hand, 500));
        let moved = (a - c).hypot(b - d);
        assert!((0.05..12.0).contains(&moved), "{moved} mm");
    }

    #[test]
    fn the_instrument_fits_or_fills_the_view() {
        let half = |(w, h): (f32, f32)| (w / 2.0, h / 2.0);
        let device = Options::new(Species::TabletVideo, Support::Fixed, 1).device;
        for (seed, distance) in (0..200).flat_map(|seed| Distance::ALL.map(|distance| (seed, distance))) {
            for (x, y) in [(0, 0), (799, 0), (0, 599), (799, 599)] {
                let corner = |crop| {
                    let (u, v) = seeded(seed, Support::Fixed, crop, distance, 0).instrument(x, y);
                    (u.abs(), v.abs())
                };
                let ((u, v), outer) = (corner(Crop::Whole), half(device.outer_mm));
                assert!(u > outer.0 && v > outer.1, "{seed} {distance:?}: the background is visible");
                let ((u, v), picture) = (corner(Crop::Filled), half(device.picture_mm));
                assert!(u < picture.0 && v < picture.1, "{seed} {distance:?}: the image extends beyond the view");
            }
        }
        let away = |distance| view(Support::Fixed, Crop::Whole, distance, 0).distance_mm;
        assert!(away(Distance::Near) < away(Distance::Arm) && away(Distance::Arm) < away(Distance::Far));
    }

    #[test]
    fn fixed_focus_blurs_near_instruments() {
        let camera = super::super::cameras::Camera::named("laptop-vga").unwrap();
        let blur = |species, distance| {
            let options = Options { distance, camera, ..Options::new(species, Support::Fixed, 3) };
            let drawn = Parameters::draw(&options);
            View::of(640, 480, &options, &drawn.pose, Duration::ZERO).sigma_px(&drawn.camera, camera.pupil_mm)
        };
        let (phone, tablet) = (blur(Species::PhonePhoto, Distance::Near), blur(Species::TabletPhoto, Distance::Far));
        assert!(phone > 1.3 && tablet < 1.2, "{phone} {tablet} photosites");
    }

    /// Motion is rigid: a homography between two times, fitted to four points, also maps the other points.
    #[test]
    fn hand_held_motion_is_planar() {
        let (first, later) = (
            view(Support::Hand, Crop::Whole, Distance::Near, 0),
            view(Support::Hand, Crop::Whole, Distance::Near, 700),
        );
        let seen = |view: &View, (u, v): (f32, f32)| {
            let [x, y, w] = inverse(view.homography).map(|[a, b, c]| a * u + b * v + c);
            (x / w, y / w)
        };
        // The cross ratio of four collinear points on the instrument is the same in every view.
        let cross_ratio = |view: &View| {
            let x = [-80.0, -20.0, 30.0, 90.0].map(|u| seen(view, (u, 20.0)).0);
            (x[2] - x[0]) * (x[3] - x[1]) / ((x[2] - x[1]) * (x[3] - x[0]))
        };
        assert!((cross_ratio(&first) - cross_ratio(&later)).abs() < 1e-3);
        let (a, b) = (seen(&first, (0.0, 0.0)), seen(&later, (0.0, 0.0)));
        assert!((a.0 - b.0).hypot(a.1 - b.1) > 1.0, "it moves");
    }
}
