//! A QR code as inline SVG: an image of its own would have an address, and what it shows is a secret.

use std::fmt::Write;

use maud::{Markup, html};
use qrcode::{Color, EcLevel, QrCode};

/// White modules around the code, without which some cameras do not find it (ISO/IEC 18004).
const QUIET_MODULES: usize = 4;

/// The code for `text`; nothing if the text is too long for one.
pub(super) fn code(text: &str, label: &str) -> Markup {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else { return Markup::default() };
    let width = code.width();
    let mut path = String::new();
    for (i, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            let (x, y) = (i % width + QUIET_MODULES, i / width + QUIET_MODULES);
            // Writing to a string does not fail.
            write!(path, "M{x} {y}h1v1h-1z").ok();
        }
    }
    let side = width + 2 * QUIET_MODULES;
    html! {
        // Black on white in a dark page too.
        svg.qr viewBox={ "0 0 " (side) " " (side) } role="img" aria-label=(label) shape-rendering="crispEdges" {
            rect width=(side) height=(side) fill="#fff" {}
            path d=(path) fill="#000" {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finder_patterns_are_where_cameras_look_and_the_rest_is_quiet() {
        let svg = code("otpauth://totp/x", "the label").into_string();
        let side: usize = svg.split("viewBox=\"0 0 ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        let dark = |x: usize, y: usize| svg.contains(&format!("M{x} {y}h1v1h-1z"));
        for (left, top) in [(4, 4), (side - 11, 4), (4, side - 11)] {
            for (dx, dy, expected) in [(0, 0, true), (6, 6, true), (1, 1, false), (3, 3, true), (5, 3, false)] {
                assert_eq!(dark(left + dx, top + dy), expected, "{left} {top} {dx} {dy}");
            }
        }
        for i in 0..side {
            for quiet in [0, 3, side - 4, side - 1] {
                assert!(!dark(quiet, i) && !dark(i, quiet), "{quiet} {i}");
            }
        }
        assert!(svg.contains("aria-label=\"the label\"") && !svg.contains("<script"));
    }

    #[test]
    fn a_text_that_is_too_long_has_no_code() {
        assert_eq!(code(&"x".repeat(9_000), "").into_string(), "");
    }
}
