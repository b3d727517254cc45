//! The frame of a page, and text that is safe to stand in it.

const STYLE: &str = include_str!("page.css");

/// A whole document around `body`, which is markup; `title` is text.
pub(in crate::evaluate) fn document(title: &str, body: &str) -> String {
    // The browser is told to load nothing, should anything ever slip in.
    format!(
        "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n",
        escaped(title)
    )
}

/// Text as it may stand between tags and in attributes, without what no document may hold.
pub(in crate::evaluate) fn escaped(text: &str) -> String {
    let plain = text.chars().filter(|c| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}') && !turns(*c));
    plain.fold(String::with_capacity(text.len()), |mut escaped, c| {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
        escaped
    })
}

/// A name where there is little room, cut to 30 characters.
pub(in crate::evaluate) fn short(name: &str) -> String {
    const MAX_CHARS: usize = 30;
    if name.chars().count() <= MAX_CHARS {
        escaped(name)
    } else {
        escaped(&name.chars().take(MAX_CHARS - 1).collect::<String>()) + "…"
    }
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
            ("\" onload='x' &", "&quot; onload=&#39;x&#39; &amp;"),
            ("a\u{0}\u{1b}[31m\nb\u{202e}c\u{ffff}", "a[31mbc"),
        ] {
            assert_eq!(escaped(text), expected);
        }
        assert!(document("<b>", "").contains("<title>&lt;b&gt;</title>"));
    }
}
