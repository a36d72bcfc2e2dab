//! The tree of records in the answer of AWS's engine: `cfn-guard`'s `EventRecord`, as it writes it.

use serde::Deserialize;
use serde_json::Value;

/// The result of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Status {
    Pass,
    Fail,
    Skip,
}

/// The beginning of the engine's message about a value that is looked for in an empty set.
const NONE_OF_NONE: &str = "The comparison could not be performed: the reference on the right-hand side";

/// The outermost record: a file.
pub(super) type Tree = Record;

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Record {
    /// The clause, as the engine writes it; empty for the check of each key in a filter on keys.
    #[serde(default)]
    context: String,
    pub(super) container: Option<Container>,
    #[serde(default)]
    pub(super) children: Vec<Record>,
}

/// `cfn-guard`'s `RecordType`. A variant that is not known here makes the tree unreadable, which is reported.
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
    /// The reason why its condition could not be evaluated.
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
    /// The reason why the two could not be compared.
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
    /// The operator, and whether it is negated.
    #[serde(default, rename = "comparison")]
    operator: (String, bool),
    pub(super) custom_message: Option<String>,
    pub(super) status: Status,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Unary {
    pub(super) value: ValueCheck,
    /// The operator, and whether it is negated.
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

/// The result of a query.
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
    /// The blocks of a file, each with its result.
    pub(super) fn rules(&self) -> impl Iterator<Item = (&str, &Record)> {
        self.children.iter().filter_map(|record| match &record.container {
            Some(Container::RuleCheck(Named { name, .. })) => Some((name.as_str(), record)),
            _ => None,
        })
    }

    /// Its result.
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

    /// The reason why the engine could not evaluate a clause in it, and the place in the document.
    pub(super) fn undecided(&self) -> Option<(String, String)> {
        if let Some(Container::ClauseValueCheck(clause)) = &self.container {
            let pointer = || clause.values().first().map(|value| value.pointer()).unwrap_or_default();
            if let Some(why) = clause.undecided() {
                return Some((reason(why), pointer()));
            }
        }
        self.children.iter().find_map(Self::undecided)
    }

    /// The reason why the engine could not evaluate it as a whole. The engine's own message on a failure means that it
    /// was not evaluated: an evaluated record has clauses, which show where they failed.
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
        // A value is surely not in an empty set; the engine only leaves open whether it differs from its values.
        message.filter(|said| !said.starts_with(NONE_OF_NONE)).map(reason)
    }

    /// Returns whether it only decides if something else counts.
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

    /// Returns whether it looks at the value of a variable, and not at a part of the current value.
    pub(super) fn names_variable(&self) -> bool {
        self.context.contains('%')
    }

    /// Returns whether it selects some of several values.
    pub(super) fn is_filter(&self) -> bool {
        matches!(self.container, Some(Container::Filter(_))) || self.is_key_filter()
    }

    /// Returns whether it is the check of each key in `[ keys == … ]`, which is beside the clause of the filter.
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

    /// The reason why the engine could not evaluate it, in its own words. It fails then, and so does its opposite.
    pub(super) fn undecided(&self) -> Option<&str> {
        match self {
            Self::Unary(check) => check.value.message.as_deref(),
            // A number is surely not equal to a text. It is open which of the two is greater, or if they differ in the
            // way that the rule means.
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

    /// The values that could change its result, if they were others. The presence or emptiness of a value is known
    /// without the value; but the placeholder of a text is a mapping, which is of another type.
    pub(super) fn turned_by(&self) -> Vec<&Queried> {
        match self {
            Self::Unary(check) if check.is_of_presence() && !matches!(check.value.from, Queried::UnResolved(_)) => {
                Vec::new()
            }
            _ => self.values(),
        }
    }

    /// Returns whether it was compared with values of the document.
    pub(super) fn compares_values(&self) -> bool {
        matches!(self, Self::Comparison(_) | Self::InComparison(_))
            && self.values().get(1..).is_some_and(|to| to.iter().any(|value| !value.pointer().is_empty()))
    }

    /// What it expects of its subject, in words; `None` if it doesn't say.
    pub(super) fn expected(&self) -> Option<String> {
        let not = |negated: bool| if negated { "not " } else { "" };
        let literal = |value: &Queried| match value {
            Queried::Literal(placed) | Queried::Resolved(placed) => {
                Some(plain(&placed.value)).filter(|text| !is_unreadable(text))
            }
            Queried::UnResolved(_) => None,
        };
        match self {
            Self::Comparison(check) => {
                let (operator, negated) = &check.operator;
                let sign = match operator.as_str() {
                    "Eq" => "",
                    "Gt" => "more than ",
                    "Ge" => "at least ",
                    "Lt" => "less than ",
                    "Le" => "at most ",
                    _ => return None,
                };
                Some(format!("{}{sign}{}", not(*negated), check.to.as_ref().and_then(literal)?))
            }
            Self::InComparison(check) => {
                let values: Vec<String> = check.to.iter().filter_map(literal).collect();
                let one = if check.operator.1 { "none" } else { "one" };
                (!values.is_empty()).then(|| format!("{one} of {}", values.join(", ")))
            }
            Self::Unary(check) => match (check.comparison.0.as_str(), check.comparison.1) {
                ("Exists", false) | ("Empty", true) => Some("something".to_owned()),
                ("Exists", true) | ("Empty", false) => Some("nothing".to_owned()),
                _ => None,
            },
            Self::Success | Self::NoValueForEmptyCheck(_) | Self::DependentRule(_) | Self::MissingBlockValue(_) => None,
        }
    }

    /// The values of the clause: first its subject, then those that it was compared with.
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

/// A value in a sentence: texts without quotes, also in a list.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// Returns whether a text is a regular expression that says nothing to a reader.
fn is_unreadable(text: &str) -> bool {
    const READABLE: usize = 20;
    text.len() > READABLE && text.starts_with('/') && text.ends_with('/')
}

/// The engine's reason, without parts that only the engine's author can use: places in the document as it was written
/// for the engine, and places in the engine's own code.
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
    /// The place in the document; for a missing value, the place where it would be.
    pub(super) fn pointer(&self) -> String {
        match self {
            Self::Literal(placed) | Self::Resolved(placed) => placed.path.clone(),
            Self::UnResolved(Unresolved { traversed_to, remaining_query }) => {
                // Up to the first part that is no plain key.
                let plain = remaining_query.split('.').map(str::trim);
                let plain = plain.take_while(|key| {
                    !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-')
                });
                plain.fold(traversed_to.path.clone(), |path, key| format!("{path}/{key}"))
            }
        }
    }
}
