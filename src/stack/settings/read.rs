//! Reads the settings from the tree.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::guardrails::Guardrails;
use super::local::{self, Tools};
use super::model::Settings;
use super::scope::{SettingsScope, Variables};
use super::tags::{self, TagText};
use crate::base::{Location, PropertyPath, pending};
use crate::kind::Registry;
use crate::path;
use crate::stack::diagnostics::{Complaint, Failure, FailureKind, Finding, Reports};
use crate::stack::messages::wording;
use crate::stack::parse::Document;
use crate::stack::read::confine::Confinement;
use crate::stack::read::walk::Walk;
use crate::stack::schema::hoist;
use crate::stack::schema::settings::{MOST_TAGS, environment_schema, top_schema};
use crate::stack::source::tree::{Node, Shape};
use crate::stack::source::{Source, Span};

impl Document {
    /// Reads the settings, with those of the named environment over the file's.
    pub fn settings(
        &self,
        environment: Option<&str>,
        registry: &Registry,
        variables: &Variables<'_>,
    ) -> Result<Settings, Failure> {
        let reports = self.reports();
        let reader = Reader { document: self, reports: &reports, environment, variables, registry };
        let settings = Some(reader.read()).filter(|settings| !settings.stack.is_empty());
        reports.finish(settings).map(|(settings, ..)| settings)
    }

    /// Settings for checking the resources when the file's have errors: the name, region and account as
    /// far as they can be read; the rest restricts nothing.
    pub(in crate::stack) fn open_settings(
        &self,
        environment: Option<&str>,
        registry: &Registry,
        variables: &Variables<'_>,
    ) -> Settings {
        let quiet = Reports::default();
        let reader = Reader { document: self, reports: &quiet, environment, variables, registry };
        let Settings { stack, region, account, roots, environment, .. } = reader.read();
        Settings {
            stack: if stack.is_empty() { "stack".to_owned() } else { stack },
            region,
            account,
            residency: Vec::new(),
            tags: BTreeMap::new(),
            ignore_tags: Vec::new(),
            previous_names: Vec::new(),
            roots,
            endpoint_url: None,
            sections: None,
            environment,
            guardrails: Guardrails::default(),
            seeds: Vec::new(),
            database: None,
        }
    }

    /// Returns whether the environment or the file gives a setting a value, valid or not.
    pub(in crate::stack) fn gives(&self, environment: Option<&str>, setting: &str) -> bool {
        let own = environment.and_then(|name| self.tree.root.get("environments")?.get(name));
        [own, Some(&self.tree.root)].into_iter().flatten().any(|node| gives(node, setting))
    }
}

fn gives(node: &Node, setting: &str) -> bool {
    node.get(setting).is_some_and(|value| !value.is_null())
}

pub(super) struct Reader<'a> {
    pub(super) document: &'a Document,
    reports: &'a Reports,
    environment: Option<&'a str>,
    variables: &'a Variables<'a>,
    registry: &'a Registry,
}

