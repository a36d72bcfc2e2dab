//! Refusals of the real kinds, as the author reads them: one wrong stack for each of their checks.

use super::*;

/// Loads a text with the real kinds.
fn shown_for(text: &str) -> String {
    let variables = |name: &str| if name == "RESERVED" { Some("\u{E000}".to_owned()) } else { variables(name) };
    let document = Document::parse(example_folder().join("stack.yaml"), text.to_owned(), &crate::kinds::REGISTRY)
        .unwrap_or_else(|error| panic!("{error}"));
    let env = Environment::new("123456789012", "eu-central-1");
    let (vault, archives) = (Vault::new([1; 32]), Archives::default());
    let loaded = document.load(None, &|_| env.clone(), &crate::kinds::REGISTRY, &vault, &archives, &variables);
    let shown = shown(loaded.err());
    // Texts that are long by design are cut in the snapshot.
    let cut = |line: &str| match line.char_indices().nth(170) {
        Some((at, _)) => format!("{} (…)", &line[..at]),
        None => line.to_owned(),
    };
    shown.lines().map(cut).collect::<Vec<_>>().join("\n") + "\n"
}

fn cases(section: &str, name: &str, cases: &[(&str, String)]) -> String {
    let indented = |body: &str| body.lines().map(|line| format!("    {line}\n")).collect::<Vec<_>>().concat();
    let text = |body: &str| format!("stack: s\n{section}:\n  {name}:\n{}", indented(body));
    several(&cases.iter().map(|(what, body)| (*what, shown_for(&text(body)))).collect::<Vec<_>>())
}

/// The errors of a text with the real kinds, offline, where a variable gives a region if the file does not.
fn shown_offline(text: &str, environment: Option<&str>, variable: Option<&str>) -> String {
    let document = Document::parse(example_folder().join("stack.yaml"), text.to_owned(), &crate::kinds::REGISTRY)
        .unwrap_or_else(|error| panic!("{error}"));
    let (vault, archives) = (Vault::new([1; 32]), Archives::default());
    let env = |settings: &crate::stack::Settings| {
        let region = settings.region.clone().or_else(|| variable.map(str::to_owned));
        Environment::assumed(settings.account.clone(), region)
    };
    shown(document.load(environment, &env, &crate::kinds::REGISTRY, &vault, &archives, &variables).err())
}

#[test]
fn region_is_used_even_if_other_settings_are_wrong() {
    let endpoint = |top: &str, service: &str| format!("{top}vpc_endpoints:\n  e:\n    service: {service}\n");
    let wrong = "stack: s\nregion: eu-central-1\nbogus: 1\n";
    let named = shown_offline(&endpoint(wrong, "dynamdb"), None, Some("us-west-2"));
    assert!(named.contains("`com.amazonaws.eu-central-1.dynamdb`") && named.contains("`bogus`"), "{named}");
    let nameless = shown_offline(&endpoint("region: eu-central-1\n", "dynamdb"), None, None);
    assert!(nameless.contains("`com.amazonaws.eu-central-1.dynamdb`"), "{nameless}");
    let filled = shown_offline(&endpoint("stack: s\nregion: eu-${env:STAGE}-1\nbogus: 1\n", "dynamdb"), None, None);
    assert!(filled.contains("`com.amazonaws.eu-blue-1.dynamdb`"), "{filled}");
    let environments = format!("{wrong}environments: {{prod: {{region: sa-east-1}}, bad: {{region: [a]}}}}\n");
    let own = shown_offline(&endpoint(&environments, "dynamdb"), Some("prod"), None);
    assert!(own.contains("`com.amazonaws.sa-east-1.dynamdb`"), "{own}");
    // Neither the file's region nor the variable's is meant by a wrong one of the environment.
    for variable in [None, Some("us-west-2")] {
        let unknown = shown_offline(&endpoint(&environments, "com.amazonaws.ap-south-1.sqs"), Some("bad"), variable);
        assert!(!unknown.contains("this stack is in"), "{unknown}");
        let unknown = shown_offline(&endpoint(&environments, "dynamdb"), Some("bad"), variable);
        assert!(unknown.contains("`com.amazonaws.REGION.dynamdb`"), "{unknown}");
    }
    let account =
        "stack: s\naccount: \"111111111111\"\nbogus: 1\nfunctions:\n  f:\n    role: arn:aws:iam::222222222222:role/r\n";
    let account = shown_offline(account, None, None);
    assert!(account.contains("111111111111"), "{account}");
}

