//! The report one would show an auditor: one HTML page, complete in itself. No script, no font, nothing from elsewhere.
//!
//! Whatever number stands on it comes from [`Figures`] or is counted from the same presentations; text from outside (names of
//! clips' classes, cameras, licences, paths) is escaped on its way in, at one place each.

mod det;
mod limits;
mod marks;
mod scores;
mod tables;

use serde::Serialize;

use super::{
    figures::{Class, Figures, Times},
    presentation::Presentation,
    rates::{Rate, percent},
};
use countenance_core::protocol::ModelClaim;

pub(super) use det::{Axes, Curve, svg as det_svg};
pub(super) use marks::{document, escaped};
pub(super) use scores::{Row, svg as scores_svg};
pub(super) use tables::{cells, wide};

/// What was evaluated, and with what.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct About {
    /// The set's name.
    pub set: String,
    /// SHA-256 of the set, hex.
    pub set_sha256: String,
    /// What whoever made the set says of it, real or simulated above all; absent where the set does not say.
    pub nature: Option<String>,
    /// The networks that were used.
    pub models: Vec<ModelClaim>,
    /// Digest of the policy in force.
    pub policy: String,
    /// Name and version of the program.
    pub software: String,
    /// The command that measures it again.
    pub command: String,
    /// The same set with another choice of cues.
    pub ablation: Vec<Ablation>,
}

/// The figures of another run over the same set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ablation {
    /// What differs: `without stillness`.
    pub name: String,
    /// Its figures.
    pub figures: Figures,
}

/// The page. The score plot is drawn from `presentations`, which must be those of `figures`.
pub fn html(figures: &Figures, presentations: &[Presentation], about: &About) -> String {
    let sections = [
        header(figures, about),
        result(figures),
        evaluated(figures, about),
        tables::species(figures),
        trade_off(figures, presentations),
        scores::section(figures, presentations),
        decisions(figures),
        tables::non_responses(figures),
        tables::ablation(figures, &about.ablation),
        limits::section(figures, about),
        again(about),
        TERMS.to_owned(),
    ];
    document(&format!("{}: presentation attack detection", about.set), &sections.concat())
}

fn header(figures: &Figures, about: &About) -> String {
    format!(
        "<header><p class=\"over\">Presentation attack detection · evaluation report after ISO/IEC 30107-3</p>\n\
         <h1>{}</h1>\n<p class=\"soft\">{} presentations, decided by {} at a threshold of {}</p></header>\n",
        escaped(&about.set),
        figures.presented.clips,
        escaped(&about.software),
        figures.threshold.value
    )
}

fn result(figures: &Figures) -> String {
    let worst = figures.apcer.as_ref();
    let tiles = [
        tile("APCER, worst species", worst.map(|w| w.apcer), worst.map_or("no attack has a score", |w| &w.species)),
        tile("BPCER", Some(figures.bpcer), "bona fide presentations taken for attacks"),
        plain_tile("ACER", figures.acer, "mean of the two before"),
        plain_tile("HTER", figures.hter, "all attacks in one heap, mean with BPCER"),
        plain_tile("EER", figures.eer, "at a threshold picked on this very set"),
        tile("APNRR, all attacks", Some(figures.attacks.non_response), "attacks that drew no response"),
    ];
    format!(
        "<section><h2>Result</h2>\n<ul class=\"tiles\">{}</ul>\n<p>{}</p>\n<p>{}</p>\n<p>{}</p></section>\n",
        tiles.concat(),
        bona_fide_in_words(figures),
        worst_in_words(figures),
        silent_in_words(figures)
    )
}

pub(super) fn tile(name: &str, rate: Option<Rate>, note: &str) -> String {
    let rate = rate.unwrap_or_default();
    let interval = match (rate.low, rate.high) {
        (Some(low), Some(high)) => {
            format!("{} of {}; 95 % interval {} to {} %", rate.count, rate.of, percent(low), percent(high))
        }
        _ => "no cases".into(),
    };
    let value = rate.rate.map_or("–".into(), |rate| format!("{} %", percent(rate)));
    format!("<li><b>{name}</b><strong>{value}</strong><span>{interval}</span><span>{}</span></li>\n", escaped(note))
}

