//! Visual order: lines of text by the algorithm, then the glyphs that egui lays out for them, with one font for both
//! scripts and with one font per script.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::{path::Path, sync::Arc};

use eframe::egui::{
    Color32, Context, FontData, FontDefinitions, FontFamily, FontId, RawInput,
    epaint::text::{PlacedRow, TextOptions},
    text::{Fonts, TextFormat},
};

use super::*;

/// Measures 10 points per character, so that widths can be counted.
fn ten(piece: &str) -> f32 {
    piece.chars().count() as f32 * 10.0
}

/// The lines with `|` between pieces. Pieces of letters stay in logical order: the shaper reverses them.
fn lines(text: &str, rtl: bool, max_width: f32) -> Vec<String> {
    visual(text, rtl, ten, max_width)
        .map_or_else(|| vec![text.to_owned()], |lines| lines.iter().map(|line| line.join("|")).collect())
}

#[test]
fn pieces_are_in_visual_order() {
    // Named after the property tested. Hebrew letters keep the rows readable in a left-to-right editor.
    let rows: &[(&str, &str, bool, &str)] = &[
        ("latin passes", "Payroll (1): 50 %", true, "Payroll (1): 50 %"),
        ("two words", "אב גד", true, "גד| |אב"),
        ("full stop", "אב.", true, ".|אב"),
        ("name in a sentence", "אב Pay Roll גד", true, "גד| |Pay| |Roll| |אב"),
        ("number", "אב 12 גד", true, "גד| |12| |אב"),
        ("percent leans on its number", "אב 50%", true, "50%| |אב"),
        ("brackets face the other way", "אב (גד)", true, "(|גד|)| |אב"),
        ("brackets round latin", "אב (Pay)", true, "(|Pay|)| |אב"),
        ("address", "אב localhost:8080", true, "localhost:8080| |אב"),
        ("isolated name keeps its sign", "\u{2068}Pay!\u{2069} אב", true, "אב| |Pay!"),
        ("without isolation the sign strays", "Pay! אב", true, "אב| |!|Pay"),
        ("arabic digits stay in order", "אב ٤٢", true, "٤|٢| |אב"),
        ("vowel signs stay with letters", "שָׁלוֹם", true, "שָׁלוֹם"),
        ("no-break space joins nothing else", "אב\u{a0}גד", true, "גד|\u{a0}|אב"),
        ("hebrew name in english", "Open אב גד now", false, "Open| |גד| |אב| |now"),
        ("paragraphs keep their order", "אב\nגד", true, "אב"),
    ];
    for (name, text, rtl, expected) in rows {
        assert_eq!(lines(text, *rtl, f32::INFINITY)[0], *expected, "{name}");
    }
}

#[test]
fn lines_break_in_reading_order() {
    // 2 + 1 + 2 letters: exactly 50, and one point less.
    assert_eq!(lines("אב גד הו", true, 50.0), ["גד| |אב", "הו"]);
    assert_eq!(lines("אב גד הו", true, 49.0), ["אב", "גד", "הו"]);
    assert_eq!(lines("אב Pay Roll גד", true, 80.0), ["Pay| |אב", "גד| |Roll"]);
    assert_eq!(lines("אבגדהוזח אב", true, 50.0), ["אבגדהוזח", "אב"]);
    assert_eq!(lines("אב\n\nגד", true, 50.0), ["אב", "", "גד"]);
}

#[test]
fn names_cannot_rearrange_the_sentence() {
    let rows = [
        ("latin in latin", "Payroll", false, "Payroll"),
        ("latin in arabic", "Payroll", true, "\u{2068}Payroll\u{2069}"),
        ("hebrew in latin", "אב", false, "\u{2068}אב\u{2069}"),
        ("override", "a\u{202e}b\u{2069}c", false, "abc"),
        ("second line", "a\nb\u{2028}c\u{7}", false, "abc"),
    ];
    for (name, text, rtl, expected) in rows {
        assert_eq!(isolated(text, rtl), expected, "{name}");
    }
}

