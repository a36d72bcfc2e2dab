//! Reads the answer of `sts:DecodeAuthorizationMessage`.
//!
//! Source: STS API reference, `DecodeAuthorizationMessage`, and the example of `aws sts decode-authorization-message`
//! in the AWS CLI reference: JSON of `allowed`, `explicitDeny`, `matchedStatements`, `failures` and `context`, in which
//! every list is an object with `items`.

use serde_json::Value;

use super::layer::DenialType;
use super::message::{Denial, DenyingStatement};
use crate::base::printable;

impl Denial {
    /// Adds the decoded details. Details that can't be read are reported as such.
    pub fn decoded(&mut self, text: &str) {
        let Some(details) = serde_json::from_str::<Value>(text).ok().filter(Value::is_object) else {
            self.not_decoded = Some("the decoded details are not understood here".to_owned());
            return;
        };
        // The command is not needed any more: its answer is here.
        self.ask.retain(|command| self.encoded.as_ref().is_none_or(|encoded| !command.ends_with(encoded.as_str())));
        let explicit = details["explicitDeny"].as_bool();
        self.manner = explicit.map(|is| if is { DenialType::Explicit } else { DenialType::Implicit }).or(self.manner);
        let context = &details["context"];
        let told = |value: &Value| value.as_str().map(printable).filter(|text| !text.is_empty());
        self.principal = self.principal.take().or_else(|| told(&context["principal"]["arn"]));
        self.resource = self.resource.take().or_else(|| told(&context["resource"]));
        // Some details name the operation only; those that are encoded are EC2's.
        let action = told(&context["action"]).map(|name| if name.contains(':') { name } else { format!("ec2:{name}") });
        self.action = self.action.take().or(action);
        self.statements = items(&details["matchedStatements"]).map(statement).collect();
    }
}

fn statement(value: &Value) -> DenyingStatement {
    let text = |key: &str| value[key].as_str().map(printable).unwrap_or_default();
    let list = |key: &str| items(&value[key]).filter_map(|item| item["value"].as_str()).map(printable).collect();
    DenyingStatement {
        sid: text("statementId"),
        effect: text("effect"),
        actions: list("actions"),
        resources: list("resources"),
    }
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list["items"].as_array().into_iter().flatten()
}
