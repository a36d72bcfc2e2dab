//! Statements from requests: related requests become one statement.

use std::collections::{BTreeMap, BTreeSet};

use super::condition::{Condition, condition};
use super::required::Needed;
use crate::diff::glob;
use crate::kind::{Owner, Registry};

/// One statement, with effect `Allow`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its name within the policies.
    pub sid: String,
    /// The actions.
    pub actions: BTreeSet<String>,
    /// ARNs, or `*`.
    pub resources: BTreeSet<String>,
    pub(super) condition: Condition,
}

/// Section, service, keys of the condition: requests that are equal in these may become one statement.
type Sort = (String, String, Vec<String>);

/// The statements that allow the requests. Requests without a resource share one; the requests of a resource to a
/// service get one for each condition and each set of actions; resources of a section with the same needs share theirs.
pub fn statements(registry: &Registry, needed: &[Needed], owner: &Owner) -> Vec<Statement> {
    let mut look = BTreeSet::new();
    let mut drafts: BTreeMap<(Sort, String), Draft> = BTreeMap::new();
    for Needed { address, request } in needed {
        let condition = condition(request, owner);
        if request.resource == "*" && condition.is_empty() {
            look.insert(request.action.clone());
            continue;
        }
        let section = address.as_ref().map(|address| address.section().to_owned()).unwrap_or_default();
        let service = request.service().to_owned();
        let sort = (section, service, keys(&condition));
        let whose = address.as_ref().map(ToString::to_string).unwrap_or_default();
        let draft = drafts.entry((sort, whose)).or_default();
        draft.by_resource.entry(request.resource.clone()).or_default().insert(request.action.clone());
        unite(&mut draft.condition, condition);
    }
    let mut all: Vec<(Sort, Statement)> = Vec::new();
    for ((sort, _), draft) in drafts {
        for piece in draft.pieces() {
            let alike = all.iter_mut().filter(|(other, _)| *other == sort).map(|(_, statement)| statement);
            match alike.into_iter().find(|other| other.goes_with(&piece)) {
                Some(other) => {
                    other.resources.extend(piece.resources);
                    unite(&mut other.condition, piece.condition);
                }
                None => all.push((sort.clone(), piece)),
            }
        }
    }
    for (_, statement) in &mut all {
        tidy(&mut statement.resources);
    }
    all.sort_by_key(|((section, ..), _)| registry.rank(section));
    let mut statements = Vec::new();
    if !look.is_empty() {
        let resources = BTreeSet::from(["*".to_owned()]);
        statements.push(Statement { sid: "Look".to_owned(), actions: look, resources, condition: Condition::new() });
    }
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    for (sort, statement) in all {
        let name = name(registry, &sort);
        let count = names.entry(name.clone()).or_default();
        *count += 1;
        let sid = if *count == 1 { name } else { format!("{name}{count}") };
        statements.push(Statement { sid, ..statement });
    }
    statements
}

/// The requests of one resource of the stack to one service under one sort of condition.
#[derive(Default)]
struct Draft {
    by_resource: BTreeMap<String, BTreeSet<String>>,
    condition: Condition,
}

impl Draft {
    /// Resources below another one share its statement (`table/x`, `table/x/index/*`), since they are part of it; the
    /// others are grouped by equal actions. A pattern never includes a narrower one: it would allow too much.
    fn pieces(self) -> Vec<Statement> {
        let Self { by_resource, condition } = self;
        let mut whole: Vec<(String, BTreeSet<String>, BTreeSet<String>)> = Vec::new();
        for (resource, actions) in by_resource {
            let is_part_of = |base: &str| {
                let below = resource.strip_prefix(base);
                !base.contains('*') && below.is_some_and(|below| below.starts_with(['/', ':']))
            };
            match whole.iter_mut().find(|(base, ..)| is_part_of(base)) {
                Some((_, resources, all)) => {
                    resources.insert(resource);
                    all.extend(actions);
                }
                None => whole.push((resource.clone(), BTreeSet::from([resource]), actions)),
            }
        }
        let mut pieces: Vec<Statement> = Vec::new();
        for (_, resources, actions) in whole {
            match pieces.iter_mut().find(|piece| piece.actions == actions) {
                Some(piece) => piece.resources.extend(resources),
                None => {
                    pieces.push(Statement { sid: String::new(), actions, resources, condition: condition.clone() });
                }
            }
        }
        pieces
    }
}

impl Statement {
    /// Returns whether both can become one that allows no more than the two.
    fn goes_with(&self, other: &Self) -> bool {
        let one_value = self.condition.values().map(BTreeMap::len).sum::<usize>() == 1;
        let same_condition = self.condition == other.condition;
        self.actions == other.actions && (same_condition || (one_value && self.resources == other.resources))
    }
}

fn keys(condition: &Condition) -> Vec<String> {
    condition.iter().flat_map(|(operator, keys)| keys.keys().map(move |key| format!("{operator} {key}"))).collect()
}

fn unite(into: &mut Condition, from: Condition) {
    for (operator, keys) in from {
        for (key, values) in keys {
            let all = into.entry(operator).or_default().entry(key).or_default();
            all.extend(values);
            all.sort();
            all.dedup();
        }
    }
}

/// Removes resources that another pattern covers.
fn tidy(resources: &mut BTreeSet<String>) {
    let all = resources.clone();
    resources.retain(|one| !all.iter().any(|other| other != one && glob(other, one)));
}

/// The name of a statement: its section, and what is special about it.
fn name(registry: &Registry, (section, service, keys): &Sort) -> String {
    let own = registry
        .kind(section)
        .is_some_and(|kind| kind.type_name().split("::").nth(1).is_some_and(|name| name.eq_ignore_ascii_case(service)));
    let has = |word: &str| keys.iter().any(|key| key.contains(word));
    let special = if has("PassedToService") {
        "PassRole".to_owned()
    } else if has("AWSServiceName") {
        "ServiceLinkedRole".to_owned()
    } else if has("PolicyARN") {
        "Attach".to_owned()
    } else if has("PermissionsBoundary") {
        "Bounded".to_owned()
    } else if has("lambda:Principal") {
        "Invokers".to_owned()
    } else if has("CreateAction") {
        "TagOnCreate".to_owned()
    } else if has("RequestTag") {
        "Create".to_owned()
    } else if has("IfExists") {
        "Tag".to_owned()
    } else if has("ResourceTag") {
        "Owned".to_owned()
    } else if has("FunctionArn") {
        "OfFunctions".to_owned()
    } else if has("kms:GrantIsForAWSResource") {
        "KmsGrant".to_owned()
    } else if has("kms:RequestAlias") {
        "KmsAlias".to_owned()
    } else if own {
        String::new()
    } else {
        camel(service)
    };
    format!("{}{special}", camel(section))
}

/// `vpc_endpoints` → `VpcEndpoints`.
fn camel(words: &str) -> String {
    let word = |word: &str| {
        let mut characters = word.chars();
        let first = characters.next().map(|c| c.to_ascii_uppercase());
        first.into_iter().chain(characters).collect::<String>()
    };
    words.split(|c: char| !c.is_ascii_alphanumeric()).map(word).collect()
}
