//! Who is taken for somebody else, by tables.

use super::*;
use crate::testing::unit;
use Look::{Aside, Blank, Mine, Small, Theirs, Two};
use countenance_core::testing::face_at;
use std::cell::Cell;

/// What a frame shows: the visitor's face, another one, both, nobody, or the other one turned away or far off.
#[derive(Clone, Copy)]
enum Look {
    Mine,
    Theirs,
    Two,
    Blank,
    Aside,
    Small,
}

/// Faces on the left are the visitor's.
fn faces(look: Look) -> Vec<Face> {
    let (mine, theirs) = (face_at(150.0, 240.0, 150.0), face_at(450.0, 240.0, 160.0));
    let mut aside = theirs;
    aside.landmarks.nose.x += 60.0;
    match look {
        Mine => vec![mine],
        Theirs => vec![theirs],
        Two => vec![mine, theirs],
        Blank => vec![],
        Aside => vec![aside],
        Small => vec![face_at(450.0, 240.0, 40.0)],
    }
}

/// Shows `looks`, 200 ms apart. Returns whether somebody else was noticed, and how many embeddings were made.
fn show(visitor: &Visitor, looks: &[Look], unknown: Unknown) -> (bool, u32) {
    let made = Cell::new(0);
    for (i, look) in looks.iter().enumerate() {
        let frame = Frame::new(1, 1, vec![0; 3], i as u64, Duration::from_millis(200 * i as u64)).unwrap();
        visitor.see(&frame, &faces(*look), unknown, |face| {
            made.set(made.get() + 1);
            Some(unit(usize::from(face.rect.centre().x > 300.0)))
        });
    }
    (visitor.is_somebody_else(), made.get())
}

#[test]
fn somebody_else_is_noticed_after_three_looks() {
    type Row<'a> = (&'a str, &'a [Look], bool);
    let rows: [Row<'_>; 12] = [
        ("the visitor alone", &[Mine; 20], false),
        ("steps in at once", &[Mine, Mine, Theirs, Theirs, Theirs], true),
        ("one look is missing", &[Mine, Mine, Theirs, Theirs], false),
        ("after a gap", &[Mine, Blank, Blank, Blank, Theirs, Theirs, Theirs], true),
        ("comes back", &[Mine, Blank, Blank, Blank, Mine, Mine, Mine, Mine], false),
        ("looked over the shoulder", &[Mine, Theirs, Theirs, Mine, Theirs, Theirs, Mine], false),
        ("both are there", &[Mine, Two, Two, Two, Two, Two, Two], false),
        ("then one of them", &[Mine, Two, Two, Theirs, Theirs, Theirs], true),
        ("turned away", &[Mine, Aside, Aside, Aside, Aside], false),
        ("far away", &[Mine, Small, Small, Small, Small], false),
        ("two at the start: nobody's", &[Two, Two, Two, Theirs, Theirs, Theirs, Theirs], false),
        ("nobody", &[Blank; 5], false),
    ];
    for (name, looks, expected) in rows {
        assert_eq!(show(&Visitor::default(), looks, Unknown::Learn).0, expected, "{name}");
    }
}

#[test]
fn no_more_embeddings_are_made_than_needed() {
    let visitor = Visitor::default();
    assert_eq!(show(&visitor, &[Theirs; 9], Unknown::Ignore), (false, 0), "nobody has agreed");
    assert_eq!(show(&visitor, &[Mine; 9], Unknown::Learn), (false, 3), "samples of one track");
    assert_eq!(show(&visitor, &[Mine; 9], Unknown::Learn), (false, 1), "another capture: recognized once");
    assert_eq!(show(&visitor, &[Theirs; 9], Unknown::Ignore), (true, 3), "until it is clear");
    assert_eq!(show(&visitor, &[Mine; 9], Unknown::Learn), (true, 0), "and it stays so");
    visitor.forget();
    assert_eq!(show(&visitor, &[Theirs; 9], Unknown::Learn), (false, 3), "the next visit");
    assert_eq!(format!("{visitor:?}"), "Visitor(..)");
}

#[test]
fn neighboring_frames_of_a_track_are_not_compared_again() {
    let (visitor, made) = (Visitor::default(), Cell::new(0));
    for seq in 0..12 {
        let frame = Frame::new(1, 1, vec![0; 3], seq, Duration::from_millis(40 * seq)).unwrap();
        visitor.see(&frame, &faces(Mine), Unknown::Learn, |_| {
            made.set(made.get() + 1);
            None
        });
    }
    assert_eq!(made.get(), 3, "of 440 ms");
    assert!(!visitor.is_somebody_else(), "and a look that fails counts as none");
}

#[test]
fn the_shortest_wait_that_a_ticket_wants_holds_until_the_visit_ends() {
    let visitor = Visitor::default();
    assert_eq!(visitor.idle_secs(30), 30);
    for (wanted, holds) in [(45, 30), (20, 20), (25, 20), (0, 10), (600, 10)] {
        visitor.limit_idle(wanted);
        assert_eq!(visitor.idle_secs(30), holds, "{wanted}");
    }
    visitor.forget();
    assert_eq!(visitor.idle_secs(30), 30);
}
