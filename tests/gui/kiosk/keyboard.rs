//! A kiosk by keyboard alone: every control can be reached, in the order in which it is read, and does what it says.

use super::*;
use countenance_client::runner::Command;

/// What a page shows, and how it is reached from its window.
type Page = (&'static str, fn(&mut Kiosk));

/// The names of the controls in the order in which Tab reaches them, once around.
fn tab_order(kiosk: &mut Kiosk) -> Vec<String> {
    let mut order: Vec<String> = Vec::new();
    for _ in 0..60 {
        kiosk.key(Key::Tab);
        kiosk.harness.run_steps(2);
        let focused = kiosk.harness.query_all_by_role(Role::Button).find(Node::is_focused);
        let Some(name) = focused.and_then(|node| node.accesskit_node().label()) else { continue };
        if order.first() == Some(&name) {
            break;
        }
        order.push(name);
    }
    order
}

/// Every enabled button of the page, in no order.
fn buttons(kiosk: &Kiosk) -> Vec<String> {
    let all = kiosk.harness.query_all_by_role(Role::Button);
    let mut names: Vec<_> = all
        .filter(|node| !node.accesskit_node().is_disabled())
        .filter_map(|node| node.accesskit_node().label())
        .collect();
    names.sort();
    names
}

fn focus_on(kiosk: &mut Kiosk, name: &str) {
    for _ in 0..60 {
        kiosk.key(Key::Tab);
        kiosk.harness.run_steps(2);
        let mut focused = kiosk.harness.query_all_by_role(Role::Button).filter(Node::is_focused);
        if focused.any(|node| node.accesskit_node().label().as_deref() == Some(name)) {
            return;
        }
    }
    panic!("Tab does not reach {name:?}: {:?}", buttons(kiosk));
}

#[test]
fn tab_reaches_every_control_of_every_page() {
    let gone = OutOfOrder::CameraGone;
    let out = || Setup { trouble: Some(gone), ..Setup::default() };
    let done = || Opening::Wiping(Arc::new(|| Wipe::Done));
    let link = || Opening::SignIn(dry_run::LINK.to_owned().into());
    let pages: Vec<(&str, Kiosk, Page, usize)> = vec![
        ("attract", Kiosk::open(Opening::Attract, Setup::default()), ("Touch to sign in", |_| ()), 4),
        (
            "languages",
            Kiosk::open(Opening::Attract, Setup::default()),
            ("Deutsch", |kiosk| {
                kiosk.press("Language: English");
            }),
            6,
        ),
        ("consent", Kiosk::open(link(), Setup::default()), ("Begin", |_| ()), 5),
        ("still there", Kiosk::open(Opening::StillThere, Setup::default()), ("I’m here", |_| ()), 2),
        ("out of order", Kiosk::open(Opening::OutOfOrder(gone), out()), ("No camera found", |_| ()), 3),
        ("PIN", Kiosk::open(Opening::Operator, Setup::default()), ("Enter the PIN.", |_| ()), 13),
        ("wiped", Kiosk::open(done(), Setup::default()), ("Signed out", |_| ()), 1),
        (
            "operator",
            Kiosk::open(Opening::Operator, Setup::default()),
            ("Back to the kiosk", |kiosk| {
                kiosk.pin("246813");
            }),
            8,
        ),
    ];
    for (name, mut kiosk, (sees, prepare), at_least) in pages {
        kiosk.harness.run_steps(2);
        prepare(&mut kiosk);
        kiosk.see(sees);
        kiosk.harness.run_steps(4);
        // Where the focus was before is no part of the page.
        kiosk.harness.ctx.memory_mut(|memory| {
            if let Some(id) = memory.focused() {
                memory.surrender_focus(id);
            }
        });
        let order = tab_order(&mut kiosk);
        let mut reached = order.clone();
        reached.sort();
        assert_eq!(reached, buttons(&kiosk), "{name}: {order:?}");
        assert!(order.len() >= at_least, "{name}: {order:?}");
    }
}

#[test]
fn a_sign_in_needs_no_pointer() {
    let mut kiosk = Kiosk::open(Opening::Attract, Setup::default());
    kiosk.see("Touch to sign in");
    focus_on(&mut kiosk, "Touch to sign in");
    kiosk.key(Key::Enter);
    assert_eq!(kiosk.closed(), Some(Closed::Start));
    let mut kiosk = Kiosk::sign_in(Script::default());
    kiosk.see("Begin");
    focus_on(&mut kiosk, "Begin");
    kiosk.key(Key::Space).see("The next page opens now.");
    focus_on(&mut kiosk, "Continue");
    kiosk.key(Key::Enter);
    assert!(matches!(kiosk.closed(), Some(Closed::Ended(Some(_)))));
}

#[test]
fn languages_size_and_height_are_chosen_by_keyboard() {
    let mut kiosk = Kiosk::open(Opening::Attract, Setup::default());
    kiosk.see("Touch to sign in");
    for (control, then) in
        [("Text size: 100 %", "Text size: 150 %"), ("Lower", "Higher"), ("Language: English", "Deutsch")]
    {
        focus_on(&mut kiosk, control);
        kiosk.key(Key::Enter).see(then);
    }
    focus_on(&mut kiosk, "Deutsch");
    kiosk.key(Key::Space).see("Zum Anmelden berühren").see("Textgröße: 150 %");
}

#[test]
fn the_digits_work_by_their_keys_and_by_the_keyboard() {
    let mut kiosk = Kiosk::open(Opening::Operator, Setup::default());
    kiosk.see("Enter the PIN.");
    focus_on(&mut kiosk, "2");
    kiosk.key(Key::Space).see("1 digit");
    kiosk.key(Key::Enter).see("2 digits");
    kiosk.key(Key::Backspace).see("1 digit");
    kiosk.type_text("46813").see("6 digits");
    focus_on(&mut kiosk, "Open");
    kiosk.key(Key::Enter).see("Back to the kiosk");
}

#[test]
fn escape_cancels_nothing_by_chance_and_tab_answers_no_question() {
    let mut kiosk = Kiosk::sign_in(Script::default());
    kiosk.see("Begin").wait(31.0).see("Still there?");
    kiosk.key(Key::Tab).see("Still there?");
    focus_on(&mut kiosk, "I’m here");
    kiosk.key(Key::Enter).see("Is this your login?");
    kiosk.key(Key::Escape).wait(1.0);
    assert!(kiosk.shows("Begin") && kiosk.closed().is_none(), "a badge reader may send it");
    assert!(!matches!(kiosk.harness.state().state().screen.escape(), Some(Command::Begin(_))));
}
