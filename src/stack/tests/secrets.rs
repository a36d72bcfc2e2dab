//! Values that are sealed, and values that can't be.

use super::*;

#[test]
fn environment_values_are_sealed() {
    let text = "stack: s\ntags: {who: \"x${env:SET}\"}\nroles:\n  r:\n    permissions_boundary: a-${env:SET}\n    tags: {mine: \"${env:STAGE}\"}\n    inline_policies: {p: {Sid: \"${env:SET}\"}}\n";
    let loaded = load(text).unwrap_or_else(|failure| panic!("{failure}"));
    let body = loaded.body("roles.r");
    let open = |value: &serde_json::Value| loaded.vault.open(value.as_str().expect("a text"));
    assert_eq!(open(&body["permissions_boundary"]).as_deref(), Some("a-hunter2"));
    assert_eq!(open(&body["tags"]["mine"]).as_deref(), Some("blue"));
    assert_eq!(open(&body["tags"]["who"]).as_deref(), Some("xhunter2"));
    assert_eq!(open(&body["inline_policies"]["p"]["Sid"]).as_deref(), Some("hunter2"));
    assert!(!format!("{:?}", loaded.stack).contains("hunter2"));
}

#[test]
fn value_derived_from_a_secret_is_sealed() {
    let text = "stack: s\nroles:\n  r: {path: \"/${env:SET}/\"}\n  q: {permissions_boundary: \"${roles.r.arn}\"}\n";
    let loaded = load(text).unwrap_or_else(|failure| panic!("{failure}"));
    let sealed = loaded.body("roles.q")["permissions_boundary"].as_str().expect("a text");
    assert_eq!(loaded.vault.open(sealed).as_deref(), Some("arn:aws:iam::123456789012:role/hunter2/r"));
}

#[test]
fn names_from_the_environment_are_not_sealed() {
    let text = "stack: s-${env:STAGE}\nroles:\n  r: {name: \"r-${env:STAGE}\", path: \"/${stack}/\"}\n";
    let loaded = load(text).unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(loaded.declared("roles.r").name, "r-blue");
    assert_eq!(loaded.stack.settings.stack, "s-blue");
    assert_eq!(loaded.body("roles.r")["path"], "/s-blue/");
}

#[test]
fn snippets_show_no_secrets() {
    let text = "stack: s\nfunctions:\n  f: {runtime: p, handler: h, code: lambdas, role: r, environment: {A: \"hunter3\", B: [x]}, memory: 1}\n";
    let shown = errors(text);
    assert!(!shown.contains("hunter3"), "{shown}");
    snap!(shown);
}

#[test]
fn a_variable_of_a_function_may_be_a_reference_alone() {
    let with = |value: &str| {
        format!(
            "stack: s\nvpc_endpoints: {{e: {{service: s3}}}}\nfunctions:\n  f: {{runtime: p, handler: h, code: lambdas, role: r, environment: {{A: \"{value}\"}}}}\n"
        )
    };
    assert_eq!(errors(&with("${vpc_endpoints.e.id}")), "no errors");
    snap!(errors(&with("https://${vpc_endpoints.e.id}/")));
}

#[test]
fn sealed_values_are_validated_and_not_printed() {
    let with = |path: &str| format!("stack: s\nroles:\n  r: {{path: \"{path}\"}}\n");
    assert_eq!(errors(&with("/${env:SET}/")), "no errors");
    let shown = errors(&with("/bad${env:SET}/"));
    assert!(!shown.contains("hunter2"), "{shown}");
    snap!(shown);
}
