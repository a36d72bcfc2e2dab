//! `table seed`: files of every form into real emulators, and what is refused before the first write.

use std::fmt::Write as _;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::{Answer, Asked, Dynalite, DynamoDbLocal, Emulator, Observer, Output, Run, Stub, pass_on, root};

const TABLE: &str = "underpin-test-seed";
const CHAT: &str = "underpin-test-messages";

/// Two empty tables at an endpoint: one for anything, and one for messages.
struct There {
    endpoint: String,
    folder: tempfile::TempDir,
    observer: Observer,
}

impl There {
    fn new(endpoint: String) -> Self {
        let observer = Observer::at(&endpoint);
        let there = Self { endpoint, folder: tempfile::tempdir().expect("a folder can be made"), observer };
        there.create(TABLE, &[("id", "S"), ("number", "N"), ("owner", "S")], "owner");
        there.create(CHAT, &[("pk", "S"), ("sk", "S"), ("message_group_uuid", "S")], "message_group_uuid");
        there
    }

    fn create(&self, name: &str, attributes: &[(&str, &str)], index: &str) {
        let key = |name: &str, role: &str| json!({"AttributeName": name, "KeyType": role});
        let units = json!({"ReadCapacityUnits": 5, "WriteCapacityUnits": 5});
        self.observer.call(
            "dynamodb",
            "create_table",
            json!({
                "TableName": name,
                "AttributeDefinitions": attributes.iter().map(|(name, kind)| json!({"AttributeName": name, "AttributeType": kind})).collect::<Vec<_>>(),
                "KeySchema": [key(attributes[0].0, "HASH"), key(attributes[1].0, "RANGE")],
                "ProvisionedThroughput": units,
                "GlobalSecondaryIndexes": [{
                    "IndexName": "by-more", "KeySchema": [key(index, "HASH")],
                    "Projection": {"ProjectionType": "ALL"}, "ProvisionedThroughput": units,
                }],
            }),
        );
        for _ in 0..100 {
            if self.observer.table(name)["TableStatus"] == "ACTIVE" {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.folder.path().join(name), content).expect("the file can be written");
    }

    fn command(&self, arguments: &[&str]) -> Run {
        let at = ["--endpoint-url", &self.endpoint, "--region", "eu-central-1"];
        Run::new(self.folder.path()).args(&["table"]).args(arguments).args(&at)
    }

    #[must_use]
    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output()
    }

    /// All items, by an independent reader.
    fn items(&self, table: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut start = Value::Null;
        loop {
            let mut request = json!({"TableName": table, "ConsistentRead": true});
            if !start.is_null() {
                request["ExclusiveStartKey"] = start;
            }
            let mut answer = self.observer.call("dynamodb", "scan", request);
            items.extend(answer["Items"].as_array().cloned().unwrap_or_default());
            start = answer["LastEvaluatedKey"].take();
            if start.is_null() {
                break;
            }
        }
        items.sort_by_key(|item| {
            let of =
                |name: &str| item[name].as_object().and_then(|value| value.values().next()).map(ToString::to_string);
            [of("pk"), of("sk"), of("id"), of("number")]
        });
        items
    }
}

