//! Reads a report from JSON, finding by finding.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::io::Read;
use std::sync::Arc;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;

use super::document::{FORMAT_VERSION, FindingForm, Place, ScopeForm};
use crate::audit::shared::Shared;
use crate::audit::{
    Check, Evidence, Finding, NotAssessed, Remediation, Report, Resource, Summary, Trend, Waiver, remedy,
};
use crate::base::Location;

/// A report that can't be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file can't be read.
    #[error("failed to read the report")]
    Io(#[source] std::io::Error),
    /// It is another form of JSON, or none.
    #[error("this is not a report of `underpin audit --format json`")]
    NotAReport(#[source] serde_json::Error),
    /// It is a report of another version.
    #[error("this report has format version {0}, and this version of underpin reads {FORMAT_VERSION}")]
    Version(String),
}

impl Report {
    /// Reads a report that [`Report::write_json`] has written. Equal resources, checks and waivers are kept once.
    pub fn from_json(reader: impl Read) -> Result<Self, ReadError> {
        let mut json = serde_json::Deserializer::from_reader(std::io::BufReader::new(reader));
        let mut other_version = None;
        let read = json.deserialize_map(Document { other_version: &mut other_version });
        let read = read.and_then(|report| json.end().map(|()| report));
        match (read, other_version) {
            (Ok(report), _) => Ok(report),
            (Err(_), Some(version)) => Err(ReadError::Version(version)),
            (Err(error), None) if error.classify() == Category::Io => Err(ReadError::Io(error.into())),
            (Err(error), None) => Err(ReadError::NotAReport(error)),
        }
    }
}

/// The whole document; its members may come in any order.
struct Document<'v> {
    /// The version, if it is another one.
    other_version: &'v mut Option<String>,
}

impl<'de> Visitor<'de> for Document<'_> {
    type Value = Report;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a report of `underpin audit --format json`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Report, A::Error> {
        let (mut version, mut scope, mut summary) = (None, None, None);
        let (mut not_assessed, mut checks, mut findings, mut trend) = (None, None, None, None);
        let mut known = Known::default();
        while let Some(key) = map.next_key::<Cow<'_, str>>()? {
            match key.as_ref() {
                "format_version" => {
                    let found: serde_json::Value = map.next_value()?;
                    if found != FORMAT_VERSION {
                        *self.other_version = Some(found.to_string());
                        return Err(A::Error::custom("another version"));
                    }
                    once(&mut version, (), "format_version")?;
                }
                "scope" => once(&mut scope, map.next_value::<ScopeForm<'static>>()?, "scope")?,
                "summary" => once(&mut summary, map.next_value::<Summary>()?, "summary")?,
                "not_assessed" => once(&mut not_assessed, map.next_value::<Vec<NotAssessed>>()?, "not_assessed")?,
                "checks" => {
                    once(&mut checks, (), "checks")?;
                    for check in map.next_value::<Vec<Check>>()? {
                        known.checks.insert(check.id.as_str().into(), Arc::new(check));
                    }
                    known.are_explained = true;
                }
                "findings" => once(&mut findings, map.next_value_seed(Findings(&mut known))?, "findings")?,
                "trend" => once(&mut trend, map.next_value::<Option<Trend>>()?, "trend")?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        there(version, "format_version")?;
        let mut findings: Vec<Finding> = there(findings, "findings")?;
        known.are_explained = true;
        for finding in &mut findings {
            if let Some(own) = finding.remedy.take() {
                finding.remedy = Some(own).filter(|own| !known.is_usual(finding, own));
            }
        }
        let report = Report {
            scope: there(scope, "scope")?.into(),
            not_assessed: there(not_assessed, "not_assessed")?,
            checks: known.checks,
            findings,
            trend: trend.flatten(),
        };
        if there(summary, "summary")? != report.summary() {
            return Err(A::Error::custom("the findings are not those that `summary` counts: the file was changed"));
        }
        Ok(report)
    }
}

fn once<T, E: serde::de::Error>(member: &mut Option<T>, value: T, name: &'static str) -> Result<(), E> {
    if member.replace(value).is_some() { Err(E::duplicate_field(name)) } else { Ok(()) }
}

fn there<T, E: serde::de::Error>(member: Option<T>, name: &'static str) -> Result<T, E> {
    member.ok_or_else(|| E::missing_field(name))
}

/// What findings share: each is kept once.
#[derive(Default)]
struct Known {
    checks: BTreeMap<Arc<str>, Arc<Check>>,
    resources: BTreeMap<String, Vec<Arc<Resource>>>,
    evidence: BTreeMap<String, Vec<Arc<[Evidence]>>>,
    waivers: Vec<Arc<Waiver>>,
    shared: Shared,
    /// True once `checks` was read: it comes before the findings, unless somebody has put the members in another order.
    are_explained: bool,
}

/// The list of findings.
struct Findings<'k>(&'k mut Known);

