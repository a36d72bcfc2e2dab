//! Every member of every answer to a read is read, left out for a reason, or reported.
//!
//! The members come from AWS's own service models (`tests/data/answers.json`, which `scripts/answer-members` writes)
//! and from the types of the SDK that is built against. So a new member fails here, and not silently for a user.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::LIVE;
use crate::kind::{Answer, ErasedLive, MemberUse, covers};

/// Service, operation.
type Operation = (String, String);

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The members in AWS's service models.
fn modelled() -> BTreeMap<Operation, Vec<String>> {
    let text = fs::read_to_string(root().join("tests/data/answers.json")).expect("the extract is there");
    let extract: Value = serde_json::from_str(&text).expect("it is JSON");
    let mut all = BTreeMap::new();
    for (service, operations) in extract["operations"].as_object().expect("services") {
        for (operation, members) in operations.as_object().expect("operations") {
            let members = members.as_array().expect("members").iter().filter_map(Value::as_str).map(str::to_owned);
            all.insert((service.clone(), operation.clone()), members.collect());
        }
    }
    all
}

fn answers() -> Vec<(&'static dyn ErasedLive, &'static Answer)> {
    LIVE.iter().flat_map(|kind| kind.answers().iter().map(move |answer| (*kind, answer))).collect()
}

/// The faults of a list of members, compared with those in the model.
fn wrong(answer: &Answer, members: &[String]) -> Vec<String> {
    let listed = answer.members();
    let mut wrong = Vec::new();
    for member in members {
        match listed.iter().filter(|(path, _)| covers(path, member)).count() {
            1 => {}
            0 => wrong.push(format!("{member} is on no list")),
            _ => wrong.push(format!("{member} is on several lists")),
        }
    }
    for (path, fate) in &listed {
        let there = match fate {
            // A member that is read is one value: a whole tree could hide new members.
            MemberUse::Read => members.contains(path),
            _ => members.iter().any(|member| covers(path, member)),
        };
        if !there {
            wrong.push(format!("{path} is not (or no single value) in the answer"));
        }
    }
    wrong
}

#[test]
fn every_response_member_is_read_ignored_with_reason_or_reported() {
    let modelled = modelled();
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    for (kind, answer) in answers() {
        let operation = (answer.service.to_owned(), answer.operation.to_owned());
        let members = modelled.get(&operation).filter(|members| !members.is_empty());
        let Some(members) = members else {
            faults.push(format!("{}: {operation:?} is not in the extract", kind.section()));
            continue;
        };
        faults.extend(
            wrong(answer, members).iter().map(|fault| format!("{} {}: {fault}", kind.section(), answer.operation)),
        );
        seen.insert(operation);
        for (reason, _) in answer.ignored {
            assert!(reason.contains(' '), "`{reason}` is no reason");
        }
    }
    let stale: Vec<_> = modelled.keys().filter(|operation| !seen.contains(*operation)).collect();
    assert_eq!(stale, Vec::<&Operation>::new(), "no kind lists them");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The law itself can fail: a new member, a stale entry, an entry twice, a tree that is listed as read.
#[test]
fn incomplete_member_list_is_detected() {
    let members = ["Table.Name", "Table.Parts[].Id", "Table.Parts[].Size"].map(str::to_owned);
    let list = |read: &'static str, ignored: &'static [(&'static str, &'static str)]| {
        wrong(&Answer { at: "Table", read, ignored, ..crate::kind::ANSWER }, &members)
    };
    assert_eq!(list("Name Parts[].Id Parts[].Size", &[]), [""; 0]);
    assert_eq!(list("Name", &[("no part matters", "Parts")]), [""; 0]);
    assert_eq!(list("Name Parts[].Id", &[]), ["Table.Parts[].Size is on no list"]);
    assert_eq!(list("Name Parts[].Id Parts[].Size Wings", &[]).len(), 1);
    assert_eq!(list("Name Parts[].Id", &[("some", "Parts")]).len(), 1);
    assert_eq!(list("Name Parts", &[]), ["Table.Parts is not (or no single value) in the answer"]);
}

/// The typed answers of signed calls that a kind's reading is made of, besides its own folder.
fn typed_answers(section: &str) -> &'static [&'static str] {
    match section {
        "tables" => &["src/aws/key.rs"],
        "vpc_endpoints" | "security_group_rules" | "roles" => &["src/aws/ec2/answers.rs"],
        _ => &[],
    }
}

