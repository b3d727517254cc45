//! The HTML report, suitable for auditors: one self-contained page, without scripts, fonts or other external resources.
//!
//! All numbers come from [`Figures`] or are counted from the same presentations. Untrusted text (names of species,
//! cameras, licenses, paths) is escaped on insertion.

mod det;
mod files;
mod limits;
mod marks;
mod scores;
mod tables;

use maud::{Markup, PreEscaped, html};
use serde::Serialize;

use super::{
    figures::{Class, Figures, Times},
    inventory::Files,
    losses::SetLosses,
    presentation::Presentation,
    rates::{Rate, percent},
};
use countenance_core::protocol::ModelClaim;

pub(super) use det::{Axes, Curve, svg as det_svg};
pub(super) use files::{losses, section as files};
pub(super) use marks::{document, plain};
pub(super) use scores::{Row, svg as scores_svg};
use tables::share_in_words;
pub(super) use tables::{cells, wide};

/// What was evaluated, and with which software.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct About {
    /// The set's name.
    pub set: String,
    /// SHA-256 of the set, hex.
    pub set_sha256: String,
    /// How the set describes itself, in particular whether its attacks are real or simulated; `None` if it does not.
    pub nature: Option<String>,
    /// All networks of the program.
    pub models: Vec<ModelClaim>,
    /// Digest of the policy in force.
    pub policy: String,
    /// Name and version of the program.
    pub software: String,
    /// The command that repeats the measurement.
    pub command: String,
    /// The files found, and those that are in no clip.
    pub files: Files,
    /// What the clips did not show.
    pub losses: SetLosses,
    /// The same set with fewer cues.
    pub ablation: Vec<Ablation>,
}

/// The metrics of the same set with fewer cues.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ablation {
    /// What differs: `without stillness`.
    pub name: String,
    /// Its metrics.
    pub figures: Figures,
}

/// The page. `presentations` must be those of `figures`; the score plot is drawn from them.
pub fn html(figures: &Figures, presentations: &[Presentation], about: &About) -> String {
    let body = html! {
        (header(figures, about))
        (result(figures))
        (evaluated(figures, about))
        (tables::species(figures))
        (trade_off(figures, presentations))
        (scores::section(figures, presentations))
        (decisions(figures))
        (tables::non_responses(figures))
        (files(&about.files))
        (losses(&about.losses))
        (tables::ablation(figures, &about.ablation))
        (limits::section(figures, about))
        (again(about))
        // Constant markup of our own.
        (PreEscaped(include_str!("terms.html")))
    };
    document(&format!("{}: presentation attack detection", about.set), &body)
}

fn header(figures: &Figures, about: &About) -> Markup {
    html! {
        header {
            p.over { "Presentation attack detection · evaluation report after ISO/IEC 30107-3" }
            h1 { (plain(&about.set)) }
            p.soft {
                (figures.presented.clips) " presentations, decided by " (plain(&about.software)) " at a threshold of "
                (figures.threshold.value)
            }
        }
    }
}

fn result(figures: &Figures) -> Markup {
    let worst = figures.apcer.as_ref();
    let species = worst.map_or("no attack has a score", |w| &w.species);
    html! {
        section {
            h2 { "Result" }
            ul.tiles {
                (tile("APCER, worst species", worst.map(|w| w.apcer), species))
                (tile("BPCER", Some(figures.bpcer), "bona fide presentations taken for attacks"))
                (plain_tile("ACER", figures.acer, "mean of the two before"))
                (plain_tile("HTER", figures.hter, "all attacks in one heap, mean with BPCER"))
                (plain_tile("EER", figures.eer, "at a threshold picked on this very set"))
                (tile("APNRR, all attacks", Some(figures.attacks.non_response), "attacks that drew no response"))
            }
            p { (bona_fide_in_words(figures)) }
            p { (worst_in_words(figures)) }
            p { (silent_in_words(figures)) }
        }
    }
}

pub(super) fn tile(name: &str, rate: Option<Rate>, note: &str) -> Markup {
    let rate = rate.unwrap_or_default();
    html! {
        li {
            b { (name) } strong { (share_in_words(rate.rate)) }
            span {
                @match rate.low.zip(rate.high) {
                    Some((low, high)) => {
                        (rate.count) " of " (rate.of) "; 95 % interval " (percent(low)) " to " (percent(high)) " %"
                    }
                    None => { "no cases" }
                }
            }
            span { (plain(note)) }
        }
    }
}

pub(super) fn plain_tile(name: &str, share: Option<f64>, note: &str) -> Markup {
    html! { li { b { (name) } strong { (share_in_words(share)) } span { (note) } } }
}

fn bona_fide_in_words(figures: &Figures) -> String {
    let Rate { count, of, high, .. } = figures.bpcer;
    match high {
        None => "No bona fide presentation has a score: how often people are turned away was not measured.".into(),
        Some(high) => format!(
            "Of {of} bona fide presentations with a score, {count} were taken for attacks. With 95 % confidence, no more \
             than {} % of such presentations would be.",
            percent(high)
        ),
    }
}

fn worst_in_words(figures: &Figures) -> String {
    match &figures.apcer {
        None => "No attack has a score: how often attacks pass was not measured.".into(),
        Some(worst) => format!(
            "The worst of {} species is {}: of {} presentations with a score, {} passed. With 95 % confidence, no more \
             than {} % of such attacks would.",
            figures.species.len(),
            plain(&worst.species),
            worst.apcer.of,
            worst.apcer.count,
            worst.apcer.high.map_or("–".into(), percent)
        ),
    }
}

