//! The report of a start-up: the one JSON object that is the last line of standard output, with its published schema.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::{Value, json};

use super::detect::Place;
use super::rule::RuleReport;
use crate::base::Address;
use crate::plan::Action;

/// The version of the JSON form. Additions keep it; any other change changes it.
pub const FORMAT_VERSION: &str = "1";

/// The report of a start-up. It is complete whatever the end: what is not known is null, what was not done is empty.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct StartupReport {
    /// The version of this form.
    pub format_version: &'static str,
    /// The place that it ran in.
    pub workspace: Place,
    /// The stack's name, if its file could be read.
    pub stack: Option<String>,
    /// The account of the credentials; before they are known, that of the file.
    pub account: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// What the plan would do, resource by resource.
    pub planned: Vec<PlannedAction>,
    /// What was done by this run.
    pub applied: Vec<PlannedAction>,
    /// What is planned and was not done, with the reason.
    pub left: Vec<Left>,
    /// The workspace's own rule in a security group, if one is declared: the first one of several.
    pub rule: Option<RuleReport>,
    /// The users of a local environment, if it has any.
    pub users: Option<UsersReport>,
    /// The tables that were seeded.
    pub seeded: Vec<SeededTable>,
    /// One sentence on the end, for a person.
    pub message: String,
    /// The exit code of the process.
    pub exit_code: u8,
}

/// An action on a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PlannedAction {
    /// The resource.
    pub address: Address,
    /// The action.
    pub action: Action,
}

/// A resource that is left as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Left {
    /// The resource.
    pub address: Address,
    /// The reason.
    pub reason: String,
}

/// The users of a local environment, in numbers: no name and no address of theirs is reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UsersReport {
    /// Where their ids come from.
    pub source: UsersSource,
    /// The database, without user and password.
    pub place: Option<String>,
    /// The number of members of conversations that were found.
    pub members: u64,
}

/// Where the ids of users come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UsersSource {
    /// A Postgres database.
    Database,
    /// The project's own users.
    Fixed,
}

/// A table that was seeded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SeededTable {
    /// The table.
    pub table: Address,
    /// The number of items that were written.
    pub items: u64,
}

impl StartupReport {
    /// A report of nothing yet.
    pub fn new(workspace: Place) -> Self {
        Self {
            format_version: FORMAT_VERSION,
            workspace,
            stack: None,
            account: None,
            region: None,
            planned: Vec::new(),
            applied: Vec::new(),
            left: Vec::new(),
            rule: None,
            users: None,
            seeded: Vec::new(),
            message: String::new(),
            exit_code: 0,
        }
    }

    /// The report in one line.
    pub fn line(&self) -> String {
        // Its keys are texts: it can always be written.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The schema (draft 2020-12) of the last line that `startup` and `reset` print.
pub fn schema() -> Value {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut schema = generator.into_root_schema_for::<StartupReport>().to_value();
    schema["title"] = json!("underpin startup");
    schema["additionalProperties"] = json!(false);
    schema["properties"]["format_version"]["const"] = json!(FORMAT_VERSION);
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn report_is_one_line_with_every_key() {
        let report = StartupReport { message: "a\nb".to_owned(), ..StartupReport::new(Place::Ona) };
        let line = report.line();
        assert!(!line.contains('\n'), "{line}");
        let value: Value = serde_json::from_str(&line).expect("it is JSON");
        let keys: Vec<&str> = value.as_object().expect("an object").keys().map(String::as_str).collect();
        let schema = schema();
        let required = schema["required"].as_array().expect("all are required");
        assert_eq!(keys.len(), required.len(), "{required:?}");
        assert_eq!(value["workspace"], "ona");
    }
}
