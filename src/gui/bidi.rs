//! Prepares right-to-left text for egui, which does not implement the bidirectional algorithm.
//!
//! egui 0.37 splits a line into runs of one font and shapes each with harfrust, in the direction of the run's first
//! strong script. Arabic letters therefore join and single words are correct. But words in different fonts are laid out
//! from left to right, a run of one font with several scripts is reversed as a whole, and lines are broken from the
//! left.
//!
//! This module therefore breaks and reorders text itself ([`visual`], using Unicode's bidirectional algorithm) and
//! gives egui the pieces from left to right, each as its own section. egui never shapes across sections, so the order
//! is kept whatever fonts the pieces use. Text without right-to-left letters is passed through unchanged.
//!
//! Limitations of egui 0.37 and their consequences:
//!
//! - **Text fields.** The cursor moves and selects in visual order, and Arabic text is broken and reordered as
//!   described above. Our fields contain only links and digits, which are left-to-right in every language.
//! - **Accessible names.** egui derives a widget's accessible name from the drawn text, here in visual order. A widget
//!   that shows [`text`] must set its logical text with `Response::widget_info`.
//! - **Selection and copy.** A label would be copied in visual order: labels must not be selectable.
//! - **Truncation.** egui truncates at the right end, which is the start of Arabic text: always wrap instead.
//! - **A word wider than the line** is broken by egui from the left, on a line of its own.
//! - **Alignment and widget order** are up to the layout: screens use `Layout::right_to_left` and `Align::Max`.

use std::{borrow::Cow, mem, ops::Range};

use eframe::egui::{
    FontSelection, RichText, Ui, WidgetText,
    text::{ByteIndex, LayoutJob, LayoutSection, TextFormat},
};
use unicode_bidi::{BidiClass, Level, ParagraphBidiInfo, bidi_class};

/// A line: pieces from left to right, each shaped separately. White space is never mixed with other characters.
pub type Line = Vec<String>;

/// `text` for a widget. With right-to-left letters it is broken at `max_width` points; otherwise egui breaks it. `rtl`
/// is the direction of the window's language.
///
/// Pass `f32::INFINITY` for text that must stay on one line, such as a button.
pub fn text(ui: &Ui, text: impl Into<RichText>, rtl: bool, max_width: f32) -> WidgetText {
    let rich = text.into();
    if !holds_rtl(rich.text()) {
        return rich.into();
    }
    let mut probe = LayoutJob::default();
    rich.clone().append_to(&mut probe, ui.style(), FontSelection::Default, ui.text_valign());
    let format = probe.sections.into_iter().next().map(|section| section.format).unwrap_or_default();
    let measure = |piece: &str| {
        let job = LayoutJob::simple_format(piece.to_owned(), format.clone());
        let galley = ui.fonts_mut(|fonts| fonts.layout_job(job));
        galley.rows.first().map_or(0.0, |row| row.row.size.x)
    };
    let lines = visual(rich.text(), rtl, measure, max_width);
    lines.map_or_else(|| rich.clone().into(), |lines| job(&lines, &format).into())
}

/// Sections that make egui draw `lines` unchanged. (`LayoutJob::append` would merge them.)
pub fn job(lines: &[Line], format: &TextFormat) -> LayoutJob {
    let mut job = LayoutJob { break_on_newline: true, ..LayoutJob::default() };
    let mut push = |text: &str| {
        let start = ByteIndex(job.text.len());
        job.text.push_str(text);
        let byte_range = start..ByteIndex(job.text.len());
        job.sections.push(LayoutSection { leading_space: 0.0, byte_range, format: format.clone() });
    };
    for (number, line) in lines.iter().enumerate() {
        if number > 0 {
            push("\n");
        }
        for piece in line {
            push(piece);
        }
    }
    job
}

/// The lines of `text` in visual order, none wider than `max_width` as `measure` measures the pieces. `None` if there
/// are no right-to-left letters and the text can be drawn unchanged.
pub fn visual(text: &str, rtl: bool, measure: impl Fn(&str) -> f32, max_width: f32) -> Option<Vec<Line>> {
    if !holds_rtl(text) {
        return None;
    }
    let base = if rtl { Level::rtl() } else { Level::ltr() };
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let bidi = ParagraphBidiInfo::new(paragraph, Some(base));
        let width = |word: Range<usize>| pieces(&bidi, word).iter().map(|piece| measure(piece)).sum();
        for line in broken(paragraph, width, max_width) {
            lines.push(pieces(&bidi, line));
        }
    }
    Some(lines)
}

/// An external name for use in a sentence, wrapped in isolation marks if the sentence or the name is right-to-left.
/// Direction marks and line breaks in the name are dropped, since they could reorder the surrounding text.
pub fn isolated(name: &str, rtl: bool) -> Cow<'_, str> {
    let unruly = |c: char| is_direction_mark(c) || c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let clean: Cow<'_, str> = if name.contains(unruly) { name.replace(unruly, "").into() } else { name.into() };
    if rtl || holds_rtl(&clean) { format!("\u{2068}{clean}\u{2069}").into() } else { clean }
}

