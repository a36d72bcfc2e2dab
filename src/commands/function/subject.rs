//! The function that is run: found in the stack, with its code, its variables and its triggers.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

use super::args::{LocalArgs, Position, WatchArgs};
use super::job::{FunctionJob, TriggerJob};
use super::place::Place;
use crate::base::{Address, Reference, Vault, pending};
use crate::cli::Common;
use crate::commands::support::stack_file;
use crate::error::CommandError;
use crate::kinds::function::FunctionSpec;
use crate::kinds::trigger::{StartingPosition, TriggerSpec};
use crate::stack::{Declared, Stack, did_you_mean};
use crate::ui::Ui;

/// A function that is ready to run.
pub(super) struct Subject {
    /// Its key in the stack file.
    key: String,
    /// Its name in AWS.
    pub(super) name: String,
    pub(super) spec: FunctionSpec,
    environment: BTreeMap<String, String>,
    /// The code's own path.
    source: Option<PathBuf>,
    /// Holds the archive, and what is unpacked of it; removed with the value.
    folder: TempDir,
    archive: PathBuf,
}

impl Subject {
    /// Finds the function, and lays its code ready.
    pub(super) async fn find(args: &LocalArgs, place: &Place, common: &Common, ui: &Ui) -> Result<Self, CommandError> {
        let declared = function(&place.stack, &args.name)?;
        let spec: FunctionSpec = parsed(declared)?;
        let name = &declared.name;
        if !spec.runtime.starts_with("python") {
            let message = format!("the function `{name}` runs on `{}`, and only Python runs here", spec.runtime);
            let hint = "`sam local invoke` and `docker run public.ecr.aws/lambda/…` run other runtimes";
            return Err(failed(message).hint(hint));
        }
        if !spec.layers.is_empty() {
            ui.say("note: the function's layers are not on this machine: its code runs without them");
        }
        let environment = environment(&spec, args, place, ui).await?;
        let folder = tempfile::tempdir().map_err(|error| CommandError::failed("failed to make a folder", &error))?;
        let archive = folder.path().join("code.zip");
        let Some(bytes) = place.archives.get(&spec.code.sha256) else {
            return Err(failed(format!("the code of `{name}` was not read")));
        };
        fs::write(&archive, &*bytes).map_err(|error| CommandError::io("write", &archive, &error))?;
        let of_file = common.file.parent().map_or_else(PathBuf::new, PathBuf::from);
        let source = spec.code.path.as_ref().map(|path| of_file.join(path));
        let key = declared.address.name().to_owned();
        Ok(Self { key, name: name.clone(), spec, environment, source, folder, archive })
    }

    /// Its part of a job.
    pub(super) fn job<'a>(&'a self, place: &'a Place) -> FunctionJob<'a> {
        let FunctionSpec { handler, runtime, memory, timeout, .. } = &self.spec;
        FunctionJob {
            name: &self.name,
            arn: place.aws.env().arn("lambda", &format!("function:{}", self.name)),
            handler,
            runtime,
            memory: *memory,
            timeout: *timeout,
            environment: &self.environment,
            archive: &self.archive,
            folder: self.folder.path(),
            source: self.source.as_deref(),
            region: &place.aws.env().region,
            endpoint: &place.endpoint,
            access_key: &place.access_key,
        }
    }

    /// The note on a Python that is not the function's.
    pub(super) fn note_on_python(&self, version: &str) -> Option<String> {
        other_python(version, &self.spec.runtime)
    }

    /// The triggers to read for, in the order of the file.
    pub(super) fn triggers(&self, args: &WatchArgs, stack: &Stack, ui: &Ui) -> Result<Vec<TriggerJob>, CommandError> {
        let prefix = format!("{}/", self.key);
        let mut all = Vec::new();
        for declared in stack.resources.iter().filter(|declared| declared.address.section() == "triggers") {
            let Some(name) = declared.address.name().strip_prefix(&prefix) else { continue };
            let mut spec: TriggerSpec = parsed(declared)?;
            spec.fill_in();
            all.push((name, spec));
        }
        if let Some(wanted) = &args.trigger {
            let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
            if !names.contains(&wanted.as_str()) {
                let message = format!("the function `{}` has no trigger `{wanted}`", self.name);
                let hint = did_you_mean(wanted, names.iter().copied());
                return Err(failed(message).hint(hint.unwrap_or_else(|| known("it has", &names))));
            }
            all.retain(|(name, _)| name == wanted);
        }
        let mut jobs = Vec::new();
        for (name, spec) in all {
            if !spec.enabled && args.trigger.is_none() {
                ui.say(&format!("note: the trigger `{name}` is disabled, and is not read"));
                continue;
            }
            match table_of(&spec, stack) {
                Some(table) => jobs.push(job(name, table, spec, args, ui)),
                None => ui.say(&format!("note: the trigger `{name}` reads no table's stream: it is left out")),
            }
        }
        if jobs.is_empty() {
            let message = format!("the function `{}` has no enabled trigger that reads a table's stream", self.name);
            let hint = "give it one (`triggers:`), or run its code once with `underpin function invoke NAME --local`";
            return Err(failed(message).hint(hint));
        }
        Ok(jobs)
    }
}

