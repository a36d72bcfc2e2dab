//! The rows of `docs/from-scripts.md`: what takes the place of each script is run, as the row has it.

use std::fs;

use clap::Parser as _;
use serde_json::{Value, json};
use underpin::commands::Cli;

use crate::support::{Output, Place, Postgres, Run, Stack, root};

const TABLE: &str = "cruddur-messages";
const GROUP: &str = "5ae290ed-55d1-47a0-bc6d-fe2bc2700399";
const CONVERSATION: &str = "Person 1: Have you seen it?\nPerson 2: Not yet.\n";

/// A row: the scripts, the command, and the test.
struct Row {
    yours: String,
    ours: String,
    test: String,
}

fn rows() -> Vec<Row> {
    let document = fs::read_to_string(root().join("docs/from-scripts.md")).expect("the document can be read");
    let lines = document.lines().filter(|line| line.starts_with("| `"));
    let row = |line: &str| {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [script, command, _, test] = cells.as_slice() else { panic!("four columns: {line}") };
        let plain = |cell: &str| cell.trim_matches('`').to_owned();
        Row { yours: (*script).to_owned(), ours: plain(command), test: plain(test) }
    };
    lines.map(row).collect()
}

/// The words of the commands of a test's rows, with these in the place of the row's own words.
fn commands(test: &str, replaced: &[(&str, &str)]) -> Vec<Vec<String>> {
    let found: Vec<Vec<String>> = rows()
        .iter()
        .filter(|row| row.test == test)
        .map(|row| {
            let words = row.ours.split_whitespace().skip(1);
            words.map(|word| replaced.iter().fold(word.to_owned(), |word, (from, to)| word.replace(from, to))).collect()
        })
        .collect();
    assert!(!found.is_empty(), "no row names the test `{test}`");
    found
}

/// A run of a command at the place's emulator, which stands for DynamoDB Local.
fn at(place: &Place, words: &[String], more: &[&str]) -> Run {
    let endpoint = place.emulator.endpoint();
    let mut all: Vec<&str> = words.iter().map(String::as_str).collect();
    if all.contains(&"local") {
        all.extend(["--endpoint-url", &endpoint]);
    }
    all.extend(more);
    place.command(&all)
}

/// Runs the only command of a test's rows.
#[track_caller]
fn run(place: &Place, test: &str, replaced: &[(&str, &str)], more: &[&str]) -> Output {
    let all = commands(test, replaced);
    let [words] = all.as_slice() else { panic!("{test}: {all:?}") };
    at(place, words, more).output()
}

/// The project's stack, and a conversation.
fn empty() -> Place {
    Place::new(Stack::project().file("conversation.txt", CONVERSATION))
}

/// The same with the table and the conversation's items.
fn seeded() -> Place {
    let place = empty();
    at(&place, &commands("schema_load", &[])[0], &[]).output().success();
    run(&place, "seed", &[], &[]).success();
    place
}

/// Makes a pool with one user; returns the ids of both.
fn pool(place: &Place) -> (String, String) {
    let call = |operation, parameters| place.observer.call("cognito-idp", operation, parameters);
    let made = call("create_user_pool", json!({"PoolName": "cruddur"}));
    let pool = made["UserPool"]["Id"].as_str().expect("a pool has an id").to_owned();
    let attributes = json!([
        {"Name": "email", "Value": "ada.keller@example.com"}, {"Name": "preferred_username", "Value": "adakeller"}
    ]);
    let parameters = json!({
        "UserPoolId": pool, "Username": "ada", "UserAttributes": attributes, "MessageAction": "SUPPRESS"
    });
    let made = call("admin_create_user", parameters);
    let all = made["User"]["Attributes"].as_array().expect("a user has attributes");
    let sub = all.iter().find(|attribute| attribute["Name"] == "sub").expect("a user has a `sub`");
    (pool, sub["Value"].as_str().expect("it is text").to_owned())
}

fn count(place: &Place) -> Value {
    place.observer.call("dynamodb", "scan", json!({"TableName": TABLE, "Select": "COUNT"}))["Count"].clone()
}

