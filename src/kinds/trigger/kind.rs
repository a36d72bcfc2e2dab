//! The kind: rules for its properties, and its part in a plan.

use serde_json::Value;

use super::identity::{FUNCTION, SOURCE, TYPE, Trigger, mapping_arn};
use super::source::of_table;
use super::{Op, TriggerSpec, access, advice, check, filter, op, render, role_needs, steps, warnings};
use crate::base::{Address, Archives, Environment, Outputs, Problem};
use crate::kind::{
    AccessRequest, ArnForm, ArnRule, Attribute, Call, Change, Context, Difference, Identity, Kind, Observed, PathRule,
    PlannedOperation, Reach, RenderContext, Rendering, RoleNeed, Rule, StepContext, UniqueKey, When,
};

impl Kind for Trigger {
    const SECTION: &'static str = "triggers";
    const TYPE: &'static str = TYPE;
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

    fn role_needs(spec: &TriggerSpec, _: &StepContext<'_>) -> Vec<RoleNeed> {
        role_needs::role_needs(spec)
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
        warnings::warnings(change, differences)
    }

    /// AWS Config has no type for event source mappings.
    fn config_items(_: &TriggerSpec, _: &RenderContext<'_>) -> Vec<Rendering> {
        Vec::new()
    }

    fn cloudformation(spec: &TriggerSpec, cx: &RenderContext<'_>) -> Vec<Rendering> {
        render::cloudformation(spec, cx)
    }
}
