//! The calls that change global secondary indexes, billing and capacity.

use super::scaling::{end_scaling, scaling_path};
use super::settings::{Changed, Moves, definitions, insights};
use crate::base::PropertyPath;
use crate::kind::{PlannedOperation, StepContext};
use crate::kinds::table::op::{DeleteIndex, IndexUpdate, Op, UpdateIndex, UpdateTable};
use crate::kinds::table::properties::ContributorInsights;
use crate::kinds::table::scaling::{AutoScaling, Dimension, Target};
use crate::kinds::table::spec::{GlobalIndex, TableSpec};
use crate::kinds::table::spelling::{limits, new_limits, throughput};
use crate::path;

fn index_path(name: &str) -> PropertyPath {
    path!["global_secondary_indexes", name]
}

/// The indexes of a change, sorted by their action.
pub(super) struct Indexes<'a> {
    before: &'a TableSpec,
    after: &'a TableSpec,
    removed: Vec<&'a str>,
    /// Indexes whose keys or projection change: deleted, and created again under the same name.
    rebuilt: Vec<&'a str>,
    added: Vec<&'a str>,
    kept: Vec<(&'a str, &'a GlobalIndex, &'a GlobalIndex)>,
}

impl<'a> Indexes<'a> {
    /// Sorts the indexes by their action.
    pub(super) fn sort_out(before: &'a TableSpec, after: &'a TableSpec, changed: Changed<'_>) -> Self {
        let (old, new) = (&before.global_secondary_indexes, &after.global_secondary_indexes);
        let mut this = Self { before, after, removed: vec![], rebuilt: vec![], added: vec![], kept: vec![] };
        for name in old.keys().filter(|name| !new.contains_key(*name)) {
            this.removed.push(name);
        }
        for (name, index) in new {
            match old.get(name) {
                None => this.added.push(name),
                Some(live) => {
                    let made_of = ["partition_key", "sort_key", "projection"];
                    let rebuilds = made_of.iter().any(|key| changed.at(&index_path(name).child(*key)));
                    if rebuilds { this.rebuilt.push(name) } else { this.kept.push((name, live, index)) }
                }
            }
        }
        this
    }

    /// Returns whether the index is created by this change.
    pub(super) fn is_made(&self, name: &str) -> bool {
        self.rebuilt.contains(&name) || self.added.contains(&name)
    }

