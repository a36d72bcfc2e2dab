//! Expired certificates that are kept are deployed by mistake. Source: CIS AWS Foundations Benchmark, "Ensure that all
//! the expired SSL/TLS certificates stored in AWS IAM are removed".

use crate::rules::moment::day_of;
use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};

const LIST: &str = "/supplementaryConfiguration/ListServerCertificates";

/// Fails for certificates whose last day is over.
pub(crate) fn judge(account: &Subject<'_>, world: &World<'_>) -> Answer {
    let count = account.number("/supplementaryConfiguration/GetAccountSummary/SummaryMap/ServerCertificates")?;
    if count.is_some_and(|count| count < 1.0) {
        return Ok(Verdict::NotApplicable);
    }
    account.get(LIST)?.ok_or_else(|| Unknown("the server certificates of IAM were not read".to_owned()))?;
    let mut faults = Vec::new();
    for (index, one) in account.entries(LIST, "ServerCertificateMetadataList")?.iter().enumerate() {
        let Some(day) = one.get("Expiration").and_then(day_of) else { continue };
        if day < world.today() {
            let name = one.get("ServerCertificateName").and_then(serde_json::Value::as_str).unwrap_or_default();
            let fault =
                Fault::new(format!("{LIST}/{index}/Expiration"), format!("the certificate `{name}` has expired"));
            faults.push(fault.expected("a later day").actual(day.to_string()));
        }
    }
    Ok(Verdict::of(faults))
}
