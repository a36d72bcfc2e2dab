//! Tests of findings: what becomes of each outcome, of what could not be read, and of what may be secret.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::{Value, json};

use super::{Audit, Finding, Live, NotAssessed, Resource, StackSide, Status, UnreadType, count_unknown, findings};
use crate::base::{Address, Location};
use crate::kind::Rendering;
use crate::rules::{Enforcement, Rule};
use crate::stack::shipped_rules;

const TABLE: &str = "AWS::DynamoDB::Table";
const PROTECTION: &str = "ddb-table-deletion-protection";

fn rule(name: &str) -> Rule {
    let rule = shipped_rules().into_iter().find(|rule| rule.name == name).expect("a shipped rule");
    Rule { enforcement: Enforcement::Warn, ..rule }
}

fn live(account: &str, name: &str, configuration: &Value, act: impl FnOnce(&mut Rendering)) -> Live {
    let arn = format!("arn:aws:dynamodb:eu-central-1:{account}:table/{name}");
    let mut item = Rendering::new(TABLE);
    item.body = json!({
        "resourceType": TABLE, "resourceName": name, "ARN": arn, "awsAccountId": account, "awsRegion": "eu-central-1",
        "configuration": configuration, "supplementaryConfiguration": {}, "tags": {},
    });
    act(&mut item);
    let resource = Resource {
        type_name: TABLE.to_owned(),
        id: name.to_owned(),
        arn,
        region: "eu-central-1".to_owned(),
        account: account.to_owned(),
        tags: BTreeMap::new(),
        owner: None,
    };
    Live { resource, items: vec![item], template: Vec::new(), evidence: Vec::new() }
}

fn judged(live: Vec<Live>, unread: &[UnreadType], rules: &[Rule], stack: Option<&StackSide<'_>>) -> Vec<Finding> {
    findings(live, unread, &Audit { rules, types: &[TABLE], stack, today: Date::constant(2026, 11, 30) })
}

#[test]
fn failure_has_the_value_what_was_expected_and_the_line_of_the_file() {
    let rules = [rule(PROTECTION)];
    let tables = vec![
        live("111111111111", "open", &json!({"deletionProtectionEnabled": false}), |_| {}),
        live("111111111111", "safe", &json!({"deletionProtectionEnabled": true}), |_| {}),
    ];
    let address = |resource: &Resource| format!("tables.{}", resource.id).parse::<Address>().ok();
    let locate = |_: &Address, path: &crate::base::PropertyPath| {
        assert_eq!(path.to_string(), "deletion_protection");
        Some(Location { file: "stack.yaml".into(), line: 7, column: 3, bytes: (0, 1) })
    };
    let side = StackSide { address: &address, locate: &locate };
    let found = judged(tables, &[], &rules, Some(&side));
    let [open, safe] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((open.status, safe.status), (Status::Fail, Status::Pass));
    assert_eq!(open.actual.as_deref(), Some("false"));
    assert_eq!(open.expected.as_deref(), Some("true"));
    assert_eq!(open.property.as_deref(), Some("deletionProtectionEnabled"));
    assert_eq!(open.address.as_deref(), Some("tables.open"));
    assert_eq!(open.location.as_ref().map(|at| at.line), Some(7));
    assert_eq!(safe.location, None, "a pass has no line to change");
    assert_eq!(open.id(), format!("{PROTECTION}/arn:aws:dynamodb:eu-central-1:111111111111:table/open"));
}

