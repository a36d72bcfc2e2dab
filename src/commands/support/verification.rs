//! Looks at AWS once more after the calls of a plan: what is not as it should be, and what the endpoint did not take.

use super::planner::Planner;
use super::request::Request;
use crate::apply::{ApplyReport, NotTaken, State};
use crate::base::PropertyPath;
use crate::error::CommandError;
use crate::plan::{Action, Plan, PlannedChange, Property, Step};

/// How often AWS is looked at again, where something lags behind (tags do, by seconds).
const LOOKS: u32 = 6;

/// How often something that stands for AWS is looked at, where it seems to have taken a call in silence.
const LOOKS_ELSEWHERE: u32 = 3;

/// What a look after the calls shows.
#[derive(Default)]
pub(crate) struct Verification {
    /// What is not as it should be.
    pub(crate) differences: Vec<String>,
    /// What is as it was before the calls, though they were taken.
    pub(crate) not_taken: Vec<NotTaken>,
}

/// Looks at what was worked on again: nothing may differ any more.
pub(crate) async fn verify(
    planner: &mut Planner,
    asked: &Request,
    applied: &Plan,
    report: &ApplyReport,
) -> Result<Verification, CommandError> {
    // What was consented to, and aimed at, may be gone: the whole stack is looked at. What was let go is not looked at
    // as the file wants it.
    let request = &Request { destroy: asked.destroy, releases: asked.releases.clone(), ..Request::default() };
    let mut seen = Verification::default();
    for look in 0..LOOKS {
        if look > 0 {
            tokio::time::sleep(std::time::Duration::from_millis(500 * u64::from(look))).await;
        }
        planner.connection.forget_resources();
        // What was allowed before the calls is not judged again for a look.
        let plan = planner.make(request).await?;
        seen = held_against(applied, &plan, report, planner.connection.aws.is_at_aws());
        if seen.differences.is_empty() && (seen.not_taken.is_empty() || look + 1 >= LOOKS_ELSEWHERE) {
            break;
        }
    }
    Ok(seen)
}

/// Holds what a look shows against what was applied. An endpoint that is AWS's own tells late, and takes all that it does
/// not refuse; what stands for it may take a call and do nothing.
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
                // One tag or key of a mapping is not taken without the others.
                let what = property.path.keys().first().map(|key| format!("`{key}`")).unwrap_or_default();
                let reason = "the call was taken, and it is as it was".to_owned();
                let one = NotTaken { address: change.address.clone(), what, reason };
                if !seen.not_taken.contains(&one) {
                    seen.not_taken.push(one);
                }
            } else {
                seen.differences.push(format!("{}: `{}`", change.address, property.path));
            }
        }
    }
    // Of a resource that was not there, the endpoint may not have told what it can't do.
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
