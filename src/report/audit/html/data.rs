//! The findings as data for the page's script: columns over tables of distinct values, compressed.

use std::collections::HashMap;
use std::hash::Hash;
use std::io::{Cursor, Read as _, Write as _};

use serde_json::{Value, json};

use super::markup::visible;
use super::names::{change_label, fixable_label};
use crate::audit::{
    Check, Evidence, Finding, Part, Report, Resource, Standards, Status, Values, comments, parts, remedy,
    severity_name, standards,
};

/// Distinct values in the order in which they came, numbered from 1; 0 is none.
struct Distinct<K> {
    numbers: HashMap<K, u32>,
    values: Vec<Value>,
}

impl<K: Hash + Eq> Distinct<K> {
    fn new() -> Self {
        Self { numbers: HashMap::new(), values: vec![Value::Null] }
    }

    fn number(&mut self, key: K, value: impl FnOnce() -> Value) -> u32 {
        let Self { numbers, values } = self;
        *numbers.entry(key).or_insert_with(|| {
            values.push(value());
            u32::try_from(values.len() - 1).unwrap_or(u32::MAX)
        })
    }
}

/// The texts of the page, each once.
struct Texts(Distinct<String>);

impl Texts {
    /// The number of a text; 0 if there is none.
    fn number(&mut self, text: Option<&str>) -> u32 {
        self.written(text.map(visible))
    }

    /// The number of a text that many resources have but for their name: with that as [`OWN_NAME`] it is there once.
    fn shared(&mut self, text: Option<&str>, name: &str) -> u32 {
        self.written(text.map(|text| {
            let text = visible(text).replace(OWN_NAME, "\\uf8ff");
            let name = visible(name);
            if name.len() < 3 || name.contains(OWN_NAME) {
                text
            } else {
                text.replace(&name, OWN_NAME.encode_utf8(&mut [0; 4]))
            }
        }))
    }

    fn written(&mut self, text: Option<String>) -> u32 {
        let text = text.filter(|text| !text.is_empty());
        text.map_or(0, |text| self.0.number(text.clone(), || Value::String(text)))
    }

    /// A resource in numbers of texts.
    fn resource(&mut self, resource: &Resource) -> Value {
        let Resource { type_name, id, arn, region, account, tags, owner } = resource;
        let tags: Vec<u32> =
            tags.iter().flat_map(|(key, value)| [key, value]).map(|text| self.number(Some(text))).collect();
        json!([
            self.number(Some(type_name)),
            self.number(Some(id)),
            self.shared(Some(arn), id),
            self.number(Some(region)),
            self.number(Some(account)),
            self.number(owner.as_deref()),
            tags
        ])
    }

    /// Calls in numbers of texts: operation and time by turns.
    fn calls(&mut self, calls: &[Evidence]) -> Value {
        let texts = calls.iter().flat_map(|Evidence { operation, read_at }| [operation, read_at]);
        texts.map(|text| self.number(Some(text))).collect::<Vec<_>>().into()
    }
}

/// The columns of the findings.
#[derive(Default)]
struct Columns([Vec<u32>; COLUMNS.len()]);

/// Their names, as the script knows them.
const COLUMNS: [&str; 15] = [
    "check", "resource", "status", "message", "expected", "actual", "property", "address", "location", "evidence",
    "waiver", "seen", "change", "yaml", "cli",
];

impl Columns {
    fn push(&mut self, row: [u32; COLUMNS.len()]) {
        for (column, value) in self.0.iter_mut().zip(row) {
            column.push(value);
        }
    }

    /// The columns as numbers of one, two or four bytes (the lowest first), each column at a multiple of four, and where
    /// each is: `name: [from, bytes]`. One that is empty throughout is left out.
    fn packed(self) -> (Value, Vec<u8>) {
        let mut bytes = Vec::new();
        let mut places = serde_json::Map::new();
        for (name, column) in COLUMNS.iter().zip(self.0) {
            let width = match column.iter().max() {
                None | Some(0) => continue,
                Some(..=0xFF) => 1,
                Some(..=0xFFFF) => 2,
                Some(_) => 4,
            };
            places.insert((*name).to_owned(), json!([bytes.len(), width]));
            for value in column {
                bytes.extend(&value.to_le_bytes()[..width]);
            }
            bytes.resize(bytes.len().next_multiple_of(4), 0);
        }
        (Value::Object(places), bytes)
    }
}

