//! Resolves a file and its settings to the desired resources.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Map, Value, json};

use super::declared::Declared;
use super::index::{Index, Raw};
use super::resolver::Resolver;
use super::source_map::SourceMap;
use super::{ignore, order, per_workspace};
use crate::base::{
    Address, Archives, Diagnostic, Environment, Problem, PropertyPath, Reference, Severity, Vault, pending, redacted,
};
use crate::kind::{Context, Registry};
use crate::path;
use crate::stack::diagnostics::{Failure, FailureKind, Reports};
use crate::stack::parse::Document;
use crate::stack::read::files::Files;
use crate::stack::read::recovery::{self, InvalidProperty};
use crate::stack::read::walk::{Use, Walk};
use crate::stack::schema::hoist;
use crate::stack::schema::stack::IGNORE;
use crate::stack::settings::{Settings, Variables, confinement, region, tags};
use crate::stack::source::tree::{Node, Shape};

/// The desired stack of a file.
#[derive(Debug)]
pub struct Stack {
    /// The stack as a whole.
    pub settings: Settings,
    /// Its resources, in the order of the registry's sections and of the file.
    pub resources: Vec<Declared>,
    /// The entries of which each workspace has a resource of its own: `underpin startup` makes it, and no plan.
    pub per_workspace: Vec<Declared>,
    /// The places of all resources and settings.
    pub source: SourceMap,
    /// The warnings.
    pub warnings: Vec<Diagnostic>,
}

/// The inputs of a resolution.
#[derive(Clone, Copy)]
struct Resolution<'a> {
    env: &'a Environment,
    registry: &'a Registry,
    vault: &'a Vault,
    archives: &'a Archives,
}

impl Document {
    /// Reads the resources: interpolates, checks, seals, and collects all their errors.
    ///
    /// A resource is not read at all if the environment leaves its section out. A reference to it is an error
    /// if its value is known only after apply; one that follows from the file alone still resolves.
    pub fn resolve(
        &self,
        settings: &Settings,
        env: &Environment,
        registry: &Registry,
        vault: &Vault,
        archives: &Archives,
        variables: &Variables<'_>,
    ) -> Result<Stack, Failure> {
        for text in [&env.account, &env.region, &settings.stack] {
            vault.publish(text);
        }
        let with = Resolution { env, registry, vault, archives };
        let reports = self.reports();
        region::advise(self, settings, &reports);
        let index = Index::new(self, settings, registry, &reports);
        let confinement = confinement(&self.folder(), settings);
        let files = Files::new(&confinement, archives);
        let resolver = Resolver {
            index: &index,
            settings,
            env,
            registry,
            variables,
            source: &self.tree.source,
            frames: RefCell::default(),
            names: RefCell::default(),
        };
        let mut loader = Loader {
            document: self,
            settings,
            with,
            reports: &reports,
            resolver: &resolver,
            files: &files,
            map: SourceMap::new(&self.tree),
            names: BTreeMap::new(),
            schemas: BTreeMap::new(),
        };
        let kept = || index.resources.iter().filter(|raw| !raw.excluded);
        kept().for_each(|raw| loader.name(raw));
        let resources: Vec<Declared> = kept().filter_map(|raw| loader.resource(raw)).collect();
        order::check(&resources, registry, &loader.map, &reports);
        let (per_workspace, resources) = per_workspace::split(resources, registry, &loader.map, &reports);
        let mut source = loader.map;
        let ((), warnings, sources) = reports.finish(Some(()))?;
        source.take(sources);
        Ok(Stack { settings: settings.clone(), resources, per_workspace, source, warnings })
    }
}

impl Document {
    /// Reads settings and resources at once, for `validate`: finds all errors of [`Document::settings`] and
    /// [`Document::resolve`], whichever fails. If the settings can't be read, the resources are checked
    /// with settings that restrict nothing.
    pub fn load(
        &self,
        environment: Option<&str>,
        env: &dyn Fn(&Settings) -> Environment,
        registry: &Registry,
        vault: &Vault,
        archives: &Archives,
        variables: &Variables<'_>,
    ) -> Result<Stack, Failure> {
        let resolve =
            |settings: &Settings, env: &Environment| self.resolve(settings, env, registry, vault, archives, variables);
        match self.settings(environment, registry, variables) {
            Ok(settings) => resolve(&settings, &env(&settings)),
            Err(failure) if failure.kind == FailureKind::UnknownEnvironment => Err(failure),
            Err(failure) => {
                let settings = self.open_settings(environment, registry, variables);
                let mut env = env(&settings);
                if settings.region.is_none() && self.gives(environment, "region") {
                    // Other sources of a region do not tell which one the file meant.
                    env = env.in_unknown_region();
                }
                Err(match resolve(&settings, &env) {
                    Ok(_) => failure,
                    Err(more) => failure.merge(more),
                })
            }
        }
    }
}

