//! The kind: rules for its properties, and its part in a plan.

use serde_json::Value;

use super::identity::{
    Function, KMS_KEY, LOG_GROUP, LOGS, OTHER_GROUP, OWNED, SECTION, TROUBLE, TYPE, function_arn, log_group_name,
    role_arn,
};
use super::{
    FunctionSpec, Op, access, advice, check, foreign_statements, network, op, render, role_needs, role_refresh, spec,
    steps, warnings,
};
use crate::base::{Address, Archives, Environment, Outputs, Problem, PropertyPath};
use crate::kind::{
    AccessRequest, ArnForm, ArnRule, Attribute, Call, Change, Context, Dependency, Difference, Identity, Kind,
    Observed, PathRule, PlannedOperation, Prerequisites, Reach, RenderContext, Rendering, RoleNeed, Rule, SharedLookup,
    StepContext, When,
};
use crate::path;

impl Kind for Function {
    const SECTION: &'static str = SECTION;
    const TYPE: &'static str = TYPE;
    const NOUN: &'static str = "function";
    const STATEFUL: bool = false;
    const DEPENDS_ON: &'static [&'static str] = &["roles"];
    const RULES: &'static [PathRule] = &[
        PathRule::new("role", Rule::Requires),
        // Source: Lambda API reference, `UpdateFunctionCode`: architectures are set with the code.
        PathRule::new("architecture", Rule::SentWith("code")),
        PathRule::new("code.path", Rule::Hidden),
        PathRule::new("code.size", Rule::Hidden),
        PathRule::new("environment.*", Rule::Sensitive),
        PathRule::new("vpc.subnets", Rule::Set),
        PathRule::new("vpc.security_groups", Rule::Set),
        PathRule::new("reserved_concurrency", Rule::UnmanagedWhenAbsent),
        PathRule::new("log_retention", Rule::UnmanagedWhenAbsent),
        PathRule::new("permissions", Rule::UnmanagedWhenAbsent),
        PathRule::new("permissions.*.*", Rule::Allows),
    ];
    const ARNS: &'static [ArnRule] = &[
        // Source: IAM user guide, "Granting a user permissions to pass a role to an AWS service": roles are passed
        // within an account.
        ArnRule::new(
            "role",
            "the ARN of a role",
            &[ArnForm::new("iam", "role/").region(Reach::Empty).account(Reach::Own)],
        ),
        // Source: Lambda API reference, `CreateFunction`; Developer Guide, "Managing Lambda dependencies with layers".
        ArnRule::new(
            "layers.*",
            "the ARN of a layer's version",
            &[
                ArnForm::new("lambda", "layer:"),
                ArnForm::new("lambda", "awslayer:").region(Reach::Empty).account(Reach::Empty),
            ],
        ),
        // Source: Developer Guide, "Capturing records of Lambda asynchronous invocations", dead-letter queues.
        ArnRule::new(
            "dead_letter",
            "the ARN of a queue (SQS) or topic (SNS)",
            &[ArnForm::new("sqs", ""), ArnForm::new("sns", "")],
        ),
        // Source: Developer Guide, "Securing Lambda environment variables".
        ArnRule::new("kms_key", "the ARN of a KMS key", &[ArnForm::new("kms", "key/")]),
        // Any service may call for a resource anywhere in the partition.
        ArnRule::new("permissions.*.principal", "an ARN", &[]),
        ArnRule::new("permissions.*.source_arn", "an ARN", &[]),
    ];
    const ATTRIBUTES: &'static [Attribute] = &[
        Attribute { name: "name", when: When::Always(|name, _, _| name.to_owned()) },
        Attribute { name: "arn", when: When::Always(|name, _, env| function_arn(name, env)) },
    ];

    type Spec = FunctionSpec;
    type Op = Op;

    fn check(spec: &FunctionSpec, cx: &Context<'_>) -> Vec<Problem> {
        check::check(spec, cx)
    }

    fn advice(spec: &FunctionSpec, cx: &Context<'_>, archives: &Archives) -> Vec<Problem> {
        advice::advice(spec, cx, archives)
    }

    fn lookups(spec: &FunctionSpec) -> Vec<SharedLookup> {
        spec.vpc.iter().flat_map(|vpc| [vpc.lookups(), network::lookups(vpc)].concat()).collect()
    }

    fn check_facts(spec: &FunctionSpec, sent: &[PropertyPath], cx: &Context<'_>) -> Prerequisites {
        let is_sent = sent.iter().any(|path| path!["vpc"].covers(path) || path.covers(&path!["vpc"]));
        spec.vpc.as_ref().filter(|_| is_sent).map(|vpc| network::check(vpc, cx)).unwrap_or_default()
    }

    fn normalize(spec: &mut FunctionSpec, cx: &Context<'_>) -> Result<(), Vec<Problem>> {
        spec.role = role_arn(&spec.role, cx.env);
        for text in [&mut spec.description, &mut spec.kms_key, &mut spec.dead_letter] {
            text.take_if(|text| text.is_empty());
        }
        for permission in spec.permissions.iter_mut().flat_map(|permissions| permissions.values_mut()) {
            permission.principal = spec::Permission::canonical_principal(&permission.principal);
        }
        spec.vpc.as_mut().map_or(Ok(()), |vpc| vpc.resolve(cx.facts))
    }

    fn adopt_live_values(desired: &mut FunctionSpec, live: &FunctionSpec) {
        desired.reserved_concurrency = desired.reserved_concurrency.or(live.reserved_concurrency);
        // A group of ours has the function's tags, beside those that others gave it: it outlives functions, and a new
        // one may find it. A group that is not ours keeps its tags.
        let managed = desired.log_retention.is_some();
        desired.log_group_tags = live.log_group_tags.as_ref().map(|tags| {
            let others = tags.iter().filter(|(key, _)| !managed || !live.tags.contains_key(*key));
            let ours = desired.tags.iter().filter(|_| managed);
            others.chain(ours).map(|(key, value)| (key.clone(), value.clone())).collect()
        });
        desired.log_retention = desired.log_retention.or(live.log_retention);
        if desired.permissions.is_none() {
            desired.permissions.clone_from(&live.permissions);
        }
    }

    fn identity(address: &Address, spec: &FunctionSpec, cx: &Context<'_>) -> Identity {
        let mut details = Outputs::new();
        if spec.log_retention.is_some() {
            details.insert(LOGS.to_owned(), log_group_name(cx.name));
        }
        if let Some(key) = &spec.kms_key {
            details.insert(KMS_KEY.to_owned(), key.clone());
        }
        Identity { address: address.clone(), name: cx.name.to_owned(), details }
    }

    fn steps(change: Change<'_, FunctionSpec>, cx: &StepContext<'_>) -> Vec<PlannedOperation<Op>> {
        steps::steps(change, cx)
    }

    fn call(op: &Op) -> Call {
        op::call(op)
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

    fn discovers() -> &'static [&'static str] {
        &["tag:GetResources"]
    }

    fn changes(spec: &FunctionSpec, cx: &StepContext<'_>) -> Vec<AccessRequest> {
        access::changes(spec, cx)
    }

    fn imagined(spec: &FunctionSpec, cx: &StepContext<'_>) -> Observed<FunctionSpec> {
        let mut live = Observed::imagined(spec, function_arn(cx.name, cx.env));
        if spec.log_retention.is_some() {
            live.outputs.insert(LOG_GROUP.to_owned(), OWNED.to_owned());
        }
        live
    }

    fn role_needs(spec: &FunctionSpec, cx: &StepContext<'_>) -> Vec<RoleNeed> {
        role_needs::role_needs(spec, cx)
    }

    fn check_dependency(spec: &FunctionSpec, address: &Address, name: &str, desired: &Value) -> Option<Problem> {
        check::trust(spec, address, name, desired)
    }

    fn refreshes(
        desired: &FunctionSpec,
        live: &Observed<FunctionSpec>,
        dependency: &Dependency<'_>,
    ) -> Vec<PropertyPath> {
        role_refresh::refreshes(desired, live, dependency)
    }

    fn remarks(desired: &FunctionSpec, live: &Observed<FunctionSpec>) -> Vec<String> {
        let trouble = live.outputs.get(TROUBLE).cloned();
        let group = live.outputs.get(OTHER_GROUP).filter(|_| desired.log_retention.is_some()).map(|group| {
            format!("it writes to the log group `{group}`: `log_retention` is that one's, for all that writes to it")
        });
        trouble.into_iter().chain(group).chain(foreign_statements::statements(desired, live)).collect()
    }

    fn warnings(change: Change<'_, FunctionSpec>, differences: &[Difference]) -> Vec<String> {
        warnings::warnings(change, differences)
    }

    fn config_items(spec: &FunctionSpec, cx: &RenderContext<'_>) -> Vec<Rendering> {
        render::config_items(spec, cx)
    }

    fn cloudformation(spec: &FunctionSpec, cx: &RenderContext<'_>) -> Vec<Rendering> {
        render::cloudformation(spec, cx)
    }
}
