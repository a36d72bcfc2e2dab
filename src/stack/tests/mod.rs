//! The loader as a whole, over kinds of its own.

/// A snapshot that does not repeat the test's text.
macro_rules! snap {
    ($value:expr) => {
        insta::with_settings!({omit_expression => true}, { insta::assert_snapshot!($value) })
    };
}

mod example;
mod files;
mod form;
mod kinds;
mod laws;
mod mistakes;
mod references;
mod refusals;
mod schemas;
mod secrets;
mod settings;

use std::path::{Path, PathBuf};

use super::{Document, Failure, Stack};
use crate::base::{Address, Archives, Environment, Vault};

/// A loaded text.
pub(super) struct Loaded {
    pub(super) stack: Stack,
    pub(super) vault: Vault,
    pub(super) archives: Archives,
}

impl Loaded {
    pub(super) fn body(&self, address: &str) -> &serde_json::Value {
        &self.declared(address).body
    }

    pub(super) fn declared(&self, address: &str) -> &super::Declared {
        let address: Address = address.parse().expect("an address");
        self.stack.resources.iter().find(|one| one.address == address).expect("declared")
    }
}

pub(super) fn variables(name: &str) -> Option<String> {
    match name {
        "SET" => Some("hunter2".to_owned()),
        "NUMBER" => Some("256".to_owned()),
        "YES" => Some("true".to_owned()),
        "STAGE" => Some("blue".to_owned()),
        _ => None,
    }
}

pub(super) fn example_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/stack/example")
}

/// Loads a text as `validate` does: settings and resources, with all errors of both.
pub(super) fn load_in(folder: &Path, text: &str, environment: Option<&str>) -> Result<Loaded, Failure> {
    let registry = kinds::registry();
    let document = Document::parse(folder.join("stack.yaml"), text.to_owned(), &registry)?;
    let env = Environment::new("123456789012", "eu-central-1");
    let (vault, archives) = (Vault::new([1; 32]), Archives::default());
    let stack = document.load(environment, &|_| env.clone(), &registry, &vault, &archives, &variables)?;
    Ok(Loaded { stack, vault, archives })
}

/// Texts under headings.
pub(super) fn several(shown: &[(&str, String)]) -> String {
    shown.iter().map(|(name, text)| format!("## {name}\n{text}\n")).collect::<Vec<_>>().join("\n")
}

pub(super) fn load(text: &str) -> Result<Loaded, Failure> {
    load_in(&example_folder(), text, None)
}

/// The errors of a text as they are printed, with the folder left out.
pub(super) fn errors(text: &str) -> String {
    errors_with(text, None)
}

pub(super) fn errors_with(text: &str, environment: Option<&str>) -> String {
    shown(load_in(&example_folder(), text, environment).err())
}

pub(super) fn shown(failure: Option<Failure>) -> String {
    let text = failure.map_or_else(|| "no errors".to_owned(), |failure| failure.to_string());
    text.replace(&format!("{}/", example_folder().display()), "")
}
