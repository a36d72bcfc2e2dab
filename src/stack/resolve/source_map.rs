//! The place of each resource and each of its properties.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::{Address, Diagnostic, Location, Problem, PropertyPath, Severity};
use crate::stack::diagnostics::{Failure, Finding, Related, Reports, Sources};
use crate::stack::parse::Tree;
use crate::stack::source::{Source, Span};

/// The places of a stack's resources and settings.
#[derive(Debug, Clone)]
pub struct SourceMap {
    tree: Arc<Tree>,
    places: BTreeMap<Address, Place>,
    sources: Sources,
}

#[derive(Debug, Clone)]
struct Place {
    keys: Vec<String>,
    key_span: Span,
    documents: Vec<(PropertyPath, Arc<Tree>)>,
    /// Properties that are derived from others, each with the one that the file gives.
    derived: Vec<(PropertyPath, PropertyPath)>,
}

impl SourceMap {
    pub(crate) fn new(tree: &Arc<Tree>) -> Self {
        let mut sources = Sources::default();
        sources.insert(Arc::clone(&tree.source));
        Self { tree: Arc::clone(tree), places: BTreeMap::new(), sources }
    }

    pub(crate) fn insert(
        &mut self,
        address: Address,
        keys: Vec<String>,
        key_span: Span,
        documents: Vec<(PropertyPath, Arc<Tree>)>,
    ) {
        for (_, tree) in &documents {
            self.sources.insert(Arc::clone(&tree.source));
        }
        self.places.insert(address, Place { keys, key_span, documents, derived: Vec::new() });
    }

    /// Gives a property, and all below it, the place of the one that it is derived from.
    pub fn derive(&mut self, address: &Address, property: PropertyPath, from: PropertyPath) {
        if let Some(place) = self.places.get_mut(address) {
            place.derived.push((property, from));
        }
    }

    pub(crate) fn take(&mut self, sources: Sources) {
        self.sources.extend(sources);
    }

    /// The place of a property: its value if that is a scalar, else its key; if the file does not give it,
    /// the nearest one above it. The root is the resource's key. A property from a policy file is found in that file.
    pub fn locate(&self, address: &Address, path: &PropertyPath) -> Option<Location> {
        self.place(address, path).map(|(source, span)| source.location(span))
    }

    /// The place of a setting, such as `["account"]`; `None` if the file does not give it.
    pub fn setting(&self, keys: &[&str]) -> Option<Location> {
        self.tree.setting(keys)
    }

    /// Shows diagnostics with their lines.
    pub fn render(&self, diagnostics: &[Diagnostic], color: bool) -> String {
        self.sources.render(diagnostics, &|_| Vec::<Related>::new(), color)
    }

    /// The problems that a kind finds in a resource once the account is known, with their lines.
    pub fn failure(&self, address: &Address, problems: Vec<Problem>) -> Failure {
        let reports = Reports::default();
        for mut problem in problems {
            problem.message = format!("{address}: {}", problem.message);
            reports.push(self.refusal(address, problem, "refused"));
        }
        reports.failure()
    }

    /// The warnings of a kind, with their lines.
    pub fn warnings(&self, address: &Address, problems: Vec<Problem>) -> Vec<Diagnostic> {
        let reports = Reports::default();
        for Problem { path, message, hint, given: _, of_key: _ } in problems {
            let finding = self.finding(address, &path, "advice", message);
            reports.push(finding.severity(Severity::Warning).maybe_hint(hint));
        }
        reports.failure().diagnostics
    }

    /// The finding of a kind's problem.
    pub(crate) fn refusal(&self, address: &Address, problem: Problem, code: &'static str) -> Finding {
        let Problem { path, message, hint, given: _, of_key } = problem;
        let key = self.places.get(address).filter(|_| of_key).and_then(|place| {
            let keys: Vec<String> = place.keys.iter().chain(path.keys()).cloned().collect();
            let (_, key, depth) = self.tree.root.nearest(&keys, place.key_span);
            (depth == keys.len()).then_some(key)
        });
        let finding = match key {
            Some(key) => Finding::at(&self.tree.source, key, code, message),
            None => self.finding(address, &path, code, message),
        };
        finding.maybe_hint(hint)
    }

    fn place(&self, address: &Address, path: &PropertyPath) -> Option<(&Arc<Source>, Span)> {
        let place = self.places.get(address)?;
        let derived = place.derived.iter().find(|(property, _)| property.covers(path));
        let path = derived.map_or(path, |(_, from)| from);
        let document = place.documents.iter().find(|(at, _)| at.covers(path) && at != path);
        if let Some((at, tree)) = document {
            let below = &path.keys()[at.keys().len()..];
            let (node, key, depth) = tree.root.nearest(below, tree.root.span);
            let span = if depth == below.len() && node.scalar().is_some() { node.span } else { key };
            return Some((&tree.source, span));
        }
        let (body, _, found) = self.tree.root.nearest(&place.keys, place.key_span);
        if found < place.keys.len() || path.is_root() {
            return Some((&self.tree.source, place.key_span));
        }
        let (node, key, depth) = body.nearest(path.keys(), place.key_span);
        let of_stack = depth == 0 && path.keys().first().is_some_and(|first| first == "tags");
        if let Some(span) = of_stack.then(|| self.stack_tag(path)).flatten() {
            return Some((&self.tree.source, span));
        }
        let whole = depth == path.keys().len() && node.scalar().is_some_and(|scalar| !scalar.text.is_empty());
        Some((&self.tree.source, if whole { node.span } else { key }))
    }

    fn stack_tag(&self, path: &PropertyPath) -> Option<Span> {
        let key = path.keys().get(1)?;
        self.tree.root.get("tags")?.entry(key).map(|entry| entry.key_span)
    }

    pub(crate) fn finding(
        &self,
        address: &Address,
        path: &PropertyPath,
        code: &'static str,
        message: String,
    ) -> Finding {
        match self.place(address, path) {
            Some((source, span)) => Finding::at(source, span, code, message),
            None => Finding::nowhere(code, message),
        }
    }

    pub(crate) fn also(&self, finding: Finding, address: &Address, path: &PropertyPath, label: String) -> Finding {
        match self.place(address, path) {
            Some((source, span)) => finding.also(source, span, label),
            None => finding,
        }
    }
}
