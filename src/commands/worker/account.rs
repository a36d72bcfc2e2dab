//! The audit of one account, by the command line that a person would write.

use clap::Parser as _;
use serde_json::{Value, json};

use super::event::{Account, Caught, Unaudited};
use super::failure::Failure;
use super::store::Store;
use crate::audit::{NotAssessed, Report, Scope};
use crate::aws::Aws;
use crate::cli::Common;
use crate::commands::audit::{AuditArgs, report_of};
use crate::commands::command_line::{Cli, Command};
use crate::ui::Ui;

/// Audits an account, writes its report, and answers with its numbers.
pub(super) async fn audit(one: &Account, own: &Aws) -> Result<Value, Failure> {
    let (args, common) = arguments(one)?;
    let report = Box::pin(report_of(&args, &common, &Ui::new(&common))).await?;
    if !report.scope.accounts.contains(&one.account) {
        let why = report.not_assessed.iter().find(|entry| entry.account == one.account);
        let why = why.map_or_else(|| "the account was not read".to_owned(), |entry| entry.reason.clone());
        let throttled = why.contains("limits the rate");
        return Err(if throttled { Failure::Throttled(why) } else { Failure::AccountUnread(why) });
    }
    let store = Store::new(own, &one.to);
    let key = store.key_of(&one.account);
    store.write_report(&key, &report).await?;
    Ok(json!({
        "account": one.account,
        "report": key,
        "summary": report.summary(),
        "not_assessed": report.not_assessed.len(),
        "calls": report.scope.calls,
    }))
}

/// The arguments of the command: values of the event are never taken for options.
fn arguments(one: &Account) -> Result<(AuditArgs, Common), Failure> {
    let mut words = vec!["underpin".to_owned(), "audit".to_owned(), "--no-stack".to_owned()];
    words.push(format!("--account={}", one.account));
    words.push(format!("--account-role={}", one.role));
    words.extend(one.external_id.iter().map(|id| format!("--external-id={id}")));
    if one.regions.is_empty() {
        words.push("--all-regions".to_owned());
    }
    words.extend(one.regions.iter().map(|region| format!("--region={region}")));
    let bad = |why: String| Failure::BadEvent(why.lines().next().unwrap_or_default().to_owned());
    let Cli { command, mut common } = Cli::try_parse_from(words).map_err(|error| bad(error.to_string()))?;
    common.settle(command.takes_several()).map_err(|flag| bad(format!("`{flag}` is given more than once")))?;
    match command {
        Command::Audit(args) => Ok((args, common)),
        _ => Err(bad("it is no audit".to_owned())),
    }
}

/// Writes the report of an account that could not be audited, so that it is never taken for one without findings.
pub(super) async fn not_assessed(one: &Unaudited, own: &Aws) -> Result<Value, Failure> {
    let reason = format!("the account could not be audited: {}", explained(&one.error));
    let store = Store::new(own, &one.to);
    let key = store.key_of(&one.account);
    store.write_report(&key, &unaudited(&one.account, &reason)).await?;
    Ok(json!({"account": one.account, "report": key, "not_assessed": 1, "reason": reason}))
}

/// A report that says of an account that nothing of it is known.
pub(super) fn unaudited(account: &str, reason: &str) -> Report {
    let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let entry = NotAssessed {
        account: account.to_owned(),
        region: "global".to_owned(),
        action: None,
        reason: reason.to_owned(),
        checks: Vec::new(),
        findings: 0,
    };
    let scope = Scope { started: now.clone(), finished: now, ..Scope::default() };
    Report { scope, not_assessed: vec![entry], ..Report::default() }
}

/// An error in words. The cause of a function that failed is its answer: a JSON object with `errorMessage`.
fn explained(caught: &Caught) -> String {
    let answer: Value = serde_json::from_str(&caught.cause).unwrap_or_default();
    let message = answer["errorMessage"].as_str().unwrap_or(&caught.cause);
    let short: String = message.chars().take(1_000).collect();
    if short.is_empty() { caught.error.clone() } else { format!("{} ({})", short.trim_end_matches('.'), caught.error) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::worker::event::Place;

    fn account(role: &str, regions: &[&str]) -> Account {
        let to = Place { bucket: "b".to_owned(), prefix: "p".to_owned() };
        let regions = regions.iter().map(|one| (*one).to_owned()).collect();
        Account { account: "123456789012".to_owned(), role: role.to_owned(), external_id: None, regions, to }
    }

    #[test]
    fn values_of_an_event_are_arguments_and_never_options() {
        let (args, common) = arguments(&account("--help", &["eu-central-1", "eu-west-1"])).expect("arguments");
        assert_eq!((args.account_role.as_deref(), args.no_stack, args.all_regions), (Some("--help"), true, false));
        assert_eq!(common.regions, ["eu-central-1", "eu-west-1"]);
        assert!(arguments(&account("r", &[])).expect("arguments").0.all_regions, "no region: all of them");
    }

    #[test]
    fn cause_of_a_function_that_failed_is_its_message() {
        let cause = r#"{"errorType": "AccountUnread", "errorMessage": "the caller may not `sts:AssumeRole`"}"#;
        let caught = Caught { error: "AccountUnread".to_owned(), cause: cause.to_owned() };
        assert_eq!(explained(&caught), "the caller may not `sts:AssumeRole` (AccountUnread)");
        let timeout = Caught { error: "States.Timeout".to_owned(), cause: String::new() };
        assert_eq!(explained(&timeout), "States.Timeout");
    }
}
