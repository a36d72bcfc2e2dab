//! `table list`, `describe`, `scan` and `get`, on the sandbox, dynalite, and DynamoDB Local where one is named.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::{Dynalite, DynamoDbLocal, Emulator, Observer, Output, Run, Stack};

const TABLE: &str = "underpin-test-read";

/// A table with items at an endpoint, without a stack file.
struct There {
    endpoint: String,
    folder: tempfile::TempDir,
    observer: Observer,
}

impl There {
    fn new(endpoint: String) -> Self {
        let observer = Observer::at(&endpoint);
        let key = |name: &str, role: &str| json!({"AttributeName": name, "KeyType": role});
        let attribute = |name: &str, kind: &str| json!({"AttributeName": name, "AttributeType": kind});
        observer.call(
            "dynamodb",
            "create_table",
            json!({
                "TableName": TABLE,
                "AttributeDefinitions": [attribute("pk", "S"), attribute("sk", "N"), attribute("group", "S")],
                "KeySchema": [key("pk", "HASH"), key("sk", "RANGE")],
                "BillingMode": "PROVISIONED",
                "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 4},
                "GlobalSecondaryIndexes": [{
                    "IndexName": "by-group", "KeySchema": [key("group", "HASH")],
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                    "ProvisionedThroughput": {"ReadCapacityUnits": 3, "WriteCapacityUnits": 2},
                }],
            }),
        );
        for _ in 0..100 {
            if observer.table(TABLE)["TableStatus"] == "ACTIVE" {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        Self { endpoint, folder: tempfile::tempdir().expect("a folder can be made"), observer }
    }

    fn put(&self, item: &Value) {
        self.observer.call("dynamodb", "put_item", json!({"TableName": TABLE, "Item": item}));
    }

    /// Some hundred items, each of about 6 KB, so that a scan takes more than one page.
    fn fill(&self, count: usize) {
        let item = |number: usize| {
            let group = format!("g{}", number % 3);
            json!({"PutRequest": {"Item": {
                "pk": {"S": format!("p{}", number % 7)}, "sk": {"N": number.to_string()}, "group": {"S": group},
                "text": {"S": "x".repeat(6000)},
            }}})
        };
        for batch in (0..count).collect::<Vec<_>>().chunks(25) {
            let requests: Vec<Value> = batch.iter().map(|number| item(*number)).collect();
            self.observer.call("dynamodb", "batch_write_item", json!({"RequestItems": {TABLE: requests}}));
        }
    }

    fn command(&self, arguments: &[&str]) -> Run {
        let at = ["--endpoint-url", &self.endpoint, "--region", "eu-central-1"];
        Run::new(self.folder.path()).args(&["table"]).args(arguments).args(&at)
    }

    #[must_use]
    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output()
    }
}

fn numbers(answer: &Value) -> Vec<i64> {
    let mut all: Vec<i64> =
        answer["items"].as_array().expect("items").iter().map(|item| item["sk"].as_i64().expect("a number")).collect();
    all.sort_unstable();
    all
}

/// Everything that reads, at any endpoint.
fn tables_are_read(endpoint: String, counts_units: bool) {
    let there = There::new(endpoint);
    there.fill(400);
    let listed = there.run(&["list"]).success().stdout;
    assert!(listed.contains(&format!("| {TABLE} |")), "{listed}");
    let listed = there.run(&["list", "--format", "json"]).success().json();
    assert!(listed["tables"].as_array().expect("tables").iter().any(|one| one["name"] == TABLE), "{listed}");

    let facts = there.run(&["describe", TABLE, "--format", "json"]).success().json();
    assert_eq!(facts["partition_key"], json!({"name": "pk", "type": "S"}));
    assert_eq!(facts["sort_key"], json!({"name": "sk", "type": "N"}));
    assert_eq!((&facts["read_capacity"], &facts["write_capacity"]), (&json!(5), &json!(4)));
    assert_eq!(facts["indexes"][0]["name"], "by-group");
    assert_eq!(facts["indexes"][0]["projection"], "keys_only");

    let all = there.run(&["scan", TABLE, "--format", "json", "--consumed-capacity"]).success().json();
    assert_eq!(numbers(&all), (0..400).collect::<Vec<_>>());
    assert_eq!((&all["count"], &all["scanned_count"], &all["next"]), (&json!(400), &json!(400), &json!(null)));
    let units = all["consumed_capacity"]["capacity_units"].as_f64().expect("units");
    // 400 items of some 6,020 bytes, 4 KB for half a unit: all requests are counted. Moto counts requests.
    let least = if counts_units { 280.0 } else { 3.0 };
    assert!((least..320.0).contains(&units), "{units}");
    let apart = there.run(&["scan", TABLE, "--format", "json", "--segments", "4"]).success().json();
    assert_eq!(numbers(&apart), (0..400).collect::<Vec<_>>());
    assert_eq!(apart["consumed_capacity"], json!(null), "it was not asked for");

    // Page after page, each ends where the next begins.
    let (mut seen, mut token, mut pages) = (Vec::new(), None::<String>, 0);
    loop {
        let mut arguments = vec!["scan", TABLE, "--format", "json", "--limit", "150"];
        arguments.extend(token.as_deref().map(|token| ["--start", token]).iter().flatten());
        let page = there.run(&arguments).success().json();
        seen.extend(numbers(&page));
        pages += 1;
        match page["next"].as_str() {
            Some(next) if pages < 9 => token = Some(next.to_owned()),
            _ => break,
        }
    }
    seen.sort_unstable();
    assert_eq!((seen, pages), ((0..400).collect(), 3));

    let typed = there.run(&["scan", TABLE, "--format", "dynamodb-json", "--limit", "2"]).success().json();
    assert_eq!((&typed["Count"], typed["Items"][0]["text"]["S"].as_str().map(str::len)), (&json!(2), Some(6000)));
    assert!(typed["LastEvaluatedKey"]["sk"]["N"].is_string(), "{typed}");
    let index = there.run(&["scan", TABLE, "--index", "by-group", "--format", "json"]).success().json();
    assert_eq!(index["count"], 400);
    assert_eq!(index["items"][0]["text"], json!(null), "the index holds keys only");

    let text = there.run(&["scan", TABLE, "--index", "by-group", "--consumed-capacity"]).success();
    assert_eq!(text.stdout.lines().filter(|line| line.contains("| g") && !line.contains("group")).count(), 400);
    assert!(text.stderr.starts_with("400 items; consumed "), "{}", text.stderr);

    let item = there.run(&["get", TABLE, "pk=p3", "sk=10", "--format", "json"]).success().json();
    assert_eq!((&item["count"], &item["items"][0]["group"]), (&json!(1), &json!("g1")));
    let missing = there.run(&["get", TABLE, "pk=p3", "sk=11"]).code(1);
    assert!(missing.stderr.contains("has no item with pk = p3, sk = 11"), "{}", missing.stderr);
    there.put(&json!({"pk": {"S": "numbers"}, "sk": {"N": "12345678901234567890123456789012345678"}, "bytes": {"B": {"$base64": "AP8="}}}));
    let exact =
        there.run(&["get", TABLE, "pk=numbers", "sk=12345678901234567890123456789012345678", "--format", "json"]);
    let exact = exact.success().stdout;
    assert!(exact.contains("\"sk\":12345678901234567890123456789012345678"), "{exact}");
    assert!(exact.contains("\"bytes\":\"AP8=\""), "{exact}");
}

/// Filters and projections of a scan, at any endpoint.
fn scans_are_filtered(endpoint: String) {
    let there = There::new(endpoint);
    there.fill(400);
    let scan =
        |arguments: &[&str]| there.run(&[&["scan", TABLE, "--format", "json"], arguments].concat()).success().json();
    let of = |group: i64| (0..400).filter(|number| number % 3 == group).collect::<Vec<_>>();
    let one = scan(&["--filter", "group=g1"]);
    assert_eq!((numbers(&one), &one["scanned_count"]), (of(1), &json!(400)));
    let few = of(1).into_iter().filter(|number| *number < 100).collect::<Vec<_>>();
    let condition = ["--filter-expression", "#g = :g AND sk < :n"];
    let names = ["--expression-attribute-names", "{\"#g\": \"group\"}"];
    let values = ["--expression-attribute-values", "{\":g\": {\"S\": \"g1\"}, \":n\": {\"N\": \"100\"}}"];
    let both = scan(&[condition, names, values].concat());
    assert_eq!((numbers(&both), &both["scanned_count"]), (few, &json!(400)));
    let piped =
        [&["scan", TABLE, "--format", "json", "--expression-attribute-values", "@/dev/stdin"], &condition[..], &names]
            .concat();
    let piped =
        there.command(&piped).stdin("{\":g\": {\"S\": \"g1\"}, \":n\": {\"N\": \"100\"}}").output().success().json();
    assert_eq!(piped["count"], both["count"]);
    let apart = scan(&["--segments", "4", "--filter", "group=g1", "--filter", "sk=100"]);
    assert_eq!((numbers(&apart), &apart["scanned_count"]), (vec![100], &json!(400)));
    let index = scan(&["--index", "by-group", "--filter", "group=g2", "--limit", "5"]);
    assert_eq!(index["count"], 5);

    // A limit is of what is shown; the next page goes on after the last one that was.
    let (mut seen, mut token) = (Vec::new(), None::<String>);
    for _ in 0..9 {
        let mut arguments = vec!["--filter", "group=g1", "--limit", "30"];
        arguments.extend(token.as_deref().map(|token| ["--start", token]).iter().flatten());
        let page = scan(&arguments);
        let count = page["count"].as_u64().expect("a number");
        assert!(count == 30 || (count < 30 && page["next"].is_null()), "{page}");
        assert!(page["scanned_count"].as_u64() > Some(count), "{}", page["scanned_count"]);
        seen.extend(numbers(&page));
        match page["next"].as_str() {
            Some(next) => token = Some(next.to_owned()),
            None => break,
        }
    }
    seen.sort_unstable();
    assert_eq!(seen, of(1));

    let projected = ["--projection-expression", "sk, #g", "--expression-attribute-names", "{\"#g\": \"group\"}"];
    let part = scan(&[&projected[..], &["--limit", "2"]].concat());
    assert_eq!(part["items"][0].as_object().map(serde_json::Map::len), Some(2), "{part}");
    let text = there.run(&[&["scan", TABLE, "--filter", "group=g1"], &projected[..]].concat()).success();
    assert!(text.stdout.contains("| sk ") && !text.stdout.contains("| pk "), "{}", &text.stdout[..300]);
    assert_eq!(text.stderr, "133 items of 400 read\n");
    let none = there.run(&["scan", TABLE, "--filter", "group=g9"]).success();
    assert_eq!((none.stdout.as_str(), none.stderr.as_str()), ("", "0 items of 400 read\n"));
    // What only DynamoDB knows is its own error.
    let reserved = ["scan", TABLE, "--filter-expression", "group = :g", "--expression-attribute-values"];
    let reserved = there.run(&[&reserved[..], &["{\":g\": {\"S\": \"a\"}}"]].concat()).code(1);
    assert!(reserved.stderr.contains("reserved keyword"), "{}", reserved.stderr);
}

#[test]
fn scans_are_filtered_in_the_sandbox() {
    let emulator = Emulator::start();
    scans_are_filtered(emulator.endpoint());
    emulator.assert_no_invalid_requests();
}

#[test]
fn scans_are_filtered_on_dynalite() {
    let Some(dynalite) = Dynalite::start() else { return };
    scans_are_filtered(dynalite.endpoint());
}

#[test]
fn scans_are_filtered_on_dynamodb_local() {
    let Some(local) = DynamoDbLocal::named() else { return };
    scans_are_filtered(local.endpoint());
}

#[test]
fn filtered_scan_with_a_limit_takes_few_requests() {
    let emulator = Emulator::start();
    let there = There::new(emulator.endpoint());
    there.fill(400);
    emulator.clear_log();
    let found = there.run(&["scan", TABLE, "--filter", "sk=399", "--limit", "1", "--format", "json"]).success().json();
    assert_eq!(numbers(&found), [399]);
    let scans = emulator.requests().iter().filter(|request| request.name() == "dynamodb:Scan").count();
    assert!((2..=15).contains(&scans), "{scans} requests");
    // The same where what is shown lacks the key, by which the next page goes on.
    emulator.clear_log();
    let part = ["--filter", "sk=399", "--limit", "1", "--projection-expression", "pk", "--format", "json"];
    let found = there.run(&[&["scan", TABLE], &part[..]].concat()).success().json();
    assert_eq!(found["items"], json!([{"pk": "p0"}]));
    let scans = emulator.requests().iter().filter(|request| request.name() == "dynamodb:Scan").count();
    assert!((2..=15).contains(&scans), "{scans} requests");
}

#[test]
fn tables_are_listed_described_and_read_in_the_sandbox() {
    let emulator = Emulator::start();
    tables_are_read(emulator.endpoint(), false);
    emulator.assert_no_invalid_requests();
}

#[test]
fn tables_are_listed_described_and_read_on_dynalite() {
    let Some(dynalite) = Dynalite::start() else { return };
    tables_are_read(dynalite.endpoint(), true);
}

#[test]
fn tables_are_listed_described_and_read_on_dynamodb_local() {
    let Some(local) = DynamoDbLocal::named() else { return };
    tables_are_read(local.endpoint(), true);
}

#[test]
fn wrong_input_of_reads_is_named_before_anything_is_read() {
    let emulator = Emulator::start();
    let there = There::new(emulator.endpoint());
    there.put(&json!({"pk": {"S": "a"}, "sk": {"N": "1"}}));
    emulator.clear_log();
    let mut said = String::new();
    for (arguments, code) in [
        (&["scan", "underpin-test-raed"][..], 1),
        (&["describe", "tables.underpin-test-read"], 1),
        (&["scan", "a"], 64),
        (&["scan", "arn:aws:dynamodb:eu-central-1:123456789012:table/orders"], 64),
        (&["scan", TABLE, "--index", "by-grup"], 64),
        (&["scan", TABLE, "--index", "by-group", "--consistent-read"], 64),
        (&["scan", TABLE, "--start", "nonsense"], 64),
        (&["scan", TABLE, "--limit", "0"], 64),
        (&["scan", TABLE, "--segments", "2", "--limit", "5"], 64),
        (&["scan", TABLE, "--format", "markdown"], 64),
        (&["scan", TABLE, "--filter", "group"], 64),
        (&["scan", TABLE, "--filter", "sk=one"], 64),
        // Before the table is looked for.
        (&["scan", "underpin-test-raed", "--filter", "group"], 64),
        (&["scan", TABLE, "--filter", "group=a", "--filter", "group=b"], 64),
        (&["scan", TABLE, "--type", "n=N"], 64),
        (&["scan", TABLE, "--filter", "n=1", "--type", "n=X"], 64),
        (&["scan", TABLE, "--filter", "n=1", "--filter-expression", "n = :n"], 64),
        (&["scan", TABLE, "--filter-expression", "n = 'x'"], 64),
        (&["scan", TABLE, "--filter-expression", "(n = :n"], 64),
        (&["scan", TABLE, "--filter-expression", "n = :n"], 64),
        (&["scan", TABLE, "--filter-expression", "n = :n", "--expression-attribute-values", "{\":n\": 1}"], 64),
        (&["scan", TABLE, "--filter-expression", "n = :n", "--expression-attribute-values", "n=1"], 64),
        (
            &[
                "scan",
                TABLE,
                "--filter-expression",
                "n = :n",
                "--expression-attribute-values",
                "{\"n\": {\"N\": \"1\"}}",
            ],
            64,
        ),
        (&["scan", TABLE, "--filter-expression", "n = :n", "--expression-attribute-values", "@nowhere.json"], 1),
        (&["scan", TABLE, "--expression-attribute-names", "{\"#n\": \"n\"}"], 64),
        (&["scan", TABLE, "--projection-expression", "#n", "--expression-attribute-names", "{\"#n\": 1}"], 64),
        (&["scan", TABLE, "--projection-expression", "*"], 64),
        (&["list", "--format", "dynamodb-json"], 64),
        (&["get", TABLE, "pk=a"], 64),
        (&["get", TABLE, "pk=a", "sk=one"], 64),
        (&["get", TABLE, "pk=a", "sk=1", "pk=b"], 64),
        (&["get", TABLE, "pk=", "sk=1"], 64),
        (&["get", TABLE, "p=a", "sk=1"], 64),
        (&["get", TABLE, "pk", "sk=1"], 64),
        (&["get", TABLE], 64),
        (&["scan"], 64),
    ] {
        let output = there.run(arguments).code(code);
        assert!(output.stdout.is_empty() || output.json()["error"]["kind"] == "usage", "{}", output.stdout);
        let _ = writeln!(said, "$ underpin table {}\n{}", arguments.join(" "), output.stderr);
    }
    insta::assert_snapshot!(said.replace(&emulator.endpoint(), "[endpoint]"));
    let read = |name: &str| name == "dynamodb:Scan" || name == "dynamodb:GetItem" || name == "dynamodb:Query";
    assert!(!emulator.requests().iter().any(|request| read(&request.name())), "nothing was read");
    // Programs get the same as JSON.
    let error = there.run(&["scan", "underpin-test-raed", "--format", "json"]).code(1).json();
    assert_eq!(error["error"]["kind"], "failed");
    assert!(error["error"]["hint"].to_string().contains(TABLE), "{error}");
}

#[test]
fn unreachable_endpoint_is_named() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let arguments = ["table", "scan", "orders", "--endpoint-url", "http://127.0.0.1:9", "--region", "eu-central-1"];
    let said = Run::new(folder.path()).args(&arguments).output().code(1).stderr;
    assert!(said.contains("nothing answers at http://127.0.0.1:9"), "{said}");
    let error = Run::new(folder.path()).args(&arguments).args(&["--format", "json"]).output().code(1).json();
    assert_eq!(error["exit_code"], 1);
}

