//! Each statement about outcomes, tested on small documents.

use std::sync::Arc;

use serde_json::json;

use super::*;
use crate::base::{Vault, pending};
use crate::rules::{Enforcement, GuardText, Input, Parameter, ParameterType, Severity};

const TABLE: &str = "AWS::DynamoDB::Table";

fn rule(text: &str) -> Rule {
    of_text(GuardText::new("r", text).expect("it is Guard"))
}

pub(in crate::rules) fn of_text(text: GuardText) -> Rule {
    Rule {
        name: "r".to_owned(),
        title: "title".to_owned(),
        resource_types: vec![TABLE.to_owned()],
        input: if text.text.contains("Resources") { Input::Template } else { Input::ConfigurationItem },
        enforcement: Enforcement::Warn,
        severity: Severity::Medium,
        config_rule: Vec::new(),
        security_hub: Vec::new(),
        applies_when: None,
        parameters: BTreeMap::new(),
        property: None,
        remediation: None,
        text: Arc::new(text),
        block: None,
        has_entry: true,
        lints: Vec::new(),
        rust: None,
        only_live: false,
        on_request: false,
        also_reads: Vec::new(),
        around: false,
        looks_at: None,
        also_named: Vec::new(),
        explanation: std::sync::Arc::default(),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "`json!` is written in place")]
fn judged(text: &str, item: Value) -> RuleOutcome {
    Items::default().judge(0, &rule(text), &item)
}

fn fail(pointer: &str, message: Option<&str>) -> RuleOutcome {
    RuleOutcome::Fail(vec![Finding {
        pointer: pointer.to_owned(),
        message: message.map(str::to_owned),
        ..Finding::default()
    }])
}

fn unknown(outcome: &RuleOutcome) -> &str {
    match outcome {
        RuleOutcome::Unknown(why) => why,
        other => panic!("known: {other:?}"),
    }
}

fn stream() -> String {
    pending::text(&"tables.x.stream_arn".parse().expect("a reference"))
}

#[test]
fn failed_clause_reports_its_path_and_message() {
    let text = "rule a { c.mode == 'x' <<the\n   mode is wrong>>\n c.on == true }";
    assert_eq!(judged(text, json!({"c": {"mode": "x", "on": true}})), RuleOutcome::Pass);
    assert_eq!(judged(text, json!({"c": {"mode": "y", "on": true}})), fail("/c/mode", Some("the mode is wrong")));
    assert_eq!(judged(text, json!({"c": {"mode": "x"}})), fail("/c/on", None));
    assert_eq!(judged(text, json!({"c": {}})), {
        let one = |at: &str, said: Option<&str>| Finding {
            pointer: at.to_owned(),
            message: said.map(str::to_owned),
            ..Finding::default()
        };
        RuleOutcome::Fail(vec![one("/c/mode", Some("the mode is wrong")), one("/c/on", None)])
    });
}

#[test]
fn alternatives_fail_together_and_share_the_message() {
    let text = "rule a { c.a == 1 or c.b == 2 <<neither>> }";
    assert_eq!(judged(text, json!({"c": {"a": 2, "b": 2}})), RuleOutcome::Pass);
    let RuleOutcome::Fail(findings) = judged(text, json!({"c": {"a": 2, "b": 3}})) else { panic!("it fails") };
    let said: Vec<_> = findings.iter().map(|f| (f.pointer.as_str(), f.message.as_deref())).collect();
    assert_eq!(said, [("/c/a", Some("neither")), ("/c/b", Some("neither"))]);
}

#[test]
fn failed_named_rule_reports_its_own_path() {
    let text = "rule a { c.a == 1 <<a is not one>> }\nrule b {\n a\n}";
    let lone = Rule { block: Some("b".to_owned()), ..rule(text) };
    let outcome = Items::default().judge(0, &lone, &json!({"c": {"a": 2}}));
    assert_eq!(outcome, fail("/c/a", Some("a is not one")));
}

