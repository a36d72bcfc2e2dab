//! What the file asks to be judged by and this version can't judge: said, never passed over.

use crate::plan::{Outcome, Verdict};
use crate::stack::{Enforcement, Exception, Guardrails, RuleSource};

/// One verdict for each rule of AWS Config, and for each exception to one: not evaluated by this version.
pub fn unevaluated(guardrails: &Guardrails) -> Vec<Verdict> {
    // Service control policies have a guardrail of their own; `unknown` is what verdicts here mean.
    let Guardrails { scps: _, config_rules, exceptions, unknown: _ } = guardrails;
    let rules = config_rules.iter().filter(|rule| rule.enforcement != Some(Enforcement::Off)).map(|rule| {
        let name = match &rule.rule {
            RuleSource::Path(path) => path.display().to_string(),
            RuleSource::Managed { identifier, parameters: _ } => identifier.clone(),
        };
        Verdict {
            hint: Some("judge it in AWS Config itself, or set `enforcement: off` for this rule".to_owned()),
            source: Some(rule.location.clone()),
            ..Verdict::new("config", name, Outcome::Unknown, "rules of AWS Config are not evaluated by this version")
        }
    });
    let excused = exceptions.iter().map(|exception| {
        let Exception { rule, resource, reason: _, owner: _, expires: _, location } = exception;
        Verdict {
            address: Some(resource.clone()),
            source: Some(location.clone()),
            ..Verdict::new(
                "config",
                rule.clone(),
                Outcome::Warn,
                "this exception excuses nothing: rules of AWS Config are not evaluated by this version",
            )
        }
    });
    rules.chain(excused).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Location;
    use crate::stack::ConfigRule;

    #[test]
    fn no_rule_is_passed_over_in_silence() {
        let location = Location { file: "stack.yaml".into(), line: 7, column: 3, bytes: (0, 0) };
        let managed = |identifier: &str, enforcement| ConfigRule {
            rule: RuleSource::Managed {
                identifier: identifier.to_owned(),
                parameters: std::collections::BTreeMap::default(),
            },
            enforcement,
            location: location.clone(),
        };
        let path = ConfigRule {
            rule: RuleSource::Path("policies/config".into()),
            enforcement: None,
            location: location.clone(),
        };
        let config_rules = vec![managed("A", None), managed("B", Some(Enforcement::Off)), path];
        let exceptions = vec![Exception {
            rule: "A".to_owned(),
            resource: "tables.x".parse().expect("an address"),
            reason: "so it is".to_owned(),
            owner: "platform".to_owned(),
            expires: "2027-06-30".parse().expect("a day"),
            location: location.clone(),
        }];
        let guardrails = Guardrails { config_rules, exceptions, ..Guardrails::default() };
        let said: Vec<_> = unevaluated(&guardrails).into_iter().map(|v| (v.rule, v.outcome, v.source)).collect();
        let at = Some(location);
        assert_eq!(
            said,
            [
                ("A".to_owned(), Outcome::Unknown, at.clone()),
                ("policies/config".to_owned(), Outcome::Unknown, at.clone()),
                ("A".to_owned(), Outcome::Warn, at)
            ]
        );
        assert!(unevaluated(&Guardrails::default()).is_empty());
    }
}
