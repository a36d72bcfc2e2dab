//! Refusals that another run of the same stack may cause, and the report of several rounds.

use std::collections::BTreeSet;

use super::{ApplyReport, Failure, State, StepState};
use crate::plan::{Plan, Step};

/// The traces of another run in a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Race {
    /// Another change is in progress: the same call may succeed a moment later.
    InProgress,
    /// The resource is there, or gone, against the plan: the call is of use only if a new plan has it.
    Overtaken,
}

/// Codes of refusals while another change is in progress; a part of the message where the code means other things too.
/// Sources: the API references of `DynamoDB`, IAM, Lambda, EC2, `CloudWatch` Logs and Application Auto Scaling, Errors
/// of each operation.
const IN_PROGRESS: &[(&str, &str)] = &[
    ("ConcurrentModification", ""),
    ("ConcurrentUpdate", ""),
    ("OperationAborted", ""),
    ("DeleteConflict", ""),
    ("PreconditionFailed", ""),
    ("IncorrectState", ""),
    ("ContinuousBackupsUnavailable", ""),
    ("LimitExceeded", "imultaneous"),
    ("LimitExceeded", "oncurrent"),
    ("ResourceInUse", "being"),
    ("ResourceConflict", "in progress"),
    ("ResourceConflict", "following state"),
];

/// Codes of refusals because something is there already, or is gone.
const OVERTAKEN: &[(&str, &str)] = &[
    ("EntityAlreadyExists", ""),
    ("ResourceInUse", ""),
    ("ResourceConflict", ""),
    ("ResourceAlreadyExists", ""),
    ("TableAlreadyExists", ""),
    ("TableInUse", ""),
    ("RouteAlreadyExists", ""),
    ("Conflict", ""),
    // A second interface endpoint with the private names of the first. Source: EC2's own message.
    ("InvalidParameter", "conflicting DNS domain"),
    ("NoSuchEntity", ""),
    ("ResourceNotFound", ""),
    ("TableNotFound", ""),
    ("ObjectNotFound", ""),
    ("PolicyNotFound", ""),
];

/// Returns the traces of another run in a failure, if it has any. A denial has none, whatever its code.
pub fn race(failure: &Failure, plan: &Plan) -> Option<Race> {
    let code = failure.code.as_deref()?;
    if failure.denial.is_some() || failure.message.contains("explicit deny") {
        return None;
    }
    let short = code.strip_suffix("Exception").unwrap_or(code);
    let is_in = |list: &[(&str, &str)]| list.iter().any(|(one, part)| short == *one && failure.message.contains(part));
    let step = plan.steps.iter().find(|step| step.id == failure.step);
    let is_expected = step.is_some_and(|step| step.expects.contains(&code));
    // EC2 names what is missing, or there twice, before the point.
    let of_ec2 = [".NotFound", ".Duplicate"].iter().any(|end| code.ends_with(end));
    if is_in(IN_PROGRESS) {
        Some(Race::InProgress)
    } else if is_in(OVERTAKEN) || is_expected || of_ec2 {
        Some(Race::Overtaken)
    } else {
        None
    }
}

/// Returns whether all failures of a round may be the work of another run.
pub fn all_raced(report: &ApplyReport, plan: &Plan) -> bool {
    !report.failures.is_empty() && report.failures.iter().all(|failure| race(failure, plan).is_some())
}

/// Returns whether a new plan makes the failed calls of a round once more, as they were: then another run is not the
/// cause, or what it did is not visible yet. Calls that may succeed a moment later do not count.
pub fn repeats(report: &ApplyReport, plan: &Plan, now: &Plan) -> bool {
    report.failures.iter().filter(|failure| race(failure, plan) == Some(Race::Overtaken)).any(|failure| {
        let failed = plan.steps.iter().find(|step| step.id == failure.step);
        let same = |failed: &Step, step: &Step| {
            // Tokens of idempotent requests, and the like, are in the input; the rest decides.
            (&step.address, &step.operation, &step.covers) == (&failed.address, &failed.operation, &failed.covers)
                && step.input == failed.input
        };
        failed.is_some_and(|failed| now.steps.iter().any(|step| same(failed, step)))
    })
}

