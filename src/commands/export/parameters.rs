//! Parameters of a template: what the file does not say, or must not show.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::logical_id::digest;

/// The parameters of a template, in the order of their first use.
#[derive(Debug, Default)]
pub(super) struct Parameters {
    declared: Map<String, Value>,
    /// The meaning of each name.
    meanings: BTreeMap<String, String>,
}

impl Parameters {
    /// Declares a parameter and returns its name. Two with the same meaning are one; of two that differ in their meaning
    /// and would have the same name, the second one gets a digest.
    pub(super) fn declare(&mut self, name: &str, meaning: &str, body: Value) -> String {
        let name = match self.meanings.get(name) {
            Some(other) if other != meaning => format!("{name}{}", digest(meaning)),
            _ => name.to_owned(),
        };
        self.meanings.entry(name.clone()).or_insert_with(|| meaning.to_owned());
        self.declared.entry(name.clone()).or_insert(body);
        name
    }

    /// The names of those without a default, which a deployment has to give.
    pub(super) fn required(&self) -> Vec<&str> {
        let open = self.declared.iter().filter(|(_, body)| body.get("Default").is_none());
        open.map(|(name, _)| name.as_str()).collect()
    }

    /// The number of parameters.
    pub(super) fn count(&self) -> usize {
        self.declared.len()
    }

    /// The section `Parameters`.
    pub(super) fn into_section(self) -> Map<String, Value> {
        self.declared
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn same_meaning_is_one_parameter_and_another_meaning_is_another() {
        let mut parameters = Parameters::default();
        let secret = || json!({"Type": "String", "NoEcho": true});
        assert_eq!(parameters.declare("A", "one", secret()), "A");
        assert_eq!(parameters.declare("A", "one", secret()), "A");
        let other = parameters.declare("A", "other", json!({"Type": "String", "Default": "x"}));
        assert_ne!(other, "A");
        assert_eq!(parameters.declare("A", "other", secret()), other);
        assert_eq!((parameters.count(), parameters.required()), (2, vec!["A"]));
    }
}
