//! By what an endpoint is found: its id where it is known, else VPC, service and type, which tags overrule.

use super::resolve::type_of;
use super::service;
use super::spec::{EndpointType, VpcEndpointSpec};
use crate::base::{Address, Outputs};
use crate::kind::tags::STACK_TAG;
use crate::kind::{Context, Identity};

/// The key under which an identity holds the endpoint's id.
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
