//! The section on the limitations of the set.

use maud::{Markup, html};

use super::{About, Figures, percent, plain};

/// With fewer people than this, the metrics describe these people rather than people in general. Our choice.
const FEW_PEOPLE: u32 = 15;

pub(super) fn section(figures: &Figures, about: &About) -> Markup {
    let all = [
        Some(people(figures)),
        Some(cameras(figures)),
        Some(nature(about)),
        species(figures),
        smallest(figures),
        Some(
            "EER, and BPCER where a species is kept to a limit, take a threshold that was picked on this very set. On \
             another set the same threshold does worse; the figures at the evaluated threshold are the ones to go by."
                .into(),
        ),
        Some(
            "Pictures that never passed a camera (a virtual camera, a tampered driver) are no presentations and are not \
             measured here. Nor is whose face it is."
                .into(),
        ),
    ];
    html! {
        section {
            h2 { "What this set cannot show" }
            ul { @for limit in all.into_iter().flatten() { li { (limit) } } }
        }
    }
}

fn people(figures: &Figures) -> String {
    let presented = &figures.presented;
    let clips = presented.clips - presented.unlabelled;
    let dependent = "Clips of one person resemble each other. The intervals take clips for independent, and are therefore \
                     narrower than they should be";
    match presented.people {
        0 => format!("The set does not say who is shown. {dependent}, by how much cannot be told."),
        people if people < FEW_PEOPLE => format!(
            "{clips} clips show {people} different people: too few to stand for others, of other age, sex or skin. \
             {dependent}."
        ),
        people => format!("{clips} clips show {people} different people. {dependent}."),
    }
}

fn cameras(figures: &Figures) -> String {
    match figures.presented.cameras.as_slice() {
        [] => "The set does not say with what camera it was taken. Another camera, with other noise, sharpness and \
               compression, can change every figure."
            .into(),
        [one] => {
            format!("All clips whose camera is stated come from one: {}. Another can change every figure.", plain(one))
        }
        several => format!(
            "{} cameras are stated; others, with other noise, sharpness and compression, can do better or worse.",
            several.len()
        ),
    }
}

fn nature(about: &About) -> String {
    match &about.nature {
        Some(nature) => format!("Of the set its maker says: {}.", plain(nature.trim_end_matches('.'))),
        None => {
            "The set does not say whether its attacks were really made or are simulated. Simulated attacks prove that \
                 the parts work together, never how accurate they are."
                .into()
        }
    }
}

fn species(figures: &Figures) -> Option<String> {
    let names: Vec<_> = figures.species.iter().map(|species| plain(&species.name)).collect();
    (!names.is_empty()).then(|| {
        format!(
            "Only these species were presented: {}. Any other, and a better made instrument of these, may pass more often. \
             An attacker tries again and picks the best: a rate per presentation is no chance per attacker.",
            names.join(", ")
        )
    })
}

/// For species of which nothing passed, the upper end of the interval.
fn smallest(figures: &Figures) -> Option<String> {
    let unseen: Vec<_> = figures
        .species
        .iter()
        .filter(|species| species.class.wrong.count == 0)
        .filter_map(|species| {
            let high = species.class.wrong.high?;
            Some(format!("{} (0 of {}, up to {} %)", plain(&species.name), species.class.wrong.of, percent(high)))
        })
        .collect();
    (!unseen.is_empty()).then(|| {
        format!("Where nothing passed, the true rate may still reach the end of the interval: {}.", unseen.join(", "))
    })
}
