//! The kind: rules for its properties, and its part in a plan.

use super::identity::{SECTION, TYPE, VpcEndpoint};
use super::{VpcEndpointOp, VpcEndpointSpec, access, check, identity, network, render, resolve, steps};
use crate::base::{Address, Environment, Problem, PropertyPath};
use crate::kind::{
    AccessRequest, Attribute, Call, Change, Context, Difference, Identity, Kind, Observed, PathRule, PlannedOperation,
    Prerequisites, RenderContext, Rendering, Rule, SharedLookup, StepContext, UniqueKey, When,
};
use crate::path;

impl Kind for VpcEndpoint {
    const SECTION: &'static str = SECTION;
    const TYPE: &'static str = TYPE;
    const NOUN: &'static str = "VPC endpoint";
    const STATEFUL: bool = false;
    const DEPENDS_ON: &'static [&'static str] = &[];
    const RULES: &'static [PathRule] = &[
        PathRule::new("service", Rule::CreateOnly),
        PathRule::new("type", Rule::CreateOnly),
        PathRule::new("vpc", Rule::CreateOnly),
        PathRule::new("route_tables", Rule::Set),
        PathRule::new("subnets", Rule::Set),
        PathRule::new("security_groups", Rule::Set),
        PathRule::new("policy", Rule::Policy),
    ];
    const ATTRIBUTES: &'static [Attribute] =
        &[Attribute { name: "id", when: When::AfterCreate }, Attribute { name: "arn", when: When::AfterCreate }];

    type Spec = VpcEndpointSpec;
    type Op = VpcEndpointOp;

    fn check(spec: &VpcEndpointSpec, cx: &Context<'_>) -> Vec<Problem> {
        check::check(spec, cx)
    }

    fn lookups(spec: &VpcEndpointSpec) -> Vec<SharedLookup> {
        [resolve::lookups(spec), network::lookups(spec)].concat()
    }

    fn check_facts(spec: &VpcEndpointSpec, sent: &[PropertyPath], cx: &Context<'_>) -> Prerequisites {
        let properties = [path!["vpc"], path!["subnets"], path!["security_groups"]];
        let is_sent = properties.iter().any(|one| sent.iter().any(|path| one.covers(path) || path.covers(one)));
        if is_sent { network::check(spec, cx) } else { Prerequisites::default() }
    }

    fn normalize(spec: &mut VpcEndpointSpec, cx: &Context<'_>) -> Result<(), Vec<Problem>> {
        resolve::normalize(spec, cx)
    }

    fn identity(address: &Address, spec: &VpcEndpointSpec, cx: &Context<'_>) -> Identity {
        identity::identity(address, spec, cx)
    }

    fn steps(change: Change<'_, VpcEndpointSpec>, cx: &StepContext<'_>) -> Vec<PlannedOperation<VpcEndpointOp>> {
        steps::steps(change, cx)
    }

    fn call(op: &VpcEndpointOp) -> Call {
        op.call()
    }

    fn requires(op: &VpcEndpointOp, cx: &StepContext<'_>) -> Vec<AccessRequest> {
        access::requires(op, cx.env)
    }

    fn reads(_: &Identity, _: &Environment) -> Vec<AccessRequest> {
        access::reads()
    }

    fn discovers() -> &'static [&'static str] {
        &["ec2:DescribeVpcEndpoints"]
    }

    fn changes(spec: &VpcEndpointSpec, cx: &StepContext<'_>) -> Vec<AccessRequest> {
        access::changes(spec, cx.env)
    }

    fn imagined(spec: &VpcEndpointSpec, cx: &StepContext<'_>) -> Observed<VpcEndpointSpec> {
        Observed::imagined(spec, access::endpoint_arn("*", cx.env))
    }

    fn unique_keys(spec: &VpcEndpointSpec, env: &Environment) -> Vec<UniqueKey> {
        identity::unique_keys(spec, env)
    }

    fn warnings(change: Change<'_, VpcEndpointSpec>, differences: &[Difference]) -> Vec<String> {
        steps::warnings(change, differences)
    }

    fn config_items(spec: &VpcEndpointSpec, cx: &RenderContext<'_>) -> Vec<Rendering> {
        render::config_items(spec, cx)
    }

    fn cloudformation(spec: &VpcEndpointSpec, cx: &RenderContext<'_>) -> Vec<Rendering> {
        render::cloudformation(spec, cx)
    }
}