#[test]
fn every_row_names_a_test_and_a_command_that_is_there() {
    let source = fs::read_to_string(root().join("tests/it/cases/from_scripts.rs")).expect("the tests can be read");
    let rows = rows();
    assert!(rows.len() >= 13, "{}", rows.len());
    for Row { yours, ours, test } in rows {
        assert!(source.contains(&format!("fn {test}() {{")), "{yours}: there is no test `{test}`");
        let words =
            ours.split_whitespace().map(|word| word.replace("NAME", "x").replace("UUID", "x").replace("ID", "x"));
        if let Err(error) = Cli::try_parse_from(words) {
            panic!("{yours}: {ours}: {error}");
        }
    }
}

#[test]
fn schema_load() {
    let place = empty();
    let [local, prod] = commands("schema_load", &[]).try_into().expect("two rows");
    at(&place, &local, &[]).output().success();
    let table = place.observer.table(TABLE);
    assert_eq!(table["StreamSpecification"]["StreamViewType"], "NEW_IMAGE");
    assert!(table["GlobalSecondaryIndexes"]["message-group-sk-index"].is_object(), "{table:#}");
    at(&place, &local, &[]).output().success();
    let elsewhere = empty();
    at(&elsewhere, &prod, &["--yes"]).output().success();
    assert_eq!(elsewhere.observer.table(TABLE)["ProvisionedThroughput"]["ReadCapacityUnits"], 5);
}

#[test]
fn list_tables() {
    let place = seeded();
    let output = run(&place, "list_tables", &[], &[]).success();
    assert!(output.stdout.contains(TABLE), "{}", output.stdout);
}

#[test]
fn drop() {
    let place = seeded();
    let without = ["table", "drop", TABLE, "--yes"].map(str::to_owned);
    at(&place, &without, &["--env", "local", "--endpoint-url", &place.emulator.endpoint()]).output().code(3);
    run(&place, "drop", &[("NAME", TABLE)], &[]).success();
    assert_eq!(place.observer.table(TABLE), json!(null));
}

#[test]
fn scan() {
    let place = seeded();
    let shown = run(&place, "scan", &[], &["--format", "json"]).success().json();
    assert_eq!(shown["count"], count(&place));
    assert!(shown["count"].as_u64() > Some(2), "{shown}");
}

#[test]
fn seed() {
    let place = empty();
    at(&place, &commands("schema_load", &[])[0], &[]).output().success();
    run(&place, "seed", &[], &[]).success();
    assert_eq!(count(&place), 4, "two rows of the group, and a row for each line");
    run(&place, "seed", &[], &[]).success();
    assert_eq!(count(&place), 4, "the same items");
    place.stack.write("conversation.txt", "Person 1: Yes.\nSomebody: No.\n");
    let refused = run(&place, "seed", &[], &[]).code(1);
    assert!(refused.stderr.contains("conversation.txt:2"), "{}", refused.stderr);
    assert_eq!(count(&place), 4, "nothing is written");
}

#[test]
fn get_conversation() {
    let place = seeded();
    let shown = run(&place, "get_conversation", &[], &["--format", "json"]).success().json();
    let items = shown["items"].as_array().expect("there are items");
    assert!(items.iter().all(|item| item["pk"] == format!("MSG#{GROUP}")) && items.len() > 1, "{shown}");
    let times: Vec<&str> = items.iter().filter_map(|item| item["sk"].as_str()).collect();
    assert!(times.is_sorted_by(|one, next| one >= next), "the newest first: {times:?}");
}

#[test]
fn list_conversations() {
    let place = seeded();
    let rows = place.observer.call("dynamodb", "scan", json!({"TableName": TABLE}));
    let rows = rows["Items"].as_array().expect("there are items");
    let key = rows.iter().find_map(|row| row["pk"]["S"].as_str()?.strip_prefix("GRP#")).expect("a group");
    let row = rows.iter().find(|row| row["pk"]["S"] == format!("GRP#{key}")).expect("its row");
    let year = &row["sk"]["S"].as_str().expect("a time")[..4];
    let replaced = [("UUID", key), ("year=2026", &format!("year={year}"))];
    let shown = run(&place, "list_conversations", &replaced, &["--format", "json"]).success().json();
    assert_eq!((&shown["count"], &shown["scanned_count"]), (&json!(1), &json!(1)), "{shown}");
    assert_eq!(shown["items"][0]["message_group_uuid"], GROUP);
}

