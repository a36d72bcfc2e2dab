//! Where the report goes, and in which form: standard output, and files.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::ValueEnum as _;

use crate::audit::{Change, Check, Report, Status};
use crate::cli::{Common, Format};
use crate::commands::support::outputs;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::report::{
    Shown, audit_asff, audit_csv, audit_html, audit_junit, audit_markdown, audit_ocsf, audit_sarif, audit_text,
};
use crate::rules::Severity;
use crate::ui::{Readers, Ui, write_by};

/// Where a report goes, and in which form.
pub(super) struct Outputs {
    /// The form on standard output.
    stdout: Option<Format>,
    /// The files, each with its form.
    files: Vec<(PathBuf, Format)>,
}

/// The forms of a report.
const FORMATS: &[Format] = &[
    Format::Text,
    Format::Markdown,
    Format::Json,
    Format::Sarif,
    Format::Junit,
    Format::Csv,
    Format::Ocsf,
    Format::Asff,
    Format::Html,
];

/// The endings of files, the longest first, each with the form that it stands for.
const ENDINGS: &[(&str, Format)] = &[
    (".ocsf.json", Format::Ocsf),
    (".asff.json", Format::Asff),
    (".sarif.json", Format::Sarif),
    (".junit.xml", Format::Junit),
    (".sarif", Format::Sarif),
    (".html", Format::Html),
    (".htm", Format::Html),
    (".json", Format::Json),
    (".csv", Format::Csv),
    (".xml", Format::Junit),
    (".markdown", Format::Markdown),
    (".md", Format::Markdown),
    (".txt", Format::Text),
    (".text", Format::Text),
];

impl Outputs {
    /// Reads `--format` and `--output`. As many formats as files: each file has its own. No format: a file's ending says
    /// it, and the terminal gets the text. Formats alone: the report goes to standard output.
    pub(super) fn of(common: &Common) -> Result<Self, CommandError> {
        for file in common.outputs.iter().filter(|file| !is_stdout(file)) {
            outputs::is_not_the_stack(file, common, "--output")?;
            let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
            if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
                let error = CommandError::usage(format!("there is no folder `{}` for `--output`", folder.display()));
                return Err(error.hint("make it first; nothing was read"));
            }
            if common.outputs.iter().filter(|other| *other == file).count() > 1 {
                return Err(CommandError::usage(format!("`--output {}` is given twice", file.display())));
            }
        }
        let formats: Vec<Format> = common.formats.iter().map(|format| format.canonical()).collect();
        if let Some(other) = formats.iter().find(|format| !FORMATS.contains(format)) {
            let name = other.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
            let hint = "text, markdown, json, sarif, junit, csv, ocsf, asff and html are its formats";
            return Err(CommandError::usage(format!("`audit` has no format `{name}`")).hint(hint));
        }
        match (formats.len(), common.outputs.len()) {
            (0, _) => {
                let files = common.outputs.iter().filter(|file| !is_stdout(file));
                let files = files.map(|file| Ok((file.clone(), by_ending(file)?)));
                let files = files.collect::<Result<Vec<_>, CommandError>>()?;
                Ok(Self { stdout: Some(Format::Text), files })
            }
            (1, 0) => Ok(Self { stdout: formats.first().copied(), files: Vec::new() }),
            (some, files) if some == files => {
                let all = common.outputs.iter().cloned().zip(formats);
                let (stdout, files): (Vec<_>, Vec<_>) = all.partition(|(file, _)| is_stdout(file));
                if stdout.len() > 1 {
                    return Err(CommandError::usage("`--output -`, standard output, is given twice"));
                }
                Ok(Self { stdout: stdout.first().map(|(_, format)| *format), files })
            }
            (some, files) => Err(CommandError::usage(format!("{some} formats are given for {files} files")).hint(
                "give each `--output` its `--format`, in the same order, or leave `--format` out: the files' endings say it",
            )),
        }
    }

    /// Writes the report. Files first: a reader of standard output who stops reading stops nothing else.
    pub(super) fn write(&self, report: &Report, shown: Shown, ui: &Ui) -> Result<(), CommandError> {
        for (file, format) in &self.files {
            write_by(file, Readers::Usual, |out| write(report, *format, shown, ui, false, out))?;
            ui.say(&format!("Written to {}.", file.display()));
        }
        if let Some(format) = self.stdout {
            // The files are written already, each in its own form.
            let ui = &ui.without_output();
            ui.data(&text(report, format, shown, ui, true)?)?;
        }
        Ok(())
    }
}

