//! The identity of an endpoint: its id if it is known, else VPC, service and type, over which tags take precedence.
//! And the keys that two endpoints can't share.

use super::resolve::type_of;
use super::service;
use super::spec::{EndpointType, Selection, VpcEndpointSpec};
use crate::base::{Address, Environment, Outputs};
use crate::kind::tags::STACK_TAG;
use crate::kind::{Context, Identity, UniqueKey};
use crate::path;

/// The kind of the section `vpc_endpoints`.
#[derive(Debug, Clone, Copy)]
pub struct VpcEndpoint;

/// The section of a stack's file.
pub(super) const SECTION: &str = "vpc_endpoints";

/// The type in CloudFormation and AWS Config.
pub(super) const TYPE: &str = "AWS::EC2::VPCEndpoint";

/// The key of the endpoint's id in an identity.
pub(super) const ID: &str = "id";

pub(super) fn identity(address: &Address, spec: &VpcEndpointSpec, cx: &Context<'_>) -> Identity {
    let kind = type_of(spec, cx.env);
    let full = service::full(&spec.service, kind == EndpointType::Gateway, cx.env);
    let tables = spec.route_tables.as_ref().map(|tables| tables.ids().join(",")).unwrap_or_default();
    let details =
        [("vpc", spec.vpc.clone()), ("service", full), ("type", kind.api().to_owned()), ("route_tables", tables)];
    let mut details: Outputs = details.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    if let Some(stack) = spec.tags.get(STACK_TAG) {
        details.insert(STACK_TAG.to_owned(), stack.clone());
    }
    Identity { address: address.clone(), name: cx.name.to_owned(), details }
}

/// The routes that an endpoint claims: a route table has one route to a service. While the account is not known, any
/// word for a VPC's route tables includes the main one.
/// Source: VPC PrivateLink guide, "Gateway endpoints", considerations: one endpoint route for a service in a route
/// table.
pub(super) fn unique_keys(spec: &VpcEndpointSpec, env: &Environment) -> Vec<UniqueKey> {
    if type_of(spec, env) != EndpointType::Gateway {
        return Vec::new();
    }
    let service = service::full(&spec.service, true, env);
    let claim = |table: &[&str]| UniqueKey {
        path: path!["route_tables"],
        key: std::iter::once(service.as_str()).chain(table.iter().copied()).map(str::to_owned).collect(),
        why: "a route table leads to a service through one gateway endpoint",
        hint: "make them one endpoint, or list other `route_tables` for each",
    };
    match &spec.route_tables {
        Some(Selection::Ids(ids)) => ids.iter().map(|id| claim(&[id])).collect(),
        Some(Selection::Word(_)) | None => vec![claim(&[&spec.vpc, "main"])],
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::testing::facts;
    use super::*;
    use crate::kind::{Erased, PureKind};

    /// Returns whether two endpoints share a key, before and after the account is known.
    fn share(one: &Value, other: &Value) -> (bool, bool) {
        let (env, facts) = (Environment::new("123456789012", "eu-central-1"), facts());
        let kind = Erased::<VpcEndpoint>::new();
        let keys = |body: &Value, facts| {
            let normal = kind.normalize(body, &Context { name: "e", env: &env, facts }).expect("resolved");
            kind.unique_keys(&normal, &env).into_iter().map(|claim| claim.key).collect::<Vec<_>>()
        };
        let both = |facts| keys(one, facts).iter().any(|key| keys(other, facts).contains(key));
        (both(None), both(Some(&facts)))
    }

    #[test]
    fn gateway_endpoints_of_one_service_conflict_in_a_route_table() {
        let s3 = json!({"service": "s3"});
        assert_eq!(share(&s3, &json!({"service": "com.amazonaws.eu-central-1.s3"})), (true, true));
        assert_eq!(share(&s3, &json!({"service": "s3", "vpc": "vpc-1", "route_tables": "main"})), (false, true));
        assert_eq!(share(&s3, &json!({"service": "s3", "route_tables": ["rtb-2"]})), (false, true));
        assert_eq!(
            share(
                &json!({"service": "s3", "route_tables": ["rtb-1"]}),
                &json!({"service": "s3", "route_tables": ["rtb-2"]})
            ),
            (false, false),
            "several are legal on different route tables"
        );
        assert_eq!(share(&s3, &json!({"service": "s3", "vpc": "vpc-2"})), (false, false));
        assert_eq!(share(&s3, &json!({"service": "dynamodb"})), (false, false));
        assert_eq!(share(&s3, &json!({"service": "s3", "type": "interface"})), (false, false));
    }
}
