//! The findings of a report by check, with their counts.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::audit::{Check, Finding, Report, Status, Summary};
use crate::base::printable;
use crate::rules::Severity;

/// The findings of one check.
pub(super) struct Group<'r> {
    /// The check's id.
    pub(super) id: &'r str,
    /// Its explanation, if the report has it.
    pub(super) check: Option<&'r Check>,
    /// The number of findings of each status.
    pub(super) summary: Summary,
    /// Its findings, in the report's order.
    pub(super) findings: Vec<&'r Finding>,
}

impl<'r> Group<'r> {
    /// The severity of a failure.
    pub(super) fn severity(&self) -> Severity {
        self.check.map_or(Severity::default(), |check| check.severity)
    }

    /// The check's title, fit for one line.
    pub(super) fn title(&self) -> String {
        printable(self.check.map_or("", |check| &check.title))
    }

    /// The findings of one status.
    pub(super) fn of(&self, status: Status) -> impl Iterator<Item = &'r Finding> {
        self.findings.iter().copied().filter(move |finding| finding.status == status)
    }

    /// The number of resources of a status among those that the check is about: `3 of 40 tables`.
    pub(super) fn share(&self, status: Status) -> String {
        let Summary { pass, fail, unknown, waived, not_applicable: _ } = self.summary;
        let of = pass + fail + unknown + waived;
        format!("{} of {of} {}", self.summary.of(status), self.noun(of))
    }

    /// The word for that many of its resources: their type's, or `resources` where they are of several.
    fn noun(&self, number: u64) -> String {
        let applicable = |finding: &&&Finding| finding.status != Status::NotApplicable;
        let mut types = self.findings.iter().filter(applicable).map(|finding| finding.resource.type_name.as_str());
        let first = types.next().unwrap_or_default();
        let word = if types.all(|other| other == first) { noun(first) } else { "resource".to_owned() };
        if number == 1 { word } else { plural(&word) }
    }
}

/// The findings by check: the highest severity first, then by id.
pub(super) fn groups(report: &Report) -> Vec<Group<'_>> {
    let mut groups: BTreeMap<(Reverse<Severity>, &str), Group<'_>> = BTreeMap::new();
    for finding in &report.findings {
        let check = report.check(finding);
        let severity = check.map_or(Severity::default(), |check| check.severity);
        let group = groups.entry((Reverse(severity), &finding.check)).or_insert_with(|| Group {
            id: &finding.check,
            check,
            summary: Summary::default(),
            findings: Vec::new(),
        });
        group.summary.add(finding.status);
        group.findings.push(finding);
    }
    groups.into_values().collect()
}

/// The word for a resource of a type of AWS: `table` for `AWS::DynamoDB::Table`, `VPC endpoint` for `AWS::EC2::VPCEndpoint`.
pub(super) fn noun(type_name: &str) -> String {
    let name = type_name.rsplit("::").next().unwrap_or_default();
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric()) {
        return "resource".to_owned();
    }
    let chars: Vec<char> = name.chars().collect();
    let mut words: Vec<String> = Vec::new();
    for (at, char) in chars.iter().enumerate() {
        let lower = |at: usize| chars.get(at).is_some_and(char::is_ascii_lowercase);
        // A word begins with a capital after a small letter, or with the last one of an abbreviation.
        let begins = char.is_ascii_uppercase() && (at.checked_sub(1).is_some_and(lower) || at > 0 && lower(at + 1));
        match words.last_mut() {
            Some(word) if !begins => word.push(*char),
            _ => words.push(char.to_string()),
        }
    }
    let spoken = |word: String| {
        let abbreviation = word.len() > 1 && !word.contains(|c: char| c.is_ascii_lowercase());
        if abbreviation { word } else { word.to_ascii_lowercase() }
    };
    words.into_iter().map(spoken).collect::<Vec<_>>().join(" ")
}

fn plural(word: &str) -> String {
    match word.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ if word.ends_with('s') || word.ends_with('x') || word.ends_with("ch") => format!("{word}es"),
        _ => format!("{word}s"),
    }
}

/// The severity in one word.
pub(in crate::report) fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
        Severity::Critical => "critical",
    }
}

/// The numbers of all statuses: `2 failed, 1 unknown, 0 waived, 5 passed, 1 not applicable`.
pub(super) fn counts(summary: &Summary) -> String {
    let Summary { pass, fail, unknown, waived, not_applicable } = summary;
    format!("{fail} failed, {unknown} unknown, {waived} waived, {pass} passed, {not_applicable} not applicable")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::generated::sample;

    #[test]
    fn types_are_spoken_of_by_their_noun() {
        let names = ["AWS::DynamoDB::Table", "AWS::EC2::VPCEndpoint", "AWS::EC2::VPC", "AWS::::Account"];
        assert_eq!(names.map(noun), ["table", "VPC endpoint", "VPC", "account"]);
        let names = ["AWS::Cognito::UserPoolClient", "AWS::IAM::Policy", "", "<b>", "AWS::EC2::NetworkAcl"];
        assert_eq!(names.map(noun), ["user pool client", "policy", "resource", "resource", "network acl"]);
        let many = ["table", "policy", "key", "alias", "VPC"].map(plural);
        assert_eq!(many, ["tables", "policies", "keys", "aliases", "VPCs"]);
    }

    #[test]
    fn groups_count_what_a_check_is_about() {
        let report = sample();
        let groups = groups(&report);
        let shares: Vec<String> = groups.iter().map(|group| group.share(Status::Fail)).collect();
        assert_eq!(shares, ["1 of 2 tables", "0 of 1 user", "1 of 3 tables"]);
        assert_eq!(groups[1].id, "iam-user-mfa", "the severity counts more than the name");
    }
}
