//! Pieces of pages. What comes from outside goes through [`text`] here; a [`Cell`] is HTML already.

use std::fmt::Write;

use super::time;
use crate::browser::pages::text;
use countenance_core::clock::UnixSecs;

/// What stands in a cell of a table, as HTML.
pub(super) struct Cell(pub(super) String);

impl Cell {
    /// Plain text.
    pub(super) fn text(value: &str) -> Self {
        Self(text(value))
    }

    /// An id or a name of our own, in type of even width.
    pub(super) fn code(value: &str) -> Self {
        Self(if value.is_empty() { String::new() } else { format!("<code>{}</code>", text(value)) })
    }

    /// A time, or a dash.
    pub(super) fn time(at: Option<UnixSecs>) -> Self {
        Self(at.map_or_else(|| "–".to_owned(), moment))
    }
}

/// A time in UTC.
pub(super) fn moment(at: UnixSecs) -> String {
    let iso = time::iso(at);
    format!("<time datetime=\"{iso}\">{iso}</time>")
}

/// Most columns that have room on a small laptop's screen.
const USUAL_COLUMNS: usize = 6;

/// A table; the first cell of each row is its head. On a narrow screen each row becomes a list with the heads before the
/// cells, and the roles keep it a table for those who hear it. One with many columns scrolls sideways in its own frame where
/// it has no room, by keyboard too.
pub(super) fn table(caption: &str, heads: &[&str], rows: &[Vec<Cell>]) -> String {
    let wide = if heads.len() > USUAL_COLUMNS { " class=\"wide\" tabindex=\"0\"" } else { "" };
    let mut out = format!(
        "<table role=\"table\"{wide}>\n<caption>{}</caption>\n<thead role=\"rowgroup\"><tr role=\"row\">",
        text(caption)
    );
    for head in heads {
        add(&mut out, format_args!("<th scope=\"col\" role=\"columnheader\">{}</th>", text(head)));
    }
    out += "</tr></thead>\n<tbody role=\"rowgroup\">\n";
    for row in rows {
        out += "<tr role=\"row\">";
        for (i, (cell, head)) in row.iter().zip(heads).enumerate() {
            let (head, cell) = (text(head), &cell.0);
            if i == 0 {
                add(&mut out, format_args!("<th scope=\"row\" role=\"rowheader\" data-head=\"{head}\">{cell}</th>"));
            } else {
                add(&mut out, format_args!("<td role=\"cell\" data-head=\"{head}\">{cell}</td>"));
            }
        }
        out += "</tr>\n";
    }
    out + "</tbody>\n</table>\n"
}

/// A list to choose from: value and words of each, the chosen value.
pub(super) fn choice(name: &str, options: &[(&str, &str)], chosen: &str) -> String {
    let mut out = format!("<select id=\"{name}\" name=\"{name}\">\n");
    for (value, words) in options {
        let selected = if *value == chosen { " selected" } else { "" };
        add(&mut out, format_args!("<option value=\"{}\"{selected}>{}</option>\n", text(value), text(words)));
    }
    out + "</select>\n"
}

/// A form that is one button, with hidden fields; `proof` comes from the operator's session.
pub(super) fn button(action: &str, proof: &str, hidden: &[(&str, &str)], words: &str) -> String {
    let mut out = format!("<form method=\"post\" action=\"{}\">\n{proof}", text(action));
    for (name, value) in hidden {
        add(&mut out, format_args!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">\n", text(value)));
    }
    add(&mut out, format_args!("<button>{}</button>\n</form>\n", text(words)));
    out
}

/// `path` with a query of those values that are not empty.
pub(super) fn address(path: &str, query: &[(&str, &str)]) -> String {
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in query.iter().filter(|(_, value)| !value.is_empty()) {
        pairs.append_pair(name, value);
    }
    let query = pairs.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// Puts a piece behind `out`; writing to a string does not fail.
pub(super) fn add(out: &mut String, piece: std::fmt::Arguments<'_>) {
    let _infallible = out.write_fmt(piece);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_becomes_markup() {
        let evil = "<script>\"'&";
        for piece in [
            table(evil, &[evil, evil], &[vec![Cell::text(evil), Cell::code(evil)]]),
            choice("n", &[(evil, evil)], ""),
            button(evil, "", &[("n", evil)], evil),
        ] {
            assert!(!piece.contains("<script") && !piece.contains("\"'&"), "{piece}");
        }
    }

    #[test]
    fn an_address_carries_what_is_not_empty() {
        assert_eq!(address("/a", &[("q", ""), ("r", "")]), "/a");
        assert_eq!(address("/a", &[("q", "auth0|x&y"), ("r", ""), ("s", "1")]), "/a?q=auth0%7Cx%26y&s=1");
    }
}
