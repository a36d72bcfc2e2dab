//! `users`: the users of a pool in the sandbox, listed, shown, created, disabled and deleted; and no personal data
//! anywhere but in the output that was asked for.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::scp::deny;
use crate::support::{Answer, Output, Place, Stack, Stub, underpin};

/// A stack without resources.
pub(super) const STACK: &str = "
stack: shop
region: eu-central-1
account: \"123456789012\"
environments: {prod: {}, local: {}}
";

/// Makes a pool; returns its id.
pub(super) fn pool(place: &Place, name: &str) -> String {
    let made = place.observer.call("cognito-idp", "create_user_pool", json!({"PoolName": name}));
    made["UserPool"]["Id"].as_str().expect("a pool has an id").to_owned()
}

/// Makes a user; returns its `sub`.
pub(super) fn user(place: &Place, pool: &str, name: &str, handle: &str) -> String {
    let mut attributes = vec![json!({"Name": "email", "Value": format!("{name}@example.com")})];
    if !handle.is_empty() {
        attributes.push(json!({"Name": "preferred_username", "Value": handle}));
    }
    let parameters =
        json!({"UserPoolId": pool, "Username": name, "UserAttributes": attributes, "MessageAction": "SUPPRESS"});
    let made = place.observer.call("cognito-idp", "admin_create_user", parameters);
    let all = made["User"]["Attributes"].as_array().expect("a user has attributes");
    let sub = all.iter().find(|attribute| attribute["Name"] == "sub").expect("a user has a `sub`");
    sub["Value"].as_str().expect("it is text").to_owned()
}

fn place() -> (Place, String) {
    let place = Place::of(STACK);
    let pool = pool(&place, "shop-users");
    (place, pool)
}

/// Runs with `-v`; nothing personal may be on standard error.
#[track_caller]
fn run(place: &Place, arguments: &[&str]) -> Output {
    let output = place.run(&[arguments, &["-v"]].concat());
    for personal in ["@example.com", "bobby"] {
        assert!(!output.stderr.contains(personal), "{arguments:?}:\n{}", output.stderr);
    }
    output
}

/// Replaces ids of pools and users, which are random.
fn without_ids(text: &str, ids: &[(&str, &str)]) -> String {
    ids.iter().fold(text.to_owned(), |text, (id, name)| text.replace(id, name))
}

#[test]
fn all_pages_are_listed_as_table_json_and_attributes() {
    let (place, pool) = place();
    let subs: Vec<String> =
        (0..130).map(|number| user(&place, &pool, &format!("bobby{number:03}"), &format!("h{number:03}"))).collect();
    let listed = run(&place, &["users", "list", "--pool", "shop-users", "--format", "json"]).success().json();
    assert_eq!(listed["pool"], json!({"id": pool, "name": "shop-users"}));
    assert_eq!(listed["count"], 130);
    let mut found: Vec<&str> = listed["users"]
        .as_array()
        .expect("users")
        .iter()
        .filter_map(|user| user["attributes"]["sub"].as_str())
        .collect();
    let mut expected: Vec<&str> = subs.iter().map(String::as_str).collect();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected, "every user once");
    let pages = place.emulator.requests().iter().filter(|request| request.operation == "ListUsers").count();
    assert_eq!(pages, 3, "sixty a page");

    let filter = "preferred_username = \"h007\"";
    let one = run(&place, &["users", "list", "--pool", &pool, "--filter", filter, "--format", "json"]).success().json();
    assert_eq!((&one["count"], &one["users"][0]["username"]), (&json!(1), &json!("bobby007")));
    let attributes =
        run(&place, &["users", "list", "--pool", &pool, "--filter", filter, "--attributes-only", "--format", "json"]);
    let mut expected = vec![
        json!({"Name": "email", "Value": "bobby007@example.com"}),
        json!({"Name": "preferred_username", "Value": "h007"}),
        json!({"Name": "sub", "Value": subs[7]}),
    ];
    let attributes = attributes.success().json();
    let mut found = attributes[0].as_array().expect("a list for each user").clone();
    found.retain(|one| one["Name"] != "email_verified");
    expected.sort_by_key(ToString::to_string);
    found.sort_by_key(ToString::to_string);
    assert_eq!(found, expected);

    let limited = run(&place, &["users", "list", "--pool", &pool, "--limit", "61"]).success();
    assert!(limited.stderr.contains("61 users of the pool `shop-users`"), "{}", limited.stderr);
    assert_eq!(limited.stdout.matches("@example.com").count(), 61);
    run(&place, &["users", "list", "--pool", &pool, "--format", "markdown"]).code(64);
}

