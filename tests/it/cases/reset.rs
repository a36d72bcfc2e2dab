//! `reset`: a local environment from any state, in one command, to the same items; and nothing that is not on this
//! machine.

use serde_json::{Value, json};

use super::startup::report;
use crate::support::{Output, Place, Postgres, Run, Stack, TestDatabase};

const STACK: &str = "
stack: chat
region: eu-central-1
tables:
  messages:
    partition_key: pk
    sort_key: sk
    billing: {mode: on_demand}
    global_secondary_indexes: {by-group: {partition_key: message_group_uuid, sort_key: sk}}
    stream: new_image
environments:
  local:
    sections: [tables]
    seed: [{table: messages, file: seeds/conversation.txt}]
    database: {}
";

const CONVERSATION: &str = "Person 1: Shall we meet?\nPerson 2: Yes, at noon.\nPerson 1: See you.\n";

fn stack() -> Stack {
    Stack::new(STACK).file("seeds/conversation.txt", CONVERSATION)
}

/// Runs it at the place's emulator.
fn reset(place: &Place, more: &[&str]) -> Run {
    let endpoint = place.emulator.endpoint();
    let arguments = [&["reset", "--env", "local", "--endpoint-url", endpoint.as_str()], more].concat();
    Run::new(place.stack.dir()).args(&arguments)
}

/// All items, in order.
fn items(place: &Place) -> Vec<Value> {
    let answer = place.observer.call("dynamodb", "scan", json!({"TableName": "messages"}));
    let mut items = answer["Items"].as_array().cloned().unwrap_or_default();
    items.sort_by_key(|item| (item["pk"]["S"].to_string(), item["sk"]["S"].to_string()));
    items
}

