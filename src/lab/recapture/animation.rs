//! A still that is animated by warps around the landmarks: the lids close, the mouth opens, the head sways.
//!
//! Face coordinates: origin between the eyes, x along the line of the eyes, y down, in units of the distance between the
//! eyes. The warps are inverse: for each point of the animated image, the point of the still that it shows. Lids slide
//! over the eye, and the skin under the brow stretches; the jaw moves down from the line between the lips, and what opens
//! there is dark. The head shifts and rolls, with some parallax of what is in front. Everything fades out smoothly, so that
//! the background stands still.

use std::{f32::consts::TAU, time::Duration};

use countenance_core::face::Landmarks;

use super::{
    motion::drift,
    parameters::Movement,
    picture::Light,
    rng::{Purpose, between, stream},
};

/// Half the width of an eye.
const EYE_HALF: f32 = 0.28;
/// The upper and the lower lid of an open eye, and the fold under the brow from where skin stretches.
const UPPER_LID: f32 = -0.11;
const LOWER_LID: f32 = 0.09;
const FOLD: f32 = -0.32;
/// How far the mouth opens at most, and how far down the jaw moves with it.
const MOUTH_OPEN: f32 = 0.20;
const JAW: f32 = 0.85;
/// Light from inside the mouth relative to that from the lips.
const INSIDE_MOUTH: [f32; 3] = [0.20, 0.10, 0.10];
/// Center, half-width and half-height of the head, and how far out it takes skin and hair along.
const HEAD: (f32, f32, f32) = (0.45, 1.15, 1.60);
const HEAD_REACH: (f32, f32) = (0.9, 1.8);
/// The point about which the head rolls: the neck.
const NECK: f32 = 2.2;

/// The state of a face at one time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Expression {
    /// 0 (open) to 1 (closed).
    pub(super) lids: f32,
    /// 0 (closed) to 1.
    pub(super) mouth: f32,
    /// Shift of the head to the right and down, in distances between the eyes.
    pub(super) shift: [f32; 2],
    /// Roll of the head, radians.
    pub(super) roll_rad: f32,
    /// Shift of the middle of the face against its edge, in distances between the eyes.
    pub(super) parallax: f32,
}

impl Expression {
    /// A face at rest, as in the still.
    #[cfg(test)]
    pub(super) const REST: Self = Self { lids: 0.0, mouth: 0.0, shift: [0.0; 2], roll_rad: 0.0, parallax: 0.0 };

    /// The expression at `secs`.
    pub(super) fn at(seed: u64, movement: &Movement, secs: f32) -> Self {
        let slow = |axis| drift(seed, Purpose::Animation, axis, secs, &[(0.15, 0.35, 0.6), (0.4, 0.8, 0.4)]);
        // Syllables, with pauses between phrases.
        let phrase = (slow(4) + 0.6).clamp(0.0, 1.0);
        let syllable = (TAU * (movement.syllable_hz * secs)).sin().max(0.0);
        Self {
            lids: lids(seed, movement, secs),
            mouth: movement.mouth_ratio * phrase * syllable,
            shift: [movement.shift_ratio * slow(0), 0.5 * movement.shift_ratio * slow(1)],
            roll_rad: movement.roll_rad * slow(2),
            parallax: movement.parallax_ratio * slow(3),
        }
    }
}

/// How far the lids are closed at `secs`: blinks at irregular intervals, quick to close and slower to open.
fn lids(seed: u64, movement: &Movement, secs: f32) -> f32 {
    let since = secs - movement.blink_first_secs;
    let nth = (since / movement.blink_every_secs).floor().max(0.0);
    let late = between(&mut stream(seed, Purpose::Animation, 1_000 + nth as u64), 0.0, 0.3);
    let late = if nth > 0.0 { late * movement.blink_every_secs } else { 0.0 };
    let phase = (since - nth * movement.blink_every_secs - late) / movement.blink_secs;
    // A third of the time to close, a fifth closed, the rest to open.
    match phase {
        0.0..0.33 => smooth(phase / 0.33),
        0.33..0.53 => 1.0,
        0.53..1.0 => 1.0 - smooth((phase - 0.53) / 0.47),
        _ => 0.0,
    }
}

