//! The HTML document, and sanitized text for it.

use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("page.css");

/// A complete document with `body`; `title` is untrusted text.
pub(in crate::evaluate) fn document(title: &str, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en-GB" {
            head {
                meta charset="utf-8";
                // Defense in depth: nothing may be loaded.
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (plain(title)) }
                // Our own style sheet. Escaping would break its `>` combinators.
                style { (PreEscaped(STYLE)) }
            }
            body { main { (body) } }
        }
    };
    page.into_string()
        + "
"
}

/// Removes control characters and direction marks from untrusted text. Markup is escaped where the text is inserted.
pub(in crate::evaluate) fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}') && !turns(*c)).collect()
}

/// A name, sanitized and truncated to 30 characters.
pub(in crate::evaluate) fn short(name: &str) -> String {
    const MAX_CHARS: usize = 30;
    if name.chars().count() <= MAX_CHARS {
        plain(name)
    } else {
        plain(&name.chars().take(MAX_CHARS - 1).collect::<String>()) + "…"
    }
}

/// Formats a coordinate of a drawing.
pub(super) fn tenths(coordinate: f64) -> String {
    format!("{coordinate:.1}")
}

/// Whether `c` is a bidirectional control, with which a name could change how the text around it is displayed.
fn turns(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn untrusted_text_never_becomes_markup() {
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