fn message(output: &Output) -> String {
    report(output)["message"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn any_state_becomes_the_seeded_one_and_twice_gives_the_same_items() {
    let place = Place::new(stack());
    let first = report(&reset(&place, &[]).output().success());
    assert_eq!(first["seeded"], json!([{"table": "tables.messages", "items": 5}]));
    assert_eq!(first["users"], json!({"source": "fixed", "place": null, "members": 2}));
    assert_eq!(first["applied"], json!([{"address": "tables.messages", "action": "create"}]));
    let seeded = items(&place);
    assert_eq!(seeded.len(), 5, "two rows of the group, and three messages");
    let table = |parameters: Value| place.observer.call("dynamodb", "create_table", parameters);
    let delete = || {
        let unprotect = json!({"TableName": "messages", "DeletionProtectionEnabled": false});
        place.observer.call("dynamodb", "update_table", unprotect);
        place.observer.call("dynamodb", "delete_table", json!({"TableName": "messages"}));
    };
    let states: [(&str, &dyn Fn()); 6] = [
        ("the seeded one, which is protected", &|| {
            assert_eq!(place.observer.table("messages")["DeletionProtectionEnabled"], true);
        }),
        ("nothing at all", &delete),
        ("another schema, protected, without tags", &|| {
            delete();
            table(json!({
                "TableName": "messages", "BillingMode": "PAY_PER_REQUEST", "DeletionProtectionEnabled": true,
                "AttributeDefinitions": [{"AttributeName": "other", "AttributeType": "N"}],
                "KeySchema": [{"AttributeName": "other", "KeyType": "HASH"}],
            }));
        }),
        ("made by another environment of the stack", &|| {
            delete();
            let apply = Run::new(place.stack.dir()).at(&place.emulator).args(&["apply", "--yes"]);
            apply.output().success();
        }),
        ("extra and changed items", &|| {
            let put = |item: Value| {
                place.observer.call("dynamodb", "put_item", json!({"TableName": "messages", "Item": item}))
            };
            put(json!({"pk": {"S": "MSG#x"}, "sk": {"S": "2030"}}));
            let mut changed = seeded[0].clone();
            changed["message"] = json!({"S": "changed"});
            put(changed);
        }),
        ("the file's schema without index and stream, by hand", &|| {
            delete();
            table(json!({
                "TableName": "messages", "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [
                    {"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "S"},
                ],
                "KeySchema": [
                    {"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"},
                ],
            }));
        }),
    ];
    for (state, make) in states {
        make();
        let output = reset(&place, &[]).output();
        assert_eq!(output.code, 0, "{state}: {output:#?}");
        report(&output);
        assert_eq!(items(&place), seeded, "{state}");
        let there = place.observer.table("messages");
        assert!(there["GlobalSecondaryIndexes"].to_string().contains("by-group"), "{state}: {there:#}");
        assert_eq!(there["Tags"]["underpin:stack"], "chat", "{state}");
    }
    let again =
        Run::new(place.stack.dir()).at(&place.emulator).args(&["plan", "--env", "local", "--detailed-exitcode"]);
    again.output().success();
}

#[test]
fn endpoints_that_are_not_on_this_machine_are_refused_before_any_call() {
    let place = Place::new(stack());
    let run = |arguments: &[&str], variables: &[(&str, &str)]| {
        let run = Run::new(place.stack.dir()).args(&[&["reset", "--env", "local"], arguments].concat());
        variables.iter().fold(run, |run, (name, value)| run.env(name, *value)).output().code(3)
    };
    for url in [
        "https://dynamodb.eu-central-1.amazonaws.com",
        "http://dynamodb-local:8000",
        "http://10.0.0.1:8000",
        "http://0.0.0.0:8000",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com:8000",
        "http://127.0.0.1@example.com/",
        "http://user:hunter2@example.com:8000/?key=hunter2",
    ] {
        for output in [
            run(&["--endpoint-url", url], &[]),
            run(&[], &[("AWS_ENDPOINT_URL", url)]),
            run(&[], &[("AWS_ENDPOINT_URL_DYNAMODB", url), ("AWS_ENDPOINT_URL", &place.emulator.endpoint())]),
        ] {
            assert!(message(&output).contains("is not on this machine"), "{url}: {output:#?}");
            assert!(!format!("{output:?}").contains("hunter2"), "{output:#?}");
        }
        place.stack.rewrite(&STACK.replace("sections: [tables]", &format!("endpoint_url: \"{url}\"")));
        assert!(message(&run(&[], &[])).contains("`endpoint_url` of the environment"));
        place.stack.rewrite(STACK);
    }
    assert!(message(&run(&[], &[])).contains("no endpoint on this machine is named"));
    let ignored = [("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"), ("AWS_ENDPOINT_URL", "http://127.0.0.1:1")];
    assert!(message(&run(&[], &ignored)).contains("no endpoint on this machine is named"));
    // The configuration of the AWS CLI names one, too.
    place.stack.write("config", "[default]\nendpoint_url = https://example.com\nregion = eu-central-1\n");
    let config = place.stack.path("config").to_str().expect("a path").to_owned();
    assert!(message(&run(&[], &[("AWS_CONFIG_FILE", &config)])).contains("no endpoint on this machine is named"));
    assert!(place.emulator.requests().is_empty(), "nothing was called");
}

#[test]
fn profile_and_service_variables_lead_no_call_elsewhere() {
    let place = Place::new(stack());
    let elsewhere = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    elsewhere.set_nonblocking(true).expect("the listener need not wait");
    let url = format!("http://{}", elsewhere.local_addr().expect("it has an address"));
    let mut run = reset(&place, &[]);
    for name in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_STS", "HTTP_PROXY", "http_proxy"] {
        run = run.env(name, &url);
    }
    report(&run.output().success());
    assert!(elsewhere.accept().is_err(), "a request went elsewhere");
}

#[test]
fn wrong_seed_or_database_changes_nothing() {
    let place = Place::new(stack());
    reset(&place, &[]).output().success();
    let seeded = items(&place);
    let unchanged = |run: Run, code: i32, word: &str| {
        place.emulator.clear_log();
        let output = run.output().code(code);
        assert!(output.stderr.contains(word), "`{word}` is not in {output:#?}");
        report(&output);
        assert_eq!(place.emulator.mutations(), [""; 0]);
        assert_eq!(items(&place), seeded);
    };
    place.stack.write("seeds/conversation.txt", "Person 1: a\nPerson 3: b\n");
    unchanged(reset(&place, &[]), 1, "line 2");
    place.stack.write("seeds/conversation.txt", CONVERSATION);
    unchanged(reset(&place, &["--database-url", "postgresql://u:hunter2@127.0.0.1:9/x"]), 1, "127.0.0.1:9");
    unchanged(reset(&place, &["--database-url", "postgresql://u:hunter2@db.example.com/x"]), 64, "not on this machine");
    unchanged(
        reset(&place, &[]).env("CONNECTION_URL", "postgresql://u:hunter2@db.example.com/x"),
        64,
        "`CONNECTION_URL`",
    );
    place.stack.write("seeds/items.jsonl", "{\"pk\": \"a\", \"sk\": \"b\"}\n{\"pk\": 1, \"sk\": \"b\"}\n");
    place.stack.rewrite(&STACK.replace("seeds/conversation.txt", "seeds/items.jsonl"));
    unchanged(reset(&place, &[]), 1, "line 2");
    place.stack.write("seeds/items.jsonl", "{\"pk\": \"a\", \"sk\": \"b\", \"message_group_uuid\": 5}\n");
    unchanged(reset(&place, &[]), 1, "key of the index `by-group`");
    place.stack.write("seeds/conversation.txt", format!("Person 1: {}\n", "x".repeat(500_000)));
    place.stack.rewrite(STACK);
    unchanged(reset(&place, &[]), 1, "line 1");
    place.stack.write("seeds/conversation.txt", CONVERSATION);
    place.stack.rewrite(&STACK.replace("seeds/conversation.txt}", "seeds/conversation.txt, members: [a, b]}"));
    unchanged(reset(&place, &[]), 64, "none of the project's own users");
}

#[test]
fn resources_that_a_guardrail_denies_stop_a_reset_before_anything_is_lost() {
    let place = Place::new(stack());
    reset(&place, &[]).output().success();
    let seeded = items(&place);
    let denies = json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Sid": "NoStreams", "Effect": "Deny", "Action": "dynamodb:UpdateTable", "Resource": "*"},
    ]});
    place.stack.write("scp.json", denies.to_string());
    place.stack.rewrite(
        &STACK
            .replace("tables:\n  messages", "guardrails: {scps: [scp.json]}\ntables:\n  messages")
            .replace("stream: new_image", "stream: keys_only"),
    );
    assert!(message(&reset(&place, &[]).output().code(3)).contains("NoStreams"));
    assert_eq!(items(&place), seeded);
}

