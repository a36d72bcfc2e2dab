use std::process::Command;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::audit::testing::{checks, finding, resource};
use crate::audit::{Remediation, Status};

fn remedied(cli: &str, yaml: &str, name: &str) -> Remediation {
    let mut check = checks().values().next().expect("a check").as_ref().clone();
    check.remediation = Remediation { text: String::new(), yaml: yaml.to_owned(), cli: cli.to_owned() };
    let mut found = finding("ddb-table-pitr", resource("111122223333", "eu-central-1", name), Status::Fail);
    found.address = None;
    remedy(&check, &found)
}

#[test]
fn placeholders_are_words_of_their_own() {
    let cli = "aws x --name NAME --arn ARN --in REGION/ACCOUNT --FILENAME ROLE_NAME NAMES NAME_";
    assert_eq!(
        remedied(cli, "", "orders").cli,
        "aws x --name orders --arn arn:aws:dynamodb:eu-central-1:111122223333:table/orders --in eu-central-1/111122223333 \
         --FILENAME ROLE_NAME NAMES NAME_"
    );
}

#[test]
fn yaml_has_the_key_of_the_stack_and_the_command_the_physical_name() {
    let check = checks()["ddb-table-pitr"].clone();
    let mut table = resource("111122223333", "eu-central-1", "shop-orders-1").as_ref().clone();
    table.tags.clear();
    let mut found = finding("ddb-table-pitr", Arc::new(table), Status::Fail);
    found.address = Some("tables.orders.v1".into());
    let remedy = remedy(&check, &found);
    assert_eq!(remedy.yaml, "tables:\n  orders.v1:\n    point_in_time_recovery: true");
    assert_eq!(remedy.cli, "aws dynamodb describe-table --table-name shop-orders-1 --region eu-central-1");
}

#[test]
fn values_that_look_like_options_are_given_with_an_equals_sign() {
    assert_eq!(remedied("aws x --name NAME", "", "-rf").cli, "aws x --name=-rf");
}

#[test]
fn yaml_is_quoted_where_it_has_to_be() {
    let yaml = |name: &str| {
        remedied("", "tables:\n  NAME:\n    name: NAME\n    note: \"a NAME b\"\n    list: [NAME]", name).yaml
    };
    insta::assert_snapshot!(
        ["orders", "on", "2026", "a: b", "#x", "it's \"so\"\n- x\u{202e}"].map(yaml).join("\n---\n")
    );
}

/// The words that a shell makes of a command.
fn words(command: &str) -> Vec<String> {
    let script = format!("for word in {command}\ndo printf '%s\\0' \"$word\"; done");
    let output = Command::new("bash").args(["--norc", "-c", &script]).output().expect("bash runs");
    assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    text.split_terminator('\0').map(str::to_owned).collect()
}

fn names() -> impl Strategy<Value = String> {
    let nasty = "[a-z'\"\\\\$`!#&;|<>(){}*? \n\t~=%^\\[\\]\u{1b}\u{202e}é-]{1,12}";
    prop_oneof![nasty.prop_map(String::from), "[A-Za-z][A-Za-z0-9_.-]{0,20}", "[0-9]{1,14}"]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn shell_reads_the_very_name_in_every_place(name in names()) {
        let cli = "NAME x/NAME/y \"x NAME y\" 'x NAME y' '{\"a\": \"NAME\", \"b\": [\"NAME\"]}' \\\"NAME";
        let json = serde_json::json!({"a": name, "b": [name]});
        let found = words(&remedied(cli, "", &name).cli);
        prop_assert_eq!(found.len(), 6, "{:?}", found);
        prop_assert_eq!(&found[0], &name);
        prop_assert_eq!(&found[1], &format!("x/{name}/y"));
        prop_assert_eq!(&found[2], &format!("x {name} y"));
        prop_assert_eq!(&found[3], &format!("x {name} y"));
        let read: serde_json::Value = serde_json::from_str(&found[4]).expect("JSON");
        prop_assert_eq!(read, json);
        prop_assert_eq!(&found[5], &format!("\"{name}"));
    }

    #[test]
    fn command_has_nothing_that_a_terminal_obeys(name in names()) {
        let remedy = remedied("a NAME 'NAME' \"NAME\"\n# NAME\nb", "NAME: NAME", &name);
        prop_assert!(!remedy.cli.contains(|c| c != '\n' && crate::base::is_hidden(c)), "{}", remedy.cli);
        prop_assert_eq!(remedy.cli.lines().count(), 3, "{}", remedy.cli);
        prop_assert!(!remedy.yaml.contains(|c| c != '\n' && crate::base::is_hidden(c)), "{}", remedy.yaml);
    }

    #[test]
    fn yaml_reads_as_the_very_name(name in names()) {
        let yaml = remedied("", "NAME: [NAME, \"NAME\", \"a NAME b\"]", &name).yaml;
        let found: Vec<String> = saphyr_parser::Parser::new_from_str(&yaml)
            .filter_map(|event| match event.expect("YAML").0 {
                saphyr_parser::Event::Scalar(value, ..) => Some(value.into_owned()),
                _ => None,
            })
            .collect();
        let longer = format!("a {name} b");
        prop_assert_eq!(found, [name.clone(), name.clone(), name, longer], "{}", yaml);
    }

    #[test]
    fn plain_values_need_no_quotes(name in "[A-Za-z][A-Za-z0-9_.:/-]{0,20}") {
        let found = finding("ddb-table-pitr", resource("111122223333", "eu-central-1", &name), Status::Fail);
        prop_assume!(Values::of(&found).are_plain());
        let template = "a NAME 'b NAME' \"ARN\" '{\"REGION\": \"ACCOUNT\"}'\nk: NAME";
        let naive = template
            .replace("NAME", &name)
            .replace("ARN", &found.resource.arn)
            .replace("REGION", "eu-central-1")
            .replace("ACCOUNT", "111122223333");
        let remedy = remedied(template, template, &name);
        prop_assert_eq!(&remedy.cli, &naive);
        prop_assert_eq!(&remedy.yaml, &naive);
    }
}