fn conversation_is_seeded(endpoint: String) {
    let there = There::new(endpoint);
    let file = root().join("seeds/conversation.txt");
    let file = file.to_str().expect("the path is text");
    let lines = std::fs::read_to_string(file).expect("the project has one").lines().count();
    let said = there.run(&["seed", file, "--table", CHAT]).success().stderr;
    assert!(said.contains(&format!("{} items written to `{CHAT}`.", lines + 2)), "{said}");
    let first = there.items(CHAT);
    let of = |prefix: &str| -> Vec<&Value> {
        first.iter().filter(|item| item["pk"]["S"].as_str().is_some_and(|pk| pk.starts_with(prefix))).collect()
    };
    let (groups, mut messages) = (of("GRP#"), of("MSG#5ae290ed-55d1-47a0-bc6d-fe2bc2700399"));
    assert_eq!((groups.len(), messages.len()), (2, lines));
    messages.sort_by_key(|message| message["sk"].to_string());
    let names =
        |item: &Value| item.as_object().expect("an item").keys().cloned().collect::<std::collections::BTreeSet<_>>();
    let group = ["pk", "sk", "message_group_uuid", "message", "user_uuid", "user_display_name", "user_handle"];
    let message = ["pk", "sk", "message_uuid", "message", "user_uuid", "user_display_name", "user_handle"];
    assert!(groups.iter().all(|item| names(item) == group.map(str::to_owned).into()), "{groups:?}");
    assert!(messages.iter().all(|item| names(item) == message.map(str::to_owned).into()), "{messages:?}");
    // Each member's list has the other one's name.
    for (own, other) in [(groups[0], groups[1]), (groups[1], groups[0])] {
        assert_eq!(own["pk"]["S"], format!("GRP#{}", other["user_uuid"]["S"].as_str().expect("a uuid")));
        assert_eq!(own["sk"], messages[lines - 1]["sk"], "the time of the last message");
    }
    let time =
        |item: &Value| -> jiff::Timestamp { item["sk"]["S"].as_str().expect("a time").parse().expect("ISO 8601") };
    assert!(messages.windows(2).all(|pair| time(pair[1]).as_second() - time(pair[0]).as_second() == 60));
    assert!(time(messages[lines - 1]) <= jiff::Timestamp::now());
    assert!(messages[0]["sk"]["S"].as_str().expect("a time").ends_with("+00:00"));
    // Again, with other items in between: the same items.
    there.run(&["seed", file, "--table", CHAT, "--format", "json"]).success();
    assert_eq!(there.items(CHAT), first);
}

#[test]
fn conversation_is_seeded_twice_with_the_same_items_in_the_sandbox() {
    let emulator = Emulator::start();
    conversation_is_seeded(emulator.endpoint());
    emulator.assert_no_invalid_requests();
}

#[test]
fn conversation_is_seeded_twice_with_the_same_items_on_dynalite() {
    let Some(dynalite) = Dynalite::start() else { return };
    conversation_is_seeded(dynalite.endpoint());
}

#[test]
fn conversation_is_seeded_twice_with_the_same_items_on_dynamodb_local() {
    let Some(local) = DynamoDbLocal::named() else { return };
    conversation_is_seeded(local.endpoint());
}

#[test]
fn options_of_a_conversation_are_followed() {
    let emulator = Emulator::start();
    let there = There::new(emulator.endpoint());
    there.write("chat.txt", "Person 2: Hi\r\nPerson 1: Ho\r\n");
    let group = "11111111-2222-4333-8444-555555555555";
    there
        .run(&[
            "seed",
            "chat.txt",
            "--table",
            CHAT,
            "--message-group-uuid",
            group,
            "--end",
            "2020-02-29T00:00:30+02:00",
        ])
        .success();
    let items = there.items(CHAT);
    let times: Vec<_> = items
        .iter()
        .filter(|item| item["pk"]["S"] == format!("MSG#{group}"))
        .map(|item| item["sk"]["S"].clone())
        .collect();
    assert_eq!(times, ["2020-02-28T21:59:30+00:00", "2020-02-28T22:00:30+00:00"]);
    assert_eq!(items.iter().filter(|item| item["message"]["S"] == "Ho").count(), 3, "the groups have the last message");
    let turned = there.run(&[
        "seed",
        "chat.txt",
        "--table",
        CHAT,
        "--my-handle",
        "jonasbrandt",
        "--other-handle",
        "adakeller",
        "--end",
        "now",
    ]);
    turned.success();
    let input = there.command(&["seed", "-", "--table", CHAT]).stdin("Person 1: piped").output();
    assert!(input.success().stderr.contains("3 items written"));
}