#[test]
fn uses_layout_jobs_only_for_bidirectional_text() {
    let ctx = Context::default();
    ctx.set_fonts(definitions(&[Arc::new(FontData::from_static(INTER))]));
    let mut output = ctx.run_ui(RawInput::default(), |ui| {
        let latin = text(ui, RichText::new("Begin").size(20.0), true, f32::INFINITY);
        assert!(matches!(latin, WidgetText::RichText(_)), "Latin text keeps its form");
        let WidgetText::LayoutJob(job) = text(ui, RichText::new("אב גד").size(20.0), true, f32::INFINITY) else {
            panic!("Hebrew text becomes a job");
        };
        assert_eq!((job.text.as_str(), job.sections.len()), ("גד אב", 3));
        assert!(job.sections.iter().all(|section| section.format.font_id.size.to_bits() == 20_f32.to_bits()));
        let WidgetText::LayoutJob(job) = text(ui, "אב גד", true, 1.0) else { panic!("Hebrew text becomes a job") };
        assert_eq!(job.text, "אב\nגד", "too narrow for two words");
    });
    output.textures_delta.clear();
}

const INTER: &[u8] = include_bytes!("../../../assets/fonts/Inter-Regular.ttf");
const DEJAVU: &str = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf";

/// The letters of each row as egui lays them out, from left to right. After a right-to-left run egui adds zero-width
/// glyphs for the cursor; they are left out.
fn laid(fonts: &mut Fonts, job: LayoutJob) -> Vec<String> {
    let galley = fonts.with_pixels_per_point(2.0).layout_job(job);
    let row = |row: &PlacedRow| {
        let drawn: Vec<_> = row.row.glyphs.iter().filter(|glyph| glyph.advance_width > 0.0).collect();
        assert!(drawn.is_sorted_by(|a, b| a.pos.x < b.pos.x), "glyphs are listed from left to right");
        drawn.into_iter().map(|glyph| glyph.chr).collect()
    };
    galley.rows.iter().map(row).collect()
}

/// Fonts in order of preference.
fn fonts(files: &[Arc<FontData>]) -> Fonts {
    Fonts::new(TextOptions::default(), definitions(files))
}

fn definitions(files: &[Arc<FontData>]) -> FontDefinitions {
    let mut definitions = FontDefinitions::empty();
    for (number, data) in files.iter().enumerate() {
        definitions.font_data.insert(number.to_string(), Arc::clone(data));
        definitions.families.entry(FontFamily::Proportional).or_default().push(number.to_string());
    }
    definitions
}

#[test]
fn egui_renders_the_visual_order_with_any_fonts() {
    if !Path::new(DEJAVU).exists() {
        eprintln!("skipped: {DEJAVU} is not installed");
        return;
    }
    let dejavu = Arc::new(FontData::from_owned(std::fs::read(DEJAVU).unwrap()));
    let inter = Arc::new(FontData::from_static(INTER));
    let format = TextFormat::simple(FontId::proportional(16.0), Color32::WHITE);
    // As seen on screen from left to right, each letter by its logical form.
    let rows = [
        ("words", "باب دار", "راد باب"),
        ("question", "من دق؟", "؟قد نم"),
        ("comma between", "باب، دار", "راد ،باب"),
        ("name", "باب Payroll دار", "راد Payroll باب"),
        ("address in brackets", "باب (localhost:8080)", "(localhost:8080) باب"),
        ("number", "باب 42 دار", "راد 42 باب"),
        ("name first", "Payroll دار.", ".راد Payroll"),
    ];
    for (kind, files) in [("one font for both", vec![Arc::clone(&dejavu)]), ("a font each", vec![inter, dejavu])] {
        let mut fonts = fonts(&files);
        for (name, text, expected) in rows {
            let lines = visual(text, true, ten, f32::INFINITY).unwrap();
            assert_eq!(laid(&mut fonts, job(&lines, &format)), [expected], "{kind}: {name}");
        }
        let lines = visual("باب دار Payroll", true, ten, 70.0).unwrap();
        assert_eq!(laid(&mut fonts, job(&lines, &format)), ["راد باب", "Payroll"], "{kind}: two rows");
    }
}

/// The egui defects that this module works around; if this test fails, egui has improved and the module may shrink.
#[test]
fn egui_still_needs_the_workaround() {
    if !Path::new(DEJAVU).exists() {
        eprintln!("skipped: {DEJAVU} is not installed");
        return;
    }
    let dejavu = Arc::new(FontData::from_owned(std::fs::read(DEJAVU).unwrap()));
    let inter = Arc::new(FontData::from_static(INTER));
    let plain =
        |text: &str| LayoutJob::simple(text.to_owned(), FontId::proportional(16.0), Color32::WHITE, f32::INFINITY);
    assert_eq!(laid(&mut fonts(&[inter, Arc::clone(&dejavu)]), plain("باب دار")), ["باب راد"]);
    assert_eq!(laid(&mut fonts(&[dejavu]), plain("باب Pay")), ["yaP باب"]);
}
