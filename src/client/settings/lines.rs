//! The lines of a file, with how each of them ends: an edit keeps what it does not change, byte for byte.
//!
//! The TOML library reads a mark of the encoding and every kind of line end, but writes one kind only.

use std::collections::VecDeque;

/// The mark that some editors put in front of UTF-8.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// The text of a file.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// Number of marks of the encoding: programs that do not know it put another one in front.
    marks: usize,
    /// Each line without its end, and its end.
    lines: Vec<(String, &'static str)>,
}

impl Lines {
    /// The lines of `text`.
    pub(super) fn of(text: &str) -> Self {
        let unmarked = text.trim_start_matches(BYTE_ORDER_MARK);
        let marks = (text.len() - unmarked.len()) / BYTE_ORDER_MARK.len_utf8();
        let line = |line: &str| {
            let (line, end) = line
                .strip_suffix("\r\n")
                .map(|line| (line, "\r\n"))
                .or_else(|| Some((line.strip_suffix('\n')?, "\n")))
                .unwrap_or((line, ""));
            (line.to_owned(), end)
        };
        Self { marks, lines: unmarked.split_inclusive('\n').map(line).collect() }
    }

    /// The text without a mark, with `\n` at the end of each line that has an end.
    pub(super) fn plain(&self) -> String {
        self.lines.iter().flat_map(|(line, end)| [line.as_str(), if end.is_empty() { "" } else { "\n" }]).collect()
    }

    /// The file whose plain text is `after`: a line that was there before ends as before, a new one as most do.
    pub(super) fn with(&self, after: &str) -> String {
        let windows = self.lines.iter().filter(|(_, end)| *end == "\r\n").count();
        let usual = if 2 * windows > self.lines.len() { "\r\n" } else { "\n" };
        let mut text: String = std::iter::repeat_n(BYTE_ORDER_MARK, self.marks).collect();
        let mut before = self.lines.iter();
        let mut after: VecDeque<_> = after.split_inclusive('\n').map(|line| line.trim_end_matches('\n')).collect();
        while let Some(line) = after.pop_front() {
            let mut ahead = before.clone();
            let end = if let Some((_, end)) = ahead.find(|(old, _)| old == line) {
                before = ahead;
                *end
            } else {
                // A changed line takes the place of one that is there no more; a new one that of none.
                let replaced = before.clone().next().filter(|(old, _)| !after.contains(&old.as_str()));
                replaced.and_then(|_| before.next()).map_or(usual, |(_, end)| *end)
            };
            text.push_str(line);
            // The last line of the file before need not be the last one any more.
            text.push_str(if end.is_empty() && !after.is_empty() { usual } else { end });
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unchanged_text_is_the_same_file() {
        for text in [
            "",
            "\u{feff}",
            "a",
            "a\n",
            "a\r\n",
            "\u{feff}a\r\nb\n\nc",
            "\u{feff}\u{feff}a\n",
            "\r\n\n\r\n",
            "a\n\n\n",
            "x\r\nx\nx",
        ] {
            let lines = Lines::of(text);
            assert!(!lines.plain().contains('\r') && !lines.plain().contains(BYTE_ORDER_MARK), "{text:?}");
            assert_eq!(lines.with(&lines.plain()), text, "{text:?}");
        }
    }

    #[test]
    fn new_lines_end_as_most_do() {
        for (before, after, expected) in [
            ("a\r\nb\r\n", "a\nnew\nb\n", "a\r\nnew\r\nb\r\n"),
            ("a\r\nb\r\n", "a\nb\nnew\n", "a\r\nb\r\nnew\r\n"),
            ("a\r\nb", "a\nb\nnew\n", "a\r\nb\nnew\n"),
            ("a = 1\nb = 1\r\nc = 1\n", "a = 1\nb = 2\nc = 1\n", "a = 1\nb = 2\r\nc = 1\n"),
            ("", "new\n", "new\n"),
            ("\u{feff}", "new\n", "\u{feff}new\n"),
        ] {
            assert_eq!(Lines::of(before).with(after), expected, "{before:?}");
        }
    }
}
