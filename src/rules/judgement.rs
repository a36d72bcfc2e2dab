//! The outcome of a rule for a resource, also when some of its values are unknown.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value};

use super::engine;
use super::lexer::PARAMETERS;
use super::outcome::{Doubt, Evaluation, Finding, Leaf, RuleOutcome, Undecided};
use super::placeholder;
use super::rule::Rule;
use super::text::GuardText;
use super::tree::Status;
use super::unknown_rewrite::Conditions;
/// The maximal number of a rule's texts that are tried in place of an unknown value.
const TRIED: usize = 32;

/// A document to judge, written once for all rules.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The JSON for the engine, with marks in place of unknown values.
    json: String,
    /// The tree before that; only if there are unknown values.
    unsure: Option<Value>,
}

impl Document {
    /// Makes a document from a tree, whose texts may be pending or sealed.
    pub fn new(value: Value) -> Self {
        if placeholder::any(&value) {
            Self { json: placeholder::marked(&value).to_string(), unsure: Some(value) }
        } else {
            Self { json: value.to_string(), unsure: None }
        }
    }

    /// Makes a document from the resources of a template.
    pub fn template(resources: Map<String, Value>) -> Self {
        Self::new(Value::Object(Map::from_iter([("Resources".to_owned(), Value::Object(resources))])))
    }
}

/// The outcomes of a rule for a template.
#[derive(Debug, Clone)]
pub struct TemplateJudgement<'i> {
    /// The outcome for each resource, by its logical id.
    pub resources: BTreeMap<&'i str, RuleOutcome>,
    /// The failures for which the engine does not report the resource, or an error of the whole evaluation.
    pub nobodys: Option<RuleOutcome>,
}

/// Judges configuration items by one list of rules. Items that look the same to a rule are judged once: the engine
/// reads rule and document anew each time, and in a large stack many resources differ only in parts that no rule sees.
#[derive(Debug, Default)]
pub struct Items {
    /// The outcomes by the rule's place and the visible part of the item, of which two digests are kept: in a large account
    /// these parts together are as large as the account.
    said: Mutex<HashMap<(usize, u64, u64), RuleOutcome>>,
    /// The keys of the digests, drawn for each run: nobody can choose texts that have the same.
    keys: (RandomState, RandomState),
}

/// The outcomes that are kept: above this, those so far are forgotten, and judged again if they are asked for.
const KEPT: usize = 20_000;

impl Items {
    /// The outcome of a rule, which is given with its place, for a configuration item.
    pub fn judge(&self, place: usize, rule: &Rule, item: &Value) -> RuleOutcome {
        let seen = rule.text.seen(item);
        let text = seen.to_string();
        let key = (place, self.keys.0.hash_one(&text), self.keys.1.hash_one(&text));
        if let Some(said) = self.said().get(&key) {
            return said.clone();
        }
        let outcome = judge_one(rule, &Document::new(seen));
        let mut said = self.said();
        if said.len() >= KEPT {
            said.clear();
        }
        said.insert(key, outcome.clone());
        outcome
    }

    fn said(&self) -> MutexGuard<'_, HashMap<(usize, u64, u64), RuleOutcome>> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A text for the engine to evaluate. Each block of a rule is evaluated alone: an unknown value or an error in one has
/// no effect on another.
#[derive(Debug, Clone, Copy)]
struct Asked<'r> {
    rule: &'r Rule,
    text: &'r GuardText,
    /// The only block of it that counts; `None` for all.
    block: Option<&'r str>,
}

/// The texts of a rule.
fn asked(rule: &Rule) -> Vec<Asked<'_>> {
    let parts = &rule.text.parts;
    if rule.block.is_some() || parts.len() < 2 {
        return vec![Asked { rule, text: &rule.text, block: rule.block.as_deref() }];
    }
    parts.iter().map(|part| Asked { rule, text: &part.text, block: Some(&part.block) }).collect()
}

