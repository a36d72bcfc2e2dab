//! What AWS Config has found should be known, and mended or accepted. Source: AWS Config API reference,
//! "`ComplianceType`".

use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};

const COMPLIANCE: &str = "/supplementaryConfiguration/ComplianceType";

/// Fails for rules with resources that do not comply.
pub(crate) fn judge(rule: &Subject<'_>, _: &World<'_>) -> Answer {
    match rule.text(COMPLIANCE)? {
        Some("COMPLIANT") => Ok(Verdict::Pass),
        Some("NOT_APPLICABLE") => Ok(Verdict::NotApplicable),
        Some("NON_COMPLIANT") => {
            let fault = Fault::new(COMPLIANCE, "resources do not comply with the rule");
            Ok(Verdict::Fail(vec![fault.expected("COMPLIANT").actual("NON_COMPLIANT")]))
        }
        _ => Err(Unknown("AWS Config has not judged anything by the rule yet".to_owned())),
    }
}
