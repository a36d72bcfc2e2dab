//! A step and a plan for the tests of guardrails, with the needs of a call, and no more.

use serde_json::Value;

use crate::base::Environment;
use crate::kind::AccessRequest;
use crate::plan::{FORMAT_VERSION, Plan, Step, Summary};
use crate::stack::OnUnknown;

/// The table that the steps work on.
pub(super) const TABLE: &str = "arn:aws:dynamodb:eu-central-1:123456789012:table/t";

/// A step that creates a table, and needs these permissions.
pub(super) fn step(requires: Vec<AccessRequest>) -> Step {
    Step {
        id: "tables.t#1".to_owned(),
        address: "tables.t".parse().expect("an address"),
        service: "dynamodb".to_owned(),
        operation: "CreateTable".to_owned(),
        title: String::new(),
        input: Value::Null,
        requires,
        covers: Vec::new(),
        after: Vec::new(),
        expects: &[],
        destructive: false,
    }
}

/// A plan of these steps.
pub(super) fn plan(steps: Vec<Step>) -> Plan {
    Plan {
        format_version: FORMAT_VERSION,
        stack: "shop".to_owned(),
        environment: Environment::new("123456789012", "eu-central-1"),
        endpoint_url: None,
        summary: Summary::default(),
        changes: Vec::new(),
        steps,
        verdicts: Vec::new(),
        unknown: OnUnknown::Warn,
        blocked: false,
        notes: Vec::new(),
        skipped: std::collections::BTreeMap::new(),
        not_searched: Vec::new(),
        releases: false,
        orphans: Vec::new(),
    }
}
