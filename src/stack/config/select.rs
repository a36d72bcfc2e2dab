//! Which rules a stack is judged by: what it names, with its parameters and enforcement laid over the catalogues'.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::{fs, io};

use super::catalogue;
use super::files::{self, GuardFiles};
use super::schema::CATALOGUE;
use super::shipped::shipped_rules;
use crate::base::{Location, Streams, read_text};
use crate::kind::{PureKind, Registry};
use crate::rules::{Enforcement, Parameter, ParameterType, Rule, RuleSet, Unanswered};
use crate::stack::diagnostics::{Complaint, Failure, Finding, Reports};
use crate::stack::messages::wording;
use crate::stack::parse;
use crate::stack::parse::folder_of;
use crate::stack::read::confine::Confinement;
use crate::stack::settings::{ConfigRule, RuleSource, Settings, confinement};
use crate::stack::source::redaction::Language;
use crate::stack::source::{Source, Span};

/// Reads the rules that the settings of a stack's file name.
pub fn config_rules(file: &Path, settings: &Settings, registry: &Registry) -> Result<RuleSet, Failure> {
    let items = &settings.guardrails.config_rules;
    if items.is_empty() {
        return Ok(RuleSet::default());
    }
    let known: Vec<&str> = registry.kinds().map(PureKind::type_name).collect();
    let mut selection = Selection {
        file,
        confinement: confinement(&folder_of(file), settings),
        known,
        reports: Reports::default(),
        set: RuleSet::default(),
        place: None,
        asked: BTreeMap::new(),
    };
    // First whatever has a path: a name may mean a rule of a folder that stands below it.
    for item in items {
        if let RuleSource::Path(path) = &item.rule {
            selection.place = Some(item.location.clone());
            let found = selection.at(path);
            selection.place = None;
            selection.add(found, item);
        }
    }
    for item in items {
        if let RuleSource::Name(name) = &item.rule {
            selection.by_name(name, item);
        }
    }
    selection.complete();
    let Selection { reports, set, .. } = selection;
    reports.finish(Some(set)).map(|(set, _, _)| set)
}

struct Selection<'a> {
    file: &'a Path,
    confinement: Confinement,
    known: Vec<&'a str>,
    reports: Reports,
    set: RuleSet,
    /// Where the file names what is being read.
    place: Option<Location>,
    /// Where each rule was asked for, by its name; the last place counts.
    asked: BTreeMap<String, Location>,
}

