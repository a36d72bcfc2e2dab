//! Reads the stack file, for all commands that use one.

use super::declarations::declarations;
use super::{grants, table_patterns};
use crate::base::{Address, Archives, Environment, Location, PropertyPath, Scope, Vault};
use crate::cli::Common;
use crate::error::CommandError;
use crate::guard::{self, ConfigTerms, Pins, ScpSource, Subject};
use crate::kind::Facts;
use crate::kind::Owner;
use crate::kinds::REGISTRY;
use crate::plan::{self, Verdict};
use crate::policy::Level;
use crate::report::Paint;
use crate::rules::RuleSet;
use crate::stack::{
    Document, Failure, Policies, Settings, Stack, config_rules, service_control_policies, unknown_region,
};
use crate::ui::Ui;

/// The file, and its settings.
#[cfg(feature = "aws")]
pub(crate) struct Source {
    pub(crate) document: Document,
    pub(crate) settings: Settings,
}

/// An environment variable.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Parses the file.
fn document(common: &Common) -> Result<Document, CommandError> {
    if !common.file.exists() {
        let message = format!("there is no stack file `{}`", common.file.display());
        let failed = CommandError::Failed { message, causes: Vec::new(), hint: None };
        return Err(failed.hint("name one with `--file`, or write a first one with `underpin init`"));
    }
    Ok(Document::read(&common.file, &crate::kinds::REGISTRY)?)
}

/// Reads the file and its settings.
#[cfg(feature = "aws")]
pub(crate) fn read(common: &Common) -> Result<Source, CommandError> {
    let document = document(common)?;
    let settings = document.settings(common.env.as_deref(), &REGISTRY, &variable)?;
    Ok(Source { document, settings })
}

/// The settings only.
pub(crate) fn settings(common: &Common) -> Result<Settings, CommandError> {
    Ok(document(common)?.settings(common.env.as_deref(), &REGISTRY, &variable)?)
}

/// The owner of the stack's resources in a region.
pub(crate) fn owner(settings: &Settings, env: &Environment) -> Owner {
    Owner {
        stack: settings.stack.clone(),
        previous_names: settings.previous_names.clone(),
        scope: Scope::new(settings.environment.as_deref(), &env.region),
    }
}

/// The service control policies that the file names; warnings about them are printed.
pub(crate) fn policies(common: &Common, settings: &Settings, ui: &Ui) -> Result<Vec<ScpSource>, CommandError> {
    let levels = told(service_control_policies(&common.file, settings)?, ui);
    let source = (!levels.is_empty()).then(|| ScpSource::of_files("guardrails.scps", levels));
    Ok(source.into_iter().collect())
}

/// The levels of policies that were read; warnings about them are printed.
pub(crate) fn told(policies: Policies, ui: &Ui) -> Vec<Level> {
    let Policies { levels, warnings } = policies;
    if !warnings.diagnostics.is_empty() {
        ui.say(&warnings.render(ui.paint_err() == Paint::Colour));
    }
    levels
}

/// The rules of AWS Config that the file names.
pub(crate) fn rules(common: &Common, settings: &Settings) -> Result<RuleSet, CommandError> {
    Ok(config_rules(&common.file, settings, &REGISTRY)?)
}