#[test]
fn hints_name_only_configured_regions() {
    let text = "stack: s\nvpc_endpoints:\n  e:\n    service: dynamdb\n";
    let shown = shown_offline(text, None, None);
    assert!(shown.contains("`com.amazonaws.REGION.dynamdb`"), "{shown}");
}

fn list(count: usize, one: impl Fn(usize) -> String) -> String {
    (0..count).map(one).collect::<Vec<_>>().join(", ")
}

/// A policy document with the given number of characters, and a few more.
fn long_policy(principal: &str, characters: usize) -> String {
    let action = if principal.contains("Service") { "sts:AssumeRole" } else { "s3:GetObject" };
    let resource = if principal.contains("Service") {
        String::new()
    } else {
        format!(", Resource: 'arn:aws:s3:::{}'", "x".repeat(characters))
    };
    let condition = if resource.is_empty() {
        format!(", Condition: {{StringEquals: {{'aws:SourceAccount': '{}'}}}}", "1".repeat(characters))
    } else {
        String::new()
    };
    format!(
        "{{Version: 2012-10-17, Statement: [{{Effect: Allow, Action: '{action}'{principal}{resource}{condition}}}]}}"
    )
}

#[test]
fn invalid_table_properties_are_refused() {
    let table = |properties: &str| format!("partition_key: pk\nsort_key: sk\n{properties}");
    let policy = |statement: &str| format!("resource_policy: {{Version: 2012-10-17, Statement: [{statement}]}}");
    let long = long_policy(", Principal: '*'", 20_500);
    snap!(cases(
        "tables",
        "t-1",
        &[
            ("a name", table("name: a b")),
            ("an alias of a key", table("encryption: {kms_key: alias/mine}")),
            ("a broken policy", table(&policy("{Effect: Alow, Action: GetItem}"))),
            ("a long policy", table(&format!("resource_policy: {long}"))),
            ("one attribute twice", "partition_key: pk\nsort_key: pk".to_owned()),
            ("a long name of a key attribute", format!("partition_key: {}", "é".repeat(130))),
            ("two types", table("global_secondary_indexes: {by-a: {partition_key: {name: sk, type: N}}}")),
            (
                "too many global indexes",
                table(&format!(
                    "global_secondary_indexes: {{{}}}",
                    list(21, |n| format!("by-{n}: {{partition_key: a}}"))
                ))
            ),
            (
                "too many local indexes",
                table(&format!("local_secondary_indexes: {{{}}}", list(6, |n| format!("by-{n}: {{sort_key: a}}"))))
            ),
            (
                "local indexes without a sort key",
                "partition_key: pk\nlocal_secondary_indexes: {by-a: {sort_key: a}}".to_owned()
            ),
            ("the name of an index", table("global_secondary_indexes: {ab: {partition_key: a}}")),
            (
                "one name for two indexes",
                table(
                    "global_secondary_indexes: {by-a: {partition_key: a}}\nlocal_secondary_indexes: {by-a: {sort_key: a}}"
                )
            ),
            (
                "too much included",
                table(&format!(
                    "global_secondary_indexes: {{{}}}",
                    list(6, |n| format!(
                        "by-{n}: {{partition_key: a, projection: {{include: [{}]}}}}",
                        list(20, |k| format!("a{n}-{k}"))
                    ))
                ))
            ),
            (
                "capacity on demand",
                table(
                    "billing: {mode: on_demand, read_capacity: 5}\nglobal_secondary_indexes: {by-a: {partition_key: a, write_capacity: 5}}"
                )
            ),
            (
                "a limit of what is provisioned",
                table(
                    "billing: {mode: provisioned, read_capacity: 5, write_capacity: 5, max_read_request_units: 5, max_write_request_units: 5}"
                )
            ),
            ("no capacity", table("billing: {mode: provisioned}")),
            ("scaling on demand", table("auto_scaling: {read: {min: 1, max: 9}}")),
            (
                "more than the most",
                table("billing: {mode: provisioned, write_capacity: 5}\nauto_scaling: {read: {min: 9, max: 1}}")
            ),
        ]
    ));
}

