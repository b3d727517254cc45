//! Decides in which order a camera's offered formats are tried.

use super::decode::PixelFormat;

/// A format that a camera offers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Offer {
    /// Pixel format.
    pub(crate) format: PixelFormat,
    /// Width in pixels.
    pub(crate) width: u32,
    /// Height in pixels.
    pub(crate) height: u32,
    /// Frames per second, as a fraction.
    pub(crate) fps: (u32, u32),
}

/// How large images should be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ImageSize {
    /// 640×480 to 1280×720: for a face at arm's length.
    #[default]
    Near,
    /// 1280×720 to 1920×1080: for a face at up to 1.2 m, as at a kiosk. At a tenth of the width of 640 pixels, its eyes are
    /// 30 pixels apart, which is too few for the networks.
    Far,
}

impl ImageSize {
    /// Width and height in pixels, minimum and maximum, inclusive.
    const fn range(self) -> [(u32, u32); 2] {
        match self {
            Self::Near => [(640, 480), (1280, 720)],
            Self::Far => [(1280, 720), (1920, 1080)],
        }
    }
}

/// Maximum number of offers tried before the camera counts as unsupported. Each attempt takes a moment.
const TRIES: usize = 6;

/// The `offers` worth trying, best first, for images of this `size`. `only` restricts them to one pixel format.
///
/// Frame rate has precedence over size, and size over pixel format: a small image is usable, but no one holds still for
/// a second. At equal size and rate MJPEG comes first, because it fits any USB port even beside other devices; YUYV and
/// NV12 are fallbacks, and RGB the last, at three bytes a pixel.
pub(crate) fn plan(offers: &[Offer], only: Option<PixelFormat>, size: ImageSize) -> Vec<Offer> {
    let mut plan: Vec<Offer> = offers
        .iter()
        .copied()
        .filter(|offer| only.is_none_or(|only| offer.format == only))
        .filter(|offer| offer.width > 0 && offer.height > 0 && offer.fps.1 > 0)
        .collect();
    plan.sort_by_key(|offer| offer.rank(size));
    plan.dedup();
    plan.truncate(TRIES);
    plan
}

impl Offer {
    /// Frames per second.
    pub(crate) fn rate(&self) -> f32 {
        self.fps.0 as f32 / self.fps.1.max(1) as f32
    }

    /// Sort key: smaller is better, compared field by field.
    fn rank(&self, wanted: ImageSize) -> (u8, u8, u64, u8, PixelFormat, u32) {
        let speed = match self.rate() {
            29.0..=31.0 => 0,
            24.0.. => 1,
            15.0.. => 2,
            10.0.. => 3,
            _ => 4,
        };
        // Far away, pixels matter more than the difference between 24 and 30 frames per second.
        let coarse = if wanted == ImageSize::Far { speed.max(1) } else { speed };
        let [(min_width, min_height), (max_width, max_height)] = wanted.range();
        let fits = self.width >= min_width && self.height >= min_height;
        let size = match (fits, self.width <= max_width && self.height <= max_height) {
            (true, true) => 0,
            (true, false) => 1,
            (false, _) => 2,
        };
        let area = u64::from(self.width) * u64::from(self.height);
        // Among images that are large enough prefer the smallest, among smaller ones the largest.
        let area = if fits { area } else { u64::MAX - area };
        (coarse, size, area, speed, self.format, u32::MAX - self.rate() as u32)
    }
}

