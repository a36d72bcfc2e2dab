//! Replaces the words in a spec by ids of the account, and fills in AWS's defaults.

use serde_json::Value;

use super::service;
use super::spec::{DEFAULT, EndpointType, RouteTables, SecurityGroups, Selection, Subnets, VpcEndpointSpec};
use crate::base::{Environment, Problem, pending};
use crate::kind::{Context, Facts, SharedLookup};
use crate::path;

/// The type of an endpoint, given or by default.
pub(super) fn type_of(spec: &VpcEndpointSpec, env: &Environment) -> EndpointType {
    spec.kind.unwrap_or_else(|| {
        if service::is_gateway(&spec.service, env) { EndpointType::Gateway } else { EndpointType::Interface }
    })
}

/// The look-ups for resolving the spec. The type's default depends on the region, which isn't known here: a
/// full name that ends in a gateway's service may need the facts of either type.
pub(super) fn lookups(spec: &VpcEndpointSpec) -> Vec<SharedLookup> {
    let mut lookups = Vec::new();
    if spec.vpc == DEFAULT {
        lookups.push(SharedLookup::Vpcs);
    }
    let last = spec.service.rsplit('.').next().unwrap_or_default();
    let may_be_gateway = ["dynamodb", "s3"].contains(&last);
    let gateway = spec.kind.map_or(may_be_gateway, |kind| kind == EndpointType::Gateway);
    let interface = spec.kind.map_or(!may_be_gateway || last != spec.service, |kind| kind == EndpointType::Interface);
    if gateway && spec.route_tables.as_ref().is_none_or(|tables| matches!(tables, Selection::Word(_))) {
        lookups.push(SharedLookup::RouteTables);
    }
    if interface && spec.subnets.as_ref().is_none_or(|subnets| matches!(subnets, Selection::Word(_))) {
        lookups.push(SharedLookup::Subnets);
    }
    if interface && spec.security_groups.as_ref().is_none_or(|groups| matches!(groups, Selection::Word(_))) {
        lookups.push(SharedLookup::DefaultSecurityGroups);
    }
    lookups
}

