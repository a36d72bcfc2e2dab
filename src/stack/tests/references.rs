//! References: allowed names, the time when they are known, and cycles.

use super::*;
use crate::base::pending;

fn role(properties: &str) -> String {
    errors(&format!(
        "stack: s\ntables:\n  messages:\n    partition_key: pk\nroles:\n  r:\n    assumed_by: lambda\n    {properties}\n"
    ))
}

#[test]
fn unresolvable_references_are_errors() {
    snap!(several(&[
        ("section", role("path: x ${table.messages.arn}")),
        ("name", role("path: ${tables.mesages.arn}")),
        ("far name", role("path: ${tables.other.arn}")),
        ("no entries", role("path: ${functions.f.arn}")),
        ("attribute", role("path: ${tables.messages.stream}")),
        ("word", role("path: ${regoin}")),
        ("shell", role("path: ${HOME}/x")),
        ("variable", role("path: \"é ${region} ${env:UNSET}\"")),
        ("environment", role("path: ${environment}")),
        ("unclosed", role("path: ${region")),
        ("empty", role("path: a${}b")),
        ("no variable", role("path: ${env:}")),
        ("two parts", role("path: ${tables.messages}")),
        ("nested", role("path: ${tables.${region}.arn}")),
        ("block", role("path: |\n      first\n      second ${tables.x.arn}")),
        ("several in one", role("path: ${a}${b}")),
    ]));
}

#[test]
fn aws_variables_and_escapes_are_left_unchanged() {
    let text = "stack: s\nroles:\n  r:\n    description_: x\n";
    assert!(errors(text).contains("description_"));
    let text = "stack: s\nroles:\n  r:\n    path: \"${aws:PrincipalTag/team} ${*} ${?} ${$} $${region} $${env:X}\"\n";
    let loaded = load(text).unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(loaded.body("roles.r")["path"], "${aws:PrincipalTag/team} ${*} ${?} ${$} ${region} ${env:X}");
}

#[test]
fn static_values_follow_from_the_file() {
    let text = "stack: s\ntables:\n  a.b:\n    name: ${stack}-messages\n    partition_key: pk\nroles:\n  r:\n    path: /${region}/\n    permissions_boundary: ${tables.a.b.arn}\n  q:\n    permissions_boundary: ${roles.r.arn}/x\n";
    let loaded = load(text).unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(loaded.declared("tables.a.b").name, "s-messages");
    assert_eq!(
        loaded.body("roles.r")["permissions_boundary"],
        "arn:aws:dynamodb:eu-central-1:123456789012:table/s-messages"
    );
    assert_eq!(loaded.body("roles.q")["permissions_boundary"], "arn:aws:iam::123456789012:role/eu-central-1/r/x");
    assert!(loaded.declared("roles.q").references.iter().all(|one| one.known));
}

#[test]
fn static_references_are_not_cycles() {
    let text = "stack: s\nfunctions:\n  f: {runtime: p, handler: h, code: lambdas, role: \"${roles.r.arn}\"}\nroles:\n  r:\n    inline_policies:\n      p: {Statement: [{Effect: Allow, Action: \"*\", Resource: \"${functions.f.arn}\"}]}\n";
    assert_eq!(errors(text), "no errors");
}

#[test]
fn value_known_after_apply_is_pending() {
    let text = "stack: s\nvpc_endpoints: {e: {service: s3}}\nroles:\n  r:\n    permissions_boundary: <${vpc_endpoints.e.id}>\n";
    let loaded = load(text).unwrap_or_else(|failure| panic!("{failure}"));
    let text = loaded.body("roles.r")["permissions_boundary"].as_str().expect("a text");
    assert_eq!(pending::display(text), "<${vpc_endpoints.e.id}>");
    assert!(!loaded.declared("roles.r").references[0].known);
}

#[test]
fn value_derived_from_a_pending_value_is_pending() {
    let text = "stack: s\nvpc_endpoints: {e: {service: s3}}\nroles:\n  r:\n    path: /${vpc_endpoints.e.id}/\n  q:\n    permissions_boundary: ${roles.r.arn}\n";
    let loaded = load(text).unwrap_or_else(|failure| panic!("{failure}"));
    let uses: Vec<String> =
        loaded.declared("roles.q").references.iter().map(|one| format!("{} {}", one.to, one.known)).collect();
    assert_eq!(uses, ["roles.r.arn true", "vpc_endpoints.e.id false"]);
}

