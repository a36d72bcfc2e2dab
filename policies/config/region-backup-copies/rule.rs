//! A copy of a backup in another region is a whole copy of the table there. Copies are seen by AWS Backup's copy jobs, of which
//! the last 30 days are kept: a copy that is older, and whose plan has ended, stays unseen. Jobs that failed have copied nothing.
//! Source: AWS Backup API reference, `ListCopyJobs`, `CopyJob`.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};

const AT: &str = "/supplementaryConfiguration/ListCopyJobs";

/// Fails for each other region that tables' backups were copied to.
pub(crate) fn judge(place: &Subject<'_>, world: &World<'_>) -> Answer {
    let given = world.parameter("regions").and_then(Value::as_array).into_iter().flatten();
    let allowed: Vec<&str> = given.filter_map(Value::as_str).collect();
    if allowed.is_empty() {
        return Ok(Verdict::NotApplicable);
    }
    let mut seen = BTreeSet::new();
    let mut faults = Vec::new();
    let mut copies = 0;
    for (n, job) in place.entries(AT, "CopyJobs")?.iter().enumerate() {
        let text = |member: &str| job.get(member).and_then(Value::as_str).unwrap_or_default();
        let region = text("DestinationBackupVaultArn").split(':').nth(3).unwrap_or_default();
        if text("State") == "FAILED" || region.is_empty() {
            continue;
        }
        copies += 1;
        if !allowed.contains(&region) && seen.insert((region, text("ResourceArn"))) {
            let message = format!("a backup of {} was copied to {region}", text("ResourceArn"));
            faults.push(Fault::new(format!("{AT}/{n}"), message).expected(allowed.join(", ")).actual(region));
        }
    }
    if copies == 0 { Ok(Verdict::NotApplicable) } else { Ok(Verdict::of(faults)) }
}
