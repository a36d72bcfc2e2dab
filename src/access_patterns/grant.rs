//! The permissions that patterns need: the statements of an identity policy, no wider than what the patterns do.
//!
//! Sources: Developer Guide, "Using IAM policy conditions for fine-grained access control" (`dynamodb:LeadingKeys` are
//! the partition keys of the items and need `ForAllValues`; `dynamodb:Attributes` names all attributes of a request, keys
//! of table and index included, beside `dynamodb:Select`), "Using IAM with DynamoDB transactions" (the actions of single
//! items, and `dynamodb:EnclosingOperation`); IAM User Guide, "Set operators for multi-valued context keys":
//! `ForAllValues` holds where a key is absent, so that `Null` must require it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::pattern::AccessPattern;
use super::served::served;
use super::table_keys::{ScalarType, TableKeys};
use super::template::Part;
use super::value::AttributeTemplate;
use super::writes::WriteKind;

/// The name of the derived inline policy.
pub const POLICY_NAME: &str = "underpin-grants";

/// The patterns of a table that are granted.
#[derive(Debug, Clone)]
pub struct GrantedTable<'a> {
    /// The table's ARN.
    pub arn: String,
    /// Its keys.
    pub keys: &'a TableKeys,
    /// The patterns.
    pub patterns: Vec<&'a AccessPattern>,
}

/// An action that a pattern needs.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Granted {
    /// The action, without its service.
    action: &'static str,
    /// The ARN.
    resource: String,
    /// The partition keys, with `*` for parameters; `None` for any.
    leading: Option<String>,
    /// The attributes that a read names; `None` for any.
    attributes: Option<BTreeSet<String>>,
    /// True if it is needed within a transaction only.
    in_transaction: bool,
}

/// What limits a statement: resource, attributes, transaction.
type Limits = (String, Option<BTreeSet<String>>, bool);

