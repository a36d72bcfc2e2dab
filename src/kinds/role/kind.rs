//! The kind: rules for its properties, and its part in a plan.

use super::identity::{Role, TYPE, role_arn};
use super::{RoleOp, RoleSpec, access, check, render, role_needs, steps};
use crate::base::{Address, Environment, Problem};
use crate::kind::{
    AccessRequest, ArnForm, ArnRule, Attribute, Call, Change, Context, Difference, Identity, Kind, Lookup, Observed,
    PathRule, PlannedOperation, Reach, RenderContext, Rendering, RoleNeed, Rule, StepContext, When,
};

const POLICY: &str = "the ARN of a managed policy";

/// The policies that IAM attaches: its own and those of the role's account.
/// Source: IAM API reference, `AttachRolePolicy`; user guide, "Managed policies and inline policies".
const POLICIES: &[ArnForm] = &[ArnForm::new("iam", "policy/").region(Reach::Empty).account(Reach::OwnOr("aws"))];

fn name(name: &str, _: &Lookup<'_>, _: &Environment) -> String {
    name.to_owned()
}

fn arn(name: &str, property: &Lookup<'_>, env: &Environment) -> String {
    role_arn(property("path").as_deref().unwrap_or("/"), name, env)
}

impl Kind for Role {
    const SECTION: &'static str = "roles";
    const TYPE: &'static str = TYPE;
    const NOUN: &'static str = "role";
    const STATEFUL: bool = false;
    const DEPENDS_ON: &'static [&'static str] = &[];
    const RULES: &'static [PathRule] = &[
        PathRule::new("path", Rule::CreateOnly),
        PathRule::new("assumed_by", Rule::ShortFor("assume_role_policy")),
        PathRule::new("assume_role_policy", Rule::Policy),
        PathRule::new("inline_policies.*", Rule::Policy),
        PathRule::new("grants", Rule::FileOnly),
        PathRule::new("managed_policies", Rule::Set),
        PathRule::new("managed_policies", Rule::Requires),
        PathRule::new("permissions_boundary", Rule::Requires),
        PathRule::new("permissions_boundary", Rule::Allows),
        // IAM refuses a trust policy whose principals don't exist. Its conditions may name resources that depend on the
        // role, and require no order.
        PathRule::new("assume_role_policy.Statement.Principal", Rule::Requires),
        PathRule::new("assume_role_policy.Statement.*.Principal", Rule::Requires),
    ];
    const ARNS: &'static [ArnRule] =
        &[ArnRule::new("managed_policies.*", POLICY, POLICIES), ArnRule::new("permissions_boundary", POLICY, POLICIES)];
    const ATTRIBUTES: &'static [Attribute] = &[
        Attribute { name: "name", when: When::Always(name) },
        Attribute { name: "arn", when: When::Always(arn) },
        Attribute { name: "id", when: When::AfterCreate },
    ];

    type Spec = RoleSpec;
    type Op = RoleOp;

    /// The name without case: names are unique within an account, and aren't distinguished by case.
    /// Source: IAM user guide, "IAM and AWS STS quotas", "IAM name requirements".
    fn name_key(name: &str) -> String {
        name.to_ascii_lowercase()
    }

    fn check(spec: &RoleSpec, cx: &Context<'_>) -> Vec<Problem> {
        check::check(spec, cx)
    }

    fn normalize(spec: &mut RoleSpec, cx: &Context<'_>) -> Result<(), Vec<Problem>> {
        spec.normalize(cx.env);
        Ok(())
    }

    fn identity(address: &Address, spec: &RoleSpec, cx: &Context<'_>) -> Identity {
        access::identity(address.clone(), cx.name, &spec.path)
    }

    fn steps(change: Change<'_, RoleSpec>, cx: &StepContext<'_>) -> Vec<PlannedOperation<RoleOp>> {
        steps::steps(change, cx)
    }

    fn call(op: &RoleOp) -> Call {
        op.call()
    }

    fn requires(op: &RoleOp, cx: &StepContext<'_>) -> Vec<AccessRequest> {
        access::requires(op, "/", None, cx)
    }

    fn requires_of(op: &RoleOp, spec: &RoleSpec, cx: &StepContext<'_>) -> Vec<AccessRequest> {
        access::requires(op, &spec.path, spec.permissions_boundary.as_deref(), cx)
    }

    fn reads(id: &Identity, env: &Environment) -> Vec<AccessRequest> {
        access::reads(id, env)
    }

    fn discovers() -> &'static [&'static str] {
        &["iam:GetAccountAuthorizationDetails"]
    }

    fn changes(spec: &RoleSpec, cx: &StepContext<'_>) -> Vec<AccessRequest> {
        access::changes(spec, cx)
    }

    fn prerequisite_access(spec: &RoleSpec, cx: &StepContext<'_>) -> Vec<AccessRequest> {
        access::prerequisite_access(spec, cx.env)
    }

    fn imagined(spec: &RoleSpec, cx: &StepContext<'_>) -> Observed<RoleSpec> {
        Observed::imagined(spec, role_arn(&spec.path, cx.name, cx.env))
    }

    fn role_needs(spec: &RoleSpec, cx: &StepContext<'_>) -> Vec<RoleNeed> {
        role_needs::role_needs(spec, cx)
    }

    fn warnings(change: Change<'_, RoleSpec>, differences: &[Difference]) -> Vec<String> {
        steps::warnings(change, differences)
    }

    fn config_items(spec: &RoleSpec, cx: &RenderContext<'_>) -> Vec<Rendering> {
        render::config_items(spec, cx)
    }

    fn cloudformation(spec: &RoleSpec, cx: &RenderContext<'_>) -> Vec<Rendering> {
        render::cloudformation(spec, cx)
    }
}