#[test]
fn members_of_a_conversation_come_from_a_user_pool() {
    let emulator = Emulator::start();
    let there = There::new(emulator.endpoint());
    let made = there.observer.call("cognito-idp", "create_user_pool", json!({"PoolName": "people"}));
    let pool = made["UserPool"]["Id"].as_str().expect("a pool has an id").to_owned();
    let subs = [("one", "ada", Some("Ada K.")), ("two", "jonas", None)].map(|(user, handle, name)| {
        let mut attributes = vec![json!({"Name": "preferred_username", "Value": handle})];
        attributes.extend(name.map(|name| json!({"Name": "name", "Value": name})));
        let parameters = json!({"UserPoolId": pool, "Username": user, "UserAttributes": attributes});
        let made = there.observer.call("cognito-idp", "admin_create_user", parameters);
        let all = made["User"]["Attributes"].as_array().expect("attributes").clone();
        all.into_iter().find(|one| one["Name"] == "sub").expect("a `sub`")["Value"].as_str().expect("text").to_owned()
    });
    there.write("chat.txt", "Person 2: Hi\n");
    let seed = |pool: &str, other: &str| {
        there.run(&["seed", "chat.txt", "--table", CHAT, "--pool", pool, "--my-handle", "ada", "--other-handle", other])
    };
    let missing = seed("peeple", "jonas").code(1).stderr;
    assert!(missing.contains("`people`"), "{missing}");
    let nobody = seed("people", "jonathan").code(1).stderr;
    assert!(nobody.contains("has no user with the handle `jonathan`"), "{nobody}");
    assert_eq!(there.items(CHAT).len(), 0);
    seed("people", "jonas").success();
    let items = there.items(CHAT);
    let names = |pk: String| -> Vec<Value> {
        let of = items.iter().filter(|item| item["pk"]["S"] == pk);
        of.map(|item| json!([item["user_uuid"]["S"], item["user_display_name"]["S"], item["user_handle"]["S"]]))
            .collect()
    };
    assert_eq!(names(format!("GRP#{}", subs[0])), [json!([subs[1], "jonas", "jonas"])]);
    assert_eq!(names(format!("GRP#{}", subs[1])), [json!([subs[0], "Ada K.", "ada"])]);
    assert_eq!(names("MSG#5ae290ed-55d1-47a0-bc6d-fe2bc2700399".to_owned()), [json!([subs[1], "jonas", "jonas"])]);
}

/// Items of every type, in plain JSON.
const PLAIN: &str = r#"{"id": "a", "number": 1, "owner": "o", "list": [1, "x", null], "map": {"deep": {"n": 0.5}}, "flag": true}
{"id": "a", "number": 12345678901234567890123456789012345678, "empty": ""}
"#;

#[test]
fn files_of_all_forms_give_the_same_items() {
    let emulator = Emulator::start();
    let there = There::new(emulator.endpoint());
    there.write("plain.jsonl", PLAIN);
    there.write("array.json", format!("[\n{}\n]\n", PLAIN.trim_end().replace('\n', ",\n")));
    let typed = [
        r#"{"id": {"S": "a"}, "number": {"N": "1"}, "owner": {"S": "o"}, "list": {"L": [{"N": "1"}, {"S": "x"}, {"NULL": true}]}, "map": {"M": {"deep": {"M": {"n": {"N": "0.5"}}}}}, "flag": {"BOOL": true}}"#,
        r#"{"id": {"S": "a"}, "number": {"N": "12345678901234567890123456789012345678"}, "empty": {"S": ""}}"#,
    ];
    there.write("typed.jsonl", typed.join("\n"));
    there.write("export.json", typed.map(|item| format!("{{\"Item\":{item}}}")).join("\n"));
    there.write("scan.json", format!("{{\"Items\": [{}], \"Count\": 2, \"ScannedCount\": 2}}", typed.join(",")));
    let mut expected = None;
    for file in ["plain.jsonl", "array.json", "typed.jsonl", "export.json", "scan.json"] {
        there.run(&["seed", file, "--table", TABLE]).success();
        let items = there.items(TABLE);
        assert_eq!(items.len(), 2, "{file}");
        assert_eq!(&items, expected.get_or_insert(items.clone()), "{file}");
        for number in ["1", "12345678901234567890123456789012345678"] {
            let gone = there.run(&["delete", TABLE, "id=a", &format!("number={number}"), "--format", "json"]).success();
            assert_eq!(gone.json()["count"], 1, "{file}");
        }
    }
    // What a scan prints is a seed file.
    there.run(&["seed", "scan.json", "--table", TABLE]).success();
    for format in ["json", "dynamodb-json"] {
        there.run(&["scan", TABLE, "--format", format, "--output", "dump.json"]).success();
        there.run(&["seed", "dump.json", "--table", TABLE]).success();
        assert_eq!(Some(there.items(TABLE)), expected, "{format}");
    }
    there.write("rows.csv", "id,number,name,flag,more\nb,7,\"two\nlines\",true,\"[1,2]\"\nb,8,,,\n");
    there.run(&["seed", "rows.csv", "--table", TABLE, "--type", "flag=BOOL", "--type", "more=json"]).success();
    let rows: Vec<_> = there.items(TABLE).into_iter().filter(|item| item["id"]["S"] == "b").collect();
    assert_eq!(
        rows,
        [
            json!({"id": {"S": "b"}, "number": {"N": "7"}, "name": {"S": "two\nlines"}, "flag": {"BOOL": true}, "more": {"L": [{"N": "1"}, {"N": "2"}]}}),
            json!({"id": {"S": "b"}, "number": {"N": "8"}}),
        ]
    );
    emulator.assert_no_invalid_requests();
}