#[test]
fn items_of_other_forms_are_seeded_too() {
    let place = Place::new(stack());
    place.stack.write("seeds/items.json", "[{\"pk\": \"a\", \"sk\": \"1\"}, {\"pk\": \"a\", \"sk\": \"2\", \"n\": 3}]");
    place.stack.rewrite(&STACK.replace("seeds/conversation.txt", "seeds/items.json"));
    let report = report(&reset(&place, &[]).output().success());
    assert_eq!(report["seeded"][0]["items"], 2);
    assert_eq!(items(&place)[1]["n"], json!({"N": "3"}));
}

#[test]
fn ids_of_members_come_from_the_database_that_is_named() {
    let Some(database) = Postgres::database() else { return };
    let place = Place::new(stack());
    let own = json!("12345678-0000-4000-8000-000000000001");
    let schema = "DROP TABLE IF EXISTS public.users CASCADE; CREATE TABLE public.users (uuid uuid PRIMARY KEY, \
                  display_name text, handle text, email text, cognito_user_id text, created_at timestamptz DEFAULT now());";
    let rows = format!(
        "INSERT INTO users (uuid, display_name, handle, email) VALUES ({}, 'A', 'a', 'a@x'), (gen_random_uuid(), 'B', 'b', 'b@x');",
        own.to_string().replace('"', "'")
    );
    place.stack.write("db/schema.sql", schema);
    place.stack.write("db/seed.sql", rows);
    let yaml = STACK.replace("conversation.txt}", "conversation.txt, members: [a, b]}");
    place.stack.rewrite(&yaml.replace("database: {}", "database: {schema: db/schema.sql, seed: db/seed.sql}"));
    for state in ["nothing", "stale users"] {
        let output = reset(&place, &[]).env("CONNECTION_URL", database.url()).output().success();
        let report = report(&output);
        assert_eq!(
            (&report["users"]["source"], &report["users"]["members"]),
            (&json!("database"), &json!(2)),
            "{state}"
        );
        for secret in TestDatabase::SECRETS {
            assert!(!format!("{output:?}").contains(secret), "{output:#?}");
        }
        let groups: Vec<Value> = items(&place).into_iter().map(|item| item["pk"]["S"].clone()).collect();
        assert!(groups.contains(&json!(format!("GRP#{}", own.as_str().unwrap_or_default()))), "{groups:?}");
        assert_eq!(database.query("SELECT count(*) FROM users"), "2", "{state}");
        database.query("INSERT INTO users (uuid, handle) VALUES (gen_random_uuid(), 'stale')");
    }
    // A start-up keeps the rows that are there.
    let endpoint = place.emulator.endpoint();
    let run = Run::new(place.stack.dir()).args(&["startup", "--env", "local", "--endpoint-url", &endpoint]);
    let output = run.env("CONNECTION_URL", database.url()).output().success();
    assert_eq!(report(&output)["users"]["source"], "database");
    assert_eq!(database.query("SELECT count(*) FROM users"), "3");
}

