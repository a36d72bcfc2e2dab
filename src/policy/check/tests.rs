use proptest::prelude::*;
use serde_json::json;

use super::super::canonical::tests::any_json;
use super::*;

const EVERY: [PolicyKind; 5] =
    [PolicyKind::Identity, PolicyKind::Trust, PolicyKind::Resource, PolicyKind::Endpoint, PolicyKind::Scp];

fn identity(change: &Value) -> Value {
    let mut statement = json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"});
    for (key, value) in change.as_object().into_iter().flatten() {
        statement[key] = value.clone();
    }
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

fn paths(document: &Value, kind: PolicyKind) -> Vec<String> {
    check(document, kind).into_iter().map(|problem| problem.path).collect()
}

#[test]
fn valid_policies_have_no_problems() {
    let trust = json!({"Statement": {
        "Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole",
    }});
    assert_eq!(check(&trust, PolicyKind::Trust), []);
    let endpoint = json!({"Id": "x", "Version": "2008-10-17", "Statement": [
        {"Sid": "with space", "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"},
    ]});
    assert_eq!(check(&endpoint, PolicyKind::Endpoint), []);
    assert_eq!(check(&identity(&json!({})), PolicyKind::Identity), []);
    assert_eq!(check(&identity(&json!({})), PolicyKind::Scp), []);
    let rich = identity(&json!({
        "Sid": "A1", "Action": ["dynamodb:*Item", "s3:Get?bject"], "Resource": ["arn:aws:s3:::b/*", "arn:aws:sqs:*"],
        "Condition": {"stringlikeifexists": {"aws:RequestTag/a b": ["x", 1, true]}, "Bool": {"aws:ViaAWSService": false}},
    }));
    assert_eq!(check(&rich, PolicyKind::Identity), []);
    let pending = identity(&json!({
        "Resource": "\u{E000}tables.a.arn\u{E001}", "Action": "\u{E000}a\u{E001}",
        "Condition": {"NumericEquals": {"aws:x": "\u{E000}a\u{E001}"}},
    }));
    assert_eq!(check(&pending, PolicyKind::Identity), []);
}

#[test]
fn policy_problems_have_json_paths() {
    let cases = [
        (json!({"Effect": "allow"}), "$.Statement[0].Effect"),
        (json!({"Sid": "a-b"}), "$.Statement[0].Sid"),
        (json!({"Action": []}), "$.Statement[0].Action"),
        (json!({"Action": ["s3:*", "GetObject"]}), "$.Statement[0].Action[1]"),
        (json!({"Action": "s3*:Get"}), "$.Statement[0].Action"),
        (json!({"Action": "s3:"}), "$.Statement[0].Action"),
        (json!({"Action": "s3: Get"}), "$.Statement[0].Action"),
        (json!({"Action": {"a": 1}}), "$.Statement[0].Action"),
        (json!({"NotAction": "*"}), "$.Statement[0]"),
        (json!({"NotResource": "*"}), "$.Statement[0]"),
        (json!({"Resource": "my-table"}), "$.Statement[0].Resource"),
        (json!({"Resource": ["*", 3]}), "$.Statement[0].Resource[1]"),
        (json!({"Resource": "arn:aws:s3:::b/${aws:username"}), "$.Statement[0].Resource"),
        (json!({"Condition": {"StringLike": {"a:b": "${}"}}}), "$.Statement[0].Condition.StringLike[\"a:b\"]"),
        (json!({"Principal": "*"}), "$.Statement[0].Principal"),
        (json!({"Condtion": {}}), "$.Statement[0].Condtion"),
        (json!({"Condition": []}), "$.Statement[0].Condition"),
        (json!({"Condition": {"StringEqual": {"a:b": "x"}}}), "$.Statement[0].Condition.StringEqual"),
        (json!({"Condition": {"NullIfExists": {"a:b": "true"}}}), "$.Statement[0].Condition.NullIfExists"),
        (json!({"Condition": {"Bool": {"a:b": "yes"}}}), "$.Statement[0].Condition.Bool[\"a:b\"]"),
        (json!({"Condition": {"Bool": {"a:b": []}}}), "$.Statement[0].Condition.Bool[\"a:b\"]"),
        (json!({"Condition": {"Bool": {"a:b": null}}}), "$.Statement[0].Condition.Bool[\"a:b\"]"),
        (json!({"Condition": {"Bool": {"region": "true"}}}), "$.Statement[0].Condition.Bool.region"),
        (
            json!({"Condition": {"StringEquals": {"aws:a": "x", "AWS:a": "x"}}}),
            "$.Statement[0].Condition.StringEquals[\"AWS:a\"]",
        ),
        (
            json!({"Condition": {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "10.0.0.0/40"]}}}),
            "$.Statement[0].Condition.IpAddress[\"aws:SourceIp\"][1]",
        ),
    ];
    for (change, path) in cases {
        assert_eq!(paths(&identity(&change), PolicyKind::Identity), [path], "{change}");
    }
}

