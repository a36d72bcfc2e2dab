//! The choice of the live endpoint that a resource refers to.
//!
//! Several endpoints for one VPC, service and type are legal, on different route tables. The order: the tags; an
//! endpoint whose resource was renamed in the file; an endpoint without a stack's tag, if there is just one; last, one
//! that another stack has tagged and that blocks the resource, so that the conflict is reported before any call.

use std::collections::{BTreeMap, BTreeSet};

use super::super::identity::ID;
use crate::kind::Identity;
use crate::kind::tags::{ADDRESS_TAG, STACK_TAG, address_tag};

/// The known values of a live endpoint.
#[derive(Debug, Clone, Default)]
pub(super) struct Candidate {
    pub(super) id: String,
    pub(super) vpc: String,
    /// The service's full name.
    pub(super) service: String,
    /// The type, as the API spells it.
    pub(super) kind: String,
    pub(super) route_tables: Vec<String>,
    pub(super) tags: BTreeMap<String, String>,
}

/// Chooses an endpoint for each identity; the error is a sentence.
pub(super) fn choose<'c>(ids: &[Identity], candidates: &'c [Candidate]) -> Vec<Result<Option<&'c Candidate>, String>> {
    let declared: BTreeSet<String> = ids.iter().map(|id| address_tag(&id.address)).collect();
    let chosen: Vec<_> = ids.iter().map(|id| choose_one(id, candidates, &declared)).collect();
    let unique_keys = |candidate: &Candidate| {
        chosen.iter().filter(|one| matches!(one, Ok(Some(other)) if other.id == candidate.id)).count()
    };
    // An endpoint of another stack may block several: each reports its owner, and that it may not be changed.
    let stacks: BTreeSet<&String> = ids.iter().filter_map(|id| id.details.get(STACK_TAG)).collect();
    let is_free = |candidate: &Candidate| candidate.tags.get(STACK_TAG).is_none_or(|stack| stacks.contains(stack));
    let twice = |one: &Result<Option<&'c Candidate>, String>| match one {
        Ok(Some(candidate)) if unique_keys(candidate) > 1 && is_free(candidate) => Err(format!(
            "`{}` could be any of several endpoints of the file: tag it `{ADDRESS_TAG}` and `{STACK_TAG}` by hand",
            candidate.id
        )),
        other => other.clone(),
    };
    chosen.iter().map(twice).collect()
}

fn choose_one<'c>(
    id: &Identity,
    candidates: &'c [Candidate],
    declared: &BTreeSet<String>,
) -> Result<Option<&'c Candidate>, String> {
    let detail = |key: &str| id.details.get(key).map_or("", String::as_str);
    if let Some(wanted) = id.details.get(ID) {
        return Ok(candidates.iter().find(|one| one.id == *wanted));
    }
    let address = address_tag(&id.address);
    let is_address = |one: &Candidate| one.tags.get(ADDRESS_TAG) == Some(&address);
    let stack = id.details.get(STACK_TAG);
    let is_stack = |one: &Candidate| stack.is_some() && one.tags.get(STACK_TAG) == stack;
    if let Some(own) = only(candidates.iter().filter(|one| is_stack(one) && is_address(one)))? {
        return Ok(Some(own));
    }
    if !detail("vpc").starts_with("vpc-") {
        return Err(format!("the VPC of {} is not known", id.address));
    }
    let same: Vec<&Candidate> = candidates
        .iter()
        .filter(|one| {
            one.vpc == detail("vpc")
                && one.service == detail("service")
                && one.kind.eq_ignore_ascii_case(detail("type"))
        })
        .collect();
    let renamed = |one: &&&Candidate| {
        is_stack(one) && one.tags.get(ADDRESS_TAG).is_some_and(|address| !declared.contains(address))
    };
    if let Ok(Some(own)) = only(same.iter().filter(renamed).copied()) {
        return Ok(Some(own));
    }
    if let Some(free) = only(same.iter().filter(|one| !one.tags.contains_key(STACK_TAG)).copied())? {
        return Ok(Some(free));
    }
    let tables: BTreeSet<&str> = detail("route_tables").split(',').filter(|table| !table.is_empty()).collect();
    let in_the_way = |one: &&&Candidate| {
        !is_stack(one) && (is_address(one) || one.route_tables.iter().any(|table| tables.contains(table.as_str())))
    };
    Ok(same.iter().find(in_the_way).copied())
}