/// The findings as the page shows them: failures first, then what is unknown, waived, passed and not applicable.
pub(super) fn shown_order(report: &Report) -> Vec<&Finding> {
    let place = |finding: &Finding| Status::ALL.iter().position(|status| *status == finding.status);
    let mut findings: Vec<&Finding> = report.findings.iter().collect();
    findings.sort_by_key(|finding| place(finding));
    findings
}

/// The data of the page, compressed as `deflate-raw` reads it: the length of the JSON in four bytes, the JSON, and the
/// columns. Numbers in JSON would take a browser most of the time until the page can be used.
pub(super) fn data(report: &Report) -> Vec<u8> {
    let (json, columns) = json_data(report);
    let mut json = json.to_string().into_bytes();
    json.resize(json.len().next_multiple_of(4), b' ');
    let length = u32::try_from(json.len()).unwrap_or_default();
    deflated(&[&length.to_le_bytes()[..], &json, &columns].concat())
}

/// The resource's name in a text that many resources have but for their name.
const OWN_NAME: char = '\u{F8FF}';

/// The data of the page, and its columns.
pub(super) fn json_data(report: &Report) -> (Value, Vec<u8>) {
    let mut texts = Texts(Distinct::new());
    let mut resources: Distinct<Value> = Distinct::new();
    // The same resource mostly comes as the same value in memory: then it is not compared.
    let mut seen: HashMap<*const Resource, u32> = HashMap::new();
    let mut checks: Distinct<&str> = Distinct::new();
    let mut evidence: Distinct<&[Evidence]> = Distinct::new();
    let mut waivers: Distinct<Value> = Distinct::new();
    for (id, check) in &report.checks {
        checks.number(id, || check_json(check));
    }
    let mut columns = Columns::default();
    for finding in shown_order(report) {
        let Finding {
            check,
            status,
            resource,
            address,
            location,
            property,
            expected,
            actual,
            evidence: calls,
            message,
            remedy: own,
            waiver,
            first_seen,
            change,
        } = finding;
        let place = location.as_ref().map(|place| format!("{}:{}:{}", place.file.display(), place.line, place.column));
        // Where a name needs quotes the script can't put it into a template.
        let is_own = own.is_some() || !Values::of(finding).are_plain();
        let own = report.check(finding).filter(|_| is_own).map(|one| remedy(one, finding));
        let mut string = |text: Option<&str>| texts.shared(text, &resource.id);
        let yaml = string(own.as_ref().map(|own| own.yaml.as_str()));
        let cli = string(own.as_ref().map(|own| own.cli.as_str()));
        let waiver = waiver.as_ref().map(|waiver| clean(&json!(waiver.as_ref())));
        let texts_of =
            [Some(&**message), expected.as_deref(), actual.as_deref(), property.as_deref(), address.as_deref()]
                .map(&mut string);
        let [place, seen_first, change] =
            [place.as_deref(), first_seen.as_deref(), change.map(change_label)].map(&mut string);
        let [message, expected, actual, property, address] = texts_of;
        columns.push([
            checks.number(check, || json!({"id": visible(check)})),
            *seen.entry(std::ptr::from_ref(resource.as_ref())).or_insert_with(|| {
                let row = texts.resource(resource);
                resources.number(row.clone(), || row)
            }),
            u32::try_from(Status::ALL.iter().position(|one| one == status).unwrap_or_default()).unwrap_or_default(),
            message,
            expected,
            actual,
            property,
            address,
            place,
            if calls.is_empty() { 0 } else { evidence.number(calls, || texts.calls(calls)) },
            waiver.map_or(0, |waiver| waivers.number(waiver.clone(), || waiver)),
            seen_first,
            change,
            yaml,
            cli,
        ]);
    }
    let numbers: HashMap<&str, u32> = checks.numbers;
    let standards: Vec<Value> = standards(report).iter().map(|one| standard_json(one, &numbers)).collect();
    let (places, packed) = columns.packed();
    let data = json!({
        "count": report.findings.len(),
        "checks": checks.values,
        "resources": resources.values,
        "strings": texts.0.values,
        "evidence": evidence.values,
        "waivers": waivers.values,
        "standards": standards,
        "columns": places,
    });
    (data, packed)
}

