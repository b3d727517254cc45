//! Every screen with sample content, rendered without a display, for tests and reviewers.

use std::{sync::LazyLock, time::Duration};

use eframe::egui::{self, Context, RawInput, Rect, accesskit};
use image::RgbaImage;

use super::{
    CameraEntry, Draft, LinkTrouble, Offered, Page, SettingsComplaint, State, fonts,
    preview::Preview,
    raster::Canvas,
    screen::{Approval, CaptureView, Code, Refusal, Screen},
    screens::{self, View},
    theme::{Scheme, Theme},
    words::{Language, Words},
};
use countenance_client::{
    doctor::{Check, Finding, Fix, State as Health},
    flow::{CodeStep, CodeTrouble, Remedy},
    runner::{ApprovalTrouble, CameraErrorKind, Command, ConsentRequest},
    settings::{Key, Managed, Settings, SettingsInUse, Theme as Appearance},
};
use countenance_core::{
    frame::Frame,
    liveness::{Inconclusive, Verdict},
    protocol::{ApprovalCode, ApprovalRequest, Display, Fallback, Purpose, Reason},
    quality::Hint,
};

/// File name of a screen, and its state.
pub type Sample = (&'static str, State);

/// Settings of a rendering.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setting {
    /// Color scheme.
    pub scheme: Scheme,
    /// Language.
    pub language: Language,
    /// Text size, 100 to 200 percent.
    pub percent: u16,
}