#[test]
fn invalid_vpc_endpoint_properties_are_refused() {
    let of = |service: &str, more: &str| format!("service: {service}\n{more}");
    snap!(cases(
        "vpc_endpoints",
        "e",
        &[
            ("a misspelt service", "service: dynamdb\nroute_tables: all".to_owned()),
            ("routes of an interface endpoint", of("sqs", "route_tables: all")),
            (
                "subnets of a gateway endpoint",
                of("s3", "subnets: default\nsecurity_groups: default\nprivate_dns: true")
            ),
            ("an empty list", of("s3", "route_tables: []")),
            ("a gateway endpoint of a service that has none", of("sqs", "type: gateway")),
            ("a service of another region", of("com.amazonaws.us-east-1.sqs", "")),
            ("a service that is misspelt, and what follows from it", of("dynamdb", "route_tables: all")),
            ("a service known too late", of("${vpc_endpoints.e.id}", "")),
            (
                "a broken policy",
                of("s3", "policy: {Version: 2012-10-17, Statement: [{Effect: Deny, Principal: '*', Action: '*'}]}")
            ),
            ("a long policy", of("s3", &format!("policy: {}", long_policy(", Principal: '*'", 20_500)))),
        ]
    ));
}

#[test]
fn invalid_security_group_rule_properties_are_refused() {
    let of = |source: &str, more: &str| format!("security_group: sg-1\nsource: {source}\n{more}");
    snap!(cases(
        "security_group_rules",
        "r",
        &[
            (
                "a group known too late",
                "security_group: ${security_group_rules.r.id}\nsource: sg-1\nport: 1".to_owned()
            ),
            ("a source known too late", of("${security_group_rules.r.id}", "port: 1")),
            ("a source that is none", of("everybody", "port: 1")),
            ("an address", of("3.120.5.6", "port: 1")),
            ("a block with host bits", of("10.0.0.5/16", "port: 1")),
            ("a block that is too long", of("10.0.0.0/33", "port: 1")),
            ("no port", of("sg-2", "")),
            ("a port of ICMP", of("sg-2", "protocol: icmp\nport: 1")),
            ("a range that ends before it begins", of("sg-2", "port: {from: 2, to: 1}")),
            ("all protocols for each workspace", of("workspace", "protocol: all")),
            ("a description of a workspace's rule", of("workspace", "port: 1\ndescription: mine")),
            ("a description as a workspace's rule has it", of("sg-2", "port: 1\ndescription: underpin workspace a")),
        ]
    ));
}

#[test]
fn invalid_role_properties_are_refused() {
    let of = |more: &str| format!("assumed_by: lambda.amazonaws.com\n{more}");
    let long = |n: usize| long_policy("", n);
    snap!(cases(
        "roles",
        "r",
        &[
            ("a name", of("name: a b")),
            ("a path of AWS", of("path: /aws-service-role/x/")),
            ("a path known too late", of("path: ${roles.r.id}")),
            ("nobody", "description: d".to_owned()),
            ("two ways", of("assume_role_policy: {Version: 2012-10-17, Statement: []}")),
            ("no service", "assumed_by: []".to_owned()),
            ("no service of AWS", "assumed_by: '123456789012'".to_owned()),
            ("a misspelt service", "assumed_by: lamda.amazonaws.com".to_owned()),
            ("a broken trust policy", "assume_role_policy: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: 'sts:AssumeRole', Resource: '*'}]}".to_owned()),
            ("a long trust policy", format!("assume_role_policy: {}", long_policy(", Principal: {Service: lambda.amazonaws.com}", 8_200))),
            ("a broken inline policy", of("inline_policies: {p: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: GetItem, Resource: '*'}]}}")),
            ("long inline policies", of(&format!("inline_policies:\n  a: {}\n  b: {}", long(6_000), long(6_000)))),
            ("too many managed policies", of(&format!("managed_policies: [{}]", list(26, |n| format!("P{n}"))))),
            ("no managed policy", of("managed_policies: [a b]")),
            ("a managed policy without its path", of("managed_policies: [AWSLambdaBasicExecutionRole]")),
            ("no ARN of one", of("permissions_boundary: 'arn:aws:iam::1:policy/x'")),
            ("one of another partition", of("managed_policies: ['arn:aws-cn:iam::aws:policy/x']")),
            ("tags that are one", of("tags: {Team: a, team: b}")),
        ]
    ));
}

