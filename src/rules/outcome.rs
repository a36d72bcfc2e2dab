//! The result of one evaluation: how the blocks that count ended, and which clauses made them fail.

use super::placeholder;
use super::tree::{Block, Clause, Container, Queried, Record, Status, Tree, reason};

/// The outcome of a rule for a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleOutcome {
    /// The rule holds.
    Pass,
    /// The rule doesn't hold; never empty.
    Fail(Vec<Finding>),
    /// It can't be decided; the reason.
    Unknown(String),
    /// Its condition does not hold, or a filter selects nothing. A mistyped path looks just the same, so it is unknown
    /// which of them it is.
    Skipped,
    /// Its condition does not hold, and its author declared that this is intended.
    NotApplicable,
}

/// A clause that failed.
#[derive(Debug, Clone, Default)]
pub struct Finding {
    /// The place in the document, keys and indices after slashes; empty if it is not known.
    pub pointer: String,
    /// The rule's own message.
    pub message: Option<String>,
    /// What was expected there, if the clause says it.
    pub expected: Option<String>,
    /// What is there, if the rule says it: else it is what the document has at the place.
    pub actual: Option<String>,
}

/// Findings are the same if place and message are: what was expected is only an explanation of them.
impl PartialEq for Finding {
    fn eq(&self, other: &Self) -> bool {
        (&self.pointer, &self.message) == (&other.pointer, &other.message)
    }
}

impl Eq for Finding {}

/// A clause that failed, with the unknown values that it depends on.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    pub(super) finding: Finding,
    /// The block that failed because of it, by its place.
    pub(super) block: usize,
    /// Texts that are not known yet, and that could make it pass.
    pub(super) hangs_on: Vec<String>,
    /// Texts that are not known yet, in the conditions and filters that it depends on.
    pub(super) conditions: Vec<String>,
    /// True if it compares two values of the document. If they are sets, the engine reports only one of the two.
    pub(super) compares: bool,
    /// The reason why the engine could not evaluate it.
    pub(super) error: Option<String>,
}

impl Leaf {
    fn new(finding: Finding) -> Self {
        Self { finding, block: 0, hangs_on: Vec::new(), conditions: Vec::new(), compares: false, error: None }
    }
}

/// A text that is not known yet, and that made a condition or a filter fail.
#[derive(Debug, Clone)]
pub(super) struct Doubt {
    pub(super) text: String,
    /// Its place; empty if the place does not show the subject of the condition.
    pub(super) pointer: String,
    /// True if the selected values may be used for something else, too.
    pub(super) selects: bool,
}

/// A condition or a filter that the engine could not evaluate, and treated as one that does not hold.
#[derive(Debug, Clone)]
pub(super) struct Undecided {
    pub(super) why: String,
    /// The place that it looked at; empty if it is not known.
    pub(super) pointer: String,
}

/// One evaluation of the blocks that count.
#[derive(Debug, Clone)]
pub(super) struct Evaluation {
    pub(super) status: Status,
    pub(super) leaves: Vec<Leaf>,
    /// The unknown values that made conditions and filters fail.
    pub(super) doubts: Vec<Doubt>,
    /// Conditions and filters that could not be evaluated.
    pub(super) undecided: Vec<Undecided>,
    /// The reason why any part could not be evaluated, even in a rule that another one refers to.
    pub(super) error: Option<String>,
    /// True if any clause looked at an unknown value and failed.
    pub(super) is_unsure: bool,
}

impl Evaluation {
    /// Reads the tree of a file; if a block is given, only the block of that name counts.
    pub(super) fn of(tree: &Tree, block: Option<&str>) -> Self {
        let counts = |name: &str| block.is_none_or(|block| block == name);
        let rules: Vec<&Record> = tree.rules().filter(|(name, _)| counts(name)).map(|(_, rule)| rule).collect();
        let any = |status| rules.iter().any(|rule| rule.status() == status);
        let status = if any(Status::Fail) {
            Status::Fail
        } else if any(Status::Pass) {
            Status::Pass
        } else {
            Status::Skip
        };
        let mut doubts = Vec::new();
        for (name, rule) in tree.rules() {
            // A variable of the file is looked up once: only the first rule that uses it reports its filter.
            let of = if counts(name) { Of::All } else { Of::Filters };
            find_doubts(rule, Within { of, failed: false, filter: false, each: false }, &mut doubts);
        }
        let mut undecided = Vec::new();
        for rule in &rules {
            find_undecided(rule, tree, &mut undecided);
        }
        let error = tree.undecided().map(|(why, _)| why);
        let of_block = |(block, rule): (usize, &&Record)| {
            leaves(rule, tree, 0).into_iter().map(move |leaf| Leaf { block, ..leaf })
        };
        let leaves = rules.iter().enumerate().flat_map(of_block).collect();
        Self { status, leaves, doubts, undecided, error, is_unsure: is_unsure(tree) }
    }
}

