//! The report by standard: each requirement with its findings, and the share of requirements that pass.

use std::collections::{BTreeMap, BTreeSet};

use super::{Check, Report, Status, Summary};

/// A standard, as far as the checks of a report cover it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standard {
    /// A short name, such as `cis-3.0`.
    pub id: String,
    /// The name with its version.
    pub name: String,
    /// Its requirements that a check looks at, in their order.
    pub requirements: Vec<Requirement>,
}

/// A requirement of a standard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// Its number, or the control's id.
    pub id: String,
    /// The checks that look at it.
    pub checks: BTreeSet<String>,
    /// Their findings.
    pub summary: Summary,
}

impl Requirement {
    /// The status of the whole: the worst of its findings. Waived failures alone make it waived; `None` if no check found
    /// anything to look at.
    pub fn status(&self) -> Option<Status> {
        let order = [Status::Fail, Status::Unknown, Status::Waived, Status::Pass, Status::NotApplicable];
        order.into_iter().find(|status| self.summary.of(*status) > 0)
    }
}

impl Standard {
    /// The number of requirements of a status.
    pub fn count(&self, status: Status) -> usize {
        self.requirements.iter().filter(|one| one.status() == Some(status)).count()
    }

    /// The requirements that passed, failed or are unknown, waived ones left out: what the percentage is of.
    pub fn decided(&self) -> usize {
        [Status::Pass, Status::Fail, Status::Unknown].into_iter().map(|status| self.count(status)).sum()
    }

    /// The percentage of requirements that passed, of those that passed, failed or are unknown, rounded down; `None` if
    /// there are none.
    pub fn percentage(&self) -> Option<usize> {
        (self.count(Status::Pass) * 100).checked_div(self.decided())
    }
}

/// The standards that the checks of a report know.
pub fn standards(report: &Report) -> Vec<Standard> {
    let mut counts: BTreeMap<&str, Summary> = BTreeMap::new();
    for finding in &report.findings {
        counts.entry(&finding.check).or_default().add(finding.status);
    }
    let mut found: BTreeMap<(String, String), BTreeMap<Key, Requirement>> = BTreeMap::new();
    for (id, check) in &report.checks {
        let summary = counts.get(id.as_ref()).copied().unwrap_or_default();
        for (standard, requirement) in named(check) {
            let requirements = found.entry(standard).or_default();
            let entry = requirements.entry(key(&requirement)).or_insert_with(|| Requirement {
                id: requirement,
                checks: BTreeSet::new(),
                summary: Summary::default(),
            });
            entry.checks.insert(id.to_string());
            for status in Status::ALL {
                for _ in 0..summary.of(status) {
                    entry.summary.add(status);
                }
            }
        }
    }
    let standard = |((id, name), requirements): ((String, String), BTreeMap<Key, Requirement>)| Standard {
        id,
        name,
        requirements: requirements.into_values().collect(),
    };
    found.into_iter().map(standard).collect()
}

/// The standards of a check, each with its id and name, and the requirement.
fn named(check: &Check) -> Vec<((String, String), String)> {
    let mut found = Vec::new();
    for (version, requirements) in &check.standards.cis {
        let standard = (format!("cis-{version}"), format!("CIS AWS Foundations Benchmark v{version}.0"));
        found.extend(requirements.iter().map(|one| (standard.clone(), one.clone())));
    }
    if check.standards.fsbp {
        // Source: https://docs.aws.amazon.com/securityhub/latest/userguide/fsbp-standard.html, whose ARN ends with `v/1.0.0`.
        let standard = ("fsbp".to_owned(), "AWS Foundational Security Best Practices v1.0.0".to_owned());
        found.extend(check.standards.security_hub.iter().map(|one| (standard.clone(), one.clone())));
    }
    found
}

type Key = (String, Vec<u64>, String);

/// The order of requirements: `1.9` before `1.10`, `DynamoDB.2` before `DynamoDB.10`.
fn key(requirement: &str) -> Key {
    let words = requirement.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let numbers = requirement[words.len()..].split('.').filter_map(|part| part.parse().ok()).collect();
    (words.to_owned(), numbers, requirement.to_owned())
}
