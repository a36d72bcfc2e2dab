//! Reads rules from a path that the settings name: a Guard file, the folder of one rule, or a folder of several.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use super::catalogue;
use super::embedded;
use super::entry::{self, OrderedRule, Text};
use super::files::{self, GuardFiles};
use super::schema::{CATALOGUE, ENTRY, RUST_RULE, is_name};
use super::shipped;
use crate::base::{Location, Streams, read_text};
use crate::rules::Rule;
use crate::stack::diagnostics::{Complaint, Finding, Reports};
use crate::stack::parse;
use crate::stack::read::confine::Confinement;
use crate::stack::settings::RULE_TEXT;
use crate::stack::source::redaction::Language;
use crate::stack::source::{Source, Span};

/// The stack's file, and the findings in the rules that it names.
pub(super) struct Reader<'a> {
    /// The stack's file.
    pub(super) file: &'a Path,
    /// The folders that files may be in.
    pub(super) confinement: Confinement,
    /// The AWS types that a stack can have.
    pub(super) known: Vec<&'a str>,
    /// The errors.
    pub(super) reports: Reports,
}

impl Reader<'_> {
    /// Reports a complaint about a place in the stack's file.
    pub(super) fn complain(&self, location: &Location, complaint: Complaint) {
        let text = read_text(self.file, parse::MAX_BYTES as u64, Streams::Refused).unwrap_or_default();
        let source = Arc::new(Source::new(self.file.to_owned(), text, Language::SETTINGS));
        let (start, end) = location.bytes;
        self.reports.push(complaint.at(&source, Span::new(start, end)));
    }

    /// The rules of a file or a folder, which the stack's file names at a place.
    pub(super) fn rules(&self, path: &Path, named: &Location) -> Vec<Rule> {
        let from = PathReader { reader: self, named };
        if path.is_dir() {
            return from.folder(path);
        }
        if path.extension().is_none_or(|ending| ending != "guard") {
            let message = format!("`{}` is not a Guard file", path.display());
            from.complain("bad-path", message, Some("name a file that ends in `.guard`, or a folder of them"));
            return Vec::new();
        }
        from.lone(path)
    }
}

/// Reads a path that the stack's file names at one place.
struct PathReader<'a> {
    reader: &'a Reader<'a>,
    named: &'a Location,
}

