//! Every page of a kiosk in every language and text size, upright and lying: nothing is cut, everything can be touched, and
//! has a name.

use countenance_gui::{
    kiosk::samples::{self, KioskSample, KioskSetting, LANDSCAPE, PORTRAIT},
    theme::{KIOSK_TOUCH, Scheme},
    words::Language,
};
use eframe::egui::accesskit::{Node, Role};

/// Controls that a finger has to meet.
const TOUCHED: [Role; 4] = [Role::Button, Role::CheckBox, Role::ComboBox, Role::TextInput];

fn each(check: impl Fn(&str, &KioskSample, KioskSetting, &[Node])) {
    let samples = samples::samples();
    for language in Language::ALL {
        // The sizes in between where lines are short, long, and the other way round.
        let is_sample = matches!(language, Language::En | Language::De | Language::Ar);
        for percent in [100, 200, 400].into_iter().filter(|percent| is_sample || *percent != 200) {
            for size in [PORTRAIT, LANDSCAPE] {
                let setting = KioskSetting { scheme: Scheme::Light, language, percent, size, lower: false };
                samples::accessible_each(&samples, setting, |sample, nodes| {
                    let [width, height] = size;
                    let at = format!("{}, {} at {percent} %, {width}×{height}", sample.name, language.tag());
                    check(&at, sample, setting, nodes);
                });
            }
        }
    }
}

fn is_touched(node: &Node) -> bool {
    TOUCHED.contains(&node.role())
}

#[test]
fn nothing_is_cut_everything_has_a_name_and_a_finger_meets_it() {
    each(|at, sample, setting, nodes| {
        let [width, height] = setting.size.map(f64::from);
        let usable = if height > width { height * 0.95 } else { height };
        let is_operator = sample.name.starts_with("kiosk-operator") || sample.name == "kiosk-languages";
        for node in nodes {
            let Some(bounds) = node.bounds() else { continue };
            let who = format!("{at}: {:?} {:?}", node.role(), node.label().or(node.value()));
            assert!(bounds.x0 >= -0.5 && bounds.x1 <= width + 0.5, "{who} from {} to {}", bounds.x0, bounds.x1);
            if is_touched(node) {
                assert!(node.label().is_some_and(|label| !label.trim().is_empty()), "{who}: no name");
                let (wide, high) = (bounds.x1 - bounds.x0, bounds.y1 - bounds.y0);
                let touch = f64::from(KIOSK_TOUCH) - 0.5;
                assert!(wide >= touch && high >= touch, "{who} is {wide}×{high}");
                // What scrolls may go on below; what is at the bottom must not.
                assert!(is_operator || bounds.y1 <= usable + 0.5 || scrolls(sample), "{who} ends at {}", bounds.y1);
            }
        }
        let titles = nodes.iter().filter(|node| node.role() == Role::Heading).count();
        assert!((1..=2).contains(&titles), "{at}: {titles} titles");
        if !is_operator && !scrolls(sample) {
            nothing_overlaps(at, nodes);
        }
    });
}

fn nothing_overlaps(at: &str, nodes: &[Node]) {
    let touched: Vec<_> =
        nodes.iter().filter(|node| is_touched(node)).filter_map(|node| Some((node.label(), node.bounds()?))).collect();
    for (i, (a, one)) in touched.iter().enumerate() {
        for (b, other) in &touched[i + 1..] {
            let wide = one.x1.min(other.x1) - one.x0.max(other.x0);
            let high = one.y1.min(other.y1) - one.y0.max(other.y0);
            assert!(wide <= 1.0 || high <= 1.0, "{at}: {a:?} and {b:?} overlap");
        }
    }
}

/// Whether the page's keys are part of what scrolls.
fn scrolls(sample: &KioskSample) -> bool {
    ["kiosk-attend", "kiosk-code", "kiosk-pin"].iter().any(|page| sample.name.starts_with(page))
}

#[test]
fn the_keypad_runs_from_left_to_right_in_every_language() {
    let samples = samples::samples();
    let sample = samples.iter().find(|sample| sample.name == "kiosk-code-typed").unwrap();
    for language in Language::ALL {
        let at = language.tag();
        let setting = KioskSetting { scheme: Scheme::Light, language, percent: 400, size: LANDSCAPE, lower: false };
        let nodes = samples::accessible(sample, setting);
        let place = |name: &str| {
            let key = nodes.iter().find(|node| node.role() == Role::Button && node.label() == Some(name));
            key.and_then(Node::bounds).unwrap_or_else(|| panic!("{at}: no key {name}"))
        };
        let keys: Vec<_> = (0..10).map(|digit| place(&digit.to_string())).collect();
        for row in [[1, 2, 3], [4, 5, 6], [7, 8, 9]] {
            assert!(keys[row[0]].x1 < keys[row[1]].x0 && keys[row[1]].x1 < keys[row[2]].x0, "{at}: {row:?}");
        }
        assert!(keys[1].y1 < keys[4].y0 && keys[4].y1 < keys[7].y0 && keys[7].y1 < keys[0].y0, "{at}");
        let says_digits = nodes.iter().any(|node| node.label().or(node.value()).is_some_and(|l| l.contains("1 2 3")));
        assert!(!says_digits, "{at}: the code is not spoken");
    }
}

#[test]
fn pages_that_change_on_their_own_have_live_regions() {
    let quiet = ["kiosk-attract", "kiosk-languages", "kiosk-operator", "kiosk-operator-no-face", "kiosk-operator-idle"];
    let setting =
        KioskSetting { scheme: Scheme::Light, language: Language::En, percent: 100, size: PORTRAIT, lower: false };
    for sample in samples::samples() {
        let live = samples::accessible(&sample, setting).iter().filter(|node| node.live().is_some()).count();
        assert_eq!(live > 0, !quiet.contains(&sample.name.as_str()), "{}: {live} live regions", sample.name);
    }
}

#[test]
fn lower_moves_everything_down() {
    let setting =
        KioskSetting { scheme: Scheme::Light, language: Language::En, percent: 100, size: PORTRAIT, lower: false };
    for sample in samples::samples() {
        let top = |lower: bool| {
            let nodes = samples::accessible(&sample, KioskSetting { lower, ..setting });
            let shown = nodes.iter().filter(|node| node.role() == Role::Button || node.role() == Role::Heading);
            shown.filter_map(Node::bounds).map(|bounds| bounds.y0).fold(f64::MAX, f64::min)
        };
        let (upper, lower) = (top(false), top(true));
        assert!(lower - upper > 500.0, "{}: from {upper} to {lower}", sample.name);
    }
}

/// No way out of the kiosk for a visitor: no link field, no settings, no file, nothing about a browser or a computer.
#[test]
fn a_visitor_meets_only_what_is_for_them() {
    let setting =
        KioskSetting { scheme: Scheme::Light, language: Language::En, percent: 100, size: PORTRAIT, lower: false };
    for sample in samples::samples() {
        let is_operator = sample.name.starts_with("kiosk-operator");
        for node in samples::accessible(&sample, setting) {
            assert_ne!(node.role(), Role::TextInput, "{}", sample.name);
            let Some(said) = node.label().or(node.value()) else { continue };
            let foreign = ["browser", "computer", "Settings", "Diagnostics", "Close", "Use another camera"];
            let found = foreign.iter().find(|word| said.contains(**word));
            assert!(is_operator || found.is_none(), "{}: {said}", sample.name);
        }
    }
}
