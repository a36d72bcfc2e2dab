//! Saved plans: written, read again, and compared with a new plan.
//!
//! A saved plan is the JSON plan with the inputs for making it again: the options of the command,
//! the salt of its digests, and a digest over all of it. To apply it, the plan is made again with these options; only
//! if every change and every call is the same is it applied, so that it applies exactly as shown.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{outputs::MOST, request::Request};
use crate::base::{Address, PropertyPath, Streams, Vault, hex, pending, read_text};
use crate::cli::Common;
use crate::error::CommandError;
use crate::guard::Consents;
use crate::plan::{Action, FORMAT_VERSION, Plan};
use crate::report;

/// A plan that was read from a file.
pub(crate) struct SavedPlan {
    pub(crate) salt: [u8; 32],
    pub(crate) request: Request,
    value: Value,
}

/// The plan as JSON, with the inputs for making it again.
pub(crate) fn to_json(plan: &Plan, request: &Request, common: &Common, vault: &Vault) -> Result<String, CommandError> {
    let mut value =
        serde_json::to_value(plan).map_err(|error| CommandError::failed("failed to write the plan", &error))?;
    let Request { targets, excludes, releases, consents, fixes, backup, destroy, unknown, at } = request;
    let Consents { delete, replace, unprotect, adopt } = consents;
    value["terms"] = json!({
        "targets": targets,
        "excludes": excludes,
        "releases": releases,
        "allow_delete": delete,
        "allow_replace": replace,
        "allow_unprotect": unprotect,
        "allow_adopt": adopt,
        "backup": backup,
        "destroy": destroy,
        "unknown": unknown,
        "at": at,
        "sandbox": common.sandbox,
        "salt": vault.salt(),
    });
    // Only a plan that fixes findings has them: other plans look as before.
    if !fixes.is_empty() {
        value["terms"]["fixes"] = json!(fixes);
    }
    value["digest"] = json!(digest(&value));
    Ok(report::to_json(&value))
}

/// The digest over everything but itself.
fn digest(value: &Value) -> String {
    let mut rest = value.clone();
    if let Value::Object(map) = &mut rest {
        map.remove("digest");
    }
    rest.sort_all_objects();
    hex(&Sha256::digest(rest.to_string().as_bytes()))
}

/// Reads a saved plan. A file that is not one, or was changed by hand, is an error.
pub(crate) fn read(file: &Path) -> Result<SavedPlan, CommandError> {
    let text = read_text(file, MOST, Streams::Taken).map_err(|error| CommandError::io("read", file, &error))?;
    let refuse = |message: String| CommandError::Failed {
        message: format!("`{}` can't be applied: {message}", file.display()),
        causes: Vec::new(),
        hint: Some("save a new one with `underpin plan --out FILE`".to_owned()),
    };
    let value: Value = serde_json::from_str(&text).map_err(|error| {
        let shown = text.starts_with("Stack ") || text.starts_with("## Plan ");
        refuse(if shown { "it is the text form of a plan".to_owned() } else { format!("it is not JSON: {error}") })
    })?;
    match value.get("format_version") {
        Some(Value::String(version)) if version == FORMAT_VERSION => {}
        Some(other) => return Err(refuse(format!("its format_version is {other}, not {FORMAT_VERSION:?}"))),
        None => return Err(refuse("it is not a plan of underpin".to_owned())),
    }
    if value.get("digest").and_then(Value::as_str) != Some(digest(&value).as_str()) {
        return Err(refuse("it was changed after it was saved".to_owned()));
    }
    let malformed = || refuse("its terms can't be read".to_owned());
    let terms = value.get("terms").ok_or_else(malformed)?;
    let salt = terms["salt"].as_str().and_then(Vault::parse_salt).ok_or_else(malformed)?;
    let set = |key: &str| -> Result<BTreeSet<Address>, CommandError> {
        let items = terms[key].as_array().ok_or_else(malformed)?;
        items
            .iter()
            .map(|item| item.as_str().and_then(|text| text.parse::<Address>().ok()).ok_or_else(malformed))
            .collect()
    };
    // A plan that was saved before these options existed has none of them.
    let later = |key: &str| if terms.get(key).is_some() { set(key) } else { Ok(BTreeSet::new()) };
    let request = Request {
        targets: set("targets")?,
        excludes: later("excludes")?,
        releases: later("releases")?,
        consents: Consents {
            delete: set("allow_delete")?,
            replace: set("allow_replace")?,
            unprotect: set("allow_unprotect")?,
            adopt: set("allow_adopt")?,
        },
        fixes: match terms.get("fixes") {
            Some(fixes) => serde_json::from_value(fixes.clone()).map_err(|_| malformed())?,
            None => BTreeMap::new(),
        },
        backup: terms["backup"].as_bool().ok_or_else(malformed)?,
        destroy: terms["destroy"].as_bool().ok_or_else(malformed)?,
        unknown: serde_json::from_value(terms["unknown"].clone()).map_err(|_| malformed())?,
        at: terms["at"].as_str().ok_or_else(malformed)?.to_owned(),
    };
    Ok(SavedPlan { salt, request, value })
}

