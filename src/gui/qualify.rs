//! Progress of measuring a site, derived from the steps of the run, as a pure function.

use countenance_client::runner::{QualifyStep, SiteVerdict};

/// How far it has come.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct QualifyView {
    /// Captures wanted.
    pub(super) wanted: u32,
    /// Captures taken.
    pub(super) taken: u32,
    /// What became of the last capture.
    pub(super) last: Option<LastCapture>,
    /// What was found, once it is over.
    pub(super) verdict: Option<SiteVerdict>,
}

/// What became of a capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LastCapture {
    /// Its score reaches the threshold.
    Passes,
    /// It does not.
    IsLow,
    /// It ended without a decision.
    Missed,
}

impl QualifyView {
    /// The state after this step.
    pub(super) fn after(mut self, step: &QualifyStep) -> Self {
        match step {
            QualifyStep::Begun { wanted } => return Self { wanted: *wanted, ..Self::default() },
            QualifyStep::Taken { passes } => {
                self.taken += 1;
                self.last = Some(if *passes { LastCapture::Passes } else { LastCapture::IsLow });
            }
            QualifyStep::Missed => self.last = Some(LastCapture::Missed),
            QualifyStep::Judged(verdict) => self.verdict = Some(verdict.clone()),
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_captures_and_keeps_the_verdict() {
        let verdict = SiteVerdict { not_armed: None, remedies: Vec::new(), not_kept: None };
        let steps = [
            QualifyStep::Begun { wanted: 20 },
            QualifyStep::Taken { passes: true },
            QualifyStep::Missed,
            QualifyStep::Taken { passes: false },
            QualifyStep::Judged(verdict.clone()),
        ];
        let end = steps.iter().fold(QualifyView::default(), QualifyView::after);
        let expected = QualifyView { wanted: 20, taken: 2, last: Some(LastCapture::IsLow), verdict: Some(verdict) };
        assert_eq!(end, expected);
        assert_eq!(end.after(&QualifyStep::Begun { wanted: 5 }), QualifyView { wanted: 5, ..QualifyView::default() });
    }
}
