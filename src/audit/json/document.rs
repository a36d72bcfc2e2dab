//! The form of the JSON document, and its schema.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::audit::{
    Change, Check, Evidence, Fixable, NotAssessed, Remediation, Resource, Scope, Standards, Status, Summary, Trend,
    Waiver,
};
use crate::rules::Severity;

/// The version of the JSON form. Additions keep it; any other change changes it.
pub const FORMAT_VERSION: &str = "1";

/// The report of an audit.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it describes the document for the schema; members are written and read one by one")]
struct Document {
    /// The version of this form.
    format_version: String,
    /// The account, region and stack that were looked at, by whom and when.
    scope: ScopeForm<'static>,
    /// The number of findings of each status.
    summary: Summary,
    /// The parts that could not be looked at: what depends on them is unknown.
    not_assessed: Vec<NotAssessed>,
    /// The checks that were made. Their remedies have the words NAME, ARN, REGION, ACCOUNT and KIND for the resource's, and words
    /// in brackets.
    checks: Vec<Check>,
    /// The outcome of each check on each resource, the highest severity first.
    findings: Vec<FindingForm<'static>>,
    /// The change since the baseline; null without one.
    trend: Option<Trend>,
}

/// The scope: see [`Scope`].
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Scope")]
pub(super) struct ScopeForm<'r> {
    /// The account id, if it is one account; else null.
    #[serde(default)]
    pub(super) account: Option<Cow<'r, str>>,
    /// The account ids.
    pub(super) accounts: Cow<'r, [String]>,
    /// The regions.
    pub(super) regions: Cow<'r, [String]>,
    /// The stack's name, if a stack file was given.
    #[serde(default)]
    pub(super) stack: Option<Cow<'r, str>>,
    /// The ARN that made the calls.
    #[serde(default)]
    pub(super) caller: Option<Cow<'r, str>>,
    /// The begin, in UTC (RFC 3339).
    pub(super) started: Cow<'r, str>,
    /// The end, in UTC (RFC 3339).
    pub(super) finished: Cow<'r, str>,
    /// A digest over the texts and parameters of all checks, also of those that were not made: with equal digests and
    /// equal `residency`, checks judge alike.
    pub(super) rules_version: Cow<'r, str>,
    /// The filters that were given; the regions where data may be (`residency`); and the parameters of checks that differ
    /// from their defaults, as `CHECK.PARAMETER`.
    pub(super) parameters: Cow<'r, BTreeMap<String, String>>,
    /// The number of calls to AWS.
    pub(super) calls: u64,
}

impl<'r> From<&'r Scope> for ScopeForm<'r> {
    fn from(scope: &'r Scope) -> Self {
        let Scope { accounts, regions, stack, caller, started, finished, rules_version, parameters, calls } = scope;
        Self {
            account: if let [one] = accounts.as_slice() { Some(one.into()) } else { None },
            accounts: accounts.into(),
            regions: regions.into(),
            stack: stack.as_deref().map(Cow::Borrowed),
            caller: caller.as_deref().map(Cow::Borrowed),
            started: started.into(),
            finished: finished.into(),
            rules_version: rules_version.into(),
            parameters: Cow::Borrowed(parameters),
            calls: *calls,
        }
    }
}

impl From<ScopeForm<'_>> for Scope {
    fn from(form: ScopeForm<'_>) -> Self {
        let ScopeForm {
            account: _,
            accounts,
            regions,
            stack,
            caller,
            started,
            finished,
            rules_version,
            parameters,
            calls,
        } = form;
        Self {
            accounts: accounts.into_owned(),
            regions: regions.into_owned(),
            stack: stack.map(Cow::into_owned),
            caller: caller.map(Cow::into_owned),
            started: started.into_owned(),
            finished: finished.into_owned(),
            rules_version: rules_version.into_owned(),
            parameters: parameters.into_owned(),
            calls,
        }
    }
}

/// The outcome of one check on one resource, with what its check says of it: a finding can be read alone.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Finding")]
pub(super) struct FindingForm<'r> {
    /// Check and ARN: the same whenever it is looked at.
    #[serde(default)]
    pub(super) id: Cow<'r, str>,
    /// The check's id.
    pub(super) check: Cow<'r, str>,
    /// The statement that is true if the check passes.
    #[serde(default)]
    pub(super) title: Cow<'r, str>,
    /// The severity of a failure.
    pub(super) severity: Severity,
    /// The status.
    pub(super) status: Status,
    /// The resource.
    pub(super) resource: Cow<'r, Resource>,
    /// Its address in the stack, if the stack has it.
    #[serde(default)]
    pub(super) address: Option<Cow<'r, str>>,
    /// The line of the stack's file to change.
    #[serde(default)]
    pub(super) location: Option<Place<'r>>,
    /// The property that decided, in the words of `stack.yaml` or of the API.
    #[serde(default)]
    pub(super) property: Option<Cow<'r, str>>,
    /// The expected value.
    #[serde(default)]
    pub(super) expected: Option<Cow<'r, str>>,
    /// The actual value.
    #[serde(default)]
    pub(super) actual: Option<Cow<'r, str>>,
    /// The calls that showed it.
    #[serde(default)]
    pub(super) evidence: Cow<'r, [Evidence]>,
    /// The outcome in a sentence.
    #[serde(default)]
    pub(super) message: Cow<'r, str>,
    /// What may happen where the check fails.
    #[serde(default)]
    pub(super) risk: Cow<'r, str>,
    /// How to fix it, with the resource's own name.
    #[serde(default)]
    pub(super) remediation: Remediation,
    /// Who can fix it.
    #[serde(default)]
    pub(super) fixable: Fixable,
    /// The names of the check in other catalogues.
    #[serde(default)]
    pub(super) standards: Cow<'r, Standards>,
    /// The day on which a report first had this failure, if a baseline was given.
    #[serde(default)]
    pub(super) first_seen: Option<Cow<'r, str>>,
    /// The waiver that applies, or has applied.
    #[serde(default)]
    pub(super) waiver: Option<Cow<'r, Waiver>>,
    /// The change since the baseline.
    #[serde(default)]
    pub(super) change: Option<Change>,
}

/// A place in a file.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Location")]
pub(super) struct Place<'r> {
    /// The file, as the user named it.
    pub(super) file: Cow<'r, str>,
    /// The line, from 1.
    pub(super) line: usize,
    /// The column, from 1, in characters.
    pub(super) column: usize,
}

/// The schema (draft 2020-12) of the output of `audit --format json`.
pub fn schema() -> Value {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut schema = generator.into_root_schema_for::<Document>().to_value();
    schema["title"] = json!("underpin audit");
    schema["properties"]["format_version"]["const"] = json!(FORMAT_VERSION);
    schema
}
