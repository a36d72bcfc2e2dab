//! The kind: rules for its properties, and its part in a plan.

use super::identity::{BY_KMS, TYPE, Table, arn};
use super::properties::Encryption;
use super::{Op, TableSpec, access, check, render, steps, title, warnings};
use crate::base::{Address, Environment, Problem};
use crate::kind::{
    AccessRequest, ArnForm, ArnRule, Attribute, Call, Change, Context, Difference, Identity, Kind, Loss, Observed,
    PathRule, PlannedOperation, RenderContext, Rendering, Rule, StepContext, When,
};
use crate::path;

const RULES: &[PathRule] = &[
    PathRule::new("partition_key", Rule::CreateOnly),
    PathRule::new("partition_key.*", Rule::CreateOnly),
    PathRule::new("sort_key", Rule::CreateOnly),
    PathRule::new("sort_key.*", Rule::CreateOnly),
    PathRule::new("local_secondary_indexes", Rule::CreateOnly),
    PathRule::new("local_secondary_indexes.*", Rule::CreateOnly),
    PathRule::new("local_secondary_indexes.*.*", Rule::CreateOnly),
    PathRule::new("local_secondary_indexes.*.*.*", Rule::CreateOnly),
    PathRule::new("global_secondary_indexes.*.projection.include", Rule::Set),
    PathRule::new("local_secondary_indexes.*.projection.include", Rule::Set),
    PathRule::new("deletion_protection", Rule::Protection),
    PathRule::new("point_in_time_recovery", Rule::Protection),
    PathRule::new("resource_policy", Rule::Policy),
    PathRule::new("access_patterns", Rule::FileOnly),
    // AWS refuses a policy whose principal does not exist.
    PathRule::new("resource_policy", Rule::Requires),
];

const ATTRIBUTES: &[Attribute] = &[
    Attribute { name: "name", when: When::Always(|name, _, _| name.to_owned()) },
    Attribute { name: "arn", when: When::Always(|name, _, env| arn(env, name)) },
    Attribute { name: "stream_arn", when: When::AfterCreateWith("stream") },
];

impl Kind for Table {
    const SECTION: &'static str = "tables";
    const TYPE: &'static str = TYPE;
    const NOUN: &'static str = "table";
    const STATEFUL: bool = true;
    const DEPENDS_ON: &'static [&'static str] = &[];
    const RULES: &'static [PathRule] = RULES;
    /// Keys of the table's region. Source: DynamoDB Developer Guide, "DynamoDB encryption at rest: usage notes".
    const ARNS: &'static [ArnRule] =
        &[ArnRule::new("encryption.kms_key", "the ARN of a KMS key", &[ArnForm::new("kms", "key/")])];
    const ATTRIBUTES: &'static [Attribute] = ATTRIBUTES;

    type Spec = TableSpec;
    type Op = Op;

    fn check(spec: &TableSpec, cx: &Context<'_>) -> Vec<Problem> {
        check::check(spec, cx.name)
    }

    fn normalize(spec: &mut TableSpec, cx: &Context<'_>) -> Result<(), Vec<Problem>> {
        spec.normalize(cx.name);
        Ok(())
    }

    fn adopt_live_values(desired: &mut TableSpec, live: &TableSpec) {
        desired.adopt_live_values(live);
    }

    fn identity(address: &Address, spec: &TableSpec, cx: &Context<'_>) -> Identity {
        let by_kms = (spec.encryption != Encryption::AwsOwned).then(|| (BY_KMS.to_owned(), "yes".to_owned()));
        Identity { address: address.clone(), name: cx.name.to_owned(), details: by_kms.into_iter().collect() }
    }

    /// A stream's ARN changes with the stream.
    fn invalidated_outputs(differences: &[Difference]) -> Vec<&'static str> {
        let stream = path!["stream"];
        if differences.iter().any(|difference| stream.covers(&difference.path)) { vec!["stream_arn"] } else { vec![] }
    }

    fn data_loss(before: &Observed<TableSpec>, after: &TableSpec, differences: &[Difference]) -> Vec<Loss> {
        warnings::data_loss(before, after, differences)
    }

    fn steps(change: Change<'_, TableSpec>, cx: &StepContext<'_>) -> Vec<PlannedOperation<Op>> {
        steps::steps(change, cx)
    }

    fn call(op: &Op) -> Call {
        title::call(op)
    }

    fn requires(op: &Op, cx: &StepContext<'_>) -> Vec<AccessRequest> {
        access::requires(op, cx)
    }

    fn reads(id: &Identity, env: &Environment) -> Vec<AccessRequest> {
        access::reads(id, env)
    }

    fn inspect_before_removal(id: &Identity, env: &Environment) -> Vec<AccessRequest> {
        access::inspect_before_removal(&id.name, env)
    }

    fn data_probe_access(id: &Identity, env: &Environment) -> Vec<AccessRequest> {
        access::data_probe_access(&id.name, env)
    }

    fn discovers() -> &'static [&'static str] {
        &["tag:GetResources"]
    }

    fn changes(spec: &TableSpec, cx: &StepContext<'_>) -> Vec<AccessRequest> {
        access::changes(spec, cx)
    }

    fn imagined(spec: &TableSpec, cx: &StepContext<'_>) -> Observed<TableSpec> {
        Observed::imagined(spec, arn(cx.env, cx.name))
    }

    fn warnings(change: Change<'_, TableSpec>, differences: &[Difference]) -> Vec<String> {
        warnings::warnings(change, differences)
    }

    fn config_items(spec: &TableSpec, cx: &RenderContext<'_>) -> Vec<Rendering> {
        render::config_items(spec, cx)
    }

    fn cloudformation(spec: &TableSpec, cx: &RenderContext<'_>) -> Vec<Rendering> {
        render::cloudformation(spec, cx)
    }
}
