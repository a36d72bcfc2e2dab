//! A condition on the source protects only where it names an account or an organization: with a wildcard, or where a
//! missing key is enough, it lets every source through. Where there is no condition at all, `iam-confused-deputy` says
//! so. Source: IAM User Guide, "The confused deputy problem".

use crate::policy::{Clause, Comparison, ConditionTerm, Effect, Quantifier, Statement, trust_of};
use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};

/// The keys that say for whose resource a service acts, in lower case.
const SOURCES: [&str; 4] = ["aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"];

/// Fails for statements on services whose conditions on the source are there, and pin nothing.
pub(crate) fn judge(role: &Subject<'_>, _: &World<'_>) -> Answer {
    let trust =
        role.document()?.and_then(trust_of).ok_or_else(|| Unknown("the trust policy was not read".to_owned()))?;
    let document = trust.parsed().map_err(|text| role.unknown(&text))?;
    let about_source = |term: &&ConditionTerm| SOURCES.contains(&term.key.to_lowercase().as_str());
    let (mut faults, mut any) = (Vec::new(), false);
    for (place, statement) in document.statements.iter().enumerate().filter(|(_, one)| names_service(one)) {
        let terms: Vec<&ConditionTerm> = statement.condition.iter().filter(about_source).collect();
        if terms.is_empty() {
            continue;
        }
        any = true;
        if !terms.iter().any(|term| pins(term)) {
            let message = format!("the condition on the source pins no account (statement {})", place + 1);
            let actual = terms.iter().flat_map(|term| &term.values).cloned().collect::<Vec<_>>().join(", ");
            let fault = Fault::new(trust.pointer.clone(), message);
            faults.push(fault.expected("the number of an account, or the id of an organization").actual(actual));
        }
    }
    if any { Ok(Verdict::of(faults)) } else { Ok(Verdict::NotApplicable) }
}

fn names_service(statement: &Statement) -> bool {
    let named = |clause: &Clause<Vec<(String, String)>>| matches!(clause, Clause::Only(listed) if listed.iter().any(|(kind, _)| kind == "Service"));
    statement.effect == Effect::Allow && statement.principal.as_ref().is_some_and(named)
}

/// Returns whether a line lets only sources of named accounts or organizations through: every value has to.
fn pins(term: &ConditionTerm) -> bool {
    let operator = term.operator;
    let compares = matches!(
        operator.comparison,
        Comparison::StringEquals | Comparison::StringEqualsIgnoreCase | Comparison::StringLike | Comparison::Arn
    );
    let lets_absent = operator.if_exists || operator.quantifier == Some(Quantifier::All);
    let plain = |text: &str| !text.is_empty() && !text.contains(['*', '?']);
    let value = |value: &String| match term.key.to_lowercase().as_str() {
        "aws:sourceaccount" | "aws:sourceorgid" => plain(value),
        // The id of the organization comes first.
        "aws:sourceorgpaths" => value.split('/').next().is_some_and(plain),
        // Some ARNs have no account: then the name of the resource is what pins (a bucket).
        _ => {
            let mut parts = value.splitn(6, ':').skip(4);
            let (account, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            plain(account) || (account.is_empty() && plain(name))
        }
    };
    compares && !operator.negated && !lets_absent && !term.values.is_empty() && term.values.iter().all(value)
}
