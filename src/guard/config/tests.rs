//! Rules on resources of a stack's text, as `validate` and `plan` judge them.

use serde_json::Value;

use crate::base::Address;
use crate::plan::{Outcome, Verdict};
use crate::stack::Stack;

use super::testing::*;

#[test]
fn each_finding_points_to_the_line_to_change() {
    let world = World::new(&[]);
    let verdicts = world.judged("  config_rules: [rules]\n");
    assert_eq!(
        lines(&verdicts),
        [
            "Fail deletion-protection tables.orders @7: the table can be deleted by mistake",
            "Warn memory functions.worker @17: this is not the case: Functions are small",
            "Warn stream-triggers triggers.worker/orders @19: it never gives up",
            "Pass summary: 4 resources judged by 3 rules of AWS Config: 1 forbidden, 2 warn",
        ]
    );
    let first = &verdicts[0];
    assert_eq!(first.guardrail, "config");
    assert_eq!(first.hint.as_deref(), Some("write `deletion_protection: true`"));
    assert_eq!(first.severity, Some(crate::rules::Severity::High));
    assert_eq!(first.controls, ["DYNAMODB_TABLE_DELETION_PROTECTION_ENABLED", "DynamoDB.6"]);
    let hint = verdicts.last().and_then(|summary| summary.hint.as_deref());
    assert!(hint.is_some_and(|hint| hint.contains("`guardrails.exceptions`")), "{hint:?}");
}

#[test]
fn stack_settings_override_the_rule_catalogue() {
    let world = World::new(&[]);
    let more = "  config_rules:
    - {rule: memory, parameters: {mostMemory: 512}, enforcement: deny}
    - {rule: DYNAMODB_TABLE_DELETION_PROTECTION_ENABLED, enforcement: warn}
    - rules
    - {rule: stream-triggers, enforcement: off}
";
    assert_eq!(
        lines(&world.judged(more)),
        [
            "Warn deletion-protection tables.orders @7: the table can be deleted by mistake",
            "Pass summary: 4 resources judged by 2 rules of AWS Config: 1 pass, 1 warn",
        ]
    );
}

#[test]
fn managed_rule_without_local_implementation_is_unknown() {
    let world = World::new(&[]);
    let verdicts =
        world.judged("  config_rules: [rules/none.guard]\n".replace("rules/none.guard", "SOME_MANAGED_RULE").as_str());
    assert_eq!(
        lines(&verdicts),
        ["Unknown SOME_MANAGED_RULE @23: underpin has no rule for this managed rule; AWS Config itself can judge it"]
    );
    assert_eq!(verdicts[0].outcome, Outcome::Unknown);
}

#[test]
fn single_guard_file_has_one_rule_per_block() {
    let text = "let all = Resources.*[ Type == 'AWS::DynamoDB::Table' ]
rule PROTECTED when %all !empty { %all.Properties.DeletionProtectionEnabled == true <<not protected>> }
rule NAMED when %all !empty { %all.Properties.TableName exists }
rule OTHERS { Resources.*[ Type == 'AWS::S3::Bucket' ].Properties.Name exists }
rule SKIPPED when Parameters exists { %all exists }
";
    let item = "rule small when resourceType == 'AWS::Lambda::Function' { configuration.memorySize <= CONFIG_RULE_PARAMETERS.most }";
    let world = World::new(&[("lone/tables.guard", text), ("small.guard", item)]);
    let verdicts = world.judged("  config_rules: [lone, {rule: small.guard, parameters: {most: 128}}]\n");
    assert_eq!(
        lines(&verdicts),
        [
            "Warn PROTECTED tables.orders @7: not protected",
            "Unknown SKIPPED tables.orders @4: it is unknown whether the rule `SKIPPED` of `FOLDER/lone/tables.guard` is met: the rule was skipped; its condition does not hold or a filter selects nothing; a mistyped path has the same effect",
            "Warn small functions.worker @17: this is not the case: the rule `small` of `FOLDER/small.guard` is met",
            "Pass summary: 4 resources judged by 5 rules of AWS Config: 1 pass, 2 warn, 1 unknown",
        ]
        .map(|line| line.replace("FOLDER", &world.folder.path().display().to_string()))
    );
}