impl PathReader<'_> {
    fn complain(&self, code: &'static str, message: String, hint: Option<&str>) {
        let complaint = Complaint { hint: hint.map(str::to_owned), ..Complaint::new(code, message) };
        self.reader.complain(self.named, complaint);
    }

    fn source(&self, path: &Path) -> Option<Arc<Source>> {
        if path.canonicalize().is_ok_and(|real| !self.reader.confinement.allows(&real)) {
            let message = format!("`{}` leads out of the stack's folder: through a symbolic link", path.display());
            self.complain("path-leads-out", message, None);
            return None;
        }
        match read_text(path, parse::MAX_BYTES as u64, Streams::Refused) {
            Ok(text) => {
                let source = Arc::new(Source::new(path.to_owned(), text, Language::Rules));
                match parse::refuse_size_and_characters(&source) {
                    Ok(()) => Some(source),
                    Err(failure) => {
                        self.reader.reports.absorb(failure);
                        None
                    }
                }
            }
            Err(error) => {
                self.complain("no-file", format!("`{}` can't be read: {error}", path.display()), None);
                None
            }
        }
    }

    /// The rules of a file without an entry, or of a rule's text that is named without its folder.
    fn lone(&self, path: &Path) -> Vec<Rule> {
        let Some(source) = self.source(path) else { return Vec::new() };
        // The text of a rule with a folder has the rule's name, wherever it is named.
        let folder = path.parent().filter(|folder| path.ends_with(RULE_TEXT) && folder.join(ENTRY).exists());
        let name = folder.and_then(name_of).unwrap_or_else(|| stem(path));
        files::lone(&name, &source, &self.reader.known, &self.reader.reports)
    }

    fn folder(&self, folder: &Path) -> Vec<Rule> {
        let (catalogue, entry) = (folder.join(CATALOGUE), folder.join(ENTRY));
        if entry.exists() && !catalogue.exists() {
            return self.rule_folder(folder).map(|one| one.rule).into_iter().collect();
        }
        let listing = match Listing::of(folder) {
            Ok(listing) => listing,
            Err(error) => {
                self.unreadable(folder, &error);
                return Vec::new();
            }
        };
        let mut rules = Vec::new();
        let mut with_entry = Vec::new();
        if catalogue.exists() {
            let sources = listing.guards.iter().filter_map(|path| Some((stem(path), self.source(path)?)));
            let guards = GuardFiles::new(sources.collect::<BTreeMap<_, _>>());
            if let Some(source) = self.source(&catalogue) {
                let reader = self.reader;
                with_entry = catalogue::rules(&source, &guards, &reader.known, &reader.reports);
            }
        } else {
            if listing.guards.is_empty() && listing.rules.is_empty() {
                let message = format!("the folder `{}` holds no rule", folder.display());
                self.complain("no-rule", message, Some("rules are files that end in `.guard`"));
            }
            rules.extend(listing.guards.iter().flat_map(|path| self.lone(path)));
        }
        for folder in &listing.rules {
            let Some(one) = self.rule_folder(folder) else { continue };
            if with_entry.iter().any(|other| other.rule.name == one.rule.name) {
                let message =
                    format!("`{CATALOGUE}` lists the rule `{}`, which has a folder of its own", one.rule.name);
                self.complain("duplicate-rule", message, Some("remove it from the catalogue, or remove the folder"));
            }
            with_entry.push(one);
        }
        rules.extend(entry::sorted(with_entry));
        rules
    }

    /// The rule of a folder of its own.
    fn rule_folder(&self, folder: &Path) -> Option<OrderedRule> {
        let reports = &self.reader.reports;
        let name = name_of(folder).unwrap_or_default();
        if !is_name(&name) {
            let message = format!("the folder `{}` is not named as a rule can be", folder.display());
            let hint = "name it with `a-z`, `0-9` and `-`, for example `ddb-table-pitr`";
            self.complain("wrong-form", message, Some(hint));
            return None;
        }
        let listing = Listing::of(folder).map_err(|error| self.unreadable(folder, &error)).ok()?;
        let mut others: Vec<&PathBuf> = listing.guards.iter().filter(|path| !path.ends_with(RULE_TEXT)).collect();
        let text = folder.join(RULE_TEXT);
        let text = if text.exists() { Some(self.source(&text)?) } else { None };
        let entry = folder.join(ENTRY);
        if let (false, Some(text)) = (entry.exists(), &text) {
            let message = format!("the rule `{name}` has no file `{ENTRY}` beside `{RULE_TEXT}`");
            let hint = match listing.like_entry {
                Some(other) => format!("rename `{other}` to `{ENTRY}`"),
                None => "write one with `title`, `resource_types`, `input` and `remediation`".to_owned(),
            };
            reports.push(Finding::at(text, Span::default(), "no-file", message).hint(hint));
            return None;
        }
        let entry = self.source(&entry)?;
        let same = || shipped::unchanged(&name, entry.text(), text.as_ref().map(|text| text.text()));
        let whole = others.is_empty() && (text.is_some() || folder.join(RUST_RULE).exists());
        if let Some(rule) = same().filter(|_| whole) {
            return Some(rule);
        }
        let rust = text.is_none().then(|| self.rust(folder, &name)).flatten();
        let guard = text.as_ref().map(Text::Guard).or(rust).ok_or_else(|| {
            let message = format!("the rule `{name}` has no file `{RULE_TEXT}` beside `{ENTRY}`");
            let other = others.pop().map(|other| format!("rename `{}.guard` to `{RULE_TEXT}`", stem(other)));
            let hint = other.unwrap_or_else(|| "write the rule into it, in AWS's Guard language".to_owned());
            Finding::at(&entry, Span::default(), "no-file", message).hint(hint)
        });
        let rule = entry::read_file(&name, &entry, guard, &self.reader.known, reports);
        for other in others.into_iter().filter_map(|other| self.source(other)) {
            let message = format!("the rule `{name}` has its text in `{RULE_TEXT}`, and no other Guard file");
            let hint = format!("put the blocks into `{RULE_TEXT}`, or give them a folder of their own");
            reports.push(Finding::at(&other, Span::default(), "unlisted-rule", message).hint(hint));
        }
        rule
    }

    /// The function of a rule in Rust: only the program brings those, and a folder with the same rule means it.
    fn rust(&self, folder: &Path, name: &str) -> Option<Text<'static>> {
        if !folder.join(RUST_RULE).exists() {
            return None;
        }
        let judge = embedded::judge_of(name);
        if judge.is_none() {
            let message = format!("the rule `{name}` is written in Rust, and underpin has none of this name");
            self.complain("bad-rule", message, Some("rules of your own are written in Guard: `rule.guard`"));
        }
        judge.map(Text::Rust)
    }

    fn unreadable(&self, folder: &Path, error: &io::Error) {
        self.complain("no-file", format!("the folder `{}` can't be read: {error}", folder.display()), None);
    }
}

/// The contents of a folder that matter for rules.
#[derive(Default)]
struct Listing {
    /// Guard files, by name.
    guards: Vec<PathBuf>,
    /// Folders of one rule, by name: those with an entry or a text.
    rules: Vec<PathBuf>,
    /// The name of a file that looks like an entry.
    like_entry: Option<String>,
}

impl Listing {
    fn of(folder: &Path) -> io::Result<Self> {
        let mut paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
        paths.sort();
        let mut listing = Self::default();
        for path in paths {
            if path.extension() == Some(OsStr::new("guard")) {
                listing.guards.push(path);
            } else if path.join(ENTRY).exists() || path.join(RULE_TEXT).exists() {
                listing.rules.push(path);
            } else if matches!(path.extension().and_then(OsStr::to_str), Some("yml" | "yaml" | "json")) {
                let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
                listing.like_entry = name.filter(|name| name.starts_with("entry")).or(listing.like_entry);
            }
        }
        Ok(listing)
    }
}

/// The name of a folder, also if the path to it ends in `..`.
fn name_of(folder: &Path) -> Option<String> {
    let named = folder.file_name().map(OsStr::to_owned);
    let named = named.or_else(|| folder.canonicalize().ok()?.file_name().map(OsStr::to_owned));
    named.map(|name| name.to_string_lossy().into_owned())
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}