/// A still with a face, animated.
#[derive(Clone)]
pub(super) struct Animation {
    seed: u64,
    movement: Movement,
    still: Light,
    face: FaceAxes,
}

impl Animation {
    /// The animation of `still`, whose face has these landmarks.
    pub(super) fn new(seed: u64, movement: Movement, still: Light, landmarks: &Landmarks) -> Self {
        Self { seed, movement, still, face: FaceAxes::of(landmarks) }
    }

    /// The image at time `at`.
    pub(super) fn frame(&self, at: Duration) -> Light {
        self.with(&Expression::at(self.seed, &self.movement, at.as_secs_f32()))
    }

    /// The image with this expression.
    pub(super) fn with(&self, expression: &Expression) -> Light {
        let face = &self.face;
        let edge = 1.0 / face.scale_px;
        Light::from_fn(self.still.width, self.still.height, |x, y| {
            let (x, y) = (x as f32 + 0.5, y as f32 + 0.5);
            let at = face.on_face(x, y);
            let head = unswayed(at, expression);
            let (point, inside) = face.unopened(blinked(head, face.eye, expression.lids), expression.mouth, edge);
            if point == at {
                return self.still.sample(x, y);
            }
            let (x, y) = face.in_image(point);
            let light = self.still.sample(x, y);
            let mut dark = INSIDE_MOUTH.iter();
            light.map(|light| light * (1.0 - inside * (1.0 - dark.next().copied().unwrap_or(0.0))))
        })
    }
}

/// The coordinates of one face in an image.
#[derive(Debug, Clone, Copy)]
struct FaceAxes {
    origin: (f32, f32),
    /// Direction of the line of the eyes.
    along: (f32, f32),
    /// Distance between the eyes, or what it would be without a turn of the head, pixels.
    scale_px: f32,
    /// Half the distance between the eyes, in units of the scale: less if the head is turned.
    eye: f32,
    /// Center of the mouth, and half its width.
    mouth: (f32, f32),
    mouth_half: f32,
}

impl FaceAxes {
    fn of(landmarks: &Landmarks) -> Self {
        let (right, left) = (landmarks.right_eye, landmarks.left_eye);
        let (eyes, mouth) = (right.midpoint(left), landmarks.right_mouth.midpoint(landmarks.left_mouth));
        let distance_px = right.distance(left).max(1.0);
        // A mouth is a little farther from the eyes than they are from each other.
        let scale_px = distance_px.max(0.85 * eyes.distance(mouth));
        let mut axes = Self {
            origin: (eyes.x, eyes.y),
            along: ((left.x - right.x) / distance_px, (left.y - right.y) / distance_px),
            scale_px,
            eye: distance_px / scale_px / 2.0,
            mouth: (0.0, 0.0),
            mouth_half: landmarks.right_mouth.distance(landmarks.left_mouth) / scale_px / 2.0,
        };
        axes.mouth = axes.on_face(mouth.x, mouth.y);
        axes
    }

    fn on_face(&self, x: f32, y: f32) -> (f32, f32) {
        let ((dx, dy), (cos, sin)) = ((x - self.origin.0, y - self.origin.1), self.along);
        ((dx * cos + dy * sin) / self.scale_px, (dy * cos - dx * sin) / self.scale_px)
    }

    fn in_image(&self, (x, y): (f32, f32)) -> (f32, f32) {
        let (cos, sin) = self.along;
        (self.origin.0 + self.scale_px * (x * cos - y * sin), self.origin.1 + self.scale_px * (x * sin + y * cos))
    }

