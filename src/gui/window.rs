//! The native window, drawn with OpenGL.

use eframe::{
    NativeOptions,
    egui::{IconData, ViewportBuilder},
};

use super::{
    App, AppContext,
    theme::{Scheme, Theme, WINDOW_MIN},
};

/// Icon of window and taskbar.
const ICON: &[u8] = include_bytes!("../../assets/icon/countenance-128.png");
/// Application id on the desktop: the name of the desktop file.
const APP_ID: &str = "countenance";

/// Opens the window and runs it until it closes.
pub fn open(context: AppContext) -> eframe::Result {
    run(move |ctx| App::new(ctx, context))
}

/// Opens a window for the application that `make` creates, and runs it until it closes.
pub fn run<A: eframe::App + 'static>(make: impl FnOnce(&eframe::egui::Context) -> A) -> eframe::Result {
    let size = Theme::new(Scheme::Light, 100, false).window();
    let mut viewport = ViewportBuilder::default()
        .with_title("Countenance")
        .with_app_id(APP_ID)
        .with_inner_size(size)
        .with_min_inner_size(WINDOW_MIN);
    if let Some(icon) = icon() {
        viewport = viewport.with_icon(icon);
    }
    let options = NativeOptions { viewport, centered: true, ..NativeOptions::default() };
    eframe::run_native("countenance", options, Box::new(|cc| Ok(Box::new(make(&cc.egui_ctx)))))
}

fn icon() -> Option<IconData> {
    let picture = image::load_from_memory_with_format(ICON, image::ImageFormat::Png).ok()?.into_rgba8();
    let (width, height) = picture.dimensions();
    Some(IconData { rgba: picture.into_raw(), width, height })
}
