//! The geometry of a bent print: where the ray of a photosite meets a cylinder.

/// A sheet bent about its vertical axis, as a camera sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bend {
    /// Curvature, 1/mm: positive if the edges recede from the camera, negative if they come forward.
    per_mm: f32,
    /// Directions of the sheet to the right, down and away from the camera, in the camera's coordinates.
    axes: [[f32; 3]; 3],
    /// The camera's place in the sheet's coordinates, mm.
    camera_mm: [f32; 3],
}

impl Bend {
    /// A sheet of curvature `per_mm` whose center is at `place_mm`, with its axes in these directions.
    pub(super) fn new(per_mm: f32, axes: [[f32; 3]; 3], place_mm: [f32; 3]) -> Self {
        Self { per_mm, axes, camera_mm: axes.map(|axis| -dot(axis, place_mm)) }
    }

    /// The point of the sheet on the ray in the direction `ray`: along the bend, and down. Infinite if the ray misses the
    /// cylinder.
    pub(super) fn point(&self, ray: [f32; 3]) -> (f32, f32) {
        let [ex, ey, ez] = self.axes.map(|axis| dot(axis, ray));
        let [ox, oy, oz] = self.camera_mm;
        let k = self.per_mm;
        // k(x² + z²) = 2z on the cylinder, for x = ox + t·ex and z = oz + t·ez. The root is the one that is the plane's for
        // a curvature of zero.
        let (a, b, c) =
            (k * (ex * ex + ez * ez), 2.0 * (k * (ox * ex + oz * ez) - ez), k * (ox * ox + oz * oz) - 2.0 * oz);
        let root = b * b - 4.0 * a * c;
        if root < 0.0 {
            return (f32::INFINITY, f32::INFINITY);
        }
        let t = 2.0 * c / (root.sqrt() - b);
        let (x, z) = (ox + t * ex, oz + t * ez);
        let angle = (k * x).atan2(1.0 - k * z);
        // As wide as it is flat: the distance along the bend.
        let along = if angle.abs() < 1e-3 { x } else { angle / k };
        (along, oy + t * ey)
    }

    /// The angle by which the sheet is turned at `along` mm from its axis, radians.
    pub(super) fn turn(&self, along: f32) -> f32 {
        along * self.per_mm
    }
}

fn dot(a: [f32; 3], b: [f32; 3]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRAIGHT: [[f32; 3]; 3] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];

    #[test]
    fn points_of_the_cylinder_are_found_again() {
        for radius in [200.0_f32, -200.0, 1e7] {
            let bend = Bend::new(1.0 / radius, STRAIGHT, [5.0, -3.0, 300.0]);
            for (u, v) in [(0.0, 0.0), (60.0, 20.0), (-90.0, -40.0)] {
                let angle = u / radius;
                let (x, z) = (radius * angle.sin(), radius * (1.0 - angle.cos()));
                let (along, down) = bend.point([x + 5.0, v - 3.0, z + 300.0]);
                assert!((along - u).abs() < 0.1 && (down - v).abs() < 0.1, "{radius} {u} {v}: {along} {down}");
            }
        }
    }

    #[test]
    fn rays_past_the_cylinder_meet_nothing() {
        let bend = Bend::new(1.0 / 100.0, STRAIGHT, [0.0, 0.0, 300.0]);
        assert!(bend.point([0.9, 0.0, 1.0]).0.is_infinite());
        assert!(bend.point([0.1, 0.0, 1.0]).0.is_finite());
    }
}