    /// The point before the mouth opened, and how far inside the mouth it is, 0 to 1.
    fn unopened(&self, (x, y): (f32, f32), open: f32, edge: f32) -> ((f32, f32), f32) {
        let (across, down) = ((x - self.mouth.0) / self.mouth_half.max(0.05), y - self.mouth.1);
        let gap = open * MOUTH_OPEN * bump(across);
        if gap <= 0.0 || down <= 0.0 || down >= JAW {
            return ((x, y), 0.0);
        }
        if down < gap {
            // The lips are as sharp as the image.
            return ((x, self.mouth.1), (down.min(gap - down) / edge).clamp(0.0, 1.0));
        }
        // From the lower lip to the chin, the shift falls to zero.
        ((x, self.mouth.1 + (down - gap) * JAW / (JAW - gap)), 0.0)
    }
}

/// The point before the head swayed.
fn unswayed((x, y): (f32, f32), expression: &Expression) -> (f32, f32) {
    let (centre, half_width, half_height) = HEAD;
    let radius = (x / half_width).hypot((y - centre) / half_height);
    let along = 1.0 - smooth((radius - HEAD_REACH.0) / (HEAD_REACH.1 - HEAD_REACH.0));
    if along <= 0.0 {
        return (x, y);
    }
    let front = expression.parallax * (1.0 - radius * radius).max(0.0);
    let (roll, [right, down]) = (expression.roll_rad, expression.shift);
    (x - along * (right + front - roll * (y - NECK)), y - along * (down + roll * x))
}

/// The point before the lids closed.
fn blinked((x, y): (f32, f32), eye: f32, closed: f32) -> (f32, f32) {
    let off = x.abs() - eye;
    let arch = bump(off / EYE_HALF);
    if closed <= 0.0 || arch <= 0.0 {
        return (x, y);
    }
    let (rest, low) = (UPPER_LID * arch, LOWER_LID * arch);
    let lid = rest + closed * (low - rest);
    if y <= FOLD || y >= lid {
        return (x, y);
    }
    (x, FOLD + (y - FOLD) * (rest - FOLD) / (lid - FOLD))
}

/// 1 at 0, falling to 0 at −1 and 1.
fn bump(x: f32) -> f32 {
    (1.0 - x * x).max(0.0)
}