#[test]
fn value_known_after_apply_makes_rule_unknown_if_decisive() {
    let rule = |clause: &str| {
        format!("rule r {{ Resources.*[ Type == 'AWS::Lambda::EventSourceMapping' ].Properties {{ {clause} }} }}")
    };
    let decides = World::new(&[("r.guard", &rule("EventSourceArn == /orders/"))]);
    let said = lines(&decides.judged("  config_rules: [r.guard]\n"));
    assert!(said[0].starts_with("Unknown r triggers.worker/orders @19: it is unknown"), "{said:?}");
    assert!(said[0].ends_with("it depends on `${tables.orders.stream_arn}`, which is unknown here"), "{said:?}");
    let stands = World::new(&[("r.guard", &rule("EventSourceArn exists"))]);
    assert_eq!(
        lines(&stands.judged("  config_rules: [r.guard]\n")),
        ["Pass summary: 4 resources judged by 1 rule of AWS Config: 1 pass"]
    );
}

#[test]
fn type_without_configuration_item_is_unknown() {
    let text = "rule r when resourceType == 'AWS::Lambda::EventSourceMapping' { configuration.state exists }";
    let world = World::new(&[("r.guard", text)]);
    let said = lines(&world.judged("  config_rules: [r.guard]\n"));
    assert!(
        said[0].starts_with("Unknown r triggers.worker/orders @19:")
            && said[0].ends_with("AWS Config has no configuration item of AWS::Lambda::EventSourceMapping"),
        "{said:?}"
    );
}

#[test]
fn violation_fixed_by_the_plan_is_reported_as_resolved() {
    let world = World::new(&[]);
    let live = |address: &Address, wanted: &Value| {
        let mut live = wanted.clone();
        match address.section() {
            "functions" => live["memory"] = 1024.into(),
            "triggers" => live["maximum_retry_attempts"] = Value::Null,
            _ => return None,
        }
        Some(live)
    };
    let text =
        STACK.replace("memory: 512", "memory: 128").replace("latest", "latest\n        maximum_retry_attempts: 3");
    let stack = world.load(&format!("{text}guardrails: {{config_rules: [rules]}}\n"));
    let verdicts = judge(&stack, &world.rules(&stack), "2027-06-30", &live);
    let resolved: Vec<_> = verdicts.iter().filter(|verdict| verdict.resolved).cloned().collect();
    assert_eq!(
        lines(&resolved),
        [
            "Pass memory functions.worker @12: fixed by this plan: this is not the case: Functions are small",
            "Pass stream-triggers triggers.worker/orders @19: fixed by this plan: it never gives up",
        ]
    );
}

#[test]
fn existing_violations_are_distinguished_from_new_ones() {
    let world = World::new(&[]);
    let live = |address: &Address, wanted: &Value| {
        let mut live = wanted.clone();
        match address.section() {
            "functions" => live["memory"] = 1024.into(),
            "triggers" => live["maximum_retry_attempts"] = 3.into(),
            _ => {}
        }
        Some(live)
    };
    let said = |live: &dyn Fn(&Address, &Value) -> Option<Value>| -> Vec<_> {
        let verdicts = world.judged_on("  config_rules: [rules]\n", "2027-06-30", live);
        let rules = verdicts.into_iter().filter(|verdict| verdict.severity.is_some());
        rules.map(|verdict| (verdict.rule, verdict.already)).collect()
    };
    let rules = |already: [bool; 3]| {
        let names = ["deletion-protection", "memory", "stream-triggers"].map(str::to_owned);
        names.into_iter().zip(already).collect::<Vec<_>>()
    };
    assert_eq!(said(&live), rules([true, true, false]), "the table is as it was, the function changes for the better");
    assert_eq!(said(&|_, wanted| Some(wanted.clone())), rules([true, true, true]), "nothing changes");
    assert_eq!(said(&|_, _| None), rules([false, false, false]), "all is made");
}

#[test]
fn errors_in_rules_are_reported_with_location() {
    let snap = |name: &str, text: String| {
        insta::with_settings!({omit_expression => true}, { insta::assert_snapshot!(name, text) });
    };
    let catalogue = CATALOGUE
        .replace("severity: high", "severty: high")
        .replace("AWS::Lambda::Function]", "AWS::Lambda::Functoin]")
        .replace("default: 256", "default: many")
        .replace("  stream-triggers:", "  stream-trigger:");
    let world = World::new(&[("rules/catalogue.yaml", &catalogue)]);
    snap("catalogue", world.errors("  config_rules: [rules]\n"));
    let world = World::new(&[
        ("rules/memory.guard", "rule memory {\n  configuration.memorySize <= \n}\n"),
        ("rules/deletion-protection.guard", "# nothing\n"),
        ("rules/stream-triggers.guard", "let n = count(Resources.*)\nrule triggers { %n >= 0 }"),
        ("lone.guard", "let n = count(configuration.x)\nrule r when resourceType == 'AWS::DynamoDB::Tabel' { %n > 0 }"),
        ("deep.guard", &format!("rule r {{ a == {}1{} }}", "[".repeat(999), "]".repeat(999))),
        ("none.txt", ""),
        ("empty/README.md", ""),
    ]);
    snap("files", world.errors("  config_rules: [rules, lone.guard, deep.guard, none.txt, empty]\n"));
    let world = World::new(&[]);
    let items = "  config_rules:
    - rules
    - {rule: memory, parameters: {mostMemry: 1}}
    - {rule: memory, parameters: {mostMemory: lots}}
    - {rule: memmory}
    - {rule: deletion-protection, parameters: {x: 1}}
";
    snap("items", world.errors(items));
}

