//! The findings of a plan's guardrails as SARIF 2.1.0, for code scanning of a pull request.
//!
//! Results are what forbids the plan, what warns, what nobody can decide yet (`kind: review`) and what an exception excuses
//! (with a suppression). What a plan resolves is no result: code scanning would show it as an alert.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::audit::{SARIF_SCHEMA, file_uri, line, sarif_level, sarif_message, sarif_score};
use super::posture::Posture;
use crate::base::{hex, printable};
use crate::plan::{Outcome, Plan, Verdict};

/// The plan's findings as SARIF; those about the stack as a whole are at the beginning of its file.
pub fn plan_sarif(plan: &Plan, file: &Path) -> String {
    let results: Vec<&Verdict> =
        plan.verdicts.iter().filter(|one| one.outcome != Outcome::Pass || one.excused.is_some()).collect();
    let mut rules: BTreeMap<String, Value> = BTreeMap::new();
    for verdict in &results {
        rules.entry(rule_id(verdict)).or_insert_with(|| rule(verdict));
    }
    let index: BTreeMap<&str, usize> = rules.keys().map(String::as_str).zip(0..).collect();
    let results: Vec<Value> = results.iter().map(|verdict| result(plan, verdict, file, &index)).collect();
    let Posture { introduces, keeps, resolves, unknown, excused } = Posture::of(&plan.verdicts);
    let log = json!({
        "$schema": SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "underpin",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.values().collect::<Vec<_>>(),
            }},
            "automationDetails": {"id": "underpin-plan/1"},
            "columnKind": "unicodeCodePoints",
            "invocations": [{"executionSuccessful": true}],
            "properties": {
                "stack": plan.stack,
                "blocked": plan.blocked,
                "posture": {
                    "introduces": introduces.len(),
                    "keeps": keeps.len(),
                    "resolves": resolves.len(),
                    "unknown": unknown.len(),
                    "excused": excused.len(),
                },
            },
            "results": results,
        }],
    });
    line(&log) + "\n"
}

/// A rule of the catalogue has its own id, as in an audit; another guardrail's is `scp/NAME`.
pub(super) fn rule_id(verdict: &Verdict) -> String {
    if verdict.severity.is_some() { verdict.rule.clone() } else { format!("{}/{}", verdict.guardrail, verdict.rule) }
}

fn rule(verdict: &Verdict) -> Value {
    let mut tags = vec!["security".to_owned(), verdict.guardrail.clone()];
    tags.extend(verdict.controls.iter().take(8).cloned());
    let text = format!("{} of the guardrail {}", printable(&verdict.rule), printable(&verdict.guardrail));
    let mut rule = json!({
        "id": rule_id(verdict),
        "shortDescription": {"text": sarif_message(&text)},
        "properties": {"tags": tags, "precision": "very-high"},
    });
    if let Some(severity) = verdict.severity {
        rule["properties"]["security-severity"] = json!(sarif_score(severity));
    }
    rule
}

fn result(plan: &Plan, verdict: &Verdict, file: &Path, index: &BTreeMap<&str, usize>) -> Value {
    let rule = rule_id(verdict);
    let address = verdict.address.as_ref().map(ToString::to_string);
    let about = [Some(&rule), address.as_ref(), verdict.action.as_ref(), verdict.resource.as_ref()];
    let about: Vec<&str> = about.into_iter().map(|part| part.map_or("", String::as_str)).collect();
    let digest = hex(&Sha256::digest(about.join("\n").as_bytes()));
    let physical = match &verdict.source {
        Some(at) => json!({
            "artifactLocation": {"uri": file_uri(&at.file)},
            "region": {"startLine": at.line.max(1), "startColumn": at.column.max(1)},
        }),
        None => json!({"artifactLocation": {"uri": file_uri(file)}, "region": {"startLine": 1}}),
    };
    let mut location = json!({"physicalLocation": physical});
    if let Some(address) = &address {
        location["logicalLocations"] = json!([{"name": address, "fullyQualifiedName": address, "kind": "resource"}]);
    }
    let hint = verdict.hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default();
    let of = address.as_ref().map(|address| format!("{address}: ")).unwrap_or_default();
    let forbids = verdict.outcome.forbids(plan.unknown);
    let review = verdict.outcome == Outcome::Unknown && !forbids;
    let mut result = json!({
        "ruleId": rule,
        "kind": if review { "review" } else { "fail" },
        "message": {"text": sarif_message(&format!("{of}{}{hint}", verdict.message))},
        "locations": [location],
        "partialFingerprints": {"primaryLocationLineHash": format!("{}:1", &digest[..16]), "underpin/v1": digest},
        "properties": {"forbids": forbids, "outcome": verdict.outcome, "introduced": !verdict.already},
        "baselineState": if verdict.already { "unchanged" } else { "new" },
    });
    if !review {
        let level = if forbids { "error" } else { verdict.severity.map_or("warning", sarif_level) };
        // A warning blocks nothing, whatever the severity.
        result["level"] = json!(if !forbids && level == "error" { "warning" } else { level });
    }
    if let Some(at) = index.get(rule.as_str()) {
        result["ruleIndex"] = json!(at);
    }
    if let Some(excuse) = &verdict.excused {
        let why = printable(&format!("until {} by {}: {}", excuse.expires, excuse.owner, excuse.reason));
        result["suppressions"] = json!([{"kind": "inSource", "status": "accepted", "justification": why}]);
    }
    result
}
