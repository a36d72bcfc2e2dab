//! The failures of a resource that one remedy fixes together.

use std::collections::HashMap;

use crate::audit::{Finding, Report, Status};

/// The failures of each resource.
pub(super) struct Together<'r>(HashMap<&'r str, Vec<&'r Finding>>);

impl<'r> Together<'r> {
    /// Of a report.
    pub(super) fn of(report: &'r Report) -> Self {
        let mut by_resource: HashMap<&str, Vec<&Finding>> = HashMap::new();
        for finding in report.findings.iter().filter(|finding| finding.status == Status::Fail) {
            by_resource.entry(&finding.resource.arn).or_default().push(finding);
        }
        Self(by_resource)
    }

    /// The other checks that fail on the same resource and have the same calls as remedy.
    pub(super) fn others(&self, report: &Report, finding: &Finding) -> Vec<&'r str> {
        let all = self.0.get(finding.resource.arn.as_str()).into_iter().flatten();
        let same = all.filter(|other| other.check != finding.check && has_same_calls(report, finding, other));
        same.map(|other| &*other.check).collect()
    }
}

/// Returns whether the calls of two failures of one resource are the same.
fn has_same_calls(report: &Report, one: &Finding, other: &Finding) -> bool {
    let template = |finding: &Finding| report.check(finding).map_or("", |check| check.remediation.cli.as_str());
    match (&one.remedy, &other.remedy) {
        (Some(one), Some(other)) => !one.cli.is_empty() && one.cli == other.cli,
        (None, None) => !template(one).is_empty() && template(one) == template(other),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::audit::Remediation;
    use crate::audit::generated::sample;

    #[test]
    fn failures_with_the_same_calls_on_one_resource_are_fixed_together() {
        let mut report = sample();
        let failed = report.findings.iter().position(|one| one.status == Status::Fail).expect("a failure");
        let mut other = report.findings[failed].clone();
        other.check = "iam-user-mfa".into();
        report.findings.push(other);
        let others = |report: &Report| -> Vec<String> {
            let all = Together::of(report).others(report, &report.findings[failed]);
            all.into_iter().map(str::to_owned).collect()
        };
        assert_eq!(others(&report), ["iam-user-mfa"], "their templates are the same");
        let own = Remediation { cli: "aws x".to_owned(), ..Remediation::default() };
        report.findings[failed].remedy = Some(Arc::new(own.clone()));
        assert!(others(&report).is_empty());
        report.findings.last_mut().expect("it was added").remedy = Some(Arc::new(own));
        assert_eq!(others(&report), ["iam-user-mfa"]);
    }
}
