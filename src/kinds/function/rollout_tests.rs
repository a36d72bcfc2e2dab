//! Tests that each state between two or three calls can run.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::Function;
use super::super::op::Op;
use super::super::spec::FunctionSpec;
use super::super::tests::{normal, observed, update, with};
use crate::kind::{Change, Difference, Kind};

/// The digests of the archives of the old code and of the new.
const OLD: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
const NEW: &str = "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";

fn layer(name: &str) -> String {
    let (name, version) = name.split_once('@').unwrap_or((name, "1"));
    format!("arn:aws:lambda:eu-central-1:123456789012:layer:{name}:{version}")
}

fn function(code: &str, changes: Value) -> FunctionSpec {
    let mut spec = normal(&with(changes));
    code.clone_into(&mut spec.code.sha256);
    spec
}

/// The inputs of the calls of an update.
fn calls(before: &FunctionSpec, after: &FunctionSpec) -> Vec<Value> {
    let moves = update(&observed(before.clone(), None), after);
    let tree = |op: &Op| serde_json::to_value(op).expect("a tree");
    moves
        .iter()
        .map(|one| {
            let mut call = tree(&one.op);
            let input = call.as_object_mut().and_then(|map| map.values_mut().next()).expect("an input");
            input.as_object_mut().expect("members").shift_remove("FunctionName");
            call
        })
        .collect()
}

fn configuration(set: impl Into<Value>) -> Value {
    json!({"UpdateFunctionConfiguration": set.into()})
}

fn code() -> Value {
    json!({"UpdateFunctionCode": {"ZipFile": NEW}})
}

fn layers(names: &[&str]) -> Value {
    names.iter().map(|name| layer(name)).collect()
}

#[test]
fn layers_are_added_before_the_code_and_removed_after_it() {
    let with_layers = |code: &str, names: &[&str]| function(code, json!({"layers": layers(names)}));
    let set = |names: &[&str]| configuration(json!({"Layers": layers(names)}));
    let old = with_layers(OLD, &["a"]);
    assert_eq!(calls(&old, &with_layers(NEW, &["a", "b"])), [set(&["a", "b"]), code()]);
    assert_eq!(calls(&old, &with_layers(NEW, &[])), [code(), set(&[])]);
    assert_eq!(calls(&old, &with_layers(NEW, &["b"])), [set(&["a", "b"]), code(), set(&["b"])]);
    assert_eq!(calls(&old, &with_layers(OLD, &["b"])), [set(&["b"])], "the code stays");
    // Lambda accepts neither two versions of a layer nor six layers.
    assert_eq!(calls(&old, &with_layers(NEW, &["a@2"])), [set(&["a@2"]), code()]);
    let five = with_layers(OLD, &["a", "b", "c", "d", "e"]);
    assert_eq!(calls(&five, &with_layers(NEW, &["f"])), [set(&["f"]), code()]);
}

#[test]
fn variables_are_added_before_the_code_and_removed_after_it() {
    let with_variables = |code: &str, variables: Value| function(code, json!({"environment": variables}));
    let set = |variables: Value| configuration(json!({"Environment": {"Variables": variables}}));
    let old = with_variables(OLD, json!({"OLD": "1"}));
    assert_eq!(
        calls(&old, &with_variables(NEW, json!({"OLD": "1", "NEW": "2"}))),
        [set(json!({"NEW": "2", "OLD": "1"})), code()]
    );
    assert_eq!(calls(&old, &with_variables(NEW, json!({}))), [code(), set(json!({}))]);
    assert_eq!(
        calls(&old, &with_variables(NEW, json!({"NEW": "2"}))),
        [set(json!({"NEW": "2", "OLD": "1"})), code(), set(json!({"NEW": "2"}))]
    );
    let long = "x".repeat(3000);
    let (old, new) = (with_variables(OLD, json!({"OLD": long})), with_variables(NEW, json!({"NEW": long})));
    assert_eq!(calls(&old, &new), [set(json!({"NEW": long})), code()], "both are more than Lambda takes");
}

#[test]
fn each_property_changes_before_or_after_the_code_as_needed() {
    let plain = |changes: Value| function(OLD, changes);
    let changed = |changes: Value| function(NEW, changes);
    let role = "arn:aws:iam::123456789012:role/other";
    let first = [
        (json!({}), json!({"role": role}), json!({"Role": role})),
        (json!({}), json!({"runtime": "python3.14"}), json!({"Runtime": "python3.14"})),
        (json!({}), json!({"memory": 512}), json!({"MemorySize": 512})),
        (json!({}), json!({"description": "d"}), json!({"Description": "d"})),
    ];
    for (old, new, set) in first {
        assert_eq!(calls(&plain(old), &changed(new.clone())), [configuration(set), code()], "{new}");
    }
    let outside = json!({"VpcConfig": {"SubnetIds": [], "SecurityGroupIds": [], "Ipv6AllowedForDualStack": false}});
    let last = [
        (json!({}), json!({"handler": "b.c"}), json!({"Handler": "b.c"})),
        (json!({"timeout": 60}), json!({"timeout": 30}), json!({"Timeout": 30})),
        (json!({"vpc": {}}), json!({}), outside),
        // Other changes need no third call.
        (
            json!({"memory": 512}),
            json!({"handler": "b.c", "runtime": "nodejs24.x", "description": "d"}),
            json!({"Handler": "b.c", "Description": "d", "MemorySize": 128, "Runtime": "nodejs24.x"}),
        ),
    ];
    for (old, new, set) in last {
        assert_eq!(calls(&plain(old), &changed(new.clone())), [code(), configuration(set)], "{new}");
    }
    let both = changed(json!({"handler": "b.c", "memory": 512, "tracing": "active"}));
    let expected = [
        configuration(json!({"MemorySize": 512, "TracingConfig": {"Mode": "Active"}})),
        code(),
        configuration(json!({"Handler": "b.c"})),
    ];
    assert_eq!(calls(&plain(json!({})), &both), expected);
}

