//! Security Hub gathers what the other security services find. Source: CIS AWS Foundations Benchmark, "Ensure AWS
//! Security Hub is enabled".

use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};

const HUB: &str = "/supplementaryConfiguration/SecurityHub";

/// Fails for a region without a hub.
pub(crate) fn judge(region: &Subject<'_>, _: &World<'_>) -> Answer {
    if region.get(HUB)?.is_some() {
        return Ok(Verdict::Pass);
    }
    let fault = Fault::new(HUB, "Security Hub is not on");
    Ok(Verdict::Fail(vec![fault.expected("a hub").actual("none")]))
}