/// The outcome of the blocks of a rule together: it fails if one fails, and passes if none fails and one passes.
fn together(one: RuleOutcome, other: RuleOutcome) -> RuleOutcome {
    match (one, other) {
        (RuleOutcome::Fail(mut findings), RuleOutcome::Fail(more)) => {
            for finding in more {
                if !findings.contains(&finding) {
                    findings.push(finding);
                }
            }
            RuleOutcome::Fail(findings)
        }
        (fail @ RuleOutcome::Fail(_), _) | (_, fail @ RuleOutcome::Fail(_)) => fail,
        (unknown @ RuleOutcome::Unknown(_), _) | (_, unknown @ RuleOutcome::Unknown(_)) => unknown,
        (RuleOutcome::Pass, _) | (_, RuleOutcome::Pass) => RuleOutcome::Pass,
        (one, _) => one,
    }
}

/// The outcome of a rule for a document in which one resource is judged: every failure is about this resource.
pub fn judge_one(rule: &Rule, document: &Document) -> RuleOutcome {
    let judged = |asked: Asked<'_>| match evaluations(asked, document) {
        Ok(evaluations) => {
            combined(asked, &evaluations, &evaluations.iter().map(Own::all).collect::<Vec<_>>(), document)
        }
        Err(why) => RuleOutcome::Unknown(why),
    };
    asked(rule).into_iter().map(judged).reduce(together).unwrap_or(RuleOutcome::Skipped)
}

/// The outcomes of a rule for the resources of a template, by their logical ids.
pub fn judge_template<'i>(
    rule: &Rule,
    template: &Document,
    ids: impl IntoIterator<Item = &'i str>,
) -> TemplateJudgement<'i> {
    let ids: Vec<&str> = ids.into_iter().collect();
    let both = |mut one: TemplateJudgement<'i>, other: TemplateJudgement<'i>| {
        for (id, outcome) in other.resources {
            let merged = match one.resources.remove(id) {
                Some(before) => together(before, outcome),
                None => outcome,
            };
            one.resources.insert(id, merged);
        }
        let nobodys = [one.nobodys, other.nobodys].into_iter().flatten().reduce(together);
        TemplateJudgement { nobodys, ..one }
    };
    let nothing = TemplateJudgement { resources: BTreeMap::new(), nobodys: None };
    asked(rule).into_iter().map(|asked| judge_resources(asked, template, &ids)).reduce(both).unwrap_or(nothing)
}

fn judge_resources<'i>(asked: Asked<'_>, template: &Document, ids: &[&'i str]) -> TemplateJudgement<'i> {
    let evaluations = match evaluations(asked, template) {
        Ok(evaluations) => evaluations,
        Err(why) => {
            return TemplateJudgement { resources: BTreeMap::new(), nobodys: Some(RuleOutcome::Unknown(why)) };
        }
    };
    // Grouped by resource first: a large stack has many of both.
    let by_owner: Vec<BTreeMap<Option<&str>, Own<'_>>> = evaluations.iter().map(|one| by_owner(asked, one)).collect();
    let of = |id: Option<&str>| {
        let own = by_owner.iter().map(|sorted| {
            let mut own = sorted.get(&id).cloned().unwrap_or_default();
            // Doubts without a resource may be about any resource.
            let shared = sorted.get(&None).filter(|_| id.is_some());
            own.doubts.extend(shared.iter().flat_map(|shared| &shared.doubts));
            own.undecided.extend(shared.iter().flat_map(|shared| &shared.undecided));
            own
        });
        combined(asked, &evaluations, &own.collect::<Vec<_>>(), template)
    };
    let resources = ids.iter().map(|id| (*id, of(Some(id)))).collect();
    let fails = |sorted: &BTreeMap<_, Own<'_>>| sorted.get(&None).is_some_and(|own| !own.leaves.is_empty());
    let nobodys = by_owner.iter().any(fails).then(|| of(None));
    TemplateJudgement { resources, nobodys }
}

/// The part of an evaluation that is about one resource.
#[derive(Debug, Clone, Default)]
struct Own<'e> {
    leaves: Vec<&'e Leaf>,
    doubts: Vec<&'e Doubt>,
    undecided: Vec<&'e Undecided>,
}

impl<'e> Own<'e> {
    fn all(evaluation: &'e Evaluation) -> Self {
        Self {
            leaves: evaluation.leaves.iter().collect(),
            doubts: evaluation.doubts.iter().collect(),
            undecided: evaluation.undecided.iter().collect(),
        }
    }
}

