//! HTML building blocks of the portal's pages.

use maud::{Markup, html};

use super::time;
use countenance_core::clock::UnixSecs;

/// An id or a name of ours, in a monospaced font.
pub(super) fn code(value: &str) -> Markup {
    html! { @if !value.is_empty() { code { (value) } } }
}

/// A value that is selected completely by a click, to be copied.
pub(super) fn copyable(id: &str, value: &str) -> Markup {
    html! { code class="copy" id=(id) { (value) } }
}

/// A time in UTC.
pub(super) fn moment(at: UnixSecs) -> Markup {
    let iso = time::iso(at);
    html! { time datetime=(iso) { (iso) } }
}

/// How long ago a time was, in its largest whole unit: `3 minutes ago`.
pub(super) fn ago(at: UnixSecs, now: UnixSecs) -> String {
    const UNITS: [(&str, i64); 3] = [("day", 86_400), ("hour", 3_600), ("minute", 60)];
    let secs = now.saturating_sub(at);
    match UNITS.into_iter().find(|(_, size)| secs >= *size) {
        Some((name, size)) => format!("{} {name}{} ago", secs / size, if secs / size == 1 { "" } else { "s" }),
        None => "just now".to_owned(),
    }
}

/// A time in the past: how long ago, and in UTC.
pub(super) fn since(at: UnixSecs, now: UnixSecs) -> Markup {
    html! { (ago(at, now)) ", " (moment(at)) }
}

/// Maximum number of columns that fit on a small laptop's screen.
const USUAL_COLUMNS: usize = 6;

/// A table; the first cell of each row is its header. On a narrow screen each row becomes a list with the headers
/// before the cells; the roles keep it a table for screen readers. A table with more than [`USUAL_COLUMNS`] columns
/// scrolls horizontally in its own frame, by keyboard too.
pub(super) fn table(caption: &str, heads: &[&str], rows: &[Vec<Markup>]) -> Markup {
    let wide = heads.len() > USUAL_COLUMNS;
    html! {
        table role="table" class=[wide.then_some("wide")] tabindex=[wide.then_some("0")] {
            caption { (caption) }
            thead role="rowgroup" {
                tr role="row" {
                    @for head in heads { th scope="col" role="columnheader" { (head) } }
                }
            }
            tbody role="rowgroup" {
                @for row in rows {
                    tr role="row" {
                        @for (i, (cell, head)) in row.iter().zip(heads).enumerate() {
                            @if i == 0 { th scope="row" role="rowheader" data-head=(head) { (cell) } }
                            @else { td role="cell" data-head=(head) { (cell) } }
                        }
                    }
                }
            }
        }
    }
}

/// A field with its label. `input` must have the id `name`.
pub(super) fn field(name: &str, label: &str, input: &Markup) -> Markup {
    html! {
        div.field {
            label for=(name) { (label) }
            (input)
        }
    }
}

/// A search field, without automatic capitalization and spelling correction.
pub(super) fn search_field(name: &str, label: &str, value: &str) -> Markup {
    let input = html! { input id=(name) name=(name) value=(value) autocapitalize="none" spellcheck="false"; };
    field(name, label, &input)
}

/// Value of `aria-describedby` for the field `name`: ids of its help text and, if `wrong`, of its error.
pub(super) fn described_by(name: &str, wrong: bool) -> String {
    if wrong { format!("{name}-error {name}-help") } else { format!("{name}-help") }
}

/// A `select` element: value and label of each option, and the selected value.
pub(super) fn choice(name: &str, options: &[(&str, &str)], chosen: &str) -> Markup {
    html! { select id=(name) name=(name) { (choices(options, chosen)) } }
}

/// The options of such a `select`.
pub(super) fn choices(options: &[(&str, &str)], chosen: &str) -> Markup {
    html! {
        @for (value, words) in options {
            option value=(value) selected[*value == chosen] { (words) }
        }
    }
}

/// A form with one button and hidden fields. `proof` is the form token field of the operator's session.
pub(super) fn button(action: &str, proof: &Markup, hidden: &[(&str, &str)], words: &str) -> Markup {
    html! {
        form method="post" action=(action) {
            (proof)
            @for (name, value) in hidden { input type="hidden" name=(name) value=(value); }
            button { (words) }
        }
    }
}

/// `path` with a query of the values that are not empty.
pub(super) fn address(path: &str, query: &[(&str, &str)]) -> String {
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in query.iter().filter(|(_, value)| !value.is_empty()) {
        pairs.append_pair(name, value);
    }
    let query = pairs.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

#[cfg(test)]
mod tests {
    use maud::PreEscaped;

    use super::*;

    #[test]
    fn escapes_text_from_outside() {
        let evil = "<script>\"'&";
        let code = code(evil);
        for PreEscaped(piece) in [
            table(evil, &[evil, evil], &[vec![code.clone(), code]]),
            choice("n", &[(evil, evil)], ""),
            button(evil, &Markup::default(), &[("n", evil)], evil),
            search_field("n", evil, evil),
        ] {
            assert!(!piece.contains("<script") && !piece.contains("\"'&"), "{piece}");
        }
    }

    #[test]
    fn times_are_told_in_their_largest_unit() {
        for (secs, words) in [
            (-5, "just now"),
            (59, "just now"),
            (60, "1 minute ago"),
            (3_599, "59 minutes ago"),
            (3_600, "1 hour ago"),
            (172_799, "1 day ago"),
            (8_640_000, "100 days ago"),
        ] {
            assert_eq!(ago(1_000_000 - secs, 1_000_000), words, "{secs}");
        }
    }

    #[test]
    fn an_address_omits_empty_values() {
        assert_eq!(address("/a", &[("q", ""), ("r", "")]), "/a");
        assert_eq!(address("/a", &[("q", "auth0|x&y"), ("r", ""), ("s", "1")]), "/a?q=auth0%7Cx%26y&s=1");
    }
}