/// The sources of a kind's `live` folder, and of the typed answers that it reads, without comments.
fn room(section: &str) -> String {
    let folder = match section {
        "tables" => "table",
        "vpc_endpoints" => "vpc_endpoint",
        "security_group_rules" => "security_group_rule",
        "roles" => "role",
        "functions" => "function",
        "triggers" => "trigger",
        other => panic!("{other} is no kind"),
    };
    let mut text = String::new();
    let mut folders: Vec<PathBuf> = vec![root().join("src/kinds").join(folder).join("live")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a room").filter_map(Result::ok) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().is_some_and(|name| name != "answers.rs") {
                text.push_str(&code_of(&path));
            }
        }
    }
    text.extend(typed_answers(section).iter().map(|file| code_of(&root().join(file))));
    text
}

/// A source without its comments and tests.
fn code_of(path: &Path) -> String {
    let source = fs::read_to_string(path).expect("a source");
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    let lines: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    lines.join("\n")
}

/// The clients, and the services that they talk to.
const CLIENTS: [(&str, &str); 6] = [
    ("dynamodb", "dynamodb"),
    ("lambda", "lambda"),
    ("logs", "logs"),
    ("scaling", "application-autoscaling"),
    ("iam", "iam"),
    ("ec2", "ec2"),
];

/// Signed calls that are methods of the connection itself, with service and operation.
const SIGNED: [(&str, &str, &str); 1] = [("describe_key", "kms", "describekey")];

#[test]
fn every_read_operation_has_a_member_list() {
    for kind in LIVE {
        let source: String = room(kind.section()).chars().filter(|c| !c.is_whitespace()).collect();
        let mut called = BTreeSet::new();
        for (client, service) in CLIENTS {
            for rest in source.split(&format!("aws.{client}().")).skip(1) {
                let method = rest.split('(').next().unwrap_or_default();
                if ["describe_", "get_", "list_", "scan", "query", "batch_get_", "search_"]
                    .iter()
                    .any(|verb| method.starts_with(verb))
                {
                    called.insert((service.to_owned(), plain(method)));
                }
            }
        }
        for (method, service, operation) in SIGNED {
            if source.contains(&format!("aws.{method}(")) {
                called.insert((service.to_owned(), operation.to_owned()));
            }
        }
        let listed: BTreeSet<_> =
            kind.answers().iter().map(|answer| (answer.service.to_owned(), plain(answer.operation))).collect();
        assert_eq!(called, listed, "{}", kind.section());
        assert_eq!(listed.len(), kind.answers().len(), "{}: an operation is listed twice", kind.section());
        assert!(!listed.is_empty());
    }
}

/// A name without case and punctuation: `SSEDescription` and `sse_description` are the same.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase()
}

