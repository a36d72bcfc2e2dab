//! The reports of audits that the library's own tests make up, for the tests of the whole, and the published models that the
//! formats of reports are held against.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use serde_json::{Value, json};
use underpin::audit::{
    Change, Check, Evidence, Finding, Fixable, NotAssessed, Remediation, Report, Resource, Scope, Standards, Status,
    Trend, Waiver,
};
use underpin::base::Location;
use underpin::rules::Severity;

use super::{python, root};

#[path = "../../../src/audit/generated.rs"]
mod generated;

pub(crate) use generated::{FIELDS, Random, hostile, report, sample};

/// Holds documents (name, format, text) against the published models of their formats. Gives the number of each format.
#[track_caller]
pub(crate) fn models_accept(documents: impl IntoIterator<Item = (String, &'static str, String)>) -> Value {
    let mut lines = String::new();
    for (name, format, text) in documents {
        let _ = writeln!(lines, "{}", json!({"name": name, "format": format, "text": text}));
    }
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = folder.path().join("documents.jsonl");
    fs::write(&file, lines).expect("it can be written");
    let ran = Command::new(python())
        .arg(root().join("tests/it/support/audit_formats.py"))
        .args([&file, &root().join("schema/audit.schema.json")])
        .output()
        .expect("Python runs");
    let (out, error) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success(), "{out}{error}");
    serde_json::from_str(out.lines().last().unwrap_or_default()).expect("the numbers")
}