#[test]
fn tables_of_the_stack_file_have_addresses_and_account_pin_holds() {
    let emulator = Emulator::start();
    let there = There::new(emulator.endpoint());
    let yaml = format!(
        "stack: shop\nregion: eu-central-1\ntables:\n  read: {{name: {TABLE}, partition_key: pk}}\n  other: {{partition_key: id}}\n\
         functions:\n  broken: {{runtime: python3.13, handler: a.b, code: no-such-folder, role: \"arn:aws:iam::123456789012:role/x\"}}\n"
    );
    let stack = Stack::new(&yaml);
    let run = |arguments: &[&str]| Run::new(stack.dir()).at(&emulator).args(&["table"]).args(arguments).output();
    let listed = run(&["list"]).success().stdout;
    assert!(listed.contains("tables.read"), "{listed}");
    assert_eq!(run(&["scan", "tables.read", "--format", "json"]).success().json()["count"], 0);
    assert_eq!(run(&["scan", TABLE, "--format", "json"]).success().json()["count"], 0);
    let absent = run(&["scan", "tables.other"]).code(1).stderr;
    assert!(absent.contains("`underpin apply --target tables.other` creates it"), "{absent}");
    let absent = run(&["scan", "tables.raed"]).code(1).stderr;
    assert!(absent.contains("did you mean `tables.read`?"), "{absent}");

    stack.replace("region: eu-central-1\n", "region: eu-central-1\naccount: \"111111111111\"\n");
    there.observer.call("dynamodb", "list_tables", json!({}));
    emulator.clear_log();
    let refused = run(&["scan", TABLE]).code(3).stderr;
    assert!(refused.contains("pinned to account 111111111111"), "{refused}");
    assert!(refused.contains("stack.yaml:3:10"), "{refused}");
    assert_eq!(run(&["list", "--format", "json"]).code(3).json()["error"]["kind"], "forbidden");
    stack.replace("account: \"111111111111\"\n", "residency: [us-east-1]\n");
    run(&["get", TABLE, "pk=a", "sk=1"]).code(3);
    assert!(emulator.requests().iter().all(|request| request.service == "sts"), "nothing else was asked");
}

