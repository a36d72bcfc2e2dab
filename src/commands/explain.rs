//! `explain`: what service control policies say to an action, or to every call of a saved plan; offline.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::defaults::{Assumed, assumed};
use super::{explain_plan, source};
use crate::base::pending;
use crate::cli::{Common, ExplainArgs, Format};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::guard::ScpSource;
use crate::policy::{Account, Chain, Decision, Known, Name, Policy, Request, Unnamed, name_of, takes_resource};
use crate::report::{self, ANY_RESOURCE, to_json};
use crate::stack::{Settings, policy_folder};
use crate::ui::Ui;

pub(super) fn run(args: &ExplainArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let given = context(&args.context)?;
    let complete = |request: Request| {
        let request =
            given.iter().fold(request, |request, (key, values)| request.with(key, Known::Values(values.clone())));
        request.others(if args.complete_context { Unnamed::Absent } else { Unnamed::Documented })
    };
    let Some(action) = &args.action else {
        let file = args.plan.as_deref().ok_or_else(|| CommandError::usage("nothing was asked"))?;
        let chain = chain(args, settings(args, common)?.as_ref(), common, ui)?;
        return explain_plan::run(file, &chain, args, ui, &complete);
    };
    sound(action, args.resource.as_deref(), ui)?;
    let settings = settings(args, common)?;
    let chain = chain(args, settings.as_ref(), common, ui)?;
    let (resource, shown) = match &args.resource {
        Some(resource) => (resource.clone(), resource.as_str()),
        None if takes_resource(action) == Some(false) => ("*".to_owned(), "*"),
        None => (format!("{}{ANY_RESOURCE}{}", pending::OPEN, pending::CLOSE), "any resource"),
    };
    let mut request = Request::new(action, &resource);
    if let Some(principal) = &args.principal {
        request = request.by(principal);
    }
    let is_given = |key: &str| given.keys().any(|given| given.eq_ignore_ascii_case(key));
    let assumed = assumed(action, args, common, settings.as_ref(), &is_given);
    let judge = |left_out: Option<&Assumed>| {
        let told = assumed.iter().filter(|one| Some(*one) != left_out);
        chain.judge(&complete(told.fold(request.clone(), |request, one| one.told(request))))
    };
    let verdict = judge(None);
    let is_open = args.resource.as_deref() == Some("*") && takes_resource(action) == Some(true);
    if verdict.decision == Decision::Allowed && is_open {
        ui.say("note: asked of `*`; a denial of one resource is seen with `--resource ARN`");
    }
    // What changes nothing need not be read.
    let decided = |one: &&Assumed| judge(Some(one)).decision != verdict.decision;
    match ui.format {
        Format::Json => {
            let mut data = serde_json::to_value(&verdict).unwrap_or_default();
            if let Value::Object(data) = &mut data {
                data.insert("assumed".to_owned(), json!(assumed));
            }
            ui.data(&to_json(&data))?;
        }
        Format::Text | Format::Markdown => {
            let notes: Vec<String> = assumed.iter().filter(decided).map(Assumed::sentence).collect();
            ui.data(&report::explanation(action, shown, &verdict, &notes, ui.paint_out()))?;
        }
    }
    Ok(exit(verdict.decision))
}

/// Refuses what is neither an action nor a resource, and warns of names that AWS is not known to have.
fn sound(action: &str, resource: Option<&str>, ui: &Ui) -> Result<(), CommandError> {
    let known = |part: &str| !part.is_empty() && !part.contains(['*', '?']);
    if !action.split_once(':').is_some_and(|(service, name)| known(service) && known(name)) {
        return Err(CommandError::usage(format!("`{action}` is not an action"))
            .hint("name a service and one action of it, such as `dynamodb:DeleteTable`"));
    }
    let named = resource.filter(|resource| *resource != "*");
    if let Some(resource) = named.filter(|named| !(named.starts_with("arn:") && named.splitn(6, ':').count() == 6)) {
        return Err(CommandError::usage(format!("`{resource}` is not an ARN")).hint(
            "name it in full, such as `arn:aws:dynamodb:eu-central-1:123456789012:table/orders`, or `*` for an action \
             that takes no resource",
        ));
    }
    let (what, near) = match name_of(action) {
        Name::Known | Name::Unlisted => return Ok(()),
        Name::NoAction(near) => ("action", near),
        Name::NoService(near) => ("service", near),
    };
    let hint = near.map(|near| format!("\n  hint: did you mean `{near}`?")).unwrap_or_default();
    ui.say(&format!("warning: AWS is not known to have this {what}: `{action}`{hint}"));
    Ok(())
}

/// What the stack file says at its top, where there is one. Beside `--scps` it may as well be broken.
fn settings(args: &ExplainArgs, common: &Common) -> Result<Option<Settings>, CommandError> {
    if !common.file.exists() {
        return Ok(None);
    }
    match source::settings(common) {
        Err(_) if args.scps.is_some() => Ok(None),
        settings => settings.map(Some),
    }
}

pub(super) fn exit(decision: Decision) -> Exit {
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
fn chain(args: &ExplainArgs, settings: Option<&Settings>, common: &Common, ui: &Ui) -> Result<Chain, CommandError> {
    let mut chain = match (&args.scps, settings) {
        (Some(folder), _) => {
            let levels = source::told(policy_folder(folder)?, ui);
            if args.beside_full_access {
                ScpSource::of_files("--scps", levels).chain
            } else {
                let bare = levels.iter().find(|level| !level.policies.iter().any(Policy::allows_anything));
                if let Some(level) = bare {
                    ui.say(&format!(
                        "note: no policy of level `{}` allows anything, so nothing is allowed there, as AWS has it; a \
                         plan takes such a level of `guardrails.scps` to stand beside AWS's `FullAWSAccess`, and so \
                         does `--beside-full-access`",
                        level.name
                    ));
                }
                Chain::of(levels)
            }
        }
        (None, Some(settings)) => {
            let source = source::policies(common, settings, ui)?.into_iter().next();
            if let Some(ScpSource { beside_full_access, .. }) = source.as_ref()
                && !beside_full_access.is_empty()
            {
                let levels = beside_full_access.join("`, `");
                ui.say(&format!("note: `{levels}` only denies, and is taken to stand beside AWS's `FullAWSAccess`"));
            }
            source.map(|source| source.chain).unwrap_or_default()
        }
        (None, None) => Chain::default(),
    };
    if chain.levels.is_empty() {
        ui.say("note: there are no service control policies to ask; name a folder of them with `--scps`");
    }
    if args.management_account {
        chain.account = Account::Management;
    }
    Ok(chain)
}
