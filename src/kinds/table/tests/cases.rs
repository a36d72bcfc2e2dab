//! Cases: the properties, AWS's limits, and the calls of each change.

use serde_json::{Value, json};

use super::{covers, create, delete, inputs, normal, problems, spec, titles, update, with_context};
use crate::kind::{AccessRequest, Kind};
use crate::kinds::table::Table;
use crate::path;

/// The project's own table.
fn messages() -> Value {
    json!({
        "partition_key": "pk",
        "sort_key": "sk",
        "billing": {"mode": "provisioned", "read_capacity": 5, "write_capacity": 5},
        "global_secondary_indexes": {
            "message-group-sk-index": {
                "partition_key": "message_group_uuid",
                "sort_key": "sk",
                "projection": "all",
                "read_capacity": 5,
                "write_capacity": 5
            }
        },
        "local_secondary_indexes": {},
        "stream": "new_image",
        "deletion_protection": true,
        "point_in_time_recovery": true,
        "encryption": "aws_owned",
        "time_to_live": null,
        "table_class": "standard"
    })
}

/// The same with some properties set; null removes one.
fn with(changes: &Value) -> Value {
    let mut body = messages();
    let (Value::Object(all), Value::Object(changes)) = (&mut body, changes) else { return body };
    for (key, value) in changes {
        if value.is_null() {
            all.remove(key);
        } else {
            all.insert(key.clone(), value.clone());
        }
    }
    body
}

#[test]
fn long_forms_are_normalized_to_short_forms() {
    let long = json!({
        "partition_key": {"name": "pk", "type": "S"},
        "sort_key": {"name": "sk", "type": "N"},
        "global_secondary_indexes": {
            "one": {"partition_key": [{"name": "a"}], "projection": {"include": ["y", "x", "y"]}}
        },
        "point_in_time_recovery": {"period_days": 35},
        "contributor_insights": {"mode": "accessed_and_throttled_keys"},
        "auto_scaling": {}
    });
    let short = normal(&long);
    assert_eq!(short["partition_key"], "pk");
    assert_eq!(short["sort_key"], json!({"name": "sk", "type": "N"}));
    let index = &short["global_secondary_indexes"]["one"];
    assert_eq!(index["partition_key"], "a");
    assert_eq!(index["projection"], json!({"include": ["x", "y"]}));
    assert_eq!(short["point_in_time_recovery"], true);
    assert_eq!(short["contributor_insights"], true);
    assert_eq!(short.get("auto_scaling"), None);
    assert_eq!(short["billing"], json!({"mode": "on_demand"}));
    assert_eq!(short["deletion_protection"], true);
}

#[test]
fn invalid_table_values_are_reported() {
    let error = |body: Value| problems(&body)[0].1.clone();
    assert!(error(json!({"partition_key": 5})).contains("an attribute's name"));
    let body = json!({"partition_key": "pk", "encryption": "kms"});
    assert!(error(body).contains("expected `aws_owned` or `aws_managed`"));
    let body = json!({"partition_key": "pk", "point_in_time_recovery": {"days": 3}});
    assert!(error(body).contains("unknown field `days`"));
}

#[test]
fn index_without_capacity_inherits_the_tables_capacity() {
    let body = json!({
        "partition_key": "pk",
        "billing": {"mode": "provisioned", "write_capacity": 2},
        "auto_scaling": {"read": {"min": 3, "max": 9}},
        "global_secondary_indexes": {
            "one": {"partition_key": "a"},
            "two": {"partition_key": "a", "read_capacity": 7, "auto_scaling": {"write": {"min": 4, "max": 5}}}
        }
    });
    let normal = normal(&body);
    assert_eq!(normal["billing"], json!({"mode": "provisioned", "read_capacity": 3, "write_capacity": 2}));
    let index = |name: &str| {
        let index = &normal["global_secondary_indexes"][name];
        (index["read_capacity"].clone(), index["write_capacity"].clone())
    };
    assert_eq!(index("one"), (json!(3), json!(2)));
    assert_eq!(index("two"), (json!(7), json!(4)));
    assert_eq!(normal["auto_scaling"]["read"]["target"], 70);
}

#[test]
fn auto_scaled_capacity_is_not_changed() {
    let scaled = json!({"auto_scaling": {"read": {"min": 1, "max": 9}, "write": {"min": 1, "max": 9}}});
    let mut live = with(&scaled);
    live["billing"]["read_capacity"] = json!(8);
    assert!(update(&live, &with(&scaled)).1.is_empty());
    let mut desired = spec(&with(&scaled));
    Table::adopt_live_values(&mut desired, &spec(&live));
    assert_eq!(desired.billing.read_capacity, Some(8));
    // Without scaling, it is drift.
    live = messages();
    live["billing"]["read_capacity"] = json!(8);
    assert_eq!(titles(&update(&live, &messages()).1), ["set capacity to 5 read, 5 write"]);
}