/// The trigger of a job; what of it has no effect here is reported.
fn job(name: &str, table: String, spec: TriggerSpec, args: &WatchArgs, ui: &Ui) -> TriggerJob {
    if spec.tumbling_window.is_some_and(|seconds| seconds > 0) {
        ui.say(&format!("note: the batches of `{name}` come without the state of its tumbling window"));
    }
    let position = match (args.starting_position, &spec.starting_position) {
        (Some(Position::Latest), _) => StartingPosition::Latest,
        (Some(Position::TrimHorizon), _) => StartingPosition::TrimHorizon,
        // New records alone would be none.
        (None, _) if args.once => StartingPosition::TrimHorizon,
        (None, of_trigger) => of_trigger.clone().unwrap_or_default(),
    };
    TriggerJob {
        name: name.to_owned(),
        table,
        batch_size: spec.batch_size.unwrap_or(100),
        window: spec.maximum_batching_window,
        filters: spec.filters,
        position: position.as_str(),
        bisect: spec.bisect_on_error.unwrap_or(false),
        retries: spec.maximum_retry_attempts.unwrap_or(-1),
        maximum_age: spec.maximum_record_age.unwrap_or(-1),
        report_failures: spec.report_batch_item_failures,
        on_failure: spec.on_failure,
    }
}

/// The name of the table whose stream a trigger reads, by a reference or by the stream's ARN.
fn table_of(spec: &TriggerSpec, stack: &Stack) -> Option<String> {
    let stream = spec.stream.as_deref()?;
    if let [reference] = pending::references(&stream.into()).as_slice() {
        return table_named(stack, reference);
    }
    let (_, resource) = stream.split_once(":table/")?;
    resource.split_once("/stream/").map(|(table, _)| table.to_owned())
}

/// The name of the table whose stream a reference gives.
fn table_named(stack: &Stack, reference: &Reference) -> Option<String> {
    let is_stream = reference.address.section() == "tables" && reference.attribute == "stream_arn";
    let table = stack.resources.iter().find(|declared| is_stream && declared.address == reference.address)?;
    Some(table.name.clone())
}

/// The variables of the function: those of the file, with the secrets, and over them those of the command line.
async fn environment(
    spec: &FunctionSpec,
    args: &LocalArgs,
    place: &Place,
    ui: &Ui,
) -> Result<BTreeMap<String, String>, CommandError> {
    let mut variables = spec.environment.clone();
    for (name, value) in &args.variables {
        let of_shell = || stack_file::variable(name);
        let Some(value) = value.clone().or_else(of_shell) else {
            let hint = format!("give its value: `--env-var {name}=VALUE`");
            return Err(CommandError::usage(format!("the variable `{name}` is not set in this shell")).hint(hint));
        };
        variables.insert(name.clone(), value);
    }
    let mut streams: BTreeMap<Address, String> = BTreeMap::new();
    for (name, value) in &mut variables {
        if Vault::is_sealed(value) {
            let Some(open) = place.aws.vault().open(value) else {
                return Err(failed(format!("the value of the variable `{name}` was not read")));
            };
            *value = open;
        }
        for reference in pending::references(&value.as_str().into()) {
            let unknown = || {
                let hint = format!("give a value for this run: `--env-var {name}=VALUE`");
                failed(format!("the variable `{name}` is `${{{reference}}}`, which nobody knows on this machine"))
                    .hint(hint)
            };
            let table = table_named(&place.stack, &reference).ok_or_else(unknown)?;
            if let Some(arn) = stream_of(place, &table).await {
                streams.insert(reference.address.clone(), arn);
            } else {
                return Err(unknown());
            }
        }
        *value = pending::fill_text(value, &|reference| streams.get(&reference.address).cloned());
    }
    let elsewhere = |name: &String| name.starts_with("AWS_ENDPOINT_URL");
    for name in variables.keys().filter(|name| elsewhere(name)) {
        ui.say(&format!("note: the variable `{name}` is left out: calls to AWS go to {}", place.endpoint));
    }
    variables.retain(|name, _| !elsewhere(name));
    Ok(variables)
}

/// The ARN of a table's stream at the emulator.
async fn stream_of(place: &Place, table: &str) -> Option<String> {
    let answer = place.aws.dynamodb().describe_table().table_name(table).send().await.ok()?;
    answer.table.and_then(|table| table.latest_stream_arn)
}

/// Finds a function by its key, its address, or its name.
fn function<'s>(stack: &'s Stack, name: &str) -> Result<&'s Declared, CommandError> {
    let all = || stack.resources.iter().filter(|declared| declared.address.section() == "functions");
    let key = name.strip_prefix("functions.").unwrap_or(name);
    let found = all().find(|one| one.address.name() == key).or_else(|| all().find(|one| one.name == name));
    found.ok_or_else(|| {
        let names: Vec<&str> = all().map(|one| one.address.name()).collect();
        let hint = did_you_mean(key, names.iter().copied());
        failed(format!("the stack has no function `{name}`")).hint(hint.unwrap_or_else(|| known("it has", &names)))
    })
}

fn known(words: &str, names: &[&str]) -> String {
    if names.is_empty() {
        return format!("{words} none");
    }
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    format!("{words} {}", quoted.join(", "))
}

fn parsed<T: serde::de::DeserializeOwned>(declared: &Declared) -> Result<T, CommandError> {
    serde_json::from_value(declared.body.clone())
        .map_err(|error| CommandError::failed(format!("failed to read {}", declared.address), &error))
}

pub(super) fn failed(message: String) -> CommandError {
    CommandError::Failed { message, causes: Vec::new(), hint: None }
}

/// The note on a Python that is not the runtime's.
fn other_python(version: &str, runtime: &str) -> Option<String> {
    let same = runtime.strip_prefix("python") == Some(version);
    (!same).then(|| format!("note: the code runs on Python {version} here, and on `{runtime}` in AWS"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_another_python_is_noted() {
        assert_eq!(other_python("3.13", "python3.13"), None);
        assert!(other_python("3.1", "python3.13").is_some());
    }
}