#[test]
fn db_setup() {
    let Some(database) = Postgres::database() else { return };
    let place = empty();
    let [words] = commands("db_setup", &[]).try_into().expect("a row");
    at(&place, &words, &[]).env("CONNECTION_URL", database.url()).output().success();
    assert_eq!(database.query("SELECT count(*) FROM public.users"), "2");
}

#[test]
fn cognito_user_ids() {
    let Some(database) = Postgres::database() else { return };
    let place = empty();
    let [by_hand, script] = commands("cognito_user_ids", &[("NAME", "cruddur")]).try_into().expect("two rows");
    assert_eq!(by_hand, script);
    let [setup] = commands("db_setup", &[]).try_into().expect("a row");
    at(&place, &setup, &[]).env("CONNECTION_URL", database.url()).output().success();
    let (_, sub) = pool(&place);
    at(&place, &script, &[]).env("CONNECTION_URL", database.url()).output().success();
    assert_eq!(database.query("SELECT cognito_user_id FROM public.users WHERE handle = 'adakeller'"), sub);
}

#[test]
fn list_users() {
    let place = empty();
    let (pool, _) = pool(&place);
    let shown = run(&place, "list_users", &[("ID", &pool)], &["--format", "json"]).success().json();
    assert_eq!(shown["users"][0]["attributes"]["preferred_username"], "adakeller");
}

#[test]
fn recipe() {
    let place = empty();
    run(&place, "recipe", &[], &[]).success();
    let first = place.observer.call("dynamodb", "scan", json!({"TableName": TABLE}))["Items"].clone();
    assert!(first.as_array().is_some_and(|items| items.len() > 2), "{first}");
    place.observer.call(
        "dynamodb",
        "put_item",
        json!({"TableName": TABLE, "Item": {"pk": {"S": "x"}, "sk": {"S": "y"}}}),
    );
    run(&place, "recipe", &[], &[]).success();
    let second = place.observer.call("dynamodb", "scan", json!({"TableName": TABLE}))["Items"].clone();
    let sorted = |items: &Value| {
        let mut items = items.as_array().expect("items").clone();
        items.sort_by_key(|item| (item["pk"].to_string(), item["sk"].to_string()));
        items
    };
    assert_eq!(sorted(&first), sorted(&second));
}

#[test]
fn update_sg_rule() {
    let place = empty();
    let made = place.observer.call(
        "ec2",
        "create_security_group",
        json!({"GroupName": "database", "Description": "of the database"}),
    );
    let group = made["GroupId"].as_str().expect("an id").to_owned();
    let permission = json!({
        "IpProtocol": "tcp",
        "FromPort": 5432,
        "ToPort": 5432,
        "IpRanges": [{"CidrIp": "3.120.5.1/32", "Description": "GITPOD"}],
    });
    let parameters = json!({"GroupId": group, "IpPermissions": [permission]});
    let made = place.observer.call("ec2", "authorize_security_group_ingress", parameters);
    let id = made["SecurityGroupRules"][0]["SecurityGroupRuleId"].as_str().expect("an id").to_owned();
    let [words] = commands("update_sg_rule", &[]).try_into().expect("one row");
    for _ in 0..2 {
        let run = at(&place, &words, &[]).env("DB_SG_ID", &group).env("DB_SG_RULE_ID", &id);
        run.env("GITPOD_IP", "3.120.5.6").output().success();
        let filter = json!({"SecurityGroupRuleIds": [id]});
        let found = place.observer.call("ec2", "describe_security_group_rules", filter);
        let rule = &found["SecurityGroupRules"][0];
        assert_eq!((&rule["CidrIpv4"], &rule["Description"]), (&json!("3.120.5.6/32"), &json!("GITPOD")), "{rule}");
        place.emulator.clear_log();
    }
    at(&place, &words, &[])
        .env("DB_SG_ID", &group)
        .env("DB_SG_RULE_ID", &id)
        .env("GITPOD_IP", "3.120.5.6")
        .output()
        .success();
    assert_eq!(place.emulator.mutations(), [""; 0], "nothing has changed");
}
