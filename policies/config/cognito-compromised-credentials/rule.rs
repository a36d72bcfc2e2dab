//! Passwords that leaked elsewhere are tried everywhere. Threat protection knows many of them, and can refuse a sign-in with one.
//! Without a filter of events the answer is to all. Source: Cognito API reference, `CompromisedCredentialsRiskConfigurationType`.

use serde_json::Value;

use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};

const AT: &str = "/supplementaryConfiguration/DescribeRiskConfiguration/CompromisedCredentialsRiskConfiguration";
const MODE: &str = "/configuration/UserPoolAddOns/AdvancedSecurityMode";

/// Fails for a pool that lets sign-ins with such passwords through.
pub(crate) fn judge(pool: &Subject<'_>, _: &World<'_>) -> Answer {
    let mode = pool.text(MODE)?;
    if mode != Some("ENFORCED") {
        let fault = Fault::new(MODE, "threat protection is not enforced, so that it blocks nothing");
        return Ok(Verdict::Fail(vec![fault.expected("ENFORCED").actual(mode.unwrap_or("absent"))]));
    }
    let (pointer, filter) = (format!("{AT}/Actions/EventAction"), format!("{AT}/EventFilter"));
    let action = pool.text(&pointer)?;
    if action != Some("BLOCK") {
        let fault = Fault::new(pointer, "a sign-in with a password that is known to have leaked is not blocked");
        return Ok(Verdict::Fail(vec![fault.expected("BLOCK").actual(action.unwrap_or("absent"))]));
    }
    let events: Vec<&str> = pool.list(&filter)?.iter().filter_map(Value::as_str).collect();
    if events.is_empty() || events.contains(&"SIGN_IN") {
        return Ok(Verdict::Pass);
    }
    let fault = Fault::new(filter, "sign-ins are not among the events that are checked for leaked passwords");
    Ok(Verdict::Fail(vec![fault.expected("SIGN_IN").actual(events.join(", "))]))
}