#[test]
fn skipped_rule_is_not_a_pass() {
    for text in [
        "rule a when c.typo == 1 { c.a == 1 }",
        "rule a when c.a == 2 { c.a == 1 }",
        "rule a { c.list[ key == 'none' ].value == 1 }",
        "rule a { when c.none exists { c.none == 1 } }",
    ] {
        let item = || json!({"c": {"a": 1, "list": [{"key": "k", "value": 1}]}});
        let outcome = judged(text, item());
        assert_eq!(outcome, RuleOutcome::Skipped, "{text}");
        let meant = Rule { applies_when: Some("so it is".to_owned()), ..rule(text) };
        assert_eq!(Items::default().judge(0, &meant, &item()), RuleOutcome::NotApplicable, "{text}");
    }
}

#[test]
fn evaluation_error_is_unknown_not_pass() {
    let outcome = judged("rule a { %nothing == 1 }", json!({"c": 1}));
    assert!(unknown(&outcome).starts_with("the rule could not be evaluated: "), "{outcome:?}");
    let outcome = judged(r"rule a { c == /^(?=(a+)+$)(?!x)(a|aa)+\1b$/ }", json!({"c": "a".repeat(60)}));
    assert_eq!(unknown(&outcome), "the rule could not be evaluated: the engine failed on it");
}

#[test]
fn parameters_are_in_config_rule_parameters() {
    let text = "rule a { c.size <= CONFIG_RULE_PARAMETERS.most }";
    let given = |most: Value| {
        let one = Parameter { kind: ParameterType::Integer, value: Some(most), description: None };
        Rule { parameters: [("most".to_owned(), one)].into(), ..rule(text) }
    };
    let item = json!({"c": {"size": 5}});
    assert_eq!(Items::default().judge(0, &given(json!(5)), &item), RuleOutcome::Pass);
    assert_eq!(Items::default().judge(0, &given(json!(4)), &item), fail("/c/size", None));
    assert_eq!(Items::default().judge(0, &given(json!(4)), &json!({})), fail("/c/size", None));
}

#[test]
fn pending_value_makes_outcome_unknown_if_decisive() {
    let item = || json!({"c": {"arn": stream(), "list": ["a", stream()], "mode": "x"}});
    for text in [
        "rule a { c.arn == 'b' }",
        "rule a { c.arn != 'b' }",
        "rule a { c.arn == /^arn:/ }",
        "rule a { c.arn != /^arn:/ }",
        "rule a { c.arn in ['b', 'c'] }",
        "rule a { c.arn not in ['b', 'c'] }",
        "rule a { c.list == ['a', 'b'] }",
        "rule a { c.list[*] == /a/ }",
        "rule a { some c.list[*] == 'q' }",
        "rule a { c.arn == 'b' or c.mode == 'y' }",
        "rule a when c.arn == 'b' { c.mode == 'y' }",
        "rule a when c.arn != 'b' { c.mode == 'y' }",
        "rule a when c.arn != 'b' { c.mode == 'x' }",
        "rule a { c.list[ this == 'b' ] !exists }",
        "rule a { when c.arn == /x/ { c.mode == 'y' } }",
        "rule a { not c.arn == 'b' }",
        "rule a { c.arn is_string\n c.mode == 'x' }",
        "rule a { c.arn is_struct }",
        // Beside a clause that surely passes, and in a block of its own.
        "rule a { when c.arn == 'b' { c.mode == 'y' }\n c.mode == 'x' }",
        "rule a when c.arn == /b/ { c.mode == 'y' }\nrule b { c.mode == 'x' }",
        "rule a { c.arn not in [/^pr/, /^q/] }",
        "rule a { not c.arn in [/^pr/] }",
        "rule a { c.arn != c.mode }",
        "let l = c.list[ this == 'b' ]\nrule a { %l !empty }",
        "let l = c.list[ this == 'b' ]\nrule a { when %l empty { c.mode exists } %l !empty }",
        "let l = c.list[ this == 'b' ]\nrule a { when %l empty { c.mode == 'y' } }",
        "let l = c.list[ this == 'b' ]\nrule a { c.mode in %l }",
        "rule a { c.arn == /x/ }\nrule b when not a { c.mode == 'x' }",
    ] {
        let outcome = judged(text, item());
        assert_eq!(unknown(&outcome), "it depends on `${tables.x.stream_arn}`, which is unknown here", "{text}");
    }
}

