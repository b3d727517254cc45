//! The sections on the files of the set, and on what its clips did not show.

use maud::{Markup, html};

use super::{
    super::{
        inventory::Files,
        losses::{ClipLosses, SetLosses},
    },
    plain, wide,
};

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
            @if let Some(kinds) = files.known_kinds() { p.soft { "Known kinds: " (kinds) "." } }
        }
    }
}

/// The sums of what clips did not show, and the clips in question.
pub(in crate::evaluate) fn losses(losses: &SetLosses) -> Markup {
    let row = |clip: &ClipLosses| {
        html! { tr { th scope="row" { (plain(&clip.clip)) } td { (clip.losses) } } }
    };
    let rows: Vec<_> = losses.clips.iter().map(row).collect();
    html! {
        section {
            h2 { "What clips did not show" }
            p { "Losses: " (losses.in_words()) "." }
            @if !rows.is_empty() { p { "What was judged of these clips is not all that was recorded." } }
            (wide("Clips with losses", &["Clip", "Losses"], &rows))
        }
    }
}
