//! The kind: rules for its properties, and its part in a plan.

use super::identity::{self, ID, SECTION, SecurityGroupRule, TYPE, rule_arn};
use super::op::SecurityGroupRuleOp;
use super::source::{self, Source};
use super::spec::SecurityGroupRuleSpec;
use super::{access, check, group, render, steps};
use crate::base::{Address, Environment, Problem, PropertyPath, Vault};
use crate::kind::{
    AccessRequest, Attribute, Call, Change, Context, Difference, Identity, Kind, Observed, PathRule, PlannedOperation,
    Prerequisites, RenderContext, Rendering, Rule, SharedLookup, StepContext, UniqueKey, When,
};

impl Kind for SecurityGroupRule {
    const SECTION: &'static str = SECTION;
    const TYPE: &'static str = TYPE;
    const NOUN: &'static str = "security group rule";
    const STATEFUL: bool = false;
    const DEPENDS_ON: &'static [&'static str] = &[];
    const RULES: &'static [PathRule] = &[PathRule::new("security_group", Rule::CreateOnly)];
    const ATTRIBUTES: &'static [Attribute] =
        &[Attribute { name: ID, when: When::AfterCreate }, Attribute { name: "arn", when: When::AfterCreate }];

    type Spec = SecurityGroupRuleSpec;
    type Op = SecurityGroupRuleOp;

    fn check(spec: &SecurityGroupRuleSpec, cx: &Context<'_>) -> Vec<Problem> {
        check::check(spec, cx)
    }

    fn lookups(spec: &SecurityGroupRuleSpec) -> Vec<SharedLookup> {
        group::lookups(spec)
    }

    fn normalize(spec: &mut SecurityGroupRuleSpec, _: &Context<'_>) -> Result<(), Vec<Problem>> {
        if !Vault::is_sealed(&spec.source) {
            spec.source = source::canonical(&spec.source);
        }
        Ok(())
    }

    fn check_facts(spec: &SecurityGroupRuleSpec, sent: &[PropertyPath], cx: &Context<'_>) -> Prerequisites {
        let sends_group = sent.iter().any(|path| path.is_root() || path.keys()[0] == "security_group");
        group::check_facts(spec, sends_group, cx)
    }

    fn is_per_workspace(spec: &SecurityGroupRuleSpec) -> bool {
        Source::known(&spec.source) == Some(Source::Workspace)
    }

    fn identity(address: &Address, spec: &SecurityGroupRuleSpec, cx: &Context<'_>) -> Identity {
        identity::identity(address, spec, cx)
    }

    fn invalidated_outputs(differences: &[Difference]) -> Vec<&'static str> {
        let text = |value: &Option<serde_json::Value>| value.as_ref().and_then(|one| one.as_str().map(str::to_owned));
        let is_anew = |one: &Difference| {
            one.is_in("source")
                && text(&one.before)
                    .zip(text(&one.after))
                    .is_some_and(|(before, after)| !steps::is_in_place(&before, &after))
        };
        if differences.iter().any(is_anew) { vec![ID, "arn"] } else { Vec::new() }
    }

    fn steps(
        change: Change<'_, SecurityGroupRuleSpec>,
        _: &StepContext<'_>,
    ) -> Vec<PlannedOperation<SecurityGroupRuleOp>> {
        steps::steps(change)
    }

    fn call(op: &SecurityGroupRuleOp) -> Call {
        op.call()
    }

    fn requires(op: &SecurityGroupRuleOp, cx: &StepContext<'_>) -> Vec<AccessRequest> {
        access::requires(op, cx)
    }

    fn reads(_: &Identity, _: &Environment) -> Vec<AccessRequest> {
        access::reads()
    }

    fn discovers() -> &'static [&'static str] {
        &["tag:GetResources"]
    }

    fn changes(spec: &SecurityGroupRuleSpec, cx: &StepContext<'_>) -> Vec<AccessRequest> {
        access::changes(spec, cx)
    }

    fn imagined(spec: &SecurityGroupRuleSpec, cx: &StepContext<'_>) -> Observed<SecurityGroupRuleSpec> {
        Observed::imagined(spec, rule_arn("*", cx.env))
    }

    fn unique_keys(spec: &SecurityGroupRuleSpec, env: &Environment) -> Vec<UniqueKey> {
        identity::unique_keys(spec, env)
    }

    fn warnings(change: Change<'_, SecurityGroupRuleSpec>, _: &[Difference]) -> Vec<String> {
        steps::warnings(change)
    }

    /// AWS Config records security groups with all their rules, and no single rules; the group is not ours.
    fn config_items(_: &SecurityGroupRuleSpec, _: &RenderContext<'_>) -> Vec<Rendering> {
        Vec::new()
    }

    fn cloudformation(spec: &SecurityGroupRuleSpec, _: &RenderContext<'_>) -> Vec<Rendering> {
        vec![render::cloudformation(spec)]
    }
}
