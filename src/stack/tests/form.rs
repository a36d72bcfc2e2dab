//! Refusals of a file's form, before any schema is applied.

use super::*;

#[test]
fn yaml_features_outside_the_language_are_refused() {
    snap!(errors(
        "stack: s\nstack: t\ntables:\n  a: &anchor\n    partition_key: !!str pk\n  b: *anchor\n  <<: {c: {}}\n  [x, y]: {}\n  '': {}\n"
    ));
}

#[test]
fn multiple_yaml_documents_are_refused() {
    snap!(errors("stack: a\n---\nstack: b\n"));
}

#[test]
fn an_empty_file() {
    snap!(errors("# nothing\n"));
    snap!(errors("[a, b]\n"));
    snap!(errors("just text\n"));
}

#[test]
fn reserved_characters() {
    snap!(errors("stack: s\ntags: {a: \u{E000}x}\n"));
}

#[test]
fn oversized_and_too_deep_files_are_refused() {
    let large = format!("stack: {}\n", "x".repeat(8 << 20));
    snap!(errors(&large));
    let deep = format!("stack: {}x{}\n", "[".repeat(100), "]".repeat(100));
    snap!(errors(&deep));
    let deeper = format!("{}x", "[".repeat(1_000_000));
    assert!(errors(&deeper).contains("deeper"));
}

#[test]
fn first_thousand_errors_are_shown_to_people_and_all_to_programs() {
    let tables: Vec<String> = (0..1_100).map(|number| format!("  table-{number}: {{}}\n")).collect();
    let tables = tables.concat();
    let failure = load(&format!("stack: s\nregion: eu-central-1\ntables:\n{tables}")).err().expect("it is refused");
    let shown = failure.render(false);
    assert_eq!(shown.matches("error: ").count(), 1_000);
    assert!(shown.contains("stack.yaml:1003:3"), "the thousandth");
    assert!(shown.ends_with("\n\n… and 100 more, which `--format json` lists"), "{}", &shown[shown.len() - 200..]);
    let programs = serde_json::to_value(&failure).expect("it is JSON");
    assert_eq!(programs["errors"].as_array().map(Vec::len), Some(1_100));
}

#[test]
fn a_byte_order_mark_is_fine() {
    assert_eq!(errors("\u{FEFF}stack: s\n"), "no errors");
}

#[test]
fn underline_covers_only_the_quoted_value() {
    for (quoted, length) in [("\"12\"", 4), ("'1''2'", 6), (r#""1\"2""#, 6)] {
        let shown = errors(&format!("stack: s\naccount: {quoted}   # twelve digits, \"quoted\"\n"));
        assert!(shown.contains(&format!(" {} expected", "^".repeat(length))), "{shown}");
    }
}

#[test]
fn mistakes_of_syntax() {
    let cases = [
        ("tab", "stack: s\ntables:\n\ta: {}\n"),
        ("missing_colon", "stack: s\ntables\n  a: {}\n"),
        ("missing_colon_end", "stack: s\ntables:\n  a:\n    stream\n    partition_key: pk\n"),
        ("colon_in_value", "stack: a: b\n"),
        ("open_quote", "stack: \"s\ntables: {}\n"),
        ("open_brace", "stack: s\ntables: {a: {partition_key: pk}\n"),
        ("open_bracket", "stack: s\nresidency: [eu-central-1\ntables: {}\n"),
        ("interpolation_in_braces", "stack: s\ntables: {a: {partition_key: ${region}}}\n"),
        ("indentation", "stack: s\ntables:\n  a:\n    partition_key: pk\n   sort_key: sk\n"),
        ("dash", "stack: s\nresidency:\n  - a\n - b\n"),
        ("escape", "stack: \"a\\d\"\n"),
        ("after_quotes", "stack: \"a\" b\n"),
        ("at_sign", "stack: @a\n"),
        ("percent", "%foo\nstack: a\n"),
        ("unknown_alias", "stack: *a\n"),
        ("block", "stack: |\n   a\n  b\n"),
        ("backtick", "stack: `a`\n"),
        ("bracket", "stack: ]\n"),
    ];
    let shown: Vec<String> = cases.iter().map(|(name, text)| format!("## {name}\n{}\n", errors(text))).collect();
    snap!(shown.join("\n"));
}

#[test]
fn files_that_can_not_be_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let show =
        |result: Result<Document, Failure>| shown(result.err()).replace(&format!("{}/", folder.path().display()), "");
    snap!(show(Document::read(&folder.path().join("stack.yaml"), &kinds::registry())));
    let path = folder.path().join("latin.yaml");
    std::fs::write(&path, b"stack: s\ntags: {a: gr\xfc\xdf}\n").expect("written");
    snap!(show(Document::read(&path, &kinds::registry())));
}

#[test]
fn nul_and_missing_space_after_colon_have_their_own_errors() {
    let shown = errors("stack: s\nregion: eu-\0central-1\n");
    assert!(shown.contains("the file has a NUL character") && shown.contains("stack.yaml:2:12"), "{shown}");
    let shown = errors("stack: s\ntables:\n  ttt:{partition_key: pk}\n");
    assert!(shown.contains("a space is missing after a key's colon") && shown.contains("stack.yaml:3:3"), "{shown}");
    assert!(!shown.contains("is not a mapping"), "{shown}");
}
