//! The allowed places of a stack: the account pin and residency.

use crate::base::{Environment, Location};
use crate::plan::{Outcome, Verdict};

/// The account and regions that a stack's file allows, with their locations in the file.
#[derive(Debug, Clone, Default)]
pub struct Pins<'p> {
    /// `account:`
    pub account: Option<&'p str>,
    /// The location of `account:`.
    pub account_at: Option<Location>,
    /// `residency:`; empty for everywhere.
    pub residency: &'p [String],
    /// The location of `residency:`.
    pub residency_at: Option<Location>,
    /// The location of `region:` if the region was taken from the file; else `None`.
    pub region_at: Option<Location>,
}

/// Judges the place that a command would work in.
pub fn place(env: &Environment, pins: &Pins<'_>) -> Vec<Verdict> {
    let Pins { account, account_at, residency, residency_at, region_at } = pins;
    let verdict = |rule: &str, message: String, source: Option<&Location>, hint: &str| Verdict {
        hint: Some(hint.to_owned()),
        source: source.cloned(),
        ..Verdict::new(rule, rule, Outcome::Fail, message)
    };
    let mut verdicts = Vec::new();
    if let Some(pinned) = account.filter(|pinned| *pinned != env.account) {
        verdicts.push(verdict(
            "account",
            format!("the stack is pinned to account {pinned}, and the credentials are for {}", env.account),
            account_at.as_ref(),
            "choose the right credentials (`--profile`), or change `account:` in the stack file",
        ));
    }
    if !residency.is_empty() && !residency.contains(&env.region) {
        // The line of the region is more likely to be wrong; the line of the rule is named beside it.
        let (source, rule) = match (region_at, residency_at) {
            (Some(region), Some(at)) => (Some(region), format!(" ({}:{}:{})", at.file.display(), at.line, at.column)),
            (region, at) => (region.as_ref().or(at.as_ref()), String::new()),
        };
        verdicts.push(verdict(
            "residency",
            format!(
                "data of this stack may be kept in {} only{rule}, and the region is {}",
                residency.join(", "),
                env.region
            ),
            source,
            "choose another region (`--region`), or change `residency:` in the stack file",
        ));
    }
    verdicts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_account_or_region_is_refused() {
        let env = Environment::new("111111111111", "us-east-1");
        let rules = |verdicts: Vec<Verdict>| verdicts.into_iter().map(|v| v.rule).collect::<Vec<_>>();
        let (there, here) = (["eu-central-1".to_owned()], ["us-east-1".to_owned()]);
        let pins = |account, residency| Pins { account, residency, ..Pins::default() };
        assert_eq!(rules(place(&env, &pins(Some("222222222222"), &there))), ["account", "residency"]);
        assert!(place(&env, &pins(Some("111111111111"), &here)).is_empty());
        assert!(place(&env, &Pins::default()).is_empty());
    }

    #[test]
    fn verdicts_name_the_lines_of_account_region_and_residency() {
        let at = |line| Some(Location { file: "stack.yaml".into(), line, column: 9, bytes: (0, 0) });
        let env = Environment::new("111111111111", "us-east-1");
        let residency = ["eu-central-1".to_owned()];
        let pins = Pins {
            account: Some("222222222222"),
            account_at: at(2),
            residency: &residency,
            residency_at: at(3),
            region_at: at(4),
        };
        let lines = |pins: &Pins<'_>| {
            place(&env, pins).iter().map(|verdict| verdict.source.as_ref().map(|at| at.line)).collect::<Vec<_>>()
        };
        assert_eq!(lines(&pins), [Some(2), Some(4)]);
        let message = &place(&env, &pins)[1].message;
        assert!(message.contains("may be kept in eu-central-1 only (stack.yaml:3:9)"), "{message}");
        assert_eq!(lines(&Pins { region_at: None, ..pins }), [Some(2), Some(3)]);
    }
}