/// The values that run together between the calls, as in a plan.
fn between(before: &FunctionSpec, after: &FunctionSpec) -> Vec<String> {
    let tree = |spec: &FunctionSpec| serde_json::to_value(spec).expect("a tree");
    let (old, new) = (tree(before), tree(after));
    let keys = new.as_object().into_iter().flatten().chain(old.as_object().into_iter().flatten()).map(|(key, _)| key);
    let keys: BTreeSet<&String> = keys.filter(|key| old.get(*key) != new.get(*key)).collect();
    let differences: Vec<Difference> = keys
        .into_iter()
        .map(|key| Difference {
            path: crate::path![key],
            before: old.get(key).cloned(),
            after: new.get(key).cloned(),
            sensitive: false,
            forces_replacement: false,
        })
        .collect();
    let before = observed(before.clone(), None);
    Function::warnings(Change::Update { before: &before, after, differences: &differences }, &differences)
}

#[test]
fn plan_lists_old_and_new_settings_that_run_together() {
    let old = function(OLD, json!({"environment": {"TABLE": "a"}, "layers": layers(&["a"])}));
    let said = |changes: Value| between(&old, &function(NEW, changes)).join("\n");
    let same = json!({"environment": {"TABLE": "a"}, "layers": layers(&["a"])});
    let and = |more: Value| {
        let mut body = same.clone();
        body.as_object_mut().expect("a mapping").extend(more.as_object().expect("a mapping").clone());
        body
    };
    assert_eq!(said(same.clone()), "");
    assert!(
        said(and(json!({"handler": "b.c"}))).contains("the new code with the handler `lambda_function.lambda_handler`")
    );
    assert!(said(and(json!({"runtime": "python3.14"}))).contains("the old code on the runtime `python3.14`"));
    let both = said(and(json!({"handler": "b.c", "runtime": "nodejs24.x"})));
    assert!(both.contains("the new code on the runtime `python3.13`"), "{both}");
    let variable = said(and(json!({"environment": {"TABLE": "b"}})));
    assert!(variable.contains("the old code with the new value of `TABLE`; to avoid"), "{variable}");
    assert!(said(and(json!({"layers": layers(&["a@2"])}))).contains("the old code with only the new layers"));
    assert_eq!(said(and(json!({"layers": layers(&["b"])}))), "", "both are there in between");
    let configuration_alone = between(&old, &function(OLD, and(json!({"handler": "b.c"}))));
    assert_eq!(configuration_alone, [""; 0]);
}

fn subset(names: &'static [&'static str]) -> impl Strategy<Value = Vec<&'static str>> {
    proptest::sample::subsequence(names, 0..=names.len()).prop_shuffle()
}

proptest! {
    /// Before the code's call all values of the old code exist, and from that call on all values of the new code.
    #[test]
    fn running_code_always_has_its_layers_variables_and_memory(
        old in (subset(&["a", "b", "c"]), subset(&["A1", "B1", "C1"]), 128..512_u32),
        new in (subset(&["a", "b", "c", "d"]), subset(&["A1", "B1", "C1", "D1"]), 128..512_u32),
    ) {
        let spec = |code: &str, (names, variables, memory): &(Vec<&str>, Vec<&str>, u32)| {
            let variables: serde_json::Map<_, _> =
                variables.iter().map(|name| ((*name).to_owned(), json!("v"))).collect();
            function(code, json!({"layers": layers(names), "environment": variables, "memory": memory}))
        };
        let (before, after) = (spec(OLD, &old), spec(NEW, &new));
        let calls = calls(&before, &after);
        prop_assert!(calls.len() <= 3);
        let mut live = before.clone();
        for call in &calls {
            let set = &call["UpdateFunctionConfiguration"];
            if let Some(list) = set["Layers"].as_array() {
                live.layers = list.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect();
            }
            if let Some(variables) = set["Environment"]["Variables"].as_object() {
                live.environment = variables.keys().map(|name| (name.clone(), "v".to_owned())).collect();
            }
            if let Some(memory) = set["MemorySize"].as_u64() {
                live.memory = u32::try_from(memory).expect("megabytes");
            }
            if call.get("UpdateFunctionCode").is_some() {
                NEW.clone_into(&mut live.code.sha256);
            }
            let lookups = if live.code.sha256 == NEW { &after } else { &before };
            for layer in &lookups.layers {
                prop_assert!(live.layers.contains(layer), "{layer} is not there after {call}");
            }
            for name in lookups.environment.keys() {
                prop_assert!(live.environment.contains_key(name), "{name} is not there after {call}");
            }
            prop_assert!(live.memory >= lookups.memory, "too little memory after {call}");
        }
        prop_assert_eq!((live.layers, live.environment, live.memory), (after.layers, after.environment, after.memory));
    }
}
