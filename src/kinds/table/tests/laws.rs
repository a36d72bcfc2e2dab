//! Laws for any table.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::op::{IndexUpdate, UpdateTable};
use super::super::testing::arbitrary_table;
use super::{Op, covers, create, delete, differences, inputs, normal, problems, update, with_context};
use crate::kind::Kind;
use crate::kinds::table::Table;

/// The number of kinds of change that an `UpdateTable` makes.
fn kinds(input: &UpdateTable) -> usize {
    let indexes = &input.global_secondary_index_updates;
    let made = indexes.iter().filter(|update| !matches!(update, IndexUpdate::Update(_))).count();
    let capacity = input.billing_mode.is_some()
        || input.provisioned_throughput.is_some()
        || input.on_demand_throughput.is_some()
        || indexes.iter().any(|update| matches!(update, IndexUpdate::Update(_)));
    let others = [
        capacity,
        input.stream_specification.is_some(),
        input.sse_specification.is_some(),
        input.table_class.is_some(),
        input.deletion_protection_enabled.is_some(),
    ];
    made + others.into_iter().filter(|one| *one).count()
}

proptest! {
    #[test]
    fn generated_tables_are_valid(body in arbitrary_table()) {
        prop_assert_eq!(problems(&body), vec![]);
    }

    #[test]
    fn normalization_is_idempotent(body in arbitrary_table()) {
        let once = normal(&body);
        prop_assert_eq!(&normal(&once), &once);
        prop_assert!(differences(&once, &once).is_empty());
    }

    #[test]
    fn access_patterns_make_neither_a_difference_nor_a_step(before in arbitrary_table(), after in arbitrary_table()) {
        let mut patterned = after.clone();
        patterned["access_patterns"] = json!({
            "read": {"key": {"pk": "A#{a}"}, "limit": 20},
            "write": {"write": {"transact": {"put": [{"pk": "A#{a}", "sk": "{b}"}]}}},
        });
        prop_assert_eq!(problems(&patterned), vec![]);
        prop_assert_eq!(normal(&patterned), normal(&after));
        prop_assert_eq!(inputs(&create(&patterned)), inputs(&create(&after)));
        prop_assert_eq!(inputs(&update(&before, &patterned).1), inputs(&update(&before, &after).1));
    }

    #[test]
    fn every_difference_has_a_call(before in arbitrary_table(), after in arbitrary_table()) {
        let (differences, moves) = update(&before, &after);
        for difference in &differences {
            prop_assert!(covers(&moves, &difference.path), "{} is not covered", difference.path);
            prop_assert!(!difference.forces_replacement, "{} replaces", difference.path);
        }
        prop_assert_eq!(differences.is_empty(), moves.is_empty());
    }

    #[test]
    fn update_table_sends_one_kind_of_change_per_call(before in arbitrary_table(), after in arbitrary_table()) {
        let (_, moves) = update(&before, &after);
        for one in &moves {
            if let Op::UpdateTable(input) = &one.op {
                prop_assert_eq!(kinds(input), 1, "{:?}", input);
            }
        }
    }

    #[test]
    fn every_call_names_its_operation_and_requires_its_action(before in arbitrary_table(), after in arbitrary_table()) {
        let all = [create(&after), update(&before, &after).1, delete(&before, Some("backup"))].concat();
        for (one, input) in all.iter().zip(inputs(&all)) {
            let call = Table::call(&one.op);
            let Value::Object(map) = &input else { panic!("{input}") };
            prop_assert_eq!(map.keys().collect::<Vec<_>>(), vec![call.operation]);
            prop_assert_eq!(&serde_json::from_value::<Op>(input.clone()).expect("it is read again"), &one.op);
            let requires = with_context(|cx| Table::requires(&one.op, cx));
            let own = format!("{}:{}", call.service, call.operation);
            prop_assert_eq!(&requires[0].action, &own);
            prop_assert!(!call.title.is_empty() && !one.covers.is_empty());
        }
    }
}
