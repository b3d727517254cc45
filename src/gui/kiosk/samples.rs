//! Every page of a kiosk with sample content, rendered without a display, for tests and reviewers.

use eframe::egui::{self, Context, Pos2, RawInput, Rect, accesskit};
use image::RgbaImage;

use super::{
    CameraFixed, Chosen, KioskLook, OutOfOrder,
    pin::PinState,
    view::{self, Front, Page, Shown},
};
use crate::{
    AtKiosk, Draft, State,
    catalogue::{self, NOW},
    fonts,
    preview::Preview,
    qualify::{LastCapture, QualifyView},
    raster::Canvas,
    screen::{Attendance, CaptureView, Code, Screen},
    screens::View,
    theme::{Scheme, Theme},
    words::{Language, Words},
};
use countenance_client::{
    flow::{AttendanceStep, CodeStep},
    qualify::{Remedy, Why},
    runner::SiteVerdict,
    settings::Settings,
};
use countenance_core::{
    protocol::{Fallback, Purpose, QualityClaim},
    quality::Hint,
};

/// A page of a kiosk with its content.
pub struct KioskSample {
    /// File name of the page.
    pub name: String,
    state: State,
    front: Front,
    /// Digits typed so far.
    typed: &'static str,
}

/// Settings of a rendering.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KioskSetting {
    /// Color scheme.
    pub scheme: Scheme,
    /// Language.
    pub language: Language,
    /// Text size, 100 to 400 percent.
    pub percent: u16,
    /// Size of the screen, points.
    pub size: [u16; 2],
    /// Whether the content is lower.
    pub lower: bool,
}

/// A screen that stands upright, points.
pub const PORTRAIT: [u16; 2] = [1080, 1920];
/// A screen that lies on its side, points.
pub const LANDSCAPE: [u16; 2] = [1920, 1080];

/// The screens of a window's sign-in that a kiosk never shows.
const OF_WINDOWS: &[&str] = &["ready", "approve-", "camera-test", "settings", "diagnostics", "about"];

/// Every page, in the order in which people encounter them.
pub fn samples() -> Vec<KioskSample> {
    let front = |page| Front::new(page, look(), Chosen::default(), true);
    let at = |name: &str, page, state: State| sample(name, front(page), state);
    let ready = || State { now: NOW, ..State::default() };
    let mut all = vec![at("attract", Page::Attract, ready())];
    let mut languages = at("languages", Page::Attract, ready());
    languages.front.lists_languages = true;
    all.push(languages);
    // The sign-in: as in a window, in the wording of a kiosk.
    let sign_in = catalogue::samples().into_iter().filter(|(name, _)| !OF_WINDOWS.iter().any(|w| name.starts_with(w)));
    all.extend(sign_in.map(|(name, state)| at(name, Page::SignIn, state)));
    let sent = Code {
        step: CodeStep::Sent { attempts_left: 5 },
        channel: Some(Fallback::Sms),
        attempts_left: Some(5),
        is_under_way: false,
        is_retrying: false,
    };
    let code = State { fallback: vec![Fallback::Sms], resend_secs: 23, screen: Screen::Code(sent), ..ready() };
    all.push(KioskSample { typed: "123", ..at("code-typed", Page::SignIn, code) });
    all.extend(
        attendance().into_iter().map(|(name, screen, wait)| {
            at(name, Page::SignIn, State { screen, attendance_wait_secs: wait, ..ready() })
        }),
    );
    let consent = State { screen: Screen::Consent(catalogue::consent_request(Purpose::Verify)), ..ready() };
    let mut question = at("still-there", Page::SignIn, consent);
    question.front.question_secs = Some(7);
    all.push(question);
    all.push(at("link-refused", Page::SignIn, ready()));
    all.push(at("wiping", Page::Wiping, ready()));
    let mut wiped = at("wiped", Page::Wiping, ready());
    wiped.front.is_wiped = true;
    all.push(wiped);
    all.extend(out_of_order().into_iter().map(|(name, why)| {
        let mut sample = at(name, Page::OutOfOrder(why), ready());
        (sample.front.out_minutes, sample.front.ahead_secs) = (12, Some(3_700));
        sample
    }));
    let mut elsewhere = at("out-unattended", Page::OutOfOrder(OutOfOrder::Offline), ready());
    elsewhere.front.look.attended = false;
    all.push(elsewhere);
    all.extend(operator());
    all
}

