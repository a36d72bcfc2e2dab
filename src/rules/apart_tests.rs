//! The law of files: rules have the same outcomes in one file and in a file each.

use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use super::known_tests::{filled, resource, rule_text, text};
use super::*;

/// Rules in forms that public registries have. Each uses something that the engine, or the placeholder of unknown
/// values, handles in its own way. `#` is a number that keeps the names of one file apart from another's.
const OTHERS: &[&str] = &[
    "let balancers# = Resources.*[ Type == 'AWS::E::L' ]\nlet name# = 'Listeners'\n\
     rule keys# when %balancers# !empty { %balancers#.Properties[ keys == %name# ] !empty <<no listeners>> }",
    "rule struct# { Resources.*[ Type == 'AWS::A::B' ].Properties.A is_struct or Parameters exists }",
    "let values# = Resources.*[ Type == 'AWS::A::B' ].Properties.A\nrule values# { %values# != 'q' }",
    "let count# = parse_int('x')\nrule call# { %count# == 1 }",
    "rule empty# { Resources.A.Properties.N !empty }",
    "rule gone# { %nothing# == 1 }",
    "rule first# { Resources.A.Properties.C == 'x' }\nrule second# when not first# { Resources.A.Properties.A == 'x' }",
    "rule other# when first_of_none# { Resources exists }",
    "let all# = Resources.*\nrule local# { let all = Resources.A.Properties\n %all.C in ['x', 'prod'] }",
    "rule given#(what) { %what == 'x' <<given>> }\nrule calls# { given#(Resources.A.Properties.A) }",
    "rule captured# { Resources[ key | Type == 'AWS::A::B' ].Properties.L[*] not in ['zz'] }",
    "rule types# { AWS::A::B { Properties.B exists <<no B>> } }",
    "rule when# when Resources.A.Properties.A == /^p/ { Resources.B.Properties.C == 'x' }",
];

/// A file with names of its own: `all` has the same value in each.
fn numbered(file: &str, number: usize) -> String {
    let with = |text: String, name: &str| {
        text.replace(&format!("%{name}"), &format!("%{name}{number}"))
            .replace(&format!("let {name} "), &format!("let {name}{number} "))
            .replace(&format!("rule {name} "), &format!("rule {name}{number} "))
            .replace(&format!("\n{name}\n"), &format!("\n{name}{number}\n"))
            .replace(&format!("not {name}\n"), &format!("not {name}{number}\n"))
    };
    ["set", "one", "two"].into_iter().fold(file.replace('#', &number.to_string()), with)
}

fn file() -> impl Strategy<Value = String> {
    prop_oneof![2 => rule_text(), 1 => prop::sample::select(OTHERS).prop_map(str::to_owned)]
}

/// The outcomes of each rule of a file for the resources, by name.
fn said(file: &str, document: &Document) -> Vec<(String, Vec<Option<RuleOutcome>>)> {
    let guard = GuardText::new("r", file).unwrap_or_else(|error| panic!("{error}: {file}"));
    let rule = |part: GuardPart| {
        let rule = Rule { block: Some(part.block.clone()), ..super::judgement::tests::of_text(part.text) };
        let TemplateJudgement { resources, nobodys } = judge_template(&rule, document, ["A", "B"]);
        let of = |id: &str| resources.get(id).cloned().map(placed);
        (part.block, vec![nobodys.clone().map(placed), of("A"), of("B")])
    };
    guard.parts.into_iter().map(rule).collect()
}

/// Removes the names of other rules, which the engine lists in no certain order.
fn placed(outcome: RuleOutcome) -> RuleOutcome {
    match outcome {
        RuleOutcome::Unknown(why) => {
            RuleOutcome::Unknown(why.split("Rule Names = ").next().unwrap_or_default().to_owned())
        }
        other => other,
    }
}

fn holds(files: &[String], resources: &Value) -> Result<(), TestCaseError> {
    let files: Vec<String> = files.iter().enumerate().map(|(number, file)| numbered(file, number)).collect();
    let document = Document::template(resources.as_object().cloned().expect("resources"));
    let apart: Vec<_> = files.iter().flat_map(|file| said(file, &document)).collect();
    let joined = files.join("\n");
    prop_assert_eq!(&said(&joined, &document), &apart, "{}\n{}", joined, resources);
    // In a catalogue a file is one rule: its outcome is that of its blocks together.
    let whole = super::judgement::tests::of_text(GuardText::new("r", &joined).expect("it can be parsed"));
    let TemplateJudgement { resources: all, nobodys } = judge_template(&whole, &document, ["A", "B"]);
    for (at, outcome) in [(0, nobodys.as_ref()), (1, all.get("A")), (2, all.get("B"))] {
        let fails = |outcome: Option<&RuleOutcome>| matches!(outcome, Some(RuleOutcome::Fail(_)));
        let any = apart.iter().any(|(_, said)| fails(said[at].as_ref()));
        prop_assert_eq!(fails(outcome), any, "{}\n{}", joined, resources);
    }
    Ok(())
}

#[test]
fn rules_give_the_same_outcome_in_one_file_as_alone() {
    let cases = std::env::var("UNDERPIN_CASES").ok().and_then(|number| number.parse().ok()).unwrap_or(24);
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = if cases == 24 {
        TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
    } else {
        TestRunner::new(config)
    };
    let files = prop::collection::vec(file(), 2..5);
    let found = runner.run(&(files, resource(), resource()), |(files, a, b)| {
        let mut resources = filled(&json!({"A": a, "B": b}), [&text(0), &text(1)]);
        resources["A"]["Properties"]["N"] = json!(5);
        holds(&files, &resources)
    });
    assert!(found.is_ok(), "{}", found.expect_err("it is one"));
}

#[test]
fn each_rule_form_gives_the_same_outcome_beside_any_other() {
    let known = json!({"A": {"Type": "AWS::A::B", "Properties": {"A": "q", "C": "y", "L": ["zz"], "N": 5}}});
    let unknown = json!({"A": {"Type": "AWS::A::B", "Properties": {"A": text(0), "C": "y", "L": [text(1)], "N": 5}}});
    for resources in [known, unknown] {
        let all: Vec<String> = OTHERS.iter().map(|form| (*form).to_owned()).collect();
        holds(&all, &resources).unwrap_or_else(|error| panic!("{error}"));
    }
}

#[test]
fn rule_file_parts_grow_linearly() {
    let files = |number: usize| (0..number).map(|at| numbered(OTHERS[0], at)).collect::<Vec<_>>().join("\n");
    let length = |number: usize| -> usize {
        let text = GuardText::new("r", &files(number)).expect("it can be parsed");
        text.parts.iter().map(|part| part.text.text.len()).sum()
    };
    // Numbers of two digits are a little longer.
    assert!(length(40) < 5 * length(10), "{} and {}", length(40), length(10));
}