/// `-` is standard output.
fn is_stdout(file: &std::path::Path) -> bool {
    file.as_os_str() == "-"
}

fn by_ending(file: &std::path::Path) -> Result<Format, CommandError> {
    let name = file.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let found = ENDINGS.iter().find(|(ending, _)| name.ends_with(ending));
    found.map(|(_, format)| *format).ok_or_else(|| {
        let message = format!("the ending of `{}` does not say which form the report shall have", file.display());
        CommandError::usage(message)
            .hint("give its `--format`, or an ending such as .html, .json, .sarif, .csv, .ocsf.json")
    })
}

/// The report in one form.
fn text(report: &Report, format: Format, shown: Shown, ui: &Ui, terminal: bool) -> Result<String, CommandError> {
    let mut out = Vec::new();
    write(report, format, shown, ui, terminal, &mut out)
        .map_err(|error| CommandError::failed("failed to write the report", &error))?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}

fn write(
    report: &Report,
    format: Format,
    shown: Shown,
    ui: &Ui,
    terminal: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Markdown => audit_markdown(report, shown, out),
        Format::Json => report.write_json(out),
        Format::Sarif => audit_sarif(report, out),
        Format::Junit => audit_junit(report, out),
        Format::Csv => audit_csv(report, out),
        Format::Ocsf => audit_ocsf(report, out),
        Format::Asff => audit_asff(report, out),
        Format::Html => out.write_all(audit_html(report).as_bytes()),
        _ => {
            let paint = if terminal { ui.paint_out() } else { crate::report::Paint::Plain };
            audit_text(report, shown, paint, out)
        }
    }
}

/// The findings that texts show.
pub(super) fn shown(all: bool) -> Shown {
    if all { Shown::All } else { Shown::Failures }
}

/// What makes the exit code 3.
#[derive(Clone, Copy, Default)]
pub(super) struct Gate {
    /// The least severity of a failure that counts; `None` if none does.
    pub(super) least: Option<Severity>,
    /// True if what is unknown counts.
    pub(super) unknown: bool,
    /// True if only failures count that are new since the baseline.
    pub(super) only_new: bool,
}

/// The exit code: failures of a severity and above count, whatever the format, and what is unknown where that is asked
/// for. Waived ones don't. What tripped it, or could not be decided, is said on standard error.
pub(super) fn exit(report: &Report, gate: Gate, ui: &Ui) -> Exit {
    let Gate { least, unknown, only_new } = gate;
    let summary = report.summary();
    if unknown && summary.unknown > 0 {
        ui.say(&format!("{} unknown: `--fail-on-unknown` makes that exit code 3.", summary.unknown));
        return Exit::Denied;
    }
    let Some(least) = least else { return Exit::Done };
    let severe = |check: &Check| check.severity >= least;
    let counts = |one: &&crate::audit::Finding| one.status == Status::Fail && report.check(one).is_some_and(severe);
    let failed: Vec<&crate::audit::Finding> = report.findings.iter().filter(counts).collect();
    let new = failed.iter().filter(|one| one.change == Some(Change::New)).count();
    let (failed, old) = if only_new { (new, failed.len() - new) } else { (failed.len(), 0) };
    let new = if only_new { " and are new" } else { "" };
    if failed > 0 {
        ui.say(&format!("{failed} failed at the severity of `--fail-on` or above{new}: exit code 3."));
        return Exit::Denied;
    }
    if old > 0 {
        ui.say(&format!(
            "{old} failed at the severity of `--fail-on` or above, none of them new since the baseline: `--only-new`."
        ));
    }
    if summary.unknown > 0 {
        let unknown = summary.unknown;
        ui.say(&format!(
            "Nothing failed at the severity of `--fail-on`, but {unknown} unknown: see `--fail-on-unknown`."
        ));
    }
    Exit::Done
}