#[test]
fn policy_document_structure_is_checked() {
    let first = |document: Value| paths(&document, PolicyKind::Identity);
    assert_eq!(first(json!([])), ["$"]);
    assert_eq!(first(json!({"Version": "2012-10-17"})), ["$"]);
    assert_eq!(first(json!({"Statement": []})), ["$.Statement"]);
    assert_eq!(first(json!({"Statement": "x"})), ["$.Statement"]);
    let mut document = identity(&json!({}));
    document["Version"] = json!("2012-10-18");
    document["statement"] = json!([]);
    document["Id"] = json!("x");
    assert_eq!(first(document), ["$.statement", "$.Version", "$.Id"]);
    let statement = json!({"Sid": "A", "Effect": "Deny", "Action": "*", "Resource": "*"});
    assert_eq!(first(json!({"Statement": [statement, statement]})), ["$.Statement[1].Sid"]);
}

#[test]
fn each_policy_type_has_its_own_rules() {
    let plain = identity(&json!({}));
    assert_eq!(paths(&plain, PolicyKind::Resource), ["$.Statement[0]"], "a principal is needed");
    assert_eq!(paths(&plain, PolicyKind::Endpoint), ["$.Statement[0]"]);
    assert_eq!(
        paths(&plain, PolicyKind::Trust),
        ["$.Statement[0]", "$.Statement[0].Action", "$.Statement[0].Resource"]
    );
    let short = identity(&json!({"Resource": "arn:aws:sqs"}));
    assert_eq!(paths(&short, PolicyKind::Identity), [""; 0]);
    assert_eq!(paths(&short, PolicyKind::Scp), ["$.Statement[0].Resource"]);
    for misplaced in ["arn:aws:s3:bucket", "arn:aws:iam:123456789012:role/r", "arn:aws:iam::role/r"] {
        let short = identity(&json!({ "Resource": misplaced }));
        assert_eq!(paths(&short, PolicyKind::Identity), ["$.Statement[0].Resource"], "{misplaced}");
    }
    let old = json!({"Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]});
    assert_eq!(paths(&old, PolicyKind::Scp), ["$"], "a version is needed");
    let principal = |principal: Value| {
        let statement = json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"});
        paths(&json!({"Statement": statement}), PolicyKind::Trust)
    };
    assert_eq!(principal(json!({"AWS": ["*", "123456789012", "AROAJQABLZS4A3QDU576Q"]})), [""; 0]);
    assert_eq!(principal(json!({"AWS": "arn:aws:iam::123456789012:role/*"})), ["$.Statement.Principal.AWS"]);
    assert_eq!(principal(json!({"Service": "lambda"})), ["$.Statement.Principal.Service"]);
    assert_eq!(principal(json!({"service": "x.y"})), ["$.Statement.Principal.service"]);
    assert_eq!(principal(json!({})), ["$.Statement.Principal"]);
    assert_eq!(principal(json!("lambda.amazonaws.com")), ["$.Statement.Principal"]);
}

#[test]
fn hints_suggest_the_correct_spelling() {
    let hint = |change: &Value| check(&identity(change), PolicyKind::Identity).remove(0).hint;
    assert_eq!(hint(&json!({"resources": []})).as_deref(), Some("did you mean `Resource`?"));
    let misspelt = json!({"Condition": {"StringNotEqual": {"a:b": "x"}}});
    assert_eq!(hint(&misspelt).as_deref(), Some("did you mean `StringNotEquals`?"));
}

proptest! {
    #[test]
    fn any_json_policy_is_checked_without_panic(value in any_json()) {
        for kind in EVERY {
            let statement = json!({"Statement": value});
            let within = identity(&json!({"Condition": value, "Action": value, "Principal": value}));
            for document in [&value, &statement, &within] {
                let refused = !check(document, kind).is_empty();
                let read = super::super::Document::from_value(document, kind);
                prop_assert_eq!(read.is_err(), refused, "a document without problems can be read");
            }
        }
    }
}

#[test]
fn every_policy_error_has_a_message() {
    let with = |change: Value| identity(&change);
    let principal = |value: Value| {
        json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": value, "Action": "sts:AssumeRole"
        }]})
    };
    let condition = |value: Value| with(json!({"Condition": value}));
    let identities = [
        json!("text"),
        json!({"Version": "2012-10-18", "Id": "x", "Statment": []}),
        json!({"Statement": []}),
        json!({"Statement": ["text"]}),
        json!({"Statement": [{"Sid": "A"}, {"Sid": "A"}]}),
        with(json!({"Sid": "a-b"})),
        with(json!({"Sid": 5})),
        with(json!({"Effect": "allow"})),
        with(json!({"NotAction": "s3:*", "Action": []})),
        with(json!({"Action": {"a": 1}})),
        with(json!({"Action": ["GetObject", "s3*:Get", 5]})),
        with(json!({"Resource": "my-table", "Colour": "red"})),
        with(json!({"Resource": "arn:aws:s3:::b/${}"})),
        with(json!({"Resource": ["arn:aws:s3:bucket", "arn:aws:s*:::b", "arn:aws:s3:eu-central-1::b"]})),
        with(json!({"Resource": ["arn:aws:s3::123456789012:b", "arn:aws:iam:eu-central-1::role/r"]})),
        condition(json!({"ArnLike": {"aws:x": "a"}})),
        with(json!({"Principal": "*"})),
        condition(json!("text")),
        condition(json!({"StringEqual": {"aws:x": "y"}, "NullIfExists": {"aws:x": "true"}})),
        condition(json!({"StringEquals": "text"})),
        condition(json!({"StringEquals": {"aws:x": "y", "AWS:X": "z", "region": "a"}})),
        condition(json!({"StringEquals": {"aws:x": []}, "Bool": {"aws:y": {"a": 1}}, "NumericEquals": {"aws:z": "n"}})),
    ];
    let trusts = [
        with(json!({"Action": "s3:GetObject"})),
        principal(json!({})),
        principal(json!("root")),
        principal(json!("*")),
        principal(json!({"AWS": ["arn:aws:s3:::b", "arn:aws:iam::123456789012:group/g"], "Service": ["*", "a.b"]})),
        principal(json!({"Federated": "cognito-identity.amazonaws.com"})),
        principal(json!({"Aws": "*", "AWS": "root*", "Service": "lambda", "Federated": ""})),
        json!({"Statement": [{"Effect": "Allow", "NotPrincipal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}),
    ];
    let others = [
        (PolicyKind::Endpoint, json!({"Id": 5, "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})),
        (PolicyKind::Resource, json!({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})),
        (PolicyKind::Scp, json!({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3"}]})),
    ];
    let all = identities.into_iter().map(|document| (PolicyKind::Identity, document));
    let all = all.chain(trusts.into_iter().map(|document| (PolicyKind::Trust, document))).chain(others);
    let told = all.flat_map(|(kind, document)| check(&document, kind)).map(|Problem { path, message, hint }| {
        format!("{path}: {message}\n{}", hint.map(|hint| format!("  hint: {hint}\n")).unwrap_or_default())
    });
    let mut told: Vec<String> = told.collect();
    told.dedup();
    insta::with_settings!({omit_expression => true}, { insta::assert_snapshot!(told.concat()) });
}
