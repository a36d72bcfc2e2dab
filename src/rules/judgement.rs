//! What a rule says of a resource, whatever is known of it.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use super::engine;
use super::outcome::{Evaluation, Finding, Leaf, RuleOutcome};
use super::rule::Rule;
use super::tree::Status;
use super::unsure;

/// The key under which AWS Config shows a rule its parameters.
/// Source: Lambda developer guide, "Detect non-compliant Lambda deployments and configurations with AWS Config".
const PARAMETERS: &str = "CONFIG_RULE_PARAMETERS";
/// How many texts of a rule are tried in place of what is not known.
const TRIED: usize = 32;

/// A document to judge, written once for all rules.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// As the engine reads it: with marks in place of what is not known.
    json: String,
    /// The same before that; only where something is not known.
    unsure: Option<Value>,
}

impl Document {
    /// Takes a tree, the texts of which may be pending or sealed.
    pub fn new(value: Value) -> Self {
        if unsure::any(&value) {
            Self { json: unsure::marked(&value).to_string(), unsure: Some(value) }
        } else {
            Self { json: value.to_string(), unsure: None }
        }
    }

    /// Takes the resources of a template.
    pub fn template(resources: Map<String, Value>) -> Self {
        Self::new(Value::Object(Map::from_iter([("Resources".to_owned(), Value::Object(resources))])))
    }
}

/// What a rule says of a template as a whole.
#[derive(Debug, Clone)]
pub struct TemplateJudgement<'i> {
    /// Of each resource, by its logical id.
    pub resources: BTreeMap<&'i str, RuleOutcome>,
    /// What failed, and the engine does not tell in which resource; or that nothing can be told at all.
    pub nobodys: Option<RuleOutcome>,
}

/// Judges configuration items by one list of rules. What looks the same to a rule is judged once: the engine reads rule
/// and document anew each time, and in a large stack many resources differ in what no rule sees.
#[derive(Debug, Default)]
pub struct Items {
    /// By the rule's place and what it sees.
    said: HashMap<(usize, String), RuleOutcome>,
}

impl Items {
    /// What a rule, given by its place too, says of a configuration item.
    pub fn judge(&mut self, place: usize, rule: &Rule, item: &Value) -> RuleOutcome {
        let seen = rule.text.seen(item);
        let said = self.said.entry((place, seen.to_string()));
        said.or_insert_with(|| judge_one(rule, &Document::new(seen))).clone()
    }
}

/// What a rule says of a document in which one resource is judged: whatever fails is its.
pub fn judge_one(rule: &Rule, document: &Document) -> RuleOutcome {
    match evaluations(rule, document) {
        Ok(evaluations) => {
            let leaves: Vec<Vec<Leaf>> = evaluations.iter().map(|one| one.leaves.clone()).collect();
            combined(rule, &evaluations, &leaves, document)
        }
        Err(why) => RuleOutcome::Unknown(why),
    }
}

/// What a rule says of each of the resources of a template, by their logical ids.
pub fn judge_template<'i>(
    rule: &Rule,
    template: &Document,
    ids: impl IntoIterator<Item = &'i str>,
) -> TemplateJudgement<'i> {
    let evaluations = match evaluations(rule, template) {
        Ok(evaluations) => evaluations,
        Err(why) => {
            return TemplateJudgement { resources: BTreeMap::new(), nobodys: Some(RuleOutcome::Unknown(why)) };
        }
    };
    let owner = |pointer: &str| logical_id(pointer).map(str::to_owned);
    // Sorted out by resource first: a large stack has many of both.
    let by_owner: Vec<BTreeMap<Option<String>, Vec<Leaf>>> = evaluations
        .iter()
        .map(|one| {
            let mut sorted: BTreeMap<Option<String>, Vec<Leaf>> = BTreeMap::new();
            for leaf in &one.leaves {
                sorted.entry(owner(&leaf.finding.pointer)).or_default().push(leaf.clone());
            }
            sorted
        })
        .collect();
    let of = |id: Option<&str>| {
        let id = id.map(str::to_owned);
        let own = by_owner.iter().map(|sorted| sorted.get(&id).cloned().unwrap_or_default()).collect::<Vec<_>>();
        combined(rule, &evaluations, &own, template)
    };
    let resources = ids.into_iter().map(|id| (id, of(Some(id)))).collect();
    let nobodys = by_owner.iter().any(|sorted| sorted.contains_key(&None)).then(|| of(None));
    TemplateJudgement { resources, nobodys }
}

