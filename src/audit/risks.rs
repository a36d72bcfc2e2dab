//! The principal risks, in sentences: the failing checks with the most weight, and how many resources each concerns.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Check, Finding, Report, Status};
use crate::rules::Severity;

/// The number of resources that a sentence names.
const NAMED: usize = 3;

/// A risk that a report shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Risk {
    /// The check that fails.
    pub check: Arc<str>,
    /// The severity of a failure.
    pub severity: Severity,
    /// The resources on which it fails.
    pub failed: usize,
    /// The resources on which it was decided or could not be.
    pub judged: usize,
    /// The check's title, and the share: `Point-in-time recovery is on: not so for 3 of 40 tables (a, b and c).`
    pub finding: String,
    /// What may happen.
    pub risk: String,
}

/// The principal risks of a report, the gravest first: by severity, then by the number of resources.
pub fn principal_risks(report: &Report, most: usize) -> Vec<Risk> {
    let mut by_check: BTreeMap<&Arc<str>, Vec<&Finding>> = BTreeMap::new();
    for finding in report.findings.iter().filter(|finding| finding.status != Status::NotApplicable) {
        by_check.entry(&finding.check).or_default().push(finding);
    }
    let mut risks: Vec<Risk> = by_check
        .into_iter()
        .filter_map(|(id, findings)| {
            let check = report.checks.get(id)?;
            let failed: Vec<&Finding> =
                findings.iter().filter(|finding| finding.status == Status::Fail).copied().collect();
            (!failed.is_empty()).then(|| risk(id, check, &failed, &findings))
        })
        .collect();
    risks.sort_by(|one, other| {
        let key = |risk: &Risk| (Reverse(risk.severity), Reverse(risk.failed));
        key(one).cmp(&key(other)).then_with(|| one.check.cmp(&other.check))
    });
    risks.truncate(most);
    risks
}

fn risk(id: &Arc<str>, check: &Check, failed: &[&Finding], judged: &[&Finding]) -> Risk {
    let types: BTreeSet<&str> = judged.iter().map(|finding| finding.resource.type_name.as_str()).collect();
    let noun = match types.iter().next() {
        Some(only) if types.len() == 1 => resource_noun(only, judged.len()),
        _ => plural("resource", judged.len()),
    };
    let accounts: BTreeSet<&str> = failed.iter().map(|finding| finding.resource.account.as_str()).collect();
    let places = if accounts.len() > 1 { format!(", in {} accounts", accounts.len()) } else { String::new() };
    let finding = format!(
        "{}: not so for {} of {} {noun}{places} ({}).",
        check.title.trim_end_matches('.'),
        failed.len(),
        judged.len(),
        names(failed)
    );
    Risk {
        check: id.clone(),
        severity: check.severity,
        failed: failed.len(),
        judged: judged.len(),
        finding,
        risk: check.risk.clone(),
    }
}

/// The first names, and the number of the others.
fn names(findings: &[&Finding]) -> String {
    let mut names: Vec<String> = findings.iter().take(NAMED).map(|finding| finding.resource.id.clone()).collect();
    let more = findings.len() - names.len();
    if more > 0 {
        names.push(format!("{more} more"));
    }
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, first)) => format!("{} and {last}", first.join(", ")),
        None => String::new(),
    }
}

/// The noun of a resource type, in the number: `AWS::DynamoDB::Table` is `table` or `tables`.
pub fn resource_noun(type_name: &str, number: usize) -> String {
    let noun = match type_name {
        "AWS::::Account" => "account".to_owned(),
        "AWS::::Region" => "region".to_owned(),
        "AWS::EC2::VPC" => "VPC".to_owned(),
        "AWS::EC2::VPCEndpoint" => "VPC endpoint".to_owned(),
        "AWS::EC2::VPCPeeringConnection" => "VPC peering connection".to_owned(),
        "AWS::DAX::Cluster" => "DAX cluster".to_owned(),
        "AWS::KMS::Key" => "KMS key".to_owned(),
        "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy" => return plural("policy", number),
        "AWS::Config::ConfigRule" => "AWS Config rule".to_owned(),
        other => words(other.rsplit("::").next().unwrap_or(other)),
    };
    plural(&noun, number)
}

/// The words of a name in camel case: `SecurityGroup` is `security group`.
fn words(name: &str) -> String {
    let mut out = String::new();
    for char in name.chars() {
        if char.is_uppercase() && !out.is_empty() {
            out.push(' ');
        }
        out.extend(char.to_lowercase());
    }
    out
}

fn plural(noun: &str, number: usize) -> String {
    match (number, noun.strip_suffix('y')) {
        (1, _) => noun.to_owned(),
        (_, Some(stem)) if !stem.ends_with(['a', 'e', 'o']) => format!("{stem}ies"),
        _ => format!("{noun}s"),
    }
}
