//! The law of a life: a resource that does not exist is created, is then as desired, and is gone after its deletion.

use underpin::base::Address;
use underpin::kind::{Context, Identity};
use underpin::kinds::LIVE;
use underpin::plan::Action;

use super::agree;
use super::arbitrary::slot;
use super::engine::{Engine, Resource};
use super::walk::{Dice, transitions};
use super::world::World;
use crate::support::{Emulator, Observer};

/// The number of lives of each kind.
const LIVES: usize = 4;

#[tokio::test]
async fn resource_of_any_kind_is_created_as_declared_and_deleted() {
    let emulator = Emulator::start();
    let observer = Observer::of(&emulator);
    let world = World::make(&observer);
    let mut dice = Dice::new();
    for kind in LIVE {
        let engine = Engine::of(&emulator, &[kind.section()], world.archives.clone());
        for _ in 0..transitions(LIVES) {
            let slot = slot(kind.section(), "law", &world, &observer);
            let resource = Resource { address: slot.address.clone(), body: dice.draw(&slot.bodies) };
            let look = |resource: Option<&Resource>| {
                agree::assert_live(&observer, &world, &slot.address, resource.map(|resource| &resource.body));
            };
            look(None);
            let made = engine.apply(std::slice::from_ref(&resource)).await;
            assert_eq!(made.changes[0].action, Action::Create);
            engine.assert_settled(std::slice::from_ref(&resource)).await;
            look(Some(&resource));

            let deleted = engine.apply(&[]).await;
            assert_eq!(deleted.changes.iter().map(|change| change.action).collect::<Vec<_>>(), [Action::Delete]);
            let body = made.changes[0].wanted.as_ref().expect("a creation wants something");
            let readings = read(&engine, *kind, &slot.address, body).await;
            assert_eq!(readings, 0, "{} is there after it was deleted", slot.address);
            engine.assert_settled(&[]).await;
            look(None);
        }
    }
    emulator.assert_no_invalid_requests();
}

/// The number of live resources that the kind's own reader finds for one resource.
async fn read(
    engine: &Engine,
    kind: &dyn underpin::kind::ErasedLive,
    address: &Address,
    body: &serde_json::Value,
) -> usize {
    let env = engine.env();
    let cx = Context { name: address.name(), env: &env, facts: None };
    let identity: Identity = kind.identity(address, body, &cx).expect("it has an identity");
    let readings = kind.read_many(&[identity], &engine.aws()).await;
    readings.into_iter().filter(|reading| reading.as_ref().expect("it can be read").live.is_some()).count()
}
