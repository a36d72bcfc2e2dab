//! Access patterns: proofs in `validate` and `plan`, and the grants of roles.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Place, Stack, underpin};

const SHOP: &str = r"
stack: shop
region: eu-central-1
tables:
  orders:
    partition_key: pk
    sort_key: sk
    global_secondary_indexes: {by-customer: {partition_key: customer, sort_key: sk}}
roles:
  reader: {assumed_by: lambda.amazonaws.com}
";

const PATTERNS: &str = r#"
    access_patterns:
      order: {key: {pk: "ORD#{order}", sk: HEAD}}
      lines: {key: {pk: "ORD#{order}"}, sort: {begins_with: "LINE#"}, attributes: [amount]}
      of-customer: {index: by-customer, key: {customer: "{customer}"}, order: newest_first, limit: 10}
      place:
        write:
          transact:
            - check: {pk: "CUS#{customer}", sk: HEAD, condition: {pk: {exists: true}}}
            - put: {pk: "ORD#{order}", sk: HEAD, customer: "{customer}"}
      cancel: {write: {delete: [{pk: "ORD#{order}", sk: HEAD}]}}
"#;

/// The shop, with patterns under its table, and more under its role.
fn shop(patterns: &str, role: &str) -> String {
    let (tables, roles) = SHOP.split_once("roles:").expect("it has roles");
    let role = if role.is_empty() { String::new() } else { format!(", {role}") };
    format!("{}{patterns}\nroles:{}", tables.trim_end(), roles.replace('}', &format!("{role}}}")))
}

#[test]
fn validate_shows_calls_and_units_of_each_pattern() {
    let stack = Stack::new(&shop(PATTERNS, ""));
    let output = underpin(stack.dir(), &["validate"]).success();
    insta::assert_snapshot!("validate_patterns", output.stdout);
    let json = underpin(stack.dir(), &["validate", "--format", "json"]).success().json();
    let patterns = json["access_patterns"].as_array().expect("patterns");
    let of = |name: &str| patterns.iter().find(|one| one["pattern"] == name).expect("it is listed").clone();
    assert_eq!(of("of-customer")["index"], "by-customer");
    assert_eq!(of("of-customer")["cost"]["total"], json!({"read": 1.5, "write": 0.0}));
    assert_eq!(of("place")["operations"], json!(["TransactWriteItems"]));
    assert_eq!(of("order")["table"], "tables.orders");
}

#[test]
fn bad_designs_are_warnings_at_their_line_and_forbid_nothing() {
    let bad = r#"
    access_patterns:
      by-status: {key: {status: "{status}"}}
      unpaid: {key: {pk: "ORD#{order}"}, filter: {paid: {exists: false}}}
      all: {key: {pk: ORDERS}}
"#;
    let stack = Stack::new(&shop(bad, ""));
    let output = underpin(stack.dir(), &["validate"]).success();
    insta::assert_snapshot!("validate_findings", output.stderr);
    let json = underpin(stack.dir(), &["validate", "--format", "json"]).success().json();
    let verdicts = json["verdicts"].as_array().expect("verdicts");
    let rules: Vec<&str> = verdicts
        .iter()
        .filter(|verdict| verdict["guardrail"] == "access_patterns")
        .map(|verdict| verdict["rule"].as_str().expect("a rule"))
        .collect();
    assert_eq!(rules, ["pattern-scan", "pattern-filter", "index-unused", "hot-partition"]);
}

#[test]
fn impossible_patterns_are_errors_before_anything_is_called() {
    let bad = r#"
    access_patterns:
      latest: {index: by-customer, key: {customer: "{customer}"}, consistent: true}
      move: {write: {update: [{pk: "ORD#{order}", sk: HEAD, set: {sk: "{state}"}}]}}
"#;
    let place = Place::of(&shop(bad, ""));
    let output = place.run(&["plan"]).code(1);
    assert!(output.stderr.contains("has no strongly consistent reads"), "{}", output.stderr);
    assert!(output.stderr.contains("a key can't be updated"), "{}", output.stderr);
    assert_eq!(place.emulator.mutations(), [""; 0]);
}