/// The clauses that made a record fail. Clauses that pass nonetheless (one of several alternatives) are not among them.
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
        let (inner, pointer) = conditions.iter().find_map(|condition| condition.undecided()).unzip();
        let finding = Finding { pointer: pointer.unwrap_or_default(), ..Finding::default() };
        found.push(Leaf { error: record.bailed().or(inner), ..Leaf::new(finding) });
    }
    let mut doubts = Vec::new();
    for condition in conditions {
        find_doubts(condition, Within { of: Of::All, failed: false, filter: false, each: false }, &mut doubts);
    }
    let mut shared = Vec::new();
    if block.is_some_and(is_any_of) {
        // One alternative that may hold is enough, so none of them fails for sure; and the last one has the message.
        shared.extend(found.iter().flat_map(|leaf| leaf.hangs_on.iter().cloned()));
        if let Some(error) = found.iter().find_map(|leaf| leaf.error.clone()) {
            for leaf in &mut found {
                leaf.error = Some(error.clone());
            }
        }
        let last = found.iter().rev().find_map(|leaf| leaf.finding.message.clone());
        for leaf in &mut found {
            leaf.finding.message = leaf.finding.message.take().or_else(|| last.clone());
        }
    }
    for leaf in &mut found {
        leaf.hangs_on.extend(shared.iter().cloned());
        leaf.conditions.extend(doubts.iter().map(|doubt| doubt.text.clone()));
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
        // The reason is in the other rule.
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
    let hangs_on: Vec<String> = clause.turned_by().into_iter().flat_map(hangs_on).collect();
    let compares = clause.compares_values();
    // The placeholder of an unknown text can't be compared, which shows nothing about the text.
    let error = clause.undecided().filter(|_| hangs_on.is_empty()).map(reason);
    let finding = Finding { pointer, message, expected: clause.expected(), actual: None };
    vec![Leaf { hangs_on, compares, error, ..Leaf::new(finding) }]
}

/// A message on one line: in files it is folded and indented.
fn tidy(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn hangs_on(value: &Queried) -> Vec<String> {
    match value {
        Queried::Literal(placed) | Queried::Resolved(placed) => {
            // Values added to a list of the rule itself have no place in the document.
            if placed.path.is_empty() {
                return Vec::new();
            }
            placeholder::texts(&placed.value).into_iter().chain(placeholder::at(&placed.path)).collect()
        }
        // A missing value is missing, unless its place is within an unknown value.
        Queried::UnResolved(missing) => {
            let placed = &missing.traversed_to;
            placeholder::mark(&placed.value).into_iter().chain(placeholder::at(&placed.path)).collect()
        }
    }
}

/// The conditions that count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    All,
    Filters,
}

/// The context of a record.
#[derive(Debug, Clone, Copy)]
struct Within {
    of: Of,
    /// True within a condition that failed.
    failed: bool,
    /// True within a filter.
    filter: bool,
    /// True within a check of each of several values, so that a condition is about the value that it looks at.
    each: bool,
}

/// Collects the unknown values that made conditions fail. A condition that holds anyway does not depend on them.
fn find_doubts(record: &Record, mut within: Within, into: &mut Vec<Doubt>) {
    if record.is_condition() && (within.of == Of::All || record.is_filter()) {
        within.failed = record.status() != Status::Pass;
    }
    within.filter |= record.is_filter();
    within.each |= record.is_filter() || matches!(record.container, Some(Container::BlockGuardCheck(_)));
    if let Some(Container::ClauseValueCheck(clause)) = &record.container
        && within.failed
    {
        let own = within.each && !record.names_variable();
        for value in clause.turned_by() {
            let pointer = if own { value.pointer() } else { String::new() };
            into.extend(hangs_on(value).into_iter().map(|text| Doubt {
                text,
                pointer: pointer.clone(),
                selects: within.filter,
            }));
        }
    }
    record.children.iter().for_each(|child| find_doubts(child, within, into));
}

/// Collects the conditions and filters that failed without any clause that fails for sure.
fn find_undecided(record: &Record, tree: &Tree, into: &mut Vec<Undecided>) {
    let of_clauses = record.is_condition() && !matches!(record.container, Some(Container::ClauseValueCheck(_)));
    if of_clauses && record.status() != Status::Pass {
        let failing = record.children.iter().filter(|child| child.status() == Status::Fail && !child.is_condition());
        let all: Vec<Leaf> = failing.flat_map(|child| leaves(child, tree, 0)).collect();
        if all.iter().all(|leaf| leaf.error.is_some())
            && let Some(Leaf { error: Some(why), finding, .. }) = all.into_iter().next()
        {
            into.push(Undecided { why, pointer: finding.pointer });
        }
    }
    record.children.iter().for_each(|child| find_undecided(child, tree, into));
}

fn is_unsure(record: &Record) -> bool {
    let own = match &record.container {
        Some(Container::ClauseValueCheck(clause)) => {
            clause.values().into_iter().any(|value| !hangs_on(value).is_empty())
        }
        _ => false,
    };
    own || record.children.iter().any(is_unsure)
}
