//! The tables of the page.

use super::{super::figures::AtLimit, Ablation, Class, Figures, Rate, escaped, percent};

/// A table in a frame of its own, which scrolls where it is too narrow. `caption` is text of ours, the rest markup;
/// nothing without rows.
pub(in crate::evaluate) fn wide(caption: &str, head: &str, rows: &str) -> String {
    if rows.is_empty() {
        return String::new();
    }
    format!(
        "<div class=\"wide\" role=\"region\" aria-label=\"{caption}\" tabindex=\"0\"><table><caption>{caption}</caption>\n\
         <thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody></table></div>\n"
    )
}

/// Each species, and its parts by support.
pub(super) fn species(figures: &Figures) -> String {
    let worst = figures.apcer.as_ref().map(|worst| worst.species.as_str());
    let mut rows = String::new();
    for species in &figures.species {
        let class = if worst == Some(species.name.as_str()) { " class=\"worst\"" } else { "" };
        rows.push_str(&row(class, &species.name, &species.class));
        for part in &species.supports {
            rows.push_str(&row(" class=\"part\"", part.name.as_deref().unwrap_or("support not stated"), &part.class));
        }
    }
    if figures.species.len() > 1 {
        rows.push_str(&row("", "all attacks in one heap", &figures.attacks));
    }
    let head = ["Species and support", "Presented", "No response", "With score", "Passed", "APCER", "95 % interval"]
        .map(|name| format!("<th scope=\"col\">{name}</th>"))
        .concat();
    let table = wide("Attacks by species and support", &head, &rows);
    let note = "<p class=\"soft\">The worst species is set off. The last row, all in one heap, is no APCER in the \
                standard’s sense: how many clips of each species a set holds is chance.</p>";
    let none = "<p>The set holds no attacks.</p>\n";
    let body = match figures.species.len() {
        0 => none.into(),
        1 => table,
        _ => format!("{table}{note}\n"),
    };
    format!("<section><h2>Attacks</h2>\n{body}</section>\n")
}

fn row(class: &str, name: &str, of: &Class) -> String {
    format!(
        "<tr{class}><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td>{}</tr>\n",
        escaped(name),
        of.presented,
        of.non_response.count,
        of.wrong.of,
        of.wrong.count,
        cells(of.wrong)
    )
}

/// Who drew no response, and why.
pub(super) fn non_responses(figures: &Figures) -> String {
    let classes = std::iter::once(("bona fide", &figures.bona_fide))
        .chain(figures.species.iter().map(|species| (species.name.as_str(), &species.class)));
    let rows = classes
        .map(|(name, class)| {
            format!(
                "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td>{}</tr>\n",
                escaped(name),
                class.presented,
                class.no_face,
                class.no_good_frame,
                class.failed,
                cells(class.non_response)
            )
        })
        .collect::<Vec<_>>()
        .concat();
    let head = ["Presented", "In all", "No face", "No good frame", "Not to be read", "Rate", "95 % interval"]
        .map(|name| format!("<th scope=\"col\">{name}</th>"))
        .concat();
    format!(
        "<section><h2>Non-responses</h2>\n<p>Clips that led to no score, counted per clip and not per frame. The rates \
         (BPNRR, and APNRR of each species) are of all presentations.</p>\n{}</section>\n",
        wide("Presentations without a response", &head, &rows)
    )
}

/// The same set with other cues; nothing where no other run was given.
pub(super) fn ablation(figures: &Figures, runs: &[Ablation]) -> String {
    if runs.is_empty() {
        return String::new();
    }
    let row = |name: &str, figures: &Figures| {
        let apcer = figures.apcer.as_ref().map(|worst| worst.apcer).unwrap_or_default();
        let eer = figures.eer.map_or("–".into(), |eer| format!("{} %", percent(eer)));
        let auc = figures.auc.map_or("–".into(), |auc| format!("{auc:.4}"));
        let shares = [apcer, figures.attacks.wrong, figures.bpcer].map(cell).concat();
        format!("<tr><th scope=\"row\">{}</th>{shares}<td>{eer}</td><td>{auc}</td></tr>\n", escaped(name))
    };
    let rows: String = std::iter::once(row("as evaluated", figures))
        .chain(runs.iter().map(|run| row(&run.name, &run.figures)))
        .collect();
    let head = ["Run", "APCER, worst species", "All attacks", "BPCER", "EER", "AUC"]
        .map(|name| format!("<th scope=\"col\">{name}</th>"))
        .concat();
    format!(
        "<section><h2>What each cue adds</h2>\n<p>The same set, at the same threshold, with other cues; in brackets 95 % intervals.</p>\n{}</section>\n",
        wide("Figures with and without cues", &head, &rows)
    )
}

/// BPCER where no species is above a limit.
pub(super) fn at_limit(at: &AtLimit) -> String {
    format!(
        "<tr><th scope=\"row\">{} %</th><td>{:.2}</td>{}</tr>\n",
        percent(at.apcer_max),
        at.threshold,
        cells(at.bpcer)
    )
}

/// A rate in two cells: itself and its interval.
pub(in crate::evaluate) fn cells(rate: Rate) -> String {
    match (rate.rate, rate.low, rate.high) {
        (Some(rate), Some(low), Some(high)) => {
            format!("<td>{} %</td><td>{} to {} %</td>", percent(rate), percent(low), percent(high))
        }
        _ => "<td>–</td><td>–</td>".into(),
    }
}

/// A rate and its interval in one cell.
fn cell(rate: Rate) -> String {
    match (rate.rate, rate.low, rate.high) {
        (Some(rate), Some(low), Some(high)) => {
            format!("<td>{} % ({} to {} %)</td>", percent(rate), percent(low), percent(high))
        }
        _ => "<td>–</td>".into(),
    }
}

/// A rate in one cell, with its count.
pub(super) fn share(rate: Rate) -> String {
    match rate.rate {
        Some(share) => format!("<td>{} ({} %)</td>", rate.count, percent(share)),
        None => "<td>–</td>".into(),
    }
}