impl<'de> DeserializeSeed<'de> for Findings<'_> {
    type Value = Vec<Finding>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<Finding>, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Findings<'_> {
    type Value = Vec<Finding>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the list of findings")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<Finding>, A::Error> {
        let mut findings = Vec::new();
        while let Some(form) = list.next_element::<FindingForm<'static>>()? {
            findings.push(self.0.finding(form));
        }
        Ok(findings)
    }
}

impl Known {
    /// Returns whether a remedy is what the finding's check says of every resource.
    fn is_usual(&self, finding: &Finding, remediation: &Remediation) -> bool {
        let usual = || self.checks.get(&finding.check).map(|check| remedy(check, finding));
        self.are_explained && usual().as_ref() == Some(remediation)
    }

    fn finding(&mut self, form: FindingForm<'static>) -> Finding {
        let check = self.check(&form);
        let FindingForm {
            id: _,
            check: _,
            title: _,
            severity: _,
            status,
            resource,
            address,
            location,
            property,
            expected,
            actual,
            evidence,
            message,
            risk: _,
            remediation,
            fixable: _,
            standards: _,
            first_seen,
            waiver,
            change,
        } = form;
        let arn = resource.arn.clone();
        let mut text = |text: Option<Cow<'static, str>>| text.map(|text| self.shared.text(&text));
        let (address, property, expected) = (text(address), text(property), text(expected));
        let (actual, first_seen) = (text(actual), text(first_seen));
        let mut finding = Finding {
            check,
            status,
            evidence: shared(self.evidence.entry(arn.clone()).or_default(), evidence.into_owned()),
            resource: shared(self.resources.entry(arn).or_default(), resource.into_owned()),
            address,
            location: location.map(|Place { file, line, column }| {
                self.shared.location(Location { file: file.into_owned().into(), line, column, bytes: (0, 0) })
            }),
            property,
            expected,
            actual,
            message: self.shared.text(&message),
            remedy: None,
            waiver: waiver.map(|waiver| shared(&mut self.waivers, waiver.into_owned())),
            first_seen,
            change,
        };
        if !self.is_usual(&finding, &remediation) {
            finding.remedy = Some(Arc::new(remediation));
        }
        finding
    }

    /// The id of a finding's check. A check that `checks` does not explain is explained by its first finding.
    fn check(&mut self, form: &FindingForm<'static>) -> Arc<str> {
        if let Some((id, _)) = self.checks.get_key_value(form.check.as_ref()) {
            return Arc::clone(id);
        }
        let id: Arc<str> = form.check.as_ref().into();
        let check = Check {
            id: form.check.clone().into_owned(),
            title: form.title.clone().into_owned(),
            severity: form.severity,
            severity_reason: String::new(),
            area: String::new(),
            risk: form.risk.clone().into_owned(),
            remediation: form.remediation.clone(),
            fixable: form.fixable,
            also_touches: String::new(),
            standards: form.standards.clone().into_owned(),
        };
        self.checks.insert(Arc::clone(&id), Arc::new(check));
        id
    }
}

/// The one among these that is equal, or a new one. There are few of each: a resource has one form in a report.
fn shared<T, O>(known: &mut Vec<Arc<T>>, one: O) -> Arc<T>
where
    T: PartialEq + ?Sized,
    O: Into<Arc<T>> + std::borrow::Borrow<T>,
{
    if let Some(found) = known.iter().find(|known| ***known == *one.borrow()) {
        return Arc::clone(found);
    }
    let new: Arc<T> = one.into();
    known.push(Arc::clone(&new));
    new
}