/// Whether `text` has any right-to-left letter.
pub fn holds_rtl(text: &str) -> bool {
    // All of them are above the Latin, Greek and Cyrillic blocks, so most text needs no table lookup.
    text.chars().any(|c| c >= '\u{590}' && matches!(bidi_class(c), BidiClass::R | BidiClass::AL))
}

/// Direction marks: used by the algorithm, never drawn.
fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Breaks a paragraph, in logical order, before the word that would exceed `max_width`. The space at a break is
/// dropped.
fn broken(paragraph: &str, width: impl Fn(Range<usize>) -> f32, max_width: f32) -> Vec<Range<usize>> {
    let (mut lines, mut line, mut taken) = (Vec::new(), 0..0, 0.0);
    for token in tokens(paragraph) {
        let blank = paragraph.get(token.clone()).is_some_and(|t| t.starts_with(is_blank));
        let more: f32 = width(token.clone());
        if !blank {
            // Between the line's end and this word is the preceding space, already counted in `taken`.
            if taken + more > max_width && !line.is_empty() {
                lines.push(mem::replace(&mut line, token.start..token.start));
                taken = 0.0;
            }
            line.end = token.end;
        }
        taken += more;
    }
    lines.push(line);
    lines
}

/// The words and the blanks between them, in order.
fn tokens(text: &str) -> Vec<Range<usize>> {
    let mut tokens: Vec<Range<usize>> = Vec::new();
    let mut last = None;
    for (start, c) in text.char_indices() {
        let end = start + c.len_utf8();
        match tokens.last_mut() {
            Some(token) if last == Some(is_blank(c)) => token.end = end,
            _ => tokens.push(start..end),
        }
        last = Some(is_blank(c));
    }
    tokens
}

/// White space at which a line may be broken.
fn is_blank(c: char) -> bool {
    c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{202f}')
}

/// The pieces of a line from left to right. `line` is a byte range of the paragraph.
fn pieces(bidi: &ParagraphBidiInfo<'_>, line: Range<usize>) -> Line {
    if line.is_empty() {
        return Line::new();
    }
    let (levels, runs) = bidi.visual_runs(line);
    let mut pieces = Line::new();
    for run in runs {
        let rtl = levels.get(run.start).is_some_and(Level::is_rtl);
        let units = units(bidi.text.get(run).unwrap_or_default(), rtl);
        if rtl {
            pieces.extend(units.into_iter().rev());
        } else {
            pieces.extend(units);
        }
    }
    pieces
}

/// How a unit is shaped with respect to direction.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    /// White space.
    Blank,
    /// Right-to-left letters: the shaper reverses and joins them.
    Letters,
    /// Other characters of a left-to-right run.
    Plain,
    /// A single character in a right-to-left run: a mirrored sign, or a digit of a right-to-left script, which the
    /// shaper would mistake for the start of a right-to-left word.
    Alone,
}

/// Splits a run of one direction into units, in logical order, and drops direction marks.
fn units(run: &str, rtl: bool) -> Vec<String> {
    let mut units: Vec<String> = Vec::new();
    let mut last = None;
    for c in run.chars().filter(|c| !is_direction_mark(*c)) {
        let class = bidi_class(c);
        // Vowel signs and joiners stay with the preceding letter, and joined emoji with each other.
        let clings = matches!(class, BidiClass::NSM | BidiClass::BN)
            || units.last().is_some_and(|unit| unit.ends_with('\u{200d}')) && last == Some(Unit::Alone);
        let unit = match class {
            _ if is_blank(c) => Unit::Blank,
            BidiClass::R | BidiClass::AL => Unit::Letters,
            _ if rtl || is_rtl_script(c) => Unit::Alone,
            _ => Unit::Plain,
        };
        match units.last_mut() {
            Some(piece) if clings => piece.push(c),
            Some(piece) if last == Some(unit) && unit != Unit::Alone => piece.push(c),
            _ => {
                units.push(if rtl { mirrored(c) } else { c }.to_string());
                last = Some(unit);
            }
        }
    }
    units
}

/// Blocks of Hebrew, Arabic and related scripts, including digits and signs.
fn is_rtl_script(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// The mirrored sign, for those used in interfaces (the full list is Unicode's `BidiMirroring.txt`).
fn mirrored(c: char) -> char {
    const PAIRS: [(char, char); 10] = [
        ('(', ')'),
        ('[', ']'),
        ('{', '}'),
        ('<', '>'),
        ('«', '»'),
        ('‹', '›'),
        ('≤', '≥'),
        ('⟨', '⟩'),
        ('「', '」'),
        ('（', '）'),
    ];
    let other = |&(left, right): &(char, char)| match c {
        _ if c == left => Some(right),
        _ if c == right => Some(left),
        _ => None,
    };
    PAIRS.iter().find_map(other).unwrap_or(c)
}

#[cfg(test)]
mod tests;