    /// The scaling that an index has and keeps.
    pub(super) fn scaling_that_stays(&self, name: &str) -> Option<&'a AutoScaling> {
        let (_, live, _) = self.kept.iter().find(|(kept, ..)| *kept == name)?;
        live.auto_scaling.as_ref()
    }

    /// Ends the scaling of indexes that are deleted, and scaling that is not in the file any more: a scalable target
    /// outlives its index.
    pub(super) fn end_scaling(&self, changed: Changed<'_>, cx: &StepContext<'_>) -> Moves {
        let mut moves = Moves::new();
        for name in self.removed.iter().chain(&self.rebuilt) {
            let live = self.before.global_secondary_indexes.get(*name).and_then(|index| index.auto_scaling.as_ref());
            for dimension in Dimension::ALL {
                if AutoScaling::get(live, dimension).is_some() {
                    let op = Target::new(cx.name, Some(name), dimension).deregister();
                    moves.push(PlannedOperation::new(op, [scaling_path(Some(name), dimension)]));
                }
            }
        }
        for (name, live, wanted) in &self.kept {
            let (live, wanted) = (live.auto_scaling.as_ref(), wanted.auto_scaling.as_ref());
            moves.extend(end_scaling(live, wanted, Some(name), changed, cx));
        }
        moves
    }

    /// Deletes the indexes that are not in the file any more.
    pub(super) fn remove(&self, cx: &StepContext<'_>) -> Moves {
        self.removed.iter().map(|name| delete(name, cx)).collect()
    }

    /// Rebuilds and adds indexes, one after the other.
    pub(super) fn rebuild_and_add(&self, cx: &StepContext<'_>) -> Moves {
        let mut moves = Moves::new();
        // The indexes that exist while one is created: the call has their key attributes, too.
        let mut there: Vec<&str> = self.kept.iter().map(|(name, ..)| *name).collect();
        // If an attribute changes its type, all indexes must first drop the old type.
        let old = self.before.key_types(|name| self.rebuilt.contains(&name));
        let new = self.after.key_types(|_| true);
        let retyped = old.iter().any(|(name, kind)| new.get(name).is_some_and(|new| new != kind));
        if retyped {
            moves.extend(self.rebuilt.iter().map(|name| delete(name, cx)));
        }
        for name in &self.rebuilt {
            if !retyped {
                moves.push(delete(name, cx));
            }
            there.push(name);
            moves.extend(self.create(name, &there, retyped, cx));
        }
        for name in &self.added {
            there.push(name);
            moves.extend(self.create(name, &there, retyped, cx));
        }
        moves
    }

    fn create(&self, name: &str, there: &[&str], retyped: bool, cx: &StepContext<'_>) -> Option<PlannedOperation<Op>> {
        let index = self.after.global_secondary_indexes.get(name)?;
        let mut types = self.after.key_types(|name| there.contains(&name));
        if !retyped {
            // Indexes that are not rebuilt yet still have their old keys.
            let waiting = |name: &str| self.rebuilt.contains(&name) && !there.contains(&name);
            types.extend(self.before.key_types(waiting));
        }
        let input = UpdateTable {
            attribute_definitions: definitions(types),
            global_secondary_index_updates: vec![IndexUpdate::Create(
                index.specification(name, self.after.is_provisioned()),
            )],
            ..UpdateTable::new(cx.name)
        };
        Some(PlannedOperation::new(Op::UpdateTable(input), [index_path(name)]))
    }

    /// Turns contributor insights on and off.
    pub(super) fn insights(&self, changed: Changed<'_>, cx: &StepContext<'_>) -> Moves {
        let off = ContributorInsights::Off;
        let kept = self.kept.iter().filter_map(|(name, live, wanted)| {
            let differs = changed.at(&index_path(name).child("contributor_insights"));
            differs.then_some((*name, live.contributor_insights, wanted.contributor_insights))
        });
        let made = self.rebuilt.iter().chain(&self.added).filter_map(|name| {
            let index = self.after.global_secondary_indexes.get(*name)?;
            Some((*name, off, index.contributor_insights))
        });
        kept.chain(made).filter_map(|(name, from, to)| insights(to, from, Some(name), cx)).collect()
    }
}

fn delete(name: &str, cx: &StepContext<'_>) -> PlannedOperation<Op> {
    let update = IndexUpdate::Delete(DeleteIndex { index_name: name.to_owned() });
    let input = UpdateTable { global_secondary_index_updates: vec![update], ..UpdateTable::new(cx.name) };
    PlannedOperation::new(Op::UpdateTable(input), [index_path(name)])
}

const CAPACITY: [&str; 2] = ["read_capacity", "write_capacity"];
const LIMITS: [&str; 2] = ["max_read_request_units", "max_write_request_units"];