#[test]
fn what_could_not_be_read_is_unknown_with_its_action_and_counted() {
    let rules = [rule(PROTECTION), rule("ddb-table-pitr")];
    let action = "dynamodb:DescribeContinuousBackups";
    let table = live("111111111111", "orders", &json!({"deletionProtectionEnabled": true}), |item| {
        item.put_unread("/supplementaryConfiguration/ContinuousBackupsDescription", action);
    });
    let found = judged(vec![table], &[], &rules, None);
    let of = |check: &str| found.iter().find(|one| &*one.check == check).expect("a finding");
    assert_eq!(of(PROTECTION).status, Status::Pass, "what does not look there is judged");
    assert_eq!(of("ddb-table-pitr").status, Status::Unknown);
    assert!(of("ddb-table-pitr").message.contains(action), "{}", of("ddb-table-pitr").message);
    let mut not_assessed = vec![NotAssessed {
        account: "111111111111".to_owned(),
        region: "eu-central-1".to_owned(),
        action: Some(action.to_owned()),
        reason: "denied".to_owned(),
        checks: Vec::new(),
        findings: 0,
    }];
    count_unknown(&mut not_assessed, &found);
    assert_eq!((not_assessed[0].findings, not_assessed[0].checks.as_slice()), (1, &["ddb-table-pitr".to_owned()][..]));
}

#[test]
fn list_that_could_not_be_read_makes_each_of_its_checks_unknown_once() {
    let rules = [rule(PROTECTION), rule("iam-trust-specific")];
    let unread = [UnreadType {
        type_name: TABLE.to_owned(),
        account: "111111111111".to_owned(),
        region: "eu-central-1".to_owned(),
        reason: "the caller may not dynamodb:ListTables".to_owned(),
    }];
    let found = judged(Vec::new(), &unread, &rules, None);
    let [only] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((&*only.check, only.status), (PROTECTION, Status::Unknown));
    assert!(only.message.contains("dynamodb:ListTables"), "{}", only.message);
}

#[test]
fn findings_are_ordered_by_severity_check_account_and_name() {
    let rules = [rule("ddb-table-throughput-limit"), rule(PROTECTION)];
    let bare = json!({"deletionProtectionEnabled": false, "billingModeSummary": {"billingMode": "PAY_PER_REQUEST"}});
    let tables = vec![
        live("222222222222", "a", &bare, |_| {}),
        live("111111111111", "b", &bare, |_| {}),
        live("111111111111", "a", &bare, |_| {}),
    ];
    let found = judged(tables, &[], &rules, None);
    let order: Vec<String> =
        found.iter().map(|one| format!("{} {} {}", one.check, one.resource.account, one.resource.id)).collect();
    let of = |check: &str| {
        ["111111111111 a", "111111111111 b", "222222222222 a"].map(|place| format!("{check} {place}")).to_vec()
    };
    let protection = of(PROTECTION);
    assert_eq!(order[..3], protection[..], "medium before low");
}

#[test]
fn resources_of_many_batches_are_judged_as_each_alone() {
    let rules: Vec<Rule> = shipped_rules()
        .into_iter()
        .filter(|rule| rule.resource_types.iter().any(|one| one == TABLE))
        .map(|rule| Rule { enforcement: Enforcement::Warn, ..rule })
        .collect();
    let table = |number: usize| {
        let configuration = json!({
            "deletionProtectionEnabled": number.is_multiple_of(3), "billingModeSummary": {"billingMode": "PAY_PER_REQUEST"},
            "streamSpecification": {"streamEnabled": number.is_multiple_of(5)}, "tableName": format!("t{number:03}"),
        });
        let account = if number.is_multiple_of(2) { "111111111111" } else { "222222222222" };
        live(account, &format!("t{number:03}"), &configuration, |_| {})
    };
    let mut alone: Vec<Finding> = (0..200).flat_map(|number| judged(vec![table(number)], &[], &rules, None)).collect();
    let mut together = judged((0..200).map(table).collect(), &[], &rules, None);
    assert!(together.len() > 200 * 10, "{}", together.len());
    alone.sort_by_key(Finding::id);
    together.sort_by_key(Finding::id);
    assert_eq!(together, alone);
}

#[test]
fn variables_of_functions_are_never_shown() {
    let shown = super::judged::shown("/configuration/environment/variables/TOKEN", "secret-value".to_owned());
    assert!(!shown.contains("secret-value"), "{shown}");
    let long = super::judged::shown("/configuration/x", "é".repeat(500));
    assert!(long.chars().count() < 210 && long.ends_with('…'), "{long}");
}
