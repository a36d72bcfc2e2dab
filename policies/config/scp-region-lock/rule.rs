//! A lock on regions keeps data where it has to be, and attackers out of regions that nobody looks at. Asked are some
//! far regions in which the account has no table. The policies of every level from the root to the account are judged
//! by the evaluator that judges plans; a role like any other asks. Service control policies restrict neither the
//! account that manages the organization nor service-linked roles. Source: Organizations user guide, "SCP evaluation".

use crate::policy::Request;
use crate::rules::rust::{Answer, Subject, World};
use crate::rules::service_control::{anything, judge_denied};

/// Regions that are far from each other: a lock closes those among them that the account does not use.
const PROBES: [&str; 4] = ["sa-east-1", "ap-east-1", "me-south-1", "af-south-1"];

/// Fails where a table may be created in a region that the account has none in.
pub(crate) fn judge(organization: &Subject<'_>, world: &World<'_>) -> Answer {
    let tables: Vec<Subject<'_>> = world.of("AWS::DynamoDB::Table")?.collect();
    let used = |region: &&str| {
        tables.iter().any(|table| table.account() == organization.account() && table.region() == *region)
    };
    let probes = PROBES.into_iter().filter(|region| !used(region));
    let requests = probes.map(|region| {
        let name = anything("the table");
        let table = format!("arn:aws:dynamodb:{region}:{}:table/{name}", organization.account());
        let request = Request::new("dynamodb:CreateTable", &table).with_value("aws:RequestedRegion", region);
        (format!("dynamodb:CreateTable in {region}"), request)
    });
    judge_denied(organization, requests)
}
