//! Design tokens: the only place that defines the window's colors, sizes and durations.

use std::sync::Arc;

use eframe::egui::{
    self, Color32, CornerRadius, FontFamily, FontId, Margin, Stroke, TextStyle, Vec2, Visuals, style::WidgetVisuals,
};

use super::fonts::SEMIBOLD;

countenance_core::enumeration! {
    /// The color schemes.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Scheme {
        /// Dark on light.
        Light,
        /// Light on dark.
        Dark,
        /// White and yellow on black, thick lines.
        HighContrast,
    }
}

/// The colors of one scheme. Text colors have a contrast of at least 4.5:1 on `background` and `surface`, 7:1 in high
/// contrast; a test enforces it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tokens {
    /// Window background.
    pub background: Color32,
    /// Cards and fields.
    pub surface: Color32,
    /// Text.
    pub text: Color32,
    /// Secondary text.
    pub soft: Color32,
    /// Primary button; progress ring.
    pub accent: Color32,
    /// Text on `accent`.
    pub on_accent: Color32,
    /// Borders; contrast 3:1, since they may be the only sign of a control.
    pub line: Color32,
    /// Success.
    pub good: Color32,
    /// Attention.
    pub warn: Color32,
    /// Failure.
    pub danger: Color32,
    /// Keyboard focus ring.
    pub focus: Color32,
}

/// The theme in use.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Theme {
    /// Color scheme.
    pub scheme: Scheme,
    /// Colors.
    pub tokens: Tokens,
    /// Text size relative to the default, 1 to 2; to 4 at a kiosk.
    pub scale: f32,
    /// Minimum height of controls, points.
    pub touch: f32,
    /// Whether only essential motion is shown.
    pub reduced_motion: bool,
}

/// Corner radius of buttons and cards, points.
pub const RADIUS: u8 = 12;
/// Corner radius of the preview, points.
pub const PREVIEW_RADIUS: f32 = 24.0;
/// Margin to the window's edge, points.
pub const MARGIN: i8 = 24;
/// Minimum height of controls, points, for touch (WCAG 2.5.5 requires 44).
pub const TOUCH: f32 = 48.0;
/// Minimum height of controls at a kiosk, points: it is used standing, at arm's length, by anybody.
pub const KIOSK_TOUCH: f32 = 72.0;
/// Width of the progress ring, points.
pub const RING: f32 = 7.0;
/// Animation time of the ring, seconds.
pub const RING_SECS: f32 = 0.25;
/// Size of the window at 100 %, points.
pub const WINDOW: Vec2 = Vec2::new(460.0, 720.0);
/// Minimum size of the window, points.
pub const WINDOW_MIN: Vec2 = Vec2::new(360.0, 480.0);
/// How long an outcome is shown before the window closes, seconds.
pub const GOODBYE_SECS: f64 = 2.0;

const fn rgb(hex: u32) -> Color32 {
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

const LIGHT: Tokens = Tokens {
    background: rgb(0x00f5_f8f8),
    surface: rgb(0x00ff_ffff),
    text: rgb(0x000d_2a33),
    soft: rgb(0x004a_6067),
    accent: rgb(0x000f_6470),
    on_accent: rgb(0x00ff_ffff),
    line: rgb(0x0076_8b92),
    good: rgb(0x0017_6b43),
    warn: rgb(0x008a_5300),
    danger: rgb(0x00ad_2720),
    focus: rgb(0x001a_5fd0),
};

const DARK: Tokens = Tokens {
    background: rgb(0x000c_1719),
    surface: rgb(0x0015_2427),
    text: rgb(0x00ea_f3f4),
    soft: rgb(0x00a8_bcc1),
    accent: rgb(0x0063_cbd8),
    on_accent: rgb(0x0004_2229),
    line: rgb(0x0061_777d),
    good: rgb(0x006f_d7a0),
    warn: rgb(0x00f0_c06a),
    danger: rgb(0x00ff_a199),
    focus: rgb(0x0099_c6ff),
};

const HIGH_CONTRAST: Tokens = Tokens {
    background: rgb(0x0000_0000),
    surface: rgb(0x0000_0000),
    text: rgb(0x00ff_ffff),
    soft: rgb(0x00ff_ffff),
    accent: rgb(0x00ff_e600),
    on_accent: rgb(0x0000_0000),
    line: rgb(0x00ff_ffff),
    good: rgb(0x0066_ffa3),
    warn: rgb(0x00ff_d966),
    danger: rgb(0x00ff_b0a8),
    focus: rgb(0x0000_e5ff),
};

impl Scheme {
    /// Its colors.
    pub const fn tokens(self) -> Tokens {
        match self {
            Self::Light => LIGHT,
            Self::Dark => DARK,
            Self::HighContrast => HIGH_CONTRAST,
        }
    }

    /// Name in file names.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::HighContrast => "contrast",
        }
    }
}