impl SavedPlan {
    /// Checks that a plan is of the same stack, account, region and endpoint.
    pub(crate) fn same_place(&self, plan: &Plan, common: &Common) -> Result<(), CommandError> {
        let now = json!({"stack": plan.stack, "environment": plan.environment});
        let refuse = |message: String| CommandError::Failed {
            message,
            causes: Vec::new(),
            hint: Some(
                "apply it with the stack file, the credentials and the endpoint that it was made with".to_owned(),
            ),
        };
        if self.value["stack"] != now["stack"] {
            return Err(refuse(format!("the saved plan is of stack {}, not {}", self.value["stack"], now["stack"])));
        }
        for part in ["partition", "account", "region"] {
            let (then, now) = (&self.value["environment"][part], &now["environment"][part]);
            if then != now {
                return Err(refuse(format!("the saved plan is for {part} {then}, not {now}")));
            }
        }
        // A sandbox that was started again has a different port.
        let of = |sandbox: bool, endpoint: Option<&str>| match endpoint {
            _ if sandbox => "the sandbox".to_owned(),
            Some(url) => format!("`{url}`"),
            None => "AWS".to_owned(),
        };
        let then = of(self.value["terms"]["sandbox"] == true, self.value["endpoint_url"].as_str());
        let now = of(common.sandbox, plan.endpoint_url.as_deref());
        if then != now {
            return Err(refuse(format!("the saved plan was made at {then}, and this is {now}")));
        }
        Ok(())
    }

    /// Checks that the plan, made again, is the saved one. The error names the differences.
    pub(crate) fn same_as(&self, plan: &Plan) -> Result<(), CommandError> {
        let now =
            serde_json::to_value(plan).map_err(|error| CommandError::failed("failed to write the plan", &error))?;
        let differences = moved(&self.value, &now);
        match differences.as_slice() {
            [] => Ok(()),
            _ if done_already(&self.value, plan) => Err(CommandError::DoneAlready),
            _ => Err(CommandError::Stale { differences }),
        }
    }
}

/// Returns whether all that a plan would do is done already, and there is nothing else to do.
fn done_already(then: &Value, now: &Plan) -> bool {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let changes = list(&then["changes"]);
    let done = |change: &Value| {
        let is = now.changes.iter().find(|now| change["address"] == now.address.to_string());
        let Some(is) = is else { return change["action"] == "delete" };
        // An empty plan may also mean that the file asks for less.
        let wanted = |property: &Value| {
            let path = property["path"].as_str().and_then(|path| path.parse::<PropertyPath>().ok());
            let found = path.and_then(|path| is.wanted.as_ref().and_then(|tree| path.get(tree)));
            property["known_after_apply"] == true || found.map(pending::export).unwrap_or_default() == property["after"]
        };
        is.action == Action::NoOp && list(&change["properties"]).iter().all(wanted)
    };
    now.is_empty() && changes.iter().any(|change| change["action"] != "no_op") && changes.iter().all(done)
}

/// The differences between two plans, by resource and property.
pub(crate) fn moved(then: &Value, now: &Value) -> Vec<String> {
    let list = |plan: &Value, key: &str| plan[key].as_array().cloned().unwrap_or_default();
    let by = |items: Vec<Value>, key: &str| -> Vec<(String, Value)> {
        items.into_iter().map(|item| (item[key].as_str().unwrap_or_default().to_owned(), item)).collect()
    };
    let mut differences = Vec::new();
    let (old, new) = (by(list(then, "changes"), "address"), by(list(now, "changes"), "address"));
    let find =
        |items: &[(String, Value)], key: &str| items.iter().find(|(name, _)| name == key).map(|(_, v)| v.clone());
    for (address, before) in &old {
        let Some(after) = find(&new, address) else {
            differences.push(format!("{address}: there is nothing to do for it any more"));
            continue;
        };
        if before["action"] != "no_op" && after["action"] == "no_op" {
            differences.push(format!("{address}: it is as planned already"));
            continue;
        }
        let (was, is) = (by(list(before, "properties"), "path"), by(list(&after, "properties"), "path"));
        let seen = differences.len();
        for (path, property) in &was {
            match find(&is, path) {
                None => differences.push(format!("{address}: `{path}` is as planned already")),
                Some(other) if other["before"] != property["before"] => {
                    differences
                        .push(format!("{address}: `{path}` was {}, and is {}", property["before"], other["before"]));
                }
                Some(other) if other["after"] != property["after"] => {
                    differences
                        .push(format!("{address}: `{path}` had another value in the file: its source has changed"));
                }
                Some(_) => {}
            }
        }
        for (path, property) in is.iter().filter(|(path, _)| find(&was, path).is_none()) {
            differences.push(format!("{address}: `{path}` differs now: {} is live", property["before"]));
        }
        if before["unique_id"] != after["unique_id"] {
            let what = match (before["unique_id"].is_null(), after["unique_id"].is_null()) {
                (true, _) => "it exists now",
                (_, true) => "it is gone",
                (false, false) => "somebody else created it again",
            };
            differences.push(format!("{address}: {what}"));
        } else if before["action"] != after["action"] && differences.len() == seen {
            differences.push(format!("{address}: the action was {}, and is {}", before["action"], after["action"]));
        }
    }
    for (address, after) in new.iter().filter(|(address, _)| find(&old, address).is_none()) {
        if after["action"] != "no_op" {
            differences.push(format!("{address}: there is something to do for it now"));
        }
    }
    if differences.is_empty() && then["steps"] != now["steps"] {
        differences.push("the API calls would differ".to_owned());
    }
    differences
}
