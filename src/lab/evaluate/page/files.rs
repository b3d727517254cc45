//! The section on the files of the set.

use maud::{Markup, html};

use super::{super::inventory::Files, plain, wide};

/// How many files there are, and each one that is in no clip, with the reason.
pub(in crate::evaluate) fn section(files: &Files) -> Markup {
    let rows: Vec<_> = files
        .left_out
        .iter()
        .map(|left_out| {
            html! { tr { th scope="row" { (plain(&left_out.file)) } td { (plain(&left_out.reason.to_string())) } } }
        })
        .collect();
    html! {
        section {
            h2 { "Files" }
            p {
                (files.found) " files were found: " (files.judged) " are in clips, and " (files.left_out.len())
                " were left out"
                @if rows.is_empty() { "." } @else { ", for these reasons. They are in no other figure." }
            }
            (wide("Files that were left out", &["File", "Reason"], &rows))
        }
    }
}
