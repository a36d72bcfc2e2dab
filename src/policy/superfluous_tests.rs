use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::pattern::{Pattern, Subject, tokens};
use super::super::ternary::Truth;
use super::*;

const ORDERS: &str = "arn:aws:dynamodb:eu-central-1:123456789012:table/orders";

fn document(statements: &Value) -> Document {
    Document::from_aws(&json!({"Version": "2012-10-17", "Statement": statements})).expect("a policy")
}

fn found(statements: &Value, needs: &Value) -> Vec<(String, Beyond)> {
    let policy = document(statements);
    let own = [Policy::new("p", &policy)];
    let all = superfluous(&policy, &own, &document(needs).statements).expect("it is known");
    all.into_iter().map(|one| (one.action, one.beyond)).collect()
}

fn allow(action: &str, resource: &str) -> Value {
    json!({"Effect": "Allow", "Action": action, "Resource": resource})
}

#[test]
fn action_that_no_need_asks_for_is_superfluous() {
    let needs = json!([allow("dynamodb:Query", ORDERS)]);
    assert_eq!(found(&json!([allow("dynamodb:Query", ORDERS)]), &needs), []);
    assert_eq!(found(&json!([allow("DynamoDB:query", ORDERS)]), &needs), [], "names of actions ignore case");
    let scan = ("dynamodb:Scan".to_owned(), Beyond::Action);
    assert_eq!(found(&json!([allow("dynamodb:Scan", ORDERS)]), &needs), [scan]);
    let all = found(&json!([allow("dynamodb:*", ORDERS)]), &needs);
    assert!(all.len() > 30 && all.iter().all(|(action, _)| action != "dynamodb:Query"), "{all:?}");
    let others = json!([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}]);
    assert!(found(&others, &needs).iter().any(|(action, _)| action == "s3:GetObject"));
    let unlisted = ("wellarchitected:*".to_owned(), Beyond::Action);
    assert_eq!(found(&json!([allow("wellarchitected:*", "*")]), &needs), [unlisted]);
}

#[test]
fn resource_beyond_the_needed_ones_is_superfluous() {
    let needs = json!([allow("dynamodb:Query", ORDERS), allow("dynamodb:Query", &format!("{ORDERS}/index/*"))]);
    for within in [ORDERS.to_owned(), format!("{ORDERS}/index/*"), format!("{ORDERS}/index/by-day")] {
        assert_eq!(found(&json!([allow("dynamodb:Query", &within)]), &needs), [], "{within}");
    }
    for wider in
        ["*", "arn:aws:dynamodb:*:123456789012:table/orders", "arn:aws:dynamodb:eu-central-1:123456789012:table/*"]
    {
        let all = found(&json!([allow("dynamodb:Query", wider)]), &needs);
        assert!(matches!(&all[..], [(_, Beyond::Resource { allowed, .. })] if allowed == wider), "{wider}: {all:?}");
    }
    // An action that takes no resource has `*` in any case.
    let interfaces = json!([allow("ec2:DescribeNetworkInterfaces", "*")]);
    assert_eq!(found(&interfaces, &interfaces), []);
}

#[test]
fn need_on_narrower_terms_is_met_by_the_same_condition() {
    let keys = |values: Value| json!({"ForAllValues:StringLike": {"dynamodb:LeadingKeys": values}});
    let with = |condition: Value| json!([{"Effect": "Allow", "Action": "dynamodb:Query", "Resource": ORDERS, "Condition": condition}]);
    let needs = with(keys(json!(["GRP#*", "MSG#*"])));
    assert_eq!(found(&needs, &needs), []);
    assert_eq!(found(&with(keys(json!("GRP#*"))), &needs), []);
    let beyond = ("dynamodb:Query".to_owned(), Beyond::Condition { key: "dynamodb:LeadingKeys".to_owned() });
    assert_eq!(found(&json!([allow("dynamodb:Query", ORDERS)]), &needs), std::slice::from_ref(&beyond));
    assert_eq!(found(&with(keys(json!(["GRP#*", "X#*"]))), &needs), [beyond]);
    assert_eq!(found(&needs, &json!([allow("dynamodb:Query", ORDERS)])), [], "the policy may be narrower");
}

#[test]
fn what_the_policies_deny_is_not_counted() {
    let needs = json!([allow("dynamodb:Query", ORDERS)]);
    let deny = |action: &str, resource: &str| json!({"Effect": "Deny", "Action": action, "Resource": resource});
    let two = json!([{"Effect": "Allow", "Action": ["dynamodb:Query", "dynamodb:Scan"], "Resource": ORDERS}, deny("dynamodb:Scan", "*")]);
    assert_eq!(found(&two, &needs), []);
    let elsewhere = json!([allow("dynamodb:Scan", ORDERS), deny("dynamodb:Scan", "arn:aws:dynamodb:*:*:table/users")]);
    assert_eq!(found(&elsewhere, &needs).len(), 1);
    let some = json!([allow("dynamodb:Scan", &format!("{ORDERS}*")), deny("dynamodb:Scan", ORDERS)]);
    assert_eq!(found(&some, &needs).len(), 1, "the deny leaves the others");
}

#[test]
fn resource_that_is_not_known_yet_leaves_it_open() {
    let stream = pending::text(&"tables.t.stream_arn".parse().expect("a reference"));
    let policy = document(&json!([allow("dynamodb:GetRecords", &stream)]));
    let judge = |needs: &Value| superfluous(&policy, &[], &document(needs).statements);
    assert_eq!(judge(&json!([allow("dynamodb:GetRecords", &stream)])), Ok(Vec::new()));
    assert_eq!(judge(&json!([allow("dynamodb:GetRecords", &format!("{ORDERS}/stream/*"))])), Err(stream));
    assert_eq!(judge(&json!([allow("dynamodb:Query", ORDERS)])).map(|all| all.len()), Ok(1));
}

fn texts() -> impl Strategy<Value = String> {
    "[ab:*?]{0,8}"
}

proptest! {
    #[test]
    fn pattern_contains_another_only_if_it_matches_all_that_the_other_does(one in texts(), other in texts(), text in "[ab:]{0,6}") {
        let matches = |pattern: &str| Pattern::text(&tokens(pattern)).test(&Subject::new(&text)) == Truth::True;
        if contains(&one, &other) && matches(&other) {
            prop_assert!(matches(&one), "{} {} {}", one, other, text);
        }
    }

    #[test]
    fn needs_themselves_are_never_superfluous(actions in prop::collection::vec(prop::sample::select(vec![
        "dynamodb:Query", "dynamodb:GetItem", "logs:PutLogEvents", "sqs:*", "ec2:CreateNetworkInterface"]), 1..4), resource in "arn:aws:dynamodb:[a-z*]{1,5}:1:table/[a-z*?]{1,5}") {
        let needs = json!([{"Effect": "Allow", "Action": actions, "Resource": resource}]);
        prop_assert_eq!(found(&needs, &needs), Vec::new());
    }
}
