//! A policy document as data: the meaning of a well-formed JSON policy, in types without ambiguity.

use serde_json::{Map, Value};

use super::check::{PolicyKind, Problem, check};
use super::elements::{ELEMENTS, Version};
use super::operator::Operator;

/// The effect of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Allows.
    Allow,
    /// Denies, even if another statement allows.
    Deny,
}

/// An element that has a negated twin, such as `Action` and `NotAction`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clause<T> {
    /// The listed values.
    Only(T),
    /// All values except the listed ones.
    Except(T),
}

impl<T> Clause<T> {
    /// The listed values in both cases.
    pub fn listed(&self) -> &T {
        match self {
            Self::Only(listed) | Self::Except(listed) => listed,
        }
    }

    /// Keeps the variant and changes the listed values.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Clause<U> {
        match self {
            Self::Only(listed) => Clause::Only(change(listed)),
            Self::Except(listed) => Clause::Except(change(listed)),
        }
    }
}

/// The principals of a statement: kind (`AWS`, `Service` …) and name; everyone is `("AWS", "*")`.
pub type Principals = Vec<(String, String)>;

/// One line of a condition: an operator, a key, and the values, any of which matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionTerm {
    /// The operator.
    pub operator: Operator,
    /// The key, as written.
    pub key: String,
    /// The values, as text.
    pub values: Vec<String>,
}

/// One statement of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its name, if it has one.
    pub sid: Option<String>,
    /// The effect.
    pub effect: Effect,
    /// The principals; identity policies and SCPs name none.
    pub principal: Option<Clause<Principals>>,
    /// The actions.
    pub action: Clause<Vec<String>>,
    /// The resources; a trust policy names none.
    pub resource: Option<Clause<Vec<String>>>,
    /// The conditions; all must hold.
    pub condition: Vec<ConditionTerm>,
}

/// A policy document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The language's version.
    pub version: Version,
    /// The document's own name, in resource policies.
    pub id: Option<String>,
    /// Its statements, in their order.
    pub statements: Vec<Statement>,
}

impl Document {
    /// Reads a document that AWS has accepted already, even if [`check`] finds problems: AWS keeps actions that it
    /// would not accept today, which match nothing. Returns `None` if it has an operator or an element that isn't known
    /// here, because its meaning is unknown then.
    pub fn from_aws(value: &Value) -> Option<Self> {
        read(value)
    }

    /// Reads a policy document, or returns every error for which AWS would refuse it.
    pub fn from_value(value: &Value, kind: PolicyKind) -> Result<Self, Vec<Problem>> {
        let problems = check(value, kind);
        if !problems.is_empty() {
            return Err(problems);
        }
        read(value).ok_or_else(|| {
            let message = "the document is not a policy".to_owned();
            vec![Problem { path: "$".to_owned(), message, hint: None }]
        })
    }
}

fn read(value: &Value) -> Option<Document> {
    let version = match value.get("Version").and_then(Value::as_str) {
        Some("2012-10-17") => Version::V2012,
        _ => Version::V2008,
    };
    let statements = match value.get("Statement")? {
        Value::Array(statements) => statements.iter().map(statement).collect::<Option<_>>()?,
        one => vec![statement(one)?],
    };
    Some(Document { version, id: text_of(value.get("Id")), statements })
}

fn statement(value: &Value) -> Option<Statement> {
    let map = value.as_object()?;
    if map.keys().any(|key| !ELEMENTS.contains(&key.as_str())) {
        return None;
    }
    Some(Statement {
        sid: text_of(map.get("Sid")).filter(|sid| !sid.is_empty()),
        effect: match map.get("Effect")?.as_str()? {
            "Allow" => Effect::Allow,
            "Deny" => Effect::Deny,
            _ => return None,
        },
        principal: clause(map, "Principal", "NotPrincipal", principals),
        action: clause(map, "Action", "NotAction", texts)?,
        resource: clause(map, "Resource", "NotResource", texts),
        condition: match map.get("Condition") {
            Some(condition) => terms(condition)?,
            None => Vec::new(),
        },
    })
}

fn clause<T>(map: &Map<String, Value>, plain: &str, not: &str, read: fn(&Value) -> Option<T>) -> Option<Clause<T>> {
    match (map.get(plain), map.get(not)) {
        (Some(value), _) => read(value).map(Clause::Only),
        (None, Some(value)) => read(value).map(Clause::Except),
        (None, None) => None,
    }
}

fn principals(value: &Value) -> Option<Principals> {
    let Some(map) = value.as_object() else {
        return Some(vec![("AWS".to_owned(), value.as_str()?.to_owned())]);
    };
    let mut all = Vec::new();
    for (kind, names) in map {
        all.extend(texts(names)?.into_iter().map(|name| (kind.clone(), name)));
    }
    Some(all)
}

fn terms(value: &Value) -> Option<Vec<ConditionTerm>> {
    let mut terms = Vec::new();
    for (name, keys) in value.as_object()? {
        let operator = Operator::parse(name)?;
        for (key, values) in keys.as_object()? {
            terms.push(ConditionTerm { operator, key: key.clone(), values: texts(values)? });
        }
    }
    Some(terms)
}

/// One value or a list, as texts.
fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Array(items) => items.iter().map(|item| text_of(Some(item))).collect(),
        one => text_of(Some(one)).map(|text| vec![text]),
    }
}

fn text_of(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.clone()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn policy_from_aws_is_read_without_validation() {
        let mut kept = json!({"Statement": [{"Effect": "Deny", "Action": ["s3:Get*,Put*", "s3:"], "Resource": "x"}]});
        assert!(Document::from_value(&kept, PolicyKind::Scp).is_err());
        assert!(Document::from_aws(&kept).is_some_and(|document| document.statements.len() == 1));
        kept["Statement"][0]["Condition"] = json!({"StringAlmost": {"a:b": "c"}});
        assert_eq!(Document::from_aws(&kept), None, "nobody knows what it means");
        assert_eq!(
            Document::from_aws(&json!({"Statement": {"Effect": "Deny", "Action": "*", "When": "always"}})),
            None
        );
        assert!(Document::from_aws(&json!({"Statement": []})).is_some_and(|document| document.statements.is_empty()));
    }
}