#[test]
fn rule_parameter_without_default_is_required() {
    let catalogue = CATALOGUE.replace(", default: 256", "");
    let world = World::new(&[("rules/catalogue.yaml", &catalogue)]);
    let said = world.errors("  config_rules: [rules]\n");
    assert!(said.contains("the rule `memory` needs its parameter `mostMemory`"), "{said}");
    assert!(said.contains("stack.yaml:23:"), "{said}");
    let two = "{type: integer}\n      least: {type: integer}";
    let more = catalogue.replace("{type: integer}", two).replace(
        "    config_rule: DYNAMODB_TABLE_DELETION_PROTECTION_ENABLED",
        "    parameters: {why: {type: string}}",
    );
    let world = World::new(&[("rules/catalogue.yaml", &more)]);
    let said = world.errors("  config_rules: [rules]\n");
    assert!(said.contains("the rule `memory` needs its parameters `least` and `mostMemory`"), "{said}");
    assert!(said.contains("the rule `deletion-protection` needs its parameter `why`"), "{said}");
    let world = World::new(&[("rules/catalogue.yaml", &catalogue)]);
    assert_eq!(world.errors("  config_rules: [rules, {rule: memory, enforcement: off}]\n"), "no errors");
    assert_eq!(world.errors("  config_rules: [rules, {rule: memory, parameters: {mostMemory: 1}}]\n"), "no errors");
}

#[test]
fn rule_symlinks_out_of_the_stack_folder_are_refused() {
    let world = World::new(&[]);
    let outside = tempfile::NamedTempFile::with_suffix(".guard").expect("a file can be made");
    std::os::unix::fs::symlink(outside.path(), world.folder.path().join("rules/link.guard")).expect("it can be linked");
    let said = world.errors("  config_rules: [rules]\n");
    assert!(said.contains("`rules/link.guard` leads out of the stack's folder"), "{said}");
}

#[test]
fn empty_stack_has_no_rule_verdicts() {
    let world = World::new(&[]);
    let stack = world.stack("  config_rules: [rules, X]\n");
    let rules = world.rules(&stack);
    let empty = Stack { resources: Vec::new(), ..stack };
    assert!(judge(&empty, &rules, "2027-06-30", &|_, _| None).is_empty());
}

#[test]
fn names_differing_only_in_punctuation_are_two_resources() {
    let rule = "rule r { Resources.*[ Type == 'AWS::DynamoDB::Table' ].Properties.TableName != 'a_b' <<that name>> }";
    let world = World::new(&[("r.guard", rule)]);
    let text = "stack: s\nregion: eu-central-1\ntables:\n  a-b: {partition_key: pk}\n  a_b: {partition_key: pk}\n  aBX2: {partition_key: pk}\n  a.b: {partition_key: pk}\n";
    let stack = world.load(&format!("{text}guardrails: {{config_rules: [r.guard]}}\n"));
    assert_eq!(
        lines(&judge(&stack, &world.rules(&stack), "2027-06-30", &|_, _| None)),
        ["Warn r tables.a_b @5: that name", "Pass summary: 4 resources judged by 1 rule of AWS Config: 3 pass, 1 warn"]
    );
}

