//! Writes a report as JSON, finding by finding.

use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::Arc;

use serde::ser::{Serialize, SerializeStruct as _, Serializer};

use super::document::{FORMAT_VERSION, FindingForm, Place, ScopeForm};
use super::lines::{Elements, json_lines};
use crate::audit::{Check, Fixable, Report, Standards, remedy};
use crate::audit::{Finding, Remediation};
use crate::base::Location;
use crate::rules::Severity;

/// The levels whose members have lines of their own: the document's members, and the elements of its lists.
const DEPTH: usize = 2;

impl Report {
    /// Writes the report as JSON: the form of `underpin schema audit`, with one line for each finding.
    pub fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        json_lines(&Document(self), DEPTH, out)
    }
}

/// The whole document. Its lists are made while they are written.
struct Document<'r>(&'r Report);

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Report { scope, not_assessed, checks, findings: _, trend } = self.0;
        let mut document = serializer.serialize_struct("Document", 7)?;
        document.serialize_field("format_version", FORMAT_VERSION)?;
        document.serialize_field("scope", &ScopeForm::from(scope))?;
        document.serialize_field("summary", &self.0.summary())?;
        document.serialize_field("not_assessed", not_assessed)?;
        document.serialize_field("checks", &Elements(|| checks.values().map(AsRef::as_ref)))?;
        document.serialize_field("findings", &Elements(|| self.0.findings.iter().map(|one| form(self.0, one))))?;
        document.serialize_field("trend", trend)?;
        document.end()
    }
}

fn form<'r>(report: &'r Report, finding: &'r Finding) -> FindingForm<'r> {
    let Finding {
        check: check_id,
        status,
        resource,
        address,
        location,
        property,
        expected,
        actual,
        evidence,
        message,
        remedy: _,
        waiver,
        first_seen,
        change,
    } = finding;
    let check = report.check(finding);
    let text = |of: fn(&Check) -> &str| Cow::Borrowed(check.map_or("", of));
    let words = |text: &'r Option<Arc<str>>| text.as_deref().map(Cow::Borrowed);
    FindingForm {
        id: finding.id().into(),
        check: Cow::Borrowed(check_id),
        title: text(|check| &check.title),
        severity: check.map_or(Severity::default(), |check| check.severity),
        status: *status,
        resource: Cow::Borrowed(resource),
        address: words(address),
        location: location.as_deref().map(place),
        property: words(property),
        expected: words(expected),
        actual: words(actual),
        evidence: Cow::Borrowed(evidence),
        message: Cow::Borrowed(message),
        risk: text(|check| &check.risk),
        remediation: check.map_or(Remediation::default(), |check| remedy(check, finding)),
        fixable: check.map_or(Fixable::default(), |check| check.fixable),
        standards: check.map_or_else(|| Cow::Owned(Standards::default()), |check| Cow::Borrowed(&check.standards)),
        first_seen: words(first_seen),
        waiver: waiver.as_deref().map(Cow::Borrowed),
        change: *change,
    }
}

fn place(location: &Location) -> Place<'_> {
    let Location { file, line, column, bytes: _ } = location;
    // A path that is no text is shown as well as it can be.
    Place { file: file.to_string_lossy(), line: *line, column: *column }
}
