//! `explain ACTION`: the decision of service control policies on an action.

use serde_json::{Value, json};

use super::args::ExplainArgs;
use super::chain::{chain, settings};
use super::context::GivenContext;
use super::defaults::{Assumed, assumed};
use crate::base::pending;
use crate::cli::{Common, Format};
use crate::error::CommandError;
use crate::policy::{Decision, Name, Request, name_of, takes_resource};
use crate::report::{self, ANY_RESOURCE, to_json};
use crate::ui::Ui;

pub(super) fn run(
    action: &str,
    args: &ExplainArgs,
    given: &GivenContext,
    common: &Common,
    ui: &Ui,
) -> Result<Decision, CommandError> {
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
    let assumed = assumed(action, args, common, settings.as_ref(), &|key| given.has(key));
    let judge = |left_out: Option<&Assumed>| {
        let told = assumed.iter().filter(|one| Some(*one) != left_out);
        chain.judge(&given.complete(told.fold(request.clone(), |request, one| one.told(request))))
    };
    let verdict = judge(None);
    let is_open = args.resource.as_deref() == Some("*") && takes_resource(action) == Some(true);
    if verdict.decision == Decision::Allowed && is_open {
        ui.say("note: judged for `*`; `--resource ARN` shows a denial for one resource");
    }
    // A derived key that changes nothing is not shown.
    let decided = |one: &&Assumed| judge(Some(one)).decision != verdict.decision;
    match ui.format {
        Format::Json | Format::DynamodbJson => {
            let mut data = serde_json::to_value(&verdict).unwrap_or_default();
            if let Value::Object(data) = &mut data {
                data.insert("assumed".to_owned(), json!(assumed));
            }
            ui.data(&to_json(&data))?;
        }
        _ => {
            let notes: Vec<String> = assumed.iter().filter(decided).map(Assumed::sentence).collect();
            ui.data(&report::explanation(action, shown, &verdict, &notes, ui.paint_out()))?;
        }
    }
    Ok(verdict.decision)
}

/// Refuses texts that are neither an action nor a resource, and warns of names that AWS is not known to have.
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
