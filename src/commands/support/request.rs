//! The request for a plan.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::base::{Address, counted};
use crate::cli::Selection;
use crate::guard::Consents;
use crate::plan::{Desired, Inventory};
use crate::stack::OnUnknown;

/// What is fixed of a resource.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fix {
    /// The properties that go before those of the file.
    pub(crate) properties: Value,
    /// The checks whose findings they fix.
    pub(crate) checks: BTreeSet<String>,
}

impl Fix {
    /// The reason of a change that is made for it.
    pub(crate) fn reason(&self) -> String {
        let checks: Vec<&str> = self.checks.iter().map(String::as_str).collect();
        format!("fixes {}: {}", counted(checks.len(), "finding", "findings"), checks.join(", "))
    }
}

/// The options of a plan.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    pub(crate) targets: BTreeSet<Address>,
    pub(crate) excludes: BTreeSet<Address>,
    /// The addresses to release; if there are any, nothing else is planned.
    pub(crate) releases: BTreeSet<Address>,
    pub(crate) consents: Consents,
    /// Properties that go before those of the file, by resource: what `audit --fix-plan` fixes.
    pub(crate) fixes: BTreeMap<Address, Fix>,
    pub(crate) backup: bool,
    pub(crate) destroy: bool,
    /// The meaning of an unknown verdict; `None` to take the file's.
    pub(crate) unknown: Option<OnUnknown>,
    /// The time of the request: names backups.
    pub(crate) at: String,
}

impl Request {
    pub(crate) fn new(selection: &Selection, destroy: bool) -> Self {
        let Selection {
            target,
            exclude,
            allow_delete,
            allow_replace,
            allow_unprotect,
            allow_adopt,
            no_backup,
            unknown,
        } = selection;
        let set = |addresses: &[Address]| addresses.iter().cloned().collect::<BTreeSet<_>>();
        Self {
            targets: set(target),
            excludes: set(exclude),
            releases: BTreeSet::new(),
            consents: Consents {
                delete: set(allow_delete),
                replace: set(allow_replace),
                unprotect: set(allow_unprotect),
                adopt: set(allow_adopt),
            },
            fixes: BTreeMap::new(),
            backup: !no_backup,
            destroy,
            unknown: *unknown,
            at: jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string(),
        }
    }

    /// The same request, to release these addresses and nothing else.
    pub(crate) fn releasing(self, addresses: &[Address]) -> Self {
        Self { releases: addresses.iter().cloned().collect(), ..self }
    }

    /// The resources of the file. Where something is fixed, they are as they are live, with the fixes: nothing else of them
    /// changes, whatever the file says.
    pub(crate) fn fixed<'d>(&self, wanted: &'d [Desired], live: Option<&Inventory>) -> Cow<'d, [Desired]> {
        if self.fixes.is_empty() {
            return Cow::Borrowed(wanted);
        }
        let mut wanted = wanted.to_vec();
        for one in &mut wanted {
            let reading = live.and_then(|live| live.readings.get(&one.address));
            if let Some(observed) = reading.and_then(|reading| reading.live.as_ref()) {
                one.body = without_own_tags(&observed.spec);
            }
            if let Some(fix) = self.fixes.get(&one.address) {
                unite(&mut one.body, &fix.properties);
            }
        }
        Cow::Owned(wanted)
    }
}

/// Live properties as a file would have them: without the tags of ownership.
fn without_own_tags(spec: &Value) -> Value {
    let mut spec = spec.clone();
    if let Some(Value::Object(tags)) = spec.get_mut("tags") {
        tags.retain(|key, _| !key.starts_with("underpin:"));
    }
    spec
}

/// Lays values over others: mappings are united, everything else is replaced.
pub(crate) fn unite(into: &mut Value, from: &Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                unite(into.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::kind::{Observed, ReadOutcome};

    fn desired(body: Value) -> Desired {
        let address = Address::new("tables", "orders");
        Desired { name: "orders".to_owned(), address, body, references: Vec::new(), ignored: Vec::new() }
    }

    #[test]
    fn fix_is_laid_over_what_is_live_and_nothing_else_changes() {
        let drifted = json!({
            "billing": {"read_capacity": 50}, "indexes": {"by_hand": {}}, "point_in_time_recovery": false,
            "tags": {"team": "shop", "underpin:stack": "s"},
        });
        let observed = Observed::imagined(&drifted, "arn:aws:dynamodb:x:1:table/orders".to_owned());
        let wanted = [desired(json!({"billing": {"read_capacity": 5}, "point_in_time_recovery": true}))];
        let mut live = Inventory::default();
        let reading = ReadOutcome { live: Some(observed), unsupported: Vec::new() };
        live.readings.insert(wanted[0].address.clone(), reading);
        let fixes = BTreeMap::from([(
            wanted[0].address.clone(),
            Fix {
                properties: json!({"point_in_time_recovery": true}),
                checks: BTreeSet::from(["ddb-table-pitr".to_owned()]),
            },
        )]);
        assert_eq!(fixes[&wanted[0].address].reason(), "fixes 1 finding: ddb-table-pitr");
        let request = Request { fixes, ..Request::default() };
        let expected = json!({
            "billing": {"read_capacity": 50}, "indexes": {"by_hand": {}}, "point_in_time_recovery": true,
            "tags": {"team": "shop"},
        });
        assert_eq!(request.fixed(&wanted, Some(&live))[0].body, expected);
        assert_eq!(
            Request::default().fixed(&wanted, Some(&live))[0].body,
            wanted[0].body,
            "other plans follow the file"
        );
    }
}
