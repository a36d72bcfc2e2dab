//! The random-transition law: whatever a table is, it becomes what it shall be, and then nothing is left to do.

use std::collections::BTreeSet;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value, json};

use super::bench::Bench;
use super::testing::arbitrary_table;
use crate::support::{Emulator, Observer, aws};

const NAME: &str = "any-table";

/// How many transitions; `UNDERPIN_TRANSITIONS` asks for another number.
fn transitions() -> usize {
    std::env::var("UNDERPIN_TRANSITIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(200)
}

/// A property as it is written, or what silence means.
fn said<'v>(body: &'v Value, key: &str, default: &'v Value) -> &'v Value {
    body.get(key).unwrap_or(default)
}

/// What boto3 sees, in the author's words, as far as it can be said without our own reader.
fn seen(table: &Value) -> Value {
    let on_demand = table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST";
    let stream = match table["StreamSpecification"]["StreamViewType"].as_str() {
        Some(view) if table["StreamSpecification"]["StreamEnabled"] == true => view.to_lowercase(),
        _ => "off".to_owned(),
    };
    let recovery = &table["ContinuousBackups"]["PointInTimeRecoveryDescription"];
    let on = recovery["PointInTimeRecoveryStatus"] == "ENABLED";
    let lives = table["TimeToLive"]["TimeToLiveStatus"] == "ENABLED";
    let names = |of: &Value| of.as_object().map(|map| map.keys().cloned().collect::<BTreeSet<_>>());
    let tags = table["Tags"].as_object().into_iter().flatten();
    let encrypted = table["SSEDescription"]["Status"] == "ENABLED";
    json!({
        "mode": if on_demand { "on_demand" } else { "provisioned" },
        "indexes": names(&table["GlobalSecondaryIndexes"]),
        "stream": stream,
        "protection": table["DeletionProtectionEnabled"],
        "recovery": if on { recovery["RecoveryPeriodInDays"].clone() } else { json!(false) },
        "encrypted": encrypted,
        "expiry": if lives { table["TimeToLive"]["AttributeName"].clone() } else { Value::Null },
        "class": table["TableClassSummary"]["TableClass"].as_str().unwrap_or("STANDARD").to_lowercase(),
        "insights": table["ContributorInsights"] == "ENABLED",
        "policy": table["ResourcePolicy"].is_object(),
        "tags": tags.filter(|(key, _)| !key.starts_with("underpin:")).map(|(k, v)| (k.clone(), v.clone())).collect::<Map<_, _>>(),
        "scaled": table["AutoScaling"].as_object().map_or(0, Map::len)
    })
}

/// What was asked for, in the same words.
fn asked(body: &Value) -> Value {
    let (off, standard, owned, none) = (json!("off"), json!("standard"), json!("aws_owned"), json!({}));
    let indexes = said(body, "global_secondary_indexes", &none).as_object().cloned().unwrap_or_default();
    let scaled = |of: &Value| of["auto_scaling"].as_object().map_or(0, Map::len);
    json!({
        "mode": body["billing"]["mode"].as_str().unwrap_or("on_demand"),
        "indexes": indexes.keys().collect::<BTreeSet<_>>(),
        "stream": said(body, "stream", &off),
        "protection": body["deletion_protection"],
        "recovery": match body.get("point_in_time_recovery") {
            None | Some(Value::Bool(true)) => json!(35),
            Some(Value::Bool(false)) => json!(false),
            Some(period) => period["period_days"].clone(),
        },
        "encrypted": *said(body, "encryption", &owned) != owned,
        "expiry": body.get("time_to_live"),
        "class": said(body, "table_class", &standard),
        "insights": body.get("contributor_insights").is_some_and(|word| *word != json!(false)),
        "policy": body.get("resource_policy").is_some(),
        "tags": said(body, "tags", &none),
        "scaled": scaled(body) + indexes.values().map(scaled).sum::<usize>()
    })
}

#[tokio::test]
async fn any_table_becomes_any_other() {
    let emulator = Emulator::start();
    let observer = Observer::of(&emulator);
    let mut bench = Bench::new(aws(&emulator));
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let tables = arbitrary_table();
    for _ in 0..transitions() {
        let body = tables.new_tree(&mut runner).expect("there are tables").current();
        bench.declare(NAME, &body);
        bench.converge().await;
        assert_eq!(seen(&observer.table(NAME)), asked(&body), "of {body}");
    }
    emulator.assert_no_invalid_requests();
}