/// A supervisor is asked, wrong, wrong too often, not to be checked, and being checked.
fn attendance() -> Vec<(&'static str, Screen, u32)> {
    let request = || catalogue::consent_request(Purpose::Enroll);
    let screen = |step| Attendance { request: request(), step, is_under_way: false, is_retrying: false };
    let checking = Attendance { is_under_way: true, ..screen(AttendanceStep::Ask) };
    vec![
        ("attend", Screen::Attendance(screen(AttendanceStep::Ask)), 0),
        ("attend-refused", Screen::Attendance(screen(AttendanceStep::Refused { wait_secs: 0 })), 0),
        ("attend-wait", Screen::Attendance(screen(AttendanceStep::Refused { wait_secs: 30 })), 27),
        ("attend-later", Screen::Attendance(screen(AttendanceStep::Later { wait_secs: 0 })), 0),
        ("attend-waiting", Screen::Attendance(checking), 0),
    ]
}

/// One screen for each reason.
fn out_of_order() -> Vec<(&'static str, OutOfOrder)> {
    vec![
        ("out-camera-gone", OutOfOrder::CameraGone),
        ("out-camera-busy", OutOfOrder::CameraBusy),
        ("out-camera-frozen", OutOfOrder::CameraFrozen),
        ("out-offline", OutOfOrder::Offline),
        ("out-verifier", OutOfOrder::VerifierDown),
        ("out-clock", OutOfOrder::ClockOff),
        ("out-disk", OutOfOrder::DiskFull),
        ("out-browser", OutOfOrder::BrowserDown),
        ("out-unregistered", OutOfOrder::NotRegistered),
        ("out-staff", OutOfOrder::AskStaff),
    ]
}

fn operator() -> Vec<KioskSample> {
    let front = |page| Front::new(page, look(), Chosen::default(), true);
    let pin = |name: &str, pin| sample(name, Front { pin, ..front(Page::Pin) }, catalogue::settled());
    let trying = |hint, at_millis| Screen::Trying(CaptureView { hint, at_millis, ..CaptureView::default() });
    let operator = |name: &str, screen, measured| {
        let state = State { screen, cameras: catalogue::cameras(), ..catalogue::settled() };
        sample(name, Front { measured, ..front(Page::Operator) }, state)
    };
    let measured = QualityClaim {
        interocular_px: 62.0,
        face_ratio: 0.142,
        yaw_deg: 2.0,
        pitch_deg: -3.0,
        roll_deg: 1.0,
        sharpness: 34.0,
        luma: 118.0,
    };
    let fixed = CameraFixed { camera: true, turn: true };
    let mut by_file = operator("operator-fixed", Screen::Ready, None);
    (by_file.front.camera_fixed, by_file.front.not_kept) = (fixed, true);
    let qualify = |name: &str, screen, progress: QualifyView| {
        let mut sample = operator(name, screen, Some(measured));
        sample.front.qualify = Some(QualifyView { wanted: 20, ..progress });
        sample
    };
    let verdict = |not_armed, remedies: &[Remedy], not_kept: Option<&str>| QualifyView {
        taken: 20,
        verdict: Some(SiteVerdict { not_armed, remedies: remedies.into(), not_kept: not_kept.map(Into::into) }),
        ..QualifyView::default()
    };
    let near = Some(Why::TooNear { lower: 1.5, needed: 1.7 });
    vec![
        by_file,
        qualify(
            "qualify",
            trying(None, Some(900)),
            QualifyView { taken: 7, last: Some(LastCapture::Passes), ..QualifyView::default() },
        ),
        qualify("qualify-fit", Screen::Ready, verdict(None, &[], None)),
        qualify("qualify-not-fit", Screen::Ready, verdict(near, &Remedy::ALL, Some("Permission denied"))),
        pin("pin", PinState { typed: 3, ..PinState::default() }),
        pin("pin-wrong", PinState { is_wrong: true, ..PinState::default() }),
        pin("pin-wait", PinState { is_wrong: true, wait_secs: 16, ..PinState::default() }),
        pin("pin-locked", PinState { is_locked: true, ..PinState::default() }),
        operator("operator", trying(None, Some(900)), Some(measured)),
        operator("operator-no-face", trying(Some(Hint::NoFace), Some(900)), None),
        operator("operator-idle", Screen::Ready, None),
    ]
}

fn look() -> KioskLook {
    KioskLook { badge_digits: Some((4, 10)), ..KioskLook::default() }
}

fn sample(name: &str, front: Front, state: State) -> KioskSample {
    let account = "a•••@example.com".to_owned();
    let kiosk = Some(AtKiosk { account, ..AtKiosk::default() });
    KioskSample { name: format!("kiosk-{name}"), state: State { kiosk, ..state }, front, typed: "" }
}

