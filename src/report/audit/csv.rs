//! An audit's findings as CSV, for a spreadsheet.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;

use super::groups::severity_name;
use super::standards::names;
use crate::audit::{Change, Finding, Fixable, Remediation, Report, Standards, remedy};
use crate::base::printable;

/// The columns, with a row for each finding.
const COLUMNS: [&str; 33] = [
    "status",
    "severity",
    "check",
    "title",
    "area",
    "account",
    "region",
    "resource_type",
    "resource_id",
    "resource_arn",
    "owner",
    "tags",
    "address",
    "file",
    "line",
    "property",
    "expected",
    "actual",
    "message",
    "risk",
    "remediation_cli",
    "fixable",
    "aws_config",
    "security_hub",
    "prowler",
    "checkov",
    "cis",
    "evidence",
    "first_seen",
    "change",
    "waiver",
    "waiver_owner",
    "waiver_expires",
];

/// Writes a row for each finding, after one with the names of the columns.
pub fn audit_csv(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(COLUMNS)?;
    for finding in &report.findings {
        csv.write_record(row(report, finding).map(|cell| inert(&cell)))?;
    }
    csv.flush()
}

fn row(report: &Report, finding: &Finding) -> [String; 33] {
    let check = report.check(finding);
    let resource = &finding.resource;
    let text = |text: &Option<Arc<str>>| text.as_deref().unwrap_or_default().to_owned();
    let remedy = check.map_or(Remediation::default(), |check| remedy(check, finding));
    let standards = check.map_or(Standards::default(), |check| check.standards.clone());
    let waiver = finding.waiver.as_ref();
    let evidence = finding.evidence.iter().map(|one| format!("{} {}", one.operation, one.read_at));
    [
        finding.status.name().to_owned(),
        check.map_or("", |check| severity_name(check.severity)).to_owned(),
        finding.check.to_string(),
        check.map_or("", |check| &check.title).to_owned(),
        check.map_or("", |check| &check.area).to_owned(),
        resource.account.clone(),
        resource.region.clone(),
        resource.type_name.clone(),
        resource.id.clone(),
        resource.arn.clone(),
        resource.owner.clone().unwrap_or_default(),
        tags(&resource.tags),
        text(&finding.address),
        finding.location.as_ref().map(|at| at.file.to_string_lossy().into_owned()).unwrap_or_default(),
        finding.location.as_ref().map(|at| at.line.to_string()).unwrap_or_default(),
        text(&finding.property),
        text(&finding.expected),
        text(&finding.actual),
        finding.message.to_string(),
        check.map_or("", |check| &check.risk).to_owned(),
        remedy.cli,
        check.map_or("", |check| fixable(check.fixable)).to_owned(),
        standards.aws_config.join(" "),
        standards.security_hub.join(" "),
        standards.prowler.join(" "),
        standards.checkov.join(" "),
        names(&standards.cis).join(" "),
        evidence.collect::<Vec<_>>().join("; "),
        text(&finding.first_seen),
        change(finding.change).to_owned(),
        waiver.map(|waiver| waiver.reason.clone()).unwrap_or_default(),
        waiver.map(|waiver| waiver.owner.clone()).unwrap_or_default(),
        waiver.map(|waiver| waiver.expires.clone()).unwrap_or_default(),
    ]
}

fn tags(tags: &BTreeMap<String, String>) -> String {
    tags.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join("; ")
}

fn fixable(fixable: Fixable) -> &'static str {
    match fixable {
        Fixable::Auto => "auto",
        Fixable::Manual => "manual",
        Fixable::Replace => "replace",
    }
}

fn change(change: Option<Change>) -> &'static str {
    match change {
        None => "",
        Some(Change::New) => "new",
        Some(Change::NotInBaseline) => "not_in_baseline",
        Some(Change::Unchanged) => "unchanged",
        Some(Change::Fixed) => "fixed",
    }
}

/// A cell on one line that no spreadsheet takes for a formula: one that would begin as such gets an apostrophe.
/// Source: OWASP, "CSV Injection"; spreadsheets for East Asian languages know the wide forms of the same characters.
fn inert(cell: &str) -> String {
    let cell = printable(cell);
    let formula = ['=', '+', '-', '@', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}'];
    if cell.trim_start().starts_with(formula) { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::generated::{report, sample};

    #[test]
    fn each_finding_is_a_row() {
        let mut out = Vec::new();
        audit_csv(&sample(), &mut out).expect("memory");
        insta::assert_snapshot!(String::from_utf8(out).expect("text"));
    }

    #[test]
    fn no_cell_is_a_formula_or_has_more_than_a_line() {
        for seed in 0..300 {
            let report = report(seed);
            let mut out = Vec::new();
            audit_csv(&report, &mut out).expect("memory");
            let mut read = csv::Reader::from_reader(out.as_slice());
            assert_eq!(read.headers().expect("a header"), &csv::StringRecord::from(COLUMNS.to_vec()));
            let rows: Vec<csv::StringRecord> = read.records().collect::<Result<_, _>>().expect("CSV");
            assert_eq!(rows.len(), report.findings.len(), "seed {seed}");
            for (row, finding) in rows.iter().zip(&report.findings) {
                assert_eq!(&row[0], finding.status.name());
                assert_eq!(row[18].trim_start_matches('\''), printable(&finding.message).trim_start_matches('\''));
                for cell in row {
                    assert!(!cell.trim_start().starts_with(['=', '+', '-', '@', '\u{FF1D}']), "{seed}: {cell:?}");
                    assert!(!cell.contains(char::is_control), "seed {seed}: {cell:?}");
                }
            }
        }
    }
}
