//! Tables as files (RFC 4180), safe to open in a spreadsheet.

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

/// Most rows of an export. It is made whole and not streamed: a slow reader of a stream would hold the store's one
/// connection, and logins would wait for it.
pub(super) const ROWS_MAX: u32 = 10_000;

/// A file called `name` (of our own), with a row of heads.
pub(super) fn download(name: &'static str, heads: &[&str], rows: &[Vec<String>]) -> Response {
    let mut text = line(heads.iter().copied());
    for row in rows {
        text += &line(row.iter().map(String::as_str));
    }
    let mut response = Body::from(text).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

fn line<'c>(cells: impl Iterator<Item = &'c str>) -> String {
    cells.map(cell).collect::<Vec<_>>().join(",") + "\r\n"
}

/// Spreadsheets run a cell that begins like a formula, quoted or not: an apostrophe before it makes it text.
fn cell(text: &str) -> String {
    let formula = text.trim_start_matches(' ').starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    format!("\"{}{}\"", if formula { "'" } else { "" }, text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_or_leaves_its_place() {
        for (text, written) in [
            ("Ada", "\"Ada\""),
            ("", "\"\""),
            ("a,b\"c\nd", "\"a,b\"\"c\nd\""),
            ("=1+1", "\"'=1+1\""),
            ("+1", "\"'+1\""),
            ("-1", "\"'-1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\t=1", "\"'\t=1\""),
            ("  =1", "\"'  =1\""),
            ("auth0|a", "\"auth0|a\""),
        ] {
            assert_eq!(cell(text), written);
        }
        assert_eq!(line(["a", "=b"].into_iter()), "\"a\",\"'=b\"\r\n");
    }
}
