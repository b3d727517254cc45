//! Ablation: the metrics of the same set without each cue.
//!
//! A score follows from the contributions of networks and cues, so a cue can be removed without scoring the clips again. Simulated sign-ins cannot be derived in this way and are left out.

use super::{figures::Figures, page::Ablation, presentation::Presentation, threshold::Threshold};
use countenance_core::policy::{CueName, LivenessPolicy};

/// One row without each cue that `policy` enables, and one without all of them. Empty if there is none.
pub fn of(presentations: &[Presentation], threshold: &Threshold, policy: &LivenessPolicy) -> Vec<Ablation> {
    let cues: Vec<_> = CueName::ALL.into_iter().filter(|&name| policy.cues.of(name).enabled).collect();
    let without = |name: String, off: &[CueName]| {
        let rows: Vec<_> = presentations.iter().map(|row| silenced(row, off, policy)).collect();
        Ablation { name, figures: Figures::of(&rows, threshold) }
    };
    let each = cues.iter().map(|cue| without(format!("without {}", cue.as_str()), &[*cue]));
    let none = (!cues.is_empty()).then(|| without("networks alone".into(), &cues));
    each.chain(none).collect()
}

/// The presentation as if the cues `off` had contributed nothing.
fn silenced(presentation: &Presentation, off: &[CueName], policy: &LivenessPolicy) -> Presentation {
    let cues: Vec<_> = presentation.cues.iter().filter(|cue| !off.contains(&cue.name)).cloned().collect();
    let nets = presentation.nets.iter().map(|net| net.llr).sum::<f32>() / presentation.nets.len().max(1) as f32;
    Presentation {
        score: presentation.score.map(|_| policy.fused(nets, cues.iter().map(|cue| cue.llr))),
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
    use countenance_core::protocol::{CueClaim, NetClaim};

    #[test]
    fn removes_the_contribution_of_each_cue() {
        let said = |name, llr| CueClaim { name, measure: Some(1.0), llr };
        let row = |label: &str, nets: f32, stillness: f32, bezel: f32| Presentation {
            nets: vec![NetClaim { name: "net".into(), sha256: String::new(), llr: nets, odds: Vec::new() }],
            cues: vec![said(CueName::Stillness, stillness), said(CueName::Bezel, bezel)],
            decision: Some(Decision::Live),
            ..presented(Some(label), Some(nets + stillness + bezel))
        };
        // The networks alone accept the attack, stillness denies it, the bezel cue contributes nothing to it.
        let rows = [row("bona_fide", 2.0, 0.0, 1.0), row("print", 2.0, -3.0, 0.0)];
        let mut none = LivenessPolicy::default();
        for name in CueName::ALL {
            none.cues.of_mut(name).enabled = false;
        }
        let mut policy = none.clone();
        (policy.cues.stillness.enabled, policy.cues.bezel.enabled) = (true, true);
        let runs = of(&rows, &at(1.0), &policy);
        let errors: Vec<_> = runs.iter().map(|run| (run.name.as_str(), run.figures.attacks.wrong.count)).collect();
        assert_eq!(errors, [("without stillness", 1), ("without bezel", 0), ("networks alone", 1)]);
        assert!(runs.iter().all(|run| run.figures.bpcer.count == 0 && run.figures.bona_fide.decisions.is_none()));
        assert!(of(&rows, &at(1.0), &none).is_empty());
    }
}
