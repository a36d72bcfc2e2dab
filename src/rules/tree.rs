//! The tree of records that AWS's engine answers with: `cfn-guard`'s `EventRecord`, as it writes it.

use serde::Deserialize;
use serde_json::Value;

/// How a record ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Status {
    Pass,
    Fail,
    Skip,
}

/// How the engine's message begins on a value that is looked for among no values.
const NONE_OF_NONE: &str = "The comparison could not be performed: the reference on the right-hand side";

/// The outermost record: a file.
pub(super) type Tree = Record;

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Record {
    /// The clause, as the engine writes it down; empty for what a filter on keys asks of each key.
    #[serde(default)]
    context: String,
    pub(super) container: Option<Container>,
    #[serde(default)]
    pub(super) children: Vec<Record>,
}

/// `cfn-guard`'s `RecordType`. A variant that is not known here makes the tree unreadable, which is told.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) enum Container {
    FileCheck(Named),
    RuleCheck(Named),
    RuleCondition(Status),
    TypeCheck(TypeCheck),
    TypeCondition(Status),
    TypeBlock(Status),
    Filter(Status),
    WhenCheck(Block),
    WhenCondition(Status),
    Disjunction(Block),
    BlockGuardCheck(Block),
    GuardClauseBlockCheck(Block),
    ClauseValueCheck(Box<Clause>),
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) status: Status,
    /// Why its condition could not be evaluated.
    #[serde(default)]
    pub(super) message: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct TypeCheck {
    pub(super) block: Block,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Block {
    pub(super) at_least_one_matches: bool,
    pub(super) status: Status,
    pub(super) message: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) enum Clause {
    Success,
    Comparison(Comparison),
    InComparison(InComparison),
    Unary(Unary),
    NoValueForEmptyCheck(Option<String>),
    DependentRule(Dependent),
    MissingBlockValue(ValueCheck),
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Comparison {
    pub(super) from: Queried,
    pub(super) to: Option<Queried>,
    /// Why the two could not be compared.
    #[serde(default)]
    message: Option<String>,
    #[serde(rename = "comparison")]
    operator: (String, bool),
    pub(super) custom_message: Option<String>,
    pub(super) status: Status,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct InComparison {
    pub(super) from: Queried,
    pub(super) to: Vec<Queried>,
    pub(super) custom_message: Option<String>,
    pub(super) status: Status,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Unary {
    pub(super) value: ValueCheck,
    /// The operator, and whether it is turned around.
    comparison: (String, bool),
}

impl Unary {
    fn is_of_presence(&self) -> bool {
        matches!(self.comparison.0.as_str(), "Exists" | "Empty")
    }
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct ValueCheck {
    pub(super) from: Queried,
    #[serde(default)]
    message: Option<String>,
    pub(super) custom_message: Option<String>,
    pub(super) status: Status,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Dependent {
    pub(super) rule: String,
    pub(super) custom_message: Option<String>,
    pub(super) status: Status,
}

/// What a query found.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) enum Queried {
    Literal(Placed),
    Resolved(Placed),
    UnResolved(Unresolved),
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Unresolved {
    pub(super) traversed_to: Placed,
    pub(super) remaining_query: String,
}

/// A value and its place: keys and indices after slashes.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Placed {
    pub(super) path: String,
    pub(super) value: Value,
}

impl Record {
    /// The blocks of a file, each with how it ended.
    pub(super) fn rules(&self) -> impl Iterator<Item = (&str, &Record)> {
        self.children.iter().filter_map(|record| match &record.container {
            Some(Container::RuleCheck(Named { name, .. })) => Some((name.as_str(), record)),
            _ => None,
        })
    }

    /// How it ended.
    pub(super) fn status(&self) -> Status {
        match &self.container {
            Some(Container::FileCheck(named) | Container::RuleCheck(named)) => named.status,
            Some(
                Container::RuleCondition(status)
                | Container::TypeCondition(status)
                | Container::TypeBlock(status)
                | Container::Filter(status)
                | Container::WhenCondition(status),
            ) => *status,
            Some(
                Container::TypeCheck(TypeCheck { block })
                | Container::WhenCheck(block)
                | Container::Disjunction(block)
                | Container::BlockGuardCheck(block)
                | Container::GuardClauseBlockCheck(block),
            ) => block.status,
            Some(Container::ClauseValueCheck(clause)) => clause.status(),
            None => Status::Skip,
        }
    }

    /// Why the engine could not evaluate what it holds, and where in the document.
    pub(super) fn undecided(&self) -> Option<(String, String)> {
        if let Some(Container::ClauseValueCheck(clause)) = &self.container {
            let pointer = || clause.values().first().map(|value| value.pointer()).unwrap_or_default();
            if let Some(why) = clause.undecided() {
                return Some((reason(why), pointer()));
            }
        }
        self.children.iter().find_map(Self::undecided)
    }

    /// Why the engine could not evaluate it as a whole. A message of the engine's own on something that failed says that
    /// it was not evaluated: what was has its clauses, which say where they failed.
    pub(super) fn bailed(&self) -> Option<String> {
        let message = match &self.container {
            Some(Container::RuleCheck(named)) => named.message.as_deref(),
            Some(
                Container::TypeCheck(TypeCheck { block })
                | Container::WhenCheck(block)
                | Container::Disjunction(block)
                | Container::BlockGuardCheck(block)
                | Container::GuardClauseBlockCheck(block),
            ) => block.message.as_deref(),
            _ => None,
        };
        // That a value is none of no values is certain; that it differs from them is what the engine leaves open.
        message.filter(|said| !said.starts_with(NONE_OF_NONE)).map(reason)
    }

    /// Whether it only tells whether something else counts.
    pub(super) fn is_condition(&self) -> bool {
        matches!(
            self.container,
            Some(
                Container::RuleCondition(_)
                    | Container::TypeCondition(_)
                    | Container::WhenCondition(_)
                    | Container::Filter(_)
            )
        ) || self.is_key_filter()
    }

    /// Whether it looks at what a variable stands for, and not at something within the value at hand.
    pub(super) fn names_variable(&self) -> bool {
        self.context.contains('%')
    }

    /// Whether it tells which of several values are meant.
    pub(super) fn is_filter(&self) -> bool {
        matches!(self.container, Some(Container::Filter(_))) || self.is_key_filter()
    }

    /// What `[ keys == … ]` asks of each key stands beside the clause that the filter belongs to.
    fn is_key_filter(&self) -> bool {
        self.context.trim().is_empty() && matches!(self.container, Some(Container::ClauseValueCheck(_)))
    }
}

impl Clause {
    pub(super) fn status(&self) -> Status {
        match self {
            Self::Success => Status::Pass,
            Self::Comparison(check) => check.status,
            Self::InComparison(check) => check.status,
            Self::Unary(check) => check.value.status,
            Self::NoValueForEmptyCheck(_) => Status::Fail,
            Self::DependentRule(check) => check.status,
            Self::MissingBlockValue(check) => check.status,
        }
    }

    /// Why the engine could not evaluate it, in its own words. It fails then, and so does its opposite.
    pub(super) fn undecided(&self) -> Option<&str> {
        match self {
            Self::Unary(check) => check.value.message.as_deref(),
            // That a number is not the text it is compared with is certain; which of the two is greater, or that they
            // differ in a way that the rule means, is not.
            Self::Comparison(check) if check.operator.1 || check.operator.0 != "Eq" => check.message.as_deref(),
            _ => None,
        }
    }

    /// The rule's own message.
    pub(super) fn message(&self) -> Option<&str> {
        match self {
            Self::Success => None,
            Self::Comparison(check) => check.custom_message.as_deref(),
            Self::InComparison(check) => check.custom_message.as_deref(),
            Self::Unary(check) => check.value.custom_message.as_deref(),
            Self::NoValueForEmptyCheck(message) => message.as_deref(),
            Self::DependentRule(check) => check.custom_message.as_deref(),
            Self::MissingBlockValue(check) => check.custom_message.as_deref(),
        }
    }

    /// What could turn it, if it were another. That a value is there, or is empty, is known without knowing it; but for
    /// a text a mapping stands here, which is of another type.
    pub(super) fn turned_by(&self) -> Vec<&Queried> {
        match self {
            Self::Unary(check) if check.is_of_presence() && !matches!(check.value.from, Queried::UnResolved(_)) => {
                Vec::new()
            }
            _ => self.values(),
        }
    }

    /// Whether it was compared with what stands in the document.
    pub(super) fn compares_values(&self) -> bool {
        matches!(self, Self::Comparison(_) | Self::InComparison(_))
            && self.values().get(1..).is_some_and(|to| to.iter().any(|value| !value.pointer().is_empty()))
    }

    /// What was looked at: first what the clause is about, then what it was compared with.
    pub(super) fn values(&self) -> Vec<&Queried> {
        match self {
            Self::Success | Self::NoValueForEmptyCheck(_) | Self::DependentRule(_) => Vec::new(),
            Self::Comparison(check) => std::iter::once(&check.from).chain(&check.to).collect(),
            Self::InComparison(check) => std::iter::once(&check.from).chain(&check.to).collect(),
            Self::Unary(check) => vec![&check.value.from],
            Self::MissingBlockValue(check) => vec![&check.from],
        }
    }
}

/// The engine's reason, without what only its author can use: places in the document as it was written for the engine,
/// and where in its own work it gave up.
pub(super) fn reason(said: &str) -> String {
    let mut text = String::with_capacity(said.len());
    let mut rest = said;
    while let Some((before, behind)) = rest.split_once("[L:") {
        text.push_str(before);
        rest = behind.split_once(']').map_or("", |(_, rest)| rest);
    }
    text.push_str(rest);
    let inner = text.strip_prefix("Error ").and_then(|inner| inner.rsplit_once(" when handling "));
    let text = inner.map_or(text.as_str(), |(inner, _)| inner);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Queried {
    /// The place in the document; of what is missing, where it would be.
    pub(super) fn pointer(&self) -> String {
        match self {
            Self::Literal(placed) | Self::Resolved(placed) => placed.path.clone(),
            Self::UnResolved(Unresolved { traversed_to, remaining_query }) => {
                // Up to the first thing that is no plain key.
                let plain = remaining_query.split('.').map(str::trim);
                let plain = plain.take_while(|key| {
                    !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-')
                });
                plain.fold(traversed_to.path.clone(), |path, key| format!("{path}/{key}"))
            }
        }
    }
}
