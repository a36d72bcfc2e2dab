//! The dispatcher: makes the calls that the scheduler starts, and reports events.

use std::collections::BTreeMap;
use std::time::Instant;

use futures::StreamExt;
use futures::stream::FuturesUnordered;

use super::{ApplyReport, Event, Failure, NotTaken, Schedule, State, StepState};
use crate::aws::{Aws, CallError};
use crate::base::{Address, Outputs, PropertyPath, Reference, pending};
use crate::guard::{ApprovedPlan, Denial, Denied};
use crate::kind::{Context, ErasedLive, Owner};
use crate::live::LiveRegistry;
use crate::plan::{self, Action, CompareOptions, Plan, PlannedChange, STACK_TAG, Step, owned_tags};

/// The number of steps of one service that run at once. IAM and the Lambda control plane throttle early; DynamoDB
/// takes 50 concurrent control-plane operations (Service Quotas, "Concurrent control plane operations").
fn limit(service: &str) -> usize {
    match service {
        "dynamodb" => 20,
        "iam" | "lambda" => 8,
        _ => 10,
    }
}

/// A source of the user's requests to stop.
pub trait Interrupt {
    /// Resolves each time the user asks to stop.
    fn asked(&mut self) -> impl Future<Output = ()> + Send;
}

/// The inputs of an apply besides the plan.
#[derive(Clone, Copy)]
pub struct Applier<'a> {
    /// The kinds.
    pub kinds: LiveRegistry,
    /// The connection.
    pub aws: &'a Aws,
    /// The owner of the resources.
    pub owner: &'a Owner,
    /// Tag keys that others manage.
    pub ignore_tags: &'a [String],
}

/// Applies the plan. After the first interrupt, running steps finish and no new ones start; the second one stops.
pub async fn apply(
    applier: Applier<'_>,
    approved: &ApprovedPlan,
    interrupt: &mut impl Interrupt,
    tell: &mut dyn FnMut(&Event),
) -> ApplyReport {
    let plan = approved.plan();
    let steps: BTreeMap<&str, &Step> = plan.steps.iter().map(|step| (step.id.as_str(), step)).collect();
    let mut schedule =
        Schedule::new(plan.steps.iter().map(|step| (step.id.clone(), step.service.clone(), step.after.clone())));
    let mut known: BTreeMap<Address, Outputs> = BTreeMap::new();
    let mut report = ApplyReport::default();
    let mut running = FuturesUnordered::new();
    loop {
        while let Some(step) = schedule.start_next(limit).and_then(|id| steps.get(id.as_str()).copied()) {
            let (address, title) = (step.address.clone(), step.title.clone());
            tell(&Event::Started { step: step.id.clone(), address, title });
            let filled = fill(step, &known);
            running.push(async move {
                let start = Instant::now();
                let answer = make_call(applier, plan, step, filled).await;
                (step, start.elapsed().as_secs_f64(), answer)
            });
        }
        let ended = tokio::select! {
            ended = running.next() => ended,
            () = interrupt.asked() => {
                if report.interrupted {
                    break;
                }
                report.interrupted = true;
                schedule.cancel();
                tell(&Event::Interrupted { running: running.len() });
                continue;
            }
        };
        let Some((step, seconds, answer)) = ended else { break };
        let (id, address, title) = (step.id.clone(), step.address.clone(), step.title.clone());
        match answer {
            Ok(outputs) => {
                schedule.done(&step.id);
                known.entry(step.address.clone()).or_default().extend(outputs);
                tell(&Event::Done { step: id, address, title, seconds });
            }
            Err(error) if error.is_unsupported() && may_be_left(plan, step) => {
                let message = error.message;
                schedule.not_taken(&step.id);
                let (what, reason) = (title.clone(), message.clone());
                report.not_taken.push(NotTaken { address: address.clone(), what, reason });
                tell(&Event::NotTaken { step: id, address, title, seconds, message });
            }
            Err(error) => {
                let message = error.to_string();
                tell(&Event::Failed { step: id.clone(), address, title, seconds, message });
                for skipped in schedule.failed(&step.id).iter().filter_map(|id| steps.get(id.as_str())) {
                    let (address, title) = (skipped.address.clone(), skipped.title.clone());
                    tell(&Event::Skipped { step: skipped.id.clone(), address, title, because: id.clone() });
                }
                report.failures.push(failure(step, error));
            }
        }
    }
    let state = |step: &Step| schedule.state(&step.id).unwrap_or(State::Cancelled);
    let line = |step: &Step| StepState {
        step: step.id.clone(),
        operation: step.operation.clone(),
        title: step.title.clone(),
        state: state(step),
    };
    report.steps = plan.steps.iter().map(line).collect();
    report
}

/// Returns whether a resource can do without a step that the endpoint does not support: it sets properties of something
/// that stays. A step that creates a resource, deletes it or keeps its data is never left out.
fn may_be_left(plan: &Plan, step: &Step) -> bool {
    let action = plan.changes.iter().find(|change| change.address == step.address).map(|change| change.action);
    let stays = matches!(action, Some(Action::Create | Action::Update | Action::Adopt));
    stays && !step.destructive && !step.covers.is_empty() && !step.covers.iter().any(PropertyPath::is_root)
}