#[test]
fn aws_limits_are_enforced() {
    let found = |changes: Value| problems(&with(&changes));
    assert_eq!(found(json!({})), []);
    let paths = |changes: Value| found(changes).into_iter().map(|(path, _)| path).collect::<Vec<_>>();
    assert_eq!(paths(json!({"sort_key": {"name": "pk", "type": "N"}})), ["sort_key", "sort_key"]);
    assert_eq!(
        paths(
            json!({"local_secondary_indexes": {"l": {"sort_key": "x"}, "good": {"sort_key": "y"}}, "sort_key": null})
        ),
        ["local_secondary_indexes", "local_secondary_indexes.l"]
    );
    assert_eq!(paths(json!({"billing": {"mode": "provisioned", "read_capacity": 5}})), ["billing.write_capacity"]);
    assert_eq!(
        paths(json!({"billing": {"mode": "on_demand", "read_capacity": 5}})),
        [
            "billing.read_capacity",
            "global_secondary_indexes.message-group-sk-index.read_capacity",
            "global_secondary_indexes.message-group-sk-index.write_capacity"
        ]
    );
    assert_eq!(paths(json!({"auto_scaling": {"read": {"min": 9, "max": 1}}})), ["auto_scaling.read.min"]);
    assert_eq!(paths(json!({"encryption": {"kms_key": "alias/mine"}})), ["encryption.kms_key"]);
    let key = "arn:aws:kms:eu-central-1:123456789012:key/x";
    assert_eq!(found(json!({"encryption": {"kms_key": key}})), []);
    let many: serde_json::Map<String, Value> =
        (0..21).map(|n| (format!("index-{n}"), json!({"partition_key": "a"}))).collect();
    assert_eq!(paths(json!({"global_secondary_indexes": many})), ["global_secondary_indexes"]);
    let wide = |n: u32| json!({"partition_key": "a", "projection": {"include": (0..20).map(|k| format!("{n}{k}")).collect::<Vec<_>>()}});
    let wide: serde_json::Map<String, Value> = (0..6).map(|n| (format!("index-{n}"), wide(n))).collect();
    assert!(found(json!({"global_secondary_indexes": wide}))[0].1.contains("these include 120"));
    let typed = json!({"global_secondary_indexes": {"one": {"partition_key": {"name": "sk", "type": "N"}}}});
    assert_eq!(found(typed)[0].1, "the attribute `sk` is N here and S at `sort_key`");
    let policy = json!({"resource_policy": {"Version": "2012-10-17", "Statement": [{"Effect": "Alow"}]}});
    assert!(found(policy).iter().any(|(path, _)| path == "resource_policy.Statement.0.Effect"));
}

#[test]
fn a_table_is_created_in_one_call_and_its_parts_after_it() {
    let moves = create(&with(&json!({
        "time_to_live": "expires",
        "contributor_insights": true,
        "tags": {"project": "cruddur"},
        "auto_scaling": {"read": {"min": 5, "max": 9}}
    })));
    assert_eq!(
        titles(&moves),
        [
            "create table",
            "turn point-in-time recovery on, for 35 days",
            "turn time to live by `expires` on",
            "turn contributor insights on",
            "let the read capacity scale from 5 to 9",
            "set target utilization of the read capacity to 70 %"
        ]
    );
    assert_eq!(
        inputs(&moves)[0],
        json!({"CreateTable": {
            "TableName": "cruddur-messages",
            "AttributeDefinitions": [
                {"AttributeName": "message_group_uuid", "AttributeType": "S"},
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"}
            ],
            "KeySchema": [
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"}
            ],
            "GlobalSecondaryIndexes": [{
                "IndexName": "message-group-sk-index",
                "KeySchema": [
                    {"AttributeName": "message_group_uuid", "KeyType": "HASH"},
                    {"AttributeName": "sk", "KeyType": "RANGE"}
                ],
                "Projection": {"ProjectionType": "ALL"},
                "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
            }],
            "BillingMode": "PROVISIONED",
            "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
            "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_IMAGE"},
            "DeletionProtectionEnabled": true,
            "Tags": [{"Key": "project", "Value": "cruddur"}]
        }})
    );
}