pub(super) fn normalize(spec: &mut VpcEndpointSpec, cx: &Context<'_>) -> Result<(), Vec<Problem>> {
    let kind = type_of(spec, cx.env);
    let gateway = kind == EndpointType::Gateway;
    let VpcEndpointSpec {
        service,
        kind: given,
        vpc,
        route_tables,
        policy,
        subnets,
        security_groups,
        private_dns,
        tags: _,
    } = spec;
    *given = Some(kind);
    let full = service::full(service, gateway, cx.env);
    *service = service::short(&full, gateway, cx.env);
    if policy.as_ref().is_some_and(is_full_access) {
        *policy = None;
    }
    if gateway {
        route_tables.get_or_insert(Selection::Word(RouteTables::All));
    } else {
        subnets.get_or_insert(Selection::Word(Subnets::Default));
        security_groups.get_or_insert(Selection::Word(SecurityGroups::Default));
        private_dns.get_or_insert(service::is_of_aws(&full));
    }
    if let Some(facts) = cx.facts {
        let mut problems = Vec::new();
        resolve(vpc, route_tables, subnets, security_groups, facts, cx.env, &mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
    }
    sort(route_tables);
    sort(subnets);
    sort(security_groups);
    Ok(())
}

fn sort<W>(selection: &mut Option<Selection<W>>) {
    if let Some(Selection::Ids(ids)) = selection {
        ids.sort();
        ids.dedup();
    }
}

fn resolve(
    vpc: &mut String,
    route_tables: &mut Option<Selection<RouteTables>>,
    subnets: &mut Option<Selection<Subnets>>,
    security_groups: &mut Option<Selection<SecurityGroups>>,
    facts: &Facts,
    env: &Environment,
    problems: &mut Vec<Problem>,
) {
    if vpc == DEFAULT {
        let Some(default) = facts.default_vpc() else {
            let message = format!("the region {} has no default VPC", env.region);
            problems.push(Problem::new(path!["vpc"], message).hint("give the id of a VPC"));
            return;
        };
        default.clone_into(vpc);
    }
    let mut by_word = |property: &str, found: Result<Vec<String>, String>| match found {
        Ok(ids) if !pending::is_pending(vpc) && !ids.is_empty() => Some(ids),
        Err(message) => {
            problems.push(Problem::new(path![property], message).hint("list them by their ids"));
            None
        }
        Ok(_) => {
            let message = format!("none was found in {}", pending::display(vpc));
            problems.push(Problem::new(path![property], message).hint("is this the id of a VPC of this region?"));
            None
        }
    };
    if let Some(Selection::Word(word)) = route_tables {
        let wanted = |is_main: bool| matches!(word, RouteTables::All) || is_main;
        let tables = facts.route_tables_of(vpc).filter(|table| wanted(table.is_main));
        if let Some(ids) = by_word("route_tables", Ok(tables.map(|table| table.id.clone()).collect())) {
            *route_tables = Some(Selection::Ids(ids));
        }
    }
    if let Some(Selection::Word(Subnets::Default)) = subnets
        && let Some(ids) = by_word("subnets", one_for_each_zone(vpc, facts))
    {
        *subnets = Some(Selection::Ids(ids));
    }
    if let Some(Selection::Word(SecurityGroups::Default)) = security_groups {
        let group = facts.default_security_group_of(vpc).map(str::to_owned);
        if let Some(ids) = by_word("security_groups", Ok(group.into_iter().collect())) {
            *security_groups = Some(Selection::Ids(ids));
        }
    }
}

/// The zones' default subnets, or else all of the VPC, if there is just one in each zone.
/// Source: EC2 API reference, error `DuplicateSubnetsInSameZone`.
fn one_for_each_zone(vpc: &str, facts: &Facts) -> Result<Vec<String>, String> {
    let all: Vec<_> = facts.subnets_of(vpc).collect();
    let defaults: Vec<_> = all.iter().copied().filter(|subnet| subnet.is_default_for_az).collect();
    let chosen = if defaults.is_empty() { all } else { defaults };
    let mut zones: Vec<&str> = chosen.iter().map(|subnet| subnet.availability_zone.as_str()).collect();
    zones.sort_unstable();
    if let Some([zone, _]) = zones.array_windows::<2>().find(|[one, other]| one == other) {
        let vpc = pending::display(vpc);
        return Err(format!("{vpc} has several subnets in {zone}, and an endpoint takes one in each zone"));
    }
    Ok(chosen.into_iter().map(|subnet| subnet.id.clone()).collect())
}

/// The policy that AWS attaches if none is given.
/// Source: VPC PrivateLink guide, "Control access to VPC endpoints using endpoint policies", default policy.
pub(super) fn full_access() -> Value {
    serde_json::json!({
        "Version": "2008-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]
    })
}

/// Returns whether a policy means the same as AWS's default, in any version of the language: it has
/// nothing that the versions treat differently.
fn is_full_access(policy: &Value) -> bool {
    let statement = match policy.get("Statement") {
        Some(Value::Array(items)) => match items.as_slice() {
            [one] => one,
            _ => return false,
        },
        Some(one) => one,
        None => return false,
    };
    let Some(map) = statement.as_object() else { return false };
    let all = |value: &Value| match value {
        Value::Array(items) => matches!(items.as_slice(), [Value::String(text)] if text == "*"),
        other => other == "*",
    };
    let everyone = |value: &Value| match value {
        Value::Object(map) => map.len() == 1 && map.get("AWS").is_some_and(all),
        other => other == "*",
    };
    map.iter().all(|(key, value)| match key.as_str() {
        "Effect" => value == "Allow",
        "Principal" => everyone(value),
        "Action" | "Resource" => all(value),
        "Sid" => true,
        "Condition" => value.as_object().is_some_and(serde_json::Map::is_empty),
        _ => false,
    }) && ["Effect", "Principal", "Action", "Resource"].iter().all(|key| map.contains_key(*key))
}

#[cfg(test)]
#[path = "resolve_tests.rs"]
mod tests;