fn failure(step: &Step, error: CallError) -> Failure {
    let denied = if error.is_denied() { Denied::ByCode } else { Denied::NotByCode };
    // Without an answer of AWS there is no denial.
    let denial = error.code.as_ref().and_then(|_| Denial::read(&error.message, denied)).map(Box::new);
    let CallError { service, operation, code, message, status, request_id, after_uncertain, unsupported: _ } = error;
    // A failing server may have carried out the call, and the refusal of the SDK's next attempt may be a result
    // of that.
    let answered = code.is_some() && status.is_some_and(|status| status < 500);
    let refused = answered && operation == step.operation && !after_uncertain;
    // An error without an answer of AWS has no service.
    let (service, operation) =
        if service.is_empty() { (step.service.clone(), step.operation.clone()) } else { (service, operation) };
    Failure {
        step: step.id.clone(),
        address: step.address.clone(),
        title: step.title.clone(),
        service,
        operation,
        refused,
        code,
        message,
        request_id,
        denial,
    }
}

/// Puts the values that are known by now into the call's input.
fn fill(step: &Step, known: &BTreeMap<Address, Outputs>) -> serde_json::Value {
    let mut op = step.op();
    pending::fill(&mut op, &|reference: &Reference| known.get(&reference.address)?.get(&reference.attribute).cloned());
    op
}

async fn make_call(
    applier: Applier<'_>,
    plan: &Plan,
    step: &Step,
    op: serde_json::Value,
) -> Result<Outputs, CallError> {
    if let Some(reference) = pending::references(&op).first() {
        let message = format!("`{reference}` is still not known; run again");
        return Err(CallError::unexpected(&step.operation, message));
    }
    let kind = applier.kinds.iter().find(|kind| kind.section() == step.address.section());
    let kind = kind.ok_or_else(|| CallError::unexpected(&step.operation, "no such kind"))?;
    match kind.run(&op, applier.aws).await {
        Err(error) if error.is(step.expects) => {
            let change = plan.changes.iter().find(|change| change.address == step.address);
            match change {
                Some(change) => look_again(applier, *kind, change, step, error).await,
                None => Err(error),
            }
        }
        answer => answer,
    }
}

/// Reads the resource after an expected refusal. If the live resource is as desired, the step has succeeded.
async fn look_again(
    applier: Applier<'_>,
    kind: &dyn ErasedLive,
    change: &PlannedChange,
    step: &Step,
    refusal: CallError,
) -> Result<Outputs, CallError> {
    let Some(wanted) = &change.wanted else { return Err(refusal) };
    let cx = Context { name: &change.name, env: applier.aws.env(), facts: None };
    let mut identity = kind
        .identity(&change.address, wanted, &cx)
        .map_err(|problem| CallError::unexpected(&step.operation, problem.message))?;
    identity.details.extend(owned_tags(applier.owner, &change.address));
    let reading = kind.read_many(&[identity], applier.aws).await.into_iter().next();
    let Some(reading) = reading.transpose()? else { return Err(refusal) };
    let eyes = CompareOptions { vault: applier.aws.vault(), ignore_tags: applier.ignore_tags };
    let differences = plan::unlike(kind, &reading, wanted, eyes)
        .map_err(|problem| CallError::unexpected(&step.operation, problem.message))?;
    let (Some(differences), Some(live)) = (differences, reading.live) else { return Err(refusal) };
    let differs = differences.into_iter().find(|difference| {
        let known = !difference.after.as_ref().is_some_and(pending::any_pending);
        known && step.covers.iter().any(|cover| cover.covers(&difference.path))
    });
    let Some(difference) = differs else { return Ok(live.outputs) };
    // This code also reports a wrong call, and AWS's own message explains it.
    if refusal.is(&["ValidationException"]) {
        return Err(refusal);
    }
    let owner = applier.owner;
    let stack = live.spec.get("tags").and_then(|tags| tags.get(STACK_TAG)).and_then(serde_json::Value::as_str);
    let ours = stack.is_some_and(|stack| owner.names().any(|name| name == stack));
    let there = if ours { "it exists already" } else { "somebody else created it in the meantime" };
    let (said, path) = (&refusal.message, &difference.path);
    let message = format!("{said}; {there}, and `{path}` is not as wanted: run again to see what differs");
    Err(CallError { message, ..refusal })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn step() -> Step {
        Step {
            id: "tables.t#1".to_owned(),
            address: Address::new("tables", "t"),
            service: "dynamodb".to_owned(),
            operation: "CreateTable".to_owned(),
            title: "create table".to_owned(),
            input: Value::Null,
            requires: Vec::new(),
            covers: Vec::new(),
            after: Vec::new(),
            expects: &[],
            destructive: false,
        }
    }

    fn report(error: CallError) -> ApplyReport {
        let Step { id, operation, title, .. } = step();
        let steps = vec![StepState { step: id, operation, title, state: State::Failed }];
        ApplyReport { steps, failures: vec![failure(&step(), error)], ..ApplyReport::default() }
    }

    #[test]
    fn only_a_4xx_of_the_first_attempt_proves_nothing_was_done() {
        let answer = |operation: &str, status: u16| CallError {
            service: "dynamodb".to_owned(),
            code: Some("SomeException".to_owned()),
            status: Some(status),
            ..CallError::unexpected(operation, "no")
        };
        assert!(report(answer("CreateTable", 400)).did_nothing());
        assert!(!report(answer("CreateTable", 500)).did_nothing(), "it may have done it");
        let retried = CallError { after_uncertain: true, ..answer("CreateTable", 400) };
        assert!(!report(retried).did_nothing(), "an earlier attempt may have done it");
        let looked = report(answer("DescribeTable", 400));
        assert!(!looked.did_nothing(), "the call went through, and waiting failed");
        assert_eq!(looked.failures[0].operation, "DescribeTable");
        let waited = report(CallError::unexpected("CreateTable", "waited 1 s for it"));
        assert!(!waited.did_nothing());
        assert_eq!(waited.failures[0].service, "dynamodb");
    }
}
