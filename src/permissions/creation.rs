//! The requests by which a stack is made from nothing.

use serde::{Deserialize, Serialize};

use super::imagined;
use super::required::tagged;
use crate::base::{Address, Environment, Problem, Reference, pending};
use crate::kind::{AccessRequest, Change, Context, Owner, Registry, StepContext};
use crate::plan::Desired;

/// A request that a call needs which creates a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Creation {
    /// The resource.
    pub address: Address,
    /// The service that is called.
    pub service: String,
    /// The request. Ids that only AWS gives are not known.
    pub request: AccessRequest,
}

/// The requests of all calls that create the resources of a stack, each resource by itself.
///
/// # Errors
/// A resource whose properties can't be resolved.
pub fn creations(
    registry: &Registry,
    stack: &[Desired],
    owner: &Owner,
    env: &Environment,
) -> Result<Vec<Creation>, (Address, Vec<Problem>)> {
    let facts = imagined::facts(stack);
    let mut all = Vec::new();
    for wanted in stack {
        let Some(kind) = registry.kind(wanted.address.section()) else { continue };
        let failed = |problems| (wanted.address.clone(), problems);
        let cx = Context { name: &wanted.name, env, facts: Some(&facts) };
        let spec = kind.normalize(&tagged(wanted, owner), &cx).map_err(failed)?;
        let steps = StepContext { address: &wanted.address, name: &wanted.name, env, token: "", facts: Some(&facts) };
        let making = kind.steps(Change::Create { after: &spec }, &steps).map_err(|problem| failed(vec![problem]))?;
        for step in making {
            all.extend(step.requires.into_iter().map(|request| Creation {
                address: wanted.address.clone(),
                service: step.call.service.to_owned(),
                request: open(request, &wanted.address),
            }));
        }
    }
    Ok(all)
}

/// The request with what only AWS gives as what is not known.
fn open(request: AccessRequest, address: &Address) -> AccessRequest {
    let hole = pending::text(&Reference { address: address.clone(), attribute: "id".to_owned() });
    let text = |text: String| text.replace('*', &hole);
    let AccessRequest { action, resource, context } = request;
    AccessRequest {
        action,
        // Actions without a type of resource have `*`.
        resource: if resource == "*" { resource } else { text(resource) },
        context: context.into_iter().map(|(key, all)| (key, all.into_iter().map(text).collect())).collect(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::base::Scope;
    use crate::kinds::REGISTRY;

    #[test]
    fn stack_is_made_by_its_creating_calls() {
        let wanted = |section: &str, name: &str, body| Desired {
            address: Address::new(section, name),
            name: name.to_owned(),
            body,
            references: Vec::new(),
            ignored: Vec::new(),
        };
        let stack = [
            wanted("tables", "orders", json!({"partition_key": "pk", "tags": {"team": "shop"}})),
            wanted("vpc_endpoints", "ddb", json!({"service": "dynamodb", "vpc": "default", "route_tables": "all"})),
        ];
        let owner =
            Owner { stack: "shop".to_owned(), previous_names: Vec::new(), scope: Scope::new(None, "eu-central-1") };
        let env = Environment::new("123456789012", "eu-central-1");
        let all = creations(&REGISTRY, &stack, &owner, &env).expect("it can be made");
        let find = |action: &str| all.iter().find(|one| one.request.action == action);
        let table = find("dynamodb:CreateTable").expect("a table is made");
        assert_eq!(table.request.resource, "arn:aws:dynamodb:eu-central-1:123456789012:table/orders");
        assert_eq!(table.request.context["aws:RequestTag/team"], ["shop"]);
        let endpoint = all.iter().filter(|one| one.request.action == "ec2:CreateVpcEndpoint").map(|one| &one.request);
        assert!(
            endpoint.clone().any(|one| pending::is_pending(&one.resource)),
            "{endpoint:?}",
            endpoint = endpoint.collect::<Vec<_>>()
        );
        assert!(find("dynamodb:DeleteTable").is_none());
    }
}