impl Reader<'_> {
    fn source(&self) -> &Arc<Source> {
        &self.document.tree.source
    }

    fn root(&self) -> &Node {
        &self.document.tree.root
    }

    fn scope(&self, stack: Option<String>, lenient: bool) -> SettingsScope<'_> {
        SettingsScope {
            environment: self.environment,
            stack: RefCell::new(stack),
            variables: self.variables,
            lenient,
            secrets: RefCell::default(),
        }
    }

    /// The valid part of the settings; the stack's name is empty if it is wrong.
    fn read(&self) -> Settings {
        let root = self.root();
        let scope = self.scope(None, false);
        let stack = self.stack_name(&scope);
        scope.stack.replace(Some(stack.clone().unwrap_or_default()));
        let top = self.top(&scope);
        let environments = self.environments(stack.as_deref());
        let chosen = match self.environment {
            None => Some(Value::Object(Map::new())),
            Some(name) => environments.get(name).cloned().flatten().or_else(|| {
                if !environments.contains_key(name) {
                    self.unknown_environment(name, &environments);
                }
                None
            }),
        };
        // Errors are reported; the rest is checked all the same.
        let (top, chosen) = (top.unwrap_or_default(), chosen.unwrap_or_default());
        let text = |value: &Value, key: &str| value[key].as_str().map(str::to_owned);
        let own = self.environment.and_then(|name| root.get("environments")?.get(name));
        // An error in the environment does not make the file's value apply.
        let nearest = |key: &str| text(if own.is_some_and(|own| gives(own, key)) { &chosen } else { &top }, key);
        let list = |key: &str| texts(&top[key]);
        let mut tags = self.tags(&top["tags"], root.get("tags"), &scope);
        let own_tags = own.and_then(|own| own.get("tags"));
        if own_tags.is_some() {
            tags.extend(self.tags(&chosen["tags"], own_tags, &scope));
        }
        // If one place alone has too many, the schema has reported it.
        let told = [root.get("tags"), own_tags].into_iter().flatten().any(|node| node.entries().len() > MOST_TAGS);
        if let Some(entry) = root.entry("tags").filter(|_| !told) {
            tags::count(&tags, self.source(), entry.key_span, self.reports);
        }
        let roots = self.roots(&top);
        let confinement = Confinement::new(&self.document.folder(), roots.iter().map(PathBuf::as_path));
        let guardrails = self.guardrails(&top["guardrails"], &confinement);
        let tools = Tools {
            tables: root.get("tables").map(Node::entries).unwrap_or_default().iter().map(|one| &*one.key).collect(),
            file: &|text, at| self.file(text, at, &confinement),
            report: &|at, complaint| self.push_at(at, complaint),
        };
        let at = |key: &str| path!["environments", self.environment.unwrap_or_default(), key];
        Settings {
            seeds: local::seeds(&chosen["seed"], &at("seed"), &tools),
            database: local::database(&chosen["database"], &at("database"), &tools),
            stack: stack.unwrap_or_default(),
            region: nearest("region"),
            account: nearest("account"),
            residency: list("residency"),
            tags,
            ignore_tags: list("ignore_tags"),
            previous_names: list("previous_names"),
            endpoint_url: text(&chosen, "endpoint_url"),
            sections: chosen.get("sections").map(texts),
            environment: self.environment.map(str::to_owned),
            guardrails,
            roots,
        }
    }

    /// Reads the stack's name first: other settings may contain it.
    fn stack_name(&self, scope: &SettingsScope<'_>) -> Option<String> {
        let node = self.root().get("stack")?;
        let schema = top_schema(self.registry);
        let quiet = Reports::default();
        let value = Walk::new(self.source(), &quiet, scope, &schema).value(
            node,
            &schema["properties"]["stack"],
            &crate::stack::read::walk::At { path: path!["stack"], anchor: node.span, name: "`stack`".to_owned() },
        );
        value.and_then(|value| value.as_str().map(str::to_owned))
    }

    fn top(&self, scope: &SettingsScope<'_>) -> Option<Value> {
        let schema = top_schema(self.registry);
        let mut elsewhere = hoist::top_sections(self.registry);
        elsewhere.push("environments");
        // The stack's own name must not contain itself: it is read in a scope of its own.
        let own = self.scope(None, false);
        if let Some(entry) = self.root().entry("stack") {
            let at = crate::stack::read::walk::At {
                path: path!["stack"],
                anchor: entry.key_span,
                name: "`stack`".to_owned(),
            };
            if entry.value.is_null() {
                let complaint = Complaint::new("missing-value", "the stack has no name").label("expected a text");
                self.reports.push(complaint.hint("for example `stack: cruddur`").at(self.source(), entry.key_span));
            } else {
                Walk::new(self.source(), self.reports, &own, &schema).value(
                    &entry.value,
                    &schema["properties"]["stack"],
                    &at,
                );
            }
            elsewhere.push("stack");
        }
        let mut without_stack = schema.clone();
        if elsewhere.contains(&"stack") {
            without_stack["required"] = Value::Array(Vec::new());
        }
        let mut walk = Walk::new(self.source(), self.reports, scope, &without_stack);
        walk.elsewhere = &elsewhere;
        let start = Span::new(0, self.source().text().len());
        walk.read(self.root(), start, "the file")
    }

    fn environments(&self, stack: Option<&str>) -> BTreeMap<String, Option<Value>> {
        let Some(entry) = self.root().entry("environments") else { return BTreeMap::new() };
        let schema = environment_schema(self.registry);
        match &entry.value.shape {
            Shape::Mapping(_) => {}
            _ if entry.value.is_null() => {}
            _ => {
                let complaint = Complaint::new("wrong-type", "`environments` is not a mapping")
                    .label("expected environments by name");
                self.reports
                    .push(complaint.hint("for example `environments: {prod: {}}`").at(self.source(), entry.key_span));
            }
        }
        let read = |one: &crate::stack::source::tree::Entry| {
            if one.value.is_null() {
                return (one.key.clone(), Some(Value::Object(Map::new())));
            }
            let lenient = self.environment != Some(one.key.as_str());
            let scope = self.scope(Some(stack.unwrap_or_default().to_owned()), lenient);
            let mut walk = Walk::new(self.source(), self.reports, &scope, &schema);
            (one.key.clone(), walk.read(&one.value, one.key_span, &format!("the environment `{}`", one.key)))
        };
        for one in entry.value.entries().iter().filter(|one| one.key == crate::base::Scope::UNNAMED) {
            // Its resources would count as those of a run without `--env`, and be removed by one.
            let complaint = Complaint::new("reserved-name", format!("an environment can't be called `{}`", one.key))
                .label("this is what a run without `--env` works on")
                .hint("leave it out, and `--env` as well, or give it another name");
            self.reports.push(complaint.at(self.source(), one.key_span));
        }
        entry.value.entries().iter().map(read).collect()
    }

    fn unknown_environment(&self, name: &str, known: &BTreeMap<String, Option<Value>>) {
        let names: Vec<&str> = known.keys().map(String::as_str).collect();
        let message = format!("there is no environment `{name}`");
        let finding = match self.root().entry("environments") {
            Some(entry) => Finding::at(self.source(), entry.key_span, "unknown-environment", message),
            None => Finding::nowhere("unknown-environment", message),
        };
        let hint = match wording::did_you_mean(name, names.iter().copied()) {
            Some(question) => format!("{question} (known: {})", wording::all(&names)),
            None if names.is_empty() => "the file has no `environments:`; leave `--env` out".to_owned(),
            None => format!("known: {}", wording::all(&names)),
        };
        self.reports.push(finding.hint(hint));
        self.reports.sort(FailureKind::UnknownEnvironment);
    }

    fn tags(&self, value: &Value, node: Option<&Node>, scope: &SettingsScope<'_>) -> BTreeMap<String, TagText> {
        let Some(node) = node else { return BTreeMap::new() };
        let text = |key: &str| value[key].as_str().filter(|text| !pending::is_pending(text)).map(str::to_owned);
        tags::check(node, self.source(), self.reports, &text);
        let secrets = scope.secrets.borrow();
        let one = |(key, value): (&String, &Value)| {
            let written = node.get(key).and_then(Node::scalar).map(|scalar| scalar.text.as_str()).unwrap_or_default();
            let secret = written.contains("${env:") && !secrets.is_empty();
            let heard = if secret { secrets.clone() } else { Vec::new() };
            Some((key.clone(), TagText { text: value.as_str()?.to_owned(), secret, heard }))
        };
        value.as_object().into_iter().flatten().filter_map(one).collect()
    }

    fn roots(&self, top: &Value) -> Vec<PathBuf> {
        let mut roots = Vec::new();
        for (index, root) in numbered(&top["roots"]) {
            let root = PathBuf::from(root);
            if !self.document.folder().join(&root).is_dir() {
                let message = format!("there is no folder `{}`", root.display());
                self.push_at(&path!["roots", index.to_string()], Complaint::new("no-file", message));
            }
            roots.push(root);
        }
        roots
    }

    fn place(&self, path: &PropertyPath) -> Span {
        let (node, key, depth) = self.root().nearest(path.keys(), Span::default());
        if depth == path.keys().len() && node.scalar().is_some() { node.span } else { key }
    }

    pub(super) fn push_at(&self, path: &PropertyPath, complaint: Complaint) {
        self.reports.push(complaint.at(self.source(), self.place(path)));
    }

    pub(super) fn location(&self, path: &PropertyPath) -> Location {
        self.source().location(self.place(path))
    }

    /// Checks a path of the guardrails, which must exist.
    pub(super) fn file(&self, text: &str, at: &PropertyPath, confinement: &Confinement) -> Option<PathBuf> {
        match confinement.follow(text) {
            Ok(confined) => Some(confined.named),
            Err(complaint) => {
                self.push_at(at, complaint);
                None
            }
        }
    }
}

fn texts(value: &Value) -> Vec<String> {
    numbered(value).map(|(_, text)| text).collect()
}

/// The texts of a list, each with its index among all items.
pub(super) fn numbered(value: &Value) -> impl Iterator<Item = (usize, String)> {
    let items = value.as_array().into_iter().flatten().enumerate();
    items.filter_map(|(index, one)| Some((index, one.as_str()?.to_owned())))
}

/// The folder of a stack and the roots of its settings.
pub(in crate::stack) fn confinement(folder: &Path, settings: &Settings) -> Confinement {
    Confinement::new(folder, settings.roots.iter().map(PathBuf::as_path))
}