#[test]
fn a_value_of_the_environment_is_refused_in_a_pattern() {
    let stack = Stack::new(&shop("\n    access_patterns: {mine: {key: {pk: \"${env:ME}#{order}\"}}}\n", ""));
    let output =
        crate::support::Run::new(stack.dir()).env("ME", "somebody-secret").args(&["validate"]).output().code(1);
    assert!(output.stderr.contains("can't hold a value of an environment variable"), "{}", output.stderr);
    assert!(!output.stderr.contains("somebody-secret"), "{}", output.stderr);
}

#[test]
fn a_plan_with_patterns_and_without_them_is_the_same_but_for_findings() {
    let place = Place::of(&shop("", ""));
    let strip = |mut plan: Value| {
        let verdicts = plan["verdicts"].as_array_mut().expect("verdicts");
        let before = verdicts.len();
        verdicts.retain(|verdict| verdict["guardrail"] != "access_patterns");
        let found = before - verdicts.len();
        for place in ["verdicts", "steps"] {
            // Lines move with the file.
            plan[place].as_array_mut().expect("a list").iter_mut().for_each(|one| {
                one.as_object_mut().expect("an object").remove("source");
            });
        }
        // The terms have the time and the salt, and the digest is over all.
        for drawn in ["terms", "digest"] {
            plan.as_object_mut().expect("a plan").remove(drawn);
        }
        (plan, found)
    };
    let unused = "\n    access_patterns: {order: {key: {pk: \"ORD#{order}\"}}}\n";
    for applied in [false, true] {
        place.stack.rewrite(&shop("", ""));
        let (plain, none) = strip(place.plan(&[]));
        place.stack.rewrite(&shop(unused, ""));
        let (patterned, found) = strip(place.plan(&[]));
        assert_eq!((none, found), (0, 1), "the index is not used");
        assert_eq!(patterned, plain);
        if !applied {
            place.apply(&[]);
        }
    }
    // What stays as it is is counted, and shown by `validate`.
    let plan = place.run(&["plan"]).success();
    assert!(plan.stdout.contains("existing warning") && !plan.stdout.contains("index-unused"), "{}", plan.stdout);
}

#[test]
fn grants_become_an_inline_policy_that_is_planned_applied_and_judged() {
    let granted = "grants: [{table: orders, patterns: all}]";
    let place = Place::of(&shop(PATTERNS, granted));
    let plan = place.run(&["plan"]).success();
    insta::assert_snapshot!("plan_grants", role_of(&plan.stdout));
    place.apply(&[]);
    let policies = place.observer.role("reader")["InlinePolicies"].clone();
    let policy = &policies["underpin-grants"];
    let actions: Vec<&str> = policy["Statement"]
        .as_array()
        .expect("statements")
        .iter()
        .flat_map(|statement| statement["Action"].as_array().expect("actions"))
        .map(|action| action.as_str().expect("an action"))
        .collect();
    for action in ["GetItem", "Query", "PutItem", "DeleteItem", "ConditionCheckItem"] {
        assert!(actions.contains(&format!("dynamodb:{action}").as_str()), "{action} of {actions:?}");
    }
    assert!(!actions.contains(&"dynamodb:UpdateItem") && !actions.contains(&"dynamodb:Scan"), "{actions:?}");

    // Without the grant it goes; with one pattern it is narrower.
    place.stack.rewrite(&shop(PATTERNS, "grants: [{table: tables.orders, patterns: [order]}]"));
    place.apply(&[]);
    let policy = place.observer.role("reader")["InlinePolicies"]["underpin-grants"].clone();
    assert_eq!(policy["Statement"][0]["Action"], json!(["dynamodb:GetItem"]));
    place.stack.rewrite(&shop(PATTERNS, ""));
    place.apply(&[]);
    assert_eq!(place.observer.role("reader")["InlinePolicies"], json!({}));
}

