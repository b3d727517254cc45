//! Camera hotplug, and the choice of camera.

use countenance_camera::CameraError;
use countenance_client::{dry_run, settings::Settings};
use eframe::egui::{
    Key,
    accesskit::{Live, Role},
};
use egui_kittest::kittest::{NodeT, Queryable};

use super::{
    CameraFailure,
    driver::Window,
    english,
    test_env::{Camera, Script},
};

const WAITS: &str = "Hold still";

fn sign_in(cameras: Vec<Camera>, settings: Settings) -> Window {
    Window::open(Script { cameras, ..Script::default() }, Some(dry_run::LINK), settings, None)
}

fn pinned() -> Settings {
    Settings { camera: Some("Desk".into()), camera_pinned: true, ..english() }
}

/// The id of the last chosen camera.
fn chosen(window: &Window) -> Option<String> {
    window.env.chosen.lock().unwrap().last().unwrap().camera.clone()
}

#[test]
fn a_newly_connected_camera_is_tried_and_announced() {
    let rows: [(CameraFailure, &str, &[&str], &[&str]); 5] = [
        (|| CameraError::Absent, "No camera found", &[], &["Desk"]),
        (|| CameraError::NotPinned, "The right camera is missing", &["Lid"], &["Desk", "Lid"]),
        (|| CameraError::Busy, "The camera is in use", &["Desk"], &["Desk", "Lid"]),
        (|| CameraError::Stalled, "The camera does not answer", &["Desk"], &["Desk", "Lid"]),
        (|| CameraError::Frozen, "The picture stands still", &["Desk"], &["Desk", "Lid"]),
    ];
    for (error, title, before, after) in rows {
        let settings = if title.contains("right") { pinned() } else { english() };
        let mut window = sign_in(vec![Camera::FailsToOpen(error), Camera::OpensLate], settings);
        window.env.plug(before);
        window.press("Begin").see(title).cameras(before.len());
        // Polling again finds the same cameras.
        window.harness.run_steps(3);
        assert!(window.shows(title), "{title}: no retry without a new camera");
        window.env.plug(after);
        window.see("A camera is there. Trying again.");
        let said = window.harness.query_all_by_label("A camera is there. Trying again.");
        assert!(said.into_iter().any(|node| node.accesskit_node().live() != Live::Off), "{title}");
        window.env.go_on();
        window.see("It is you");
    }
}

#[test]
fn capture_resumes_when_an_unplugged_camera_is_back() {
    for is_seen in [true, false] {
        let mut window = sign_in(vec![Camera::FailsOnSignal(|| CameraError::Lost), Camera::Streams], english());
        window.env.plug(&["Desk"]);
        window.press("Begin").see(WAITS).cameras(1);
        if is_seen {
            window.env.plug(&[]);
            window.cameras(0);
        }
        window.env.go_on();
        if is_seen {
            window.see("The camera was unplugged");
            window.env.plug(&["Desk"]);
        }
        window.see("It is you");
    }
}

#[test]
fn the_camera_test_resumes_when_a_camera_is_connected() {
    let cameras = vec![Camera::FailsToOpen(|| CameraError::Absent), Camera::Waits];
    let mut window = Window::open(Script { cameras, ..Script::default() }, None, english(), None);
    window.press("Try the camera").see("No camera found");
    window.env.plug(&["Desk"]);
    window.see("You are well placed").press("Back");
    window.env.go_on();
    window.see("Ready when you are");
}

#[test]
fn another_camera_is_chosen_from_the_menu_and_remembered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.toml");
    let mut window = sign_in(vec![Camera::Waits], english());
    window.harness.state_mut().keep_settings_at(path.clone());
    window.env.plug(&["Desk", "Lid"]);
    window.press("Begin").see(WAITS).press("Camera").see("Desk").press("Lid");
    assert_eq!(window.env.chosen.lock().unwrap().len(), 2, "once at the start, once now");
    assert_eq!(chosen(&window).as_deref(), Some("Lid"));
    assert_eq!(Settings::load(&path).unwrap().settings.camera.as_deref(), Some("Lid"));
    window.env.go_on();
    window.see("It is you");
}

#[test]
fn the_camera_menu_works_by_keyboard_and_escape_closes_only_the_menu() {
    let mut window = sign_in(vec![Camera::Waits], english());
    window.env.plug(&["Desk", "Lid"]);
    window.press("Begin").see("Camera");
    let tab_to = |window: &mut Window, name: &str| {
        for _ in 0..8 {
            window.key(Key::Tab);
            if window.harness.query_all_by_label(name).any(|node| node.is_focused()) {
                return;
            }
        }
        panic!("Tab does not reach {name}: {:#?}", window.harness.root());
    };
    tab_to(&mut window, "Camera");
    window.key(Key::Enter).see("Lid").key(Key::Escape);
    window.until("no menu", |h| h.query_all_by_label("Lid").next().is_none()).see(WAITS);
    window.key(Key::Enter).see("Lid");
    tab_to(&mut window, "Lid");
    window.key(Key::Enter);
    assert_eq!(chosen(&window).as_deref(), Some("Lid"));
    window.env.go_on();
    window.see("It is you");
}