#[test]
fn invalid_function_properties_are_refused() {
    let of = |more: &str| {
        let role = if more.contains("role:") { "" } else { "role: r\n" };
        format!(
            "runtime: python3.13\nhandler: lambda_function.lambda_handler\ncode: lambdas/cruddur-messaging-stream\n{role}{more}"
        )
    };
    snap!(cases(
        "functions",
        "f",
        &[
            ("a name", of("name: a.b")),
            ("names of variables", of("environment: {AWS_REGION: x, 1A: x, A: x}")),
            ("a large environment", of(&format!("environment: {{A1: {}}}", "x".repeat(4_090)))),
            ("an id of a statement", of("permissions: {a b: {principal: '*'}}")),
            ("a path of a role", of("role: /team/r")),
            ("dead letters to FIFO", of("dead_letter: arn:aws:sqs:eu-central-1:123456789012:q.fifo")),
            ("no principal", of("permissions: {p: {principal: s3}}")),
            ("a resource as a principal", of("permissions: {p: {principal: 'arn:aws:s3:::b'}}")),
            ("no runtime", of("").replace("python3.13", "pyton3.13")),
            (
                "a layer twice",
                of(
                    "layers: ['arn:aws:lambda:eu-central-1:123456789012:layer:l:1', 'arn:aws:lambda:eu-central-1:123456789012:layer:l:2']"
                ),
            ),
        ]
    ));
}

#[test]
fn invalid_trigger_properties_are_refused() {
    let stream = "stream: arn:aws:kinesis:eu-central-1:123456789012:stream/s";
    let table = "stream: arn:aws:dynamodb:eu-central-1:123456789012:table/t/stream/2026-01-01T00:00:00.000";
    let queue = "queue: arn:aws:sqs:eu-central-1:123456789012:q";
    let fifo = "queue: arn:aws:sqs:eu-central-1:123456789012:q.fifo";
    let of = |source: &str, more: &str| {
        let function = "runtime: python3.13\nhandler: lambda_function.lambda_handler\ncode: lambdas/cruddur-messaging-stream\nrole: r\n";
        let body = format!("{source}\n{more}").lines().map(|line| format!("    {line}\n")).collect::<Vec<_>>().concat();
        format!("{function}triggers:\n  t:\n    enabled: true\n{body}")
    };
    snap!(cases(
        "functions",
        "f",
        &[
            ("no source", of("", "")),
            ("two sources", of(stream, queue)),
            ("concurrency of a stream", of(stream, "maximum_concurrency: 5")),
            ("a short age", of(stream, "maximum_record_age: 5")),
            ("no time", of(stream, "starting_position: {at_timestamp: tomorrow}")),
            ("a time of a table's stream", of(table, "starting_position: {at_timestamp: 2026-01-01T00:00:00Z}")),
            (
                "what queues don't have",
                of(
                    queue,
                    "starting_position: latest\nbisect_on_error: true\nmaximum_retry_attempts: 3\nmaximum_record_age: 60\nparallelization_factor: 2\ntumbling_window: 5\non_failure: arn:aws:sqs:eu-central-1:123456789012:q"
                )
            ),
            ("a large batch of a FIFO queue", of(fifo, "batch_size: 11\nmaximum_batching_window: 1")),
            ("a large batch at once", of(queue, "batch_size: 11")),
            ("no pattern", of(queue, "filters: [x, {}]")),
            ("a long pattern", of(queue, &format!("filters: [{{body: [{}]}}]", "x".repeat(4_100)))),
            (
                "values in place of lists",
                of(
                    table,
                    "filters:\n  - eventName: INSERT\n    dynamodb:\n      NewImage:\n        status: {S: [[open]]}"
                )
            ),
            ("a long destination", of(stream, &format!("on_failure: arn:aws:s3:::{}", "b".repeat(350)))),
            ("a FIFO destination", of(stream, "on_failure: arn:aws:sns:eu-central-1:123456789012:t.fifo")),
            (
                "a function as destination",
                of(stream, "on_failure: arn:aws:lambda:eu-central-1:123456789012:function:g")
            ),
            ("a bus as destination", of(stream, "on_failure: arn:aws:events:eu-central-1:123456789012:event-bus/b")),
            ("another destination", of(stream, "on_failure: arn:aws:dynamodb:eu-central-1:123456789012:table/t")),
        ]
    ));
}