/// Every screen, in the order in which users encounter them.
#[expect(clippy::too_many_lines, reason = "a list")]
pub fn samples() -> Vec<Sample> {
    let screen = |screen| State { screen, now: NOW, ..State::default() };
    let capture =
        |hint, gathered_ratio, at_millis| CaptureView { hint, gathered_ratio, at_millis, ..CaptureView::default() };
    let refusal = |reason| Screen::NotAccepted(Refusal { reason, attempts_left: 4, picture: sitter() });
    let page = |page| State { page, ..settled() };
    let by_code =
        |screen| State { screen, now: NOW, fallback: vec![Fallback::Sms, Fallback::Voice], ..State::default() };
    let among =
        |screen| State { screen, cameras: cameras(), failed_camera: Some("a".into()), now: NOW, ..State::default() };
    let chosen = |settings: Settings| State { settings: settings.into(), cameras: cameras(), ..page(Page::Settings) };
    let ready = |trouble| State { link_trouble: Some(trouble), ..screen(Screen::Ready) };
    vec![
        ("ready", screen(Screen::Ready)),
        ("ready-approve", State { screen: Screen::Ready, ..settled() }),
        ("approve-enter", screen(Screen::Approval(Approval::Enter { trouble: None }))),
        ("approve-form", approval_trouble(ApprovalTrouble::Form)),
        ("approve-refused", approval_trouble(ApprovalTrouble::Refused)),
        ("approve-too-many", approval_trouble(ApprovalTrouble::TooMany)),
        ("approve-network", approval_trouble(ApprovalTrouble::Network)),
        ("approve-broken", approval_trouble(ApprovalTrouble::Broken)),
        ("approve-waiting", screen(Screen::Approval(Approval::UnderWay { is_retrying: false }))),
        ("approve-ask", screen(Screen::Approval(Approval::Asks(Box::new(approval_request()))))),
        ("approve-done", screen(Screen::Approval(Approval::Approved))),
        ("ready-link-refused", ready(LinkTrouble::Verifier)),
        ("ready-settings-ignored", State { complaints: complaints(), ..screen(Screen::Ready) }),
        ("opening", screen(Screen::Opening)),
        ("consent", screen(Screen::Consent(consent_request(Purpose::Verify)))),
        (
            "consent-link-busy",
            State {
                link_trouble: Some(LinkTrouble::Busy),
                ..screen(Screen::Consent(consent_request(Purpose::Verify)))
            },
        ),
        ("enrol-intro", screen(Screen::Consent(consent_request(Purpose::Enroll)))),
        ("capture-starting", screen(Screen::Capture(CaptureView::default()))),
        ("capture-camera-came", screen(Screen::Capture(CaptureView::default()).because_a_camera_came())),
        ("capture-hint", screen(Screen::Capture(capture(Some(Hint::ComeCloser), 0.0, Some(2_000))))),
        ("capture-light", screen(Screen::Capture(capture(Some(Hint::UnevenLight), 0.3, Some(14_500))))),
        ("capture-progress", screen(Screen::Capture(capture(None, 0.66, Some(3_000))))),
        ("capture-longer", screen(Screen::Capture(capture(None, 0.94, Some(4_200))))),
        ("capture-cameras", among(Screen::Capture(capture(None, 0.66, Some(3_000))))),
        (
            "capture-recording",
            State { plays_recording: true, ..screen(Screen::Capture(capture(None, 1.0, Some(3_600)))) },
        ),
        (
            "capture-recording-parts",
            State {
                plays_recording: true,
                recording_misses_parts: true,
                ..screen(Screen::Capture(capture(None, 1.0, Some(3_600))))
            },
        ),
        ("camera-test", screen(Screen::Trying(capture(None, 1.0, Some(900))))),
        ("camera-test-cameras", among(Screen::Trying(capture(Some(Hint::ComeCloser), 0.0, Some(900))))),
        ("camera-denied", screen(camera(CameraErrorKind::Denied))),
        ("camera-busy", screen(camera(CameraErrorKind::Busy))),
        ("camera-absent", screen(camera(CameraErrorKind::Absent))),
        ("camera-libcamera", screen(camera(CameraErrorKind::NeedsLibcamera))),
        ("camera-denied-by-desktop", screen(camera(CameraErrorKind::DeniedByDesktop))),
        ("camera-asking", screen(camera(CameraErrorKind::Asking))),
        ("camera-portal", screen(camera(CameraErrorKind::NoPortal))),
        ("camera-unsupported", screen(camera(CameraErrorKind::Unsupported))),
        ("camera-lost", screen(camera(CameraErrorKind::Lost))),
        ("camera-stalled", screen(camera(CameraErrorKind::Stalled))),
        ("camera-not-pinned", screen(camera(CameraErrorKind::NotPinned))),
        ("camera-slow", screen(camera(CameraErrorKind::TooSlow))),
        ("camera-black", screen(camera(CameraErrorKind::Black))),
        ("camera-frozen", screen(camera(CameraErrorKind::Frozen))),
        ("camera-monochrome", screen(camera(CameraErrorKind::Monochrome))),
        ("camera-clock", screen(camera(CameraErrorKind::TimeBackwards))),
        ("camera-not-allowed", screen(camera(CameraErrorKind::Virtual))),
        ("camera-recording", screen(camera(CameraErrorKind::Recording))),
        ("camera-absent-or-code", by_code(camera(CameraErrorKind::Absent))),
        ("camera-busy-or-another", among(camera(CameraErrorKind::Busy))),
        (
            "camera-slow-or-another-or-code",
            State { fallback: vec![Fallback::Sms], ..among(camera(CameraErrorKind::TooSlow)) },
        ),
        ("cannot-tell", screen(Screen::CannotTell(Inconclusive::TimeOver))),
        ("cannot-tell-or-code", by_code(Screen::CannotTell(Inconclusive::TimeOver))),
        ("cannot-tell-unsure", screen(unsure())),
        ("cannot-tell-unsure-or-code", by_code(unsure())),
        ("not-accepted-no-match", screen(refusal(Reason::NoMatch))),
        ("not-accepted-not-live", screen(refusal(Reason::NotLive))),
        ("not-accepted-or-code", by_code(refusal(Reason::NoMatch))),
        ("code-choose", by_code(code(CodeStep::Choose, None))),
        ("code-waiting", by_code(waiting())),
        ("code-enter", State { resend_secs: 23, ..by_code(code(CodeStep::Sent { attempts_left: 5 }, Some(5))) }),
        ("code-wrong", by_code(code(CodeStep::Wrong { attempts_left: 4 }, Some(4)))),
        ("code-not-sent-refused", by_code(code(CodeStep::NotSent(CodeTrouble::Refused), None))),
        ("code-not-sent-later", by_code(code(CodeStep::NotSent(CodeTrouble::Later), None))),
        ("code-not-sent-again", by_code(code(CodeStep::NotSent(CodeTrouble::Later), Some(5)))),
        ("code-not-checked-refused", by_code(code(CodeStep::NotChecked(CodeTrouble::Refused), Some(5)))),
        ("code-not-checked-later", by_code(code(CodeStep::NotChecked(CodeTrouble::Later), Some(5)))),
        ("sending", screen(Screen::Sending { retrying: false })),
        ("sending-retrying", screen(Screen::Sending { retrying: true })),
        ("done", screen(Screen::Done(Purpose::Verify))),
        ("done-enrolled", screen(Screen::Done(Purpose::Enroll))),
        ("refused-cancelled", screen(Screen::Refused(Reason::Cancelled))),
        ("refused-not-me", screen(Screen::Refused(Reason::NotMe))),
        ("refused-too-many", screen(Screen::Refused(Reason::TooManyAttempts))),
        ("failed-login-again", screen(Screen::Failed(Remedy::LoginAgain))),
        ("failed-network", screen(Screen::Failed(Remedy::CheckNetwork))),
        ("failed-approve", screen(Screen::Failed(Remedy::ApproveDevice))),
        ("failed-approve-code", State { approval: Some(offered()), ..screen(Screen::Failed(Remedy::ApproveDevice)) }),
        ("failed-update", screen(Screen::Failed(Remedy::Update))),
        ("failed-clock", screen(Screen::Failed(Remedy::SetClock { ahead_secs: -360 }))),
        ("failed-operator", screen(Screen::Failed(Remedy::TellOperator))),
        ("settings", page(Page::Settings)),
        (
            "settings-camera",
            chosen(Settings {
                camera: Some("b".into()),
                camera_turn_deg: 90,
                camera_testing: true,
                ..Settings::default()
            }),
        ),
        (
            "settings-camera-pinned",
            chosen(Settings { camera: Some("x".into()), camera_pinned: true, ..Settings::default() }),
        ),
        (
            "settings-managed",
            State { settings: managed(), cameras: cameras(), complaints: complaints(), ..page(Page::Settings) },
        ),
        ("settings-font-missing", State { font_missing: true, ..page(Page::Settings) }),
        ("diagnostics", page(Page::Diagnostics)),
        ("about", page(Page::About)),
    ]
}

