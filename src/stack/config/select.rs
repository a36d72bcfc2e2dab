//! The choice of a stack's rules: those it names, with its parameters and enforcement over the catalogues'.

use std::collections::BTreeMap;
use std::path::Path;

use super::reader::Reader;
use super::shipped::shipped_rules;
use crate::base::Location;
use crate::kind::{PureKind, Registry};
use crate::rules::{Enforcement, Parameter, ParameterType, Rule, RuleSet, Unanswered};
use crate::stack::diagnostics::{Complaint, Failure, Reports};
use crate::stack::messages::wording;
use crate::stack::parse::folder_of;
use crate::stack::settings::{ConfigRule, RuleSource, Settings, confinement};

/// Reads the rules that the settings of a stack's file name.
pub fn config_rules(file: &Path, settings: &Settings, registry: &Registry) -> Result<RuleSet, Failure> {
    let items = &settings.guardrails.config_rules;
    if items.is_empty() {
        return Ok(RuleSet::default());
    }
    let known: Vec<&str> = registry.kinds().map(PureKind::type_name).collect();
    let confinement = confinement(&folder_of(file), settings);
    let reader = Reader { file, confinement, known, reports: Reports::default() };
    let mut selection = Selection { reader, set: RuleSet::default(), asked: BTreeMap::new() };
    // First the items with a path: a name may mean a rule of a folder that is listed below it.
    for item in items {
        if let RuleSource::Path(path) = &item.rule {
            let found = selection.reader.rules(path, &item.location);
            selection.add(found, item);
        }
    }
    for item in items {
        if let RuleSource::Name(name) = &item.rule {
            selection.by_name(name, item);
        }
    }
    selection.complete();
    let Selection { reader, set, .. } = selection;
    reader.reports.finish(Some(set)).map(|(set, _, _)| set)
}

struct Selection<'a> {
    reader: Reader<'a>,
    set: RuleSet,
    /// The place that asked for each rule, by the rule's name; the last one counts.
    asked: BTreeMap<String, Location>,
}

impl Selection<'_> {
    /// Adds rules, with the settings of the stack's item. A rule that exists already is replaced.
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
            // Somebody who names a rule expects an answer of a plan.
            if meant.iter().all(|rule| rule.only_live) && item.enforcement != Some(Enforcement::Off) {
                let (identifier, location) = (name.to_owned(), item.location.clone());
                self.set.unanswered.push(Unanswered { identifier, near: None, only_live: true, location });
            }
            let names = meant.iter().map(|rule| (rule.name.clone(), item.location.clone()));
            self.asked.extend(names);
            // Naming a rule turns it on: this also holds for one that is off by default.
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
                self.set.unanswered.push(Unanswered { identifier, near, only_live: false, location });
            }
            return;
        }
        let names = rules.iter().chain(&shipped).map(|rule| rule.name.as_str());
        let hint = wording::did_you_mean(name, names)
            .unwrap_or_else(|| "name a Guard file, a folder of them, or one of AWS Config's managed rules".to_owned());
        let complaint = Complaint::new("unknown-rule", format!("there is no file, folder or rule `{name}`"));
        self.reader.complain(&item.location, complaint.hint(hint));
    }

    /// Applies an item's settings to its rules.
    fn overlay(&self, rules: &mut [&mut Rule], item: &ConfigRule) {
        for (name, given) in &item.parameters {
            let mut taken = false;
            for rule in rules.iter_mut() {
                if !rule.has_entry {
                    // A single file declares no parameters: it accepts any.
                    let lone = Parameter { kind: ParameterType::String, value: None, description: None };
                    rule.parameters.entry(name.clone()).or_insert(lone).value = Some(given.value.clone());
                    taken = true;
                } else if let Some(parameter) = rule.parameters.get_mut(name) {
                    taken = true;
                    parameter.value = parameter.kind.value(&given.value);
                    if parameter.value.is_none() {
                        let expected = parameter.kind.expected();
                        let message = format!("the parameter `{name}` of `{}` is not {expected}", rule.name);
                        self.reader.complain(
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
                self.reader.complain(&given.location, Complaint::new("unknown-parameter", message).hint(hint));
            }
        }
        if let Some(enforcement) = item.enforcement {
            for rule in rules {
                rule.enforcement = enforcement;
            }
        }
    }

    /// Checks that every parameter has a value by now.
    fn complete(&self) {
        // A refused value has been reported already.
        if self.reader.reports.errors() > 0 {
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
            self.reader.complain(location, Complaint::new("missing-parameter", message).hint(hint));
        }
    }
}