#[test]
fn startup_of_a_local_environment_provisions_and_seeds_and_keeps_what_is_there() {
    let place = Place::new(stack());
    let endpoint = place.emulator.endpoint();
    let startup =
        || Run::new(place.stack.dir()).args(&["startup", "--env", "local", "--endpoint-url", &endpoint]).output();
    let first = report(&startup().success());
    assert_eq!((&first["seeded"][0]["items"], &first["applied"][0]["action"]), (&json!(5), &json!("create")));
    let own = json!({"TableName": "messages", "Item": {"pk": {"S": "MSG#x"}, "sk": {"S": "2030"}}});
    place.observer.call("dynamodb", "put_item", own);
    let again = report(&startup().success());
    assert_eq!((again["applied"].clone(), items(&place).len()), (json!([]), 6));
    let elsewhere =
        Run::new(place.stack.dir()).args(&["startup", "--env", "local", "--endpoint-url", "http://10.0.0.1:1"]);
    assert!(message(&elsewhere.output().code(3)).contains("is not on this machine"));
}

#[test]
fn errors_end_with_the_line_and_the_projects_own_stack_is_reset() {
    let place = Place::new(Stack::project());
    let first = report(&reset(&place, &[]).output().success());
    assert_eq!(first["applied"], json!([{"address": "tables.cruddur-messages", "action": "create"}]));
    assert!(first["seeded"][0]["items"].as_u64().is_some_and(|items| items > 10), "{first:#}");
    for (arguments, code) in [
        (&["reset", "--env", "nowhere"][..], 64),
        (&["reset", "--what"], 64),
        (&["reset", "--file", "none.yaml"], 1),
        (&["reset", "--env", "local", "--region", "us-east-1"], 3),
        (&["reset", "--env", "local", "--endpoint-url", "http://127.0.0.1:9"], 1),
        (&["reset", "--env", "prod"], 3),
    ] {
        report(&Run::new(place.stack.dir()).args(arguments).output().code(code));
    }
}
