//! Verdicts from the outcomes of rules, each at the line that has to change.

use super::context::ConfigTerms;
use super::subject::Subject;
use crate::base::{PropertyPath, counted, pending};
use crate::plan::{Outcome, Verdict};
use crate::rules::{Enforcement, Evaluation, Lint, Rule, RuleOutcome, RuleSet, message};

/// A verdict, with the rule that it comes from.
#[derive(Debug)]
pub(super) struct Finding<'a> {
    pub(super) rule: &'a Rule,
    pub(super) verdict: Verdict,
}

/// The findings, and other verdicts.
#[derive(Debug, Default)]
pub(super) struct Found<'a> {
    pub(super) findings: Vec<Finding<'a>>,
    pub(super) besides: Vec<Verdict>,
}

/// The name of this guardrail.
pub(super) const GUARDRAIL: &str = "config";

pub(super) fn findings<'a>(said: &[Evaluation], resources: &[Subject<'_>], terms: &ConfigTerms<'a>) -> Found<'a> {
    let mut found = Found::default();
    for one in said {
        let Some(rule) = terms.rules.rules.get(one.rule) else { continue };
        let (outcome, hint) = match &one.outcome {
            RuleOutcome::Pass if one.before.is_some() => (Outcome::Pass, None),
            RuleOutcome::Pass | RuleOutcome::NotApplicable => continue,
            RuleOutcome::Fail(_) => (on_failure(rule), rule.remediation.clone()),
            RuleOutcome::Unknown(_) => (Outcome::Unknown, None),
            RuleOutcome::Skipped => (Outcome::Unknown, Some(skipped_hint(rule).to_owned())),
        };
        let resource = one.resource.and_then(|index| resources.get(index));
        let resolved = outcome == Outcome::Pass;
        let message = message(rule, &one.outcome);
        let already = !resolved && one.before.as_ref() == Some(&message);
        let message = match &one.before {
            Some(before) if resolved => format!("fixed by this plan: {before}"),
            _ => message,
        };
        let place = one.place.clone().or_else(|| rule.property.clone()).unwrap_or_else(PropertyPath::root);
        let verdict = Verdict {
            address: resource.map(|one| one.address.clone()),
            hint,
            source: resource.and_then(|one| (terms.locate)(one.address, &place)),
            severity: Some(rule.severity),
            controls: rule.config_rule.iter().chain(&rule.security_hub).cloned().collect(),
            resolved,
            already,
            ..Verdict::new(GUARDRAIL, rule.name.clone(), outcome, pending::sentence(&message))
        };
        found.findings.push(Finding { rule, verdict });
    }
    found
}

fn on_failure(rule: &Rule) -> Outcome {
    match rule.enforcement {
        Enforcement::Deny => Outcome::Fail,
        Enforcement::Warn | Enforcement::Off => Outcome::Warn,
    }
}

fn skipped_hint(rule: &Rule) -> &'static str {
    if rule.has_entry {
        "where it is meant to be skipped, say so in `applies_when` of its entry"
    } else {
        "where it is meant to be skipped, list it in a `catalogue.yaml` with `applies_when`"
    }
}

/// Verdicts for managed rules that no rule here covers.
pub(super) fn unanswered(rules: &RuleSet) -> impl Iterator<Item = Verdict> {
    rules.unanswered.iter().map(|one| {
        let message = if one.only_live {
            "it looks at what only exists live, which no plan can show"
        } else {
            "underpin has no rule for this managed rule; AWS Config itself can judge it"
        };
        let hint = match &one.near {
            _ if one.only_live => "`underpin audit` judges it; else set `enforcement: off`".to_owned(),
            Some(near) => format!("did you mean `{near}`? Else judge it in AWS Config, or set `enforcement: off`"),
            None => "judge it in AWS Config, or set `enforcement: off`; docs/config-rules.md lists what is covered"
                .to_owned(),
        };
        Verdict {
            hint: Some(hint),
            source: Some(one.location.clone()),
            ..Verdict::new(GUARDRAIL, one.identifier.clone(), Outcome::Unknown, message)
        }
    })
}

/// Verdicts for clauses that engines judge differently: each clause once, if an enabled rule has it.
pub(super) fn lints(rules: &RuleSet) -> impl Iterator<Item = Verdict> {
    let mut seen: Vec<&Lint> = Vec::new();
    let on = rules.rules.iter().filter(|rule| rule.enforcement != Enforcement::Off);
    let each = on.flat_map(|rule| rule.lints.iter().map(move |lint| (rule, lint)));
    let new: Vec<(&Rule, &Lint)> = each
        .filter(|(_, lint)| {
            let new = !seen.contains(lint);
            seen.push(lint);
            new
        })
        .collect();
    new.into_iter().map(|(rule, lint)| Verdict {
        hint: Some(format!("{}; AWS Config runs Guard 2", lint.hint)),
        source: Some(lint.location.clone()),
        ..Verdict::new(GUARDRAIL, rule.name.clone(), Outcome::Warn, format!("engines differ on {}", lint.message))
    })
}

/// A summary of the judgement, in one sentence.
pub(super) fn summary(said: &[Evaluation], verdicts: &[Verdict], resources: usize, rules: &RuleSet) -> Option<Verdict> {
    let on = rules.rules.iter().filter(|rule| rule.enforcement != Enforcement::Off && rule.is_for(false)).count();
    if on == 0 {
        return None;
    }
    let of = |is: &dyn Fn(&RuleOutcome) -> bool| said.iter().filter(|one| is(&one.outcome)).count();
    let with = |outcome| {
        let rules = verdicts.iter().filter(|verdict| verdict.guardrail == GUARDRAIL && verdict.severity.is_some());
        rules.filter(|verdict| verdict.outcome == outcome && verdict.excused.is_none()).count()
    };
    let excused = verdicts.iter().filter(|verdict| verdict.excused.is_some()).count();
    let parts = [
        (of(&|outcome| *outcome == RuleOutcome::Pass), "pass"),
        (with(Outcome::Fail), "forbidden"),
        (with(Outcome::Warn), "warn"),
        (with(Outcome::Unknown), "unknown"),
        (excused, "excused"),
        (of(&|outcome| *outcome == RuleOutcome::NotApplicable), "not applicable"),
    ];
    let told: Vec<String> =
        parts.into_iter().filter(|(number, _)| *number > 0).map(|(number, what)| format!("{number} {what}")).collect();
    let told = if told.is_empty() { "none is about these types".to_owned() } else { told.join(", ") };
    let (resources, on) = (counted(resources, "resource", "resources"), counted(on, "rule", "rules"));
    let message = format!("{resources} judged by {on} of AWS Config: {told}");
    // The hint is given once, and not for each finding.
    let forbidden = verdicts.iter().any(|verdict| verdict.outcome == Outcome::Fail);
    let hint =
        "fix what is forbidden, or add an exception under `guardrails.exceptions`, with a reason and an expiry date";
    let hint = forbidden.then(|| hint.to_owned());
    Some(Verdict { hint, ..Verdict::new(GUARDRAIL, "summary", Outcome::Pass, message) })
}