/// The actions of a policy, each with its resource.
fn allowed(policy: &Value) -> BTreeSet<(String, String)> {
    let texts = |value: &Value| -> Vec<String> {
        let all = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
        all.iter().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let statements = policy["Statement"].as_array().expect("statements");
    let pairs = |statement: &Value| {
        let resources = texts(&statement["Resource"]);
        let actions = texts(&statement["Action"]).into_iter();
        actions.flat_map(move |action| resources.clone().into_iter().map(move |on| (action.clone(), on)))
    };
    statements.iter().flat_map(pairs).collect()
}

#[test]
fn patterns_of_the_projects_function_grant_what_its_written_policy_does() {
    const ROLE: &str = "cruddur-messaging-stream";
    let place = Place::new(Stack::project());
    place.apply(&[]);
    let written = place.observer.role(ROLE)["InlinePolicies"]["cruddur-message-stream-policy"].clone();
    place.stack.replace(
        "    inline_policies:\n      cruddur-message-stream-policy: policies/iam/cruddur-message-stream-policy.json\n",
        "    grants: [{table: cruddur-messages, patterns: [groups-of-conversation, update-message-group]}]\n",
    );
    place.apply(&[]);
    let policies = place.observer.role(ROLE)["InlinePolicies"].clone();
    assert_eq!(policies.as_object().map(serde_json::Map::len), Some(1), "{policies}");
    let granted = &policies["underpin-grants"];
    assert_eq!(allowed(granted), allowed(&written));
    // And no more than that: the rows of groups alone, in transactions.
    let statements = granted["Statement"].as_array().expect("statements");
    let writes = statements.iter().find(|one| one["Action"].to_string().contains("PutItem")).expect("it writes");
    let condition = writes["Condition"].to_string();
    assert!(condition.contains("GRP#*") && condition.contains("TransactWriteItems"), "{condition}");
}

/// The part of a plan about the role.
fn role_of(plan: &str) -> String {
    let rest = plan.split("+ roles.reader").nth(1).expect("the role is planned");
    rest.split("\n\n").next().unwrap_or_default().to_owned()
}

#[test]
fn wrong_grants_are_errors_at_their_place() {
    let cases = [
        ("an unknown table", "grants: [{table: order, patterns: all}]"),
        ("an unknown pattern", "grants: [{table: orders, patterns: [orders, line]}]"),
        (
            "a policy of the same name",
            "inline_policies: {underpin-grants: {Version: \"2012-10-17\", Statement: [{Effect: Allow, Action: \
             \"dynamodb:GetItem\", Resource: \"*\"}]}}, grants: [{table: orders, patterns: all}]",
        ),
    ];
    let shown = cases.map(|(what, role)| {
        let stack = Stack::new(&shop(PATTERNS, role));
        let output = underpin(stack.dir(), &["validate"]).code(1);
        format!("# {what}\n{}", output.stderr)
    });
    insta::assert_snapshot!("wrong_grants", shown.join("\n"));
    let none = Stack::new(&shop("", "grants: [{table: orders, patterns: all}]"));
    let output = underpin(none.dir(), &["validate"]).code(1);
    assert!(output.stderr.contains("`tables.orders` has no access patterns"), "{}", output.stderr);
}

#[test]
fn a_grant_too_large_for_a_role_is_an_error() {
    let one = |n: usize| format!("      p{n}: {{key: {{pk: \"A-RATHER-LONG-KEY-{n}#{{id}}\"}}}}\n");
    let many = (0..400).map(one).collect::<Vec<_>>().concat();
    let stack =
        Stack::new(&shop(&format!("\n    access_patterns:\n{many}"), "grants: [{table: orders, patterns: all}]"));
    let output = underpin(stack.dir(), &["validate"]).code(1);
    assert!(output.stderr.contains("characters; those of one role may have"), "{}", output.stderr);
}