fn standard_json(standard: &crate::audit::Standard, numbers: &HashMap<&str, u32>) -> Value {
    let requirements: Vec<Value> = standard
        .requirements
        .iter()
        .map(|one| {
            let checks: Vec<u32> = one.checks.iter().filter_map(|check| numbers.get(check.as_str()).copied()).collect();
            json!([visible(&one.id), checks])
        })
        .collect();
    json!({"name": visible(&standard.name), "percentage": standard.percentage(), "requirements": requirements})
}

fn check_json(check: &Check) -> Value {
    let Check { id, title, severity, severity_reason, area, risk, remediation, fixable, also_touches, standards } =
        check;
    clean(&json!({
        "id": id,
        "title": title,
        "severity": severity_name(*severity),
        "reason": severity_reason,
        "area": area,
        "risk": risk,
        "yaml": template(&remediation.yaml),
        "cli": template(&remediation.cli),
        "how": remediation.text,
        "fix": fixable_label(*fixable),
        "touches": also_touches,
        "standards": standard_names(standards),
    }))
}

/// The names of a check in other catalogues: pairs of catalogue and names.
pub(super) fn standard_names(standards: &Standards) -> Vec<(String, String)> {
    let Standards { aws_config, security_hub, fsbp, prowler, checkov, cis } = standards;
    let mut found: Vec<(String, String)> =
        cis.iter().map(|(version, all)| (format!("CIS v{version}.0"), all.join(", "))).collect();
    let hub = if *fsbp { "Security Hub (FSBP v1.0.0)" } else { "Security Hub" };
    let named = [(hub, security_hub), ("AWS Config", aws_config), ("Prowler", prowler), ("Checkov", checkov)];
    found.extend(
        named.into_iter().filter(|(_, all)| !all.is_empty()).map(|(name, all)| (name.to_owned(), all.join(", "))),
    );
    found
}

/// A template's parts: texts, and numbers for the placeholders (0 the key in the stack or the name, 1 ARN, 2 region,
/// 3 account, 4 kind of identity).
fn template(text: &str) -> Vec<Value> {
    let part = |part: Part<'_>| match part {
        Part::Text(text) => json!(text),
        Part::Name => json!(0),
        Part::Arn => json!(1),
        Part::Region => json!(2),
        Part::Account => json!(3),
        Part::Kind => json!(4),
        Part::Word(word) => json!(format!("<{word}>")),
    };
    let comments = Some(comments(text)).filter(|lines| !lines.is_empty()).map(Value::from);
    comments.into_iter().chain(parts(text).into_iter().map(part)).collect()
}

/// The same value with what a reader does not see spelled out, in every text and key.
fn clean(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(visible(text)),
        Value::Array(all) => all.iter().map(clean).collect(),
        Value::Object(all) => all.iter().map(|(key, value)| (visible(key), clean(value))).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

/// Bytes in the form that browsers call `deflate-raw`: an entry of a ZIP archive without the archive.
fn deflated(bytes: &[u8]) -> Vec<u8> {
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut compressed = Vec::new();
    let written = archive.start_file("data", options).is_ok() && archive.write_all(bytes).is_ok();
    let read = written
        && archive.finish().ok().and_then(|archive| zip::ZipArchive::new(archive).ok()).is_some_and(|mut archive| {
            archive.by_index_raw(0).is_ok_and(|mut entry| entry.read_to_end(&mut compressed).is_ok())
        });
    // Writing into memory does not fail. If it ever did, the page is the one without a script.
    if read { compressed } else { Vec::new() }
}
