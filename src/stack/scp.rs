//! Reads service control policies from files, strictly, into the levels of an organization.
//!
//! Under `guardrails.scps` a folder is one level, files beside each other are one, and a folder of folders is a
//! layout: each folder in it is a level, `root` first and `account` last. `underpin explain --scps` takes such a
//! layout in the order of the names. Levels don't nest, and an empty one is refused: no file is ignored.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::base::{Severity, Streams, read_text};
use crate::policy::{self, Level, ParseError, Policy, PolicyKind};
use crate::stack::diagnostics::{Complaint, Failure, Finding, Reports};
use crate::stack::parse;
use crate::stack::parse::folder_of;
use crate::stack::read::confine::Confinement;
use crate::stack::settings::{PolicyLevel, Settings, confinement};
use crate::stack::source::redaction::Language;
use crate::stack::source::{Source, Span};

/// Policies that were read.
#[derive(Debug)]
pub struct Policies {
    /// The levels, from the root down.
    pub levels: Vec<Level>,
    /// Warnings about them; there is no error among these.
    pub warnings: Failure,
}

/// The order of a layout's levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    /// By their names.
    Names,
    /// The root first, the account last, the units between them by their names.
    Organization,
}

/// Reads the policies that the settings of a stack's file name, from the root down.
pub fn service_control_policies(file: &Path, settings: &Settings) -> Result<Policies, Failure> {
    let confinement = confinement(&folder_of(file), settings);
    let mut reader =
        Reader { reports: Reports::default(), confinement: Some(confinement), order: Order::Organization, place: None };
    let text = read_text(file, parse::MAX_BYTES as u64, Streams::Refused).unwrap_or_default();
    let source = Arc::new(Source::new(file.to_owned(), text, Language::SETTINGS));
    let mut levels = Vec::new();
    for level in &settings.guardrails.scps {
        let (start, end) = level.location.bytes;
        reader.place = Some((Arc::clone(&source), Span::new(start, end)));
        levels.extend(reader.level(level));
    }
    reader.finish(levels)
}

/// Reads a folder for `explain`: its folders are levels in the order of their names, its own files one before them.
pub fn policy_folder(folder: &Path) -> Result<Policies, Failure> {
    let reader = Reader { reports: Reports::default(), confinement: None, order: Order::Names, place: None };
    let levels = if folder.is_dir() {
        reader.layout(folder)
    } else {
        let message = format!("there is no folder `{}`", folder.display());
        reader.complain(Complaint::new("no-file", message));
        Vec::new()
    };
    reader.finish(levels)
}

struct Reader {
    reports: Reports,
    confinement: Option<Confinement>,
    order: Order,
    /// The place in the stack's file that names the current item.
    place: Option<(Arc<Source>, Span)>,
}

/// The contents of a folder.
#[derive(Default)]
struct Content {
    files: Vec<PathBuf>,
    folders: Vec<PathBuf>,
}

impl Reader {
    fn finish(self, levels: Vec<Level>) -> Result<Policies, Failure> {
        if self.reports.errors() > 0 {
            return Err(self.reports.failure());
        }
        Ok(Policies { levels, warnings: self.reports.failure() })
    }

    fn complain(&self, complaint: Complaint) {
        if let Some((source, span)) = &self.place {
            self.reports.push(complaint.at(source, *span));
            return;
        }
        let Complaint { code, message, label, hint } = complaint;
        let finding = Finding::nowhere(code, message).maybe_hint(hint);
        self.reports.push(match label {
            Some(label) => finding.label(label),
            None => finding,
        });
    }

    fn level(&self, level: &PolicyLevel) -> Vec<Level> {
        let PolicyLevel { name, paths, location: _ } = level;
        if let Some(name) = name {
            let policies = paths.iter().flat_map(|path| if path.is_dir() { self.flat(path) } else { self.file(path) });
            return vec![Level { name: name.clone(), policies: policies.collect() }];
        }
        let (folders, files): (Vec<&PathBuf>, Vec<&PathBuf>) = paths.iter().partition(|path| path.is_dir());
        let mut levels: Vec<Level> = folders.into_iter().flat_map(|folder| self.layout(folder)).collect();
        if !files.is_empty() {
            let policies = files.into_iter().flat_map(|file| self.file(file)).collect();
            levels.push(Level { name: "guardrails.scps".to_owned(), policies });
        }
        levels
    }

