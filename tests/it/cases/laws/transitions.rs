//! The law of random transitions: after `apply(a)` and `apply(b)` nothing is left to do, the live state is `b`,
//! every call was one of the plan, and AWS's models accept every request.

use super::arbitrary::slot;
use super::walk::{Slot, transitions, walk};
use super::world::World;
use crate::support::{Emulator, Observer};

async fn section_obeys(section: &str, names: &[&str], flags: &[&str], usual: usize) {
    let emulator = Emulator::with(flags);
    let observer = Observer::of(&emulator);
    let world = World::make(&observer);
    let slots: Vec<Slot> = names.iter().map(|name| slot(section, name, &world, &observer)).collect();
    walk(&emulator, &world, &slots, transitions(usual)).await;
}

#[tokio::test]
async fn tables_converge_to_the_declared_state() {
    section_obeys("tables", &["law-one", "law-two", "law-three"], &[], 200).await;
}

#[tokio::test]
async fn roles_converge_to_the_declared_state() {
    section_obeys("roles", &["law-one", "law-two"], &[], 60).await;
}

#[tokio::test]
async fn functions_converge_to_the_declared_state() {
    section_obeys("functions", &["law-one", "law-two"], &[], 60).await;
}

#[tokio::test]
async fn triggers_converge_to_the_declared_state() {
    section_obeys("triggers", &["law-one", "law-two", "law-three"], &[], 60).await;
}

#[tokio::test]
async fn vpc_endpoints_converge_to_the_declared_state() {
    section_obeys("vpc_endpoints", &["law-one", "law-two"], &[], 60).await;
}

#[tokio::test]
async fn security_group_rules_converge_to_the_declared_state() {
    section_obeys("security_group_rules", &["law-one", "law-two"], &[], 60).await;
}

/// Every operation takes time, so that only a run that waits reaches its end.
const SLOW: [&str; 2] = ["--slow", "150"];

#[tokio::test]
async fn slow_tables_are_waited_for() {
    section_obeys("tables", &["law-one", "law-two"], &SLOW, 12).await;
}

#[tokio::test]
async fn slow_vpc_endpoints_are_waited_for() {
    section_obeys("vpc_endpoints", &["law-one", "law-two"], &SLOW, 10).await;
}

#[tokio::test]
async fn slow_functions_are_waited_for() {
    section_obeys("functions", &["law-one", "law-two"], &SLOW, 10).await;
}

#[tokio::test]
async fn slow_triggers_are_waited_for() {
    section_obeys("triggers", &["law-one", "law-two"], &SLOW, 10).await;
}