#[test]
fn table_and_single_user_show_what_cognito_has() {
    let (place, pool) = place();
    let sub = user(&place, &pool, "bobby", "bob");
    let table = run(&place, &["users", "list", "--pool", "shop-users"]).success();
    let pairs = run(&place, &["users", "list", "--pool", "shop-users", "--attributes-only"]).success();
    let one = run(&place, &["users", "show", "bobby", "--pool", "shop-users"]).success();
    let text = format!("{}\n{}\n{}", table.stdout, pairs.stdout, one.stdout);
    let shown = run(&place, &["users", "show", "bobby", "--pool", &pool, "--format", "json"]).success().json();
    let time = shown["user"]["created_at"].as_str().expect("a user has a time");
    assert!(time.starts_with("20") && time.ends_with('Z'), "{time}");
    let updated = shown["user"]["updated_at"].as_str().expect("a user has a time");
    let listed = run(&place, &["users", "list", "--pool", &pool, "--format", "json"]).success().json();
    assert_eq!(listed["users"][0], shown["user"]);
    let wide = |value: &str, name: &str| format!("{name:<width$}", width = value.chars().count());
    let ids = [(sub.as_str(), wide(&sub, "SUB")), (time, wide(time, "TIME")), (updated, wide(updated, "TIME"))];
    let ids: Vec<(&str, &str)> = ids.iter().map(|(id, name)| (*id, name.as_str())).collect();
    let text = without_ids(&text, &ids);
    insta::assert_snapshot!(text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n"));
}

#[test]
fn pools_that_are_not_there_or_ambiguous_are_errors_with_what_is_there() {
    let (place, first) = place();
    let second = pool(&place, "shop-users");
    let other = pool(&place, "staff");
    let mut text = String::new();
    for named in ["shop-users", "shop-user", "eu-central-1_AAAAAAAAA", "us-east-1_AAAAAAAAA"] {
        let output = run(&place, &["users", "list", "--pool", named]).code(1);
        let _ = writeln!(text, "--pool {named}\n{}", output.stderr);
    }
    let output = run(&place, &["users", "show", "bobby", "--pool", &other]).code(1);
    let _ = writeln!(text, "show\n{}", output.stderr);
    let output = run(&place, &["users", "list", "--pool", &other, "--filter", "bobby"]).code(1);
    let _ = writeln!(text, "--filter\n{}", output.stderr);
    let output = run(&Place::of(STACK), &["users", "list", "--pool", "shop-users"]).code(1);
    let _ = writeln!(text, "no pool at all\n{}", output.stderr);
    // Two ids in order of their text.
    let mut ids = [first.as_str(), second.as_str()];
    ids.sort_unstable();
    let text: Vec<&str> = text.lines().filter(|line| !line.contains('→')).collect();
    insta::assert_snapshot!(without_ids(&text.join("\n"), &[(ids[0], "FIRST"), (ids[1], "SECOND"), (&other, "THIRD")]));
}

#[test]
fn another_account_or_region_is_refused_before_any_call() {
    let (place, pool) = place();
    place.emulator.clear_log();
    place.stack.replace("123456789012", "999999999999");
    for action in [&["users", "list"][..], &["users", "show", "bobby"], &["users", "delete", "bobby"]] {
        let output = run(&place, &[action, &["--pool", &pool, "--format", "json"]].concat()).code(3);
        assert_eq!(output.json()["verdicts"][0]["guardrail"], "account");
    }
    let called: Vec<String> = place.emulator.requests().iter().map(|request| request.service.clone()).collect();
    assert!(called.iter().all(|service| service == "sts"), "{called:?}");
}

fn found(place: &Place, pool: &str, name: &str) -> Value {
    let users = place.observer.call("cognito-idp", "list_users", json!({"UserPoolId": pool}));
    let users = users["Users"].as_array().expect("users").clone();
    users.into_iter().find(|user| user["Username"] == name).unwrap_or_default()
}

#[test]
fn user_is_created_disabled_and_deleted_with_consent_and_never_twice() {
    let (place, pool) = place();
    let base = |words: &[&'static str]| [words, &["--pool", "shop-users"]].concat();
    let create = base(&["users", "create", "bobby", "--attribute", "email=bobby@example.com", "-a", "name=Bobby B"]);
    // Without a terminal nobody can be asked.
    run(&place, &create).code(64);
    assert_eq!(place.emulator.mutations(), ["cognito-idp:CreateUserPool"]);
    let made = run(&place, &[&create[..], &["--yes", "--no-invitation", "--format", "json"]].concat()).success();
    assert_eq!(made.json()["changed"], true);
    let user = found(&place, &pool, "bobby");
    let attributes = user["Attributes"].as_array().expect("attributes");
    for (name, value) in [("email", "bobby@example.com"), ("name", "Bobby B")] {
        assert!(attributes.contains(&json!({"Name": name, "Value": value})), "{attributes:?}");
    }
    place.emulator.clear_log();
    assert!(run(&place, &[&create[..], &["--yes"]].concat()).success().stdout.contains("there already"));
    let other = base(&["users", "create", "bobby", "-a", "email=bobby2@example.com", "--yes"]);
    assert!(run(&place, &other).code(1).stderr.contains("with other values of `email`"));
    for wrong in [&["-a", "bobby@example.com"][..], &["-a", "sub=bobby"], &["-a", "name=bobby", "-a", "name=bobby"]] {
        run(&place, &[&base(&["users", "create", "x"])[..], wrong].concat()).code(64);
    }

    run(&place, &base(&["users", "disable", "bobby"])).code(64);
    run(&place, &base(&["users", "disable", "nobody", "--yes"])).code(1);
    assert_eq!(place.emulator.mutations(), [""; 0]);
    run(&place, &base(&["users", "disable", "bobby", "--yes"])).success();
    assert_eq!(found(&place, &pool, "bobby")["Enabled"], false);
    assert!(run(&place, &base(&["users", "disable", "bobby", "--yes"])).success().stdout.contains("disabled already"));
    assert_eq!(place.emulator.mutations(), ["cognito-idp:AdminDisableUser"]);

    place.emulator.clear_log();
    run(&place, &base(&["users", "delete", "bobby"])).code(64);
    let refused = run(&place, &base(&["users", "delete", "bobby", "--yes", "--format", "json"])).code(3);
    assert_eq!(refused.json()["verdicts"][0]["guardrail"], "consent");
    run(&place, &base(&["users", "delete", "bobby", "--yes", "--allow-delete", "nobody"])).code(64);
    assert_eq!(place.emulator.mutations(), [""; 0]);
    run(&place, &base(&["users", "delete", "bobby", "--yes", "--allow-delete", "bobby"])).success();
    assert_eq!(found(&place, &pool, "bobby"), Value::Null);
    let again = run(&place, &base(&["users", "delete", "bobby", "--yes", "--allow-delete", "bobby"])).success();
    assert!(again.stdout.contains("no such user"), "{}", again.stdout);
    assert_eq!(place.emulator.mutations(), ["cognito-idp:AdminDeleteUser"]);
}

#[test]
fn denied_calls_on_users_are_never_made() {
    let stack = Stack::new(&format!("{STACK}guardrails: {{scps: [scp]}}\n")).file(
        "scp/users.json",
        deny("NoUsers", "cognito-idp:Admin*User", &json!({"StringEquals": {"aws:RequestedRegion": "eu-central-1"}})),
    );
    let place = Place::new(stack);
    let pool = pool(&place, "shop-users");
    user(&place, &pool, "bobby", "bob");
    place.emulator.clear_log();
    for action in [
        &["users", "create", "bobby2", "--yes"][..],
        &["users", "disable", "bobby", "--yes"],
        &["users", "delete", "bobby", "--allow-delete", "bobby"],
    ] {
        let output = run(&place, &[action, &["--pool", "shop-users"]].concat()).code(3);
        for said in ["forbidden:", "`NoUsers`", "`cognito-idp:Admin", &format!("userpool/{pool}"), "Nothing was done"] {
            assert!(output.stderr.contains(said), "{said}: {}", output.stderr);
        }
    }
    assert_eq!(place.emulator.mutations(), [""; 0]);
}

#[test]
fn refusals_of_cognito_show_no_personal_data() {
    let (place, pool) = place();
    user(&place, &pool, "bobby", "bob");
    let message = "1 validation error detected: Value 'bobby@example.com' at 'username' failed";
    for (operation, arguments) in [
        ("AdminGetUser", &["users", "show", "bobby@example.com"][..]),
        ("AdminCreateUser", &["users", "create", "x", "-a", "email=bobby@example.com", "--yes"]),
        ("ListUsers", &["users", "list", "--filter", "email = \"bobby@example.com\""]),
    ] {
        let fault = json!({"service": "cognito-idp", "operation": operation, "status": 400, "code": "InvalidParameterException", "message": message});
        place.emulator.fault(fault);
        let output = run(&place, &[arguments, &["--pool", &pool, "--format", "json"]].concat()).code(1);
        assert!(output.stderr.contains("Value '…' at 'username' failed"), "{}", output.stderr);
        assert!(!output.stdout.contains("bobby"), "{}", output.stdout);
        place.emulator.clear_faults();
    }
}

#[test]
fn listing_that_repeats_a_page_is_an_error_and_not_the_end() {
    let stub = Stub::start(|asked| {
        let (status, body) = match asked.name().as_str() {
            "cognito-idp DescribeUserPool" => (200, json!({"UserPool": {"Name": "shop-users"}})),
            "cognito-idp ListUsers" => (200, json!({"Users": [{"Username": "one"}], "PaginationToken": "same"})),
            _ => (404, json!({"__type": "UnknownOperationException"})),
        };
        Answer { status, headers: Vec::new(), body: body.to_string().into_bytes() }
    });
    let stack = Stack::new(STACK);
    let arguments = ["users", "list", "--pool", "eu-central-1_AbCdEf123", "--endpoint-url", &stub.endpoint()];
    let output = underpin(stack.dir(), &arguments).code(1);
    assert!(output.stderr.contains("the service gave the same page again"), "{}", output.stderr);
    assert_eq!(output.stdout, "");
}
