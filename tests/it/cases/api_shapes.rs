//! Texts that the API's own models refuse (by length, pattern or enumeration) are refused earlier by the loader.
//!
//! The texts come from botocore, by `scripts/api-shapes`, which documents it.

use std::fs;

use serde_json::Value;
use underpin::base::{Archives, Environment, Vault};
use underpin::kinds::REGISTRY;
use underpin::stack::Document;

use crate::support::{ACCOUNT, REGION, root};

/// A stack with a text in place of the probe; `${` is no reference in it.
fn stack(template: &Value, text: &str) -> String {
    let text = Value::from(text.replace("${", "$${")).to_string();
    let whole = template.to_string().replace("\"PROBE\"", &text);
    format!("{{\"stack\": \"app\", {}", whole.strip_prefix('{').expect("a mapping"))
}

/// The error of a stack.
fn refusal(text: String) -> Option<String> {
    let file = root().join("tests/data/deployment-failures/stack.json");
    let document = match Document::parse(file, text, &REGISTRY) {
        Ok(document) => document,
        Err(failure) => return Some(failure.to_string()),
    };
    let env = Environment::new(ACCOUNT, REGION);
    let (vault, archives) = (Vault::new([1; 32]), Archives::default());
    document
        .load(None, &|_| env.clone(), &REGISTRY, &vault, &archives, &|_| None)
        .err()
        .map(|failure| failure.to_string())
}

#[test]
fn texts_refused_by_the_aws_api_are_refused_offline() {
    let file = root().join("tests/data/api/shapes.json");
    let shapes: Value = serde_json::from_str(&fs::read_to_string(file).expect("the shapes")).expect("JSON");
    let properties = shapes["properties"].as_object().expect("properties");
    assert!(properties.len() > 50, "{}", properties.len());
    let mut wrong = Vec::new();
    for (path, property) in properties {
        let right = property["right"].as_str().expect("a text");
        if let Some(refusal) = refusal(stack(&property["stack"], right)) {
            wrong.push(format!("{path}: `{right}` is refused: {refusal}"));
        }
        for text in property["refused"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if refusal(stack(&property["stack"], text)).is_none() {
                wrong.push(format!("{path}: {text:?} is taken, and {} refuses it", property["shape"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{} texts:\n{}", wrong.len(), wrong.join("\n"));
}
