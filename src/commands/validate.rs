//! `validate`: checks the stack file, offline.

use serde_json::{Value, json};

use super::support::{stack_file, table_patterns};
use crate::access_patterns::PatternSummary;
use crate::base::{Address, Archives, Environment, Outputs};
use crate::cli::{Common, Format};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::guard::{self, Subject};
use crate::kind::Context;
use crate::kinds::REGISTRY;
use crate::report::{patterns_text, to_json, verdicts_text};
use crate::stack::{Declared, Stack};
use crate::ui::Ui;

pub(super) fn run(common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let archives = Archives::default();
    let stack = stack_file::read_offline_with(common, &archives)?;
    // Their mistakes are errors here too; only a plan can find their denials.
    stack_file::policies(common, &stack.settings, ui)?;
    let rules = stack_file::rules(common, &stack.settings)?;
    let guardrails = &stack.settings.guardrails;
    let env = stack_file::offline(common, &stack.settings);
    let normal = normal(&stack, &env);
    let nothing = Outputs::new();
    let subjects: Vec<_> = normal.iter().map(|one| judged(one, &nothing)).collect();
    let mut verdicts = stack_file::config(&stack, &rules, &env, None, &archives, &subjects);
    // Only credentials can tell the account; the region may be given already.
    if let Some(region) = common.region.as_ref().or(stack.settings.region.as_ref()) {
        let pins = stack_file::pins(&stack, common);
        verdicts.extend(guard::place(&Environment::new("", region), &guard::Pins { account: None, ..pins }));
    }
    verdicts.extend(table_patterns::verdicts(&stack, None));
    let patterns = table_patterns::summaries(&stack);
    let unknown = guardrails.unknown.unwrap_or_default();
    let denied = verdicts.iter().any(|verdict| verdict.outcome.forbids(unknown));
    match ui.format {
        Format::Json | Format::DynamodbJson => {
            let addresses: Vec<String> = stack.resources.iter().map(|declared| declared.address.to_string()).collect();
            ui.data(&to_json(&json!({
                "valid": true,
                "stack": stack.settings.stack,
                "resources": addresses,
                "per_workspace": stack.per_workspace.iter().map(|one| one.address.to_string()).collect::<Vec<_>>(),
                "warnings": stack.warnings,
                "verdicts": verdicts,
                "access_patterns": listed(&patterns),
            })))?;
        }
        _ => {
            stack_file::warn(&stack, common, ui);
            if !verdicts.is_empty() {
                ui.say(&ui.folded_err(verdicts_text(&verdicts, unknown, ui.paint_err())));
            }
            let count = stack.resources.len();
            let plural = if count == 1 { "" } else { "s" };
            let but = if denied { ", but can't be applied as it is" } else { "" };
            let own = match stack.per_workspace.len() {
                0 => String::new(),
                own => format!(", and {own} of each workspace's own"),
            };
            let patterns: String = patterns.iter().map(|(table, patterns)| patterns_text(table, patterns)).collect();
            ui.data(&format!(
                "{patterns}{} is valid{but}: stack {}, {count} resource{plural}{own}.\n",
                common.file.display(),
                stack.settings.stack
            ))?;
        }
    }
    Ok(if denied { Exit::Denied } else { Exit::Done })
}

/// The patterns as data, each with its table.
fn listed(patterns: &[(Address, Vec<PatternSummary>)]) -> Vec<Value> {
    let one = |table: &Address, pattern: &PatternSummary| {
        let mut value = json!({"table": table});
        if let (Value::Object(value), Ok(Value::Object(pattern))) = (&mut value, serde_json::to_value(pattern)) {
            value.extend(pattern);
        }
        value
    };
    patterns.iter().flat_map(|(table, patterns)| patterns.iter().map(move |pattern| one(table, pattern))).collect()
}

/// The desired resources, as far as they can be known offline.
pub(super) fn normal<'s>(stack: &'s Stack, env: &Environment) -> Vec<(&'s Declared, Value)> {
    let one = |declared: &'s Declared| {
        let cx = Context { name: &declared.name, env, facts: None };
        let kind = REGISTRY.kind(declared.address.section())?;
        let wanted = kind.normalize(&declared.body, &cx).unwrap_or_else(|_| declared.body.clone());
        Some((declared, wanted))
    };
    stack.resources.iter().filter_map(one).collect()
}

fn judged<'s>((declared, wanted): &'s (&'s Declared, Value), outputs: &'s Outputs) -> Subject<'s> {
    Subject { address: &declared.address, name: &declared.name, wanted, outputs, live: None }
}
