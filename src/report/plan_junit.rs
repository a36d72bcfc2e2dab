//! The verdicts of a plan's guardrails as the XML of `JUnit`, for the test view of a build server.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::audit::xml;
use super::plan_sarif::rule_id;
use crate::plan::{Outcome, Plan, Verdict};

/// A suite for each guardrail and a case for each verdict. What forbids the plan fails; a warning, what nobody can decide yet
/// and what an exception excuses are skipped, with the reason: the numbers of failures and the exit code agree.
pub fn plan_junit(plan: &Plan) -> String {
    let mut suites: BTreeMap<&str, Vec<&Verdict>> = BTreeMap::new();
    for verdict in &plan.verdicts {
        suites.entry(&verdict.guardrail).or_default().push(verdict);
    }
    let all: Vec<&Verdict> = plan.verdicts.iter().collect();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(out, r#"<testsuites name="underpin plan {}" {}>"#, xml(&plan.stack), totals(plan, &all));
    for (guardrail, verdicts) in &suites {
        let _ = writeln!(out, r#"  <testsuite name="{}" {}>"#, xml(guardrail), totals(plan, verdicts));
        for verdict in verdicts {
            write_case(&mut out, plan, verdict);
        }
        let _ = writeln!(out, "  </testsuite>");
    }
    out + "</testsuites>\n"
}

/// The reason for which a verdict that does not pass is skipped.
fn skipped(plan: &Plan, verdict: &Verdict) -> Option<String> {
    if verdict.outcome.forbids(plan.unknown) {
        return None;
    }
    match (&verdict.excused, verdict.outcome) {
        (Some(excuse), _) => Some(format!("excused until {} by {}: {}", excuse.expires, excuse.owner, excuse.reason)),
        (None, Outcome::Warn) => Some(format!("warning: {}", verdict.message)),
        (None, Outcome::Unknown) => Some(format!("unknown: {}", verdict.message)),
        (None, Outcome::Pass | Outcome::Fail) => None,
    }
}

fn totals(plan: &Plan, verdicts: &[&Verdict]) -> String {
    let failures = verdicts.iter().filter(|verdict| verdict.outcome.forbids(plan.unknown)).count();
    let skipped = verdicts.iter().filter(|verdict| skipped(plan, verdict).is_some()).count();
    format!(r#"tests="{}" failures="{failures}" errors="0" skipped="{skipped}" time="0""#, verdicts.len())
}

fn write_case(out: &mut String, plan: &Plan, verdict: &Verdict) {
    let about = [verdict.address.as_ref().map(ToString::to_string), verdict.action.clone(), verdict.resource.clone()];
    let about: Vec<String> = about.into_iter().flatten().collect();
    let name = if about.is_empty() { plan.stack.clone() } else { about.join(" ") };
    let place =
        verdict.source.as_ref().map(|at| format!(r#" file="{}" line="{}""#, xml(&at.file.to_string_lossy()), at.line));
    let (rule, name, place) = (xml(&rule_id(verdict)), xml(&name), place.unwrap_or_default());
    let _ = write!(out, r#"    <testcase classname="{rule}" name="{name}"{place} time="0">"#);
    if let Some(reason) = skipped(plan, verdict) {
        let _ = write!(out, r#"<skipped message="{}"/>"#, xml(&reason));
    } else if verdict.outcome.forbids(plan.unknown) {
        let hint = verdict.hint.as_ref().map(|hint| xml(hint)).unwrap_or_default();
        let _ = write!(out, r#"<failure type="forbidden" message="{}">{hint}</failure>"#, xml(&verdict.message));
    }
    let _ = writeln!(out, "</testcase>");
}