/// A smooth step from 0 at 0 to 1 at 1.
fn smooth(t: f32) -> f32 {
    let t = t.clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

#[cfg(test)]
mod tests {
    use countenance_core::geometry::Point;

    use super::{
        super::{Options, Parameters, Species, Support},
        *,
    };

    /// Skin, with black eyes and a red mouth; a checkerboard far away from the face.
    fn face() -> (Light, Landmarks) {
        let landmarks = Landmarks {
            right_eye: Point::new(130.0, 100.0),
            left_eye: Point::new(190.0, 100.0),
            nose: Point::new(160.0, 135.0),
            right_mouth: Point::new(137.0, 166.0),
            left_mouth: Point::new(183.0, 166.0),
        };
        let still = Light::from_fn(320, 300, |x, y| {
            let at = (x as f32 + 0.5, y as f32 + 0.5);
            let off = |(cx, cy): (f32, f32), (a, b): (f32, f32)| ((at.0 - cx) / a).hypot((at.1 - cy) / b);
            if off((130.0, 100.0), (14.0, 5.5)).min(off((190.0, 100.0), (14.0, 5.5))) < 1.0 {
                [0.02; 3]
            } else if off((160.0, 166.0), (23.0, 4.0)) < 1.0 {
                [0.4, 0.1, 0.1]
            } else if off((160.0, 130.0), (75.0, 105.0)) < 1.0 {
                [0.6, 0.45, 0.4]
            } else {
                [if (x / 8 + y / 8) % 2 == 0 { 0.9 } else { 0.1 }; 3]
            }
        });
        (still, landmarks)
    }

    fn animation() -> Animation {
        let (still, landmarks) = face();
        let parameters = Parameters::draw(&Options::new(Species::AnimatedFile, Support::None, 3));
        Animation::new(3, parameters.movement, still, &landmarks)
    }

    /// Number of samples darker than 0.1 in a box.
    fn dark(light: &Light, (left, right): (usize, usize), (top, bottom): (usize, usize)) -> usize {
        let at = |x: usize, y: usize| light.rgb[y * light.width + x];
        (top..bottom).flat_map(|y| (left..right).map(move |x| (x, y))).filter(|&(x, y)| at(x, y)[1] < 0.1).count()
    }

    #[test]
    fn a_face_at_rest_is_the_still() {
        let animation = animation();
        assert!(animation.with(&Expression::REST).rgb == face().0.rgb);
    }

    #[test]
    fn lids_close_over_both_eyes() {
        let animation = animation();
        let open = |lids| {
            let shown = animation.with(&Expression { lids, ..Expression::REST });
            [(110, 150), (170, 210)].map(|columns| dark(&shown, columns, (85, 115)))
        };
        let (awake, half, asleep) = (open(0.0), open(0.5), open(1.0));
        for eye in 0..2 {
            assert!(awake[eye] > 200, "{awake:?}");
            assert!((0.2..0.8).contains(&(half[eye] as f32 / awake[eye] as f32)), "{half:?} of {awake:?}");
            assert!(asleep[eye] * 20 < awake[eye], "{asleep:?} of {awake:?}");
        }
    }

    #[test]
    fn the_mouth_opens_dark_and_the_chin_goes_down() {
        let animation = animation();
        let open = |mouth| dark(&animation.with(&Expression { mouth, ..Expression::REST }), (130, 190), (160, 195));
        assert!(
            open(0.0) == 0 && open(0.5) > 50 && open(1.0) as f32 > 1.7 * open(0.5) as f32,
            "{} {}",
            open(0.5),
            open(1.0)
        );
    }

    #[test]
    fn the_head_sways_and_the_background_stands_still() {
        let (animation, still) = (animation(), face().0);
        let shown = animation.with(&Expression { shift: [0.08, 0.0], roll_rad: 0.03, ..Expression::REST });
        let moved = |x: usize, y: usize| {
            let i = y * still.width + x;
            (shown.rgb[i][0] - still.rgb[i][0]).abs() > 0.05
        };
        assert!((85..115).any(|y| (110..150).any(|x| moved(x, y))), "the eyes move");
        let sides = (0..300).flat_map(|y| [(2, y), (317, y)]);
        assert!(sides.into_iter().all(|(x, y)| !moved(x, y)), "both sides do not");
    }

    #[test]
    fn in_two_seconds_everyone_blinks_speaks_and_moves() {
        for seed in 0..50 {
            let movement = Parameters::draw(&Options::new(Species::AnimatedTablet, Support::Fixed, seed)).movement;
            let shown: Vec<_> = (0..50).map(|frame| Expression::at(seed, &movement, frame as f32 / 25.0)).collect();
            let most = |of: fn(&Expression) -> f32| shown.iter().map(of).fold(f32::MIN, f32::max);
            let least = |of: fn(&Expression) -> f32| shown.iter().map(of).fold(f32::MAX, f32::min);
            assert!(most(|e| e.lids) > 0.95 && least(|e| e.lids) == 0.0, "{seed}");
            assert!(most(|e| e.shift[0]) - least(|e| e.shift[0]) > 0.01, "{seed}");
            assert!(shown.iter().all(|e| (0.0..=1.0).contains(&e.mouth) && (0.0..=1.0).contains(&e.lids)), "{seed}");
        }
    }

    #[test]
    fn frames_depend_on_seed_and_time_only() {
        let frame = |millis| animation().frame(Duration::from_millis(millis)).rgb;
        assert!(frame(400) == frame(400) && frame(400) != frame(440));
    }
}