#[test]
fn finding_without_resource_is_attributed_by_judging_each_alone() {
    let text = "let tables = Resources.*[ Type == 'AWS::DynamoDB::Table' ]
let targets = Resources.*[ Type == 'AWS::ApplicationAutoScaling::ScalableTarget' ]
let names = %targets.Properties.ResourceId.'Fn::Join'[1][1]
rule triggers when %tables !empty { %tables { Properties.TableName in %names <<it does not scale>> } }";
    let catalogue = CATALOGUE.replace("AWS::Lambda::EventSourceMapping", "AWS::DynamoDB::Table");
    let world = World::new(&[("rules/stream-triggers.guard", text), ("rules/catalogue.yaml", &catalogue)]);
    let tables = |scaled: &str| {
        format!(
            "stack: s\nregion: eu-central-1\ntables:\n  one:\n    partition_key: pk\n    billing: {{mode: provisioned, read_capacity: 1, write_capacity: 1}}\n{scaled}  two:\n    partition_key: pk\nguardrails: {{config_rules: [rules]}}\n"
        )
    };
    let told = |scaled: &str| {
        let stack = world.load(&tables(scaled));
        lines(&judge(&stack, &world.rules(&stack), "2027-06-30", &|_, _| None))
    };
    assert_eq!(
        told(""),
        [
            "Warn stream-triggers tables.one @4: it does not scale",
            "Warn stream-triggers tables.two @7: it does not scale",
            "Pass summary: 2 resources judged by 3 rules of AWS Config: 2 pass, 2 warn"
        ]
    );
    assert_eq!(
        told("    auto_scaling: {read: {min: 1, max: 2, target: 70}}\n"),
        [
            "Warn stream-triggers tables.two @8: it does not scale",
            "Pass summary: 2 resources judged by 3 rules of AWS Config: 3 pass, 1 warn"
        ]
    );
}

#[test]
fn disabled_rule_is_judged_only_if_listed_by_name() {
    let catalogue = CATALOGUE.replace("enforcement: deny", "enforcement: off");
    let world = World::new(&[("rules/catalogue.yaml", &catalogue)]);
    let protection = |items: &str| {
        let verdicts = lines(&world.judged(&format!("  config_rules: [{items}]\n")));
        verdicts.into_iter().find(|line| line.contains(" deletion-protection "))
    };
    assert_eq!(protection("rules"), None);
    let said = Some("Warn deletion-protection tables.orders @7: the table can be deleted by mistake".to_owned());
    assert_eq!(protection("rules, deletion-protection"), said);
    assert_eq!(protection("rules, {rule: DYNAMODB_TABLE_DELETION_PROTECTION_ENABLED}"), said);
    assert_eq!(protection("rules, {rule: deletion-protection, enforcement: off}"), None);
}

#[test]
fn single_policy_statement_is_judged_as_a_list() {
    let rule = "let all = Resources.*[ Type == 'AWS::IAM::Role' ].Properties.Policies[*].PolicyDocument.Statement[ Effect == 'Allow' ]
rule r when %all !empty { %all.Action != '*' <<everything is allowed>> }";
    let world = World::new(&[("r.guard", rule)]);
    let text = "stack: s\nregion: eu-central-1\nroles:\n  r:\n    assumed_by: lambda.amazonaws.com\n    inline_policies:\n      own:\n        Version: \"2012-10-17\"\n        Statement: {Effect: Allow, Action: \"*\", Resource: \"*\"}\n";
    let stack = world.load(&format!("{text}guardrails: {{config_rules: [r.guard]}}\n"));
    let said = lines(&judge(&stack, &world.rules(&stack), "2027-06-30", &|_, _| None));
    assert_eq!(said[0], "Warn r roles.r @9: everything is allowed");
}

#[test]
fn unrenderable_resource_is_unknown_only_for_rules_on_its_type() {
    let template = "rule of_tables { Resources.*[ Type == 'AWS::DynamoDB::Table' ].Properties.TableName exists }\n\
        rule of_roles { Resources.*[ Type == 'AWS::IAM::Role' ].Properties exists }";
    let world = World::new(&[("r.guard", template)]);
    let stack = world.stack("  config_rules: [rules, r.guard]\n");
    let broken = |address: &Address, wanted: &Value| {
        if address.section() == "tables" { serde_json::json!({"partition_key": []}) } else { wanted.clone() }
    };
    let said = lines(&judge_as(&stack, &world.rules(&stack), &broken));
    let unknown: Vec<&String> = said.iter().filter(|line| line.starts_with("Unknown")).collect();
    let of = |rule: &str| format!("Unknown {rule} tables.orders @");
    assert_eq!(unknown.len(), 2, "{said:?}");
    assert!(unknown[0].starts_with(&of("deletion-protection")), "{said:?}");
    assert!(unknown[1].starts_with(&of("of_tables")), "{said:?}");
}

#[test]
fn rule_message_contains_parameter_values() {
    let world = World::new(&[]);
    let verdicts = world.judged("  config_rules: [{rule: required-tags, parameters: {tag1Key: owner}}]\n");
    assert_eq!(lines(&verdicts)[0], "Warn required-tags tables.orders @4: the tag `owner` is missing");
}