/// A round: a plan, and the report of its execution.
pub type Round = (Plan, ApplyReport);

/// The report of several rounds, step by step of the plan that was shown. `now` is a later plan that was not carried
/// out, such as one with nothing left to do.
pub fn merged(shown: &Plan, rounds: &[Round], now: Option<&Plan>) -> ApplyReport {
    let last = rounds.last().map(|(_, report)| report.clone()).unwrap_or_default();
    let left: Vec<&Step> = now.map(|plan| plan.steps.iter().collect()).unwrap_or_default();
    let mut taken: BTreeSet<(usize, String)> = BTreeSet::new();
    let mut steps: Vec<StepState> = Vec::new();
    for step in &shown.steps {
        let mut state = None;
        for (index, (plan, report)) in rounds.iter().enumerate() {
            let Some(like) = counterpart(step, plan, |id| taken.contains(&(index, id.to_owned()))) else {
                // What an earlier round has not done, and a later plan does not have, is done.
                state = state.map(|state| if state == State::Done { state } else { State::DoneElsewhere });
                continue;
            };
            taken.insert((index, like.id.clone()));
            let ended = report.steps.iter().find(|one| one.step == like.id).map(|one| one.state);
            if state != Some(State::Done) {
                state = ended.or(state);
            }
        }
        let mut state = state.unwrap_or(State::DoneElsewhere);
        let is_left = left.iter().any(|one| one.address == step.address && one.operation == step.operation);
        if now.is_some() && !is_left && matches!(state, State::Failed | State::Skipped | State::Cancelled) {
            state = State::DoneElsewhere;
        }
        steps.push(StepState {
            step: step.id.clone(),
            operation: step.operation.clone(),
            title: step.title.clone(),
            state,
        });
    }
    let mut not_taken = Vec::new();
    for one in rounds.iter().flat_map(|(_, report)| &report.not_taken) {
        if !not_taken.contains(one) {
            not_taken.push(one.clone());
        }
    }
    let failed = |step: &StepState| step.state == State::Failed;
    let failures = if steps.iter().any(failed) { last.failures } else { Vec::new() };
    ApplyReport { steps, failures, not_taken, ..last }
}

