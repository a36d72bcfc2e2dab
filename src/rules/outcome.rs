//! What one evaluation says: how the blocks that count ended, and which clauses made them fail.

use super::tree::{Block, Clause, Container, Queried, Record, Status, Tree};
use super::unsure;

/// What a rule says of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleOutcome {
    /// It holds.
    Pass,
    /// It doesn't; never empty.
    Fail(Vec<Finding>),
    /// Nobody can tell, and why.
    Unknown(String),
    /// Its condition does not hold, or a filter selects nothing, and a mistyped path looks just the same: nobody can
    /// tell either.
    Skipped,
    /// Its condition does not hold, and its author says that this is meant.
    NotApplicable,
}

/// A clause that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where in the document, keys and indices after slashes; empty where nothing is known.
    pub pointer: String,
    /// The rule's own message.
    pub message: Option<String>,
}

/// A clause that failed, with what its failing hangs on.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    pub(super) finding: Finding,
    /// Texts that are not known yet, and that could turn it.
    pub(super) hangs_on: Vec<String>,
    /// Why the engine could not evaluate it.
    pub(super) error: Option<String>,
}

/// One evaluation of the blocks that count.
#[derive(Debug, Clone)]
pub(super) struct Evaluation {
    pub(super) status: Status,
    pub(super) leaves: Vec<Leaf>,
    /// Texts that are not known yet, and that conditions look at.
    pub(super) conditions_hang_on: Vec<String>,
}

impl Evaluation {
    /// Reads the tree of a file; only the block of that name counts where one is given.
    pub(super) fn of(tree: &Tree, block: Option<&str>) -> Self {
        let rules: Vec<&Record> =
            tree.rules().filter(|(name, _)| block.is_none_or(|block| block == *name)).map(|(_, rule)| rule).collect();
        let any = |status| rules.iter().any(|rule| rule.status() == status);
        let status = if any(Status::Fail) {
            Status::Fail
        } else if any(Status::Pass) {
            Status::Pass
        } else {
            Status::Skip
        };
        let mut conditions_hang_on = Vec::new();
        for rule in &rules {
            conditions(rule, &mut conditions_hang_on);
        }
        let leaves = rules.iter().flat_map(|rule| leaves(rule, tree, 0)).collect();
        Self { status, leaves, conditions_hang_on }
    }
}

/// The clauses that made a record fail. What passes nonetheless (one of several alternatives) is no part of it.
fn leaves(record: &Record, tree: &Tree, depth: usize) -> Vec<Leaf> {
    if record.status() != Status::Fail {
        return Vec::new();
    }
    let block = match &record.container {
        Some(Container::ClauseValueCheck(clause)) => return clause_leaves(clause, tree, depth),
        Some(
            Container::Disjunction(block)
            | Container::BlockGuardCheck(block)
            | Container::GuardClauseBlockCheck(block)
            | Container::WhenCheck(block),
        ) => Some(block),
        _ => None,
    };
    let (conditions, rest): (Vec<&Record>, Vec<&Record>) =
        record.children.iter().partition(|child| child.is_condition());
    let mut found: Vec<Leaf> = rest.iter().flat_map(|child| leaves(child, tree, depth)).collect();
    if found.is_empty() {
        let said = block.and_then(|block| block.message.clone());
        let error = said.filter(|said| said.starts_with("Error "));
        let finding = Finding { pointer: String::new(), message: None };
        found.push(Leaf { finding, hangs_on: Vec::new(), error });
    }
    let mut shared = Vec::new();
    for condition in conditions {
        unsure_below(condition, &mut shared);
    }
    if block.is_some_and(is_any_of) {
        // One alternative that may hold is enough, so none of them fails for sure; and the message stands on the last.
        shared.extend(found.iter().flat_map(|leaf| leaf.hangs_on.iter().cloned()));
        let last = found.iter().rev().find_map(|leaf| leaf.finding.message.clone());
        for leaf in &mut found {
            leaf.finding.message = leaf.finding.message.take().or_else(|| last.clone());
        }
    }
    for leaf in &mut found {
        leaf.hangs_on.extend(shared.iter().cloned());
    }
    found
}

fn is_any_of(block: &Block) -> bool {
    block.at_least_one_matches
}

fn clause_leaves(clause: &Clause, tree: &Tree, depth: usize) -> Vec<Leaf> {
    if let Clause::DependentRule(dependent) = clause
        && depth < 16
    {
        // The reason stands in the other rule.
        let other = tree.rules().find(|(name, _)| *name == dependent.rule).map(|(_, rule)| rule);
        let mut found = other.map(|rule| leaves(rule, tree, depth + 1)).unwrap_or_default();
        if !found.is_empty() {
            for leaf in &mut found {
                leaf.finding.message = dependent.custom_message.clone().or(leaf.finding.message.take());
            }
            return found;
        }
    }
    let values = clause.values();
    let pointer = values.first().map(|value| value.pointer()).unwrap_or_default();
    let message = clause.message().map(tidy).filter(|message| !message.is_empty());
    let hangs_on = clause.turned_by().into_iter().flat_map(hangs_on).collect();
    vec![Leaf { finding: Finding { pointer, message }, hangs_on, error: None }]
}

/// A message on one line: in files it is folded and indented.
fn tidy(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn hangs_on(value: &Queried) -> Vec<String> {
    match value {
        Queried::Literal(placed) | Queried::Resolved(placed) => unsure::texts(&placed.value),
        // What is missing is missing, unless it would stand within what is not known.
        Queried::UnResolved(missing) => unsure::mark(&missing.traversed_to.value).into_iter().collect(),
    }
}

/// What is not known yet of what conditions look at.
fn conditions(record: &Record, into: &mut Vec<String>) {
    if record.is_condition() {
        unsure_below(record, into);
    } else {
        record.children.iter().for_each(|child| conditions(child, into));
    }
}

fn unsure_below(record: &Record, into: &mut Vec<String>) {
    if let Some(Container::ClauseValueCheck(clause)) = &record.container {
        into.extend(clause.turned_by().into_iter().flat_map(hangs_on));
    }
    record.children.iter().for_each(|child| unsure_below(child, into));
}