#[test]
fn circles() {
    snap!(several(&[
        (
            "of one",
            errors("stack: s\ntables:\n  a:\n    partition_key: pk\n    time_to_live: ${tables.a.stream_arn}\n")
        ),
        (
            "of two",
            errors(
                "stack: s\nroles:\n  a:\n    permissions_boundary: ${roles.b.id}\n  b:\n    permissions_boundary: ${roles.a.id}\n"
            )
        ),
        (
            "of three, by what must exist",
            errors(
                "stack: s\ntables:\n  t:\n    partition_key: pk\n    time_to_live: ${roles.r.id}\nroles:\n  r:\n    permissions_boundary: ${functions.f.arn}\n    path: ${vpc_endpoints.e.id}\nvpc_endpoints:\n  e:\n    service: ${tables.t.stream_arn}\nfunctions:\n  f: {runtime: p, handler: h, code: lambdas, role: \"${roles.r.arn}\"}\n"
            )
        ),
        (
            "of static values",
            errors("stack: s\nroles:\n  a:\n    path: ${roles.b.arn}\n  b:\n    path: ${roles.a.arn}\n")
        ),
        ("of names", errors("stack: s\nroles:\n  a:\n    name: ${roles.b.name}\n  b:\n    name: ${roles.a.name}\n")),
        ("a name of its own", errors("stack: s\nroles:\n  a:\n    name: x${roles.a.name}\n")),
    ]));
}

#[test]
fn physical_names() {
    snap!(several(&[
        ("the kind's pattern", errors("stack: s\ntables:\n  a b: {partition_key: pk}\n")),
        ("the kind's pattern of a name", errors("stack: s\ntables:\n  a:\n    name: a b\n    partition_key: pk\n")),
        ("twice", errors("stack: s\ntables:\n  a: {partition_key: pk}\n  b:\n    name: a\n    partition_key: pk\n")),
        (
            "known too late",
            errors("stack: s\ntables:\n  a:\n    name: x-${roles.r.id}\n    partition_key: pk\nroles: {r: {}}\n")
        ),
        ("no text", errors("stack: s\ntables:\n  a:\n    name: [a]\n    partition_key: pk\n")),
    ]));
}

#[test]
fn sections_that_an_environment_leaves_out() {
    let text = "stack: s\nenvironments: {local: {sections: [tables]}, both: {sections: [tables, roles]}}\nvpc_endpoints:\n  e: {service: \"${env:UNSET}\"}\ntables:\n  a: {partition_key: pk}\nroles:\n  r: {path: \"/${vpc_endpoints.e.name}/\"}\n  q: {path: \"/${vpc_endpoints.e.id}/\"}\n";
    assert_eq!(errors_with(text, Some("local")), "no errors");
    snap!(errors_with(text, Some("both")));
}

#[test]
fn errors_following_from_an_earlier_error_are_suppressed() {
    snap!(errors("stack: s\nroles:\n  a:\n    path: ${env:UNSET}\n  b:\n    permissions_boundary: ${roles.a.arn}\n"));
}

#[test]
fn names_may_refer_to_names_declared_later() {
    let text = "stack: s\nroles:\n  a:\n    name: x-${roles.b.name}\n  b:\n    name: y-${stack}\n    path: /${roles.a.name}/\n";
    let loaded = load(text).unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(loaded.declared("roles.a").name, "x-y-s");
    assert_eq!(loaded.body("roles.b")["path"], "/x-y-s/");
}

#[test]
fn a_resource_may_name_itself() {
    let text = "stack: s\nfunctions:\n  f: {runtime: p, handler: h, code: lambdas, role: \"${functions.f.arn}\"}\n";
    assert_eq!(errors(text), "no errors");
}

#[test]
fn the_stream_of_a_table_without_one() {
    let text = |stream: &str| {
        format!(
            "stack: s\ntables:\n  abc: {{partition_key: pk{stream}}}\nroles:\n  r:\n    assumed_by: lambda.amazonaws.com\n    description: ${{tables.abc.stream_arn}}\n"
        )
    };
    let errors = |text: String| {
        let document =
            Document::parse(example_folder().join("stack.yaml"), text, &crate::kinds::REGISTRY).expect("a document");
        let (vault, archives) = (Vault::new([1; 32]), Archives::default());
        let env = Environment::new("123456789012", "eu-central-1");
        let registry = &crate::kinds::REGISTRY;
        shown(document.load(None, &|_| env.clone(), registry, &vault, &archives, &variables).err())
    };
    for off in ["", ", stream: off", ", stream: null"] {
        let shown = errors(text(off));
        assert!(shown.contains("`${tables.abc.stream_arn}` has no value: the table has no `stream`"), "{shown}");
        assert!(shown.contains("hint: give `stream` to `tables.abc`"), "{shown}");
    }
    for on in [", stream: new_image", ", stream: \"${env:SET}\""] {
        let shown = errors(text(on));
        assert!(!shown.contains("has no value"), "{shown}");
    }
}
