//! Functions: AWS Lambda, with their log group, concurrency and resource policy as parts.
//!
//! The log group `/aws/lambda/NAME` is a part if `log_retention` is given: it is created with the function,
//! has its tags, and is deleted with it. A group that existed before (Lambda creates one at the first
//! invocation) gets the retention, but without our tags it stays when the function is deleted. Without
//! `log_retention` the group is not read. Triggers are a kind of their own.

mod access;
mod advice;
mod check;
mod foreign_statements;
mod handler;
mod layers;
#[cfg(feature = "aws")]
mod live;
pub mod op;
mod permissions;
mod render;
mod role_refresh;
mod rollout;
pub mod runtime;
pub mod spec;
mod steps;
pub mod tagging;
#[cfg(test)]
#[expect(unreachable_pub, reason = "the integration tests include it by its path")]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod vpc;

use serde_json::Value;

use crate::base::{Address, Archives, Environment, Outputs, Problem, PropertyPath, Vault, pending};
use crate::kind::{
    AccessRequest, ArnForm, ArnRule, Attribute, Call, Change, Context, Dependency, Difference, Identity, Kind,
    Observed, PathRule, PlannedOperation, Reach, RenderContext, Rendering, Rule, SharedLookup, StepContext, When,
};

pub use op::Op;
pub use spec::FunctionSpec;

/// The output that reports if there is a log group, and its owner.
const LOG_GROUP: &str = "log_group";
/// The output that names the function's log group, if it is not the one that Lambda gives it.
const OTHER_GROUP: &str = "log_group_name";
/// The value of [`LOG_GROUP`] for a group that has our tags.
const OWNED: &str = "owned";
/// The output that reports the function's failure, in a sentence.
const TROUBLE: &str = "trouble";
/// The prefix of the name of a feature that is a statement which the language can't express.
const STATEMENT: &str = "resource policy statement";
/// The identity's detail that asks for the log group to be read.
const LOGS: &str = "log_group";
/// The identity's detail that names the key of the environment variables.
const KMS_KEY: &str = "kms_key";

/// AWS Lambda functions.
#[derive(Debug, Clone, Copy)]
pub struct Function;

impl Kind for Function {
    const SECTION: &'static str = "functions";
    const TYPE: &'static str = "AWS::Lambda::Function";
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
        spec.vpc.as_ref().map(spec::Vpc::lookups).unwrap_or_default()
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
        warnings(change, differences)
    }

    fn config_items(spec: &FunctionSpec, cx: &RenderContext<'_>) -> Vec<Rendering> {
        render::config_items(spec, cx)
    }

    fn cloudformation(spec: &FunctionSpec, cx: &RenderContext<'_>) -> Vec<Rendering> {
        render::cloudformation(spec, cx)
    }
}

/// The ARN of a function. Source: Developer Guide, "Lambda function ARNs".
fn function_arn(name: &str, env: &Environment) -> String {
    env.arn("lambda", &format!("function:{name}"))
}

/// The log group that Lambda uses by default.
/// Source: Developer Guide, "Sending Lambda function logs to `CloudWatch` Logs".
fn log_group_name(name: &str) -> String {
    format!("/aws/lambda/{name}")
}

/// The log group that a function writes to.
fn log_group_of(name: &str, outputs: &Outputs) -> String {
    outputs.get(OTHER_GROUP).cloned().unwrap_or_else(|| log_group_name(name))
}

/// The ARN of a role that may be given by name.
fn role_arn(role: &str, env: &Environment) -> String {
    // A sensitive text is treated as an ARN: its value can't be read here.
    if role.is_empty() || role.starts_with("arn:") || pending::is_pending(role) || Vault::is_sealed(role) {
        return role.to_owned();
    }
    env.global_arn("iam", &format!("role/{role}"))
}

fn warnings(change: Change<'_, FunctionSpec>, differences: &[Difference]) -> Vec<String> {
    let differs = |key: &str| differences.iter().any(|difference| difference.is_in(key));
    let mut warnings = Vec::new();
    match change {
        Change::Create { after } => {
            if after.reserved_concurrency == Some(0) {
                warnings.push("a reserved concurrency of 0 keeps the function from being invoked".to_owned());
            }
        }
        Change::Update { before, after, .. } => {
            // Source: Developer Guide, "Giving Lambda functions access to resources in an Amazon VPC".
            if differs("vpc") && before.spec.vpc.is_some() {
                warnings.push(INTERFACES.to_owned());
            }
            warnings.extend(rollout::between(&before.spec, after, differences));
            if differs("reserved_concurrency") && after.reserved_concurrency == Some(0) {
                warnings.push("a reserved concurrency of 0 keeps the function from being invoked".to_owned());
            }
            // Source: `CloudWatch` Logs API reference, `PutRetentionPolicy`.
            if let (true, Some(days)) = (differs("log_retention"), after.log_retention)
                && before.spec.log_retention.is_none_or(|old| days < old)
            {
                warnings.push(format!("log events older than {} will be deleted", crate::base::count(days, "day")));
            }
            let replaced = |(sid, old): (&String, &spec::Permission)| {
                let new = after.permissions.as_ref().and_then(|permissions| permissions.get(sid));
                new.is_some_and(|new| new != old).then(|| {
                    format!("permission `{sid}` is removed and added anew: between the two calls it is not there")
                })
            };
            warnings.extend(before.spec.permissions.iter().flatten().filter_map(replaced));
        }
        Change::Delete { before, .. } => {
            if before.spec.vpc.is_some() {
                warnings.push(INTERFACES.to_owned());
            }
            if before.outputs.get(LOG_GROUP).is_some_and(|whose| whose == OWNED) {
                warnings.push(
                    "its log group goes with it; an invocation that is still running may make it anew".to_owned(),
                );
            }
        }
    }
    warnings
}

const INTERFACES: &str = "Lambda takes up to 40 minutes to delete the network interfaces that the function had in \
                          its VPC: until then their subnets and security groups can't be deleted, and the execution \
                          role is needed to delete them";
