//! Laws that hold for every text.

use proptest::prelude::*;

use super::*;
use crate::stack::schema::schema;
use crate::stack::source::Source;
use crate::stack::source::redaction::Language;

/// Texts of pieces of a stack, in any order.
fn yamlish() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "stack",
        "tables",
        "roles",
        "functions",
        "triggers",
        "guardrails",
        "environments",
        "tags",
        "name",
        "partition_key",
        "billing",
        "mode",
        "provisioned",
        "code",
        "lambdas",
        "policies/scp/base.json",
        "environment",
        "scps",
        "exceptions",
        "a",
        "null",
        "~",
        "true",
        "5",
        "é",
        ": ",
        ":",
        "\n",
        "\n  ",
        "\n    ",
        "\n- ",
        "{",
        "}",
        "[",
        "]",
        ", ",
        "\"",
        "'",
        "&",
        "*",
        "!",
        "|\n",
        ">",
        "#",
        "%",
        "@",
        "\t",
        "${",
        "}",
        "$${",
        "${tables.a.arn}",
        "${roles.a.arn}",
        "${env:SET}",
        "<<",
        "---\n",
        "...\n",
        "? ",
        "\u{FEFF}",
        "\u{E000}",
        "\\",
        "\r\n",
        "\0",
    ]);
    prop::collection::vec(pieces, 0..60).prop_map(|pieces| pieces.concat())
}

/// Texts that are more like a stack: keys and values fit each other more often than not.
fn stackish() -> impl Strategy<Value = String> {
    let value = prop::sample::select(vec![
        "x",
        "5",
        "true",
        "[]",
        "{}",
        "[a, {b: c}]",
        "{mode: provisioned}",
        "\"5\"",
        "null",
        "",
        "lambdas",
        "policies/scp/base.json",
        "${tables.a.arn}",
        "${tables.b.stream_arn}",
        "${roles.a.id}",
        "x${env:SET}",
        "${roles.a.arn}",
        "{t: {stream: \"${tables.a.stream_arn}\"}}",
        "{include: [a]}",
        "{i: {partition_key: [a, b], projection: all}}",
    ]);
    let key = prop::sample::select(vec![
        "partition_key",
        "name",
        "tags",
        "billing",
        "stream",
        "global_secondary_indexes",
        "time_to_live",
        "resource_policy",
        "path",
        "inline_policies",
        "permissions_boundary",
        "code",
        "role",
        "environment",
        "triggers",
        "vpc",
        "memory",
        "runtime",
        "handler",
        "deletion_protection",
        "encryption",
        "service",
        "route_tables",
        "policy",
    ]);
    let resource = prop::collection::vec((key, value), 0..6).prop_map(|pairs| {
        pairs.iter().map(|(key, value)| format!("    {key}: {value}\n")).collect::<Vec<_>>().concat()
    });
    let section = prop::sample::select(vec!["tables", "roles", "functions", "vpc_endpoints"]);
    let name = prop::sample::select(vec!["a", "b", "c.d"]);
    prop::collection::vec((section, name, resource), 0..5).prop_map(|all| {
        let sections = all.iter().map(|(section, name, body)| format!("{section}:\n  {name}:\n{body}"));
        std::iter::once("stack: s\n".to_owned()).chain(sections).collect::<Vec<_>>().concat()
    })
}

/// A name can't be secret.
fn names_tell(text: &str) -> bool {
    text.contains("name: x${env:SET}") || text.contains("stack${env:SET}")
}

/// Checks that loading ends, and that every diagnostic has a place within the text.
fn ends(text: &str) -> Result<(), TestCaseError> {
    match load(text) {
        Ok(loaded) => {
            let shown = format!("{:?}", loaded.stack);
            prop_assert!(names_tell(text) || !shown.contains("hunter2"));
        }
        Err(failure) => {
            prop_assert!(!failure.diagnostics.is_empty());
            for diagnostic in &failure.diagnostics {
                if let Some(at) = diagnostic.location.as_ref().filter(|at| at.file.ends_with("stack.yaml")) {
                    prop_assert!(at.line >= 1 && at.column >= 1 && at.bytes.1 <= text.len().max(1));
                }
            }
            let shown = failure.render(false);
            prop_assert!(names_tell(text) || !shown.contains("hunter2"));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_on_pieces(text in yamlish()) {
        ends(&text)?;
    }

    #[test]
    fn nothing_panics_on_stacks(text in stackish()) {
        ends(&text)?;
    }

    #[test]
    fn nothing_panics_on_anything(text in "\\PC{0,40}") {
        ends(&text)?;
        ends(&format!("stack: s\ntables:\n  a:\n    partition_key: {text}\n"))?;
    }

    #[test]
    fn every_place_is_within_its_text(text in "(\\PC|\n){0,30}", start in 0_usize..40, end in 0_usize..40) {
        let source = Source::new("s".into(), text, Language::SETTINGS);
        let at = source.location(crate::stack::source::Span::new(start, end));
        prop_assert!(source.text().get(at.bytes.0..at.bytes.1).is_some());
    }

    #[test]
    fn literal_text_is_loaded_unchanged(text in "[a-zA-Z0-9 _.:/$*?-]{0,20}") {
        let document = format!("stack: s\nroles:\n  r: {{path: {}}}\n", serde_json::json!(text));
        let loaded = load(&document).unwrap_or_else(|failure| panic!("{failure}"));
        prop_assert_eq!(loaded.body("roles.r")["path"].as_str(), Some(text.as_str()));
    }
}

#[test]
fn every_schema_pattern_is_a_valid_regex() {
    fn walk(value: &serde_json::Value, found: &mut usize) {
        match value {
            serde_json::Value::Object(map) => {
                if let Some(serde_json::Value::String(pattern)) = map.get("pattern") {
                    assert!(regex_lite::Regex::new(pattern).is_ok(), "{pattern}");
                    *found += 1;
                }
                map.values().for_each(|value| walk(value, found));
            }
            serde_json::Value::Array(items) => items.iter().for_each(|value| walk(value, found)),
            _ => {}
        }
    }
    let mut found = 0;
    walk(&schema(&kinds::registry()), &mut found);
    walk(&schema(&crate::kinds::REGISTRY), &mut found);
    assert!(found > 5);
}

#[test]
fn the_schema_of_the_file() {
    let schema = schema(&kinds::registry());
    let sections: Vec<&String> = schema["$defs"].as_object().expect("definitions").keys().collect();
    assert_eq!(sections, ["tables", "vpc_endpoints", "roles", "functions", "triggers"]);
    assert_eq!(schema["properties"]["tables"]["additionalProperties"]["$ref"], "#/$defs/tables");
    assert!(schema["properties"].get("triggers").is_none());
    let function = &schema["$defs"]["functions"]["properties"];
    assert_eq!(function["triggers"]["additionalProperties"]["$ref"], "#/$defs/triggers");
    assert!(schema["$defs"]["triggers"]["properties"].get("function").is_none());
    let memory = function["memory"].to_string();
    assert!(memory.contains(r"\\$\\{"), "{memory}");
}