struct Loader<'a> {
    document: &'a Document,
    settings: &'a Settings,
    with: Resolution<'a>,
    reports: &'a Reports,
    resolver: &'a Resolver<'a>,
    files: &'a Files<'a>,
    map: SourceMap,
    /// Sections and physical names (as AWS distinguishes them) with the resource that took them first.
    names: BTreeMap<(&'static str, String), Address>,
    schemas: BTreeMap<&'static str, Rc<Value>>,
}

impl<'a> Loader<'a> {
    /// Computes the physical name, which must be unique in its section.
    fn name(&mut self, raw: &Raw<'a>) {
        self.map.insert(raw.address.clone(), raw.keys.clone(), raw.key_span, Vec::new());
        let filled = self.resolver.own_name(raw, self.reports, false);
        if let Some(filled) = &filled {
            let (section, key) = (raw.kind.section(), raw.kind.name_key(&filled.text));
            match self.names.get(&(section, key.clone())) {
                Some(first) => {
                    let other = self.resolver.names.borrow().get(first).cloned().flatten().map(|filled| filled.text);
                    let message = match other.filter(|other| *other != filled.text) {
                        Some(other) => {
                            format!("`{other}` and `{}` of `{section}` are the same physical name for AWS", filled.text)
                        }
                        None => format!("two resources of `{section}` have the physical name `{}`", filled.text),
                    };
                    let finding = self.map.finding(&raw.address, &path!["name"], "duplicate-name", message);
                    let finding = finding.label("given again here").hint("give one of them another `name:` or key");
                    let finding = self.map.also(finding, first, &path!["name"], "first given here".to_owned());
                    self.reports.push(finding);
                }
                None => {
                    self.names.insert((section, key), raw.address.clone());
                }
            }
        }
        self.resolver.names.borrow_mut().insert(raw.address.clone(), filled);
    }

    fn resource(&mut self, raw: &Raw<'a>) -> Option<Declared> {
        let before = self.reports.errors();
        let source = &self.document.tree.source;
        let schema = self.schema(raw);
        let has = |key: &str| schema["properties"].get(key).is_some();
        let (has_tags, own_name) = (has("tags"), has("name"));
        let mut elsewhere: Vec<&str> = Vec::new();
        if raw.owner.is_none() && !own_name {
            elsewhere.push("name");
        }
        elsewhere.push(IGNORE);
        elsewhere.extend(hoist::out_of(raw.kind.section(), self.with.registry).into_iter().map(|lift| lift.property));
        let mut walk = Walk::new(source, self.reports, self.resolver, &schema);
        walk.vault = Some(self.with.vault);
        walk.files = Some(self.files);
        walk.elsewhere = &elsewhere;
        let empty = Node { span: raw.key_span, shape: Shape::Mapping(Vec::new()) };
        let node = if raw.node.is_null() { &empty } else { raw.node };
        let ignored = ignore::read(raw, &schema, self.with.registry, source, self.reports);
        let body = walk.read(node, raw.key_span, &format!("the {} `{}`", raw.kind.noun(), raw.key));
        let (mut references, documents, mut unsound) = (walk.uses, walk.documents, walk.unsound);
        self.map.insert(raw.address.clone(), raw.keys.clone(), raw.key_span, documents);
        let mut body = body?;
        recovery::repair(&mut body, &mut unsound);
        let name = self.resolver.names.borrow().get(&raw.address).cloned().flatten();
        let name = name.map_or_else(|| recovery::name(&mut unsound), |name| name.text);
        self.with.vault.publish(&name);
        self.name_uses(raw, &mut references);
        if let Some((lift, owner)) = &raw.owner {
            let physical =
                name.strip_suffix(raw.key).and_then(|name| name.strip_suffix('/')).unwrap_or(&name).to_owned();
            body[lift.owner] = json!(physical);
            let to = Reference { address: owner.clone(), attribute: "name".to_owned() };
            references.insert(0, Use { at: path![lift.owner], to, known: true });
        }
        if has_tags {
            self.tags(raw, &mut body);
        }
        self.check(raw, &name, &body, &unsound);
        if self.reports.errors() == before {
            self.advise(raw, &name, &body);
        }
        Some(Declared { address: raw.address.clone(), name, body, references, ignored })
    }

    /// The schema that the file must follow, made once for each kind.
    fn schema(&mut self, raw: &Raw<'a>) -> Rc<Value> {
        let make = || {
            let mut schema = raw.kind.schema().to_value();
            if let Some((lift, _)) = &raw.owner {
                without(&mut schema, lift.owner);
            }
            Rc::new(schema)
        };
        Rc::clone(self.schemas.entry(raw.kind.section()).or_insert_with(make))
    }