#[test]
fn stream_view_change_turns_the_stream_off_and_on() {
    let (differences, moves) = update(&messages(), &with(&json!({"stream": "old_image"})));
    assert_eq!(titles(&moves), ["turn the stream off", "turn the stream on, with old image"]);
    assert_eq!(Table::invalidated_outputs(&differences), ["stream_arn"]);
    let (differences, moves) = update(&messages(), &with(&json!({"table_class": "standard_infrequent_access"})));
    assert_eq!(titles(&moves), ["change the table class to standard infrequent access"]);
    assert!(Table::invalidated_outputs(&differences).is_empty());
}

#[test]
fn billing_mode_switch_sends_every_capacity_in_one_call() {
    let on_demand = json!({
        "billing": {"mode": "on_demand", "max_read_request_units": 10},
        "global_secondary_indexes": {
            "message-group-sk-index": {
                "partition_key": "message_group_uuid", "sort_key": "sk", "max_write_request_units": 4
            }
        }
    });
    let (_, moves) = update(&with(&on_demand), &messages());
    assert_eq!(
        inputs(&moves),
        [json!({"UpdateTable": {
            "TableName": "cruddur-messages",
            "BillingMode": "PROVISIONED",
            "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
            "GlobalSecondaryIndexUpdates": [{"Update": {
                "IndexName": "message-group-sk-index",
                "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
            }}]
        }})]
    );
    let (_, moves) = update(&messages(), &with(&on_demand));
    assert_eq!(
        inputs(&moves),
        [json!({"UpdateTable": {
            "TableName": "cruddur-messages",
            "BillingMode": "PAY_PER_REQUEST",
            "OnDemandThroughput": {"MaxReadRequestUnits": 10},
            "GlobalSecondaryIndexUpdates": [{"Update": {
                "IndexName": "message-group-sk-index",
                "OnDemandThroughput": {"MaxWriteRequestUnits": 4}
            }}]
        }})]
    );
}

#[test]
fn on_demand_limits_change_with_the_mode_and_are_removed_by_minus_one() {
    let limited = json!({
        "billing": {"mode": "on_demand", "max_read_request_units": 10},
        "global_secondary_indexes": null
    });
    let open = json!({"billing": {"mode": "on_demand"}, "global_secondary_indexes": null});
    let (_, moves) = update(&with(&limited), &with(&open));
    assert_eq!(
        inputs(&moves),
        [json!({"UpdateTable": {
            "TableName": "cruddur-messages",
            "BillingMode": "PAY_PER_REQUEST",
            "OnDemandThroughput": {"MaxReadRequestUnits": -1, "MaxWriteRequestUnits": -1}
        }})]
    );
}

