//! Triggers: Lambda's event source mappings, moved out of their functions when a stack is loaded.
//!
//! A mapping has no name. It is identified by its tags, or, if it has none of ours, by function and source.
//! Source and starting position can't be changed: a stream that is created anew has a new ARN, and the trigger
//! is replaced.

mod access;
mod advice;
mod check;
mod filter;
#[cfg(feature = "aws")]
mod live;
pub mod op;
mod position;
mod render;
pub mod spec;
mod steps;
#[cfg(test)]
#[expect(unreachable_pub, reason = "the integration tests include it by its path")]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::base::pending::{self, Part};
use crate::base::{Address, Archives, Environment, Outputs, Problem};
use crate::kind::{
    AccessRequest, ArnForm, ArnRule, Attribute, Call, Change, Context, Difference, Identity, Kind, Observed, PathRule,
    PlannedOperation, Reach, RenderContext, Rendering, Rule, SharedLookup, StepContext, UniqueKey, When,
};

pub use op::Op;
pub use spec::{StartingPosition, TriggerSpec};

/// The identity's detail that names the function.
const FUNCTION: &str = "function";
/// The identity's detail that holds the source's ARN, which may be pending.
const SOURCE: &str = "source";
/// The identity's detail that holds the mapping's UUID, if discovery has found it.
const UNIQUE_ID: &str = "unique_id";

/// AWS Lambda event source mappings.
#[derive(Debug, Clone, Copy)]
pub struct Trigger;

