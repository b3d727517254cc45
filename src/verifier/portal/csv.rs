//! CSV exports (RFC 4180), safe to open in a spreadsheet.

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

/// Maximum number of rows of an export. Exports are built in memory and not streamed: a slow reader would hold the
/// store's only connection and block sign-ins.
pub(super) const ROWS_MAX: u32 = 10_000;

/// A download called `name`, with a header row. `name` must not come from outside.
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

/// A quoted cell. Spreadsheets execute a cell that starts like a formula, even if quoted; a leading apostrophe makes it
/// text.
fn cell(text: &str) -> String {
    let formula = text.trim_start_matches(' ').starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    format!("\"{}{}\"", if formula { "'" } else { "" }, text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_formulas_and_separators() {
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
