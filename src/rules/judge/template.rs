//! Rules on the template: the whole stack in one document, so that a rule can see related resources together.
//!
//! For most clauses, Guard reports where they failed, and so in which resource. For some it doesn't (a value looked for
//! in an empty set): then each entry of the stack is judged once more without the others that the rule judges.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::evaluation::{Evaluation, failed, place, worst};
use super::spread::spread;
use super::terms::{Terms, would_judge};
use crate::base::PropertyPath;
use crate::kind::Rendering;
use crate::rules::{
    Before, Document, Input, Rendered, Rule, RuleOutcome, Subject, TemplateJudgement, judge_one, judge_template,
};

/// Below this many resources a thread costs more than it saves.
const FEW: usize = 8;

/// All resources as one template.
struct Template<'w> {
    resources: Vec<Resource<'w>>,
}

struct Resource<'w> {
    id: String,
    /// The entry of the stack, by its place in the list.
    entry: usize,
    rendering: &'w Rendering,
}

impl Resource<'_> {
    /// The part of it that a rule can see.
    fn body(&self, rule: &Rule) -> (String, Value) {
        let Rendering { type_name, body, .. } = self.rendering;
        (self.id.clone(), rule.text.seen(&json!({"Type": type_name, "Properties": body})))
    }
}

impl<'w> Template<'w> {
    /// The template of the subjects in one of their states; one that has none is not in it.
    fn new(subjects: &'w [Subject], state: impl Fn(&'w Subject) -> Option<&'w Rendered>) -> Self {
        let mut ids: BTreeSet<String> = BTreeSet::new();
        let mut all = Vec::new();
        for (entry, one) in subjects.iter().enumerate() {
            for rendering in state(one).map(|state| state.template.as_slice()).unwrap_or_default() {
                let id = free(&ids, logical_id(&one.name, &rendering.part));
                ids.insert(id.clone());
                all.push(Resource { id, entry, rendering });
            }
        }
        Self { resources: all }
    }

    /// The document that a rule can see, of the resources that are kept.
    fn document(&self, rule: &Rule, keep: impl Fn(&Resource<'_>) -> bool) -> Document {
        let types = rule.text.confined.then(|| rule.text.types());
        let visible = |one: &&Resource<'_>| {
            types.as_ref().is_none_or(|types| types.iter().any(|name| name == one.rendering.type_name))
        };
        let bodies = self.resources.iter().filter(visible).filter(|one| keep(one)).map(|one| one.body(rule));
        Document::template(bodies.collect::<Map<_, _>>())
    }
}

/// A logical id, of letters and digits only.
/// Source: `CloudFormation` user guide, "Resources": "The logical ID must be alphanumeric".
fn logical_id(name: &str, part: &str) -> String {
    let mut id = String::new();
    let words = [name, part];
    for word in words.into_iter().flat_map(|text| text.split(|c: char| !c.is_ascii_alphanumeric())) {
        let mut letters = word.chars();
        id.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        id.extend(letters);
    }
    id
}

/// The id, with a number after it if it is taken: two names may differ only in signs that an id can't have.
fn free(taken: &BTreeSet<String>, id: String) -> String {
    if !taken.contains(&id) {
        return id;
    }
    // There are fewer taken ids than numbers to try.
    let numbered = (2..=taken.len() + 2).map(|number| format!("{id}X{number}"));
    numbered.into_iter().find(|id| !taken.contains(id)).unwrap_or(id)
}

pub(super) fn all(subjects: &[Subject], terms: Terms<'_>) -> Vec<Evaluation> {
    let rules: Vec<(usize, &Rule)> = terms.guard(Input::Template).collect();
    if rules.is_empty() {
        return Vec::new();
    }
    let planned = Template::new(subjects, |one| Some(&one.now));
    let before = subjects.iter().any(Subject::changes).then(|| {
        Template::new(subjects, |one| match &one.before {
            Before::Same => Some(&one.now),
            Before::Absent => None,
            Before::Other(before) => Some(before),
        })
    });
    let few = subjects.len() < FEW;
    let said = spread(&rules, few, |_, some| {
        some.iter().flat_map(|(index, rule)| of_rule(*index, rule, &planned, before.as_ref())).collect::<Vec<_>>()
    });
    said.into_iter().flatten().chain(unwritten(subjects, &rules, terms)).collect()
}