impl Kind for Trigger {
    const SECTION: &'static str = "triggers";
    const TYPE: &'static str = "AWS::Lambda::EventSourceMapping";
    const NOUN: &'static str = "trigger";
    const STATEFUL: bool = false;
    const DEPENDS_ON: &'static [&'static str] = &["functions", "tables"];
    const RULES: &'static [PathRule] = &[
        PathRule::new("function", Rule::Requires),
        PathRule::new("function", Rule::CreateOnly),
        PathRule::new("stream", Rule::CreateOnly),
        PathRule::new("queue", Rule::CreateOnly),
        PathRule::new("starting_position", Rule::CreateOnly),
        PathRule::new("filters", Rule::Set),
    ];
    const ARNS: &'static [ArnRule] = &[
        // Source: Lambda Developer Guide, "Using Lambda with Kinesis", "Using AWS Lambda with Amazon DynamoDB" and
        // "Using Lambda with Amazon SQS": of any account, in the function's region.
        ArnRule::new(
            "stream",
            "the ARN of a stream of DynamoDB or Kinesis, or of a consumer",
            &[ArnForm::new("dynamodb", "table/").attribute("tables", "stream_arn"), ArnForm::new("kinesis", "stream/")],
        ),
        ArnRule::new("queue", "the ARN of a queue (SQS)", &[ArnForm::new("sqs", "")]),
        // Source: CloudFormation reference, `AWS::Lambda::EventSourceMapping OnFailure`.
        ArnRule::new(
            "on_failure",
            "the ARN of a queue (SQS), topic (SNS), bucket (S3) or Kafka topic",
            &[
                ArnForm::new("sqs", "").region(Reach::Any),
                ArnForm::new("sns", "").region(Reach::Any),
                ArnForm::new("s3", "").region(Reach::Empty).account(Reach::Empty),
                ArnForm::new("kafka", "").region(Reach::Any),
            ],
        ),
    ];
    const ATTRIBUTES: &'static [Attribute] =
        &[Attribute { name: "id", when: When::AfterCreate }, Attribute { name: "arn", when: When::AfterCreate }];

    type Spec = TriggerSpec;
    type Op = Op;

    fn check(spec: &TriggerSpec, _: &Context<'_>) -> Vec<Problem> {
        check::check(spec)
    }

    fn advice(spec: &TriggerSpec, _: &Context<'_>, _: &Archives) -> Vec<Problem> {
        filter::advice(spec)
    }

    fn lookups(_: &TriggerSpec) -> Vec<SharedLookup> {
        Vec::new()
    }

    fn normalize(spec: &mut TriggerSpec, _: &Context<'_>) -> Result<(), Vec<Problem>> {
        spec.fill_in();
        if let Some(position) = &mut spec.starting_position {
            position.normalize();
        }
        Ok(())
    }

    fn adopt_live_values(desired: &mut TriggerSpec, live: &TriggerSpec) {
        // A mapping whose starting position AWS does not return (any more) is past it.
        if live.stream.is_some() && live.stream == desired.stream && live.starting_position.is_none() {
            desired.starting_position = None;
        }
    }

    fn identity(address: &Address, spec: &TriggerSpec, cx: &Context<'_>) -> Identity {
        let mut details = Outputs::from([(FUNCTION.to_owned(), spec.function.clone())]);
        details.extend(spec.source().map(|source| (SOURCE.to_owned(), source.to_owned())));
        Identity { address: address.clone(), name: cx.name.to_owned(), details }
    }

    fn steps(change: Change<'_, TriggerSpec>, cx: &StepContext<'_>) -> Vec<PlannedOperation<Op>> {
        steps::steps(change, cx)
    }

    fn call(op: &Op) -> Call {
        op::call(op)
    }

    fn requires(op: &Op, cx: &StepContext<'_>) -> Vec<AccessRequest> {
        access::requires(op, None, cx)
    }

    fn requires_of(op: &Op, spec: &TriggerSpec, cx: &StepContext<'_>) -> Vec<AccessRequest> {
        access::requires_of(op, spec, cx)
    }

    fn reads(id: &Identity, env: &Environment) -> Vec<AccessRequest> {
        access::reads(id, env)
    }

    fn discovers() -> &'static [&'static str] {
        &["tag:GetResources"]
    }

    fn changes(spec: &TriggerSpec, cx: &StepContext<'_>) -> Vec<AccessRequest> {
        access::changes(spec, cx.env)
    }

    fn imagined(spec: &TriggerSpec, cx: &StepContext<'_>) -> Observed<TriggerSpec> {
        Observed::imagined(spec, mapping_arn("*", cx.env))
    }

    fn dependency_advice(spec: &TriggerSpec, address: &Address, name: &str, desired: &Value) -> Vec<Problem> {
        match address.section() {
            "tables" if of_table(spec, address, name) => {
                filter::advice_on_table(spec, &filter::StreamedTable::new(address.to_string(), desired))
            }
            "functions" if spec.function == name => advice::concurrency(spec, address, desired).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    fn unique_keys(spec: &TriggerSpec, _: &Environment) -> Vec<UniqueKey> {
        check::unique_keys(spec)
    }

    fn warnings(change: Change<'_, TriggerSpec>, differences: &[Difference]) -> Vec<String> {
        warnings(change, differences)
    }

    /// AWS Config has no type for event source mappings.
    fn config_items(_: &TriggerSpec, _: &RenderContext<'_>) -> Vec<Rendering> {
        Vec::new()
    }

    fn cloudformation(spec: &TriggerSpec, cx: &RenderContext<'_>) -> Vec<Rendering> {
        render::cloudformation(spec, cx)
    }
}

/// The ARN of a mapping. Source: service authorization reference for AWS Lambda, type `eventSourceMapping`.
fn mapping_arn(uuid: &str, env: &Environment) -> String {
    env.arn("lambda", &format!("event-source-mapping:{uuid}"))
}

/// Returns whether the trigger reads the stream of a table: by reference, or by an ARN of its name.
fn of_table(spec: &TriggerSpec, address: &Address, name: &str) -> bool {
    let Some(stream) = spec.stream.as_deref() else { return false };
    pending_table(stream).is_some_and(|table| table == address.name())
        || stream.contains(&format!(":table/{name}/stream/"))
}

/// The table whose stream's ARN a text refers to.
fn pending_table(text: &str) -> Option<String> {
    match pending::parts(text).as_slice() {
        [Part::Pending(reference)]
            if reference.address.section() == "tables" && reference.attribute == "stream_arn" =>
        {
            Some(reference.address.name().to_owned())
        }
        _ => None,
    }
}

fn warnings(change: Change<'_, TriggerSpec>, differences: &[Difference]) -> Vec<String> {
    let mut warnings = Vec::new();
    match change {
        Change::Update { before, after, .. } if before.spec.enabled && !after.enabled => {
            warnings.push("while the trigger is disabled, records wait, and a stream forgets them in time".to_owned());
        }
        // A replacement comes here as well: then another value is desired.
        Change::Delete { before, .. } => {
            let replaced = differences.iter().any(|d| d.forces_replacement && d.after.is_some());
            let changed = |key: &str| differences.iter().find(|difference| difference.is_in(key));
            if before.spec.queue.is_some() {
                if replaced {
                    warnings.push("the trigger is replaced; messages wait in the queue meanwhile".to_owned());
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
