//! A random walk: some resources of a kind change together, again and again, and after each change the
//! laws are checked.

use proptest::strategy::{BoxedStrategy, Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;
use underpin::base::Address;
use underpin::kind::Context;
use underpin::kinds::REGISTRY;

use super::agree;
use super::engine::{Engine, Resource, calls};
use super::world::World;
use crate::support::{Emulator, Observer};

/// The source of random choices: the same for the same seed.
pub(super) struct Dice(TestRunner);

impl Dice {
    /// Dice of `UNDERPIN_SEED`, which is 0 by default.
    pub(super) fn new() -> Self {
        let seed: u64 = number("UNDERPIN_SEED").unwrap_or_default();
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        Self(TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &bytes)))
    }

    /// Draws a value.
    pub(super) fn draw<T: std::fmt::Debug>(&mut self, strategy: &impl Strategy<Value = T>) -> T {
        strategy.new_tree(&mut self.0).expect("the strategy rejects little").current()
    }
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().expect("it is a number"))
}

/// Returns whether more than the usual number was asked for.
pub(super) fn asked() -> bool {
    number("UNDERPIN_TRANSITIONS").is_some()
}

/// The number of transitions: as many as asked for, or the usual number.
pub(super) fn transitions(usual: usize) -> usize {
    number("UNDERPIN_TRANSITIONS").map_or(usual, |asked| usize::try_from(asked).expect("it fits"))
}

/// One slot in the stack, for which bodies are drawn.
pub(super) struct Slot {
    pub(super) address: Address,
    pub(super) bodies: BoxedStrategy<Value>,
}

/// Walks until that many resources have changed. Each is absent one time in eight.
pub(super) async fn walk(emulator: &Emulator, world: &World, slots: &[Slot], wanted: usize) {
    let mut sections: Vec<&str> = slots.iter().map(|slot| slot.address.section()).collect();
    sections.dedup();
    let engine = Engine::of(emulator, &sections, world.archives.clone());
    let observer = Observer::of(emulator);
    let mut dice = Dice::new();
    let mut before: Vec<Option<Resource>> = slots.iter().map(|_| None).collect();
    let mut made = 0;
    while made < wanted {
        let after: Vec<Option<Resource>> = slots.iter().map(|slot| next(slot, &mut dice)).collect();
        let changed = before.iter().zip(&after).filter(|(before, after)| before != after).count();
        let told = Told { made, before: &before, after: &after };
        step(emulator, &engine, &observer, world, slots, &after).await;
        drop(told);
        made += changed;
        before = after;
    }
}

/// Prints the case of a failed test.
struct Told<'a> {
    made: usize,
    before: &'a [Option<Resource>],
    after: &'a [Option<Resource>],
}

impl Drop for Told<'_> {
    #[expect(clippy::print_stderr, reason = "whoever reads of a broken law needs to know what broke it")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            let seed = number("UNDERPIN_SEED").unwrap_or_default();
            eprintln!("\nUNDERPIN_SEED={seed}, after {} transitions", self.made);
            for (before, after) in self.before.iter().zip(self.after) {
                let body = |resource: &Option<Resource>| {
                    resource.as_ref().map_or_else(|| "nothing".to_owned(), |resource| resource.body.to_string())
                };
                eprintln!("from {}\n  to {}", body(before), body(after));
            }
        }
    }
}

fn next(slot: &Slot, dice: &mut Dice) -> Option<Resource> {
    let present = dice.draw(&proptest::bool::weighted(0.875));
    let body = dice.draw(&slot.bodies);
    present.then(|| Resource { address: slot.address.clone(), body })
}

async fn step(
    emulator: &Emulator,
    engine: &Engine,
    observer: &Observer,
    world: &World,
    slots: &[Slot],
    after: &[Option<Resource>],
) {
    let stack: Vec<Resource> = after.iter().flatten().cloned().collect();
    for resource in &stack {
        assert_valid(engine, resource);
    }
    emulator.clear_log();
    let plan = engine.apply(&stack).await;
    // A step may only wait: for network interfaces that AWS deletes in its own time.
    let (mut declared, mut sent) = (calls(&plan), emulator.mutations());
    declared.retain(|call| !call.contains(":Describe"));
    declared.sort();
    sent.sort();
    assert_eq!(sent, declared, "the calls that were sent are those of the plan");
    emulator.assert_no_invalid_requests();

    emulator.clear_log();
    engine.assert_settled(&stack).await;
    assert_eq!(emulator.mutations(), [""; 0], "a second apply makes no mutating call");
    emulator.assert_no_invalid_requests();
    for (slot, resource) in slots.iter().zip(after) {
        agree::assert_live(observer, world, &slot.address, resource.as_ref().map(|resource| &resource.body));
    }
}

/// Checks that the loader accepts the strategies' bodies.
fn assert_valid(engine: &Engine, resource: &Resource) {
    let kind = REGISTRY.kind(resource.address.section()).expect("the kind is registered");
    let env = engine.env();
    let problems = kind.check(&resource.body, &Context { name: resource.address.name(), env: &env, facts: None });
    assert!(problems.is_empty(), "{problems:?} in {}", resource.body);
}