#[test]
fn large_scan_outside_of_this_machine_needs_consent() {
    let emulator = Emulator::start();
    let there = There::new(emulator.endpoint());
    there.fill(30);
    // An address of this machine that is not loopback's.
    let away = format!("http://0.0.0.0:{}", emulator.port());
    let run = |arguments: &[&str]| {
        let at = ["--endpoint-url", &away, "--region", "eu-central-1"];
        Run::new(there.folder.path()).args(&["table", "scan", TABLE]).args(arguments).args(&at).output()
    };
    let refused = run(&["--ask-above", "20"]).code(64);
    assert_eq!(refused.stdout, "");
    assert!(refused.stderr.contains("holds about 30 items") && refused.stderr.contains("--yes"), "{}", refused.stderr);
    assert_eq!(run(&["--ask-above", "20", "--yes", "--format", "json"]).success().json()["count"], 30);
    assert_eq!(run(&["--ask-above", "20", "--limit", "20", "--format", "json"]).success().json()["count"], 20);
    // With a filter, a small limit may read all.
    let refused = run(&["--ask-above", "20", "--limit", "20", "--filter", "group=g1"]).code(64);
    assert_eq!(refused.stdout, "");
    assert_eq!(run(&["--ask-above", "30", "--format", "json"]).success().json()["count"], 30);
    assert_eq!(there.run(&["scan", TABLE, "--ask-above", "20", "--format", "json"]).success().json()["count"], 30);
}

