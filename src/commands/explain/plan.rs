//! `explain --plan`: the decision of service control policies on every call of a saved plan.

use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};

use super::args::ExplainArgs;
use super::context::GivenContext;
use crate::base::{Address, Caller, Environment, Streams, pending, read_text};
use crate::cli::Format;
use crate::commands::support::outputs::MOST;
use crate::error::CommandError;
use crate::guard::RequestContext;
use crate::kind::AccessRequest;
use crate::plan::FORMAT_VERSION;
use crate::policy::{Chain, Decision};
use crate::report::{self, to_json};
use crate::ui::Ui;

/// The part of a saved plan that an explanation needs.
#[derive(Debug, Deserialize)]
struct PlanFile {
    environment: Environment,
    steps: Vec<PlannedCall>,
}

#[derive(Debug, Deserialize)]
struct PlannedCall {
    id: String,
    address: Address,
    service: String,
    operation: String,
    requires: Vec<AccessRequest>,
}

fn read_plan(file: &Path) -> Result<PlanFile, CommandError> {
    let text = read_text(file, MOST, Streams::Taken).map_err(|error| CommandError::io("read", file, &error))?;
    let refuse = |message: String| {
        let message = format!("`{}` can't be explained: {message}", file.display());
        CommandError::Failed { message, causes: Vec::new(), hint: None }
            .hint("make one with `underpin plan --out FILE`")
    };
    let value: Value = serde_json::from_str(&text).map_err(|error| refuse(format!("it is not JSON: {error}")))?;
    match value.get("format_version").and_then(Value::as_str) {
        Some(FORMAT_VERSION) => {}
        Some(other) => return Err(refuse(format!("its format_version is {other:?}, not {FORMAT_VERSION:?}"))),
        None => return Err(refuse("it is not a plan of underpin".to_owned())),
    }
    let mut steps = value;
    if let Some(calls) = steps.get_mut("steps").and_then(Value::as_array_mut) {
        for call in calls {
            if let Some(requires) = call.get_mut("requires") {
                *requires = pending::import(requires);
            }
        }
    }
    PlanFile::deserialize(&steps).map_err(|error| refuse(error.to_string()))
}

pub(super) fn run(
    file: &Path,
    chain: &Chain,
    args: &ExplainArgs,
    given: &GivenContext,
    ui: &Ui,
) -> Result<Decision, CommandError> {
    let plan = read_plan(file)?;
    let caller = args.principal.as_ref().map(|arn| Caller { arn: arn.clone(), user_id: None, role: None });
    let at = jiff::Timestamp::now();
    let asker = RequestContext { env: &plan.environment, caller: caller.as_ref(), membership: None, at };
    let (mut text, mut data, mut decisions) = (String::new(), Vec::new(), Vec::new());
    for PlannedCall { id, address, service, operation, requires } in &plan.steps {
        for access in requires {
            let verdict = chain.judge(&given.complete(asker.request(service, access)));
            let resource = pending::display(&access.resource);
            let needed_by = [format!("needed by {service}:{operation} of {address}")];
            let told = report::explanation(&access.action, &resource, &verdict, &needed_by, ui.paint_out());
            if verdict.decision != Decision::Allowed || ui.listens() {
                text += &told;
            }
            let mut judged = json!({"step": id, "address": address, "action": access.action, "resource": resource});
            if let (Value::Object(judged), Ok(Value::Object(verdict))) = (&mut judged, serde_json::to_value(&verdict)) {
                judged.extend(verdict);
            }
            data.push(judged);
            decisions.push(verdict.decision);
        }
    }
    let strongest = [Decision::ExplicitlyDenied, Decision::ImplicitlyDenied, Decision::Unknown]
        .into_iter()
        .find(|decision| decisions.contains(decision))
        .unwrap_or(Decision::Allowed);
    match ui.format {
        Format::Json | Format::DynamodbJson => ui.data(&to_json(&json!({"decision": strongest, "steps": data})))?,
        _ => {
            let _ = writeln!(text, "{}", report::explained(plan.steps.len(), &decisions));
            ui.data(&text)?;
        }
    }
    Ok(strongest)
}
