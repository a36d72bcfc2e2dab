//! The warnings of a change.

use super::spec::{StartingPosition, TriggerSpec};
use crate::kind::{Change, Difference};

pub(super) fn warnings(change: Change<'_, TriggerSpec>, differences: &[Difference]) -> Vec<String> {
    let mut warnings = Vec::new();
    match change {
        Change::Update { before, after, .. } if before.spec.enabled && !after.enabled => {
            warnings.push("while the trigger is disabled, records wait, and expire in a stream".to_owned());
        }
        // A replacement comes here as well: then another value is desired.
        Change::Delete { before, .. } => {
            let replaced = differences.iter().any(|d| d.forces_replacement && d.after.is_some());
            let changed = |key: &str| differences.iter().find(|difference| difference.is_in(key));
            if before.spec.queue.is_some() {
                if replaced {
                    warnings.push("the trigger is replaced; in the meantime, messages wait in the queue".to_owned());
                }
            } else if !replaced {
                warnings.push("records that were not read yet are not read any more".to_owned());
            } else {
                let position = changed("starting_position").and_then(|d| d.after.clone());
                let position = position.and_then(|value| serde_json::from_value(value).ok());
                let (begins, risk) = match position.or_else(|| before.spec.starting_position.clone()) {
                    None | Some(StartingPosition::Latest) => ("with what comes then", "lost"),
                    Some(StartingPosition::TrimHorizon) => ("with the oldest records", "read twice"),
                    Some(StartingPosition::AtTimestamp(_)) => ("at a time", "read twice or not at all"),
                };
                let stream =
                    if changed("stream").is_some() { "; what is left in the old stream is not read" } else { "" };
                warnings.push(format!(
                    "the trigger is replaced: the new one begins {begins}, and records in flight may be {risk}{stream}"
                ));
            }
        }
        Change::Create { .. } | Change::Update { .. } => {}
    }
    warnings
}