#[test]
fn interrupted_scan_ends_its_output_with_where_to_go_on() {
    let emulator = Emulator::start();
    let there = There::new(emulator.endpoint());
    there.fill(400);
    // The first page comes at once, and the second one only after the interrupt.
    emulator.fault(json!({"service": "dynamodb", "operation": "Scan", "nth": 2, "times": 1, "delay_ms": 8000}));
    let run = there.command(&["scan", TABLE, "--format", "json"]);
    let mut child = run.command().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the command starts");
    let mut output = BufReader::new(child.stdout.take().expect("standard output is a pipe"));
    let mut text = String::new();
    while text.lines().count() < 2 {
        assert!(output.read_line(&mut text).expect("it is text") > 0, "it ended: {text}");
    }
    let kill = std::process::Command::new("/bin/sh").args(["-c", &format!("kill -INT {}", child.id())]).status();
    assert!(kill.expect("the shell runs").success());
    output.read_to_string(&mut text).expect("it is text");
    let ended = child.wait_with_output().expect("it ends");
    assert_eq!(ended.status.code(), Some(130));
    let answer: Value = serde_json::from_str(&text).expect("the output is whole");
    let read = answer["count"].as_u64().expect("a number");
    assert!((1..400).contains(&read), "{read}");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(said.contains(&format!("interrupted: what was read until then: {read} items")), "{said}");
    let rest = there.run(&["scan", TABLE, "--format", "json", "--start", answer["next"].as_str().expect("a token")]);
    assert_eq!(rest.success().json()["count"].as_u64(), Some(400 - read));
}