fn silent_in_words(figures: &Figures) -> String {
    let Class { non_response: bona_fide, passed, .. } = figures.bona_fide;
    let Class { non_response: attacks, passed: through, .. } = figures.attacks;
    format!(
        "No response came from {} of {} bona fide and {} of {} attack presentations; these stand in no classification \
         error. Counted over all presentations, {} of {} bona fide ones passed, and {} of {} attacks.",
        bona_fide.count, bona_fide.of, attacks.count, attacks.of, passed.count, passed.of, through.count, through.of
    )
}

fn evaluated(figures: &Figures, about: &About) -> Markup {
    let presented = &figures.presented;
    let list = |of: &[String]| if of.is_empty() { "not stated".into() } else { plain(&of.join(", ")) };
    html! {
        section {
            h2 { "What was evaluated" }
            dl {
                dt { "Set" } dd { (plain(&about.set)) ", SHA-256 " code { (plain(&about.set_sha256)) } }
                dt { "Presentations" } dd {
                    (figures.bona_fide.presented) " bona fide, " (figures.attacks.presented) " attacks of "
                    (figures.species.len()) " species, " (presented.unlabelled) " without a label and in no figure"
                }
                dt { "Of the set" } dd { (about.nature.as_deref().map_or("not stated".into(), plain)) }
                dt { "People" } dd {
                    @if presented.people == 0 { "not stated" } @else { (presented.people) }
                    @if presented.people > 0 && presented.people_unknown > 0 {
                        "; of " (presented.people_unknown) " presentations it is not stated"
                    }
                }
                dt { "Cameras" } dd { (list(&presented.cameras)) }
                dt { "Light" } dd { (list(&presented.lights)) }
                dt { "Licences" } dd { (list(&presented.licences)) }
                dt { "Threshold" } dd { (figures.threshold.value) " · " (plain(&figures.threshold.from)) }
                dt { "Policy" } dd { "SHA-256 " code { (plain(&about.policy)) } }
                (software(&about.models, &about.software))
            }
        }
    }
}

/// The networks and the software.
pub(super) fn software(models: &[ModelClaim], software: &str) -> Markup {
    html! {
        dt { "Networks" } dd {
            @for (i, model) in models.iter().enumerate() {
                @if i > 0 { br; }
                (plain(&model.name)) " " code { (plain(&model.sha256)) }
            }
        }
        dt { "Software" } dd { (plain(software)) }
    }
}

fn trade_off(figures: &Figures, presentations: &[Presentation]) -> Markup {
    let worst = figures.apcer.as_ref().map(|worst| (&worst.species, scores::trade_off(presentations, &worst.species)));
    let at = |accepts: Option<f64>| Some((accepts?, figures.bpcer.rate?));
    let mut curves =
        vec![Curve { name: "all attacks", points: &figures.trade_off, at: at(figures.attacks.wrong.rate) }];
    if let Some((species, points)) = worst.as_ref().filter(|_| figures.species.len() > 1) {
        let apcer = figures.apcer.as_ref().and_then(|worst| worst.apcer.rate);
        curves.push(Curve { name: species, points, at: at(apcer) });
    }
    let axes = Axes { title: "DET curve", across: "attacks that pass", up: "bona fide presentations turned away" };
    let Some(svg) = det_svg(&axes, &curves) else { return Markup::default() };
    let limits: Vec<_> = figures.bpcer_at.iter().map(tables::at_limit).collect();
    html! {
        section {
            h2 { "One error against the other" }
            figure {
                (svg)
                figcaption {
                    "How many attacks pass against how many people are turned away, over all thresholds; both axes by \
                     normal deviate. Dots: the threshold that was evaluated. Dotted: equal errors"
                    @if let Some(eer) = figures.eer { ", crossed at " (percent(eer)) " %" }
                    ". The lower and the left edge stand for no error at all."
                }
            }
            (wide(
                "BPCER where each species is kept to a limit",
                &["Limit for APCER", "Threshold", "BPCER", "95 % interval"],
                &limits,
            ))
        }
    }
}

fn decisions(figures: &Figures) -> Markup {
    let classes = std::iter::once(("bona fide", &figures.bona_fide))
        .chain(figures.species.iter().map(|species| (species.name.as_str(), &species.class)));
    let row = |(name, class): (&str, &Class)| {
        let of = class.decisions.as_ref()?;
        let seconds = |millis: fn(Times) -> u64| {
            of.time.map_or("–".into(), |time| format!("{:.2} s", millis(time) as f64 / 1000.0))
        };
        Some(html! {
            tr {
                th scope="row" { (plain(name)) }
                td { (of.live.of) }
                @for rate in [of.live, of.not_live, of.cannot_tell] { td { (tables::counted(rate)) } }
                td { (seconds(|time| time.median_millis)) }
                td { (seconds(|time| time.q95_millis)) }
                td { (seconds(|time| time.worst_millis)) }
            }
        })
    };
    let rows: Vec<_> = classes.filter_map(row).collect();
    let head = ["Presented", "Clips", "Live", "Not live", "Cannot tell", "Time, median", "95 %", "Longest"];
    html! {
        section {
            h2 { "Decisions and time" }
            p {
                @if rows.is_empty() {
                    "The spacing of the frames is not known in this set: what a login would have led to, and after how \
                     long, was not measured."
                } @else {
                    "What a login would have led to. It stops as soon as it is sure, and may say that it cannot tell, so \
                     it need not agree with the score of the whole clip. Times run from the first good frame to the \
                     decision."
                }
            }
            (wide("Decisions, of the clips whose frames have a known spacing", &head, &rows))
        }
    }
}

fn again(about: &About) -> Markup {
    html! {
        section {
            h2 { "How to measure it again" }
            p {
                "With the same program, networks and policy, the same set gives the same figures, bit for bit. Compare \
                 the digests above first."
            }
            pre { code { (plain(&about.command)) } }
        }
    }
}

#[cfg(test)]
mod tests;