    /// The levels of a folder: itself, if it has files, and the folders in it.
    fn layout(&self, folder: &Path) -> Vec<Level> {
        let Content { files, mut folders } = self.content(folder);
        let name = |path: &Path| path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        if self.order == Order::Organization {
            folders.sort_by_key(|folder| match name(folder).as_str() {
                "root" => 0,
                "account" => 2,
                _ => 1,
            });
        }
        let mut levels = Vec::new();
        if !files.is_empty() || folders.is_empty() {
            if files.is_empty() {
                self.empty(folder);
            }
            let own = files.iter().flat_map(|file| self.file(file)).collect();
            levels.push(Level { name: named(folder), policies: own });
        }
        levels.extend(folders.iter().map(|folder| Level { name: name(folder), policies: self.flat(folder) }));
        levels
    }

    /// The policies of a folder that is one level.
    fn flat(&self, folder: &Path) -> Vec<Policy> {
        let Content { files, folders } = self.content(folder);
        for inner in &folders {
            let message = format!("`{}` is inside a level, and levels can't be nested", inner.display());
            let hint = "the levels are the subfolders of one folder; put all files of a level directly into its folder";
            self.complain(Complaint::new("bad-layout", message).hint(hint));
        }
        if files.is_empty() && folders.is_empty() {
            self.empty(folder);
        }
        files.iter().flat_map(|file| self.file(file)).collect()
    }

    fn empty(&self, folder: &Path) {
        let message = format!("the folder `{}` holds no policy", folder.display());
        self.complain(Complaint::new("no-policy", message).hint("policies are files that end in `.json`"));
    }

    /// The policies and folders in a folder, by name, without hidden files and files whose names are not a policy's.
    fn content(&self, folder: &Path) -> Content {
        let mut content = Content::default();
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => {
                let message = format!("the folder `{}` can't be read: {error}", folder.display());
                self.complain(Complaint::new("no-file", message));
                return content;
            }
        };
        let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(tidy(&entry.ok()?.path()))).collect();
        paths.sort();
        for path in paths {
            let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            match ending(&path).as_str() {
                _ if hidden => {}
                _ if path.is_dir() => content.folders.push(path),
                "json" | "yaml" | "yml" => content.files.push(path),
                _ => {}
            }
        }
        content
    }

    fn file(&self, path: &Path) -> Vec<Policy> {
        if ending(path) != "json" {
            let message = format!("`{}` is not a service control policy", path.display());
            self.complain(Complaint::new("bad-path", message).hint("AWS takes JSON: name a file that ends in `.json`"));
            return Vec::new();
        }
        let leads_out = |real: PathBuf| self.confinement.as_ref().is_some_and(|within| !within.allows(&real));
        if path.canonicalize().is_ok_and(leads_out) {
            let message = format!("`{}` leads out of the stack's folder: through a symbolic link", path.display());
            self.complain(Complaint::new("path-leads-out", message));
            return Vec::new();
        }
        let text = match read_text(path, parse::MAX_BYTES as u64, Streams::Refused) {
            Ok(text) => text,
            Err(error) => {
                self.complain(Complaint::new("no-file", format!("`{}` can't be read: {error}", path.display())));
                return Vec::new();
            }
        };
        let source = Arc::new(Source::new(path.to_owned(), text, Language::Policy));
        match policy::parse(source.text(), PolicyKind::Scp) {
            Ok(document) => {
                for error in policy::unfilled(source.text()) {
                    self.reports.push(finding(&source, "no-such-key", error).severity(Severity::Warning));
                }
                vec![Policy::new(path.display().to_string(), &document)]
            }
            Err(errors) => {
                for error in errors {
                    self.reports.push(finding(&source, "bad-policy", error));
                }
                Vec::new()
            }
        }
    }
}

/// The finding at a place in a policy.
fn finding(source: &Arc<Source>, code: &'static str, error: ParseError) -> Finding {
    let ParseError { path, line, column, message, hint } = error;
    let byte = source.byte_at(line, column);
    Finding::at(source, Span::new(byte, byte + 1), code, message).label(format!("`{path}`")).maybe_hint(hint)
}

fn ending(path: &Path) -> String {
    path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default()
}

/// A folder as the user named it.
fn named(folder: &Path) -> String {
    tidy(folder).display().to_string()
}

/// A path without `.` at its beginning.
fn tidy(path: &Path) -> PathBuf {
    path.strip_prefix(".").unwrap_or(path).to_owned()
}

#[cfg(test)]
#[path = "tests/scp.rs"]
mod tests;