/// Renders a page, one pixel per point.
pub fn picture(sample: &KioskSample, setting: KioskSetting) -> RgbaImage {
    let mut canvas = Canvas::new();
    let (output, ctx, theme) = drawn(sample, setting, &mut canvas);
    let primitives = ctx.tessellate(output.shapes, output.pixels_per_point);
    canvas.paint(setting.size.map(u32::from), 1.0, &primitives, theme.tokens.background)
}

/// The accessibility tree of a page.
pub fn accessible(sample: &KioskSample, setting: KioskSetting) -> Vec<accesskit::Node> {
    let (output, ..) = drawn(sample, setting, &mut Canvas::new());
    nodes(output)
}

/// As [`accessible`], for many pages. Their glyphs, which take most of the time, are rendered once.
pub fn accessible_each(
    samples: &[KioskSample],
    setting: KioskSetting,
    mut see: impl FnMut(&KioskSample, &[accesskit::Node]),
) {
    let (ctx, theme) = prepared(setting);
    let mut canvas = Canvas::new();
    for sample in samples {
        // Nothing of a page is left for the next: neither how far it was scrolled nor what had the focus.
        ctx.memory_mut(|memory| *memory = egui::Memory::default());
        theme.apply(&ctx);
        see(sample, &nodes(draw_on(&ctx, &theme, sample, setting, &mut canvas)));
    }
}

fn nodes(output: egui::FullOutput) -> Vec<accesskit::Node> {
    let nodes = output.platform_output.accesskit_update.map(|update| update.nodes).unwrap_or_default();
    nodes.into_iter().map(|(_, node)| node).collect()
}

/// File name of a rendering: page, screen, color scheme, language, text size.
pub fn file_name(sample: &KioskSample, setting: KioskSetting) -> String {
    let [width, height] = setting.size;
    let lower = if setting.lower { ".lower" } else { "" };
    let (scheme, tag, percent) = (setting.scheme.name(), setting.language.tag(), setting.percent);
    format!("{}.{width}x{height}{lower}.{scheme}.{tag}.{percent}.png", sample.name)
}

fn drawn(sample: &KioskSample, setting: KioskSetting, canvas: &mut Canvas) -> (egui::FullOutput, Context, Theme) {
    let (ctx, theme) = prepared(setting);
    (draw_on(&ctx, &theme, sample, setting, canvas), ctx, theme)
}

/// A screen without a page.
fn prepared(setting: KioskSetting) -> (Context, Theme) {
    let (ctx, theme) = (Context::default(), Theme::for_kiosk(setting.scheme, setting.percent, true));
    ctx.enable_accesskit();
    fonts::install(&ctx, setting.language);
    theme.apply(&ctx);
    (ctx, theme)
}

/// Draws a page until its layout is stable.
fn draw_on(
    ctx: &Context,
    theme: &Theme,
    sample: &KioskSample,
    setting: KioskSetting,
    canvas: &mut Canvas,
) -> egui::FullOutput {
    let mut output = egui::FullOutput::default();
    let (words, mut preview) = (Words::for_kiosk(setting.language, sample.front.look.attended), Preview::default());
    let mut state = sample.state.clone();
    state.settings = Settings { text_percent: setting.percent, ..Settings::clone(&state.settings) }.into();
    let front = Front { is_lower: setting.lower, ..sample.front.clone() };
    let own = match &state.screen {
        Screen::NotAccepted(refusal) => refusal.picture.clone(),
        Screen::Capture(capture) if capture.at_millis.is_none() => None,
        screen => screen.shows_preview().then(catalogue::sitter).flatten(),
    };
    preview.take(ctx, own.as_ref());
    let size = setting.size.map(f32::from);
    for _ in 0..3 {
        let screen_rect = Some(Rect::from_min_size(Pos2::ZERO, size.into()));
        output = ctx.run_ui(RawInput { screen_rect, ..RawInput::default() }, |ui| {
            let view = View { words: &words, theme, state: &state, preview: &preview };
            let mut draft = Draft { code: sample.typed.to_owned().into(), ..Draft::default() };
            view::show(ui, &Shown { view: &view, front: &front }, &mut draft);
        });
        canvas.apply(&output.textures_delta);
        output.textures_delta.clear();
    }
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_has_its_own_name() {
        let names: Vec<_> = samples().into_iter().map(|sample| sample.name).collect();
        let unique: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(unique.len(), names.len(), "{names:?}");
    }
}