#[test]
fn wrong_files_are_named_by_line_and_nothing_is_written() {
    let emulator = Emulator::start();
    let there = There::new(emulator.endpoint());
    emulator.clear_log();
    let good = r#"{"id": "a", "number": 1}"#;
    let large = format!("{good}\n{{\"id\": \"b\", \"number\": 1, \"x\": \"{}\"}}\n", "x".repeat(410_000));
    let files: Vec<(&str, String, &[&str])> = vec![
        ("chat.txt", "Person 1: a\nPerson 3: b\nnobody\n".to_owned(), &["--table", CHAT]),
        ("empty.txt", "\n".to_owned(), &["--table", CHAT]),
        ("chat-elsewhere.txt", "Person 1: a\n".to_owned(), &["--table", TABLE]),
        ("not-json.jsonl", format!("{good}\n{{\"id\": \"b\",}}\n"), &["--table", TABLE]),
        ("no-object.jsonl", format!("{good}\n[1]\n"), &["--table", TABLE]),
        ("no-key.jsonl", format!("{good}\n\n{{\"id\": \"b\"}}\n"), &["--table", TABLE]),
        (
            "key-type.jsonl",
            "{\"id\": 1, \"number\": 1}\n{\"id\": \"a\", \"number\": \"1\"}\n".to_owned(),
            &["--table", TABLE],
        ),
        ("index-type.jsonl", "{\"id\": \"a\", \"number\": 1, \"owner\": 5}\n".to_owned(), &["--table", TABLE]),
        ("index-empty.jsonl", "{\"id\": \"a\", \"number\": 1, \"owner\": \"\"}\n".to_owned(), &["--table", TABLE]),
        ("empty-key.jsonl", "{\"id\": \"\", \"number\": 1}\n".to_owned(), &["--table", TABLE]),
        ("twice.jsonl", format!("{good}\n{{\"number\": 1.0, \"id\": \"a\"}}\n"), &["--table", TABLE]),
        ("large.jsonl", large, &["--table", TABLE]),
        ("digits.jsonl", format!("{{\"id\": \"a\", \"number\": {}}}\n", "1".repeat(39)), &["--table", TABLE]),
        ("duplicate-name.jsonl", "{\"id\": \"a\", \"id\": \"b\", \"number\": 1}\n".to_owned(), &["--table", TABLE]),
        ("typed.jsonl", "{\"id\": {\"S\": \"a\"}, \"number\": {\"X\": \"1\"}}\n".to_owned(), &["--table", TABLE]),
        (
            "set.jsonl",
            "{\"id\": {\"S\": \"a\"}, \"number\": {\"N\": \"1\"}, \"s\": {\"NS\": [\"1\", \"1.0\"]}}\n".to_owned(),
            &["--table", TABLE],
        ),
        ("array.json", format!("[\n{good},\n{{\"id\": \"b\"}}\n]"), &["--table", TABLE]),
        ("cut.json", format!("[\n{good},\n{{\"id\":"), &["--table", TABLE]),
        ("none.json", "[]".to_owned(), &["--table", TABLE]),
        ("header.csv", "id,name\na,b\n".to_owned(), &["--table", TABLE]),
        ("cells.csv", "id,number\na,1\nb\n".to_owned(), &["--table", TABLE]),
        ("cell.csv", "id,number\na,one\n".to_owned(), &["--table", TABLE]),
        ("bool.csv", "id,number,x\na,1,yes\n".to_owned(), &["--table", TABLE, "--type", "x=BOOL"]),
        ("type.csv", "id,number\na,1\n".to_owned(), &["--table", TABLE, "--type", "x=LIST"]),
        ("future.txt", "Person 1: a\n".to_owned(), &["--table", CHAT, "--end", "2999-01-01T00:00:00Z"]),
        ("time.txt", "Person 1: a\n".to_owned(), &["--table", CHAT, "--end", "yesterday"]),
        ("handle.txt", "Person 1: a\n".to_owned(), &["--table", CHAT, "--my-handle", "nobody"]),
        (
            "same.txt",
            "Person 1: a\n".to_owned(),
            &["--table", CHAT, "--my-handle", "adakeller", "--other-handle", "adakeller"],
        ),
        ("options.jsonl", good.to_owned(), &["--table", TABLE, "--my-handle", "adakeller"]),
        ("table.jsonl", good.to_owned(), &[]),
        ("where.jsonl", good.to_owned(), &["--table", "underpin-test-sede"]),
    ];
    let mut said = String::new();
    for (name, content, arguments) in files {
        there.write(name, content);
        let output = there.run(&[&["seed", name], arguments].concat());
        assert!(matches!(output.code, 1 | 64), "{name}: {}", output.stderr);
        let _ = writeln!(said, "$ underpin table seed {name} {}\n{}", arguments.join(" "), output.stderr);
    }
    let compressed = [&[0x1f, 0x8b, 8, 0][..], b"xx"].concat();
    there.write("export.json.gz", compressed);
    for name in ["export.json.gz", "no-such-file.json"] {
        let output = there.run(&["seed", name, "--table", TABLE]).code(1);
        let _ = writeln!(said, "$ underpin table seed {name}\n{}", output.stderr);
    }
    insta::assert_snapshot!(said.replace(&emulator.endpoint(), "[endpoint]"));
    assert_eq!(emulator.mutations(), [""; 0], "nothing was written");
}

