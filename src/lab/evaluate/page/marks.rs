//! The frame of a page, and text that is fit to stand in it.

use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("page.css");

/// A whole document around `body`; `title` is text from outside.
pub(in crate::evaluate) fn document(title: &str, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en-GB" {
            head {
                meta charset="utf-8";
                // The browser is told to load nothing, should anything ever slip in.
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (plain(title)) }
                // Our own style sheet; escaped, its `>` would select nothing.
                style { (PreEscaped(STYLE)) }
            }
            body { main { (body) } }
        }
    };
    page.into_string()
        + "
"
}

/// Text from outside without the characters that no document may hold; what could be markup is escaped where it is shown.
pub(in crate::evaluate) fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}') && !turns(*c)).collect()
}

/// A name where there is little room, cut to 30 characters.
pub(in crate::evaluate) fn short(name: &str) -> String {
    const MAX_CHARS: usize = 30;
    if name.chars().count() <= MAX_CHARS {
        plain(name)
    } else {
        plain(&name.chars().take(MAX_CHARS - 1).collect::<String>()) + "…"
    }
}

/// A coordinate of a drawing.
pub(super) fn tenths(coordinate: f64) -> String {
    format!("{coordinate:.1}")
}

/// Marks that turn the direction of what follows: a name could make its neighbours read otherwise.
fn turns(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_becomes_markup() {
        for (text, expected) in [
            ("plain näme", "plain näme"),
            ("</td><script>", "&lt;/td&gt;&lt;script&gt;"),
            ("\" onload='x' &", "&quot; onload='x' &amp;"),
            ("a\u{0}\u{1b}[31m\nb\u{202e}c\u{ffff}", "a[31mbc"),
        ] {
            assert_eq!(html! { (plain(text)) }.into_string(), expected);
        }
        assert!(document("<b>", &Markup::default()).contains("<title>&lt;b&gt;</title>"));
    }
}
