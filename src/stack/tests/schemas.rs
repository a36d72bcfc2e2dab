//! Findings of the schema walker.

use super::*;

/// The errors of a table with these properties besides its key.
fn table(properties: &str) -> String {
    errors(&format!("stack: s\ntables:\n  a:\n    partition_key: pk\n    {properties}\n"))
}

fn function(properties: &str) -> String {
    errors(&format!(
        "stack: s\nfunctions:\n  f:\n    runtime: python3.13\n    handler: h\n    code: lambdas/cruddur-messaging-stream\n    role: r\n    {properties}\n"
    ))
}

#[test]
fn all_independent_errors_in_one_run() {
    snap!(errors(
        "stak: s\nregion: Frankfurt\naccount: 12\nresidency: eu-central-1\ntables:\n  a:\n    partition_key: pk\n    strem: new_image\n    deletion_protection: yes\n  b: {}\nbuckets: {}\nroles:\n  r: {max_session_duration: \"3600\", assumed_by: ${region}, managed_policies: {a: b}}\nfunctions: []\n"
            .replace("${region}", "'${region}'").as_str()
    ));
}

#[test]
fn no_error_hides_another() {
    let role = |properties: &str| errors(&format!("stack: s\nroles:\n  r:\n    {properties}\n"));
    snap!(several(&[
        ("tags and an unknown key at the top", errors("stack: s\ntags: {'underpin:x': 1, 'aws:y': z}\nbogus: 1\n")),
        ("tags and an unknown key in a table", table("tags: {'aws:x': y}\n    bogus: 1")),
        (
            "a kind's checks, an unknown key and an unset variable",
            role("bogus: 1\n    path: /bad/\n    permissions_boundary: ${env:UNSET}\n    name: a b")
        ),
        ("a kind's checks and a name that can't be read", role("name: ${env:UNSET}\n    path: /bad/")),
        (
            "guardrails and an unknown key",
            errors(
                "stack: s\nbogus: 1\nguardrails:\n  scps: [{a: b}, policies/nowhere]\n  config_rules: [{rul: x}, nowhere.guard]\n"
            )
        ),
        (
            "a circle, and unknown keys in it",
            errors(
                "stack: s\ntables:\n  a: {partition_key: k, bogus: 1, time_to_live: '${tables.b.stream_arn}'}\n  b: {partition_key: k, time_to_live: '${tables.a.stream_arn}'}\n"
            )
        ),
    ]));
}

#[test]
fn wrong_types() {
    snap!(several(&[
        ("quoted truth value", table("deletion_protection: \"true\"")),
        ("another truth value", table("deletion_protection: off")),
        ("no truth value", table("deletion_protection: maybe")),
        ("a list for a truth value", table("deletion_protection: [true]")),
        ("a mapping for a text", table("time_to_live: {attribute: ttl}")),
        ("a quoted number", function("memory: \"256\"")),
        ("a decimal", function("memory: 256.0")),
        ("leading zeros", function("memory: 0256")),
        ("no number", function("memory: lots")),
        ("too small", function("memory: 64")),
        ("too large", function("memory: 99999999999")),
        ("a text for a mapping", table("tags: a")),
        ("a text for a list", errors("stack: s\nroles: {r: {managed_policies: A}}\n")),
        ("a list in a list", errors("stack: s\nroles: {r: {managed_policies: [[A]]}}\n")),
        ("null in a list", errors("stack: s\nroles: {r: {managed_policies: [null]}}\n")),
        ("nothing in a map of texts", table("tags: {a: }")),
        ("null where something is required", errors("stack: s\ntables: {a: {partition_key: null}}\n")),
        ("a text for a resource", errors("stack: s\ntables: {a: pk}\n")),
        ("a text for a section", errors("stack: s\ntables: a\n")),
    ]));
}

#[test]
fn alternatives() {
    snap!(several(&[
        ("a word", table("stream: new_images")),
        ("a far word", table("stream: everything")),
        ("a list for a word", table("stream: [new_image]")),
        ("a word or a mapping", table("encryption: aws_own")),
        ("a wrong mapping", table("encryption: {kms: x}")),
        ("a list for a word or a mapping", table("encryption: [x]")),
        ("a discriminator", table("billing: {mode: provisiond, read_capacity: 5, write_capacity: 5}")),
        ("a missing discriminator", table("billing: {read_capacity: 5, write_capacity: 5}")),
        ("keys of another alternative", table("billing: {mode: on_demand, read_capacity: 5}")),
        ("missing keys", table("billing: {mode: provisioned}")),
        ("a truth value or a mapping", table("point_in_time_recovery: 35")),
        ("a quoted truth value or a mapping", table("point_in_time_recovery: 'true'")),
        ("within the mapping", table("point_in_time_recovery: {period_days: 36}")),
        ("too many elements", errors("stack: s\ntables: {a: {partition_key: [a, b, c, d, e]}}\n")),
        ("too few elements", errors("stack: s\ntables: {a: {partition_key: []}}\n")),
        ("an empty text", errors("stack: s\ntables: {a: {partition_key: ''}}\n")),
        (
            "repeated elements",
            table("global_secondary_indexes: {i: {partition_key: a, projection: {include: [x, y, x]}}}")
        ),
        ("a pattern", errors("stack: s\nvpc_endpoints: {e: {service: dynamodb, route_tables: [rtb-1, vpc-2]}}\n")),
        ("words and a list", errors("stack: s\nvpc_endpoints: {e: {service: dynamodb, route_tables: al}}\n")),
    ]));
}