#[test]
fn unprocessed_and_throttled_items_are_sent_again() {
    let emulator = Emulator::start();
    let there = There::new(emulator.endpoint());
    emulator.fault(json!({
        "service": "dynamodb", "operation": "BatchWriteItem", "status": 400,
        "code": "ProvisionedThroughputExceededException", "nth": 2,
    }));
    // Between the command and the emulator: the first answers leave two items out.
    let port = emulator.port();
    let left = std::sync::Mutex::new(2);
    let stub = Stub::start(move |asked| {
        let mut request: Value = serde_json::from_slice(&asked.body).unwrap_or_default();
        let mut left = left.lock().expect("no thread fails");
        let writes = request["RequestItems"][TABLE].as_array().map_or(0, Vec::len);
        if asked.name() != "dynamodb BatchWriteItem" || writes < 3 || *left == 0 {
            return pass_on(asked, port).expect("the emulator answers");
        }
        let all = request["RequestItems"][TABLE].as_array_mut().expect("requests");
        let unprocessed = json!({"UnprocessedItems": {TABLE: all.split_off(writes - 2)}});
        let headers = vec![("content-type".to_owned(), "application/x-amz-json-1.0".to_owned())];
        let fewer = Asked {
            method: asked.method.clone(),
            target: asked.target.clone(),
            headers: asked.headers.clone(),
            body: request.to_string().into_bytes(),
        };
        let answer = pass_on(&fewer, port).expect("the emulator answers");
        if answer.status != 200 {
            return answer;
        }
        *left -= 1;
        Answer { status: 200, headers, body: unprocessed.to_string().into_bytes() }
    });
    let items: String = (0..120).fold(String::new(), |mut text, number| {
        let _ = writeln!(text, "{{\"id\": \"a\", \"number\": {number}}}");
        text
    });
    there.write("many.jsonl", items);
    let at = ["--endpoint-url", &stub.endpoint(), "--region", "eu-central-1", "--format", "json"];
    let run = Run::new(there.folder.path()).args(&["table", "seed", "many.jsonl", "--table", TABLE]).args(&at);
    let report = run.output().success().json();
    assert_eq!((&report["written"], &report["repeated"]), (&json!(120), &json!(4)), "{report}");
    assert_eq!(there.items(TABLE).len(), 120);
}

