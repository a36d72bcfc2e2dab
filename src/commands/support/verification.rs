//! Reads AWS once more after the calls of a plan: remaining differences, and calls without an effect.

use super::planner::Planner;
use super::request::Request;
use crate::apply::{ApplyReport, NotTaken, State};
use crate::base::PropertyPath;
use crate::error::CommandError;
use crate::plan::{Action, Plan, PlannedChange, Property, Step};

/// The number of reads, if something lags behind (tags do, by seconds).
const LOOKS: u32 = 6;

/// The number of reads of an emulator, if it seems to have accepted a call silently.
const LOOKS_ELSEWHERE: u32 = 3;

/// The result of a read after the calls.
#[derive(Default)]
pub(crate) struct Verification {
    /// The differences that remain.
    pub(crate) differences: Vec<String>,
    /// The properties that are as before the calls, though the calls were accepted.
    pub(crate) not_taken: Vec<NotTaken>,
}

/// Reads the changed resources again: nothing may differ any more.
pub(crate) async fn verify(
    planner: &mut Planner,
    asked: &Request,
    applied: &Plan,
    report: &ApplyReport,
) -> Result<Verification, CommandError> {
    // Resources that were consented to, or targeted, may be gone: the whole stack is read. Released ones are not
    // compared with the file.
    let request = &Request {
        destroy: asked.destroy,
        releases: asked.releases.clone(),
        fixes: asked.fixes.clone(),
        ..Request::default()
    };
    let mut seen = Verification::default();
    for look in 0..LOOKS {
        if look > 0 {
            tokio::time::sleep(std::time::Duration::from_millis(500 * u64::from(look))).await;
        }
        planner.connection.forget_resources();
        // Calls that were allowed before are not judged again for a read.
        let (plan, _) = planner.make(request).await?;
        seen = held_against(applied, &plan, report, planner.connection.aws.is_at_aws());
        if seen.differences.is_empty() && (seen.not_taken.is_empty() || look + 1 >= LOOKS_ELSEWHERE) {
            break;
        }
    }
    Ok(seen)
}

/// Compares a new plan with the applied one. AWS itself shows changes late, and carries out all that it does
/// not refuse; an emulator may accept a call and do nothing.
fn held_against(applied: &Plan, now: &Plan, report: &ApplyReport, at_aws: bool) -> Verification {
    let left = report.steps.iter().zip(&applied.steps).filter(|(end, _)| end.state == State::NotTaken);
    let left: Vec<&Step> = left.map(|(_, step)| step).collect();
    let mut seen = Verification::default();
    for change in now.changes.iter().filter(|change| change.action != Action::NoOp) {
        if !applied.steps.iter().any(|step| step.address == change.address) {
            continue;
        }
        let before = applied.changes.iter().find(|before| before.address == change.address);
        let is_made = before.is_some_and(|before| before.action == Action::Create) && change.action != Action::Create;
        let as_before = |property: &Property| {
            let same = |before: &&Property| before.path == property.path && before.before == property.before;
            let changed = |before: &PlannedChange| matches!(before.action, Action::Update | Action::Adopt);
            before.is_some_and(|before| changed(before) && before.properties.iter().any(|before| same(&before)))
        };
        if change.properties.is_empty() {
            seen.differences.push(change.address.to_string());
        }
        for property in &change.properties {
            let is_said = left.iter().any(|step| {
                let covers = |cover: &PropertyPath| cover.covers(&property.path) || property.path.covers(cover);
                step.address == change.address && step.covers.iter().any(covers)
            });
            if !at_aws && is_said {
                continue;
            }
            if !at_aws && (is_made || as_before(property)) {
                // A mapping is accepted or not as a whole, with all its tags or keys.
                let what = property.path.keys().first().map(|key| format!("`{key}`")).unwrap_or_default();
                let reason = "the call succeeded, but changed nothing".to_owned();
                let one = NotTaken { address: change.address.clone(), what, reason };
                if !seen.not_taken.contains(&one) {
                    seen.not_taken.push(one);
                }
            } else {
                seen.differences.push(format!("{}: `{}`", change.address, property.path));
            }
        }
    }
    // For a resource that did not exist, the endpoint may not have reported its unsupported properties.
    for (address, properties) in
        now.skipped.iter().filter(|(address, _)| applied.steps.iter().any(|s| s.address == **address))
    {
        let said = |property: &String| applied.skipped.get(address).is_some_and(|said| said.contains_key(property));
        for (property, reason) in properties.iter().filter(|(property, _)| !said(property)) {
            let (address, what) = (address.clone(), format!("`{property}`"));
            seen.not_taken.push(NotTaken { address, what, reason: reason.clone() });
        }
    }
    seen
}