/// A long capture without a decision.
fn unsure() -> Screen {
    let (nets, cues, per_frame) = (Vec::new(), Vec::new(), Vec::new());
    Screen::CannotTell(Inconclusive::Undecided(Verdict {
        fused: 0.4,
        support_max: None,
        threshold: 1.2,
        nets,
        cues,
        per_frame,
    }))
}

/// Renders a screen at its window size, one pixel per point.
pub fn picture(state: &State, setting: Setting) -> RgbaImage {
    let mut canvas = Canvas::new();
    let (output, ctx, theme) = drawn(state, setting, &mut canvas);
    let size = theme.window();
    let primitives = ctx.tessellate(output.shapes, output.pixels_per_point);
    canvas.paint([size.x as u32, size.y as u32], 1.0, &primitives, theme.tokens.background)
}

/// The accessibility tree of a screen, and the window size in points.
pub fn accessible(state: &State, setting: Setting) -> (Vec<accesskit::Node>, [f32; 2]) {
    let (output, _, theme) = drawn(state, setting, &mut Canvas::new());
    let nodes = output.platform_output.accesskit_update.map(|update| update.nodes).unwrap_or_default();
    (nodes.into_iter().map(|(_, node)| node).collect(), theme.window().into())
}

/// As [`accessible`], for every sample, in one window: as for somebody who goes from screen to screen. Its glyphs, which
/// take most of the time, are rendered once.
pub fn accessible_each(setting: Setting, mut see: impl FnMut(&str, &[accesskit::Node], [f32; 2])) {
    let (mut canvas, theme, samples) = (Canvas::new(), theme_of(setting), samples());
    let ctx = prepared(setting);
    for (name, state) in &samples {
        let output = draw_on(&ctx, state, setting, &mut canvas);
        let nodes = output.platform_output.accesskit_update.map(|update| update.nodes).unwrap_or_default();
        let nodes: Vec<_> = nodes.into_iter().map(|(_, node)| node).collect();
        see(name, &nodes, theme.window().into());
    }
}

fn drawn(state: &State, setting: Setting, canvas: &mut Canvas) -> (egui::FullOutput, Context, Theme) {
    let ctx = prepared(setting);
    (draw_on(&ctx, state, setting, canvas), ctx, theme_of(setting))
}

fn theme_of(setting: Setting) -> Theme {
    Theme::new(setting.scheme, setting.percent, true)
}

/// A window without a screen.
fn prepared(setting: Setting) -> Context {
    let ctx = Context::default();
    ctx.enable_accesskit();
    fonts::install(&ctx, setting.language);
    theme_of(setting).apply(&ctx);
    ctx
}