/// The texts of a source, without its tests and comments; the parts between `{}` are cut out.
fn texts(source: &str) -> Vec<String> {
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code = lines.collect::<Vec<_>>().join("\n").replace("\\\n", "").replace("'\"'", "").replace("\\\"", "\u{1}");
    let quoted = code.split('"').skip(1).step_by(2);
    let pieces = quoted.flat_map(|text| text.split(['{', '}']).step_by(2).map(str::to_owned).collect::<Vec<_>>());
    let squeezed = pieces.map(|piece| piece.split_whitespace().collect::<Vec<_>>().join(" "));
    let squeezed = squeezed.map(|piece| piece.replace('\u{1}', "\""));
    squeezed.filter(|piece| piece.len() > 8 && piece.contains(' ')).collect()
}

#[cfg(unix)]
#[test]
fn invalid_code_and_paths_are_refused() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let large = folder.path().join("large");
    std::fs::create_dir(&large).expect("made");
    let file = std::fs::File::create(large.join("a.py")).expect("made");
    file.set_len((250 << 20) + 1).expect("grown");
    let odd = folder.path().join("odd");
    std::fs::create_dir(&odd).expect("made");
    std::fs::write(odd.join(std::ffi::OsStr::from_bytes(b"\xff.py")), "x").expect("written");
    let told = |code: &str| {
        let text = format!("stack: s\nfunctions:\n  f: {{runtime: p, handler: h, role: r, code: {code}}}\n");
        let shown = shown(load_in(folder.path(), &text, None).err());
        shown.replace(&format!("{}/", folder.path().display()), "")
    };
    snap!(several(&[
        ("too large unzipped", told("large")),
        ("a name that is not UTF-8", told("odd")),
        (
            "a policy known too late",
            errors("stack: s\nroles:\n  r: {path: /a/}\n  q: {assume_role_policy: '${roles.r.id}.json'}\n")
        ),
    ]));
}

#[test]
fn invalid_ignored_properties_are_refused() {
    let table =
        |ignore: &str| shown_for(&format!("stack: s\ntables:\n  t-1:\n    partition_key: pk\n    ignore: {ignore}\n"));
    let role = |ignore: &str| {
        shown_for(&format!("stack: s\nroles:\n  r:\n    assumed_by: lambda.amazonaws.com\n    ignore: {ignore}\n"))
    };
    let trigger = "stack: s\nfunctions:\n  f:\n    runtime: python3.13\n    handler: a.b\n    code: stack.yaml\n    role: r\n    ignore: {triggers.x: theirs}\n";
    snap!(several(&[
        ("a list", table("[billing]")),
        ("a text", table("billing")),
        ("no reason", table("{billing: }")),
        ("an empty reason", table("{billing: ' '}")),
        ("a reason that is no text", table("{billing: [a]}")),
        ("a reason that is filled in", table("{billing: '${env:SECRET}'}")),
        ("no path", table("{'.billing': x}")),
        ("a property that is not there", table("{biling: x}")),
        ("one below that is not there", table("{billing.read_capcity: x}")),
        ("another tool's word", table("{billing.readCapacityUnits: x}")),
        ("below what is whole", table("{point_in_time_recovery.period_days: x}")),
        ("a part of a document", table("{resource_policy.Statement: x}")),
        ("a key", table("{partition_key: x}")),
        ("a local index", table("{local_secondary_indexes.one.projection: x}")),
        ("the name", table("{name: x}")),
        ("a tag of ours", table("{tags.underpin:stack: x}")),
        ("a short form", role("{assumed_by: x}")),
        ("the path", role("{path: x}")),
        ("what is a resource of its own", shown_for(trigger)),
        (
            "Terraform's word",
            shown_for("stack: s\ntables: {t-1: {partition_key: pk, lifecycle: {ignore_changes: [tags]}}}\n")
        ),
    ]));
}

#[test]
fn ignored_properties_are_read_with_their_reasons() {
    let text = "stack: s\ntables:\n  t-1:\n    partition_key: pk\n    ignore:\n      billing.read_capacity: scaled\n      \
                tags[\"a.b\"]: theirs\n      global_secondary_indexes.by-x: built by a job\n";
    let file = example_folder().join("stack.yaml");
    let document = Document::parse(file, text.to_owned(), &crate::kinds::REGISTRY).expect("YAML");
    let env = Environment::new("123456789012", "eu-central-1");
    let (vault, archives) = (Vault::new([1; 32]), Archives::default());
    let stack = document.load(None, &|_| env.clone(), &crate::kinds::REGISTRY, &vault, &archives, &variables);
    let stack = stack.unwrap_or_else(|failure| panic!("{failure}"));
    let said: Vec<String> =
        stack.resources[0].ignored.iter().map(|one| format!("{}: {}", one.path, one.reason)).collect();
    assert_eq!(
        said,
        ["billing.read_capacity: scaled", "tags[\"a.b\"]: theirs", "global_secondary_indexes.by-x: built by a job"]
    );
    assert_eq!(stack.resources[0].body.get("ignore"), None, "no kind sees it");
}

