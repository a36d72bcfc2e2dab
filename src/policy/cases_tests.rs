//! Runs the cases of `tests/data/policy`: each statement of AWS's documents with requests that prove it.

use std::io::Write as _;

use serde_json::{Value, json};

use super::*;

const CASES: &str = include_str!("../../tests/data/policy/cases.json");
const VECTORS: &str = include_str!("../../tests/data/policy/scp_vectors.json");

pub(super) fn full_access() -> Value {
    json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
}

/// Makes a policy of a JSON document, which must be one that AWS would accept.
pub(super) fn policy(name: &str, document: &Value, kind: PolicyKind) -> Policy {
    match Document::from_value(document, kind) {
        Ok(document) => Policy::new(name, &document),
        Err(problems) => panic!("{name}: {problems:?} in {document}"),
    }
}

/// A chain of levels, each a list of documents.
pub(super) fn chain(levels: &[Vec<Value>], kind: PolicyKind) -> Chain {
    let level = |(index, documents): (usize, &Vec<Value>)| {
        let name = |at: usize| format!("level {index}, policy {at}");
        let policies = documents.iter().enumerate().map(|(at, document)| policy(&name(at), document, kind));
        Level { name: format!("level {index}"), policies: policies.collect() }
    };
    Chain::of(levels.iter().enumerate().map(level).collect())
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_else(|| vec![value.clone()])
}

fn text<'v>(value: &'v Value, key: &str, default: &'v str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or(default)
}

/// Replaces `<tables.t.arn>` by the placeholder of a value that is known only after apply.
fn pending(text: &str) -> String {
    text.replace('<', "\u{E000}").replace('>', "\u{E001}")
}

pub(super) fn with_context(mut request: Request, context: &Value) -> Request {
    for (key, value) in context.as_object().into_iter().flatten() {
        let values = list(value).iter().map(|value| pending(value.as_str().unwrap_or_default())).collect();
        request = request.with(key, Known::Values(values));
    }
    request
}

fn request(case: &Value) -> Request {
    let resource = pending(text(case, "resource", "arn:aws:s3:::bucket/key"));
    let request = Request::new(text(case, "action", "s3:GetObject"), &resource);
    let mut request = with_context(request, &case["context"]);
    for key in case["unknown"].as_array().into_iter().flatten() {
        request = request.with(key.as_str().unwrap_or_default(), Known::Unknown);
    }
    if case.get("open").is_none() {
        request = request.others(Unnamed::Absent);
    }
    match case.get("principal").and_then(Value::as_str) {
        Some(principal) => request.by(principal),
        None => request,
    }
}

/// The policies of a group of cases.
fn group_chain(group: &Value) -> Chain {
    let document = |statements: &Value| match group.get("version") {
        None => json!({"Version": "2012-10-17", "Statement": statements}),
        Some(Value::Null) => json!({"Statement": statements}),
        Some(version) => json!({"Version": version, "Statement": statements}),
    };
    let mut kind = PolicyKind::Identity;
    let levels = if let Some(condition) = group.get("deny") {
        let deny = json!({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition});
        vec![vec![full_access(), document(&deny)]]
    } else if let Some(statements) = group.get("statements") {
        vec![vec![full_access(), document(statements)]]
    } else if let Some(statements) = group.get("only") {
        vec![vec![document(statements)]]
    } else if let Some(statements) = group.get("resource_policy") {
        kind = PolicyKind::Resource;
        vec![vec![document(statements)]]
    } else {
        list(&group["chain"]).iter().map(|level| list(level).iter().map(document).collect()).collect()
    };
    let mut chain = chain(&levels, kind);
    if group.get("management").is_some() {
        chain.account = Account::Management;
    }
    chain
}

fn parsed(text: &str) -> Vec<Value> {
    serde_json::from_str(text).expect("a list of cases")
}

/// Writes a line to the output of a run, which does not show the prints of passing tests.
fn tell(line: &str) {
    drop(writeln!(std::io::stderr().lock(), "{line}"));
}

#[test]
fn policy_cases_from_aws_documentation_are_decided_as_documented() {
    let (mut cases, mut wrong) = (0, Vec::new());
    let groups = parsed(&pending(CASES));
    for group in &groups {
        let chain = group_chain(group);
        for case in list(&group["requests"]) {
            cases += 1;
            let verdict = chain.judge(&request(&case));
            let keys = case.get("unknown_keys").cloned().unwrap_or(json!([]));
            let (decision, unknown) = (json!(verdict.decision), json!(verdict.unknown_keys));
            if decision != case["is"] || unknown != keys {
                wrong.push(format!("{}\n    {case}\n    is {decision} {unknown}", group["says"]));
            }
        }
    }
    tell(&format!("policy: {cases} cases of {} sentences", groups.len()));
    assert!(cases >= 150 && wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn scp_test_vectors_are_decided_as_expected() {
    let vectors = parsed(VECTORS);
    for vector in &vectors {
        let levels: Vec<Vec<Value>> = list(&vector["chain"]).iter().map(list).collect();
        let request = Request::new(text(vector, "action", ""), text(vector, "resource", ""))
            .others(Unnamed::Absent)
            .by(text(vector, "principal", ""));
        let verdict = chain(&levels, PolicyKind::Scp).judge(&with_context(request, &vector["context"]));
        assert_eq!(format!("{:?}", verdict.decision), text(vector, "expected", ""), "{}", vector["name"]);
    }
    tell(&format!("policy: {} vectors", vectors.len()));
    assert_eq!(vectors.len(), 26);
}

#[test]
fn verdict_names_the_deciding_statement_at_each_level() {
    let deny = json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "Unrelated", "Effect": "Deny", "Action": "ec2:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "dynamodb:DeleteTable", "Resource": "*",
         "Condition": {"StringNotEquals": {"aws:PrincipalTag/Team": "ops"}}},
        {"Sid": "Never", "Effect": "Deny", "Action": "dynamodb:DeleteBackup", "Resource": "*"},
    ]});
    let chain = chain(&[vec![full_access()], vec![full_access(), deny]], PolicyKind::Scp);
    let delete = |action: &str| chain.judge(&Request::new(action, "arn:aws:dynamodb:eu-west-1:1:table/t"));
    let level = |level: &str, decision: &str, policy: &str, statement: &str, unknown: &[&str]| json!({"level": level, "decision": decision, "policy": policy, "statement": statement, "unknown_keys": unknown});
    let root = level("level 0", "allowed", "level 0, policy 0", "Statement[0]", &[]);
    let open = level("level 1", "unknown", "level 1, policy 1", "Statement[1]", &["aws:PrincipalTag/Team"]);
    assert_eq!(
        json!(delete("dynamodb:DeleteTable")),
        json!({"decision": "unknown", "unknown_keys": ["aws:PrincipalTag/Team"], "levels": [root, open]})
    );
    let denied = level("level 1", "explicitly_denied", "level 1, policy 1", "Never", &[]);
    assert_eq!(
        json!(delete("dynamodb:DeleteBackup")),
        json!({"decision": "explicitly_denied", "unknown_keys": [], "levels": [root, denied]})
    );
    let nothing = self::chain(&[vec![]], PolicyKind::Scp).judge(&Request::new("a:B", "*"));
    assert_eq!(nothing.levels[0].policy, None, "nothing decides an implicit deny");
    assert_eq!(Chain::default().judge(&Request::new("a:B", "*")).decision, Decision::Allowed, "SCPs not in use");
}