#[test]
fn outcome_is_certain_if_pending_value_is_not_decisive() {
    let item = || json!({"c": {"arn": stream(), "list": ["a", stream()], "mode": "x"}});
    for text in [
        "rule a { c.arn exists }",
        "rule a { c.arn !empty }",
        "rule a { c.mode == 'x' or c.arn == 'b' }",
        "rule a { c.arn == 'b' or c.mode == 'x' }",
        "rule a { some c.list[*] == 'a' }",
        "rule a { c.mode in ['x'] }",
        "rule a { c.mode not in [/^y/] }",
        "rule a { when c.mode == 'x' or c.arn == 'b' { c.mode == 'x' } }",
        "rule a { when c.arn == 'b' { c.mode == 'x' }\n c.mode exists }",
        "let l = c.list[ this == 'b' ]\nrule a { when %l !empty { c.mode == 'x' } when %l empty { c.mode exists } }",
    ] {
        assert_eq!(judged(text, item()), RuleOutcome::Pass, "{text}");
    }
    assert_eq!(judged("rule a { c.arn !exists }", item()), fail("/c/arn", None));
    assert_eq!(judged("rule a { c.arn empty }", item()), fail("/c/arn", None));
    for text in [
        "rule a { c.mode == 'y' }",
        "rule a { c.arn == 'b'\n c.mode == 'y' }",
        "rule a { c.arn exists\n c.mode == 'y' }",
    ] {
        assert_eq!(judged(text, item()), fail("/c/mode", None), "{text}");
    }
}

#[test]
fn sensitive_value_is_not_shown_in_outcome() {
    let sealed = Vault::new([1; 32]).seal("hunter2");
    let outcome = judged("rule a { c.password != 'hunter2' }", json!({"c": {"password": sealed}}));
    assert_eq!(unknown(&outcome), "it depends on a sensitive value, which is unknown here");
}

#[test]
fn each_resource_of_a_template_has_its_own_outcome() {
    let text = "let tables = Resources.*[ Type == 'AWS::DynamoDB::Table' ]\n\
        rule a when %tables !empty { %tables.Properties.On == true <<it is off>> }";
    let table = |on: Value| json!({"Type": TABLE, "Properties": {"On": on}});
    let resources = json!({"A": table(json!(true)), "B": table(json!(false)), "C": table(json!(stream()))});
    let template = Document::template(resources.as_object().cloned().unwrap_or_default());
    let TemplateJudgement { resources: outcomes, nobodys } = judge_template(&rule(text), &template, ["A", "B", "C"]);
    assert_eq!(nobodys, None);
    assert_eq!(outcomes["A"], RuleOutcome::Pass);
    assert_eq!(outcomes["B"], fail("/Resources/B/Properties/On", Some("it is off")));
    assert_eq!(unknown(&outcomes["C"]), "it depends on `${tables.x.stream_arn}`, which is unknown here");
    let mistyped = text.replace("::Table'", "::Tabel'");
    let outcomes = judge_template(&rule(&mistyped), &template, ["A"]).resources;
    assert_eq!(outcomes["A"], RuleOutcome::Skipped);
    let whole = "rule a { Resources.*.Type == 'AWS::IAM::Role' or Parameters exists <<no parameters>> }";
    let nobodys = judge_template(&rule(whole), &template, ["A"]).nobodys;
    assert_eq!(nobodys, Some(fail("/Parameters", Some("no parameters"))));
}

