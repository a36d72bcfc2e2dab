//! The requests that a pattern stands for, in AWS's spelling.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::arguments::Arguments;
use super::comparison::{Comparison, Operator};
use super::pattern::AccessPattern;
use super::served::served;
use super::table_keys::TableKeys;
use super::value::AttributeTemplate;
use super::writes::{Write, WriteKind};

/// A request of the `DynamoDB` API.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The operation, such as `Query`.
    pub operation: &'static str,
    /// Its input.
    pub input: Value,
}

/// Names and values of an expression.
#[derive(Default)]
struct Expression {
    names: BTreeMap<String, String>,
    values: Map<String, Value>,
}

impl Expression {
    /// The placeholder of an attribute: its name may be a reserved word.
    fn name(&mut self, attribute: &str) -> String {
        let next = self.names.len();
        let known = self.names.iter().find(|(_, name)| *name == attribute).map(|(placeholder, _)| placeholder.clone());
        known.unwrap_or_else(|| {
            let placeholder = format!("#a{next}");
            self.names.insert(placeholder.clone(), attribute.to_owned());
            placeholder
        })
    }

    fn value(&mut self, value: Value) -> String {
        let placeholder = format!(":v{}", self.values.len());
        self.values.insert(placeholder.clone(), value);
        placeholder
    }

    fn compare(&mut self, attribute: &str, comparison: &Comparison, keys: &TableKeys, arguments: &Arguments) -> String {
        let name = self.name(attribute);
        if comparison.is_absence() {
            return format!("attribute_not_exists({name})");
        }
        let values: Vec<String> = match comparison.operator {
            Operator::Exists => Vec::new(),
            _ => comparison.values.iter().map(|value| self.given(attribute, value, keys, arguments)).collect(),
        };
        comparison.operator.expression(&name, &values)
    }

    fn given(&mut self, attribute: &str, value: &AttributeTemplate, keys: &TableKeys, arguments: &Arguments) -> String {
        let value = arguments.attribute(value, keys.type_of(attribute));
        self.value(value)
    }

    fn equal(&mut self, attribute: &str, value: &AttributeTemplate, keys: &TableKeys, arguments: &Arguments) -> String {
        let name = self.name(attribute);
        let value = self.given(attribute, value, keys, arguments);
        format!("{name} = {value}")
    }

    fn put_into(self, input: &mut Map<String, Value>) {
        if !self.names.is_empty() {
            input.insert("ExpressionAttributeNames".to_owned(), json!(self.names));
        }
        if !self.values.is_empty() {
            input.insert("ExpressionAttributeValues".to_owned(), Value::Object(self.values));
        }
    }
}

/// The query of a read, also where it is of one item; `None` if no key serves it, or if it writes.
pub fn read_request(table: &str, pattern: &AccessPattern, keys: &TableKeys, arguments: &Arguments) -> Option<Request> {
    let served = served(pattern, keys)?;
    let mut input = Map::new();
    input.insert("TableName".to_owned(), json!(table));
    let mut expression = Expression::default();
    if let Some(index) = &served.index {
        input.insert("IndexName".to_owned(), json!(index));
    }
    let known = served.key.iter().filter_map(|name| Some((name, pattern.key.get(name)?)));
    let mut key: Vec<String> = known.map(|(name, value)| expression.equal(name, value, keys, arguments)).collect();
    if let (Some(sort), Some(attribute)) = (&pattern.sort, &served.sort_on) {
        key.push(expression.compare(attribute, sort, keys, arguments));
    }
    input.insert("KeyConditionExpression".to_owned(), json!(key.join(" AND ")));
    let beside = served.beside.iter().filter_map(|name| Some((name, pattern.key.get(name)?)));
    let mut filters: Vec<String> = beside.map(|(name, value)| expression.equal(name, value, keys, arguments)).collect();
    for (name, comparison) in &pattern.filter {
        filters.push(expression.compare(name, comparison, keys, arguments));
    }
    if !filters.is_empty() {
        input.insert("FilterExpression".to_owned(), json!(filters.join(" AND ")));
    }
    if pattern.order.is_some_and(super::Order::is_descending) {
        input.insert("ScanIndexForward".to_owned(), json!(false));
    }
    if let Some(limit) = pattern.limit {
        input.insert("Limit".to_owned(), json!(limit));
    }
    if !pattern.attributes.is_empty() {
        let names: Vec<String> = pattern.attributes.iter().map(|name| expression.name(name)).collect();
        input.insert("ProjectionExpression".to_owned(), json!(names.join(", ")));
    }
    if pattern.consistent {
        input.insert("ConsistentRead".to_owned(), json!(true));
    }
    expression.put_into(&mut input);
    input.insert("ReturnConsumedCapacity".to_owned(), json!("INDEXES"));
    Some(Request { operation: "Query", input: Value::Object(input) })
}

