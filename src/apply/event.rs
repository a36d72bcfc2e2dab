//! The events while a plan is applied, and the report at the end.

use serde::Serialize;

use crate::base::Address;
use crate::guard::Denial;

use super::State;

/// An event while a plan is applied.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A step started.
    Started {
        /// Its id.
        step: String,
        /// Its resource.
        address: Address,
        /// The title of its call.
        title: String,
    },
    /// A step is done.
    Done {
        /// Its id.
        step: String,
        /// Its resource.
        address: Address,
        /// The title of its call.
        title: String,
        /// Its duration.
        seconds: f64,
    },
    /// A step failed.
    Failed {
        /// Its id.
        step: String,
        /// Its resource.
        address: Address,
        /// The title of its call.
        title: String,
        /// Its duration.
        seconds: f64,
        /// The error message.
        message: String,
    },
    /// A step did nothing: the endpoint does not support it, or accepted the call without an effect.
    NotTaken {
        /// Its id.
        step: String,
        /// Its resource.
        address: Address,
        /// The title of its call.
        title: String,
        /// Its duration.
        seconds: f64,
        /// The endpoint's answer, or what it did.
        message: String,
    },
    /// A step was left out, since one before it failed.
    Skipped {
        /// Its id.
        step: String,
        /// Its resource.
        address: Address,
        /// The title of its call.
        title: String,
        /// The step that failed.
        because: String,
    },
    /// The user asked to stop: running steps are finished, no new ones are started.
    Interrupted {
        /// The number of steps that still run.
        running: usize,
    },
}

/// A step that failed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Failure {
    /// The step.
    pub step: String,
    /// Its resource.
    pub address: Address,
    /// The title of its call.
    pub title: String,
    /// Such as `dynamodb`.
    pub service: String,
    /// The call that failed: the step's own, or one that checks what the step waits for.
    pub operation: String,
    /// True if the step's own call was refused, so that it did nothing. If no answer came, or the check of its
    /// effect failed, nobody knows.
    pub refused: bool,
    /// AWS's code.
    pub code: Option<String>,
    /// The error message.
    pub message: String,
    /// The request id, for AWS's support.
    pub request_id: Option<String>,
    /// The denial, if AWS denied the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub denial: Option<Box<Denial>>,
}

/// A part of the file that the endpoint did not carry out, though nothing failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotTaken {
    /// The resource.
    pub address: Address,
    /// The property, or the title of the call.
    pub what: String,
    /// The endpoint's answer, or what it did.
    pub reason: String,
}

/// Codes of calls that are refused for their content or their caller, and not temporarily. Codes that a service ends
/// with `Exception` are without it here.
const LASTING: &[&str] = &[
    "AccessDenied",
    "InvalidInput",
    "InvalidParameter",
    "InvalidParameterCombination",
    "InvalidParameterValue",
    "MalformedPolicyDocument",
    "NoSuchEntity",
    "PolicyNotAttachable",
    "Unauthorized",
    "UnauthorizedOperation",
    "Validation",
    "ValidationError",
];

impl Failure {
    /// Returns whether the same call is likely to be refused again.
    pub fn may_last(&self) -> bool {
        let code = self.code.as_deref().map(|code| code.strip_suffix("Exception").unwrap_or(code));
        self.refused && code.is_some_and(|code| LASTING.contains(&code))
    }
}

/// The state of a step at the end.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StepState {
    /// The step.
    pub step: String,
    /// The call, such as `CreateTable`.
    pub operation: String,
    /// The title of the call.
    pub title: String,
    /// The state.
    pub state: State,
}

/// The report at the end of an apply.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ApplyReport {
    /// Every step, in the order of the plan.
    pub steps: Vec<StepState>,
    /// The steps that failed.
    pub failures: Vec<Failure>,
    /// True if the user asked to stop.
    pub interrupted: bool,
    /// The parts that the endpoint did not carry out: they are as they were before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_taken: Vec<NotTaken>,
    /// The differences that remain after apply, as a new read of AWS shows.
    pub differences: Vec<String>,
    /// The reason why that read failed, if all calls were made.
    pub not_verified: Option<String>,
    /// The number of new plans that were made because another run changed the same resources.
    #[serde(skip_serializing_if = "is_zero")]
    pub replans: usize,
    /// The reason why the run did not go on after another run had changed the same resources.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<String>,
    /// The denial of that read, if AWS denied it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub denial: Option<Box<Denial>>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands the field over as it is")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl ApplyReport {
    /// Counts the steps in a state.
    pub fn count(&self, state: State) -> usize {
        self.steps.iter().filter(|step| step.state == state).count()
    }

    /// Returns whether it is certain that nothing was done.
    pub fn did_nothing(&self) -> bool {
        self.steps.iter().all(|step| !matches!(step.state, State::Done | State::Running))
            && self.failures.iter().all(|failure| failure.refused)
    }

    /// Returns whether all was done, and a new read of AWS agrees.
    pub fn is_complete(&self) -> bool {
        self.ended_well() && self.not_taken.is_empty()
    }

    /// Returns whether all was done but for what the endpoint does not support, and a new read of AWS agrees.
    pub fn ended_well(&self) -> bool {
        let ended = [State::Done, State::NotTaken, State::DoneElsewhere].map(|state| self.count(state));
        ended.iter().sum::<usize>() == self.steps.len()
            && self.stopped.is_none()
            && self.differences.is_empty()
            && self.not_verified.is_none()
    }
}