/// The policy that allows all patterns of some tables, and nothing else.
pub fn grant_policy(tables: &[GrantedTable<'_>]) -> Value {
    // By limits and action: the partition keys.
    let mut by_action: BTreeMap<(Limits, &'static str), Option<BTreeSet<String>>> = BTreeMap::new();
    let all = tables.iter().flat_map(|table| table.patterns.iter().flat_map(move |pattern| granted(table, pattern)));
    for Granted { action, resource, leading, attributes, in_transaction } in all {
        let keys =
            by_action.entry(((resource, attributes, in_transaction), action)).or_insert_with(|| Some(BTreeSet::new()));
        match (leading, &mut *keys) {
            (Some(one), Some(keys)) => {
                keys.insert(one);
            }
            (None, keys) => *keys = None,
            (Some(_), None) => {}
        }
    }
    let mut statements: BTreeMap<(Limits, Option<BTreeSet<String>>), BTreeSet<&'static str>> = BTreeMap::new();
    for ((limits, action), keys) in by_action {
        statements.entry((limits, keys)).or_default().insert(action);
    }
    let statements: Vec<Value> =
        statements.into_iter().map(|((limits, keys), actions)| statement(limits, keys, &actions)).collect();
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn statement(
    (resource, attributes, in_transaction): Limits,
    keys: Option<BTreeSet<String>>,
    actions: &BTreeSet<&str>,
) -> Value {
    let mut conditions = Map::new();
    let mut present = Map::new();
    if let Some(keys) = keys {
        conditions.insert("ForAllValues:StringLike".to_owned(), json!({"dynamodb:LeadingKeys": keys}));
        present.insert("dynamodb:LeadingKeys".to_owned(), json!("false"));
    }
    if let Some(attributes) = attributes {
        conditions.insert("ForAllValues:StringEquals".to_owned(), json!({"dynamodb:Attributes": attributes}));
        conditions.insert("StringEqualsIfExists".to_owned(), json!({"dynamodb:Select": "SPECIFIC_ATTRIBUTES"}));
        present.insert("dynamodb:Attributes".to_owned(), json!("false"));
    }
    if in_transaction {
        let enclosing = json!({"dynamodb:EnclosingOperation": "TransactWriteItems"});
        conditions.insert("ForAnyValue:StringEquals".to_owned(), enclosing);
    }
    if !present.is_empty() {
        conditions.insert("Null".to_owned(), Value::Object(present));
    }
    let actions: Vec<String> = actions.iter().map(|action| format!("dynamodb:{action}")).collect();
    let mut statement = json!({"Effect": "Allow", "Action": actions, "Resource": resource});
    if !conditions.is_empty() {
        statement["Condition"] = Value::Object(conditions);
    }
    statement
}

/// The actions of a pattern.
fn granted(table: &GrantedTable<'_>, pattern: &AccessPattern) -> Vec<Granted> {
    let GrantedTable { arn, keys, patterns: _ } = table;
    let of_index = |index: Option<&String>| index.map_or_else(|| arn.clone(), |name| format!("{arn}/index/{name}"));
    let Some(writes) = &pattern.write else { return vec![of_read(pattern, keys, of_index)] };
    let one = |write: &super::writes::Write| Granted {
        action: match write.kind {
            WriteKind::Put => "PutItem",
            WriteKind::Delete => "DeleteItem",
            WriteKind::Update => "UpdateItem",
            WriteKind::Check => "ConditionCheckItem",
        },
        resource: arn.clone(),
        leading: leading(write.attributes.get(&keys.partition.name), keys.partition.kind),
        attributes: None,
        // A check is only made in transactions, and IAM's reference lists no enclosing operation for it.
        in_transaction: writes.transact && write.kind != WriteKind::Check,
    };
    writes.writes.iter().map(one).collect()
}

fn of_read(pattern: &AccessPattern, keys: &TableKeys, of_index: impl Fn(Option<&String>) -> String) -> Granted {
    let served = served(pattern, keys);
    let index = served.as_ref().map_or_else(|| pattern.index.clone(), |served| served.index.clone());
    let index = index.as_ref();
    let action = match &served {
        None => "Scan",
        Some(served) if served.one_item => "GetItem",
        Some(_) => "Query",
    };
    let attributes = (!pattern.attributes.is_empty()).then(|| {
        let of_index = index.and_then(|name| keys.indexes.get(name));
        let keys = keys.own().chain(of_index.into_iter().flat_map(super::table_keys::IndexKeys::keys));
        let named = pattern.attributes.iter().chain(pattern.filter.keys()).chain(pattern.key.keys()).cloned();
        keys.map(|key| key.name.clone()).chain(named).collect()
    });
    // AWS defines leading keys as the table's partition key: nothing is said of the key of a global index.
    let of_table = served
        .filter(|served| !served.global)
        .and_then(|_| leading(pattern.key.get(&keys.partition.name), keys.partition.kind));
    Granted { action, resource: of_index(index), leading: of_table, attributes, in_transaction: false }
}

/// The partition keys that a value stands for, as IAM's pattern; `None` if it may be any.
fn leading(value: Option<&AttributeTemplate>, kind: ScalarType) -> Option<String> {
    // The form in which IAM sees numbers and bytes is not documented.
    let template = value?.template().filter(|_| kind == ScalarType::S)?;
    let mut pattern = String::new();
    for part in template.parts() {
        match part {
            Part::Text(text) => {
                for c in text.chars() {
                    // Source: IAM User Guide, "Policy variables", "Special characters".
                    match c {
                        '*' | '?' | '$' => {
                            pattern.push_str("${");
                            pattern.push(c);
                            pattern.push('}');
                        }
                        c => pattern.push(c),
                    }
                }
            }
            Part::Parameter(_) if pattern.ends_with('*') => {}
            Part::Parameter(_) => pattern.push('*'),
        }
    }
    (pattern != "*").then_some(pattern)
}