#[test]
fn of_texts() {
    let json = |text: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("a.json"), text).expect("written");
        let text = "stack: s\nroles:\n  r: {assume_role_policy: a.json}\n";
        let shown = shown(load_in(folder.path(), text, None).err());
        shown.replace(&format!("{}/", folder.path().display()), "")
    };
    snap!(several(&[
        ("a comma too many", json("{\"a\": \"b\",}")),
        ("a key without quotes", json("{a: 1}")),
        ("two values", json("{} {}")),
        ("an empty text", shown_for("stack: s\nroles: {r: {assumed_by: a.amazonaws.com, permissions_boundary: ''}}\n")),
        ("a colon without its space", errors("stack: s\ntables:\n  t:{partition_key: pk}\n")),
        (
            "a text that is too long",
            shown_for(&format!(
                "stack: s\nroles: {{r: {{assumed_by: a.amazonaws.com, description: {}}}}}\n",
                "x".repeat(1_001)
            ))
        ),
        (
            "a stream that is off",
            shown_for(
                "stack: s\ntables: {t-1: {partition_key: pk, time_to_live: '${tables.t-2.stream_arn}'}, t-2: {partition_key: pk}}\n"
            )
        ),
        (
            "a reserved character",
            shown_for("stack: s\nroles: {r: {assumed_by: a.amazonaws.com, description: 'x${env:RESERVED}'}}\n")
        ),
    ]));
}

/// Texts of other checks before the kind's own, and of checks that the loader does not make.
const BEYOND: [&str; 22] = [
    // The schema.
    "` lists none",
    "leave it out, or list ids",
    "no service is named",
    "` is not a service that can assume roles",
    "write a service such as `lambda.amazonaws.com`; accounts, roles and users are named in `assume_role_policy`",
    // The loader, which makes the archive.
    "the archive is larger than 50 MB, the most that Lambda takes with a call",
    "move dependencies into layers",
    // The plan, which knows the role.
    "the trust policy of `",
    "` does not let `",
    "` assume the role",
    "give the role `assumed_by:",
    "`, or choose another",
    // `validate`, once all is loaded: `it cli_exit::exit_1_when_two_resources_are_the_same_to_aws`.
    "Lambda takes one trigger for a function and a source",
    "make them one trigger, whose `filters` are alternatives, or give one a function of its own",
    // Files that are too large or no files: `it cli_exit::exit_1_with_location_for_every_unreadable_file`.
    "it is not a regular file",
    "` is too large:",
    // No messages: subjects of complaints, and a reason for a lint.
    "the environment `",
    "the parts of a loop's body",
    "out of the folder",
    // No file can cause these as long as the kinds and the zip format are as they are.
    "the code can't be zipped:",
    "this mapping has none of the known forms",
    "the text is too short:",
];

/// The text of all snapshots of a folder.
fn snapshots(folder: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(folder).join("snapshots");
    let all = std::fs::read_dir(folder).expect("the snapshots").filter_map(Result::ok);
    all.map(|entry| std::fs::read_to_string(entry.path()).expect("a text")).collect()
}

#[test]
fn every_check_has_a_case() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let shown = snapshots("stack/tests") + &snapshots("policy/check");
    let mut missing = Vec::new();
    let kinds = ["table", "vpc_endpoint", "security_group_rule", "role", "function", "trigger"]
        .map(|kind| format!("kinds/{kind}/check.rs"));
    let policies = ["condition", "mod", "principal", "statement"].map(|file| format!("policy/check/{file}.rs"));
    let stack = [
        "parse/document",
        "parse/json",
        "parse/yaml",
        "read/alternatives",
        "read/archive",
        "read/confine",
        "read/files",
        "read/interpolate",
        "read/scalar",
        "read/walk",
        "resolve/ignore",
        "resolve/index",
        "resolve/order",
        "resolve/resolver",
        "settings/local",
        "settings/read",
        "settings/tags",
    ];
    let stack = stack.map(|file| format!("stack/{file}.rs"));
    for file in kinds.into_iter().chain(policies).chain(stack) {
        let all = texts(&std::fs::read_to_string(root.join(&file)).expect("the checks"));
        assert!(!all.is_empty(), "{file}");
        let untested = |text: &&String| !shown.contains(*text) && !BEYOND.contains(&text.as_str());
        missing.extend(all.iter().filter(untested).map(|text| format!("{file}: {text}")));
    }
    assert!(missing.is_empty(), "no stack here is told: {missing:#?}");
}