impl Selection<'_> {
    fn nowhere(&self, code: &'static str, message: String, hint: Option<&str>) {
        let complaint = Complaint { hint: hint.map(str::to_owned), ..Complaint::new(code, message) };
        match &self.place {
            Some(location) => self.complain(location, complaint),
            None => self.reports.push(Finding::nowhere(complaint.code, complaint.message).maybe_hint(complaint.hint)),
        }
    }

    /// A complaint about a place in the stack's file.
    fn complain(&self, location: &Location, complaint: Complaint) {
        let text = read_text(self.file, parse::MAX_BYTES as u64, Streams::Refused).unwrap_or_default();
        let source = Arc::new(Source::new(self.file.to_owned(), text, Language::SETTINGS));
        let (start, end) = location.bytes;
        self.reports.push(complaint.at(&source, Span::new(start, end)));
    }

    fn source(&self, path: &Path) -> Option<Arc<Source>> {
        if path.canonicalize().is_ok_and(|real| !self.confinement.allows(&real)) {
            let message = format!("`{}` leads out of the stack's folder: through a symbolic link", path.display());
            self.nowhere("path-leads-out", message, None);
            return None;
        }
        match read_text(path, parse::MAX_BYTES as u64, Streams::Refused) {
            Ok(text) => {
                let source = Arc::new(Source::new(path.to_owned(), text, Language::Rules));
                match parse::refuse_size_and_characters(&source) {
                    Ok(()) => Some(source),
                    Err(failure) => {
                        self.reports.absorb(failure);
                        None
                    }
                }
            }
            Err(error) => {
                self.nowhere("no-file", format!("`{}` can't be read: {error}", path.display()), None);
                None
            }
        }
    }

    /// The rules of a file or a folder.
    fn at(&self, path: &Path) -> Vec<Rule> {
        if path.is_dir() {
            return self.folder(path);
        }
        if path.extension().is_none_or(|ending| ending != "guard") {
            let message = format!("`{}` is not a Guard file", path.display());
            self.nowhere("bad-path", message, Some("name a file that ends in `.guard`, or a folder of them"));
            return Vec::new();
        }
        self.lone(path)
    }

    fn lone(&self, path: &Path) -> Vec<Rule> {
        let source = self.source(path);
        source.map(|source| files::lone(&stem(path), &source, &self.known, &self.reports)).unwrap_or_default()
    }

    fn folder(&self, folder: &Path) -> Vec<Rule> {
        let paths = fs::read_dir(folder).and_then(|entries| {
            let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
            paths.retain(|path| path.extension().is_some_and(|ending| ending == "guard"));
            paths.sort();
            Ok(paths)
        });
        let paths = match paths {
            Ok(paths) => paths,
            Err(error) => {
                let message = format!("the folder `{}` can't be read: {error}", folder.display());
                self.nowhere("no-file", message, None);
                return Vec::new();
            }
        };
        let catalogue = folder.join(CATALOGUE);
        if !catalogue.exists() {
            if paths.is_empty() {
                let message = format!("the folder `{}` holds no rule", folder.display());
                self.nowhere("no-rule", message, Some("rules are files that end in `.guard`"));
            }
            return paths.iter().flat_map(|path| self.lone(path)).collect();
        }
        let sources = paths.iter().filter_map(|path| Some((stem(path), self.source(path)?)));
        let guards = GuardFiles::new(sources.collect());
        let Some(source) = self.source(&catalogue) else { return Vec::new() };
        catalogue::rules(&source, &guards, &self.known, &self.reports)
    }

    /// Adds rules, with what an item of the stack says of them. A rule that is there already is replaced.
    fn add(&mut self, mut rules: Vec<Rule>, item: &ConfigRule) {
        let mut all: Vec<&mut Rule> = rules.iter_mut().collect();
        self.overlay(&mut all, item);
        for rule in rules {
            self.asked.insert(rule.name.clone(), item.location.clone());
            match self.set.rules.iter_mut().find(|one| one.name == rule.name) {
                Some(known) => *known = rule,
                None => self.set.rules.push(rule),
            }
        }
    }

    fn by_name(&mut self, name: &str, item: &ConfigRule) {
        let mut rules = std::mem::take(&mut self.set.rules);
        if !rules.iter().any(|rule| rule.answers_to(name)) {
            rules.extend(shipped_rules().into_iter().filter(|rule| rule.answers_to(name)));
        }
        let mut meant: Vec<&mut Rule> = rules.iter_mut().filter(|rule| rule.answers_to(name)).collect();
        if meant.is_empty() {
            self.unanswered(name, item, &rules);
        } else {
            self.overlay(&mut meant, item);
            let names = meant.iter().map(|rule| (rule.name.clone(), item.location.clone()));
            self.asked.extend(names);
            // Who names a rule wants it: one that is off until somebody asks for it is asked for.
            for rule in meant.iter_mut().filter(|rule| rule.enforcement == Enforcement::Off) {
                rule.enforcement = item.enforcement.unwrap_or_default();
            }
        }
        self.set.rules = rules;
    }

    fn unanswered(&mut self, name: &str, item: &ConfigRule, rules: &[Rule]) {
        let is_identifier = name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
        let shipped = shipped_rules();
        if is_identifier {
            if item.enforcement != Some(Enforcement::Off) {
                let answered =
                    rules.iter().chain(&shipped).flat_map(|rule| rule.config_rule.iter().map(String::as_str));
                let near = wording::nearest(name, answered).map(str::to_owned);
                let (identifier, location) = (name.to_owned(), item.location.clone());
                self.set.unanswered.push(Unanswered { identifier, near, location });
            }
            return;
        }
        let names = rules.iter().chain(&shipped).map(|rule| rule.name.as_str());
        let hint = wording::did_you_mean(name, names)
            .unwrap_or_else(|| "name a Guard file, a folder of them, or one of AWS Config's managed rules".to_owned());
        let complaint = Complaint::new("unknown-rule", format!("there is no file, folder or rule `{name}`"));
        self.complain(&item.location, complaint.hint(hint));
    }

    /// Lays what an item says over the rules that it means.
    fn overlay(&self, rules: &mut [&mut Rule], item: &ConfigRule) {
        for (name, given) in &item.parameters {
            let mut taken = false;
            for rule in rules.iter_mut() {
                if !rule.catalogued {
                    // A lone file declares no parameters: it takes what it is given.
                    let lone = Parameter { kind: ParameterType::String, value: None, description: None };
                    rule.parameters.entry(name.clone()).or_insert(lone).value = Some(given.value.clone());
                    taken = true;
                } else if let Some(parameter) = rule.parameters.get_mut(name) {
                    taken = true;
                    parameter.value = parameter.kind.value(&given.value);
                    if parameter.value.is_none() {
                        let expected = parameter.kind.expected();
                        let message = format!("the parameter `{name}` of `{}` is not {expected}", rule.name);
                        self.complain(
                            &given.location,
                            Complaint::new("wrong-type", message).label(format!("expected {expected}")),
                        );
                    }
                }
            }
            if !taken && !rules.is_empty() {
                let known: Vec<&str> =
                    rules.iter().flat_map(|rule| rule.parameters.keys().map(String::as_str)).collect();
                let message = format!("no rule here has a parameter `{name}`");
                let hint = match wording::did_you_mean(name, known.iter().copied()) {
                    Some(question) => question,
                    None if known.is_empty() => "the rule has no parameters".to_owned(),
                    None => format!("known here: {}", wording::all(&known)),
                };
                self.complain(&given.location, Complaint::new("unknown-parameter", message).hint(hint));
            }
        }
        if let Some(enforcement) = item.enforcement {
            for rule in rules {
                rule.enforcement = enforcement;
            }
        }
    }

    /// Every parameter has a value by now.
    fn complete(&self) {
        // What was given and refused has been told.
        if self.reports.errors() > 0 {
            return;
        }
        for rule in self.set.rules.iter().filter(|rule| rule.enforcement != Enforcement::Off) {
            let missing = rule.parameters.iter().filter(|(_, one)| one.value.is_none());
            let missing: Vec<&str> = missing.map(|(name, _)| name.as_str()).collect();
            let Some(location) = self.asked.get(&rule.name).filter(|_| !missing.is_empty()) else { continue };
            let parameters = if missing.len() == 1 { "parameter" } else { "parameters" };
            let message = format!("the rule `{}` needs its {parameters} {}", rule.name, wording::all(&missing));
            let given: Vec<String> = missing.iter().map(|name| format!("{name}: …")).collect();
            let hint = format!(
                "give it under `config_rules`: `{{rule: {}, parameters: {{{}}}}}`",
                rule.name,
                given.join(", ")
            );
            self.complain(location, Complaint::new("missing-parameter", message).hint(hint));
        }
    }
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}
