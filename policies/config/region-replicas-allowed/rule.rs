//! A replica is a whole copy of the table in another region.

use serde_json::Value;

use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};

const AT: &str = "/configuration/replicas";

/// Fails for each replica in a region that is not allowed.
pub(crate) fn judge(subject: &Subject<'_>, world: &World<'_>) -> Answer {
    let replicas = subject.list(AT)?;
    let given = world.parameter("regions").and_then(Value::as_array).into_iter().flatten();
    let allowed: Vec<&str> = given.filter_map(Value::as_str).collect();
    if allowed.is_empty() {
        return Ok(Verdict::NotApplicable);
    }
    let mut faults = Vec::new();
    let mut others = 0;
    for (n, replica) in replicas.iter().enumerate() {
        let region = ["regionName", "RegionName", "region"].into_iter().find_map(|member| replica[member].as_str());
        let Some(region) = region.filter(|region| *region != subject.region()) else { continue };
        others += 1;
        if !allowed.contains(&region) {
            let fault = Fault::new(format!("{AT}/{n}"), format!("the table has a replica in {region}"));
            faults.push(fault.expected(allowed.join(", ")).actual(region));
        }
    }
    if others == 0 { Ok(Verdict::NotApplicable) } else { Ok(Verdict::of(faults)) }
}
