//! The native window, drawn with OpenGL.

use eframe::{
    EventLoopBuilderHook, NativeOptions,
    egui::{IconData, ViewportBuilder},
};

use super::{
    App, AppContext,
    theme::{Scheme, Theme, WINDOW_MIN},
};
use countenance_client::display::{self, Backend, NoDisplay};

/// Icon of window and taskbar.
const ICON: &[u8] = include_bytes!("../../assets/icon/countenance-128.png");
/// Application id on the desktop: the name of the desktop file.
const APP_ID: &str = "countenance";

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
pub enum WindowError {
    /// There is no display.
    #[error(transparent)]
    NoDisplay(#[from] NoDisplay),
    /// The toolkit could not open a window. Its own message names a file of the computer on which it was built.
    #[error("cannot open the window: {}", without_place(&.0.to_string()))]
    Toolkit(eframe::Error),
}

/// The display for the window.
pub fn backend() -> Result<Backend, NoDisplay> {
    display::probe_this_process()
}

/// Opens the window and runs it until it closes.
pub fn open(context: AppContext) -> Result<(), WindowError> {
    run(move |ctx| App::new(ctx, context))
}

/// Opens a window over the whole screen, without decorations, for the application that `make` creates, and runs it until
/// it closes. May be called again and again on the same thread.
pub(super) fn run_over_screen<A: eframe::App + 'static>(
    make: impl FnOnce(&eframe::egui::Context) -> A,
) -> Result<(), WindowError> {
    let viewport = ViewportBuilder::default().with_fullscreen(true).with_decorations(false).with_resizable(false);
    run_in(viewport, false, make)
}

/// Opens a window for the application that `make` creates, and runs it until it closes.
pub fn run<A: eframe::App + 'static>(make: impl FnOnce(&eframe::egui::Context) -> A) -> Result<(), WindowError> {
    let size = Theme::new(Scheme::Light, 100, false).window();
    run_in(ViewportBuilder::default().with_inner_size(size).with_min_inner_size(WINDOW_MIN), true, make)
}

fn run_in<A: eframe::App + 'static>(
    viewport: ViewportBuilder,
    centered: bool,
    make: impl FnOnce(&eframe::egui::Context) -> A,
) -> Result<(), WindowError> {
    let backend = backend()?;
    let mut viewport = viewport.with_title("Countenance").with_app_id(APP_ID);
    if let Some(icon) = icon() {
        viewport = viewport.with_icon(icon);
    }
    let options =
        NativeOptions { viewport, centered, event_loop_builder: event_loop(backend), ..NativeOptions::default() };
    eframe::run_native("countenance", options, Box::new(|cc| Ok(Box::new(make(&cc.egui_ctx)))))
        .map_err(WindowError::Toolkit)
}

/// Tells the toolkit to use X11 where Wayland does not answer: it would go by the variable alone, and give up.
#[cfg(target_os = "linux")]
fn event_loop(backend: Backend) -> Option<EventLoopBuilderHook> {
    use winit::platform::x11::EventLoopBuilderExtX11;
    let with_x11: EventLoopBuilderHook = Box::new(|builder| {
        builder.with_x11();
    });
    (backend == Backend::X11).then_some(with_x11)
}

#[cfg(not(target_os = "linux"))]
fn event_loop(_: Backend) -> Option<EventLoopBuilderHook> {
    None
}

/// `text` without the source file in it: `os error at /build/winit/src/x.rs:1: no display`.
fn without_place(text: &str) -> String {
    let is_place = |word: &str| word.contains(".rs:") && word.contains(['/', '\\']);
    let words: Vec<_> = text.split_whitespace().collect();
    let kept = words.iter().enumerate().filter(|(i, word)| {
        let next_is_place = words.get(i + 1).is_some_and(|next| is_place(next));
        let introduces_place = **word == "at" && next_is_place;
        !is_place(word) && !introduces_place
    });
    kept.map(|(_, word)| *word).collect::<Vec<_>>().join(" ")
}

fn icon() -> Option<IconData> {
    let picture = image::load_from_memory_with_format(ICON, image::ImageFormat::Png).ok()?.into_rgba8();
    let (width, height) = picture.dimensions();
    Some(IconData { rgba: picture.into_raw(), width, height })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_no_file_of_a_build() {
        for (text, expected) in [
            (
                "winit EventLoopError: os error at /root/.cargo/registry/src/x/winit-0.30/src/p.rs:757: no display",
                "winit EventLoopError: os error no display",
            ),
            ("nothing to leave out: at home", "nothing to leave out: at home"),
        ] {
            assert_eq!(without_place(text), expected);
        }
    }
}