#[test]
fn pending_value_of_one_resource_leaves_others_decided() {
    let text = "let guarded = Resources.*[ Type == 'AWS::DynamoDB::Table' Properties.Stage == 'prod' ]\n\
        rule a when %guarded !empty { %guarded.Properties.On == true <<it is off>> }";
    let table = |stage: Value, on: bool| json!({"Type": TABLE, "Properties": {"Stage": stage, "On": on}});
    let resources = json!({
        "Right": table(json!("prod"), true),
        "Wrong": table(json!("prod"), false),
        "Decides": table(json!(stream()), false),
        "Whatever": table(json!(stream()), true),
    });
    let template = Document::template(resources.as_object().cloned().unwrap_or_default());
    let ids = ["Right", "Wrong", "Decides", "Whatever"];
    let TemplateJudgement { resources: outcomes, nobodys } = judge_template(&rule(text), &template, ids);
    assert_eq!(nobodys, None);
    assert_eq!(outcomes["Right"], RuleOutcome::Pass);
    assert_eq!(outcomes["Wrong"], fail("/Resources/Wrong/Properties/On", Some("it is off")));
    assert_eq!(unknown(&outcomes["Decides"]), "it depends on `${tables.x.stream_arn}`, which is unknown here");
    assert_eq!(outcomes["Whatever"], RuleOutcome::Pass);
}

/// The engine's message if it can't evaluate a clause.
const EMPTY: &str = "Attempting EMPTY operation on type";

#[test]
fn unevaluable_clause_is_unknown_with_reason() {
    let item =
        || json!({"c": {"n": 5, "f": 1.5, "on": true, "none": null, "s": "x", "list": [1, "a"], "items": [{"n": 5}]}});
    for text in [
        "rule a { c.n !empty }",
        "rule a { c.n empty }",
        "rule a { not c.n empty }",
        "rule a { c.f !empty <<m>> }",
        "rule a { c.on !empty }",
        "rule a { c.on empty }",
        "rule a { c.none !empty }",
        "let n = c.n\nrule a { %n !empty }",
        "let n = c.n\nrule a { %n empty }",
        "rule a { c.list[*] !empty }",
        "rule a { c.n !empty or c.s == 'y' }",
        "rule a { c.s == 'y' or c.n empty }",
        "rule a when c.n !empty { c.s == 'x' }",
        "rule a { when c.n empty { c.s == 'x' } }",
        "rule a { c.items[ n !empty ] !empty }",
        "rule a { c { n !empty } }",
        "rule a { c.n !empty }\nrule b {\n a\n}",
        "rule a { c.n !empty }\nrule b {\n not a\n}",
        "rule a { c.n !empty }\nrule b when not a { c.s == 'x' }",
        "rule a when c.n !empty { c.s == 'x' }\nrule b when a { c.s == 'x' }",
        "rule p(v) { %v !empty }\nrule a { p(c.n) }",
    ] {
        let outcome = judged(text, item());
        assert!(matches!(&outcome, RuleOutcome::Unknown(why) if why.contains(EMPTY)), "{text}: {outcome:?}");
        assert!(!unknown(&outcome).contains("[L:") && !unknown(&outcome).contains("bailing"), "{outcome:?}");
    }
    for text in [
        "rule a { c.n != 'x' }",
        "rule a { c.n < 'x' }",
        "rule a { not c.n == 'x' }",
        "rule a { c.s >= 5 }",
        "rule a { c.n != /5/ }",
        "rule a { c.s == 'x' }\nrule b when c.n != 'x' { c.s == 'y' }",
        "let none = c.list[ this == 'b' ]\nrule a { c.s != %none }",
        "let none = c.list[ this == 'b' ]\nrule a { %none == 'x' }",
        "let n = parse_int(c.s)\nrule a { %n == 1 }",
        "rule a { %nothing == 1 }",
        "rule a {\n nothing\n}",
    ] {
        let outcome = judged(text, item());
        let told = |why: &str| why.starts_with("the rule could not be evaluated: ");
        assert!(matches!(&outcome, RuleOutcome::Unknown(why) if told(why)), "{text}: {outcome:?}");
    }
}

