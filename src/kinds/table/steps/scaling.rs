//! The calls that start, change and end auto scaling.

use super::settings::{Changed, Moves};
use crate::base::PropertyPath;
use crate::kind::{PlannedOperation, StepContext};
use crate::kinds::table::scaling::{AutoScaling, Dimension, Scaling, Target};
use crate::path;

pub(super) fn scaling_path(index: Option<&str>, dimension: Dimension) -> PropertyPath {
    match index {
        None => path!["auto_scaling", dimension.word()],
        Some(index) => path!["global_secondary_indexes", index, "auto_scaling", dimension.word()],
    }
}

/// Ends scaling that is not desired any more.
pub(super) fn end_scaling(
    before: Option<&AutoScaling>,
    after: Option<&AutoScaling>,
    index: Option<&str>,
    changed: Changed<'_>,
    cx: &StepContext<'_>,
) -> Moves {
    let ends = |dimension: &Dimension| {
        AutoScaling::get(before, *dimension).is_some()
            && AutoScaling::get(after, *dimension).is_none()
            && changed.at(&scaling_path(index, *dimension))
    };
    let end = |dimension| {
        PlannedOperation::new(Target::new(cx.name, index, dimension).deregister(), [scaling_path(index, dimension)])
    };
    Dimension::ALL.into_iter().filter(ends).map(end).collect()
}

/// Starts or changes the desired scaling.
pub(super) fn start_scaling(
    before: Option<&AutoScaling>,
    after: Option<&AutoScaling>,
    index: Option<&str>,
    cx: &StepContext<'_>,
) -> Moves {
    let mut moves = Moves::new();
    for dimension in Dimension::ALL {
        let Some(to) = AutoScaling::get(after, dimension) else { continue };
        let from = AutoScaling::get(before, dimension);
        let (target, path) = (Target::new(cx.name, index, dimension), scaling_path(index, dimension));
        let bounds_stay = from.is_some_and(|from| (from.min, from.max) == (to.min, to.max));
        if !bounds_stay {
            // Without scaling before, all of it is new.
            let covers = match from {
                None => vec![path.clone()],
                Some(_) => vec![path.child("min"), path.child("max")],
            };
            moves.push(PlannedOperation::new(target.register(to), covers));
        }
        let name = target.policy_name(to);
        let old = from.filter(|from| from.target > 0).map(|from| target.policy_name(from));
        let policy = |of: &Scaling| (of.target, of.scale_in_cooldown, of.scale_out_cooldown, of.policy_name.clone());
        let policy_stays = from.is_some_and(|from| policy(from) == policy(to));
        if !policy_stays {
            let covers =
                || ["target", "scale_in_cooldown", "scale_out_cooldown", "policy_name"].map(|key| path.child(key));
            // Two policies of one metric are refused.
            if let Some(old) = old.filter(|old| *old != name) {
                moves.push(PlannedOperation::new(target.delete_policy(old), [path.child("policy_name")]));
            }
            moves.push(PlannedOperation::new(target.put_policy(to), covers()));
        }
    }
    moves
}
