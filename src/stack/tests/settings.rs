//! The top level of the file.

use super::*;

#[test]
fn mistakes_in_settings() {
    snap!(several(&[
        ("no name", errors("region: eu-central-1\n")),
        ("an empty name", errors("stack:\n")),
        ("a bad name", errors("stack: my stack\n")),
        ("a name of itself", errors("stack: a-${stack}\n")),
        ("an account that is none", errors("stack: s\naccount: 1234\n")),
        ("region in settings", errors("stack: s\ntags: {a: \"${region}\"}\n")),
        ("a reference in settings", errors("stack: s\ntags: {a: \"${tables.a.arn}\"}\n")),
        ("an unknown word in settings", errors("stack: ${enviroment}\n")),
        ("an unset variable in settings", errors("stack: ${env:UNSET}\n")),
        ("no environment", errors("stack: s-${environment}\n")),
        ("no root", errors("stack: s\nroots: [../nowhere]\n")),
        ("environments that are none", errors("stack: s\nenvironments: [local]\n")),
        ("a section that is none", errors("stack: s\nenvironments: {local: {sections: [table]}}\n")),
        ("an environment of a reserved name", errors("stack: s\nenvironments: {default: {}}\n")),
        ("an endpoint that is none", errors("stack: s\nenvironments: {local: {endpoint_url: localhost}}\n")),
    ]));
}

#[test]
fn mistakes_in_guardrails() {
    snap!(errors(
        "stack: s\nguardrails:\n  scps: [policies/nowhere, ../../x]\n  config_rules:\n    - {rule: X, enforcment: warn}\n    - {rule: X, enforcement: strict}\n    - {parameters: {}}\n    - [a]\n  unknown: maybe\n"
    ));
    snap!(errors(
        "stack: s\nguardrails:\n  scps: [policies/nowhere, ../../x]\n  config_rules: [/etc/passwd]\n  exceptions:\n    - {rule: r, resource: tables.a, reason: x, owner: y, expires: 2027-02-30}\n"
    ));
    snap!(errors(
        "stack: s\nguardrails:\n  scps: {root: policies/scp}\n  exceptions:\n    - {rule: r, resource: tables, owner: '', expires: soon}\n"
    ));
}

#[test]
fn guardrails_have_levels_and_parameters() {
    let text = "stack: s\nguardrails:\n  scps: {root: [policies/scp], account: [policies/scp/base.json]}\n  unknown: deny\n  config_rules: [{rule: X, parameters: {a: 80, b: \"80\", c: true, d: [x]}}]\n";
    let guardrails = load(text).unwrap_or_else(|failure| panic!("{failure}")).stack.settings.guardrails;
    let levels: Vec<_> = guardrails.scps.iter().map(|level| level.name.as_deref()).collect();
    assert_eq!(levels, [Some("root"), Some("account")]);
    assert_eq!(guardrails.unknown, Some(crate::stack::OnUnknown::Deny));
    let rule = &guardrails.config_rules[0];
    assert_eq!(rule.rule, crate::stack::RuleSource::Name("X".to_owned()));
    let given: serde_json::Map<_, _> =
        rule.parameters.iter().map(|(name, given)| (name.clone(), given.value.clone())).collect();
    assert_eq!(serde_json::json!(given), serde_json::json!({"a": 80, "b": "80", "c": true, "d": ["x"]}));
    assert_eq!((rule.parameters["b"].location.line, rule.parameters["b"].location.column), (5, 51));
}

#[test]
fn environment_has_seeds_and_a_database() {
    let text = "stack: s\nenvironments:\n  local:\n    seed:\n      - {table: tables.t, file: policies/scp/base.json}\n      - {table: t, file: policies/scp/base.json, members: [a, b], message_group_uuid: 5ae290ed-55d1-47a0-bc6d-fe2bc2700399}\n    database: {url: \"postgresql://u:${env:SET}@localhost/x\", schema: policies/scp/base.json}\ntables:\n  t: {partition_key: pk}\n";
    let settings = load_in(&example_folder(), text, Some("local")).unwrap_or_else(|failure| panic!("{failure}"));
    let settings = settings.stack.settings;
    let [first, second] = settings.seeds.as_slice() else { panic!("two seeds") };
    assert_eq!((first.table.to_string(), &first.members), ("tables.t".to_owned(), &None));
    assert!(first.file.ends_with("policies/scp/base.json"), "{first:?}");
    assert_eq!(second.members, Some(["a", "b"].map(str::to_owned)));
    let database = settings.database.expect("it is named");
    assert_eq!(database.url.as_deref(), Some("postgresql://u:hunter2@localhost/x"));
    assert!(database.schema.is_some() && database.seed.is_none());
    assert!(!format!("{database:?}").contains("hunter2"), "a password is not shown");
    let none = load_in(&example_folder(), text, None).unwrap_or_else(|failure| panic!("{failure}"));
    assert!(none.stack.settings.seeds.is_empty() && none.stack.settings.database.is_none());
}

