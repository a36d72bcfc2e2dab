//! Checks a condition block: operators, keys and the form of the values.

use serde_json::Value;

use super::super::canonical::has_placeholder;
use super::super::operator::{Comparison, Operator};
use super::super::value::Wanted;
use super::{Checker, join, noun};

impl Checker {
    pub(super) fn condition(&mut self, path: &str, condition: &Value) {
        let Some(blocks) = condition.as_object() else {
            self.report(path, format!("`Condition` must be an object, not {}", noun(condition)));
            return;
        };
        for (name, keys) in blocks {
            let at = join(path, name);
            let operator = Operator::parse(name);
            if operator.is_none() {
                self.unknown_operator(&at, name);
            }
            let Some(keys) = keys.as_object() else {
                let message = format!("`{name}` takes an object of keys and values, not {}", noun(keys));
                self.report(&at, message);
                continue;
            };
            let mut seen: Vec<String> = Vec::new();
            for (key, values) in keys {
                let path = join(&at, key);
                let lower = key.to_lowercase();
                if seen.contains(&lower) {
                    let message = format!("`{key}` is given twice under `{name}`, in two spellings");
                    self.report_with(&path, message, "keys ignore case: put the values into one list");
                }
                seen.push(lower);
                let parts = key.split_once(':');
                if !parts.is_some_and(|(service, name)| !service.is_empty() && !name.is_empty()) {
                    let message = format!("the condition key `{key}` has no service before it");
                    self.report_with(&path, message, "write it as `service:key`, such as `aws:RequestedRegion`");
                }
                self.values(&path, operator, values);
            }
        }
    }

    fn unknown_operator(&mut self, path: &str, name: &str) {
        let message = format!("`{name}` is not a condition operator");
        if name.to_lowercase().ends_with("nullifexists") {
            self.report_with(path, message, "`Null` takes no `IfExists`: it tests the existence itself");
        } else if let Some(near) = Operator::nearest(name) {
            self.report_with(path, message, format!("did you mean `{near}`?"));
        } else {
            self.report(path, message);
        }
    }

    fn values(&mut self, path: &str, operator: Option<Operator>, values: &Value) {
        match values {
            Value::Array(items) if items.is_empty() => self.report(path, "the list of values must not be empty"),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.value(&format!("{path}[{index}]"), operator, item);
                }
            }
            one => self.value(path, operator, one),
        }
    }

    fn value(&mut self, path: &str, operator: Option<Operator>, value: &Value) {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Bool(truth) => truth.to_string(),
            Value::Number(number) => number.to_string(),
            other => {
                self.report(path, format!("a value must be a string, not {}", noun(other)));
                return;
            }
        };
        if has_placeholder(&text) {
            return;
        }
        if operator.is_some_and(|operator| operator.takes_variables()) {
            self.variables(path, &text);
            let variable = self.variables && text.contains("${");
            if variable && operator.is_some_and(|operator| operator.comparison == Comparison::Bool) {
                return;
            }
        }
        let wrong = operator.and_then(|operator| match operator.comparison {
            Comparison::Arn if self.of_iam() && !is_arn(&text) => Some(ARNS),
            comparison => Wanted::refusal(comparison, &text),
        });
        if let (Some(operator), Some(form)) = (operator, wrong) {
            let message = format!("`{operator}` compares {form}, which `{text}` is not");
            self.report(path, message);
        }
    }
}

/// The values of operators on ARNs.
const ARNS: &str = "ARNs (`arn:partition:service:region:account:resource`)";

/// Returns whether IAM accepts a text where ARNs are compared; a variable may have any value.
/// Source: measured answer of IAM to others: "The policy failed legacy parsing".
fn is_arn(text: &str) -> bool {
    text == "*" || text.starts_with("${") || (text.starts_with("arn:") && text.split(':').count() >= 6)
}