/// Draws a screen until its layout is stable.
fn draw_on(ctx: &Context, state: &State, setting: Setting, canvas: &mut Canvas) -> egui::FullOutput {
    let (theme, mut output) = (theme_of(setting), egui::FullOutput::default());
    let language = if state.font_missing { Language::En } else { setting.language };
    let (words, mut preview) = (Words::new(language), Preview::default());
    let own = match &state.screen {
        Screen::NotAccepted(refusal) => refusal.picture.clone(),
        Screen::Capture(capture) if capture.at_millis.is_none() => None,
        screen => screen.shows_preview().then(sitter).flatten(),
    };
    preview.take(ctx, own.as_ref());
    for _ in 0..3 {
        let screen_rect = Some(Rect::from_min_size(egui::Pos2::ZERO, theme.window()));
        output = ctx.run_ui(RawInput { screen_rect, ..RawInput::default() }, |ui| {
            let view = View { words: &words, theme: &theme, state, preview: &preview };
            screens::show(ui, &view, &mut Draft::default());
        });
        canvas.apply(&output.textures_delta);
        output.textures_delta.clear();
    }
    output
}

/// A contact sheet: images side by side with margins.
pub fn sheet(pictures: &[RgbaImage], columns: usize) -> RgbaImage {
    const GAP: u32 = 16;
    let (width, height) = pictures.iter().fold((1, 1), |(w, h), p| (p.width().max(w), p.height().max(h)));
    let rows = pictures.len().div_ceil(columns.max(1)) as u32;
    let size = ((width + GAP) * columns as u32 + GAP, (height + GAP) * rows + GAP);
    let mut sheet = RgbaImage::from_pixel(size.0, size.1, image::Rgba([128, 136, 140, 255]));
    for (i, picture) in pictures.iter().enumerate() {
        let (column, row) = ((i % columns.max(1)) as u32, (i / columns.max(1)) as u32);
        let at = (GAP + column * (width + GAP), GAP + row * (height + GAP));
        image::imageops::replace(&mut sheet, picture, i64::from(at.0), i64::from(at.1));
    }
    sheet
}

pub(super) const NOW: i64 = 1_790_000_000;

fn camera(fault: CameraErrorKind) -> Screen {
    Screen::Camera { fault, login: true }
}

pub(super) fn cameras() -> Vec<CameraEntry> {
    let camera = |id: &str, name: &str, stands_in| CameraEntry { id: id.into(), name: name.into(), stands_in };
    vec![camera("a", "HD Webcam", false), camera("b", "HD Webcam", false), camera("c", "OBS Virtual Camera", true)]
}

fn code(step: CodeStep, attempts_left: Option<u32>) -> Screen {
    let channel = Some(Fallback::Sms);
    Screen::Code(Code { step, channel, attempts_left, is_under_way: false, is_retrying: false })
}

fn waiting() -> Screen {
    code(CodeStep::Choose, None).commanded(Command::SendCode(Fallback::Sms))
}

pub(super) fn consent_request(purpose: Purpose) -> ConsentRequest {
    ConsentRequest {
        display: Display {
            application: "Payroll".into(),
            tenant: "login.example.com".into(),
            account: "a•••@example.com".into(),
            started_at: NOW - 130,
        },
        purpose,
        fallback: Vec::new(),
        attempts_left: 5,
        expires_at: NOW + 600,
    }
}

fn approval_trouble(trouble: ApprovalTrouble) -> State {
    let screen = Screen::Approval(Approval::Enter { trouble: Some(trouble) });
    State { screen, now: NOW, ..State::default() }
}

fn approval_request() -> ApprovalRequest {
    ApprovalRequest {
        display: consent_request(Purpose::Verify).display,
        device_id: "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k".into(),
        device_name: "countenance 0.1.0+3f9c21d".into(),
        requested_at: NOW - 70,
    }
}

fn offered() -> Offered {
    Offered { code: ApprovalCode::from_bytes([0x3a, 0x6e, 0x24, 0xf5, 0xb9]), expires_at: NOW + 560 }
}

pub(super) fn settled() -> State {
    let finding = |check, state, detail: &str, fix| Finding { check, state, detail: detail.into(), fix };
    State {
        verifiers: vec!["https://verify.example.com".into()],
        models: vec!["YuNet: MIT".into()],
        findings: Some(vec![
            finding(Check::Graphics, Health::Good, "OpenGL 4.5", None),
            finding(Check::Camera, Health::Attention, "no /dev/video*", Some(Fix::ConnectCamera)),
            finding(Check::Verifier, Health::Unknown, "https://verify.example.com", None),
        ]),
        now: NOW,
        ..State::default()
    }
}