#[test]
fn deny_rule_denies_regardless_of_other_rules_in_its_file() {
    let denies = "let tables = Resources.*[ Type == 'AWS::DynamoDB::Table' ]
rule DYNAMODB_TABLE_PROTECTED when %tables !empty {
  %tables.Properties.DeletionProtectionEnabled == true <<not protected>>
}
";
    let others = "let balancers = Resources.*[ Type == 'AWS::ElasticLoadBalancing::LoadBalancer' ]
let key = 'Listeners'
rule ELB_LISTENERS when %balancers !empty {
  %balancers.Properties {
    %key exists
    this[ keys == %key ] !empty <<no listeners>>
  }
}
rule CONFIG_ITEM when resourceType == 'AWS::Lambda::Function' { configuration.memorySize <= 512 }
let broken = parse_int('x')
rule BROKEN when %broken == 1 { Resources exists }
Resources.*[ Type == 'AWS::IAM::User' ] !exists
";
    let enforce = "  config_rules: [{rule: set.guard, enforcement: deny}]\n";
    let of = |text: &str| {
        let world = World::new(&[("set.guard", text)]);
        let verdicts = world.judged(enforce);
        let own: Vec<String> = lines(&verdicts).into_iter().filter(|line| line.contains("PROTECTED")).collect();
        own
    };
    let alone = of(denies);
    assert_eq!(alone, ["Fail DYNAMODB_TABLE_PROTECTED tables.orders @7: not protected"]);
    assert_eq!(of(&format!("{denies}{others}")), alone);
    assert_eq!(of(&format!("{others}{denies}")), alone);
}

#[test]
fn rule_in_shared_file_has_its_own_exception_and_enforcement() {
    let text = "let tables = Resources.*[ Type == 'AWS::DynamoDB::Table' ]
rule ONE when %tables !empty { %tables.Properties.DeletionProtectionEnabled == true <<one>> }
rule TWO when %tables !empty { %tables.Properties.DeletionProtectionEnabled == %yes <<two>> }
rule THREE when %tables !empty { %tables { Properties.TableName == %name <<three>> } }
let yes = true
let name = CONFIG_RULE_PARAMETERS.name
";
    let world = World::new(&[("set.guard", text)]);
    let more = "  config_rules:
    - {rule: set.guard, enforcement: deny}
    - {rule: THREE, enforcement: warn, parameters: {name: other}}
  exceptions:
    - {rule: ONE, resource: tables.orders, reason: r, owner: o, expires: 2027-12-31}
";
    assert_eq!(
        lines(&world.judged(more)),
        [
            "Pass ONE tables.orders @7: one; excused until 2027-12-31 by o: r",
            "Fail TWO tables.orders @7: two",
            "Warn THREE tables.orders @4: three",
            "Pass summary: 4 resources judged by 3 rules of AWS Config: 1 forbidden, 1 warn, 1 excused",
        ]
    );
}

#[test]
fn clause_the_engine_cannot_evaluate_is_unknown_not_fail() {
    for clause in ["!empty", "empty"] {
        let text =
            format!("rule r {{ Resources.*[ Type == 'AWS::Lambda::Function' ].Properties.MemorySize {clause} }}");
        let world = World::new(&[("r.guard", &text)]);
        let said = lines(&world.judged("  config_rules: [{rule: r.guard, enforcement: deny}]\n"));
        assert!(said[0].starts_with("Unknown r functions.worker @12: it is unknown whether"), "{said:?}");
        let reason = "Attempting EMPTY operation on type int that does not support it at \
             /Resources/FunctionsWorker/Properties/MemorySize";
        assert!(said[0].contains(reason), "{said:?}");
        assert!(!said.iter().any(|line| line.starts_with("Fail")), "{said:?}");
    }
}

#[test]
fn engine_dependent_clauses_are_reported_at_their_line() {
    let text = "let most = 512.5
rule one when resourceType == 'AWS::Lambda::Function' {
  configuration.memorySize <= 1024
  configuration.memorySize != 5.0
}
rule two when resourceType == 'AWS::Lambda::Function' { configuration.memorySize <= %most }
rule off when resourceType == 'AWS::Lambda::Function' { not configuration.memorySize == 5 }
";
    let world = World::new(&[("set.guard", text)]);
    let verdicts = world.judged("  config_rules: [set.guard, {rule: off, enforcement: off}]\n");
    let place = |one: &Verdict| one.source.as_ref().map(|at| (at.line, at.column)).unwrap_or_default();
    let differ = verdicts.iter().filter(|one| one.message.starts_with("engines differ on `"));
    let told: Vec<_> = differ.map(|one| (one.rule.as_str(), place(one), one.outcome)).collect();
    assert_eq!(told, [("one", (4, 31), Outcome::Warn), ("two", (1, 12), Outcome::Warn)]);
}
