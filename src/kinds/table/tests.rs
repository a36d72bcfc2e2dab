//! Laws and cases of the pure half.

mod cases;
mod laws;

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Op, Table, TableSpec};
use crate::base::{Address, Environment, PropertyPath, Vault};
use crate::diff::{self, diff};
use crate::kind::{Change, Context, Difference, Erased, Kind, Observed, PlannedOperation, PureKind, StepContext};

const TABLE: Erased<Table> = Erased::new();
const NAME: &str = "cruddur-messages";

fn env() -> Environment {
    Environment::new("123456789012", "eu-central-1")
}

/// The body as the engine compares it.
#[track_caller]
fn normal(body: &Value) -> Value {
    let env = env();
    let cx = Context { name: NAME, env: &env, facts: None };
    TABLE.normalize(body, &cx).expect("the body is understood")
}

fn spec(body: &Value) -> TableSpec {
    serde_json::from_value(normal(body)).expect("what is written is read again")
}

fn differences(live: &Value, desired: &Value) -> Vec<Difference> {
    let seal = |text: &str| Vault::new([0; 32]).seal(text);
    diff(live, desired, diff::DiffOptions { rules: Table::RULES, seal: &seal, ignore_tags: &[] })
}

fn observed(body: &Value) -> Observed<TableSpec> {
    Observed { spec: spec(body), outputs: BTreeMap::new(), unique_id: "1".to_owned(), unmanaged: Vec::new() }
}

fn with_context<T>(f: impl FnOnce(&StepContext<'_>) -> T) -> T {
    let (address, env) = (Address::new("tables", NAME), env());
    f(&StepContext { address: &address, name: NAME, env: &env, token: "t", facts: None })
}

/// The operations that turn one table into another.
fn update(before: &Value, after: &Value) -> (Vec<Difference>, Vec<PlannedOperation<Op>>) {
    let live = observed(before);
    let mut after = spec(after);
    Table::adopt_live_values(&mut after, &live.spec);
    let differences = differences(&normal(before), &serde_json::to_value(&after).expect("a spec is written"));
    let moves =
        with_context(|cx| Table::steps(Change::Update { before: &live, after: &after, differences: &differences }, cx));
    (differences, moves)
}

fn create(after: &Value) -> Vec<PlannedOperation<Op>> {
    with_context(|cx| Table::steps(Change::Create { after: &spec(after) }, cx))
}

fn delete(before: &Value, backup: Option<&str>) -> Vec<PlannedOperation<Op>> {
    with_context(|cx| Table::steps(Change::Delete { before: &observed(before), backup }, cx))
}

/// The inputs, as JSON.
fn inputs(moves: &[PlannedOperation<Op>]) -> Vec<Value> {
    moves.iter().map(|one| serde_json::to_value(&one.op).expect("an operation is written")).collect()
}

fn titles(moves: &[PlannedOperation<Op>]) -> Vec<String> {
    moves.iter().map(|one| Table::call(&one.op).title).collect()
}

fn problems(body: &Value) -> Vec<(String, String)> {
    let env = env();
    let cx = Context { name: NAME, env: &env, facts: None };
    TABLE.check(body, &cx).into_iter().map(|problem| (problem.path.to_string(), problem.message)).collect()
}

fn covers(moves: &[PlannedOperation<Op>], path: &PropertyPath) -> bool {
    moves.iter().flat_map(|one| &one.covers).any(|cover| cover.covers(path) || path.covers(cover))
}
