//! The decision of a chain of service control policies on a request, level by level.

use std::fmt::Write as _;

use super::Paint;
use crate::policy::{Decision, Exemption, Verdict};

/// The word for the resource in a verdict, if no resource was named.
pub const ANY_RESOURCE: &str = "resource";

/// The decision, and the deciding statement at each level; `notes` are further facts about the request.
pub fn explanation(action: &str, resource: &str, verdict: &Verdict, notes: &[String], paint: Paint) -> String {
    let mut out = String::new();
    let Verdict { decision, unknown_keys, exemption, levels } = verdict;
    let _ = writeln!(out, "{} on {resource}: {}", paint.bold(action), coloured(*decision, paint));
    let width = levels.iter().map(|level| level.level.chars().count()).max().unwrap_or_default();
    for level in levels {
        let by = match (&level.policy, &level.statement) {
            (Some(policy), Some(statement)) => format!("{statement} in {policy}"),
            _ => "no statement allows it".to_owned(),
        };
        let padding = " ".repeat(width - level.level.chars().count());
        let _ = writeln!(out, "  {}{padding}  {}: {by}", level.level, words(level.decision));
    }
    for note in notes {
        let _ = writeln!(out, "  {}", paint.dim(note));
    }
    if let Some(why) = exemption {
        let why = match why {
            Exemption::ManagementAccount => "service control policies don't restrict the management account",
            Exemption::ServiceLinkedRole => "service control policies don't restrict service-linked roles",
            Exemption::NeedsNoPermission => "this action needs no permission, and can't be denied",
        };
        let _ = writeln!(out, "  {why}");
    } else if *decision == Decision::Allowed {
        let _ = writeln!(out, "  {}", paint.dim("not denied by these policies, which is not the same as authorized"));
    }
    if !unknown_keys.is_empty() {
        let keys: Vec<&str> = unknown_keys.iter().map(String::as_str).collect();
        let _ = writeln!(out, "  depends on {}", keys.join(", "));
        if unknown_keys.contains(ANY_RESOURCE) {
            let hint = "name the resource with `--resource ARN`: a statement is for some resources only";
            let _ = writeln!(out, "  {} {hint}", paint.cyan("hint:"));
        }
        if unknown_keys.iter().all(|key| key == ANY_RESOURCE) {
            return out;
        }
        let hint = "give a key with `--context KEY=VALUE`, or say with `--complete-context` that there are no others";
        let _ = writeln!(out, "  {} {hint}", paint.cyan("hint:"));
    }
    out
}

/// The numbers of requests of a plan's calls by decision, in a sentence.
pub fn explained(calls: usize, decisions: &[Decision]) -> String {
    let count = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
    let of = |wanted: Decision| decisions.iter().filter(|decision| **decision == wanted).count();
    let open = [Decision::ExplicitlyDenied, Decision::ImplicitlyDenied, Decision::Unknown];
    let mut parts: Vec<String> = open
        .into_iter()
        .filter(|decision| of(*decision) > 0)
        .map(|decision| format!("{} {}", of(decision), words(decision)))
        .collect();
    parts.push(match (parts.is_empty(), of(Decision::Allowed)) {
        (true, _) => "none denied, which is not the same as authorized".to_owned(),
        (false, others) => format!("{others} not denied"),
    });
    format!("{} of {}: {}", count(decisions.len(), "request"), count(calls, "call"), parts.join(", "))
}

fn words(decision: Decision) -> &'static str {
    match decision {
        Decision::Allowed => "allowed",
        Decision::ExplicitlyDenied => "explicitly denied",
        Decision::ImplicitlyDenied => "implicitly denied",
        Decision::Unknown => "unknown",
    }
}

fn coloured(decision: Decision, paint: Paint) -> String {
    match decision {
        Decision::Allowed => paint.green(words(decision)),
        Decision::ExplicitlyDenied | Decision::ImplicitlyDenied => paint.red(words(decision)),
        Decision::Unknown => paint.yellow(words(decision)),
    }
}