/// The resource of a template in which a pointer ends.
fn logical_id(pointer: &str) -> Option<&str> {
    pointer.strip_prefix("/Resources/")?.split('/').next().filter(|id| !id.is_empty() && *id != "*")
}

/// The evaluations that have to agree; the first is the one with marks.
fn evaluations(rule: &Rule, document: &Document) -> Result<Vec<Evaluation>, String> {
    let values = rule.values();
    let run = |json: &str| {
        let tree = if values.is_empty() {
            engine::run(&rule.text.name, &rule.text.text, json)
        } else {
            engine::run(&rule.text.name, &rule.text.text, &with_parameters(json, &values))
        };
        match tree {
            Ok(Some(tree)) => Ok(Evaluation::of(&tree, rule.block.as_deref())),
            Ok(None) => Err("its file holds no rule".to_owned()),
            Err(error) => Err(format!("the rule could not be evaluated: {error}")),
        }
    };
    let mut done = vec![run(&document.json)?];
    // A clause that holds though nothing compares with the mapping must be one that asks for what is not so.
    if let Some(value) = document.unsure.as_ref().filter(|_| rule.text.negates) {
        let own = values.values().flat_map(|value| match value {
            Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
            other => other.as_str().into_iter().collect::<Vec<_>>(),
        });
        let texts = rule.text.literals.iter().map(String::as_str).chain(own);
        for text in texts.take(TRIED).chain(["\u{1}"]) {
            done.push(run(&unsure::filled(value, text).to_string())?);
        }
    }
    Ok(done)
}

/// The document of a JSON object with the parameters put in front.
fn with_parameters(json: &str, values: &Map<String, Value>) -> String {
    let rest = json.strip_prefix('{').unwrap_or_default();
    let comma = if rest.trim_start().starts_with('}') { "" } else { "," };
    format!("{{\"{PARAMETERS}\":{}{comma}{rest}", Value::Object(values.clone()))
}

/// What the evaluations agree upon for some of the clauses that failed in each.
fn combined(rule: &Rule, evaluations: &[Evaluation], failing: &[Vec<Leaf>], document: &Document) -> RuleOutcome {
    if let Some(error) = failing.iter().flatten().find_map(|leaf| leaf.error.as_ref()) {
        return RuleOutcome::Unknown(format!("the rule could not be evaluated: {error}"));
    }
    let (Some(marked), Some(leaves)) = (evaluations.first(), failing.first()) else {
        return RuleOutcome::Unknown("the rule was not evaluated".to_owned());
    };
    let hangs = |texts: Vec<&String>| {
        let all = document.unsure.as_ref().map(unsure::texts).unwrap_or_default();
        let names = if texts.is_empty() { unsure::named(&all) } else { unsure::named(texts) };
        RuleOutcome::Unknown(format!("it hangs on {names}, which is not known here"))
    };
    let fails = failing.iter().filter(|leaves| !leaves.is_empty()).count();
    if fails == failing.len() {
        let certain = leaves.iter().filter(|leaf| leaf.hangs_on.is_empty());
        let findings: Vec<Finding> = certain.map(|leaf| leaf.finding.clone()).collect();
        if findings.is_empty() {
            return hangs(leaves.iter().flat_map(|leaf| &leaf.hangs_on).collect());
        }
        return RuleOutcome::Fail(findings);
    }
    if fails > 0 {
        let texts = leaves.iter().flat_map(|leaf| &leaf.hangs_on).chain(&marked.conditions_hang_on);
        return hangs(texts.collect());
    }
    let skipped = evaluations.iter().filter(|one| one.status == Status::Skip).count();
    match skipped {
        0 => RuleOutcome::Pass,
        some if some < evaluations.len() => hangs(marked.conditions_hang_on.iter().collect()),
        _ if !marked.conditions_hang_on.is_empty() => hangs(marked.conditions_hang_on.iter().collect()),
        _ if rule.applies_when.is_some() => RuleOutcome::NotApplicable,
        _ => RuleOutcome::Skipped,
    }
}

#[cfg(test)]
#[path = "judgement_tests.rs"]
mod tests;