/// The only candidate, if there is one; several are an error that names them.
fn only<'c>(mut candidates: impl Iterator<Item = &'c Candidate>) -> Result<Option<&'c Candidate>, String> {
    let Some(first) = candidates.next() else { return Ok(None) };
    let rest: Vec<String> = candidates.map(|one| format!("`{}`", one.id)).collect();
    if rest.is_empty() {
        return Ok(Some(first));
    }
    Err(format!(
        "several endpoints could be meant, `{}` and {}: tag the right one `{ADDRESS_TAG}` and `{STACK_TAG}` by hand, \
         or delete the others",
        first.id,
        rest.join(" and ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Address;

    fn id(name: &str) -> Identity {
        let details = [
            ("vpc", "vpc-1"),
            ("service", "com.amazonaws.eu-central-1.s3"),
            ("type", "Gateway"),
            ("route_tables", "rtb-1,rtb-2"),
            (STACK_TAG, "mine"),
        ];
        Identity {
            address: Address::new("vpc_endpoints", name),
            name: name.to_owned(),
            details: details.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
        }
    }

    fn candidate(id: &str, tags: &[(&str, &str)], table: &str) -> Candidate {
        Candidate {
            id: id.to_owned(),
            vpc: "vpc-1".to_owned(),
            service: "com.amazonaws.eu-central-1.s3".to_owned(),
            kind: "Gateway".to_owned(),
            route_tables: vec![table.to_owned()],
            tags: tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
        }
    }

    fn chosen(candidates: &[Candidate]) -> Result<Option<String>, String> {
        choose(&[id("a")], candidates).remove(0).map(|one| one.map(|one| one.id.clone()))
    }

    const OURS: &[(&str, &str)] = &[(STACK_TAG, "mine"), (ADDRESS_TAG, "vpc_endpoints.a")];
    const THEIRS: &[(&str, &str)] = &[(STACK_TAG, "theirs"), (ADDRESS_TAG, "vpc_endpoints.a")];
    const OLD: &[(&str, &str)] = &[(STACK_TAG, "mine"), (ADDRESS_TAG, "vpc_endpoints.old")];

    #[test]
    fn tagged_endpoint_is_chosen_first() {
        let elsewhere = Candidate { vpc: "vpc-2".to_owned(), ..candidate("own", OURS, "rtb-9") };
        assert_eq!(chosen(&[candidate("free", &[], "rtb-1"), elsewhere]), Ok(Some("own".to_owned())));
    }

    #[test]
    fn single_untagged_endpoint_is_chosen_and_several_are_an_error() {
        assert_eq!(chosen(&[candidate("free", &[], "rtb-1")]), Ok(Some("free".to_owned())));
        let several = chosen(&[candidate("one", &[], "rtb-1"), candidate("two", &[], "rtb-2")]);
        assert!(several.as_ref().is_err_and(|text| text.contains("`one`") && text.contains("`two`")), "{several:?}");
        assert_eq!(chosen(&[]), Ok(None));
        let other = Candidate { kind: "Interface".to_owned(), ..candidate("other", &[], "rtb-1") };
        assert_eq!(chosen(&[other]), Ok(None));
    }

    #[test]
    fn endpoint_renamed_in_the_file_is_kept() {
        assert_eq!(chosen(&[candidate("old", OLD, "rtb-1")]), Ok(Some("old".to_owned())));
        let both = [candidate("old", OLD, "rtb-1")];
        let found = choose(&[id("a"), id("old")], &both);
        assert!(matches!(found[0], Ok(None)), "{found:?}");
        assert!(matches!(found[1], Ok(Some(_))), "{found:?}");
    }

    #[test]
    fn conflicting_endpoint_of_another_stack_is_reported() {
        assert_eq!(chosen(&[candidate("theirs", THEIRS, "rtb-9")]), Ok(Some("theirs".to_owned())));
        let far = &[(STACK_TAG, "theirs"), (ADDRESS_TAG, "vpc_endpoints.b")];
        assert_eq!(chosen(&[candidate("far", far, "rtb-9")]), Ok(None));
        assert_eq!(chosen(&[candidate("near", far, "rtb-2")]), Ok(Some("near".to_owned())));
    }

    #[test]
    fn endpoint_of_another_stack_is_reported_for_each_matching_address() {
        let theirs = [candidate("theirs", &[(STACK_TAG, "theirs"), (ADDRESS_TAG, "vpc_endpoints.x")], "rtb-2")];
        let found = choose(&[id("a"), id("b")], &theirs);
        assert!(found.iter().all(|one| matches!(one, Ok(Some(one)) if one.id == "theirs")), "{found:?}");
    }

    #[test]
    fn untagged_endpoint_matching_two_addresses_is_an_error() {
        let free = [candidate("free", &[], "rtb-1")];
        assert!(choose(&[id("a"), id("b")], &free).iter().all(Result::is_err));
    }

    #[test]
    fn unresolved_vpc_is_an_error_not_absence() {
        let mut unknown = id("a");
        unknown.details.insert("vpc".to_owned(), "default".to_owned());
        assert!(choose(&[unknown], &[])[0].is_err());
    }
}
