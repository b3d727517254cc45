//! Every screen in every language and text size: its accessibility tree, and that nothing is drawn outside the window.

use countenance_gui::{
    catalogue::{self, Setting},
    theme::Scheme,
    words::{Language, Words},
};
use eframe::egui::accesskit::{Node, Role};

fn each(check: impl Fn(&str, Setting, &[Node], [f32; 2])) {
    for language in Language::ALL {
        for percent in [100, 200] {
            let setting = Setting { scheme: Scheme::Light, language, percent };
            catalogue::accessible_each(setting, |name, nodes, size| {
                check(&format!("{name}, {} at {percent} %", language.tag()), setting, nodes, size);
            });
        }
    }
}

#[test]
fn every_control_has_a_name_and_every_screen_a_title() {
    each(|at, _, nodes, _| {
        let named = |node: &Node| node.label().or(node.value()).is_some_and(|name| !name.trim().is_empty());
        let needs = [Role::Button, Role::TextInput, Role::CheckBox, Role::ComboBox, Role::Image, Role::Heading];
        for node in nodes.iter().filter(|node| needs.contains(&node.role())) {
            assert!(named(node), "{at}: a {:?} without a name", node.role());
        }
        let titles = nodes.iter().filter(|node| node.role() == Role::Heading).count();
        assert!((1..=2).contains(&titles), "{at}: {titles} titles");
        assert!(nodes.iter().any(|node| node.role() == Role::Button), "{at}: no button");
    });
}

#[test]
fn nothing_extends_past_the_sides_of_the_window() {
    each(|at, _, nodes, [width, _]| {
        for node in nodes {
            let Some(bounds) = node.bounds() else { continue };
            let inside = bounds.x0 >= -0.5 && bounds.x1 <= f64::from(width) + 0.5;
            assert!(inside, "{at}: {:?} {:?} from {} to {}", node.role(), node.label(), bounds.x0, bounds.x1);
        }
    });
}

#[test]
fn buttons_below_the_content_fit_in_the_window() {
    each(|at, _, nodes, [_, height]| {
        let lowest = nodes.iter().filter(|n| n.role() == Role::Button).filter_map(Node::bounds).map(|b| b.y1);
        let lowest = lowest.fold(0.0, f64::max);
        assert!(lowest <= f64::from(height) || at.starts_with("settings") || at.starts_with("ready"), "{at}: {lowest}");
    });
}

#[test]
fn screens_that_change_on_their_own_have_live_regions() {
    for (name, state) in catalogue::samples() {
        let quiet = [
            "ready",
            "ready-approve",
            "ready-settings-ignored",
            "settings",
            "settings-camera",
            "settings-camera-pinned",
            "settings-managed",
            "settings-font-missing",
            "diagnostics",
            "about",
        ];
        let setting = Setting { scheme: Scheme::Light, language: Language::En, percent: 100 };
        let (nodes, _) = catalogue::accessible(&state, setting);
        let live = nodes.iter().filter(|node| node.live().is_some()).count();
        assert_eq!(live > 0, !quiet.contains(&name), "{name}: {live} live regions");
    }
}

/// What was ignored is said at the start, and where people look for settings.
#[test]
fn start_and_settings_name_what_was_ignored() {
    for language in Language::ALL {
        let setting = Setting { scheme: Scheme::Light, language, percent: 100 };
        for (name, state) in catalogue::samples() {
            let (nodes, _) = catalogue::accessible(&state, setting);
            let texts: Vec<_> = nodes.iter().filter_map(|node| node.label().or(node.value())).collect();
            let shows = |part: &str| texts.iter().any(|text| text.contains(part));
            let expected = ["ready-settings-ignored", "settings-managed"].contains(&name);
            for part in ["verifier is not a setting that this version knows", "text_percent is not a whole number"] {
                assert_eq!(shows(part), expected, "{name} in {}: {texts:?}", language.tag());
            }
        }
    }
}

/// The window explains why a capture takes longer, and what to do when it was inconclusive.
#[test]
fn an_inconclusive_capture_says_so_and_gives_advice() {
    for language in Language::ALL {
        let setting = Setting { scheme: Scheme::Light, language, percent: 100 };
        let words = Words::new(language);
        let shows = |sample: &str, id: &str| {
            let (_, state) = catalogue::samples().into_iter().find(|(name, _)| *name == sample).unwrap();
            let sentence = words.say(id);
            let said = |text: Option<&str>| text.is_some_and(|text| text.contains(&sentence));
            let (nodes, _) = catalogue::accessible(&state, setting);
            nodes.iter().any(|node| said(node.label()) || said(node.value()))
        };
        let rows = [
            ("capture-progress", "hint-hold-still", true),
            ("capture-progress", "hint-almost-there", false),
            ("capture-longer", "hint-almost-there", true),
            ("capture-longer", "hint-hold-still", false),
            ("cannot-tell", "cannot-tell-body", true),
            ("cannot-tell", "cannot-tell-move", false),
            ("cannot-tell-unsure", "cannot-tell-unsure", true),
            ("cannot-tell-unsure", "cannot-tell-move", true),
            ("cannot-tell-unsure", "cannot-tell-glasses", true),
            ("cannot-tell-unsure", "cannot-tell-distance", false),
            ("cannot-tell-unsure", "use-code", false),
            ("cannot-tell-unsure", "try-again", true),
            ("cannot-tell-unsure-or-code", "use-code", true),
        ];
        for (sample, id, expected) in rows {
            assert_eq!(shows(sample, id), expected, "{sample} and {id} in {}", language.tag());
        }
    }
}
