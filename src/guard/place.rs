//! Where a stack may live: the account pin and residency.

use crate::base::Environment;
use crate::plan::{Outcome, Verdict};

/// Judges the place that a command would work on.
pub fn place(env: &Environment, pinned_account: Option<&str>, residency: &[String]) -> Vec<Verdict> {
    let verdict = |rule: &str, message: String, hint: &str| Verdict {
        hint: Some(hint.to_owned()),
        ..Verdict::new(rule, rule, Outcome::Fail, message)
    };
    let mut verdicts = Vec::new();
    if let Some(pinned) = pinned_account.filter(|pinned| *pinned != env.account) {
        verdicts.push(verdict(
            "account",
            format!("the stack is pinned to account {pinned}, and the credentials are for {}", env.account),
            "choose the right credentials (`--profile`), or change `account:` in the stack file",
        ));
    }
    if !residency.is_empty() && !residency.contains(&env.region) {
        verdicts.push(verdict(
            "residency",
            format!(
                "data of this stack may be kept in {} only, and the region is {}",
                residency.join(", "),
                env.region
            ),
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
        assert_eq!(rules(place(&env, Some("222222222222"), &["eu-central-1".to_owned()])), ["account", "residency"]);
        assert!(place(&env, Some("111111111111"), &["us-east-1".to_owned()]).is_empty());
        assert!(place(&env, None, &[]).is_empty());
    }
}