impl std::fmt::Display for Offer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rate = (self.rate() * 100.0).round() / 100.0;
        write!(f, "{} {}x{} @ {rate}", self.format.name(), self.width, self.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use PixelFormat::{Mjpeg, Nv12, Yuyv};

    fn offer(format: PixelFormat, width: u32, height: u32, fps: (u32, u32)) -> Offer {
        Offer { format, width, height, fps }
    }

    const VGA: (u32, u32) = (640, 480);
    const HD: (u32, u32) = (1280, 720);

    #[test]
    fn ranks_offers_and_their_fallbacks() {
        let at = |format, (w, h): (u32, u32), fps| offer(format, w, h, (fps, 1));
        for (name, offers, best) in [
            ("mjpeg before yuyv", vec![at(Yuyv, VGA, 30), at(Mjpeg, VGA, 30)], at(Mjpeg, VGA, 30)),
            ("yuyv before nv12", vec![at(Nv12, VGA, 30), at(Yuyv, VGA, 30)], at(Yuyv, VGA, 30)),
            ("speed before size", vec![at(Yuyv, HD, 10), at(Mjpeg, (320, 240), 30)], at(Mjpeg, (320, 240), 30)),
            ("the smallest large enough", vec![at(Mjpeg, (1920, 1080), 30), at(Mjpeg, HD, 30)], at(Mjpeg, HD, 30)),
            ("thirty before sixty", vec![at(Mjpeg, VGA, 60), at(Mjpeg, VGA, 30)], at(Mjpeg, VGA, 30)),
            (
                "the right size in another format",
                vec![at(Mjpeg, (1920, 1080), 30), at(Yuyv, VGA, 30)],
                at(Yuyv, VGA, 30),
            ),
            (
                "the largest of the small",
                vec![at(Yuyv, (160, 120), 30), at(Yuyv, (352, 288), 30)],
                at(Yuyv, (352, 288), 30),
            ),
            ("ten is all there is", vec![at(Yuyv, VGA, 5), at(Yuyv, VGA, 10)], at(Yuyv, VGA, 10)),
        ] {
            assert_eq!(plan(&offers, None, ImageSize::Near).first(), Some(&best), "{name}");
        }
        let ntsc = offer(Mjpeg, 640, 480, (30_000, 1_001));
        let plan = plan(&[at(Mjpeg, VGA, 25), ntsc], None, ImageSize::Near);
        assert_eq!(plan, [ntsc, at(Mjpeg, VGA, 25)], "29.97 is thirty");
    }

    #[test]
    fn far_faces_get_larger_images_where_they_are_as_fast() {
        let at = |format, (w, h): (u32, u32), fps| offer(format, w, h, (fps, 1));
        let full = (1920, 1080);
        for (name, offers, best) in [
            (
                "the smallest large enough",
                vec![at(Mjpeg, VGA, 30), at(Mjpeg, full, 30), at(Mjpeg, HD, 30)],
                at(Mjpeg, HD, 30),
            ),
            ("in another format", vec![at(Mjpeg, VGA, 30), at(Nv12, HD, 30)], at(Nv12, HD, 30)),
            ("a little slower", vec![at(Mjpeg, VGA, 30), at(Mjpeg, HD, 25)], at(Mjpeg, HD, 25)),
            ("thirty of the same size", vec![at(Mjpeg, HD, 60), at(Yuyv, HD, 30)], at(Yuyv, HD, 30)),
            ("not at ten", vec![at(Yuyv, HD, 10), at(Yuyv, VGA, 30)], at(Yuyv, VGA, 30)),
            ("the largest of the small", vec![at(Yuyv, VGA, 30), at(Yuyv, (800, 600), 30)], at(Yuyv, (800, 600), 30)),
        ] {
            assert_eq!(plan(&offers, None, ImageSize::Far).first(), Some(&best), "{name}");
        }
    }

    #[test]
    fn formats_offers_for_display() {
        assert_eq!(offer(Mjpeg, 640, 480, (30, 1)).to_string(), "MJPG 640x480 @ 30");
        assert_eq!(offer(Nv12, 1280, 720, (30_000, 1_001)).to_string(), "NV12 1280x720 @ 29.97");
    }

    #[test]
    fn skips_impossible_offers_and_limits_attempts() {
        let broken = [offer(Mjpeg, 0, 480, (30, 1)), offer(Mjpeg, 640, 480, (30, 0))];
        assert!(plan(&broken, None, ImageSize::Near).is_empty());
        let many: Vec<_> = (1..100).map(|n| offer(Yuyv, 640 + n, 480, (30, 1))).collect();
        assert_eq!(plan(&many, None, ImageSize::Near).len(), TRIES);
        assert!(plan(&many, Some(Mjpeg), ImageSize::Near).is_empty());
        assert_eq!(plan(&[many[0], many[0]], None, ImageSize::Near).len(), 1);
    }
}
