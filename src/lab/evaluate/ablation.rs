//! Ablation: the metrics of the same set without each cue.
//!
//! A score is the sum of the contributions of networks and cues, so a cue can be removed without scoring the clips
//! again. Simulated sign-ins cannot be derived in this way and are left out.

use super::{figures::Figures, page::Ablation, presentation::Presentation, threshold::Threshold};
use countenance_core::policy::CueName;

/// One row without each of `cues`, and one without all of them. Empty if `cues` is.
pub fn of(presentations: &[Presentation], threshold: &Threshold, cues: &[CueName]) -> Vec<Ablation> {
    let without = |name: String, off: &[CueName]| {
        let rows: Vec<_> = presentations.iter().map(|row| silenced(row, off)).collect();
        Ablation { name, figures: Figures::of(&rows, threshold) }
    };
    let each = cues.iter().map(|cue| without(format!("without {}", cue.as_str()), &[*cue]));
    let none = (!cues.is_empty()).then(|| without("networks alone".into(), cues));
    each.chain(none).collect()
}

/// The presentation as if the cues `off` had contributed nothing.
fn silenced(presentation: &Presentation, off: &[CueName]) -> Presentation {
    let (said, cues): (Vec<_>, Vec<_>) = presentation.cues.iter().cloned().partition(|cue| off.contains(&cue.name));
    Presentation {
        score: presentation.score.map(|score| score - said.iter().map(|cue| cue.llr).sum::<f32>()),
        cues,
        decision: None,
        decided_millis: None,
        ..presentation.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::{
        figures::tests::{at, presented},
        presentation::Decision,
    };
    use countenance_core::protocol::CueClaim;

    #[test]
    fn removes_the_contribution_of_each_cue() {
        let said = |name, llr| CueClaim { name, measure: Some(1.0), llr };
        let row = |label: &str, score: f32, stillness: f32, bezel: f32| Presentation {
            cues: vec![said(CueName::Stillness, stillness), said(CueName::Bezel, bezel)],
            decision: Some(Decision::Live),
            ..presented(Some(label), Some(score))
        };
        // The networks alone accept the attack, stillness denies it, the bezel cue contributes nothing to it.
        let rows = [row("bona_fide", 3.0, 0.0, 1.0), row("print", -1.0, -3.0, 0.0)];
        let runs = of(&rows, &at(1.0), &[CueName::Stillness, CueName::Bezel]);
        let errors: Vec<_> = runs.iter().map(|run| (run.name.as_str(), run.figures.attacks.wrong.count)).collect();
        assert_eq!(errors, [("without stillness", 1), ("without bezel", 0), ("networks alone", 1)]);
        assert!(runs.iter().all(|run| run.figures.bpcer.count == 0 && run.figures.bona_fide.decisions.is_none()));
        assert!(of(&rows, &at(1.0), &[]).is_empty());
    }
}