fn item(attributes: &BTreeMap<String, AttributeTemplate>, keys: &TableKeys, arguments: &Arguments) -> Value {
    let value =
        |(name, value): (&String, &AttributeTemplate)| (name.clone(), arguments.attribute(value, keys.type_of(name)));
    Value::Object(attributes.iter().map(value).collect())
}

/// The requests of a write: one for a transaction, else one for each item.
pub fn write_requests(table: &str, pattern: &AccessPattern, keys: &TableKeys, arguments: &Arguments) -> Vec<Request> {
    let Some(writes) = &pattern.write else { return Vec::new() };
    let each = writes.writes.iter().map(|write| (write.kind, action(table, write, keys, arguments)));
    if writes.transact {
        let named = |(kind, input): (WriteKind, Map<String, Value>)| {
            let name = match kind {
                WriteKind::Put => "Put",
                WriteKind::Delete => "Delete",
                WriteKind::Update => "Update",
                WriteKind::Check => "ConditionCheck",
            };
            json!({name: input})
        };
        let items: Vec<Value> = each.map(named).collect();
        let input = json!({"TransactItems": items, "ReturnConsumedCapacity": "INDEXES"});
        return vec![Request { operation: "TransactWriteItems", input }];
    }
    let single = |(kind, mut input): (WriteKind, Map<String, Value>)| {
        input.insert("ReturnConsumedCapacity".to_owned(), json!("INDEXES"));
        let operation = match kind {
            WriteKind::Put => "PutItem",
            WriteKind::Delete => "DeleteItem",
            WriteKind::Update | WriteKind::Check => "UpdateItem",
        };
        Request { operation, input: Value::Object(input) }
    };
    each.map(single).collect()
}

fn action(table: &str, write: &Write, keys: &TableKeys, arguments: &Arguments) -> Map<String, Value> {
    let mut input = Map::new();
    input.insert("TableName".to_owned(), json!(table));
    let body = if write.kind == WriteKind::Put { "Item" } else { "Key" };
    input.insert(body.to_owned(), item(&write.attributes, keys, arguments));
    let mut expression = Expression::default();
    let mut changes: Vec<String> = Vec::new();
    if !write.set.is_empty() {
        let each = write.set.iter().map(|(name, value)| expression.equal(name, value, keys, arguments));
        changes.push(format!("SET {}", each.collect::<Vec<_>>().join(", ")));
    }
    if !write.remove.is_empty() {
        let each = write.remove.iter().map(|name| expression.name(name));
        changes.push(format!("REMOVE {}", each.collect::<Vec<_>>().join(", ")));
    }
    if !write.add.is_empty() {
        let mut each = Vec::new();
        for (name, value) in &write.add {
            let (name, value) = (expression.name(name), expression.given(name, value, keys, arguments));
            each.push(format!("{name} {value}"));
        }
        changes.push(format!("ADD {}", each.join(", ")));
    }
    if !changes.is_empty() {
        input.insert("UpdateExpression".to_owned(), json!(changes.join(" ")));
    }
    let conditions: Vec<String> = write
        .condition
        .iter()
        .map(|(name, comparison)| expression.compare(name, comparison, keys, arguments))
        .collect();
    if !conditions.is_empty() {
        input.insert("ConditionExpression".to_owned(), json!(conditions.join(" AND ")));
    }
    expression.put_into(&mut input);
    input
}