/// Judges resources of a stack by rules of AWS Config.
pub(crate) fn config(
    stack: &Stack,
    rules: &RuleSet,
    env: &Environment,
    facts: Option<&Facts>,
    archives: &Archives,
    resources: &[Subject<'_>],
) -> Vec<Verdict> {
    let locate = |address: &Address, path: &PropertyPath| stack.source.locate(address, path);
    // Resources of other sections are not read in this environment.
    let partial = stack.settings.sections.is_some();
    let all = || stack.resources.iter().chain(&stack.per_workspace);
    let has = |address: &Address| partial || all().any(|declared| declared.address == *address);
    let terms = ConfigTerms {
        registry: &REGISTRY,
        env,
        facts,
        rules,
        exceptions: &stack.settings.guardrails.exceptions,
        declared: &declarations(stack, env, archives, &rules.rules),
        today: jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date(),
        locate: &locate,
        has: &has,
    };
    guard::config(resources, &terms)
}

/// The assumed account and region when offline: the file's, else harmless ones.
pub(crate) fn offline(common: &Common, settings: &Settings) -> Environment {
    let region = common.region.clone().or_else(|| settings.region.clone()).or_else(|| variable("AWS_REGION"));
    Environment::assumed(settings.account.clone(), region)
}

/// Reads the whole stack for a known account and region.
pub(crate) fn read_for(common: &Common, env: &Environment) -> Result<Stack, CommandError> {
    let (vault, archives) = (Vault::new([0; 32]), Archives::default());
    read_with(common, &|_| env.clone(), &vault, &archives)
}

/// Refuses resources that conflict with each other, and warns of those that can't work together.
pub(crate) fn fitting(mut stack: Stack, env: &Environment) -> Result<Stack, CommandError> {
    table_patterns::without_secrets(&stack)?;
    grants::derive(&mut stack, env)?;
    let wanted = desired(stack.resources.iter().chain(&stack.per_workspace));
    let conflicts = plan::conflicts(&REGISTRY, &wanted, env).into_iter();
    let failures = conflicts.map(|(address, problems)| stack.source.failure(&address, problems));
    if let Some(failure) = failures.reduce(Failure::merge) {
        Err(failure.into())
    } else {
        for (address, problems) in plan::warnings(&REGISTRY, &wanted, env) {
            let warnings = stack.source.warnings(&address, problems);
            stack.warnings.extend(warnings);
        }
        Ok(stack)
    }
}

/// Reads the whole stack offline.
pub(crate) fn read_offline(common: &Common) -> Result<Stack, CommandError> {
    read_offline_with(common, &Archives::default())
}

/// The same, and keeps its code.
pub(crate) fn read_offline_with(common: &Common, archives: &Archives) -> Result<Stack, CommandError> {
    read_with(common, &|settings| offline(common, settings), &Vault::new([0; 32]), archives)
}

/// Reads the whole stack for the account and region that its settings give, and keeps its secrets and code.
pub(crate) fn read_with(
    common: &Common,
    env: &dyn Fn(&Settings) -> Environment,
    vault: &Vault,
    archives: &Archives,
) -> Result<Stack, CommandError> {
    let stack = document(common)?.load(common.env.as_deref(), env, &REGISTRY, vault, archives, &variable)?;
    let env = env(&stack.settings);
    fitting(stack, &env)
}

/// Reads the tables alone, offline.
#[cfg(feature = "aws")]
pub(crate) fn read_tables_offline(common: &Common) -> Result<Stack, CommandError> {
    let Source { document, settings } = read(common)?;
    let tables = settings.includes("tables").then(|| "tables".to_owned());
    let settings = Settings { sections: Some(tables.into_iter().collect()), ..settings };
    let env = offline(common, &settings);
    let (vault, archives) = (Vault::new([0; 32]), Archives::default());
    let stack = document.resolve(&settings, &env, &REGISTRY, &vault, &archives, &variable)?;
    table_patterns::without_secrets(&stack)?;
    Ok(stack)
}

/// The account and regions that the file allows, with their places.
pub(crate) fn pins<'s>(stack: &'s Stack, common: &Common) -> Pins<'s> {
    let settings = &stack.settings;
    let at = |key: &str| place_of(settings, key, &|keys| stack.source.setting(keys));
    Pins {
        account: settings.account.as_deref(),
        account_at: at("account"),
        residency: &settings.residency,
        residency_at: stack.source.setting(&["residency"]),
        region_at: at("region").filter(|_| common.region.is_none()),
    }
}

/// The same, of a file whose resources are not read.
#[cfg(feature = "aws")]
pub(crate) fn pins_of<'s>(source: &'s Source, common: &Common) -> Pins<'s> {
    let Source { document, settings } = source;
    let at = |key: &str| place_of(settings, key, &|keys| document.setting(keys));
    Pins {
        account: settings.account.as_deref(),
        account_at: at("account"),
        residency: &settings.residency,
        residency_at: document.setting(&["residency"]),
        region_at: at("region").filter(|_| common.region.is_none()),
    }
}

/// The place of a setting in the file: the chosen environment's own, else the file's.
fn place_of(settings: &Settings, key: &str, find: &dyn Fn(&[&str]) -> Option<Location>) -> Option<Location> {
    let of_environment = settings.environment.as_deref().and_then(|name| find(&["environments", name, key]));
    of_environment.or_else(|| find(&[key]))
}

/// The source of the endpoint for messages: the flag, or the line of the file.
#[cfg(feature = "aws")]
pub(crate) fn endpoint_from(document: &Document, settings: &Settings, common: &Common) -> Option<String> {
    if common.endpoint_url.is_some() {
        return Some("`--endpoint-url`".to_owned());
    }
    let at = place_of(settings, "endpoint_url", &|keys| document.setting(keys))?;
    Some(format!("`endpoint_url:` at {}:{}:{}", at.file.display(), at.line, at.column))
}

/// The resources in the planner's form.
pub(crate) fn wanted(stack: &Stack) -> Vec<plan::Desired> {
    desired(stack.resources.iter())
}

fn desired<'d>(declared: impl Iterator<Item = &'d crate::stack::Declared>) -> Vec<plan::Desired> {
    let one = |declared: &crate::stack::Declared| plan::Desired {
        address: declared.address.clone(),
        name: declared.name.clone(),
        body: declared.body.clone(),
        references: declared.references.iter().map(|used| (used.at.clone(), used.to.clone())).collect(),
        ignored: declared.ignored.clone(),
    };
    declared.map(one).collect()
}

/// Prints the file's warnings, and one about the region of the command line.
pub(crate) fn warn(stack: &Stack, common: &Common, ui: &Ui) {
    if !stack.warnings.is_empty() {
        ui.say(&stack.source.render(&stack.warnings, ui.paint_err() == Paint::Colour));
    }
    if let Some((message, hint)) = common.region.as_deref().and_then(unknown_region) {
        ui.say(&format!("warning: {message}\n  hint: {hint}"));
    }
}
