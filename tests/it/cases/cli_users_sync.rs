//! `users sync`: a real Postgres and a pool of the sandbox.

use std::fmt::Write as _;
use std::net::TcpListener;

use serde_json::json;

use super::cli_users::{STACK, pool, user};
use crate::support::{Output, Place, Postgres, TestDatabase};

/// The project's own schema, and three users.
fn seeded() -> Option<TestDatabase> {
    let database = Postgres::database()?;
    database.query(include_str!("../../../db/schema.sql"));
    database.query(include_str!("../../../db/seed.sql"));
    database.query("INSERT INTO users (display_name, handle, email) VALUES ('C', 'carol', 'carol@example.com')");
    Some(database)
}

const IDS: &str = "SELECT handle, cognito_user_id, xmin FROM users ORDER BY handle";

#[track_caller]
fn run(place: &Place, variables: &[(&str, &str)], arguments: &[&str]) -> Output {
    let words = [&["users", "sync", "--pool", "shop-users", "-v"][..], arguments].concat();
    let run = variables.iter().fold(place.command(&words), |run, (name, value)| run.env(name, value));
    let output = run.output();
    let personal = ["@example.com", "Ada Keller", "hunter2", "postgresql://u", "postgresql://tester"];
    for secret in TestDatabase::SECRETS.iter().chain(&personal) {
        assert!(!output.stderr.contains(secret) && !output.stdout.contains(secret), "{secret}:\n{}", output.stderr);
    }
    output
}

#[test]
fn ids_are_set_by_handle_once_and_both_sides_are_reported() {
    let Some(database) = seeded() else { return };
    let place = Place::of(STACK);
    let pool = pool(&place, "shop-users");
    let ada = user(&place, &pool, "ada", "adakeller");
    let jonas = user(&place, &pool, "jonas", "jonasbrandt");
    user(&place, &pool, "dora", "dora");
    // Two accounts with the handle of one row, and one without a handle.
    user(&place, &pool, "carol", "carol");
    user(&place, &pool, "carla", "carol");
    let nameless = user(&place, &pool, "nameless", "");
    let url = database.url();
    let variables = [("CONNECTION_URL", url.as_str())];
    let before = database.query(IDS);
    let dry = run(&place, &variables, &["--dry-run", "--format", "json"]).success().json();
    assert_eq!(database.query(IDS), before);
    let done = run(&place, &variables, &["--format", "json"]).success().json();
    assert_eq!((&dry["written"], &done["written"]), (&json!(false), &json!(true)));
    assert_eq!(dry["changes"], done["changes"]);
    assert_eq!(
        done["changes"],
        json!([
            {"handle": "adakeller", "before": "MOCK", "after": ada},
            {"handle": "jonasbrandt", "before": "MOCK", "after": jonas},
        ])
    );
    assert_eq!(done["missing_in_database"], json!(["dora"]));
    assert_eq!(done["missing_in_pool"], json!([]));
    assert_eq!(done["duplicates"], json!({"in_pool": ["carol"], "in_database": []}));
    assert_eq!(done["accounts_without_handle"], json!([nameless]));
    let after = database.query(IDS);
    for line in [format!("adakeller|{ada}|"), format!("jonasbrandt|{jonas}|"), "carol|MOCK|".to_owned()] {
        assert!(after.contains(&line), "{after}");
    }
    let again = run(&place, &[], &["--database-url", &url]).success();
    assert_eq!(database.query(IDS), after, "nothing is written where nothing differs");
    let port = database.server().port().to_string();
    let text = [(ada.as_str(), "ADA"), (&jonas, "JONAS"), (&nameless, "NAMELESS"), (&pool, "POOL"), (&port, "PORT")]
        .iter()
        .fold(again.stdout, |text, (from, to)| text.replace(from, to))
        .replace(database.name(), "NAME");
    insta::assert_snapshot!(text);
    assert!(place.emulator.mutations().iter().all(|call| call.contains("Create")), "the pool is only read");
}

