//! Trails log calls on items only if they are asked to. Source: `CloudTrail` user guide, "Logging data events".

use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};
use crate::rules::trail::{any_trail, is_logging, logs_data, trails};

/// Fails for tables whose items no trail looks at.
pub(crate) fn judge(table: &Subject<'_>, world: &World<'_>) -> Answer {
    let covered = any_trail(&trails(world, table.account())?, |trail| {
        let here = trail.is("/configuration/IsMultiRegionTrail")?
            || trail.text("/configuration/HomeRegion")? == Some(table.region());
        Ok(here && is_logging(trail)? && logs_data(trail, "AWS::DynamoDB::Table", table.arn())?)
    })?;
    if covered {
        return Ok(Verdict::Pass);
    }
    let fault = Fault::new("", "no trail logs who reads and writes the items");
    Ok(Verdict::Fail(vec![fault.expected("an event selector for the table").actual("none")]))
}