/// A drawn head in front of a wall, showing no real person. Always `Some`: the size is valid by construction.
pub fn sitter() -> Option<Frame> {
    // Drawn once: windows ask for it with every picture they paint.
    static SITTER: LazyLock<Option<Frame>> = LazyLock::new(draw_sitter);
    SITTER.clone()
}

fn draw_sitter() -> Option<Frame> {
    const WIDTH: u32 = 640;
    const HEIGHT: u32 = 480;
    let inside =
        |x: f32, y: f32, cx: f32, cy: f32, rx: f32, ry: f32| ((x - cx) / rx).powi(2) + ((y - cy) / ry).powi(2) <= 1.0;
    let pixel = |i: u32| -> [u8; 3] {
        let (x, y) = ((i % WIDTH) as f32, (i / WIDTH) as f32);
        let shade = 1.0 - (x - 250.0).abs() / 900.0;
        let colour: [f32; 3] = match () {
            () if inside(x, y, 275.0, 225.0, 13.0, 8.0) || inside(x, y, 365.0, 225.0, 13.0, 8.0) => [40.0, 34.0, 32.0],
            () if inside(x, y, 320.0, 318.0, 34.0, 8.0) => [168.0, 92.0, 84.0],
            () if inside(x, y, 320.0, 250.0, 96.0, 128.0) => [214.0, 168.0, 140.0],
            () if inside(x, y, 320.0, 205.0, 112.0, 125.0) => [70.0, 52.0, 44.0],
            () if inside(x, y, 320.0, 520.0, 210.0, 150.0) => [58.0, 92.0, 110.0],
            () => [196.0, 204.0, 200.0],
        };
        colour.map(|v| (v * shade) as u8)
    };
    let rgb = (0..WIDTH * HEIGHT).flat_map(pixel).collect();
    Frame::new(WIDTH, HEIGHT, rgb, 0, Duration::ZERO).ok()
}

/// File name: screen, color scheme, language, text size.
pub fn file_name(sample: &str, setting: Setting) -> String {
    format!("{sample}.{}.{}.{}.png", setting.scheme.name(), setting.language.tag(), setting.percent)
}

/// Languages rendered: a short one, a long one, and two that need system fonts.
pub const LANGUAGES: [Language; 4] = [Language::En, Language::De, Language::Ar, Language::Ja];

/// Settings of which an administrator decides what a window shows.
fn managed() -> SettingsInUse {
    let values = Settings { camera: Some("b".into()), theme: Appearance::Dark, ..Settings::default() };
    let keys = [Key::Camera, Key::CameraTurn, Key::CameraMirrored, Key::Language, Key::Theme, Key::TextPercent];
    let keys = keys.into_iter().chain([Key::ReducedMotion, Key::Verifiers]);
    SettingsInUse::new(Settings::default(), Managed::deciding("/etc/countenance/settings.toml", keys, values))
}

/// A bad line of the settings, and settings that cannot be used: the user's, and those of the organization.
fn complaints() -> Vec<SettingsComplaint> {
    let (path, fault) =
        ("/home/zoe/.config/countenance/settings.toml".to_owned(), "any user can write to it".to_owned());
    let line = "text_percent is not a whole number from 100 to 200".to_owned();
    let (place, value) =
        ("/etc/countenance/settings.toml".to_owned(), "verifier is not a setting that this version knows".to_owned());
    vec![
        SettingsComplaint::Managed { place: place.clone(), fault: fault.clone() },
        SettingsComplaint::ManagedValue { place: format!("{place}, line 3"), fault: value },
        SettingsComplaint::Line { path: path.clone(), line: 3, fault: line },
        SettingsComplaint::File { path, fault },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_camera_failure_has_a_sample() {
        let faults: Vec<_> = samples()
            .into_iter()
            .filter_map(|(_, state)| if let Screen::Camera { fault, .. } = state.screen { Some(fault) } else { None })
            .collect();
        for kind in CameraErrorKind::ALL {
            // Kinds that look the same share a sample.
            let shown = |fault: &CameraErrorKind| screens::camera::messages(*fault) == screens::camera::messages(kind);
            assert!(faults.iter().any(shown), "{kind:?} has no sample");
        }
    }
}
