//! The order in which resources are decided on, and steps are made.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::Address;

/// Resources that wait for each other.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("these wait for each other: {}", names.join(" → "))]
pub struct Cycle {
    /// The members of the cycle, the first again at the end.
    pub names: Vec<String>,
}

/// Orders `items` so that each comes after its dependencies, and otherwise keeps their order.
pub(super) fn sort<'a, T: Ord + ToString>(
    items: &'a [T],
    before: &BTreeMap<T, BTreeSet<T>>,
) -> Result<Vec<&'a T>, Cycle> {
    let mut done: BTreeSet<&T> = BTreeSet::new();
    let mut sorted = Vec::with_capacity(items.len());
    let known: BTreeSet<&T> = items.iter().collect();
    let ready = |item: &T, done: &BTreeSet<&T>| {
        before.get(item).is_none_or(|first| first.iter().all(|item| done.contains(item) || !known.contains(item)))
    };
    while sorted.len() < items.len() {
        let mut moved = false;
        for item in items {
            if !done.contains(item) && ready(item, &done) {
                done.insert(item);
                sorted.push(item);
                moved = true;
            }
        }
        if !moved {
            return Err(circle(items.iter().filter(|item| !done.contains(item)), before));
        }
    }
    Ok(sorted)
}

/// Follows waiting items until one comes twice.
fn circle<'a, T: Ord + ToString + 'a>(
    waiting: impl Iterator<Item = &'a T>,
    before: &BTreeMap<T, BTreeSet<T>>,
) -> Cycle {
    let waiting: BTreeSet<&T> = waiting.collect();
    let mut seen: Vec<&T> = Vec::new();
    let mut at = waiting.first().copied();
    while let Some(item) = at {
        if let Some(start) = seen.iter().position(|seen| *seen == item) {
            let names = seen[start..].iter().chain([&item]).map(|item| item.to_string()).collect();
            return Cycle { names };
        }
        seen.push(item);
        at = before.get(item).and_then(|first| first.iter().find(|item| waiting.contains(item)));
    }
    Cycle { names: seen.into_iter().map(ToString::to_string).collect() }
}

/// The addresses, and all their dependencies.
pub(super) fn with_dependencies(
    targets: &BTreeSet<Address>,
    before: &BTreeMap<Address, BTreeSet<Address>>,
) -> BTreeSet<Address> {
    let mut all = targets.clone();
    let mut open: Vec<&Address> = targets.iter().collect();
    while let Some(address) = open.pop() {
        for first in before.get(address).into_iter().flatten() {
            if all.insert(first.clone()) {
                open.push(first);
            }
        }
    }
    all
}

/// The addresses, and all their dependents.
pub(super) fn with_dependents(
    targets: &BTreeSet<Address>,
    before: &BTreeMap<Address, BTreeSet<Address>>,
) -> BTreeSet<Address> {
    let mut all = targets.clone();
    loop {
        let stands = |dependencies: &BTreeSet<Address>| !dependencies.is_disjoint(&all);
        let more: Vec<Address> =
            before.iter().filter(|(at, on)| !all.contains(at) && stands(on)).map(|(at, _)| at.clone()).collect();
        if more.is_empty() {
            return all;
        }
        all.extend(more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, BTreeSet<String>> {
        let mut before: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (item, first) in pairs {
            before.entry((*item).to_owned()).or_default().insert((*first).to_owned());
        }
        before
    }

    #[test]
    fn dependencies_are_sorted_first() {
        let items = ["c", "b", "a"].map(str::to_owned);
        let sorted = sort(&items, &map(&[("c", "a"), ("c", "elsewhere")])).expect("no circle");
        assert_eq!(sorted, ["b", "a", "c"]);
    }

    #[test]
    fn cycle_error_lists_its_members() {
        let items = ["a", "b", "c"].map(str::to_owned);
        let cycle = sort(&items, &map(&[("a", "b"), ("b", "c"), ("c", "b")])).expect_err("a circle");
        assert_eq!(cycle.to_string(), "these wait for each other: b → c → b");
    }
}