/// Changes billing and capacity, of the table and of its existing indexes.
pub(super) fn billing(
    before: &TableSpec,
    after: &TableSpec,
    indexes: &Indexes<'_>,
    changed: Changed<'_>,
    cx: &StepContext<'_>,
) -> Moves {
    let table = path!["billing"];
    if changed.at(&table.child("mode")) && before.billing.mode != after.billing.mode {
        return vec![switch(after, indexes, cx)];
    }
    let provisioned = after.is_provisioned();
    let keys = if provisioned { CAPACITY } else { LIMITS };
    let differs = |path: &PropertyPath| keys.iter().any(|key| changed.at(&path.child(*key)));
    let covers = |path: &PropertyPath| keys.map(|key| path.child(key));
    // On-demand limits go only with the mode. Source: API reference, `UpdateTable`.
    let mode = (!provisioned).then(|| after.billing.mode.aws().to_owned());
    let mut moves = Moves::new();
    if differs(&table) {
        let billing = &after.billing;
        let mut input = UpdateTable { billing_mode: mode.clone(), ..UpdateTable::new(cx.name) };
        if provisioned {
            input.provisioned_throughput = throughput(billing.read_capacity, billing.write_capacity);
        } else {
            let limits = new_limits(billing.max_read_request_units, billing.max_write_request_units);
            input.on_demand_throughput = Some(limits);
        }
        moves.push(PlannedOperation::new(Op::UpdateTable(input), covers(&table)));
    }
    // A call with an unchanged capacity would be refused. Source: measured, "The requested value equals the
    // current value".
    let differing: Vec<_> = indexes.kept.iter().filter(|(name, ..)| differs(&index_path(name))).collect();
    if !differing.is_empty() {
        let update = |(name, _, index): &&(&str, &GlobalIndex, &GlobalIndex)| {
            let (capacity, limit) = if provisioned {
                (throughput(index.read_capacity, index.write_capacity), None)
            } else {
                (None, Some(new_limits(index.max_read_request_units, index.max_write_request_units)))
            };
            IndexUpdate::Update(UpdateIndex {
                index_name: (*name).to_owned(),
                provisioned_throughput: capacity,
                on_demand_throughput: limit,
            })
        };
        let input = UpdateTable {
            billing_mode: mode,
            global_secondary_index_updates: differing.iter().map(update).collect(),
            ..UpdateTable::new(cx.name)
        };
        let covers: Vec<_> = differing.iter().flat_map(|(name, ..)| covers(&index_path(name))).collect();
        moves.push(PlannedOperation::new(Op::UpdateTable(input), covers));
    }
    moves
}

/// Switches billing: one call changes the table and every existing index, those that will be rebuilt
/// included. Source: API reference, `UpdateTable`; DynamoDB Developer Guide, "Considerations when switching
/// capacity modes".
fn switch(after: &TableSpec, indexes: &Indexes<'_>, cx: &StepContext<'_>) -> PlannedOperation<Op> {
    let billing = &after.billing;
    let provisioned = after.is_provisioned();
    let names = indexes.kept.iter().map(|(name, ..)| name).chain(&indexes.rebuilt);
    let there: Vec<(&str, &GlobalIndex)> =
        names.filter_map(|name| Some((*name, after.global_secondary_indexes.get(*name)?))).collect();
    let update = |(name, index): &(&str, &GlobalIndex)| {
        let (capacity, limit) = if provisioned {
            (throughput(index.read_capacity, index.write_capacity), None)
        } else {
            (None, limits(index.max_read_request_units, index.max_write_request_units))
        };
        (capacity.is_some() || limit.is_some()).then(|| {
            IndexUpdate::Update(UpdateIndex {
                index_name: (*name).to_owned(),
                provisioned_throughput: capacity,
                on_demand_throughput: limit,
            })
        })
    };
    let mut input = UpdateTable {
        billing_mode: Some(billing.mode.aws().to_owned()),
        global_secondary_index_updates: there.iter().filter_map(update).collect(),
        ..UpdateTable::new(cx.name)
    };
    if provisioned {
        input.provisioned_throughput = throughput(billing.read_capacity, billing.write_capacity);
    } else {
        input.on_demand_throughput = limits(billing.max_read_request_units, billing.max_write_request_units);
    }
    let keys = CAPACITY.into_iter().chain(LIMITS);
    let below = there.iter().flat_map(|(name, _)| keys.clone().map(|key| index_path(name).child(key)));
    let covers: Vec<_> = std::iter::once(path!["billing"]).chain(below).collect();
    PlannedOperation::new(Op::UpdateTable(input), covers)
}