#[test]
fn unknown_and_missing_keys() {
    snap!(several(&[
        ("near", table("point_in_time_recvery: true")),
        ("far", errors("stack: s\nvpc_endpoints: {e: {service: s3, colour: red}}\n")),
        ("camel", table("timeToLive: ttl")),
        ("below", table("global_secondary_indexes: {i: {partition_key: a, projecton: all}}")),
        ("missing", errors("stack: s\nfunctions: {f: {runtime: r}}\n")),
        ("nothing at all", errors("stack: s\ntables: {a: }\n")),
        ("at the top", errors("stack: s\ntable: {}\n")),
        ("triggers at the top", errors("stack: s\ntriggers: {}\n")),
        ("an owner given by hand", function("triggers: {t: {function: f, stream: s}}")),
        ("triggers that are no mapping", function("triggers: [a]")),
        ("in a trigger", function("triggers: {t: {batchsize: 5}}")),
        ("a name in a trigger", function("triggers: {t: {name: x}}")),
    ]));
}

#[test]
fn misspelled_key_gives_one_error() {
    let shown = errors("stack: s\ntables: {a: {partition_ky: pk}}\n");
    assert!(shown.contains("did you mean `partition_key`?") && !shown.contains("lacks"), "{shown}");
    let text = "stack: s\ntable:\n  a: {partition_key: pk}\nroles:\n  r: {path: '${tables.a.arn}'}\n";
    let shown = errors(text);
    assert!(shown.contains("did you mean `tables`?") && !shown.contains("there is no"), "{shown}");
    let shown = errors(&text.replace("tables.a.", "tables.b."));
    assert!(shown.contains("there is no table `b`"), "{shown}");
}

#[test]
fn plain_scalars_are_text() {
    let text = "stack: 1e3\ntables:\n  012345678901:\n    partition_key: NO\n    sort_key: on\n    time_to_live: off\n    table_class: ~\n    tags: {b: NO, c: 007, d: 1.0, e: true}\n";
    let loaded = load(text).unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(loaded.stack.settings.stack, "1e3");
    let body = loaded.body("tables.012345678901");
    assert_eq!(
        body,
        &serde_json::json!({
            "partition_key": "NO", "sort_key": "on", "time_to_live": "off",
            "tags": {"b": "NO", "c": "007", "d": "1.0", "e": "true"}
        })
    );
}

#[test]
fn null_is_absence_where_a_property_may_be_absent() {
    let text = "stack: s\nregion: ~\ntables:\n  a:\n    partition_key: pk\n    time_to_live: null\n    sort_key:\n    tags:\n    deletion_protection: ~\n    name: null\nroles:\n";
    let loaded = load(text).unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(loaded.body("tables.a"), &serde_json::json!({"partition_key": "pk"}));
}

#[test]
fn interpolated_values_are_read_as_the_propertys_type() {
    let text = "stack: s\nfunctions:\n  f:\n    runtime: python3.13\n    handler: h\n    code: lambdas/cruddur-messaging-stream\n    role: r\n    memory: ${env:NUMBER}\n    timeout: \"${env:NUMBER}\"\n    triggers:\n      t: {bisect_on_error: \"${env:YES}\"}\n";
    let loaded = load(text).unwrap_or_else(|failure| panic!("{failure}"));
    let body = loaded.body("functions.f");
    assert_eq!((&body["memory"], &body["timeout"]), (&serde_json::json!(256), &serde_json::json!(256)));
    assert_eq!(loaded.body("triggers.f/t")["bisect_on_error"], serde_json::json!(true));
}

#[test]
fn interpolated_values_of_the_wrong_type() {
    snap!(several(&[
        ("no number, and not shown", function("memory: ${env:SET}")),
        ("out of range", function("memory: ${account}")),
        ("no truth value", table("deletion_protection: ${region}")),
        ("no word", table("stream: ${env:SET}")),
        (
            "too late for a number",
            errors(
                "stack: s\ntables:\n  a: {partition_key: k}\nfunctions:\n  f: {runtime: p, handler: h, code: lambdas, role: r, memory: \"${tables.a.stream_arn}\"}\n"
            )
        ),
        (
            "too late for a word",
            errors(
                "stack: s\ntables:\n  a: {partition_key: k}\n  b: {partition_key: k, stream: \"${tables.a.stream_arn}\"}\n"
            )
        ),
        (
            "too late for alternatives",
            errors(
                "stack: s\ntables:\n  a: {partition_key: k}\n  b: {partition_key: k, encryption: \"${tables.a.stream_arn}\"}\n"
            )
        ),
    ]));
}