/// Resources that can't be written are in no template; the outcome of a rule for them is unknown.
fn unwritten(subjects: &[Subject], rules: &[(usize, &Rule)], terms: Terms<'_>) -> Vec<Evaluation> {
    let mut said = Vec::new();
    for (entry, one) in subjects.iter().enumerate() {
        let Some(error) = one.now.error.as_ref().filter(|_| !one.type_name.is_empty()) else { continue };
        for (rule, _) in rules.iter().filter(|(_, rule)| would_judge(rule, one.type_name, terms)) {
            let outcome = RuleOutcome::Unknown(error.clone());
            said.push(Evaluation { rule: *rule, resource: Some(entry), outcome, place: None, before: None });
        }
    }
    said
}

fn of_rule(index: usize, rule: &Rule, planned: &Template<'_>, live: Option<&Template<'_>>) -> Vec<Evaluation> {
    let (outcomes, rest) = judged(rule, planned);
    let told = |outcome: &RuleOutcome| matches!(outcome, RuleOutcome::Pass | RuleOutcome::Fail(_));
    let differs = |live: &Template<'_>| live.document(rule, |_| true) != planned.document(rule, |_| true);
    let before = match live {
        Some(live) if live.resources.is_empty() || !outcomes.values().any(|(outcome, _)| told(outcome)) => {
            ByEntry::new()
        }
        Some(live) if differs(live) => judged(rule, live).0,
        // If the rule sees no difference, the live outcomes are the planned ones.
        _ => outcomes.clone(),
    };
    let mut said = Vec::new();
    for (entry, (outcome, place)) in outcomes {
        let before = before.get(&entry).filter(|_| told(&outcome));
        let before = before.and_then(|(before, _)| failed(rule, before));
        said.push(Evaluation { rule: index, resource: Some(entry), outcome, place, before });
    }
    // For the stack as a whole, only problems are reported.
    let rest =
        rest.filter(|rest| matches!(rest, RuleOutcome::Fail(_) | RuleOutcome::Unknown(_) | RuleOutcome::Skipped));
    said.extend(rest.map(|outcome| Evaluation { rule: index, resource: None, outcome, place: None, before: None }));
    said
}

type ByEntry = BTreeMap<usize, (RuleOutcome, Option<PropertyPath>)>;

fn judged(rule: &Rule, template: &Template<'_>) -> (ByEntry, Option<RuleOutcome>) {
    let own: Vec<&Resource<'_>> =
        template.resources.iter().filter(|one| rule.judges(one.rendering.type_name)).collect();
    if own.is_empty() {
        return (ByEntry::new(), None);
    }
    let document = template.document(rule, |_| true);
    let TemplateJudgement { resources, mut nobodys } =
        judge_template(rule, &document, own.iter().map(|one| one.id.as_str()));
    let mut found = ByEntry::new();
    for one in &own {
        let Some(outcome) = resources.get(one.id.as_str()) else { continue };
        let place = place(outcome, one.rendering, &format!("/Resources/{}/Properties", one.id));
        add(&mut found, one.entry, (outcome.clone(), place));
    }
    // A lone rule file doesn't show which of its types it judges and which it only reads, unless it has just one.
    if (rule.has_entry || rule.resource_types.len() == 1) && nobodys.is_some() {
        let entries: BTreeSet<usize> = found.keys().copied().collect();
        for entry in &entries {
            let alone = template.document(rule, |other| other.entry == *entry || !entries.contains(&other.entry));
            let outcome = judge_one(rule, &alone);
            if let (RuleOutcome::Fail(_) | RuleOutcome::Unknown(_) | RuleOutcome::Skipped, Some((before, _))) =
                (&outcome, found.get_mut(entry))
                && !matches!(before, RuleOutcome::Fail(_))
            {
                *before = outcome;
            }
        }
        let failing = |(outcome, _): &(RuleOutcome, _)| {
            matches!(outcome, RuleOutcome::Fail(_) | RuleOutcome::Unknown(_) | RuleOutcome::Skipped)
        };
        nobodys = nobodys.filter(|_| !found.values().any(failing));
    }
    (found, nobodys)
}

fn add(found: &mut ByEntry, entry: usize, new: (RuleOutcome, Option<PropertyPath>)) {
    let merged = match found.remove(&entry) {
        Some(before) => worst(before, new),
        None => new,
    };
    found.insert(entry, merged);
}