#[test]
fn mistakes_in_seeds() {
    let of = |seed: &str| {
        let text =
            format!("stack: s\nenvironments:\n  local: {{{seed}}}\ntables:\n  messages: {{partition_key: pk}}\n");
        errors_with(&text, Some("local"))
    };
    snap!(several(&[
        ("an unknown table", of("seed: [{table: mesages, file: policies/scp/base.json}]")),
        ("a table that is far off", of("seed: [{table: x, file: policies/scp/base.json}]")),
        ("no file", of("seed: [{table: messages, file: seeds/none.txt}, {table: messages}]")),
        ("a file outside", of("seed: [{table: messages, file: ../../../secret}]")),
        ("one member twice", of("seed: [{table: messages, file: policies/scp/base.json, members: [a, a]}]")),
        ("one member", of("seed: [{table: messages, file: policies/scp/base.json, members: [a]}]")),
        ("a group that is none", of("seed: [{table: messages, file: policies/scp/base.json, message_group_uuid: g}]")),
        ("a database that is none", of("database: postgresql://localhost/x")),
        ("no file of a database", of("database: {schema: db/none.sql, sed: x}")),
    ]));
}

#[test]
fn unknown_environment_is_a_usage_error() {
    let text = "stack: s\nenvironments: {local: {}, prod: {}}\n";
    let failure = load_in(&example_folder(), text, Some("prd")).err().expect("refused");
    assert_eq!(failure.kind, crate::stack::FailureKind::UnknownEnvironment);
    snap!(several(&[
        ("near", errors_with(text, Some("prd"))),
        ("far", errors_with(text, Some("staging"))),
        ("none", errors_with("stack: s\n", Some("staging"))),
    ]));
}

#[test]
fn environment_overrides_the_stack_file() {
    let text = "stack: s-${environment}\nregion: eu-central-1\ntags: {a: \"1\", b: \"${stack}\"}\nenvironments:\n  one: {region: eu-west-1, account: 210987654321, tags: {a: \"2\"}, endpoint_url: \"http://localhost:${env:NUMBER}\"}\n  two: {region: \"${env:UNSET}\"}\ntables:\n  t: {partition_key: pk, tags: {b: mine}}\n";
    let loaded = load_in(&example_folder(), text, Some("one")).unwrap_or_else(|failure| panic!("{failure}"));
    let settings = &loaded.stack.settings;
    assert_eq!(settings.stack, "s-one");
    assert_eq!(settings.region.as_deref(), Some("eu-west-1"));
    assert_eq!(settings.account.as_deref(), Some("210987654321"));
    assert_eq!(settings.endpoint_url.as_deref(), Some("http://localhost:256"));
    assert_eq!(settings.tags["b"].text, "s-one");
    assert_eq!(loaded.body("tables.t")["tags"], serde_json::json!({"a": "2", "b": "mine"}));
}

#[test]
fn tags_have_awss_limits() {
    let many = (0..48).map(|n| format!("t{n}: x")).collect::<Vec<_>>().join(", ");
    let half = (0..30).map(|n| format!("s{n}: x")).collect::<Vec<_>>().join(", ");
    let long = "k".repeat(129);
    let value = "v".repeat(257);
    snap!(several(&[
        ("ours", errors("stack: s\ntags: {\"underpin:stack\": x, \"AWS:name\": y}\n")),
        ("alphabet", errors("stack: s\ntags: {\"a&b\": x, c: \"d#e\", fine: \"ä 1_.:/=+-@\"}\n")),
        ("lengths", errors(&format!("stack: s\ntags:\n  {long}: x\n  v: {value}\n  '': x\n"))),
        ("too many", errors(&format!("stack: s\ntags: {{{many}}}\n"))),
        ("of a resource", errors("stack: s\ntables:\n  a: {partition_key: pk, tags: {\"aws:x\": y, z: \"é!\"}}\n")),
        (
            "too many together",
            errors(&format!(
                "stack: s\ntags: {{{half}}}\ntables:\n  a:\n    partition_key: pk\n    tags: {{{}}}\n",
                half.replace('s', "r")
            ))
        ),
    ]));
}

#[test]
fn failures_serialize_to_json() {
    let failure = load("stack: s\nstack: t\ntables: {a: {}}\n").err().expect("refused");
    let mut value = serde_json::to_value(&failure).expect("data");
    for error in value["errors"].as_array_mut().expect("a list") {
        error["location"]["file"] = "stack.yaml".into();
        for related in error["related"].as_array_mut().expect("a list") {
            related["location"]["file"] = "stack.yaml".into();
        }
    }
    insta::assert_json_snapshot!(value);
    assert!(failure.render(true).contains("\u{1b}["));
}
