//! Finds offline the errors for which AWS would refuse a policy document as malformed, and parts it would never apply.
//!
//! Every problem names the place by its JSON path. A text with a value known only after apply is not checked. Policies
//! that AWS accepts are not judged here, wise or not: guardrails do that.

mod condition;
mod placeholder;
mod principal;
mod statement;

pub use placeholder::placeholders;
pub use principal::is_service_principal;

use serde::Serialize;
use serde_json::Value;

use super::variable::refusal;

/// The purpose of a policy document; AWS's rules depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyKind {
    /// Attached to a user, group or role, or a permissions boundary.
    Identity,
    /// Defines who may assume a role.
    Trust,
    /// Attached to a resource, such as a table or a queue.
    Resource,
    /// Attached to a VPC endpoint.
    Endpoint,
    /// A service control policy of the organization.
    Scp,
}

impl PolicyKind {
    fn takes_principal(self) -> bool {
        matches!(self, Self::Trust | Self::Resource | Self::Endpoint)
    }

    fn noun(self) -> &'static str {
        match self {
            Self::Identity => "an identity policy",
            Self::Trust => "a trust policy",
            Self::Resource => "a resource policy",
            Self::Endpoint => "an endpoint policy",
            Self::Scp => "a service control policy",
        }
    }
}

/// One reason for which AWS would refuse a policy document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The place: `$.Statement[0].Action`.
    pub path: String,
    /// The error.
    pub message: String,
    /// The correct text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// Finds all errors in a document for which AWS would refuse it for its kind, in the order of the document.
pub fn check(document: &Value, kind: PolicyKind) -> Vec<Problem> {
    let variables = document.get("Version").and_then(Value::as_str) == Some("2012-10-17");
    let mut checker = Checker { kind, variables, problems: Vec::new() };
    checker.document(document);
    checker.problems
}

struct Checker {
    kind: PolicyKind,
    /// True if the document's version has policy variables.
    variables: bool,
    problems: Vec<Problem>,
}

impl Checker {
    /// Returns whether IAM stores the document; IAM explains refusals in more detail than others.
    fn of_iam(&self) -> bool {
        matches!(self.kind, PolicyKind::Identity | PolicyKind::Trust)
    }

    /// Refuses malformed policy variables where the version has them.
    fn variables(&mut self, path: &str, text: &str) {
        if let Some(refusal) = refusal(text).filter(|_| self.variables) {
            self.report_with(path, refusal, "write `${key}` or `${key, 'default'}`; `${$}` stands for `$`");
        }
    }

    fn report(&mut self, path: &str, message: impl Into<String>) {
        self.problems.push(Problem { path: path.to_owned(), message: message.into(), hint: None });
    }

    fn report_with(&mut self, path: &str, message: impl Into<String>, hint: impl Into<String>) {
        self.problems.push(Problem { path: path.to_owned(), message: message.into(), hint: Some(hint.into()) });
    }

    fn document(&mut self, document: &Value) {
        let Some(map) = document.as_object() else {
            self.report("$", format!("a policy must be an object, not {}", noun(document)));
            return;
        };
        self.elements("$", document, &["Version", "Id", "Statement"]);
        self.version(map.get("Version"));
        match map.get("Id") {
            Some(_) if matches!(self.kind, PolicyKind::Identity | PolicyKind::Scp) => {
                let message = format!("`Id` is not allowed in {}", self.kind.noun());
                self.report_with("$.Id", message, "leave it out");
            }
            Some(id) if !id.is_string() => {
                self.report("$.Id", format!("`Id` must be a string, not {}", noun(id)));
            }
            _ => {}
        }
        match map.get("Statement") {
            None => self.report("$", "`Statement` is missing"),
            Some(Value::Array(statements)) if statements.is_empty() => {
                self.report("$.Statement", "a policy must have at least one statement");
            }
            Some(Value::Array(statements)) => {
                for (index, statement) in statements.iter().enumerate() {
                    self.statement(&format!("$.Statement[{index}]"), statement);
                }
                self.unique_sids(statements);
            }
            Some(statement) => self.statement("$.Statement", statement),
        }
    }

    fn version(&mut self, version: Option<&Value>) {
        let current = "write `2012-10-17`, the current version of the language";
        match version {
            None if self.kind == PolicyKind::Scp => {
                self.report_with("$", "a service control policy must have a `Version`", current);
            }
            Some(Value::String(text)) if text == "2012-10-17" => {}
            Some(Value::String(text)) if text == "2008-10-17" && self.kind != PolicyKind::Scp => {}
            None => {}
            Some(other) => self.report_with("$.Version", format!("version {other} is not valid"), current),
        }
    }

    fn unique_sids(&mut self, statements: &[Value]) {
        let sid = |statement: &Value| statement.get("Sid").and_then(Value::as_str).map(str::to_owned);
        for (index, statement) in statements.iter().enumerate() {
            let Some(this) = sid(statement).filter(|this| !this.is_empty()) else {
                continue;
            };
            let first = statements.iter().position(|other| sid(other).as_ref() == Some(&this));
            if let Some(first) = first.filter(|first| *first < index) {
                let path = format!("$.Statement[{index}].Sid");
                let message = format!("`{this}` is already the Sid of statement {first}");
                self.report_with(&path, message, "the Sids of a policy must be unique");
            }
        }
    }

    /// Refuses elements that the language does not have.
    fn elements(&mut self, path: &str, value: &Value, known: &[&str]) {
        let Some(map) = value.as_object() else { return };
        for key in map.keys().filter(|key| !known.contains(&key.as_str())) {
            let near = known.iter().min_by_key(|name| distance(name, key)).copied();
            let path = join(path, key);
            match near.filter(|name| distance(name, key) <= 2) {
                Some(name) => self.report_with(&path, unknown_element(key), format!("did you mean `{name}`?")),
                None => self.report(&path, unknown_element(key)),
            }
        }
    }

    /// The texts of an element that may be one value or a list, with their paths.
    fn texts<'v>(&mut self, path: &str, element: &str, value: &'v Value) -> Vec<(String, &'v str)> {
        match value {
            Value::String(text) => vec![(path.to_owned(), text)],
            Value::Array(items) if items.is_empty() => {
                self.report(path, format!("`{element}` must not be empty"));
                Vec::new()
            }
            Value::Array(items) => {
                let mut texts = Vec::new();
                for (index, item) in items.iter().enumerate() {
                    let path = format!("{path}[{index}]");
                    match item.as_str() {
                        Some(text) => texts.push((path, text)),
                        None => self.report(&path, format!("`{element}` takes strings, not {}", noun(item))),
                    }
                }
                texts
            }
            other => {
                let message = format!("`{element}` must be a string or a list of strings, not {}", noun(other));
                self.report(path, message);
                Vec::new()
            }
        }
    }
}

fn unknown_element(key: &str) -> String {
    format!("`{key}` is not an element of the policy language")
}

fn distance(left: &str, right: &str) -> usize {
    strsim::damerau_levenshtein(&left.to_lowercase(), &right.to_lowercase())
}

/// Adds a key to a JSON path.
pub(super) fn join(path: &str, key: &str) -> String {
    let plain = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if plain { format!("{path}.{key}") } else { format!("{path}[{}]", Value::from(key)) }
}

/// The JSON type of a value, in words.
pub(super) fn noun(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
