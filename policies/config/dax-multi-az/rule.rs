//! A cluster with nodes in one zone fails with that zone.
//!
//! Source: DynamoDB developer guide, "DAX cluster components": at least three nodes, each in another zone, in production.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};

const AT: &str = "/configuration/Nodes";

/// Counts the zones of the nodes.
pub(crate) fn judge(subject: &Subject<'_>, world: &World<'_>) -> Answer {
    let fewest = world.parameter("availabilityZones").and_then(Value::as_u64).unwrap_or(2);
    let nodes = subject.list(AT)?;
    let zones: BTreeSet<&str> = nodes.iter().filter_map(|node| node["AvailabilityZone"].as_str()).collect();
    if u64::try_from(zones.len()).is_ok_and(|count| count >= fewest) {
        return Ok(Verdict::Pass);
    }
    let message =
        if zones.len() == 1 { "all nodes of the cluster are in one zone" } else { "the nodes are in too few zones" };
    let actual = zones.into_iter().collect::<Vec<_>>().join(", ");
    Ok(Verdict::Fail(vec![Fault::new(AT, message).expected(format!("{fewest} zones")).actual(actual)]))
}
