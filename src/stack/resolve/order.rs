//! Cycles among resources that wait for each other.

use std::collections::{BTreeMap, BTreeSet};

use super::declared::Declared;
use super::source_map::SourceMap;
use crate::base::{Address, PropertyPath};
use crate::kind::{Registry, Rule, holds};
use crate::stack::diagnostics::Reports;

/// Reports every cycle of references that set an order: to values that are known only after apply, and from properties
/// whose referent must exist first.
pub(crate) fn check(resources: &[Declared], registry: &Registry, map: &SourceMap, reports: &Reports) {
    let mut edges: BTreeMap<&Address, Vec<(&Address, &PropertyPath)>> = BTreeMap::new();
    let declared: BTreeSet<&Address> = resources.iter().map(|one| &one.address).collect();
    for resource in resources {
        let Some(kind) = registry.kind(resource.address.section()) else { continue };
        // A resource may name itself where it needs others first: it does not wait for its own known values.
        let needs = |one: &crate::stack::read::walk::Use| {
            one.to.address != resource.address && holds(kind.rules(), Rule::Requires, &one.at)
        };
        let orders = |one: &&crate::stack::read::walk::Use| !one.known || needs(one);
        let out = edges.entry(&resource.address).or_default();
        for one in resource.references.iter().filter(orders) {
            if declared.contains(&one.to.address) {
                out.push((&one.to.address, &one.at));
            }
        }
    }
    let mut search = Search { edges: &edges, done: BTreeSet::new(), chain: Vec::new(), circles: Vec::new() };
    for resource in resources {
        search.visit(&resource.address);
    }
    for circle in search.circles {
        report(&circle, map, reports);
    }
}

struct Search<'a> {
    edges: &'a BTreeMap<&'a Address, Vec<(&'a Address, &'a PropertyPath)>>,
    done: BTreeSet<&'a Address>,
    /// The path of the search: each address, and the property that leads to the next one.
    chain: Vec<(&'a Address, Option<&'a PropertyPath>)>,
    circles: Vec<Vec<(&'a Address, &'a PropertyPath)>>,
}

impl<'a> Search<'a> {
    fn visit(&mut self, address: &'a Address) {
        if self.done.contains(address) {
            return;
        }
        self.chain.push((address, None));
        for (to, at) in self.edges.get(address).cloned().unwrap_or_default() {
            if let Some(last) = self.chain.last_mut() {
                last.1 = Some(at);
            }
            match self.chain.iter().position(|(one, _)| *one == to) {
                Some(start) => {
                    let circle = self.chain[start..].iter().filter_map(|(one, at)| Some((*one, (*at)?))).collect();
                    self.circles.push(circle);
                }
                None => self.visit(to),
            }
        }
        self.chain.pop();
        self.done.insert(address);
    }
}

fn report(circle: &[(&Address, &PropertyPath)], map: &SourceMap, reports: &Reports) {
    let Some((first, at)) = circle.first() else { return };
    let message = if circle.len() == 1 {
        format!("`{first}` depends on itself")
    } else {
        let chain: Vec<String> = circle.iter().map(|(address, _)| format!("`{address}`")).collect();
        format!("resources depend on each other: {} → `{first}`", chain.join(" → "))
    };
    let mut finding = map.finding(first, at, "cycle", message).label(match circle {
        [_] => "needs a value that exists only after this resource is created".to_owned(),
        [_, (next, _), ..] => format!("needs `{next}`"),
        [] => String::new(),
    });
    for (index, (address, at)) in circle.iter().enumerate().skip(1) {
        let next = circle.get(index + 1).map_or(first, |(next, _)| next);
        finding = map.also(finding, address, at, format!("needs `{next}`"));
    }
    let hint = match circle {
        [_] => "remove the reference",
        _ => "break the cycle: refer to a name or an ARN, which is known before creation, or write a value out",
    };
    reports.push(finding.hint(hint));
}