/// The step of a later plan that does what a step of the shown one does.
fn counterpart<'p>(step: &Step, plan: &'p Plan, is_taken: impl Fn(&str) -> bool) -> Option<&'p Step> {
    let like = |one: &&Step| one.address == step.address && one.operation == step.operation && !is_taken(&one.id);
    let mut all = plan.steps.iter().filter(like);
    let exact = all.clone().find(|one| one.title == step.title);
    exact.or_else(|| all.next())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::base::{Address, Environment};
    use crate::plan::{FORMAT_VERSION, Summary};
    use crate::stack::OnUnknown;

    fn step(number: usize, operation: &str, expects: &'static [&'static str]) -> Step {
        Step {
            id: format!("tables.t#{number}"),
            address: Address::new("tables", "t"),
            service: "dynamodb".to_owned(),
            operation: operation.to_owned(),
            title: operation.to_owned(),
            input: json!({}),
            requires: Vec::new(),
            covers: Vec::new(),
            after: Vec::new(),
            expects,
            destructive: false,
        }
    }

    fn plan(steps: Vec<Step>) -> Plan {
        Plan {
            format_version: FORMAT_VERSION,
            stack: "s".to_owned(),
            environment: Environment::new("111111111111", "eu-central-1"),
            endpoint_url: None,
            summary: Summary::default(),
            changes: Vec::new(),
            steps,
            verdicts: Vec::new(),
            unknown: OnUnknown::Warn,
            blocked: false,
            notes: Vec::new(),
            skipped: std::collections::BTreeMap::new(),
            not_searched: Vec::new(),
            releases: false,
            orphans: Vec::new(),
        }
    }

    fn failure(code: &str, message: &str) -> Failure {
        Failure {
            step: "tables.t#1".to_owned(),
            address: Address::new("tables", "t"),
            title: String::new(),
            service: "dynamodb".to_owned(),
            operation: "CreateTable".to_owned(),
            refused: true,
            code: Some(code.to_owned()),
            message: message.to_owned(),
            request_id: None,
            denial: None,
        }
    }

    fn report(plan: &Plan, states: &[State], failures: Vec<Failure>) -> ApplyReport {
        let ended = |(step, state): (&Step, &State)| StepState {
            step: step.id.clone(),
            operation: step.operation.clone(),
            title: step.title.clone(),
            state: *state,
        };
        ApplyReport { steps: plan.steps.iter().zip(states).map(ended).collect(), failures, ..ApplyReport::default() }
    }

    #[test]
    fn refusal_by_another_run_is_recognized_by_code_and_message() {
        let plan = plan(vec![step(1, "CreateTable", &["ValidationException"])]);
        let of = |code: &str, message: &str| race(&failure(code, message), &plan);
        for (code, message) in [
            ("ConcurrentModification", ""),
            ("ResourceConflictException", "An update is in progress for resource"),
            ("ResourceInUseException", "Table is being created"),
            ("LimitExceededException", "Only 10 tables can be created simultaneously"),
        ] {
            assert_eq!(of(code, message), Some(Race::InProgress), "{code}");
        }
        for code in [
            "EntityAlreadyExistsException",
            "RouteAlreadyExists",
            "ResourceNotFoundException",
            "InvalidVpcEndpointId.NotFound",
            "InvalidPermission.Duplicate",
            "ValidationException",
        ] {
            assert_eq!(of(code, "x"), Some(Race::Overtaken), "{code}");
        }
        for (code, message) in [
            ("AccessDeniedException", "not authorized"),
            ("LimitExceededException", "Subscriber limit exceeded"),
            ("InvalidParameter", "no such group"),
            ("NoSuchEntity", "with an explicit deny"),
        ] {
            assert_eq!(of(code, message), None, "{code}");
        }
    }

    #[test]
    fn rounds_are_reported_by_the_steps_of_the_shown_plan() {
        let shown = plan(vec![step(1, "CreateTable", &[]), step(2, "UpdateTable", &[]), step(3, "TagResource", &[])]);
        let first = report(
            &shown,
            &[State::Failed, State::Skipped, State::Skipped],
            vec![failure("ResourceInUseException", "exists")],
        );
        let rest = plan(vec![step(1, "TagResource", &[])]);
        let second = report(&rest, &[State::Done], Vec::new());
        let states = |report: &ApplyReport| report.steps.iter().map(|step| step.state).collect::<Vec<_>>();
        let all = merged(&shown, &[(shown.clone(), first.clone()), (rest, second)], None);
        assert_eq!(states(&all), [State::DoneElsewhere, State::DoneElsewhere, State::Done]);
        assert!(all.is_complete() && all.failures.is_empty() && !all.did_nothing());

        let nothing = merged(&shown, &[(shown.clone(), first.clone())], Some(&plan(Vec::new())));
        assert_eq!(states(&nothing), [State::DoneElsewhere; 3]);
        assert!(nothing.is_complete());

        let alone = merged(&shown, &[(shown.clone(), first.clone())], None);
        assert_eq!(states(&alone), [State::Failed, State::Skipped, State::Skipped]);
        assert_eq!(alone.failures, first.failures);
        let stopped = ApplyReport { stopped: Some("why".to_owned()), ..nothing };
        assert!(!stopped.ended_well());
    }

    #[test]
    fn call_that_a_new_plan_makes_again_is_not_overtaken() {
        let shown = plan(vec![step(1, "CreateTable", &[])]);
        let of = |code: &str| report(&shown, &[State::Failed], vec![failure(code, "")]);
        assert!(repeats(&of("ResourceNotFoundException"), &shown, &shown));
        assert!(!repeats(&of("ConcurrentModification"), &shown, &shown), "it may succeed a moment later");
        assert!(!repeats(&of("ResourceNotFoundException"), &shown, &plan(vec![step(1, "UpdateTable", &[])])));
        assert!(all_raced(&of("ResourceNotFoundException"), &shown) && !all_raced(&of("Validation"), &shown));
    }
}
