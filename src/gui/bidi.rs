//! Text that runs from right to left, made ready for egui, which knows no bidirectional text.
//!
//! egui 0.37 cuts a line into runs of one font and shapes each with harfrust, whose direction is that of the run's first
//! letter with a script. Arabic letters therefore join, and a word comes out right; but words of several fonts are laid from
//! left to right, a run of one font that mixes scripts is turned round as a whole, and rows are broken from the left.
//!
//! So this module breaks and reorders text itself ([`visual`], by Unicode's bidirectional algorithm) and hands egui the
//! pieces from left to right, each as a section of its own: egui never shapes across sections, so the order holds
//! whichever fonts the pieces come from. Text without such letters passes untouched.
//!
//! What egui 0.37 does not allow, and what follows from it:
//!
//! - **Text fields.** The cursor moves and selects in the order of the screen, and a field breaks and turns Arabic as
//!   described above. What our fields hold is links and digits, written left to right in every language.
//! - **Names for screen readers.** egui takes a widget's accessible name from the text it draws, here in visual order. A
//!   widget that shows [`text`] must be given its logical text by `Response::widget_info`.
//! - **Selecting and copying** a label copies it in visual order: labels must not be selectable.
//! - **Eliding.** egui cuts at the right end, which in Arabic is the beginning: never truncate, always wrap.
//! - **A word wider than the line** is broken by egui from the left; it stands on a line of its own.
//! - **Alignment and order of widgets** are the layout's: the screen chooses `Layout::right_to_left` and `Align::Max`.

use std::{borrow::Cow, mem, ops::Range};

use eframe::egui::{
    FontSelection, RichText, Ui, WidgetText,
    text::{ByteIndex, LayoutJob, LayoutSection, TextFormat},
};
use unicode_bidi::{BidiClass, Level, ParagraphBidiInfo, bidi_class};

/// A line: its pieces from left to right, each to be shaped by itself. None mixes white space with anything else.
pub type Line = Vec<String>;

/// `text` for a widget, broken at `max_width` points where it holds letters that run from right to left, otherwise left
/// to egui to break. `rtl` is the direction of the language of the window.
///
/// Pass `f32::INFINITY` for what must stay on one line, such as a button.
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

/// The sections that make egui draw `lines` as they are. (`LayoutJob::append` would merge them.)
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

/// The lines of `text` as they must look, none wider than `max_width` as `measure` measures its pieces; `None` where no
/// letter runs from right to left, and the text can be drawn as it is.
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

/// A name from outside, to stand in a sentence: marked as isolated where the sentence or the name runs from right to
/// left. Direction marks and line breaks inside it are dropped, with which it could rearrange what stands around it.
pub fn isolated(name: &str, rtl: bool) -> Cow<'_, str> {
    let unruly = |c: char| is_direction_mark(c) || c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let clean: Cow<'_, str> = if name.contains(unruly) { name.replace(unruly, "").into() } else { name.into() };
    if rtl || holds_rtl(&clean) { format!("\u{2068}{clean}\u{2069}").into() } else { clean }
}

/// Whether any letter runs from right to left.
pub fn holds_rtl(text: &str) -> bool {
    // Every such letter lies above the Latin, Greek and Cyrillic blocks, so most text is settled without the table.
    text.chars().any(|c| c >= '\u{590}' && matches!(bidi_class(c), BidiClass::R | BidiClass::AL))
}

/// Marks of direction: they do their work in the algorithm and are never drawn.
fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Breaks a paragraph, in logical order, before the word that would go beyond `max_width`. The space at a break belongs to
/// no line.
fn broken(paragraph: &str, width: impl Fn(Range<usize>) -> f32, max_width: f32) -> Vec<Range<usize>> {
    let (mut lines, mut line, mut taken) = (Vec::new(), 0..0, 0.0);
    for token in tokens(paragraph) {
        let blank = paragraph.get(token.clone()).is_some_and(|t| t.starts_with(is_blank));
        let more: f32 = width(token.clone());
        if !blank {
            // What lies between the line's end and this word is the space before it, already counted in `taken`.
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

/// Words and the blanks between them, in order.
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

/// White space at which a line may break.
fn is_blank(c: char) -> bool {
    c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{202f}')
}

/// The pieces of a line from left to right. `line` is a range of bytes of the paragraph.
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

/// What the shaper gets in one go, as to direction.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    /// White space.
    Blank,
    /// Letters of a script that runs from right to left: the shaper turns and joins them.
    Letters,
    /// Everything else of a run from left to right.
    Plain,
    /// A sign alone: among letters that run from right to left each stands for itself, mirrored; and a digit of such a
    /// script, which the shaper would take for the start of a word from right to left.
    Alone,
}

/// Cuts a run of one direction into units, in logical order, and drops the marks of direction.
fn units(run: &str, rtl: bool) -> Vec<String> {
    let mut units: Vec<String> = Vec::new();
    let mut last = None;
    for c in run.chars().filter(|c| !is_direction_mark(*c)) {
        let class = bidi_class(c);
        // Vowel signs and joiners stay with the letter before them, and emoji joined by one with each other.
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

/// Blocks of Hebrew, Arabic and their kin, digits and signs included.
fn is_rtl_script(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// The sign that faces the other way, of those that interfaces use (Unicode's `BidiMirroring.txt` has them all).
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
