//! What is not recorded is not judged. Source: AWS Config developer guide, "Recording AWS resources".

use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};
use serde_json::Value;

const GROUP: &str = "/configuration/recordingGroup";

/// The types of a stack that AWS Config can record, but those of IAM, which one region records for all.
const TYPES: [&str; 5] = [
    "AWS::DynamoDB::Table",
    "AWS::Lambda::Function",
    "AWS::EC2::VPCEndpoint",
    "AWS::EC2::SecurityGroup",
    "AWS::KMS::Key",
];

/// Fails for recorders that leave out a type of which the region has resources.
pub(crate) fn judge(recorder: &Subject<'_>, world: &World<'_>) -> Answer {
    if recorder.is(&format!("{GROUP}/allSupported"))? {
        return Ok(Verdict::Pass);
    }
    let names = |pointer: String| -> Result<Vec<&str>, _> {
        Ok(recorder.list(&pointer)?.iter().filter_map(Value::as_str).collect())
    };
    let excluded = names(format!("{GROUP}/exclusionByResourceTypes/resourceTypes"))?;
    let included = names(format!("{GROUP}/resourceTypes"))?;
    let by_exclusion =
        recorder.text(&format!("{GROUP}/recordingStrategy/useOnly"))? == Some("EXCLUSION_BY_RESOURCE_TYPES");
    let mut missing = Vec::new();
    for name in TYPES {
        let covered = if by_exclusion { !excluded.contains(&name) } else { included.contains(&name) };
        let here = |one: &Subject<'_>| one.account() == recorder.account() && one.region() == recorder.region();
        if !covered && world.of(name)?.any(|one| here(&one)) {
            missing.push(name);
        }
    }
    if missing.is_empty() {
        return Ok(Verdict::Pass);
    }
    let fault = Fault::new(GROUP, "the recorder leaves out types that the region has");
    Ok(Verdict::Fail(vec![
        fault.expected("all types are recorded").actual(format!("not recorded: {}", missing.join(", "))),
    ]))
}
