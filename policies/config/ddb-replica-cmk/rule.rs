//! Each replica is encrypted with a key of its own region, which may be another kind of key than the table's.
//! A replica without a description of its encryption has a key that AWS owns; one with a key of KMS may have AWS's
//! (`aws/dynamodb`), which only the key itself tells.

use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};

const AT: &str = "/supplementaryConfiguration/Replicas";

/// Fails for each replica with a key of AWS.
pub(crate) fn judge(subject: &Subject<'_>, world: &World<'_>) -> Answer {
    let mut count = 0;
    // One replica that could not be read leaves the others.
    while subject.text(&format!("{AT}/{count}/region"))?.is_some() {
        count += 1;
    }
    if count == 0 {
        return Ok(Verdict::NotApplicable);
    }
    let (mut faults, mut unknown) = (Vec::new(), None);
    for n in 0..count {
        match replica(subject, world, &format!("{AT}/{n}")) {
            Ok(fault) => faults.extend(fault),
            Err(why) => unknown = unknown.or(Some(why)),
        }
    }
    match unknown {
        Some(why) if faults.is_empty() => Err(why),
        _ => Ok(Verdict::of(faults)),
    }
}

/// The fault of one replica.
fn replica(subject: &Subject<'_>, world: &World<'_>, at: &str) -> Result<Option<Fault>, Unknown> {
    let region = subject.text(&format!("{at}/region"))?.unwrap_or("another region");
    let fault = |actual: &str| {
        let message = format!("the replica in {region} is encrypted with a key of AWS");
        Fault::new(at, message).expected("a customer managed key").actual(actual)
    };
    let Some(key) = subject.text(&format!("{at}/SSEDescription/KMSMasterKeyArn"))? else {
        return Ok(Some(fault("a key that AWS owns")));
    };
    let Some(found) = world.by_arn(key)? else {
        return Err(Unknown(format!(
            "it depends on the key `{key}`, and the keys of {region} are not part of this audit"
        )));
    };
    match found.text("/configuration/KeyManager")? {
        Some("CUSTOMER") => Ok(None),
        _ => Ok(Some(fault(key))),
    }
}
