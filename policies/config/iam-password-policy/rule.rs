//! Without a policy of its own, an account takes passwords of eight characters and remembers none. Source: Security Hub
//! user guide, "[IAM.7] Password policies for IAM users should have strong configurations"; CIS AWS Foundations
//! Benchmark, section 1, asks for 14 characters and 24 remembered passwords.

use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};

const POLICY: &str = "/supplementaryConfiguration/GetAccountPasswordPolicy/PasswordPolicy";

/// Fails for a policy that asks for less than the parameters, and where there is none: then AWS's default applies.
pub(crate) fn judge(account: &Subject<'_>, world: &World<'_>) -> Answer {
    if account.get(POLICY)?.is_none() {
        let fault = Fault::new(POLICY, "the account has no password policy of its own");
        return Ok(Verdict::Fail(vec![fault.expected("a password policy").actual("AWS's default")]));
    }
    let wanted = |name: &str| world.parameter(name);
    let mut faults = Vec::new();
    for name in ["RequireUppercaseCharacters", "RequireLowercaseCharacters", "RequireSymbols", "RequireNumbers"] {
        let pointer = format!("{POLICY}/{name}");
        if wanted(name).and_then(serde_json::Value::as_bool) == Some(true) && !account.is(&pointer)? {
            faults.push(
                Fault::new(pointer, format!("the password policy lacks {name}")).expected("true").actual("false"),
            );
        }
    }
    for (name, at_least) in
        [("MinimumPasswordLength", true), ("PasswordReusePrevention", true), ("MaxPasswordAge", false)]
    {
        let pointer = format!("{POLICY}/{name}");
        let Some(limit) = wanted(name).and_then(serde_json::Value::as_f64) else { continue };
        let is = account.number(&pointer)?;
        if is.is_none_or(|is| if at_least { is < limit } else { is > limit }) {
            let bound = if at_least { "at least" } else { "at most" };
            let fault = Fault::new(pointer, format!("{name} of the password policy is not {bound} {limit}"));
            faults.push(
                fault.expected(format!("{bound} {limit}")).actual(is.map_or("not set".to_owned(), |is| is.to_string())),
            );
        }
    }
    Ok(Verdict::of(faults))
}