#[test]
fn production_database_is_written_only_with_its_environment() {
    let Some(database) = seeded() else { return };
    let place = Place::of(STACK);
    let pool = pool(&place, "shop-users");
    user(&place, &pool, "ada", "adakeller");
    let url = database.url();
    let other = database.url_of("another");
    let far = "postgresql://u:hunter2@db.example.com/app";
    let before = database.query(IDS);
    place.emulator.clear_log();
    for (variables, arguments) in [
        (&[("CONNECTION_URL", url.as_str()), ("PROD_CONNECTION_URL", url.as_str())][..], &[][..]),
        (&[("PROD_CONNECTION_URL", other.as_str())], &["--database-url", &url]),
        (&[("PROD_CONNECTION_URL", other.as_str())], &["--database-url", &url, "--env", "local"]),
        (&[("CONNECTION_URL", far)], &[]),
        (&[("CONNECTION_URL", far)], &["--dry-run"]),
        (&[], &["--database-url", far]),
    ] {
        let output = run(&place, variables, &[arguments, &["--format", "json"]].concat()).code(3);
        assert_eq!(output.json()["verdicts"][0]["guardrail"], "production", "{variables:?} {arguments:?}");
    }
    assert_eq!((database.query(IDS), place.emulator.requests().len()), (before, 0), "nothing is called");
    let production = [("PROD_CONNECTION_URL", url.as_str()), ("CONNECTION_URL", far)];
    run(&place, &production, &["--env", "prod"]).success();
    assert!(!database.query(IDS).contains("adakeller|MOCK"));
}

#[test]
fn each_wrong_input_has_its_message_and_changes_nothing() {
    let Some(database) = Postgres::database() else { return };
    let place = Place::of(STACK);
    let pool = pool(&place, "shop-users");
    user(&place, &pool, "ada", "adakeller");
    let closed = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let nobody = closed.local_addr().expect("it has an address").port();
    drop(closed);
    let unreachable = format!("postgresql://u:hunter2@127.0.0.1:{nobody}/app");
    let empty = database.url();
    let mut text = String::new();
    let mut show = |title: &str, code: i32, url: Option<&str>, arguments: &[&str]| {
        let variables: Vec<(&str, &str)> = url.into_iter().map(|url| ("CONNECTION_URL", url)).collect();
        let output = run(&place, &variables, arguments).code(code);
        let lines: Vec<&str> = output.stderr.lines().filter(|line| !line.contains('→')).collect();
        let _ = writeln!(text, "{title}\n{}\n{}", lines.join("\n"), output.stdout);
    };
    show("no database", 64, None, &[]);
    show("no production database", 64, Some(&empty), &["--env", "prod"]);
    show("unreachable", 1, Some(&unreachable), &[]);
    show("no URL", 1, Some("hunter2"), &[]);
    show("a password that is not encoded", 1, Some("postgresql://u:p@hunter2@localhost/app"), &[]);
    show("another scheme", 1, Some("mysql://u:hunter2@localhost/app"), &[]);
    show("plain text", 1, Some("postgresql://u:hunter2@db.example.com/app?sslmode=disable"), &[]);
    show("production", 3, Some("postgresql://u:hunter2@db.example.com/app"), &[]);
    show("table missing", 1, Some(&empty), &[]);
    database.query("CREATE TABLE users (handle text)");
    show("column missing", 1, Some(&empty), &[]);
    let port = database.server().port().to_string();
    let text = text.replace(&port, "PORT").replace(&nobody.to_string(), "CLOSED").replace(database.name(), "NAME");
    insta::assert_snapshot!(text);
    let missing = place.command(&["users", "sync", "--pool", "shop-usersx"]).env("CONNECTION_URL", database.url());
    assert!(missing.output().code(1).stderr.contains("there is no user pool `shop-usersx`"));
}
