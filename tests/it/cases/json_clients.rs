//! The typed calls of services that speak JSON: pages, answers of odd shape, refusals.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use underpin::aws::organizations::{Organization, PolicySummary};
use underpin::aws::{KeyMetadata, Tagged};

use crate::support::{Answer, Stub, aws_at};

fn answer(status: u16, body: &Value) -> Answer {
    Answer { status, headers: Vec::new(), body: body.to_string().into_bytes() }
}

/// The calls that a stub has seen: operation and input.
type Seen = Arc<Mutex<Vec<(String, Value)>>>;

/// A server that gives these answers in turn, the last one from then on; its requests, each as operation and input.
fn in_turn(answers: Vec<Answer>) -> (Stub, Seen) {
    let requests = Arc::new(Mutex::new(Vec::new()));
    let kept = requests.clone();
    let stub = Stub::start(move |asked| {
        let mut requests = kept.lock().expect("no thread fails");
        requests.push((asked.name(), serde_json::from_slice(&asked.body).expect("JSON")));
        answers[requests.len().min(answers.len()) - 1].clone()
    });
    (stub, requests)
}

fn summary(id: &str, name: Option<&str>) -> PolicySummary {
    PolicySummary { id: Some(id.to_owned()), name: name.map(str::to_owned) }
}

#[tokio::test]
async fn policies_of_a_target_are_those_of_all_pages() {
    let first = json!({"Policies": [{"Id": "p-1", "Name": "a", "AwsManaged": false}], "NextToken": "n"});
    let second = json!({"Policies": [{"Id": "p-2", "Name": null}], "NextToken": null});
    let (stub, requests) = in_turn(vec![answer(200, &first), answer(200, &second)]);
    let aws = aws_at(&stub.endpoint());
    let found = aws.organizations().list_policies_for_target("r-1", "SERVICE_CONTROL_POLICY").await;
    assert_eq!(found.expect("two pages"), [summary("p-1", Some("a")), summary("p-2", None)]);
    let (name, input) =
        ("organizations ListPoliciesForTarget", json!({"TargetId": "r-1", "Filter": "SERVICE_CONTROL_POLICY"}));
    let next = json!({"TargetId": "r-1", "Filter": "SERVICE_CONTROL_POLICY", "NextToken": "n"});
    let expected = [(name.to_owned(), input), (name.to_owned(), next)];
    assert_eq!(*requests.lock().expect("no thread fails"), expected);
}

#[tokio::test]
async fn tagged_resources_are_those_of_all_pages_until_an_empty_token() {
    let mapping = |arn: &str| json!({"ResourceARN": arn, "Tags": [{"Key": "underpin:stack", "Value": "app"}]});
    let first = json!({"ResourceTagMappingList": [mapping("arn:1")], "PaginationToken": "n"});
    let second = json!({"ResourceTagMappingList": [mapping("arn:2"), {"Tags": []}], "PaginationToken": ""});
    let (stub, requests) = in_turn(vec![answer(200, &first), answer(200, &second)]);
    let aws = aws_at(&stub.endpoint());
    let found = aws.tagged(&["app".to_owned()]).await.expect("two pages");
    let tagged =
        |arn: &str| Tagged { arn: arn.to_owned(), tags: [("underpin:stack".to_owned(), "app".to_owned())].into() };
    assert_eq!(found, [tagged("arn:1"), tagged("arn:2")]);
    let filter = json!([{"Key": "underpin:stack", "Values": ["app"]}]);
    let requests = requests.lock().expect("no thread fails");
    assert_eq!(requests[0], ("tagging GetResources".to_owned(), json!({"TagFilters": filter})));
    assert_eq!(requests[1].1["PaginationToken"], "n");
    assert_eq!(requests.len(), 2);
}

#[tokio::test]
async fn absent_members_are_none_and_other_types_are_errors() {
    let (stub, _) = in_turn(vec![answer(200, &json!({"KeyMetadata": {"Arn": "arn:k", "Enabled": true}}))]);
    let key = aws_at(&stub.endpoint()).describe_key("alias/a").await.expect("a key");
    assert_eq!(key, Some(KeyMetadata { arn: Some("arn:k".to_owned()) }));
    let (stub, _) = in_turn(vec![answer(200, &json!({"Organization": {"Id": "o-1"}}))]);
    let found = aws_at(&stub.endpoint()).organizations().describe_organization().await.expect("an organization");
    assert_eq!(found, Some(Organization { id: Some("o-1".to_owned()), ..Organization::default() }));
    for empty in [json!({}), json!({"Organization": null})] {
        let (stub, _) = in_turn(vec![answer(200, &empty)]);
        assert_eq!(aws_at(&stub.endpoint()).organizations().describe_organization().await, Ok(None));
    }
    for other in [json!([]), json!("x"), json!({"Organization": {"Id": 1}}), json!({"Organization": "x"})] {
        let (stub, _) = in_turn(vec![answer(200, &other)]);
        let error =
            aws_at(&stub.endpoint()).organizations().describe_organization().await.expect_err("no organization");
        assert_eq!((error.service.as_str(), error.operation.as_str()), ("organizations", "DescribeOrganization"));
        assert!(error.message.contains("the answer can't be read: "), "{other}: {error}");
    }
}

#[tokio::test]
async fn refusal_has_code_message_and_status_and_a_repeated_token_is_an_error() {
    let denied = json!({"__type": "com.amazonaws.organizations#AccessDeniedException", "Message": "no"});
    let (stub, requests) = in_turn(vec![answer(400, &denied)]);
    let error = aws_at(&stub.endpoint()).organizations().list_parents("1").await.expect_err("it is denied");
    assert!(error.is_denied() && error.is(&["AccessDeniedException"]), "{error:?}");
    assert_eq!((error.message.as_str(), error.status), ("no", Some(400)));
    assert_eq!(requests.lock().expect("no thread fails").len(), 1);
    let (stub, requests) = in_turn(vec![answer(200, &json!({"Policies": [], "NextToken": "n"}))]);
    let found = aws_at(&stub.endpoint()).organizations().list_policies_for_target("r-1", "X").await;
    assert!(found.expect_err("pages without an end").message.contains("token"));
    assert_eq!(requests.lock().expect("no thread fails").len(), 2);
}
