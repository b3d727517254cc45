//! The tables of the HTML report.

use maud::{Markup, html};

use super::{super::figures::AtLimit, Ablation, Class, Figures, Rate, percent, plain};

/// A table in a scrollable frame; empty without rows.
pub(in crate::evaluate) fn wide(caption: &str, head: &[&str], rows: &[Markup]) -> Markup {
    html! {
        @if !rows.is_empty() {
            div.wide role="region" aria-label=(caption) tabindex="0" {
                table {
                    caption { (caption) }
                    thead { tr { @for name in head { th scope="col" { (name) } } } }
                    tbody { @for row in rows { (row) } }
                }
            }
        }
    }
}

/// All species, broken down by support.
pub(super) fn species(figures: &Figures) -> Markup {
    let worst = figures.apcer.as_ref().map(|worst| worst.species.as_str());
    let mut rows = Vec::new();
    for species in &figures.species {
        let class = (worst == Some(species.name.as_str())).then_some("worst");
        rows.push(row(class, &species.name, &species.class));
        for part in &species.supports {
            rows.push(row(Some("part"), part.name.as_deref().unwrap_or("support not stated"), &part.class));
        }
    }
    if figures.species.len() > 1 {
        rows.push(row(None, "all attacks in one heap", &figures.attacks));
    }
    let head = ["Species and support", "Presented", "No response", "With score", "Passed", "APCER", "95 % interval"];
    html! {
        section {
            h2 { "Attacks" }
            @if figures.species.is_empty() { p { "The set holds no attacks." } }
            (wide("Attacks by species and support", &head, &rows))
            @if figures.species.len() > 1 {
                p.soft {
                    "The worst species is set off. The last row, all in one heap, is no APCER in the standard’s sense: \
                     how many clips of each species a set holds is chance."
                }
            }
        }
    }
}

fn row(class: Option<&str>, name: &str, of: &Class) -> Markup {
    html! {
        tr class=[class] {
            th scope="row" { (plain(name)) }
            @for count in [of.presented, of.non_response.count, of.wrong.of, of.wrong.count] { td { (count) } }
            (cells(of.wrong))
        }
    }
}

/// Non-responses by reason.
pub(super) fn non_responses(figures: &Figures) -> Markup {
    let classes = std::iter::once(("bona fide", &figures.bona_fide))
        .chain(figures.species.iter().map(|species| (species.name.as_str(), &species.class)));
    let row = |(name, class): (&str, &Class)| {
        html! {
            tr {
                th scope="row" { (plain(name)) }
                @for count in [class.presented, class.no_face, class.no_good_frame, class.failed] { td { (count) } }
                (cells(class.non_response))
            }
        }
    };
    let rows: Vec<_> = classes.map(row).collect();
    let head = ["Presented", "In all", "No face", "No good frame", "Not to be read", "Rate", "95 % interval"];
    html! {
        section {
            h2 { "Non-responses" }
            p {
                "Clips that led to no score, counted per clip and not per frame. The rates (BPNRR, and APNRR of each \
                 species) are of all presentations."
            }
            (wide("Presentations without a response", &head, &rows))
        }
    }
}

/// The same set with fewer cues; empty if there are no such runs.
pub(super) fn ablation(figures: &Figures, runs: &[Ablation]) -> Markup {
    if runs.is_empty() {
        return Markup::default();
    }
    let row = |name: &str, figures: &Figures| {
        let apcer = figures.apcer.as_ref().map(|worst| worst.apcer).unwrap_or_default();
        html! {
            tr {
                th scope="row" { (plain(name)) }
                @for rate in [apcer, figures.attacks.wrong, figures.bpcer] { td { (in_words(rate)) } }
                td { (share_in_words(figures.eer)) }
                td { (figures.auc.map_or("–".into(), |auc| format!("{auc:.4}"))) }
            }
        }
    };
    let rows: Vec<_> = std::iter::once(row("as evaluated", figures))
        .chain(runs.iter().map(|run| row(&run.name, &run.figures)))
        .collect();
    let head = ["Run", "APCER, worst species", "All attacks", "BPCER", "EER", "AUC"];
    html! {
        section {
            h2 { "What each cue adds" }
            p { "The same set, at the same threshold, with other cues; in brackets 95 % intervals." }
            (wide("Figures with and without cues", &head, &rows))
        }
    }
}

/// BPCER at a limit for APCER.
pub(super) fn at_limit(at: &AtLimit) -> Markup {
    html! {
        tr {
            th scope="row" { (percent(at.apcer_max)) " %" }
            td { (format_args!("{:.2}", at.threshold)) }
            (cells(at.bpcer))
        }
    }
}

/// Two cells: a rate and its interval.
pub(in crate::evaluate) fn cells(rate: Rate) -> Markup {
    html! {
        td { (share_in_words(rate.rate)) }
        td {
            @match rate.low.zip(rate.high) {
                Some((low, high)) => { (percent(low)) " to " (percent(high)) " %" }
                None => { "–" }
            }
        }
    }
}

/// A rate with its count.
pub(super) fn counted(rate: Rate) -> String {
    rate.rate.map_or("–".into(), |share| format!("{} ({} %)", rate.count, percent(share)))
}

/// A share in percent.
pub(super) fn share_in_words(share: Option<f64>) -> String {
    share.map_or("–".into(), |share| format!("{} %", percent(share)))
}

/// A rate and its interval.
fn in_words(rate: Rate) -> String {
    match (rate.rate, rate.low, rate.high) {
        (Some(rate), Some(low), Some(high)) => {
            format!("{} % ({} to {} %)", percent(rate), percent(low), percent(high))
        }
        _ => "–".into(),
    }
}
