//! Any text as a stack.yaml, with the real kinds: it loads, or is refused with errors that can be shown.
#![no_main]

use libfuzzer_sys::fuzz_target;
use underpin::base::{Archives, Environment, Vault};
use underpin::kinds::REGISTRY;
use underpin::stack::{Document, Settings};

fuzz_target!(|text: &str| {
    // A folder that does not exist: no file is read, whatever a text names.
    let file = std::path::PathBuf::from("/nowhere/at/all/stack.yaml");
    let document = match Document::parse(file, text.to_owned(), &REGISTRY) {
        Ok(document) => document,
        Err(failure) => {
            assert!(!failure.render(false).is_empty());
            return;
        }
    };
    let variables = |name: &str| (name == "SET").then(|| "value".to_owned());
    let env = |_: &Settings| Environment::new("123456789012", "eu-central-1");
    for environment in [None, Some("prod")] {
        let (vault, archives) = (Vault::new([0; 32]), Archives::default());
        match document.load(environment, &env, &REGISTRY, &vault, &archives, &variables) {
            Ok(stack) => drop(stack.source.render(&stack.warnings, true)),
            Err(failure) => {
                assert!(!failure.render(true).is_empty());
                assert!(serde_json::to_string(&failure).is_ok());
            }
        }
    }
});