fn by_owner<'e>(asked: Asked<'_>, evaluation: &'e Evaluation) -> BTreeMap<Option<&'e str>, Own<'e>> {
    let mut sorted: BTreeMap<Option<&str>, Own<'_>> = BTreeMap::new();
    for leaf in &evaluation.leaves {
        sorted.entry(logical_id(&leaf.finding.pointer)).or_default().leaves.push(leaf);
    }
    // If resources are compared with each other, a condition that selects one affects all.
    let alone = !asked.text.silent.mixes();
    for doubt in &evaluation.doubts {
        let owner = logical_id(&doubt.pointer).filter(|_| alone);
        sorted.entry(owner).or_default().doubts.push(doubt);
    }
    for one in &evaluation.undecided {
        let owner = logical_id(&one.pointer).filter(|_| alone);
        sorted.entry(owner).or_default().undecided.push(one);
    }
    sorted
}

/// The resource of a template that a pointer leads to.
fn logical_id(pointer: &str) -> Option<&str> {
    pointer.strip_prefix("/Resources/")?.split('/').next().filter(|id| !id.is_empty() && *id != "*")
}

/// The evaluations that have to agree. In the first, no clause holds for unknown values; in the second, conditions and
/// filters do; then conditions alone, or with one filter; in the others, texts replace the unknown values.
fn evaluations(asked: Asked<'_>, document: &Document) -> Result<Vec<Evaluation>, String> {
    let Asked { rule, text, block } = asked;
    let values = rule.values();
    let run = |guard: &str, json: &str| {
        let tree = if values.is_empty() {
            engine::run(&text.name, guard, json)
        } else {
            engine::run(&text.name, guard, &with_parameters(json, &values))
        };
        match tree {
            Ok(Some(tree)) => Ok(Evaluation::of(&tree, block)),
            Ok(None) => Err("its file holds no rule".to_owned()),
            Err(error) => Err(format!("the rule could not be evaluated: {error}")),
        }
    };
    let Some(unsure) = &document.unsure else { return Ok(vec![run(&text.text, &document.json)?]) };
    let marks = placeholder::marks(unsure);
    let first = run(&text.rewritten(&marks, Conditions::Fail), &document.json)?;
    if !first.is_unsure && !text.silent.any() {
        return Ok(vec![first]);
    }
    let mut done = vec![first];
    let filters = (0..text.silent.filters.unwrap_or_default()).map(Conditions::HoldOne);
    let mut rewritten: Vec<String> = Vec::new();
    for conditions in [Conditions::Hold, Conditions::HoldAlone].into_iter().chain(filters) {
        let other = text.rewritten(&marks, conditions);
        if !rewritten.contains(&other) {
            done.push(run(&other, &document.json)?);
            rewritten.push(other);
        }
    }
    if text.silent.must_try() {
        for with in tried(asked).take(TRIED).chain(["\u{1}"]) {
            done.push(run(&text.text, &placeholder::filled(unsure, with).to_string())?);
        }
    }
    Ok(done)
}

/// The texts to try in place of unknown values: those that the stack gives, and those in the rule.
fn tried(asked: Asked<'_>) -> impl Iterator<Item = &str> {
    let Asked { rule, text, .. } = asked;
    let given = rule.parameters.values().filter_map(|one| one.value.as_ref()).flat_map(|value| match value {
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        other => other.as_str().into_iter().collect::<Vec<_>>(),
    });
    given.chain(text.literals.iter().map(String::as_str))
}

/// Returns whether a text that was not tried could make a difference that no evaluation shows.
fn may_hide(asked: Asked<'_>, document: &Document) -> bool {
    let Some(unsure) = &document.unsure else { return false };
    let silent = asked.text.silent;
    let untried = || asked.text.patterns || tried(asked).count() > TRIED || placeholder::marks(unsure).len() > 1;
    let types = silent.types_hide && asked.text.patterns;
    silent.calls || silent.compares_values || (silent.compares_given && untried()) || types
}

/// The document of a JSON object, with the parameters put in front.
fn with_parameters(json: &str, values: &Map<String, Value>) -> String {
    let rest = json.strip_prefix('{').unwrap_or_default();
    let comma = if rest.trim_start().starts_with('}') { "" } else { "," };
    format!("{{\"{PARAMETERS}\":{}{comma}{rest}", Value::Object(values.clone()))
}