fn filled_words(cli: &str, yaml: &str, known: &[(&str, &[&str])]) -> Remediation {
    let found = finding("ddb-table-pitr", resource("111122223333", "eu-central-1", "orders"), Status::Fail);
    let words = known
        .iter()
        .map(|(word, values)| ((*word).to_owned(), values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>()));
    let words: Known = words.collect();
    let values = Values::of(&found).with(&words);
    Remediation {
        text: String::new(),
        yaml: super::yaml::in_yaml(yaml, &values),
        cli: super::shell::in_shell(cli, &values),
    }
}

#[test]
fn words_in_brackets_that_nothing_is_known_of_stay_and_are_explained() {
    let remedy = remedied("aws x --key '<KEY-ARN>' --own '<NO-SUCH-WORD>'", "key: <KEY-ARN>", "orders");
    assert_eq!(
        remedy.cli,
        "# <KEY-ARN>: a key of KMS whose policy lets the service use it\naws x --key '<KEY-ARN>' --own '<NO-SUCH-WORD>'"
    );
    assert_eq!(remedy.yaml, "# <KEY-ARN>: a key of KMS whose policy lets the service use it\nkey: <KEY-ARN>");
}

#[test]
fn words_that_are_known_are_filled_in_each_place() {
    let known: &[(&str, &[&str])] = &[("INDEX", &["by day"]), ("RULE-IDS", &["sgr-1", "sgr-2"]), ("NONE", &[])];
    let cli = "aws a '<INDEX>' 'Index=<INDEX>' '{\"a\": \"<INDEX>\", \"b\": [\"<RULE-IDS>\"]}' --ids '<RULE-IDS>' > '<INDEX>.json'\naws b '<NONE>'";
    assert_eq!(
        filled_words(cli, "", known).cli,
        "aws a 'by day' 'Index=by day' '{\"a\": \"by day\", \"b\": [\"sgr-1\", \"sgr-2\"]}' --ids sgr-1 sgr-2 > 'by day.json'"
    );
    assert_eq!(filled_words("", "a:\n  <INDEX>: {b: <INDEX>}", known).yaml, "a:\n  \"by day\": {b: \"by day\"}");
}

#[test]
fn line_with_a_word_of_several_values_is_there_for_each() {
    let known: &[(&str, &[&str])] = &[("POLICY", &["a", "-b"]), ("ROUTE", &["1", "2"])];
    assert_eq!(
        filled_words("aws x --policy-name '<POLICY>' --route '<ROUTE>'\naws y", "", known).cli,
        "aws x --policy-name a --route 1\naws x --policy-name=-b --route 2\naws y"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn shell_reads_the_very_value_of_a_word_in_every_place(name in names()) {
        let cli = "x '<POLICY>' 'a <POLICY> b' '{\"a\": \"<POLICY>\"}' \"<POLICY>\" '<POLICY>.json' '<RULE-IDS>'";
        let found = words(&filled_words(cli, "", &[("POLICY", &[&name]), ("RULE-IDS", &[&name, &name])]).cli);
        let json = serde_json::json!({"a": name}).to_string();
        prop_assert_eq!(found.len(), 8, "{:?}", found);
        prop_assert_eq!(&found[1], &name);
        prop_assert_eq!(&found[2], &format!("a {name} b"));
        let read: serde_json::Value = serde_json::from_str(&found[3]).expect("JSON");
        prop_assert_eq!(read.to_string(), json);
        prop_assert_eq!(&found[4], &name);
        prop_assert_eq!(&found[5], &format!("{name}.json"));
        prop_assert_eq!(&found[6..], [name.clone(), name]);
    }
}
