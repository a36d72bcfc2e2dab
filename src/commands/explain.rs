//! `explain`: what service control policies say to an action, or to every call of a saved plan; offline.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{outputs::MOST, source};
use crate::base::{Address, Caller, Environment, Streams, pending, read_text};
use crate::cli::{Common, ExplainArgs, Format};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::guard::{Asker, ScpSource};
use crate::kind::AccessRequest;
use crate::plan::FORMAT_VERSION;
use crate::policy::{Account, Chain, Decision, Known, Policy, Request, Unnamed};
use crate::report::{self, to_json};
use crate::stack::policy_folder;
use crate::ui::Ui;

pub(super) fn run(args: &ExplainArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let given = context(&args.context)?;
    let complete = |request: Request| {
        let request =
            given.iter().fold(request, |request, (key, values)| request.with(key, Known::Values(values.clone())));
        request.others(if args.complete_context { Unnamed::Absent } else { Unnamed::Unknown })
    };
    if let Some(action) = &args.action {
        let known = |part: &str| !part.is_empty() && !part.contains(['*', '?']);
        if !action.split_once(':').is_some_and(|(service, name)| known(service) && known(name)) {
            return Err(CommandError::usage(format!("`{action}` is not an action"))
                .hint("name a service and one action of it, such as `dynamodb:DeleteTable`"));
        }
        let chain = chain(args, common, ui)?;
        let mut request = Request::new(action, &args.resource);
        if let Some(principal) = &args.principal {
            request = request.by(principal);
        }
        let verdict = chain.judge(&complete(request));
        ui.data(&match ui.format {
            Format::Json => to_json(&verdict),
            Format::Text | Format::Markdown => report::explanation(action, &args.resource, &verdict, ui.paint_out()),
        })?;
        return Ok(exit(verdict.decision));
    }
    let file = args.plan.as_deref().ok_or_else(|| CommandError::usage("nothing was asked"))?;
    explain_plan(&read_plan(file)?, &chain(args, common, ui)?, args, ui, &complete)
}

fn exit(decision: Decision) -> Exit {
    if decision == Decision::Allowed { Exit::Done } else { Exit::Denied }
}

/// The keys that were given, with their values.
fn context(given: &[String]) -> Result<BTreeMap<String, Vec<String>>, CommandError> {
    let mut context: BTreeMap<String, (String, Vec<String>)> = BTreeMap::new();
    for pair in given {
        let Some((key, value)) = pair.split_once('=').filter(|(key, _)| key.contains(':')) else {
            return Err(CommandError::usage(format!("`--context {pair}` is not a condition key with its value"))
                .hint("write `--context aws:RequestedRegion=eu-central-1`"));
        };
        let (_, values) = context.entry(key.to_lowercase()).or_insert_with(|| (key.to_owned(), Vec::new()));
        values.push(value.to_owned());
    }
    Ok(context.into_values().collect())
}

/// The chain that is asked.
fn chain(args: &ExplainArgs, common: &Common, ui: &Ui) -> Result<Chain, CommandError> {
    let mut chain = match &args.scps {
        Some(folder) => {
            let levels = policy_folder(folder)?;
            if args.beside_full_access {
                ScpSource::of_files("--scps", levels).chain
            } else {
                let bare = levels.iter().find(|level| !level.policies.iter().any(Policy::allows_anything));
                if let Some(level) = bare {
                    ui.say(&format!(
                        "note: no policy of level `{}` allows anything, so nothing is allowed there; to have it stand \
                         beside AWS's `FullAWSAccess`, say `--beside-full-access`",
                        level.name
                    ));
                }
                Chain::of(levels)
            }
        }
        None if common.file.exists() => {
            let sources = source::policies(common, &source::settings(common)?)?;
            sources.into_iter().next().map(|source| source.chain).unwrap_or_default()
        }
        None => Chain::default(),
    };
    if chain.levels.is_empty() {
        ui.say("note: there are no service control policies to ask; name a folder of them with `--scps`");
    }
    if args.management_account {
        chain.account = Account::Management;
    }
    Ok(chain)
}

/// What an explanation needs of a saved plan.
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
        Some(other) => return Err(refuse(format!("its format_version is {other:?}, and this is {FORMAT_VERSION:?}"))),
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

fn explain_plan(
    plan: &PlanFile,
    chain: &Chain,
    args: &ExplainArgs,
    ui: &Ui,
    complete: &dyn Fn(Request) -> Request,
) -> Result<Exit, CommandError> {
    let caller = args.principal.as_ref().map(|arn| Caller { arn: arn.clone(), user_id: None });
    let at = jiff::Timestamp::now();
    let asker = Asker { env: &plan.environment, caller: caller.as_ref(), membership: None, at };
    let (mut text, mut data, mut decisions) = (String::new(), Vec::new(), Vec::new());
    for call in &plan.steps {
        for access in &call.requires {
            let verdict = chain.judge(&complete(asker.request(&call.service, access)));
            let resource = pending::display(&access.resource);
            text.push_str(&report::explanation(&access.action, &resource, &verdict, ui.paint_out()));
            let mut judged = json!({
                "step": call.id, "address": call.address, "action": access.action, "resource": resource
            });
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
        Format::Json => ui.data(&to_json(&json!({"decision": strongest, "steps": data})))?,
        Format::Text | Format::Markdown => ui.data(&text)?,
    }
    Ok(exit(strongest))
}