impl Theme {
    /// This scheme with text at `percent` (100 to 200) of the default size.
    pub fn new(scheme: Scheme, percent: u16, reduced_motion: bool) -> Self {
        let scale = f32::from(percent.clamp(100, 200)) / 100.0;
        Self { scheme, tokens: scheme.tokens(), scale, touch: TOUCH, reduced_motion }
    }

    /// This scheme for a kiosk, with text at `percent` (100 to 400) of the default size.
    pub fn for_kiosk(scheme: Scheme, percent: u16, reduced_motion: bool) -> Self {
        let scale = f32::from(percent.clamp(100, 400)) / 100.0;
        Self { scheme, tokens: scheme.tokens(), scale, touch: KIOSK_TOUCH, reduced_motion }
    }

    /// Scale of titles: beyond twice the size they grow more slowly than the text, which they still exceed.
    fn title_scale(&self) -> f32 {
        self.scale.min(2.0) + (self.scale - 2.0).max(0.0) * 0.4
    }

    /// Window size for this text size, points.
    pub fn window(&self) -> Vec2 {
        Vec2::new(WINDOW.x * (0.5 + 0.5 * self.scale), WINDOW.y * (0.75 + 0.25 * self.scale))
    }

    /// Font of titles.
    pub fn title(&self) -> FontId {
        FontId::new(25.0 * self.title_scale(), FontFamily::Name(SEMIBOLD.into()))
    }

    /// Font of capture hints.
    pub fn hint(&self) -> FontId {
        FontId::new(23.0 * self.title_scale(), FontFamily::Name(SEMIBOLD.into()))
    }

    /// Font of buttons and labels.
    pub fn strong(&self) -> FontId {
        FontId::new(16.0 * self.scale, FontFamily::Name(SEMIBOLD.into()))
    }

    /// Font of body text.
    pub fn body(&self) -> FontId {
        FontId::new(16.0 * self.scale, FontFamily::Proportional)
    }

    /// Font of secondary text.
    pub fn small(&self) -> FontId {
        FontId::new(13.5 * self.scale, FontFamily::Proportional)
    }

    /// Applies the theme to the context.
    pub fn apply(&self, ctx: &egui::Context) {
        let style = self.style();
        ctx.all_styles_mut(|old| *old = style.clone());
    }

    fn style(&self) -> egui::Style {
        let t = &self.tokens;
        let mut style = egui::Style {
            visuals: self.visuals(),
            animation_time: if self.reduced_motion { 0.0 } else { 0.12 },
            ..egui::Style::default()
        };
        style.text_styles = [
            (TextStyle::Heading, self.title()),
            (TextStyle::Body, self.body()),
            (TextStyle::Button, self.body()),
            (TextStyle::Monospace, self.small()),
            (TextStyle::Small, self.small()),
        ]
        .into();
        style.spacing.item_spacing = Vec2::new(10.0, 10.0);
        style.spacing.button_padding = Vec2::new(16.0, 10.0);
        style.spacing.menu_margin = Margin::same(8);
        style.spacing.interact_size.y = self.touch.min(36.0 * self.scale);
        style.spacing.icon_width = 22.0 * self.scale;
        style.spacing.icon_width_inner = 12.0 * self.scale;
        style.spacing.icon_spacing = 10.0;
        style.spacing.combo_height = 420.0;
        style.spacing.scroll.foreground_color = false;
        style.visuals.selection.stroke = Stroke::new(1.5, t.text);
        style
    }

