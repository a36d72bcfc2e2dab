//! The order of a report's findings.

use std::cmp::Reverse;

use super::{Finding, Report};
use crate::rules::Severity;

impl Report {
    /// Puts the findings in their order: severity (the highest first), check, account, region, resource.
    pub fn sort(&mut self) {
        let Self { checks, findings, .. } = self;
        findings.sort_by(|one, other| {
            let key = |finding: &Finding| {
                let severity = checks.get(&finding.check).map_or(Severity::Low, |check| check.severity);
                (Reverse(severity), finding.check.clone())
            };
            let place = |finding: &'_ Finding| {
                let resource = finding.resource.clone();
                (resource.account.clone(), resource.region.clone(), resource.id.clone(), resource.arn.clone())
            };
            key(one).cmp(&key(other)).then_with(|| place(one).cmp(&place(other)))
        });
    }
}
