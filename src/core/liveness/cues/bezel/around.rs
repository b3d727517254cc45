//! A device in the middle of the picture: black edges around the face.

use super::thinned::{Contrast, STEP_REACH, Thinned, is_drawn, on_a_line};
use crate::geometry::{InFrame, Rect};

/// Distance from the box of the face at which it begins, relative to the face: beside, above, below. What is nearer is hair.
const MARGIN: (f32, f32, f32) = (0.1, 0.25, 0.1);
/// How far an edge extends beyond the box, relative to the face: above it and to either side; below it less, where shoulders are.
const EXTENT: (f32, f32) = (0.3, 0.1);
/// What counts as black, relative to the usual level, and how much brighter it is before: less black than at a side of the picture,
/// since three edges say more than one, and a lit bezel is gray.
const BLACK: (f32, f32) = (0.35, 0.2);
/// Minimum number of black pixels, one after the other.
const RUN: usize = 3;
/// Minimum number of lines of sight in a direction, and the minimum share of them that meet black.
const LINES: (usize, f32) = (8, 0.1);

/// The share, 0 to 1, of the lines of sight from the face at whose first black a straight edge is, in the direction with the third largest
/// share of left, right, up and down. A device has all four, of which a hand or the rim of the picture may hide one; doors, windows and
/// pictures behind a person are hidden below by the person.
pub(super) fn third_edge(image: &Thinned, usual: f32, face: Rect<InFrame>) -> f32 {
    let contrast = Contrast::of(usual, BLACK);
    let scale = |length: f32| length / image.step as f32;
    let (x, y, width, height) = (scale(face.x), scale(face.y), scale(face.width), scale(face.height));
    let within = |at: f32, end: usize| at.clamp(0.0, end as f32) as usize;
    let rows = within(y - EXTENT.0 * height, image.height)..within(y + (1.0 + EXTENT.1) * height, image.height);
    let columns = within(x - EXTENT.0 * width, image.width)..within(x + (1.0 + EXTENT.0) * width, image.width);
    let left = within(x - MARGIN.0 * width, image.width);
    let right = within(x + (1.0 + MARGIN.0) * width, image.width);
    let top = within(y - MARGIN.1 * height, image.height);
    let bottom = within(y + (1.0 + MARGIN.2) * height, image.height);
    let at = |x: usize, y: usize| image.levels.get(y * image.width + x).copied().unwrap_or_default();
    let mut shares = [
        edge(rows.clone().map(|y| (0..left).rev().map(move |x| at(x, y))), contrast),
        edge(rows.map(|y| (right..image.width).map(move |x| at(x, y))), contrast),
        edge(columns.clone().map(|x| (0..top).rev().map(move |y| at(x, y))), contrast),
        edge(columns.map(|x| (bottom..image.height).map(move |y| at(x, y))), contrast),
    ];
    shares.sort_by(f32::total_cmp);
    let [_, third, ..] = shares;
    third
}

/// The share of these lines of sight, side by side, at whose first black a straight edge is.
fn edge(lines: impl Iterator<Item = impl Iterator<Item = u8>>, contrast: Contrast) -> f32 {
    let (mut points, mut black) = (Vec::new(), Vec::new());
    let mut count = 0;
    for (i, line) in lines.enumerate() {
        count += 1;
        let levels: Vec<u8> = line.collect();
        if let Some(depth) = first_black(&levels, contrast) {
            points.push((i, depth));
            black.extend(levels.iter().skip(depth + 1).take(RUN - 1));
        }
    }
    let enough = count >= LINES.0 && points.len() as f32 >= LINES.1 * count as f32;
    if enough && !is_drawn(black.into_iter()) { on_a_line(&points) as f32 / count as f32 } else { 0.0 }
}

/// Where a line of sight that begins in the light first meets black, from a bright pixel shortly before.
fn first_black(levels: &[u8], Contrast { black, bright }: Contrast) -> Option<usize> {
    let is_black = |level: &u8| *level <= black;
    if levels.iter().take(2).all(is_black) {
        return None;
    }
    let depth = levels.windows(RUN).position(|run| run.iter().all(is_black))?;
    let before = levels.get(depth.saturating_sub(STEP_REACH)..depth)?;
    before.iter().any(|level| *level > bright).then_some(depth)
}