    fn visuals(&self) -> Visuals {
        let t = &self.tokens;
        let base = if self.scheme == Scheme::Light { Visuals::light() } else { Visuals::dark() };
        let widget = |fill: Color32, line: f32, words: Color32| WidgetVisuals {
            bg_fill: fill,
            weak_bg_fill: fill,
            bg_stroke: Stroke::new(line, t.line),
            corner_radius: CornerRadius::same(RADIUS),
            fg_stroke: Stroke::new(1.5, words),
            expansion: 0.0,
        };
        let mut visuals = Visuals { panel_fill: t.background, window_fill: t.surface, ..base };
        visuals.override_text_color = None;
        visuals.extreme_bg_color = t.surface;
        visuals.faint_bg_color = t.surface;
        visuals.window_stroke = Stroke::new(1.0, t.line);
        visuals.window_corner_radius = CornerRadius::same(RADIUS);
        visuals.menu_corner_radius = CornerRadius::same(RADIUS);
        visuals.hyperlink_color = t.accent;
        visuals.warn_fg_color = t.warn;
        visuals.error_fg_color = t.danger;
        visuals.weak_text_color = Some(t.soft);
        visuals.selection.bg_fill = mix(t.accent, t.surface, 0.3);
        visuals.widgets.noninteractive = widget(t.surface, 1.0, t.text);
        visuals.widgets.inactive = widget(t.surface, 1.0, t.text);
        visuals.widgets.hovered = widget(mix(t.accent, t.surface, 0.12), 1.5, t.text);
        visuals.widgets.active = widget(mix(t.accent, t.surface, 0.2), 2.0, t.text);
        visuals.widgets.open = widget(t.surface, 1.5, t.text);
        visuals
    }
}

/// Blends `share` (0 to 1) of `a` with `b`.
pub fn mix(a: Color32, b: Color32, share: f32) -> Color32 {
    b.lerp_to_gamma(a, share)
}

/// The family in egui's type.
pub fn semibold() -> FontFamily {
    FontFamily::Name(Arc::from(SEMIBOLD))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Contrast ratio of two colors, 1 to 21, as defined by WCAG 2.2.
    fn contrast(a: Color32, b: Color32) -> f64 {
        let luminance = |c: Color32| {
            let linear = |v: u8| {
                let v = f64::from(v) / 255.0;
                if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * linear(c.r()) + 0.7152 * linear(c.g()) + 0.0722 * linear(c.b())
        };
        let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
        a.max(b) / a.min(b)
    }

    #[test]
    fn black_on_white_is_21_to_1() {
        assert!((contrast(Color32::BLACK, Color32::WHITE) - 21.0).abs() < 1e-9);
        assert!((contrast(rgb(0x0077_7777), Color32::WHITE) - 4.478).abs() < 1e-3);
    }

    #[test]
    fn colors_meet_the_contrast_requirements() {
        for scheme in Scheme::ALL {
            let t = scheme.tokens();
            let minimum = if scheme == Scheme::HighContrast { 7.0 } else { 4.5 };
            let words = [
                ("text", t.text),
                ("soft", t.soft),
                ("accent", t.accent),
                ("good", t.good),
                ("warn", t.warn),
                ("danger", t.danger),
            ];
            for (name, color) in words {
                for (ground_name, ground) in [("background", t.background), ("surface", t.surface)] {
                    let found = contrast(color, ground);
                    assert!(found >= minimum, "{scheme:?}: {name} on {ground_name} is {found:.2}:1");
                }
                // Hover and pressed states are tinted.
                for share in [0.12, 0.2] {
                    let found = contrast(t.text, mix(t.accent, t.surface, share));
                    assert!(found >= minimum, "{scheme:?}: text on a tint of {share} is {found:.2}:1");
                }
            }
            let on_accent = contrast(t.on_accent, t.accent);
            assert!(on_accent >= minimum, "{scheme:?}: on_accent is {on_accent:.2}:1");
            for (name, color) in [("line", t.line), ("focus", t.focus), ("accent", t.accent)] {
                let found = contrast(color, t.background).min(contrast(color, t.surface));
                assert!(found >= 3.0, "{scheme:?}: {name} is {found:.2}:1");
            }
        }
    }

    #[test]
    fn text_scales_up_to_twice_its_size() {
        let theme = |percent| Theme::new(Scheme::Light, percent, false);
        assert!((theme(200).body().size - 2.0 * theme(100).body().size).abs() < 1e-6);
        assert_eq!(theme(900), theme(200));
        assert_eq!(theme(0), theme(100));
        let kiosk = |percent| Theme::for_kiosk(Scheme::Light, percent, false);
        assert!((kiosk(400).body().size - 4.0 * kiosk(100).body().size).abs() < 1e-6);
        assert_eq!(kiosk(900), kiosk(400));
        for percent in [100, 200, 300, 400] {
            assert!(kiosk(percent).title().size > kiosk(percent).body().size, "titles stay larger at {percent} %");
        }
    }
}
