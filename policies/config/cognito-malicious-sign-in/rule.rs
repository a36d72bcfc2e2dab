//! A sign-in from an unknown device and a strange place may be somebody else's. Threat protection rates it low, medium or high,
//! and can block each. Source: Cognito API reference, `AccountTakeoverActionsType`.

use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};

const AT: &str = "/supplementaryConfiguration/DescribeRiskConfiguration/AccountTakeoverRiskConfiguration/Actions";
const MODE: &str = "/configuration/UserPoolAddOns/AdvancedSecurityMode";

/// Fails for each level of risk at which a sign-in is not blocked.
pub(crate) fn judge(pool: &Subject<'_>, _: &World<'_>) -> Answer {
    let mode = pool.text(MODE)?;
    if mode != Some("ENFORCED") {
        let fault = Fault::new(MODE, "threat protection is not enforced, so that it blocks nothing");
        return Ok(Verdict::Fail(vec![fault.expected("ENFORCED").actual(mode.unwrap_or("absent"))]));
    }
    let mut faults = Vec::new();
    for (member, risk) in [("LowAction", "low"), ("MediumAction", "medium"), ("HighAction", "high")] {
        let pointer = format!("{AT}/{member}/EventAction");
        let action = pool.text(&pointer)?;
        if action != Some("BLOCK") {
            let fault = Fault::new(pointer, format!("a sign-in of {risk} risk is not blocked"));
            faults.push(fault.expected("BLOCK").actual(action.unwrap_or("absent")));
        }
    }
    Ok(Verdict::of(faults))
}
