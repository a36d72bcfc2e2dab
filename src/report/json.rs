//! JSON for programs.

use serde::Serialize;

use crate::plan::Plan;

/// The plan as JSON: the form whose parts DESIGN.md defines.
pub fn plan_json(plan: &Plan) -> String {
    to_json(plan)
}

/// Any data as indented JSON with a newline at its end.
pub fn to_json<T: Serialize>(data: &T) -> String {
    match serde_json::to_string_pretty(data) {
        Ok(text) => text + "\n",
        // Our own types have text keys only, so that this can't happen; if it does, the error is shown.
        Err(error) => format!("{{\"error\": {}}}\n", serde_json::Value::from(error.to_string())),
    }
}
