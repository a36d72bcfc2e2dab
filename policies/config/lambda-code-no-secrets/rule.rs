//! Code is copied, kept in repositories, and read by everybody who may read the function. Looked at are the sources from which
//! the stack's file builds its functions, before they are uploaded; nothing is downloaded. Secrets are found by their form:
//! keys and tokens as their issuers write them, private keys, passwords within addresses, and texts that are assigned to a
//! name such as `password`. What is found is in no report: only its file and line are.

use serde_json::Value;

use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};

/// The most places that are named.
const NAMED: usize = 5;

/// Fails for a function whose sources hold secrets.
pub(crate) fn judge(function: &Subject<'_>, _: &World<'_>) -> Answer {
    let at = "/supplementaryConfiguration/DeclaredCode";
    if function.get(at)?.is_none() {
        return Ok(Verdict::NotApplicable);
    }
    let secrets = function.list(&format!("{at}/Secrets"))?;
    if secrets.is_empty() {
        return Ok(Verdict::Pass);
    }
    let named: Vec<String> = secrets.iter().take(NAMED).map(place).collect();
    let more = match secrets.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    let message = format!("its code seems to hold secrets: {}{more}", named.join(", "));
    let fault = Fault::new("/configuration/codeSha256", message).expected("no secret in the code");
    Ok(Verdict::Fail(vec![fault.actual(format!("{} (not shown)", secrets.len()))]))
}

fn place(secret: &Value) -> String {
    let text = |key: &str| secret.get(key).and_then(Value::as_str).unwrap_or_default();
    let line = secret.get("Line").and_then(Value::as_u64).unwrap_or_default();
    format!("{}:{line} ({})", text("File"), text("Form"))
}
