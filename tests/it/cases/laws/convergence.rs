//! The law of convergence: whatever happens to one call of an apply, the next apply ends in the same state,
//! with nothing twice and nothing lost.

use serde_json::Value;
use underpin::apply::State;

use super::engine::{Engine, Resource, calls};
use super::snapshot::snapshot;
use super::stacks;
use super::walk::asked;
use super::world::World;
use crate::support::{Emulator, Observer};

/// The fate of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// AWS refuses it, and does nothing.
    Refused,
    /// AWS carries it out, and the answer is lost.
    Lost,
    /// The process ends while the call runs.
    Killed,
}

/// A change from one stack to another.
struct Scenario {
    before: fn(&World) -> Vec<Resource>,
    after: fn(&World) -> Vec<Resource>,
    /// One of that many calls is disturbed, unless all are asked for.
    stride: usize,
}

/// Starts with a new world and the first stack.
async fn begin(emulator: &Emulator, observer: &Observer, scenario: &Scenario) -> (Engine, World) {
    emulator.reset();
    let world = World::make(observer);
    let sections = ["tables", "vpc_endpoints", "security_group_rules", "roles", "functions", "triggers"];
    let engine = Engine::of(emulator, &sections, world.archives.clone());
    let before = (scenario.before)(&world);
    if !before.is_empty() {
        engine.apply(&before).await;
    }
    emulator.clear_log();
    (engine, world)
}

/// The calls of an undisturbed run, each with its count among those of its name, and the live state after it.
async fn undisturbed(emulator: &Emulator, observer: &Observer, scenario: &Scenario) -> (Vec<(String, usize)>, Value) {
    let (engine, world) = begin(emulator, observer, scenario).await;
    let stack = (scenario.after)(&world);
    let plan = engine.apply(&stack).await;
    let sent = emulator.mutations();
    assert!(sent.len() >= calls(&plan).iter().filter(|call| !call.contains(":Describe")).count());
    engine.assert_settled(&stack).await;
    let count = |index: usize| sent[..=index].iter().filter(|name| **name == sent[index]).count();
    let numbered = (0..sent.len()).map(|index| (sent[index].clone(), count(index))).collect();
    (numbered, snapshot(observer))
}

async fn converges(scenario: Scenario, fates: &[Fate]) {
    let emulator = Emulator::start();
    let observer = Observer::of(&emulator);
    let (sent, wanted) = undisturbed(&emulator, &observer, &scenario).await;
    let stride = if asked() { 1 } else { scenario.stride };
    for fate in fates {
        for (index, (name, nth)) in sent.iter().enumerate().step_by(stride) {
            let (engine, world) = begin(&emulator, &observer, &scenario).await;
            let stack = (scenario.after)(&world);
            let case = format!("call {} ({name}, its {nth}.) was {fate:?}", index + 1);
            strike(&emulator, &engine, &stack, *fate, name, *nth, index, &case).await;
            emulator.clear_faults();
            engine.apply(&stack).await;
            engine.assert_settled(&stack).await;
            emulator.assert_no_invalid_requests();
            let seen = snapshot(&observer);
            assert_eq!(seen, wanted, "{case}");
        }
    }
}

/// Applies, while one of the calls has a fate.
#[expect(clippy::too_many_arguments, reason = "they are what a case is")]
async fn strike(
    emulator: &Emulator,
    engine: &Engine,
    stack: &[Resource],
    fate: Fate,
    name: &str,
    nth: usize,
    index: usize,
    case: &str,
) {
    let mut run = engine.run(stack);
    let plan = run.plan(false).await;
    if fate == Fate::Killed {
        run.apply_until(plan, index + 1).await;
        return;
    }
    let (service, operation) = name.split_once(':').expect("a name has two parts");
    let mut fault = serde_json::json!({"service": service, "operation": operation, "nth": nth});
    if fate == Fate::Lost {
        fault["drop"] = serde_json::json!(true);
    } else {
        fault["status"] = serde_json::json!(400);
        fault["code"] = serde_json::json!("AccessDeniedException");
    }
    emulator.fault(fault);
    let report = run.apply(plan).await;
    let struck = emulator.requests().iter().any(|request| request.fault.is_some());
    assert!(struck, "{case}: nothing was struck");
    let failed = report.failures.len() == 1 && report.count(State::Failed) == 1;
    assert!(failed, "{case}: {:#?}", report.failures);
}

#[tokio::test]
async fn interrupted_creation_is_completed_by_the_next_apply() {
    let scenario = Scenario { before: stacks::nothing, after: stacks::first, stride: 1 };
    converges(scenario, &[Fate::Refused, Fate::Lost, Fate::Killed]).await;
}

#[tokio::test]
async fn interrupted_update_is_completed_by_the_next_apply() {
    let scenario = Scenario { before: stacks::first, after: stacks::second, stride: 3 };
    converges(scenario, &[Fate::Refused, Fate::Lost, Fate::Killed]).await;
}

#[tokio::test]
async fn interrupted_deletion_is_completed_by_the_next_apply() {
    let scenario = Scenario { before: stacks::first, after: stacks::nothing, stride: 2 };
    converges(scenario, &[Fate::Refused, Fate::Lost, Fate::Killed]).await;
}