#[test]
fn unevaluable_clause_keeps_certain_failures() {
    let item = || json!({"c": {"n": 5, "s": "x", "list": [1, "a"]}});
    for text in [
        "rule a { c.n !empty\n c.s == 'y' }",
        "rule a { c.s == 'y'\n c.n empty }",
        "rule a { c.n !empty }\nrule b { c.s == 'y' }",
        "rule a when c.n !empty { c.s == 'x' }\nrule b { c.s == 'y' }",
    ] {
        assert_eq!(judged(text, item()), fail("/c/s", None), "{text}");
    }
    // A number is not a text, and a missing value is not there.
    assert_eq!(judged("rule a { c.n == 'x' }", item()), fail("/c/n", None));
    assert_eq!(judged("rule a { c.n in ['x'] }", item()), fail("/c/n", None));
    assert_eq!(judged("let none = c.list[ this == 'b' ]\nrule a { c.s in %none }", item()), fail("", None));
    assert_eq!(judged("rule a { c.gone != 'x' }", item()), fail("/c/gone", None));
    assert_eq!(judged("rule a { c.gone !empty }", item()), fail("/c/gone", None));
    for text in [
        "rule a { c.s == 'x' or c.n empty }",
        "rule a { c.n empty or c.s == 'x' }",
        "rule a { some c.list[*] !empty }",
        "rule a { c.s !empty\n c.list !empty }",
        "rule a when c.s == 'x' or c.n != 'x' { c.list !empty }",
    ] {
        assert_eq!(judged(text, item()), RuleOutcome::Pass, "{text}");
    }
}

#[test]
fn unevaluable_resource_leaves_others_decided() {
    let text = "let tables = Resources.*[ Type == 'AWS::DynamoDB::Table' ]\n\
        rule a when %tables !empty { %tables.Properties.Capacity !empty }";
    let table = |capacity: Value| json!({"Type": TABLE, "Properties": {"Capacity": capacity}});
    let resources = json!({"A": table(json!({"Read": 5})), "B": table(json!(5)), "C": table(json!({}))});
    let template = Document::template(resources.as_object().cloned().unwrap_or_default());
    let TemplateJudgement { resources: outcomes, nobodys } = judge_template(&rule(text), &template, ["A", "B", "C"]);
    assert_eq!(nobodys, None);
    assert_eq!(outcomes["A"], RuleOutcome::Pass);
    assert!(
        unknown(&outcomes["B"]).contains("on type int that does not support it at /Resources/B/Properties/Capacity")
    );
    assert_eq!(outcomes["C"], fail("/Resources/C/Properties/Capacity", None));
}

#[test]
fn presence_of_a_value_that_could_not_be_read_is_unknown() {
    use crate::kind::Rendering;
    use crate::rules::{Among, Before, Rendered, Subject, Terms, judge};
    let subject = |act: &dyn Fn(&mut Rendering)| {
        let mut item = Rendering::new(TABLE);
        item.body = json!({"resourceType": TABLE, "configuration": {"other": 1}});
        act(&mut item);
        let now = Rendered { items: vec![item], template: Vec::new(), error: None };
        Subject { name: "t".to_owned(), type_name: TABLE, now, before: Before::Same, kept: None }
    };
    let subjects = [subject(&|item| item.put_unread("/configuration/key", "kms:DescribeKey")), subject(&|_| {})];
    let outcomes = |text: &str| {
        let rules = [rule(text)];
        let today = jiff::civil::Date::constant(2026, 11, 30);
        let terms =
            Terms { rules: &rules, types: &[TABLE], live: true, unread: &[], today, among: Among::All, known: None };
        judge(&subjects, terms).into_iter().map(|one| one.outcome).collect::<Vec<_>>()
    };
    for text in ["rule r { configuration.key exists <<no>> }", "rule r { configuration.key not exists <<no>> }"] {
        let found = outcomes(text);
        let RuleOutcome::Unknown(why) = &found[0] else { panic!("{text}: {found:?}") };
        assert!(why.contains("kms:DescribeKey"), "{why}");
        assert!(!matches!(found[1], RuleOutcome::Unknown(_)), "{text}: {found:?}");
    }
    assert_eq!(outcomes("rule r { configuration.other == 1 <<no>> }"), [RuleOutcome::Pass, RuleOutcome::Pass]);
}