#[test]
fn invalid_access_patterns_are_refused() {
    let table = "partition_key: pk\nsort_key: sk\nglobal_secondary_indexes:\n  by-group: {partition_key: group}\n";
    let with = |patterns: &str| {
        let lines = patterns.lines().map(|line| format!("  {line}\n")).collect::<Vec<_>>().concat();
        format!("{table}access_patterns:\n{lines}")
    };
    let all = [
        ("unknown key", "a:\n  keys: {pk: \"A#{a}\"}"),
        ("unquoted braces", "a:\n  key: {pk: {a}}"),
        ("a list for a key", "a:\n  key: [pk]"),
        ("unknown comparison", "a:\n  key: {pk: \"A#{a}\"}\n  sort: {starts_with: \"{b}\"}"),
        ("two comparisons", "a:\n  key: {pk: \"A#{a}\"}\n  sort: {at_least: \"{b}\", at_most: \"{c}\"}"),
        ("one bound", "a:\n  key: {pk: \"A#{a}\"}\n  sort: {between: [\"{b}\"]}"),
        ("unknown order", "a:\n  key: {pk: \"A#{a}\"}\n  order: newest"),
        ("no limit", "a:\n  key: {pk: \"A#{a}\"}\n  limit: 0"),
        ("a name that no command line takes", "\"a b\":\n  key: {pk: \"A#{a}\"}"),
        ("no pattern", "a:"),
        ("unknown index", "a:\n  index: by-grup\n  key: {group: \"{a}\"}"),
        ("broken template", "a:\n  key:\n    pk: \"A#{a\""),
        ("consistent", "a:\n  index: by-group\n  key: {group: \"{a}\"}\n  consistent: true"),
        ("unknown write", "a:\n  write: {insert: [{pk: \"A#{a}\", sk: \"{b}\"}]}"),
        ("a condition that is a text", "a:\n  write: {put: [{pk: \"A#{a}\", sk: \"{b}\", condition: x}]}"),
        ("no key", "a:\n  write:\n    put:\n      - pk: \"A#{a}\"\n      - {pk: \"B#{a}\", sk: \"{b}\"}"),
        (
            "a key updated",
            "a:\n  write:\n    transact:\n      - update: {pk: \"A#{a}\", sk: \"{b}\", set: {sk: \"{c}\"}}",
        ),
        (
            "transact beside others",
            "a:\n  write:\n    put: [{pk: \"A\", sk: \"{b}\"}]\n    transact: {put: [{pk: \"B\", sk: \"{b}\"}]}",
        ),
        ("known after apply", "a:\n  key: {pk: \"${tables.orders.stream_arn}\"}"),
        ("ignored", "a:\n  key: {pk: \"A#{a}\"}"),
    ];
    let all = all.map(|(what, patterns)| {
        let more = match what {
            "known after apply" => "stream: new_image\n",
            "ignored" => "ignore: {access_patterns.a: why not}\n",
            _ => "",
        };
        (what, format!("{}{more}", with(patterns)))
    });
    snap!(cases("tables", "orders", &all));
}

#[test]
fn invalid_grants_are_refused() {
    let with = |grants: &str| format!("assumed_by: lambda.amazonaws.com\n{grants}\n");
    let all = [
        ("no table", "grants: [{patterns: all}]"),
        ("no patterns", "grants: [{table: t}]"),
        ("one word", "grants: [{table: t, patterns: everything}]"),
        ("twice", "grants: [{table: t, patterns: [a, a]}]"),
        ("a mapping", "grants: {table: t, patterns: all}"),
        ("ignored", "grants: [{table: t, patterns: all}]\nignore: {grants: why not}"),
    ];
    snap!(cases("roles", "r", &all.map(|(what, grants)| (what, with(grants)))));
}
