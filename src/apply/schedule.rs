//! The choice of steps that may start, as a pure state machine.

use std::collections::{BTreeMap, BTreeSet};

/// The state of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// A step before it is not done.
    Waiting,
    /// It runs.
    Running,
    /// Done.
    Done,
    /// The endpoint does not support it, or accepted it without an effect; the steps after it go on.
    NotTaken,
    /// It failed.
    Failed,
    /// A step before it failed.
    Skipped,
    /// The run was interrupted before it started.
    Cancelled,
    /// Another run did it at the same time.
    DoneElsewhere,
}

impl State {
    /// Returns whether steps that wait for it may start.
    fn lets_go_on(self) -> bool {
        matches!(self, Self::Done | Self::NotTaken)
    }
}

/// The steps of a plan, and their states.
#[derive(Debug, Clone)]
pub struct Schedule {
    order: Vec<String>,
    before: BTreeMap<String, BTreeSet<String>>,
    lane: BTreeMap<String, String>,
    states: BTreeMap<String, State>,
    cancelled: bool,
}

impl Schedule {
    /// Makes a schedule of `(id, lane, ids that come first)`. A lane (the service) has a limit on how many of
    /// its steps run at once.
    pub fn new(steps: impl IntoIterator<Item = (String, String, Vec<String>)>) -> Self {
        let mut schedule = Self {
            order: Vec::new(),
            before: BTreeMap::new(),
            lane: BTreeMap::new(),
            states: BTreeMap::new(),
            cancelled: false,
        };
        for (id, lane, before) in steps {
            schedule.order.push(id.clone());
            schedule.before.insert(id.clone(), before.into_iter().collect());
            schedule.lane.insert(id.clone(), lane);
            schedule.states.insert(id, State::Waiting);
        }
        schedule
    }

    /// Finds the next step that may start, in the order of the plan, and marks it as running.
    pub fn start_next(&mut self, limit: impl Fn(&str) -> usize) -> Option<String> {
        if self.cancelled {
            return None;
        }
        let mut busy: BTreeMap<&str, usize> = BTreeMap::new();
        for (id, state) in &self.states {
            if *state == State::Running {
                *busy.entry(self.lane_of(id)).or_default() += 1;
            }
        }
        let ready = |id: &&String| {
            self.state(id) == Some(State::Waiting)
                && self
                    .before
                    .get(*id)
                    .is_none_or(|first| first.iter().all(|id| self.state(id).is_none_or(State::lets_go_on)))
                && busy.get(self.lane_of(id)).copied().unwrap_or_default() < limit(self.lane_of(id)).max(1)
        };
        let id = self.order.iter().find(ready)?.clone();
        self.states.insert(id.clone(), State::Running);
        Some(id)
    }

    /// Marks a running step as done.
    pub fn done(&mut self, id: &str) {
        self.states.insert(id.to_owned(), State::Done);
    }

    /// Marks a running step as one that had no effect at the endpoint.
    pub fn not_taken(&mut self, id: &str) {
        self.states.insert(id.to_owned(), State::NotTaken);
    }

    /// Marks a running step as failed, and returns the steps that are skipped because of it.
    pub fn failed(&mut self, id: &str) -> Vec<String> {
        self.states.insert(id.to_owned(), State::Failed);
        let mut skipped = Vec::new();
        let mut lost: BTreeSet<String> = BTreeSet::from([id.to_owned()]);
        // In the plan's order a step comes after the steps that it waits for.
        for id in &self.order {
            let hit = self.before.get(id).is_some_and(|first| !first.is_disjoint(&lost));
            if hit && self.states.get(id) == Some(&State::Waiting) {
                self.states.insert(id.clone(), State::Skipped);
                skipped.push(id.clone());
                lost.insert(id.clone());
            }
        }
        skipped
    }

    /// Starts no more steps.
    pub fn cancel(&mut self) {
        self.cancelled = true;
        for state in self.states.values_mut() {
            if *state == State::Waiting {
                *state = State::Cancelled;
            }
        }
    }

    /// The state of a step.
    pub fn state(&self, id: &str) -> Option<State> {
        self.states.get(id).copied()
    }

    /// The steps in a state, in the order of the plan.
    pub fn in_state(&self, state: State) -> Vec<String> {
        self.order.iter().filter(|id| self.state(id) == Some(state)).cloned().collect()
    }

    fn lane_of(&self, id: &str) -> &str {
        self.lane.get(id).map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Any acyclic graph: each step may wait for earlier ones.
    fn graphs() -> impl Strategy<Value = Vec<(String, String, Vec<String>)>> {
        prop::collection::vec((prop::collection::vec(any::<prop::sample::Index>(), 0..4), 0..3_u8), 1..20).prop_map(
            |nodes| {
                let step = |(at, (firsts, lane)): (usize, (Vec<prop::sample::Index>, u8))| {
                    let before =
                        if at == 0 { vec![] } else { firsts.iter().map(|i| i.index(at).to_string()).collect() };
                    (at.to_string(), lane.to_string(), before)
                };
                nodes.into_iter().enumerate().map(step).collect()
            },
        )
    }

    proptest! {
        #[test]
        fn every_step_ends_and_starts_after_its_dependencies_despite_failures(
            steps in graphs(),
            ends in prop::collection::vec(0..3_u8, 20),
            limit in 1..3_usize,
        ) {
            let before: BTreeMap<_, _> = steps.iter().map(|(id, _, first)| (id.clone(), first.clone())).collect();
            let mut schedule = Schedule::new(steps);
            let mut running: Vec<String> = Vec::new();
            loop {
                while let Some(id) = schedule.start_next(|_| limit) {
                    for first in &before[&id] {
                        prop_assert!(matches!(schedule.state(first), Some(State::Done | State::NotTaken)));
                    }
                    running.push(id);
                }
                let Some(id) = running.pop() else { break };
                match ends[id.parse::<usize>().expect("a number")] {
                    0 => schedule.done(&id),
                    1 => schedule.not_taken(&id),
                    _ => {
                        for skipped in schedule.failed(&id) {
                            prop_assert!(!before[&skipped].is_empty());
                        }
                    }
                }
            }
            prop_assert!(schedule.in_state(State::Waiting).is_empty());
            prop_assert!(schedule.in_state(State::Running).is_empty());
        }
    }

    #[test]
    fn lane_limits_hold_and_cancelling_starts_no_more_steps() {
        let step = |id: &str| (id.to_owned(), "dynamodb".to_owned(), vec![]);
        let mut schedule = Schedule::new(["a", "b", "c"].map(step));
        assert_eq!(schedule.start_next(|_| 1).as_deref(), Some("a"));
        assert_eq!(schedule.start_next(|_| 1), None);
        schedule.done("a");
        schedule.cancel();
        assert_eq!(schedule.start_next(|_| 1), None);
        assert_eq!(schedule.in_state(State::Cancelled), ["b", "c"]);
    }
}