#[test]
fn members_listed_as_read_or_named_occur_in_the_code() {
    let mut faults = Vec::new();
    for (kind, answer) in answers() {
        let room = room(kind.section());
        let words: BTreeSet<String> = room.split(|c: char| !c.is_alphanumeric() && c != '_').map(plain).collect();
        for (path, fate) in answer.members() {
            let name = path.rsplit('.').next().unwrap_or_default().trim_end_matches("[]");
            match fate {
                // The tags' names and values are read where they are paired, by their usual names.
                MemberUse::Read if !words.contains(&plain(name)) => faults.push(format!("{}: {path}", kind.section())),
                MemberUse::Named(feature) if !room.contains(&format!("\"{feature}\"")) && !room.contains(feature) => {
                    faults.push(format!("{}: {path} is not named as `{feature}`", kind.section()));
                }
                _ => {}
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The folders of the SDK's packages that are built against, by name.
fn packages() -> BTreeMap<String, PathBuf> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let version = Command::new(rustc).arg("-vV").output().expect("the compiler tells its host").stdout;
    let version = String::from_utf8_lossy(&version).into_owned();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host");
    // Without the platform, packages for other platforms would be needed, too.
    let output = Command::new(cargo)
        .args([
            "metadata",
            "--format-version",
            "1",
            "--locked",
            "--offline",
            "--filter-platform",
            host,
            "--manifest-path",
        ])
        .arg(root().join("Cargo.toml"))
        .output()
        .expect("cargo tells its packages");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo can't tell its packages: {told}");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("they are JSON");
    let package = |package: &Value| {
        let manifest = PathBuf::from(package["manifest_path"].as_str()?);
        Some((package["name"].as_str()?.to_owned(), manifest.parent()?.to_path_buf()))
    };
    metadata["packages"].as_array().expect("packages").iter().filter_map(package).collect()
}

/// The leaves of a type of the SDK, by plain names, as the model's are.
fn leaves(package: &Path, file: &Path, above: &[String]) -> Vec<String> {
    let source = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let body = source.split("pub struct ").nth(1).and_then(|rest| rest.split("\n}").next()).unwrap_or_default();
    let mut found = Vec::new();
    for line in body.lines() {
        let Some((name, kind)) = line.trim().strip_prefix("pub ").and_then(|rest| rest.split_once(": ")) else {
            continue;
        };
        let name = plain(name);
        let map = kind.contains("HashMap<");
        let list = kind.contains("Vec<") && !map;
        let inner = kind.split("crate::types::").nth(1).and_then(|rest| rest.split('>').next());
        let inner = inner.map(|inner| inner.trim_end_matches(',')).filter(|_| !map);
        let below = inner.map(|inner| (inner, package.join(format!("src/types/_{}.rs", snake(inner)))));
        match below {
            Some((inner, file)) if is_structure(&file, inner) && !above.contains(&inner.to_owned()) => {
                let above: Vec<String> = above.iter().cloned().chain([inner.to_owned()]).collect();
                let mark = if list { "[]" } else { "" };
                found.extend(leaves(package, &file, &above).into_iter().map(|path| format!("{name}{mark}.{path}")));
            }
            _ => found.push(name),
        }
    }
    found
}

fn is_structure(file: &Path, name: &str) -> bool {
    fs::read_to_string(file).is_ok_and(|source| source.contains(&format!("pub struct {name} ")))
}

/// The name of an SDK file: `sse_description` for `SseDescription`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for (index, c) in name.char_indices() {
        if c.is_ascii_uppercase() && index > 0 {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}

#[test]
fn every_sdk_member_is_listed_and_newer_members_are_not_in_the_sdk() {
    let packages = packages();
    let (mut faults, mut seen) = (Vec::new(), 0);
    for (kind, answer) in answers() {
        let service = match answer.service {
            "logs" => "cloudwatchlogs",
            "application-autoscaling" => "applicationautoscaling",
            other => other,
        };
        // A service without a crate is read by signed calls, of which `py test_signed_calls.py` compares the members.
        let Some(package) = packages.get(&format!("aws-sdk-{service}")) else { continue };
        let operation = snake(answer.operation);
        let file = package.join(format!("src/operation/{operation}/_{operation}_output.rs"));
        let members = leaves(package, &file, &[]);
        assert!(!members.is_empty(), "{} has no members", file.display());
        let path_of = |path: &str| {
            path.split('.')
                .map(|key| plain(key) + if key.ends_with("[]") { "[]" } else { "" })
                .collect::<Vec<_>>()
                .join(".")
        };
        let listed: Vec<(String, MemberUse)> =
            answer.members().into_iter().map(|(path, fate)| (path_of(&path), fate)).collect();
        seen += members.len();
        for member in &members {
            if !listed.iter().any(|(path, _)| covers(path, member)) {
                faults.push(format!("{} {}: {member} is on no list", kind.section(), answer.operation));
            }
        }
        for (path, fate) in &listed {
            let there = members.iter().any(|member| covers(path, member));
            match fate {
                MemberUse::Newer(_) if there => faults.push(format!("{path} is in the SDK by now: it can be read")),
                MemberUse::Read | MemberUse::Named(_) if !there => faults.push(format!("{path} is not in the SDK")),
                _ => {}
            }
        }
    }
    assert!(seen > 400, "only {seen} members were seen");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
