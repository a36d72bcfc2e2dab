//! The job of the program that runs a function's code, as it reads it: one JSON object.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;
use serde_json::Value;

/// A job: a function, and one event or the triggers whose streams are read.
#[derive(Serialize)]
pub(super) struct Job<'a> {
    pub(super) function: FunctionJob<'a>,
    /// The event as JSON text.
    pub(super) event: Option<&'a str>,
    pub(super) triggers: &'a [TriggerJob],
    pub(super) once: bool,
    pub(super) until_idle: Option<f64>,
}

/// The function of a job.
#[derive(Serialize)]
pub(super) struct FunctionJob<'a> {
    pub(super) name: &'a str,
    pub(super) arn: String,
    pub(super) handler: &'a str,
    pub(super) runtime: &'a str,
    /// In MB.
    pub(super) memory: u32,
    /// In seconds.
    pub(super) timeout: u32,
    /// With all secrets in plain text: the job goes through a pipe and nowhere else.
    pub(super) environment: &'a BTreeMap<String, String>,
    pub(super) archive: &'a Path,
    /// The folder that the archive is unpacked in.
    pub(super) folder: &'a Path,
    /// The code's own path, for tracebacks.
    pub(super) source: Option<&'a Path>,
    pub(super) region: &'a str,
    pub(super) endpoint: &'a str,
    pub(super) access_key: &'a str,
}

/// A trigger of a job.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct TriggerJob {
    pub(super) name: String,
    /// The name of the table.
    pub(super) table: String,
    pub(super) batch_size: u32,
    /// The batching window in seconds.
    pub(super) window: u32,
    pub(super) filters: Vec<Value>,
    /// `LATEST` or `TRIM_HORIZON`.
    pub(super) position: &'static str,
    pub(super) bisect: bool,
    /// -1 for no limit.
    pub(super) retries: i32,
    /// In seconds; -1 for no limit.
    pub(super) maximum_age: i32,
    pub(super) report_failures: bool,
    /// The destination of discarded records.
    pub(super) on_failure: Option<String>,
}
