//! IAM Access Analyzer tells when a resource is opened to another account. Analyzers of unused or internal access do
//! not look for that. Source: Security Hub user guide, "[IAM.28] IAM Access Analyzer external access analyzer should be
//! enabled".

use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};

const LIST: &str = "/supplementaryConfiguration/ListAnalyzers";

/// Fails for a region without an active analyzer of external access.
pub(crate) fn judge(region: &Subject<'_>, _: &World<'_>) -> Answer {
    region.get(LIST)?.ok_or_else(|| Unknown("the analyzers were not read".to_owned()))?;
    let analyzers = region.entries(LIST, "analyzers")?;
    let is = |analyzer: &serde_json::Value| {
        let text = |key: &str| analyzer.get(key).and_then(serde_json::Value::as_str).unwrap_or_default();
        text("status") == "ACTIVE" && matches!(text("type"), "ACCOUNT" | "ORGANIZATION")
    };
    if analyzers.iter().any(is) {
        return Ok(Verdict::Pass);
    }
    let fault = Fault::new(LIST, "no analyzer looks for access from outside");
    Ok(Verdict::Fail(vec![fault.expected("an active analyzer of external access").actual("none")]))
}