#[test]
fn another_camera_is_offered_when_one_fails() {
    let mut window = sign_in(vec![Camera::FailsToOpen(|| CameraError::Busy), Camera::Streams], english());
    window.env.plug(&["Desk", "Lid", "Shelf"]);
    window.press("Begin").see("The camera is in use").press("Use another camera").see("Lid").see("Shelf");
    assert!(!window.shows("Desk"), "the failed camera is not offered");
    window.press("Shelf").see("It is you");
    assert_eq!(chosen(&window).as_deref(), Some("Shelf"));
}

#[test]
fn a_single_camera_offers_no_choice() {
    let mut window = sign_in(vec![Camera::FailsToOpen(|| CameraError::Busy), Camera::Waits], english());
    window.env.plug(&["Desk"]);
    window.press("Begin").see("The camera is in use").cameras(1);
    assert!(!window.shows("Use another camera"));
    window.press("Try again").see(WAITS).cameras(1);
    assert!(!window.shows("Camera"));
    window.env.go_on();
    window.see("It is you");
}

#[test]
fn a_pinned_camera_offers_no_choice() {
    let mut window = sign_in(vec![Camera::FailsToOpen(|| CameraError::Busy), Camera::Waits], pinned());
    window.env.plug(&["Desk", "Lid"]);
    window.press("Begin").see("The camera is in use").cameras(2);
    assert!(!window.shows("Use another camera"));
    window.press("Try again").see(WAITS).cameras(2);
    assert!(!window.shows("Camera"));
    window.env.go_on();
    window.see("It is you");
    let mut window = Window::open(Script::default(), None, pinned(), None);
    window.env.plug(&["Desk", "Lid"]);
    window.press("Settings").cameras(2);
    window.see("This computer uses only this camera. Whoever looks after it can change that in the settings file.");
    let list = window.harness.get_by_role_and_label(Role::ComboBox, "Camera");
    assert!(list.accesskit_node().is_disabled() && list.value().as_deref() == Some("Desk"));
}

#[test]
fn rotation_and_mirroring_are_passed_on_and_test_mode_is_disclosed() {
    let settings = Settings { camera_testing: true, ..english() };
    let mut window = Window::open(Script::default(), None, settings, None);
    window.env.plug(&["Desk", "Lid"]);
    window.press("Settings").cameras(2);
    window.see("For tests, software may stand in for the camera here. Each login tells of it.");
    window.press("Text size").press("125 %");
    assert_eq!(window.env.chosen.lock().unwrap().len(), 1, "the camera settings did not change");
    window.press("Camera").see("Desk").press("Lid");
    window.press("Turn the picture clockwise").press("90°").press("The camera swaps left and right");
    let last = window.env.chosen.lock().unwrap().last().unwrap().clone();
    assert_eq!(last.camera.as_deref(), Some("Lid"));
    assert_eq!((last.camera_turn_deg, last.camera_mirrored, last.camera_testing), (90, true, true));
}

#[test]
fn staying_ready_is_asked_of_the_desktop_and_says_why_if_that_fails() {
    let mut window = Window::open(Script::default(), None, english(), None);
    window.press("Settings").press("Stay ready in the background").press("Stay ready in the background");
    assert_eq!(*window.env.at_login.lock().unwrap(), [true, false]);
    window.press("Less motion");
    assert_eq!(window.env.at_login.lock().unwrap().len(), 2, "nothing about it has changed");
    let script = Script { autostart: Some("could not write the desktop entry"), ..Script::default() };
    let mut window = Window::open(script, None, english(), None);
    window.press("Settings").press("Stay ready in the background").see("could not write the desktop entry");
    assert!(window.shows("The settings could not be saved."));
}

#[test]
fn a_save_that_fails_says_why() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    let path = folder.path().join("file/settings.toml");
    let mut window = Window::open(Script::default(), None, english(), None);
    window.harness.state_mut().keep_settings_at(path.clone());
    window.press("Settings").press("Less motion").see("The settings could not be saved.");
    let why = window.harness.state().state().not_saved.clone().unwrap();
    assert!(why.contains(path.to_str().unwrap()) && why.contains("Not a directory"), "{why}");
    assert!(window.shows(&why), "it is on the page, not only in the log");
}