pub(super) fn plain_tile(name: &str, share: Option<f64>, note: &str) -> String {
    let value = share.map_or("–".into(), |share| format!("{} %", percent(share)));
    format!("<li><b>{name}</b><strong>{value}</strong><span>{note}</span></li>\n")
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
            escaped(&worst.species),
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

fn evaluated(figures: &Figures, about: &About) -> String {
    let presented = &figures.presented;
    let list = |of: &[String]| if of.is_empty() { "not stated".into() } else { escaped(&of.join(", ")) };
    let people = match presented.people {
        0 => "not stated".into(),
        people if presented.people_unknown > 0 => {
            format!("{people}; of {} presentations it is not stated", presented.people_unknown)
        }
        people => people.to_string(),
    };
    let models =
        about.models.iter().map(|model| format!("{} <code>{}</code>", escaped(&model.name), escaped(&model.sha256)));
    let rows = [
        ("Set", format!("{}, SHA-256 <code>{}</code>", escaped(&about.set), escaped(&about.set_sha256))),
        (
            "Presentations",
            format!(
                "{} bona fide, {} attacks of {} species, {} without a label and in no figure",
                figures.bona_fide.presented,
                figures.attacks.presented,
                figures.species.len(),
                presented.unlabelled
            ),
        ),
        ("Of the set", about.nature.as_deref().map_or("not stated".into(), escaped)),
        ("People", people),
        ("Cameras", list(&presented.cameras)),
        ("Light", list(&presented.lights)),
        ("Licences", list(&presented.licences)),
        ("Threshold", format!("{} · {}", figures.threshold.value, escaped(&figures.threshold.from))),
        ("Policy", format!("SHA-256 <code>{}</code>", escaped(&about.policy))),
        ("Networks", models.collect::<Vec<_>>().join("<br>")),
        ("Software", escaped(&about.software)),
    ];
    let rows = rows.map(|(name, value)| format!("<dt>{name}</dt><dd>{value}</dd>\n")).concat();
    format!("<section><h2>What was evaluated</h2>\n<dl>{rows}</dl></section>\n")
}

fn trade_off(figures: &Figures, presentations: &[Presentation]) -> String {
    let worst = figures.apcer.as_ref().map(|worst| (&worst.species, scores::trade_off(presentations, &worst.species)));
    let at = |accepts: Option<f64>| Some((accepts?, figures.bpcer.rate?));
    let mut curves =
        vec![Curve { name: "all attacks", points: &figures.trade_off, at: at(figures.attacks.wrong.rate) }];
    if let Some((species, points)) = worst.as_ref().filter(|_| figures.species.len() > 1) {
        let apcer = figures.apcer.as_ref().and_then(|worst| worst.apcer.rate);
        curves.push(Curve { name: species, points, at: at(apcer) });
    }
    let axes = Axes { title: "DET curve", across: "attacks that pass", up: "bona fide presentations turned away" };
    let Some(svg) = det_svg(&axes, &curves) else { return String::new() };
    let limits: String = figures.bpcer_at.iter().map(tables::at_limit).collect();
    format!(
        "<section><h2>One error against the other</h2>\n<figure>{svg}<figcaption>How many attacks pass against how many \
         people are turned away, over all thresholds; both axes by normal deviate. Dots: the threshold that was \
         evaluated. Dotted: equal errors{}. The lower and the left edge stand for no error at all.</figcaption></figure>\n{}\
         </section>\n",
        figures.eer.map_or(String::new(), |eer| format!(", crossed at {} %", percent(eer))),
        wide(
            "BPCER where each species is kept to a limit",
            "<th scope=\"col\">Limit for APCER</th><th scope=\"col\">Threshold</th><th scope=\"col\">BPCER</th>\
             <th scope=\"col\">95 % interval</th>",
            &limits
        )
    )
}

fn decisions(figures: &Figures) -> String {
    let classes = std::iter::once(("bona fide", &figures.bona_fide))
        .chain(figures.species.iter().map(|species| (species.name.as_str(), &species.class)));
    let known: Vec<_> = classes.filter_map(|(name, class)| Some((name, class.decisions.as_ref()?))).collect();
    if known.is_empty() {
        return "<section><h2>Decisions and time</h2>\n<p>The spacing of the frames is not known in this set: what a login \
                would have led to, and after how long, was not measured.</p></section>\n"
            .into();
    }
    let time = |time: Option<Times>| match time {
        Some(time) => [time.median_millis, time.q95_millis, time.worst_millis]
            .map(|millis| format!("<td>{:.2} s</td>", millis as f64 / 1000.0))
            .concat(),
        None => "<td>–</td>".repeat(3),
    };
    let rows = known
        .iter()
        .map(|(name, of)| {
            let shares = [of.live, of.not_live, of.cannot_tell].map(tables::share).concat();
            format!(
                "<tr><th scope=\"row\">{}</th><td>{}</td>{shares}{}</tr>\n",
                escaped(name),
                of.live.of,
                time(of.time)
            )
        })
        .collect::<Vec<_>>()
        .concat();
    format!(
        "<section><h2>Decisions and time</h2>\n<p>What a login would have led to. It stops as soon as it is sure, and may \
         say that it cannot tell, so it need not agree with the score of the whole clip. Times run from the first good \
         frame to the decision.</p>\n{}</section>\n",
        wide(
            "Decisions, of the clips whose frames have a known spacing",
            "<th scope=\"col\">Presented</th><th scope=\"col\">Clips</th><th scope=\"col\">Live</th><th scope=\"col\">Not live</th>\
             <th scope=\"col\">Cannot tell</th><th scope=\"col\">Time, median</th><th scope=\"col\">95 %</th>\
             <th scope=\"col\">Longest</th>",
            &rows
        )
    )
}

fn again(about: &About) -> String {
    format!(
        "<section><h2>How to measure it again</h2>\n<p>With the same program, networks and policy, the same set gives the \
         same figures, bit for bit. Compare the digests above first.</p>\n<pre><code>{}</code></pre></section>\n",
        escaped(&about.command)
    )
}

const TERMS: &str = include_str!("terms.html");

#[cfg(test)]
mod tests;