/// The outcome on which the evaluations agree, by the part of each that is about one resource.
fn combined(asked: Asked<'_>, evaluations: &[Evaluation], own: &[Own<'_>], document: &Document) -> RuleOutcome {
    let (Some(evaluation), Some(first)) = (evaluations.first(), own.first()) else {
        return RuleOutcome::Unknown("the rule was not evaluated".to_owned());
    };
    let silent = asked.text.silent;
    let error = |why: &str| RuleOutcome::Unknown(format!("the rule could not be evaluated: {why}"));
    let linked = silent.names_rules && evaluations.iter().any(|one| one.is_unsure);
    let hangs = || {
        let failing = own.iter().flat_map(|own| &own.leaves);
        let texts = failing.flat_map(|leaf| leaf.hangs_on.iter().chain(&leaf.conditions));
        let texts: Vec<&String> = texts.chain(first.doubts.iter().map(|doubt| &doubt.text)).collect();
        let all = document.unsure.as_ref().map(placeholder::texts).unwrap_or_default();
        let names = if texts.is_empty() { placeholder::named(&all) } else { placeholder::named(texts) };
        RuleOutcome::Unknown(format!("it depends on {names}, which is unknown here"))
    };
    if own.iter().any(|own| !own.leaves.is_empty()) {
        let rest = own.get(1..).unwrap_or_default();
        let knows = |leaf: &&&Leaf| {
            leaf.error.is_none() && leaf.hangs_on.is_empty() && (document.unsure.is_none() || !leaf.compares)
        };
        let certain = first
            .leaves
            .iter()
            .filter(knows)
            .filter(|leaf| rest.iter().enumerate().all(|(at, own)| stands(leaf, own, at == 0)));
        let findings: Vec<Finding> = certain.map(|leaf| leaf.finding.clone()).collect();
        let selected = silent.selects_by_values && document.unsure.is_some();
        let rewritten = selected || (linked && silent.negates_rules);
        // A clause that unknown values keep from being evaluated depends on these values.
        let asks = !first.doubts.is_empty() || first.leaves.iter().any(|leaf| !leaf.hangs_on.is_empty());
        let undecided = own.iter().flat_map(|own| &own.leaves).find_map(|leaf| leaf.error.as_deref());
        return match undecided {
            Some(why) if findings.is_empty() && !asks => error(why),
            _ if findings.is_empty() || rewritten => hangs(),
            _ => RuleOutcome::Fail(findings),
        };
    }
    if let Some(one) = first.undecided.first() {
        return error(&one.why);
    }
    // A rule that could not be evaluated has failed to the engine, so a clause that negates it has passed.
    if let Some(why) = evaluation.error.as_ref().filter(|_| silent.negates_rules) {
        return error(why);
    }
    // Conditions that can't be made to hold may hide a failure.
    let hidden = own.get(1).is_some_and(|own| !own.doubts.is_empty())
        || evaluations.get(1).is_some_and(|one| one.doubts.iter().any(|doubt| doubt.selects));
    let differs = evaluations.iter().any(|one| one.status != evaluation.status);
    let by_own = differs && (!first.doubts.is_empty() || silent.any());
    if hidden || by_own || linked || may_hide(asked, document) {
        return hangs();
    }
    match (evaluation.status, &asked.rule.applies_when) {
        (Status::Skip, Some(_)) => RuleOutcome::NotApplicable,
        (Status::Skip, None) => RuleOutcome::Skipped,
        (Status::Pass | Status::Fail, _) => RuleOutcome::Pass,
    }
}

/// Returns whether a clause fails in another evaluation, too. If all conditions are to hold, none may have failed.
fn stands(leaf: &Leaf, own: &Own<'_>, all_hold: bool) -> bool {
    let same = |other: &&&Leaf| other.finding == leaf.finding && other.block == leaf.block && !other.compares;
    let knows =
        |leaf: &Leaf| leaf.error.is_none() && leaf.hangs_on.is_empty() && (!all_hold || leaf.conditions.is_empty());
    own.leaves.iter().find(same).is_some_and(|leaf| knows(leaf))
}

#[cfg(test)]
#[path = "judgement_tests.rs"]
pub(super) mod tests;
