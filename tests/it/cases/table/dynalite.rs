//! Tables on dynalite, which has tables only, and silently accepts features that it does not have.

use serde_json::{Value, json};

use super::bench::{Bench as Engine, titles};
use super::changes::{ADDRESS, Bench, NAME, first};
use crate::support::{Dynalite, aws_at};

/// A table with features that dynalite drops.
fn asks_for_more() -> (Value, Value) {
    let (mut body, seen) = first();
    body["stream"] = json!("new_image");
    body["encryption"] = json!("aws_managed");
    body["table_class"] = json!("standard_infrequent_access");
    body["deletion_protection"] = json!(true);
    (body, seen)
}

fn says(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "`{word}` is not said:\n{text}");
    }
}

#[test]
fn table_lifecycle_works_on_dynalite_reporting_dropped_properties() {
    let Some(dynalite) = Dynalite::start() else { return };
    let bench = Bench::at(&dynalite.endpoint());
    let (mut body, mut expected) = asks_for_more();
    bench.declare(&body);
    let plan = bench.run(&["plan", "--detailed-exitcode"]).code(2);
    let skipped =
        ["stream", "encryption", "table_class", "point_in_time_recovery"].map(|p| format!("`{p}` is skipped"));
    says(&plan.stdout, &skipped.each_ref().map(String::as_str));
    says(
        &plan.stdout,
        &["does not support these operations", "DynamoDB: DescribeContinuousBackups", "DynamoDB: ListStreams"],
    );
    let made = bench.run(&["apply", "--yes"]).success();
    says(&made.stderr, &["`deletion_protection` is skipped: this endpoint did not apply it"]);
    says(
        &made.stderr,
        &["`tags` is skipped: this endpoint did not apply it", "Applied, except what this endpoint did not"],
    );
    assert!(!made.stderr.contains("the live resources match the file"), "{}", made.stderr);
    assert_eq!(bench.seen(), expected);
    // It drops only the tags of `CreateTable`.
    bench.become_this("tags", &body, &[]);
    let nothing = bench.run(&["plan"]).success();
    says(&nothing.stdout, &["`deletion_protection` is skipped", "`stream` is skipped", "`encryption` is skipped"]);

    body["billing"]["read_capacity"] = json!(8);
    expected["capacity"] = json!([8, 4]);
    bench.become_this("the table's capacity", &body, &[]);
    assert_eq!(bench.seen(), expected);
    body["global_secondary_indexes"]["by-a"]["read_capacity"] = json!(9);
    expected["global"]["by-a"]["capacity"] = json!([9, 2]);
    bench.become_this("the capacity of an index", &body, &[]);
    assert_eq!(bench.seen(), expected);
    body["encryption"] = json!("aws_owned");
    body["stream"] = json!("keys_only");
    bench.declare(&body);
    let other = bench.run(&["plan", "--detailed-exitcode"]).success();
    says(&other.stdout, &["`stream` is skipped"]);

    bench.run(&["destroy", "--yes"]).code(3);
    bench.run(&["destroy", "--yes", "--allow-delete", ADDRESS]).success();
    assert_eq!(bench.observer.table(NAME), Value::Null);
}

#[test]
fn silently_dropped_change_is_reported_as_not_applied() {
    let Some(dynalite) = Dynalite::start() else { return };
    let bench = Bench::at(&dynalite.endpoint());
    let (mut body, expected) = first();
    bench.declare(&body);
    bench.run(&["apply", "--yes"]).success();
    bench.become_this("tags", &body, &[]);
    body["global_secondary_indexes"]["by-b"] = json!({"partition_key": "b", "read_capacity": 1, "write_capacity": 1});
    body["time_to_live"] = json!("expires");
    body["billing"]["read_capacity"] = json!(6);
    bench.declare(&body);
    for round in [1, 2] {
        let applied = bench.run(&["apply", "--yes", "--format", "json"]).success();
        let lines = applied.json_lines();
        let report = &lines.last().expect("a report")["report"];
        let state = |operation: &str, title: &str| {
            let steps = report["steps"].as_array().expect("steps").iter();
            let mut found =
                steps.filter(|step| step["operation"] == operation && step["title"].to_string().contains(title));
            found.next().map(|step| step["state"].clone())
        };
        assert_eq!(state("UpdateTable", "create index"), Some(json!("not_taken")), "{report:#}");
        assert_eq!(state("UpdateTimeToLive", ""), Some(json!("not_taken")), "{report:#}");
        assert_eq!(
            state("UpdateTable", "capacity"),
            (round == 1).then(|| json!("done")),
            "what it knows is done: {report:#}"
        );
        assert!(
            report["not_taken"].to_string().contains("UpdateTimeToLive")
                || report["not_taken"].to_string().contains("does not support"),
            "{report:#}"
        );
    }
    let mut seen = bench.seen();
    seen["types"] = expected["types"].clone();
    let mut expected = expected;
    expected["capacity"] = json!([6, 4]);
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn missing_operations_are_known_before_creation() {
    let Some(dynalite) = Dynalite::start() else { return };
    let mut bench = Engine::new(aws_at(&dynalite.endpoint()));
    bench.declare(NAME, &asks_for_more().0);
    let plan = bench.plan().await;
    assert_eq!(titles(&plan), ["create table"]);
    let unsupported = bench.read(NAME).await.expect("it can be read").unsupported;
    let mut lacks: Vec<String> = unsupported.into_iter().map(|one| one.property).collect();
    lacks.sort();
    assert_eq!(
        lacks,
        [
            "auto_scaling",
            "backup",
            "billing.max_read_request_units",
            "billing.max_write_request_units",
            "contributor_insights",
            "encryption",
            "global_secondary_indexes.*.auto_scaling",
            "global_secondary_indexes.*.contributor_insights",
            "global_secondary_indexes.*.max_read_request_units",
            "global_secondary_indexes.*.max_write_request_units",
            "point_in_time_recovery",
            "resource_policy",
            "stream",
            "table_class",
        ]
    );
}