#[test]
fn index_with_changed_keys_is_deleted_and_recreated() {
    let after = json!({
        "auto_scaling": {"read": {"min": 1, "max": 2}},
        "global_secondary_indexes": {
            "message-group-sk-index": {"partition_key": ["message_group_uuid", {"name": "n", "type": "N"}]},
            "another": {"partition_key": "sk", "projection": "keys_only"}
        }
    });
    let mut before = messages();
    before["global_secondary_indexes"]["old"] = json!({
        "partition_key": {"name": "n", "type": "B"}, "auto_scaling": {"write": {"min": 1, "max": 2}}
    });
    let (_, moves) = update(&before, &with(&after));
    assert_eq!(
        titles(&moves),
        [
            "stop scaling the write capacity of index `old`",
            "delete index `old`",
            "delete index `message-group-sk-index`",
            "create index `message-group-sk-index`",
            "create index `another`",
            "let the read capacity scale from 1 to 2",
            "set target utilization of the read capacity to 70 %"
        ]
    );
    let input = &inputs(&moves)[3]["UpdateTable"];
    let names = |input: &Value| {
        let definitions = input["AttributeDefinitions"].as_array().cloned().unwrap_or_default();
        definitions.iter().map(|one| format!("{}:{}", one["AttributeName"], one["AttributeType"])).collect::<Vec<_>>()
    };
    assert_eq!(names(input), [r#""message_group_uuid":"S""#, r#""n":"N""#, r#""pk":"S""#, r#""sk":"S""#]);
    assert!(covers(&moves, &path!["global_secondary_indexes", "old"]));
}

#[test]
fn attribute_type_change_deletes_all_its_indexes_first() {
    let indexes = |kind: &str| {
        let key = json!({"name": "c", "type": kind});
        json!({"global_secondary_indexes": {"one": {"partition_key": key}, "two": {"partition_key": key}}})
    };
    let (_, moves) = update(&with(&indexes("S")), &with(&indexes("N")));
    assert_eq!(
        titles(&moves),
        ["delete index `one`", "delete index `two`", "create index `one`", "create index `two`"]
    );
    let first = &inputs(&moves)[2]["UpdateTable"]["AttributeDefinitions"];
    assert_eq!(first[0], json!({"AttributeName": "c", "AttributeType": "N"}));
}

#[test]
fn deletion_protection_is_turned_on_first_and_off_last() {
    let bare = json!({"deletion_protection": false, "point_in_time_recovery": false, "stream": "off"});
    let (_, moves) = update(&messages(), &with(&bare));
    assert_eq!(
        titles(&moves),
        ["turn the stream off", "turn point-in-time recovery off", "turn deletion protection off"]
    );
    let (_, moves) = update(&with(&bare), &messages());
    assert_eq!(
        titles(&moves),
        [
            "turn deletion protection on",
            "turn point-in-time recovery on, for 35 days",
            "turn the stream on, with new image"
        ]
    );
}

#[test]
fn ttl_attribute_change_turns_ttl_off_and_on() {
    let (_, moves) = update(&with(&json!({"time_to_live": "a"})), &with(&json!({"time_to_live": "b"})));
    assert_eq!(titles(&moves), ["turn time to live by `a` off", "turn time to live by `b` on"]);
    let (_, moves) = update(&with(&json!({"time_to_live": "a"})), &messages());
    assert_eq!(titles(&moves), ["turn time to live by `a` off"]);
}

#[test]
fn renamed_scaling_policy_is_replaced() {
    let scaling = |name: &str| json!({"auto_scaling": {"read": {"min": 1, "max": 2, "policy_name": name}}});
    let (_, moves) = update(&with(&scaling("a")), &with(&scaling("b")));
    assert_eq!(titles(&moves), ["remove scaling policy `a`", "set target utilization of the read capacity to 70 %"]);
    // A table with bounds and no policy yet has no target.
    let none = json!({"auto_scaling": {"read": {"min": 1, "max": 2, "target": 0}}});
    let (_, moves) = update(&with(&none), &with(&scaling("b")));
    assert_eq!(titles(&moves), ["set target utilization of the read capacity to 70 %"]);
}

#[test]
fn keys_and_local_indexes_force_a_replacement() {
    for changes in [
        json!({"partition_key": {"name": "pk", "type": "N"}}),
        json!({"sort_key": null}),
        json!({"sort_key": "other"}),
        json!({"local_secondary_indexes": {"local": {"sort_key": "x"}}}),
    ] {
        let (differences, _) = update(&messages(), &with(&changes));
        assert!(differences.iter().any(|difference| difference.forces_replacement), "{changes}");
    }
    let local =
        |held: Value| with(&json!({"local_secondary_indexes": {"local": {"sort_key": "x", "projection": held}}}));
    let (differences, _) = update(&local(json!({"include": ["a"]})), &local(json!({"include": ["b"]})));
    assert!(differences[0].forces_replacement);
}

#[test]
fn table_deletion_first_unprotects_backs_up_and_stops_scaling() {
    let moves = delete(&with(&json!({"auto_scaling": {"read": {"min": 5, "max": 9}}})), Some("last"));
    assert_eq!(
        titles(&moves),
        ["turn deletion protection off", "take backup `last`", "stop scaling the read capacity", "delete table"]
    );
    let moves = delete(&with(&json!({"deletion_protection": false})), None);
    assert_eq!(titles(&moves), ["delete table"]);
}

#[test]
fn creation_requires_tag_kms_alarm_and_service_linked_role_actions() {
    let key = "arn:aws:kms:eu-central-1:123456789012:key/x";
    let body = with(&json!({
        "tags": {"project": "cruddur"},
        "encryption": {"kms_key": key},
        "resource_policy": {"Version": "2012-10-17", "Statement": []},
        "contributor_insights": true,
        "auto_scaling": {"read": {"min": 5, "max": 9}}
    }));
    let requests: Vec<AccessRequest> =
        with_context(|cx| create(&body).iter().flat_map(|one| Table::requires(&one.op, cx)).collect());
    let request = |action: &str| requests.iter().find(|request| request.action == action);
    let table = "arn:aws:dynamodb:eu-central-1:123456789012:table/cruddur-messages";
    for action in ["dynamodb:CreateTable", "dynamodb:TagResource", "dynamodb:PutResourcePolicy"] {
        assert_eq!(request(action).expect(action).resource, table);
    }
    let tags = &request("dynamodb:TagResource").expect("tags").context;
    assert_eq!(tags["aws:RequestTag/project"], ["cruddur"]);
    let grant = request("kms:CreateGrant").expect("a grant");
    assert_eq!(
        (grant.resource.as_str(), &grant.context["kms:ViaService"]),
        (key, &vec!["dynamodb.eu-central-1.amazonaws.com".to_owned()])
    );
    for action in ["dynamodb:DescribeTable", "dynamodb:UpdateTable", "cloudwatch:PutMetricAlarm", "kms:DescribeKey"] {
        assert!(request(action).is_some(), "{action}");
    }
    let roles: Vec<_> = requests.iter().filter(|request| request.action == "iam:CreateServiceLinkedRole").collect();
    assert_eq!(roles.len(), 2);
}

#[test]
fn warnings_name_the_cost_of_a_change() {
    let say = |before: &Value, after: &Value| {
        let (differences, _) = update(before, after);
        let (live, after) = (super::observed(before), spec(after));
        let change = crate::kind::Change::Update { before: &live, after: &after, differences: &differences };
        Table::warnings(change, &differences).join("; ")
    };
    assert!(say(&messages(), &with(&json!({"stream": "old_image"}))).contains("another ARN"));
    assert!(say(&messages(), &with(&json!({"table_class": "standard_infrequent_access"}))).contains("30 days"));
    assert!(say(&messages(), &with(&json!({"encryption": "aws_managed"}))).contains("24 hours"));
    assert!(
        say(&messages(), &with(&json!({"point_in_time_recovery": {"period_days": 3}}))).contains("older than 3 days")
    );
    let before = with(&json!({"time_to_live": "a"}));
    assert!(say(&before, &with(&json!({"time_to_live": "b"}))).contains("two runs"));
    let indexes = json!({"global_secondary_indexes": {"message-group-sk-index": {"partition_key": "x"}}});
    assert!(say(&messages(), &with(&indexes)).contains("queries on it fail"));
    assert_eq!(say(&messages(), &with(&json!({"tags": {"a": "b"}}))), "");
    assert!(
        say(&messages(), &with(&json!({"time_to_live": "a"}))).contains("deletes the items whose `a` is in the past")
    );
    assert!(
        say(&messages(), &with(&json!({"global_secondary_indexes": {}}))).contains("is deleted: queries on it fail")
    );
    assert!(
        say(&messages(), &with(&json!({"point_in_time_recovery": {"period_days": 1}}))).contains("older than 1 day")
    );
}

#[test]
fn switch_to_on_demand_is_not_a_capacity_decrease() {
    let capacity = json!({"billing": {"mode": "provisioned", "read_capacity": 9, "write_capacity": 9}, "global_secondary_indexes": {
        "i": {"partition_key": "x", "read_capacity": 9, "write_capacity": 9}}});
    let demand = json!({"billing": {"mode": "on_demand"}, "global_secondary_indexes": {"i": {"partition_key": "x"}}});
    let (before, after) = (with(&capacity), with(&demand));
    let (differences, _) = update(&before, &after);
    let (live, after) = (super::observed(&before), spec(&after));
    let change = crate::kind::Change::Update { before: &live, after: &after, differences: &differences };
    let said = Table::warnings(change, &differences);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with("billing becomes on demand"), "{said:?}");
}

#[test]
fn data_lost_by_a_change_is_listed() {
    let losses = |before: &Value, after: &Value, items: Option<&str>| {
        let (differences, _) = update(before, after);
        let (mut live, after) = (super::observed(before), spec(after));
        live.outputs.extend(items.map(|count| ("items".to_owned(), count.to_owned())));
        let losses = Table::data_loss(&live, &after, &differences);
        losses.into_iter().map(|loss| (loss.path.to_string(), loss.doubtful)).collect::<Vec<_>>()
    };
    let expires = with(&json!({"time_to_live": "a"}));
    for (items, doubtful) in [(None, false), (Some("3"), false), (Some("0"), true)] {
        assert_eq!(losses(&messages(), &expires, items), [("time_to_live".to_owned(), doubtful)]);
    }
    assert_eq!(losses(&expires, &with(&json!({"time_to_live": "b"})), None).len(), 1);
    assert_eq!(losses(&expires, &messages(), None), []);
    let (week, day) = (
        with(&json!({"point_in_time_recovery": {"period_days": 7}})),
        with(&json!({"point_in_time_recovery": {"period_days": 1}})),
    );
    assert_eq!(losses(&messages(), &week, None), [("point_in_time_recovery".to_owned(), false)]);
    assert_eq!(losses(&week, &day, None).len(), 1);
    assert_eq!(losses(&day, &week, None), []);
}
