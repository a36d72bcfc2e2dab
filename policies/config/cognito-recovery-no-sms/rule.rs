//! Text messages can be read by whoever takes over the phone number. Source: Cognito API reference,
//! "`AccountRecoverySettingType`".

use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};
use serde_json::Value;

const MECHANISMS: &str = "/configuration/AccountRecoverySetting/RecoveryMechanisms";

/// Fails for pools that prefer text messages; so do those without a setting.
pub(crate) fn judge(pool: &Subject<'_>, _: &World<'_>) -> Answer {
    let mechanisms = pool.list(MECHANISMS)?;
    let first = mechanisms.iter().min_by_key(|one| one.get("Priority").and_then(Value::as_i64));
    let actual = match first.and_then(|one| one.get("Name")?.as_str()) {
        Some(name) if name != "verified_phone_number" => return Ok(Verdict::Pass),
        Some(name) => name,
        None => "not set: text messages come first",
    };
    let fault = Fault::new(MECHANISMS, "passwords are recovered by text message first");
    Ok(Verdict::Fail(vec![fault.expected("another mechanism with the first priority").actual(actual)]))
}
