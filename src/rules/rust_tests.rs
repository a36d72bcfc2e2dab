//! Tests of what rules in Rust see: a placeholder is never taken for a value.

use jiff::civil::Date;
use serde_json::json;

use super::rust::{Subject, Unknown, World};
use super::{Before, Rendered, Subject as Judged};
use crate::kind::Rendering;

fn judged(act: impl FnOnce(&mut Rendering)) -> Judged {
    let mut item = Rendering::new("AWS::IAM::User");
    item.body = json!({"resourceName": "alice", "ARN": "arn:aws:iam::1:user/alice", "configuration": {"list": [1], "off": false}});
    act(&mut item);
    let now = Rendered { items: vec![item], template: Vec::new(), error: None };
    Judged {
        name: "AWS::IAM::User/alice".to_owned(),
        type_name: "AWS::IAM::User",
        now,
        before: Before::Same,
        kept: None,
    }
}

#[test]
fn absent_values_are_none_and_unread_ones_end_the_rule() {
    let one = judged(|item| item.put_unread("/configuration/keys", "iam:ListAccessKeys"));
    let subject = Subject::new(&one, one.now.items.first());
    assert_eq!(subject.get("/configuration/none/below"), Ok(None));
    assert_eq!(subject.list("/configuration/list").map(<[_]>::len), Ok(1));
    assert_eq!(subject.is("/configuration/off"), Ok(false));
    let why = |answer: Result<_, Unknown>| answer.map(drop).expect_err("it is unknown").0;
    assert!(why(subject.get("/configuration/keys").map(|_| ())).contains("iam:ListAccessKeys"));
    assert!(why(subject.get("/configuration/keys/0/Status").map(|_| ())).contains("iam:ListAccessKeys"), "below it");
    assert!(why(subject.get("/configuration").map(|_| ())).contains("iam:ListAccessKeys"), "above it");
}

#[test]
fn list_of_a_type_that_could_not_be_read_ends_the_rule() {
    let subjects = [judged(|_| {})];
    let unread = [("AWS::IAM::Role".to_owned(), "denied".to_owned())];
    let world = World::new(&subjects, &unread, Date::constant(2026, 11, 30));
    assert_eq!(world.of("AWS::IAM::User").map(Iterator::count), Ok(1));
    assert_eq!(world.of("AWS::IAM::Group").map(Iterator::count), Ok(0));
    assert!(world.of("AWS::IAM::Role").is_err());
    assert_eq!(world.by_arn("arn:aws:iam::1:user/alice").map(|one| one.map(|one| one.id())), Ok(Some("alice")));
}