    /// The references in `name:`.
    fn name_uses(&self, raw: &Raw<'a>, references: &mut Vec<Use>) {
        let names = self.resolver.names.borrow();
        let uses = names.get(&raw.address).and_then(Option::as_ref).map(|filled| filled.uses.clone());
        for (to, known) in uses.unwrap_or_default() {
            references.push(Use { at: path!["name"], to, known });
        }
    }

    /// Checks the resource's tags and merges them over the stack's.
    fn tags(&self, raw: &Raw<'a>, body: &mut Value) {
        let vault = self.with.vault;
        let source = &self.document.tree.source;
        let own = body.get("tags").and_then(Value::as_object).cloned().unwrap_or_default();
        let entry = raw.node.entry("tags");
        if let Some(entry) = entry {
            let text = |key: &str| {
                let text = own.get(key)?.as_str()?;
                let open = vault.open(text).unwrap_or_else(|| text.to_owned());
                (!pending::is_pending(&open)).then_some(open)
            };
            tags::check(&entry.value, source, self.reports, &text);
        }
        let mut merged: BTreeMap<String, Value> = BTreeMap::new();
        for (key, tag) in &self.settings.tags {
            tag.heard.iter().for_each(|value| vault.hear(value));
            let text = if tag.secret { vault.seal(&tag.text) } else { tag.text.clone() };
            merged.insert(key.clone(), json!(text));
        }
        merged.extend(own);
        if let Some(entry) = entry {
            tags::count(&merged, source, entry.key_span, self.reports);
        }
        if !merged.is_empty() {
            body["tags"] = Value::Object(merged.into_iter().collect::<Map<_, _>>());
        }
    }

    /// Lets the kind check the resource. Problems that follow from reported ones are left out.
    fn check(&self, raw: &Raw<'a>, name: &str, body: &Value, unsound: &[InvalidProperty]) {
        let cx = Context { name, env: self.with.env, facts: None };
        let open = self.opened(body);
        let mut problems = open.map(|open| raw.kind.check(&open, &cx)).unwrap_or_default();
        problems.retain(|problem| !recovery::follows(problem, unsound));
        for problem in recovery::causes(problems) {
            self.problem(raw, body, Severity::Error, problem);
        }
    }

    /// Lets the kind add its warnings.
    fn advise(&self, raw: &Raw<'a>, name: &str, body: &Value) {
        let cx = Context { name, env: self.with.env, facts: None };
        let open = self.opened(body);
        for problem in open.map(|open| raw.kind.advice(&open, &cx, self.with.archives)).unwrap_or_default() {
            self.problem(raw, body, Severity::Warning, problem);
        }
    }

    /// A body as kinds see it: with sealed values opened, since limits and patterns apply to them too.
    fn opened(&self, body: &Value) -> Option<Value> {
        let mut open = body.clone();
        self.with.vault.open_all(&mut open).is_ok().then_some(open)
    }

    /// Removes sealed values from a kind's message.
    fn masked(&self, body: &Value, mut problem: Problem) -> Problem {
        let mut secrets = Vec::new();
        sealed_texts(body, &PropertyPath::root(), &mut secrets);
        for (at, sealed) in &secrets {
            let Some(text) = self.with.vault.open(sealed).filter(|text| !text.is_empty()) else { continue };
            // Elsewhere a short text is a part of many words.
            if problem.path.covers(at) || text.chars().count() > 3 {
                let text = [text];
                problem.message = redacted(&problem.message, &text);
                problem.hint = problem.hint.map(|hint| redacted(&hint, &text));
            }
        }
        problem
    }

    /// Reports a kind's problem at its place.
    fn problem(&self, raw: &Raw<'a>, body: &Value, severity: Severity, problem: Problem) {
        let code = if severity == Severity::Error { "refused" } else { "advice" };
        let finding = self.map.refusal(&raw.address, self.masked(body, problem), code);
        self.reports.push(finding.severity(severity));
    }
}

/// The sealed texts of a tree, and where they are.
fn sealed_texts(value: &Value, at: &PropertyPath, into: &mut Vec<(PropertyPath, String)>) {
    match value {
        Value::String(text) if Vault::is_sealed(text) => into.push((at.clone(), text.clone())),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| sealed_texts(item, &at.child(index.to_string()), into));
        }
        Value::Object(map) => map.iter().for_each(|(key, item)| sealed_texts(item, &at.child(key), into)),
        _ => {}
    }
}

/// Removes a required key that is filled in after the walk.
fn without(schema: &mut Value, key: &str) {
    if let Some(Value::Array(required)) = schema.get_mut("required") {
        required.retain(|one| one != key);
    }
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.shift_remove(key);
    }
}
