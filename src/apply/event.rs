//! What happens while a plan is applied, and what is left to say at the end.

use serde::Serialize;

use crate::base::Address;
use crate::guard::Denial;

use super::State;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A step started.
    Started {
        /// Its id.
        step: String,
        /// Its resource.
        address: Address,
        /// What it does.
        title: String,
    },
    /// A step is done.
    Done {
        /// Its id.
        step: String,
        /// Its resource.
        address: Address,
        /// What it did.
        title: String,
        /// How long it took.
        seconds: f64,
    },
    /// A step failed.
    Failed {
        /// Its id.
        step: String,
        /// Its resource.
        address: Address,
        /// What it was to do.
        title: String,
        /// How long it took.
        seconds: f64,
        /// Why.
        message: String,
    },
    /// A step did nothing: the endpoint can't do it, or took the call and nothing came of it.
    NotTaken {
        /// Its id.
        step: String,
        /// Its resource.
        address: Address,
        /// What it was to do.
        title: String,
        /// How long it took.
        seconds: f64,
        /// What the endpoint answered, or did.
        message: String,
    },
    /// A step was left out, since one that comes first failed.
    Skipped {
        /// Its id.
        step: String,
        /// Its resource.
        address: Address,
        /// What it was to do.
        title: String,
        /// The step that failed.
        because: String,
    },
    /// The user asked to stop: what runs is finished, nothing new is started.
    Interrupted {
        /// How many steps still run.
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
    /// What it was to do.
    pub title: String,
    /// Such as `dynamodb`.
    pub service: String,
    /// The call that failed: the step's own, or one that looks for what the step waits for.
    pub operation: String,
    /// Whether the step's own call was refused, so that it did nothing. Where no answer came, or a look at
    /// what came of it failed, nobody can tell.
    pub refused: bool,
    /// AWS's code.
    pub code: Option<String>,
    /// Why.
    pub message: String,
    /// For AWS's support.
    pub request_id: Option<String>,
    /// Who denied it, where it was denied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub denial: Option<Box<Denial>>,
}

/// Something that the file asks for and the endpoint did not do, though nothing failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotTaken {
    /// The resource.
    pub address: Address,
    /// The property, or what the call was to do.
    pub what: String,
    /// What the endpoint answered, or did.
    pub reason: String,
}

/// Codes of calls that are refused for what they ask, or for who asks, and not for the moment. Those of services that
/// end them with `Exception` are without it here.
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
    /// Whether the call may well be refused again as it is.
    pub fn may_last(&self) -> bool {
        let code = self.code.as_deref().map(|code| code.strip_suffix("Exception").unwrap_or(code));
        self.refused && code.is_some_and(|code| LASTING.contains(&code))
    }
}

/// Where a step stands at the end.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StepState {
    /// The step.
    pub step: String,
    /// The call, such as `CreateTable`.
    pub operation: String,
    /// What it does.
    pub title: String,
    /// Where it stands.
    pub state: State,
}

/// What is left to say at the end.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ApplyReport {
    /// Every step, in the order of the plan.
    pub steps: Vec<StepState>,
    /// Those that failed.
    pub failures: Vec<Failure>,
    /// Whether the user asked to stop.
    pub interrupted: bool,
    /// What the endpoint did not take: it is as it was before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_taken: Vec<NotTaken>,
    /// What still differs after apply, as a look at AWS shows.
    pub differences: Vec<String>,
    /// Why that look could not be had, where all calls were made.
    pub not_verified: Option<String>,
    /// Who denied that look, where it was denied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub denial: Option<Box<Denial>>,
}

impl ApplyReport {
    /// How many steps are in a state.
    pub fn count(&self, state: State) -> usize {
        self.steps.iter().filter(|step| step.state == state).count()
    }

    /// Whether it is certain that nothing was done.
    pub fn did_nothing(&self) -> bool {
        self.steps.iter().all(|step| !matches!(step.state, State::Done | State::Running))
            && self.failures.iter().all(|failure| failure.refused)
    }

    /// Whether all was done, and a look at AWS agrees.
    pub fn is_complete(&self) -> bool {
        self.ended_well() && self.not_taken.is_empty()
    }

    /// Whether all was done, but for what the endpoint can't do, and a look at AWS agrees.
    pub fn ended_well(&self) -> bool {
        self.count(State::Done) + self.count(State::NotTaken) == self.steps.len()
            && self.differences.is_empty()
            && self.not_verified.is_none()
    }
}
