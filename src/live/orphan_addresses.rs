//! The addresses of orphans, from their tags alone: for who has no time to read them.

use std::collections::BTreeSet;

use futures::future;

use crate::aws::Aws;
use crate::base::Address;
use crate::kind::{ErasedLive, Found, Identity, Owner};
use crate::stack::NamedResource;

/// Searches the resources with the owner's tags that the file no longer has, all kinds in parallel, and reports the
/// addresses of each kind as soon as they are found. A kind whose search fails has none. A listing may still name
/// resources that were deleted a moment ago.
pub async fn orphan_addresses(
    kinds: &[&'static dyn ErasedLive],
    declared: &[NamedResource],
    owner: &Owner,
    aws: &Aws,
    found: &(dyn Fn(Vec<Address>) + Sync),
) {
    future::join_all(kinds.iter().map(|kind| async move {
        if let Ok(resources) = kind.discover(owner, aws).await {
            found(orphans(&resources, declared, owner));
        }
    }))
    .await;
}

fn orphans(resources: &[Found], declared: &[NamedResource], owner: &Owner) -> Vec<Address> {
    let addresses: BTreeSet<&Address> = declared.iter().map(|resource| &resource.address).collect();
    let is_declared = |identity: &Identity| {
        let same_section = declared.iter().filter(|one| one.address.section() == identity.address.section());
        let has_no_name = identity.details.contains_key("unique_id");
        same_section.into_iter().any(|one| match &one.name {
            // A mapping has no physical name to compare, and a name may depend on what can't be read.
            _ if has_no_name => one.address == identity.address,
            None => one.address == identity.address,
            Some(name) => *name == identity.name,
        })
    };
    let of_scope = resources.iter().filter(|one| one.scope.as_deref() == Some(owner.scope.as_str()));
    let orphans = of_scope.map(|one| &one.identity).filter(|identity| !is_declared(identity));
    orphans.map(|identity| orphan_address(identity, &addresses)).collect()
}

/// The address of an orphan, which no resource of the file has.
pub(super) fn orphan_address(identity: &Identity, declared: &BTreeSet<&Address>) -> Address {
    let (section, name) = (identity.address.section(), &identity.name);
    // The name of a resource was changed in the file: the old one gets its own name as address, unless that is the key of
    // the resource that replaces it.
    let own = Address::new(section, name);
    match (declared.contains(&identity.address), declared.contains(&own)) {
        (false, _) => identity.address.clone(),
        (true, false) => own,
        (true, true) => Address::new(section, format!("{name}~old")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Outputs, Scope};

    fn found(address: &str, name: &str, unique_id: Option<&str>, scope: &str) -> Found {
        let details = unique_id.map(|id| ("unique_id".to_owned(), id.to_owned())).into_iter().collect::<Outputs>();
        let address = address.parse().expect("an address");
        Found { identity: Identity { address, name: name.to_owned(), details }, scope: Some(scope.to_owned()) }
    }

    fn told(resources: &[Found]) -> Vec<String> {
        let resource = |address: &str, name: Option<&str>| NamedResource {
            address: address.parse().expect("an address"),
            name: name.map(str::to_owned),
        };
        let declared = [
            resource("tables.orders", Some("shop-orders")),
            resource("tables.carts", Some("carts-2")),
            resource("tables.old", Some("new")),
            resource("tables.unreadable", None),
            resource("triggers.f/t", Some("f/t")),
        ];
        let owner =
            Owner { stack: "shop".to_owned(), previous_names: Vec::new(), scope: Scope::new(None, "eu-central-1") };
        orphans(resources, &declared, &owner).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn resources_of_the_file_are_no_orphans_by_whatever_key() {
        let scope = Scope::new(None, "eu-central-1").to_string();
        let of_file = [
            found("tables.orders", "shop-orders", None, &scope),
            found("tables.former-key", "shop-orders", None, &scope),
            found("tables.unreadable", "anything", None, &scope),
            found("triggers.f/t", "4f1c", Some("4f1c"), &scope),
        ];
        assert_eq!(told(&of_file), [""; 0]);
    }

    #[test]
    fn orphans_have_their_tags_addresses_or_their_own_names() {
        let scope = Scope::new(None, "eu-central-1").to_string();
        let orphans = [
            found("tables.gone", "shop-gone", None, &scope),
            found("tables.carts", "carts-1", None, &scope),
            found("tables.old", "orders", None, &scope),
            found("triggers.f/u", "5a2b", Some("5a2b"), &scope),
            found("tables.elsewhere", "x", None, "prod/us-east-1"),
        ];
        assert_eq!(told(&orphans), ["tables.gone", "tables.carts-1", "tables.orders~old", "triggers.f/u"]);
    }
}
