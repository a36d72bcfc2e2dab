//! The score: the share of what passed in what was decided, by severity.

use std::fmt;

use super::{Report, Status, Summary};
use crate::rules::Severity;

/// The severities with their weights, the highest first.
pub const WEIGHTS: [(Severity, u64); 4] =
    [(Severity::Critical, 10), (Severity::High, 5), (Severity::Medium, 2), (Severity::Low, 1)];

/// The score of a report. What is unknown, waived or not applicable is in neither part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Score {
    /// The weight of what passed.
    pub passed: u64,
    /// The weight of what passed or failed.
    pub decided: u64,
    /// The findings of each status.
    pub summary: Summary,
}

impl Score {
    /// The score of a report.
    pub fn of(report: &Report) -> Self {
        let mut score = Self { summary: report.summary(), ..Self::default() };
        for finding in &report.findings {
            let severity = report.check(finding).map(|check| check.severity).unwrap_or_default();
            let weight = weight(severity);
            match finding.status {
                Status::Pass => {
                    score.passed += weight;
                    score.decided += weight;
                }
                Status::Fail => score.decided += weight,
                Status::Unknown | Status::Waived | Status::NotApplicable => {}
            }
        }
        score
    }

    /// In tenths of a percent, rounded down, so that 1000 means that nothing failed; `None` if nothing was decided.
    pub fn per_mille(&self) -> Option<u64> {
        (self.passed * 1000).checked_div(self.decided)
    }

    /// The formula with its numbers, and what is not in it, as sentences.
    pub fn formula(&self) -> String {
        let weights: Vec<String> =
            WEIGHTS.iter().map(|(severity, weight)| format!("{} {weight}", severity_name(*severity))).collect();
        let numbers = match self.per_mille() {
            Some(_) => format!("100 × {} ÷ {} = {self}, rounded down", self.passed, self.decided),
            None => "Nothing passed or failed, so there is no score".to_owned(),
        };
        let Summary { unknown, waived, not_applicable, pass: _, fail: _ } = self.summary;
        format!(
            "Score = 100 × weight of passed findings ÷ weight of passed and failed findings; a finding weighs by \
             severity: {}. {numbers}. Not in it, and never counted as passed: {unknown} unknown, {waived} waived, \
             {not_applicable} not applicable.",
            weights.join(", ")
        )
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.per_mille() {
            Some(tenths) => write!(f, "{}.{}", tenths / 10, tenths % 10),
            None => f.write_str("–"),
        }
    }
}

/// The weight of a finding.
fn weight(severity: Severity) -> u64 {
    WEIGHTS.iter().find(|(one, _)| *one == severity).map_or(1, |(_, weight)| *weight)
}

/// The name of a severity, as in the JSON report.
pub fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::High => "high",
        Severity::Medium => "medium",
        Severity::Low => "low",
    }
}