#[test]
fn failed_write_says_how_many_items_were_written() {
    let emulator = Emulator::start();
    let there = There::new(emulator.endpoint());
    let items: String = (0..2000).fold(String::new(), |mut text, number| {
        let _ = writeln!(text, "{{\"id\": \"a\", \"number\": {number}}}");
        text
    });
    there.write("many.jsonl", items);
    emulator.fault(json!({
        "service": "dynamodb", "operation": "BatchWriteItem", "status": 400, "code": "AccessDeniedException", "nth": 40,
    }));
    let said = there.run(&["seed", "many.jsonl", "--table", TABLE]).code(1).stderr;
    assert!(said.contains("of 2000 items were written") && said.contains("AccessDeniedException"), "{said}");
    assert!(said.contains("run it again"), "{said}");
    let written = there.items(TABLE).len();
    assert!(said.contains(&format!("error: {written} of 2000 items")), "{written}: {said}");
    there.run(&["seed", "many.jsonl", "--table", TABLE]).success();
    assert_eq!(there.items(TABLE).len(), 2000);
    // More items than one request reads.
    assert_eq!(there.run(&["scan", TABLE, "--format", "json"]).success().json()["count"], 2000);
    assert_eq!(there.run(&["scan", TABLE, "--format", "json", "--limit", "1500"]).success().json()["count"], 1500);
}

#[test]
fn seeding_elsewhere_than_on_this_machine_needs_consent() {
    let emulator = Emulator::start();
    let there = There::new(emulator.endpoint());
    there.write("one.jsonl", "{\"id\": \"a\", \"number\": 1}\n");
    let away = format!("http://0.0.0.0:{}", emulator.port());
    let run = |arguments: &[&str]| {
        let at = ["--endpoint-url", &away, "--region", "eu-central-1"];
        Run::new(there.folder.path())
            .args(&["table", "seed", "one.jsonl", "--table", TABLE])
            .args(arguments)
            .args(&at)
            .output()
    };
    let refused = run(&[]).code(64).stderr;
    assert!(refused.contains("write 1 item to table") && refused.contains("--yes"), "{refused}");
    assert_eq!(there.items(TABLE).len(), 0);
    // An endpoint of DynamoDB's own is what counts, whatever the one for all services is.
    let own = Run::new(there.folder.path())
        .at(&emulator)
        .env("AWS_ENDPOINT_URL_DYNAMODB", &away)
        .env("AWS_REGION", "eu-central-1");
    own.args(&["table", "seed", "one.jsonl", "--table", TABLE]).output().code(64);
    assert_eq!(there.items(TABLE).len(), 0);
    run(&["--dry-run"]).success();
    assert_eq!(there.items(TABLE).len(), 0);
    run(&["--yes"]).success();
    assert_eq!(there.items(TABLE).len(), 1);
}

#[test]
fn interrupted_seed_reports_what_was_written() {
    let emulator = Emulator::start();
    let there = There::new(emulator.endpoint());
    let items: String = (0..1000).fold(String::new(), |mut text, number| {
        let _ = writeln!(text, "{{\"id\": \"a\", \"number\": {number}}}");
        text
    });
    there.write("many.jsonl", items);
    // The first request is written, the others take so long that only the interrupt ends it.
    emulator
        .fault(json!({"service": "dynamodb", "operation": "BatchWriteItem", "nth": 9, "times": 99, "delay_ms": 4000}));
    let run = there.command(&["seed", "many.jsonl", "--table", TABLE]);
    let mut child = run.command().stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the command starts");
    while there.items(TABLE).is_empty() {
        assert!(child.try_wait().expect("it can be waited for").is_none(), "it ended before anything was written");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let kill = std::process::Command::new("/bin/sh").args(["-c", &format!("kill -INT {}", child.id())]).status();
    assert!(kill.expect("the shell runs").success());
    let ended = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(130), "{said}");
    let written = there.items(TABLE).len();
    assert!((1..1000).contains(&written), "{written}");
    assert!(said.contains(&format!("interrupted: {written} of 1000 items were written")), "{written}: {said}");
}
