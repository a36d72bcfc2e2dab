//! The users of a real Postgres: found by handle, set up, synchronised, and every way in which that fails.

use std::fmt::Write as _;
use std::net::TcpListener;

use underpin::users::{
    Account, Database, DatabaseError, DatabaseUrl, SqlFile, Writing, fixed, production_url, set_up, sync,
};

use crate::support::{Postgres, TestDatabase};

fn url(text: &str) -> DatabaseUrl {
    DatabaseUrl::parse(text, "the test").expect("it is a URL")
}

fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Runtime::new().expect("a runtime starts").block_on(work)
}

fn set_up_own(database: &TestDatabase) {
    wait(set_up(&url(&database.url()), None, &SqlFile::own())).expect("it is set up");
}

async fn connected(database: &TestDatabase) -> Database {
    Database::connect(&url(&database.url())).await.expect("it connects")
}

/// All rows, without the time.
const ROWS: &str = "SELECT uuid, display_name, handle, email, cognito_user_id FROM users ORDER BY handle";

#[test]
fn database_is_set_up_from_any_state_and_has_the_fixed_users() {
    let Some(database) = Postgres::database() else { return };
    set_up_own(&database);
    let seeded = database.query(ROWS);
    let lines: Vec<String> =
        fixed().iter().map(|one| format!("{}|{}|{}", one.uuid, one.display_name, one.handle)).collect();
    assert_eq!(seeded.lines().count(), 2);
    for (line, own) in seeded.lines().zip(&lines) {
        assert!(line.starts_with(own.as_str()) && line.ends_with("|MOCK"), "{line}");
    }
    // Rows, columns and dependents that came later.
    database.query("ALTER TABLE users ADD COLUMN bio text; DELETE FROM users WHERE handle = 'adakeller'");
    database.query("INSERT INTO users (display_name, handle, email) VALUES ('X', 'x', 'x@example.com')");
    database.query("CREATE TABLE activities (user_uuid uuid REFERENCES users); INSERT INTO activities VALUES (NULL)");
    set_up_own(&database);
    assert_eq!(database.query(ROWS), seeded);
    assert_eq!(database.query("SELECT count(*) FROM activities"), "1", "another table keeps its rows");
    // A database that is not there.
    let other = format!("{}_new", database.name());
    wait(set_up(&url(&database.url_of(&other)), None, &SqlFile::own())).expect("it is made");
    assert!(database.query(&format!("SELECT 1 FROM pg_database WHERE datname = '{other}'")) == "1");
    database.query(&format!("DROP DATABASE {other} WITH (FORCE)"));
}

#[test]
fn twenty_set_ups_at_once_end_in_one_state() {
    let Some(database) = Postgres::database() else { return };
    let name = format!("{}_many", database.name());
    let url = url(&database.url_of(&name));
    wait(async {
        let runs = (0..20).map(|_| {
            let url = url.clone();
            tokio::spawn(async move { set_up(&url, None, &SqlFile::own()).await })
        });
        for run in runs.collect::<Vec<_>>() {
            run.await.expect("it ends").expect("each succeeds");
        }
        let members =
            Database::connect(&url).await.expect("it connects").by_handle(&["jonasbrandt", "adakeller"]).await;
        let [ada, jonas] = fixed();
        assert_eq!(members, Ok(vec![jonas, ada]));
    });
    database.query(&format!("DROP DATABASE {name} WITH (FORCE)"));
}

#[test]
fn failed_set_up_changes_nothing_and_names_the_line() {
    let Some(database) = Postgres::database() else { return };
    set_up_own(&database);
    database.query("UPDATE users SET cognito_user_id = 'real' WHERE handle = 'adakeller'");
    let before = database.query(ROWS);
    let [schema, seed] = SqlFile::own();
    let wrong = |text: &str| SqlFile { name: "db/seed.sql".to_owned(), text: text.to_owned() };
    let run = |files: &[SqlFile]| wait(set_up(&url(&database.url()), None, files)).expect_err("it fails").to_string();
    let place = url(&database.url()).place();
    let syntax = run(&[schema.clone(), wrong("SELECT 1;\nSELECT 'ä', FROM users;\n")]);
    assert_eq!(syntax, format!("{place} refuses db/seed.sql:2:13: syntax error at or near \"FROM\" (SQLSTATE 42601)"));
    let twice = run(&[schema, seed.clone(), seed]);
    assert_eq!(
        twice,
        format!("{place} refuses `db/seed.sql`: a constraint is violated, constraint `users_pkey` (SQLSTATE 23505)"),
        "no value of a row is shown"
    );
    assert_eq!(database.query(ROWS), before);
}

#[test]
fn foreign_table_and_production_server_are_never_set_up() {
    let Some(database) = Postgres::database() else { return };
    database.query("CREATE TABLE users (id int, name text); INSERT INTO users VALUES (1, 'x')");
    let run = |to: &str, production: Option<&str>| {
        let production = production.map(url);
        wait(set_up(&url(to), production.as_ref(), &SqlFile::own())).expect_err("it is refused").to_string()
    };
    let own = database.url();
    assert!(run(&own, None).ends_with("has other columns: it belongs to another application"), "{}", run(&own, None));
    assert_eq!(database.query("SELECT * FROM users"), "1|x");
    assert!(run(&own, Some(&own)).ends_with("is on the server that `PROD_CONNECTION_URL` names"));
    assert!(run("postgresql://u@db.example.com/d", None).ends_with("it is not on this machine"));
    let named = |name: &str| (name == "PROD_CONNECTION_URL").then(|| own.clone());
    assert!(production_url(&named).expect("it is a URL").is_some());
}

#[test]
fn users_are_found_by_handle_in_the_given_order() {
    let Some(database) = Postgres::database() else { return };
    set_up_own(&database);
    wait(async {
        let mut connection = connected(&database).await;
        let [ada, jonas] = fixed();
        assert_eq!(connection.by_handle(&["jonasbrandt", "adakeller"]).await, Ok(vec![jonas, ada.clone()]));
        assert_eq!(connection.by_handle(&["adakeller", "adakeller"]).await, Ok(vec![ada.clone(), ada]));
        let error = connection.by_handle(&["adakeller", "x' OR '1'='1"]).await.expect_err("nobody has it");
        assert!(error.to_string().ends_with("has no user with the handle `x' OR '1'='1`"), "{error}");
        database.query("ALTER TABLE users DROP CONSTRAINT users_handle_key");
        database.query("UPDATE users SET handle = 'adakeller'");
        let error = connection.by_handle(&["adakeller"]).await.expect_err("two have it");
        assert!(error.to_string().ends_with("has 2 users with the handle `adakeller`"), "{error}");
        database.query("DROP TABLE users");
        let error = connection.by_handle(&["adakeller"]).await.expect_err("there is no table");
        assert!(matches!(error, DatabaseError::NoTable { .. }), "{error}");
    });
}

fn account(handle: &str, sub: &str) -> Account {
    Account { handle: Some(handle.to_owned()), sub: sub.to_owned(), confirmed: true }
}

#[test]
fn sync_writes_in_one_transaction_and_only_what_differs() {
    let Some(database) = Postgres::database() else { return };
    set_up_own(&database);
    let accounts = [account("adakeller", "sub-a"), account("nobody", "sub-n"), account("jonasbrandt", "sub-j")];
    wait(async {
        let mut connection = connected(&database).await;
        // The number of the transaction that wrote a row last.
        let written = || database.query("SELECT handle, cognito_user_id, xmin FROM users ORDER BY handle");
        let before = written();
        let shown = sync(&mut connection, &accounts, Writing::DryRun).await.expect("it is compared");
        assert_eq!((shown.comparison.changes.len(), shown.written), (2, false));
        assert_eq!(written(), before);
        let done = sync(&mut connection, &accounts, Writing::Written).await.expect("it is written");
        assert_eq!((done.comparison, done.written), (shown.comparison, true));
        let after = written();
        assert!(after.contains("adakeller|sub-a|") && after.contains("jonasbrandt|sub-j|"), "{after}");
        let again = sync(&mut connection, &accounts, Writing::Written).await.expect("nothing is to be done");
        assert_eq!((again.comparison.unchanged, again.written), (2, false));
        assert_eq!(again.comparison.missing_in_database, ["nobody"]);
        assert_eq!(written(), after, "nothing is written where nothing differs");
    });
}

#[test]
fn failed_sync_changes_no_row() {
    let Some(database) = Postgres::database() else { return };
    set_up_own(&database);
    database.query("ALTER TABLE users ADD CONSTRAINT short CHECK (length(cognito_user_id) < 8)");
    let accounts = [account("adakeller", "sub-a"), account("jonasbrandt", "too-long-for-it")];
    wait(async {
        let error = sync(&mut connected(&database).await, &accounts, Writing::Written).await.expect_err("it fails");
        let place = url(&database.url()).place();
        assert_eq!(
            error.to_string(),
            format!(
                "{place} failed to set `cognito_user_id` by handle: a constraint is violated, constraint `short` \
                 (SQLSTATE 23514)"
            )
        );
        assert_eq!(database.query("SELECT DISTINCT cognito_user_id FROM users"), "MOCK");
    });
}

#[test]
fn lost_connection_and_raced_rows_are_errors_and_change_nothing() {
    let Some(database) = Postgres::database() else { return };
    set_up_own(&database);
    let accounts = [account("adakeller", "sub-a"), account("jonasbrandt", "sub-j")];
    // The server ends the connection at the first row that is written.
    database.query(
        "CREATE FUNCTION end_it() RETURNS trigger LANGUAGE plpgsql AS \
         'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END'; \
         CREATE TRIGGER end_it BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION end_it()",
    );
    wait(async {
        let error = sync(&mut connected(&database).await, &accounts, Writing::Written).await.expect_err("it ends");
        assert!(matches!(error, DatabaseError::Lost { .. }), "{error}");
        assert_eq!(database.query("SELECT DISTINCT cognito_user_id FROM users"), "MOCK");
        // Somebody else changes a row between reading and writing, each time.
        database.query(
            "DROP TRIGGER end_it ON users; \
             CREATE FUNCTION skip() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; \
             CREATE TRIGGER skip BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION skip()",
        );
        let error = sync(&mut connected(&database).await, &accounts, Writing::Written).await.expect_err("it is raced");
        assert!(matches!(error, DatabaseError::Raced { .. }), "{error}");
        assert_eq!(database.query("SELECT DISTINCT cognito_user_id FROM users"), "MOCK");
    });
}

#[test]
fn tls_connects_only_to_the_server_that_the_certificate_names() {
    let Some(database) = Postgres::database() else { return };
    let server = database.server();
    let roots = server.certificate();
    let (port, name, roots) = (server.port(), database.name(), roots.to_str().expect("the path is text"));
    let [password, _] = TestDatabase::SECRETS;
    // The connection goes to `hostaddr`; the certificate is checked for `host`.
    let to = |host: &str, more: &str| {
        let text = format!(
            "host={host} hostaddr=127.0.0.1 port={port} user=tester password='{password}' dbname={name} {more}"
        );
        wait(Database::connect(&url(&text))).map(drop).map_err(|error| error.to_string())
    };
    let trusting = format!("sslrootcert='{roots}'");
    assert_eq!(to("db.example.com", &trusting), Ok(()));
    assert_eq!(to("db.example.com", &format!("sslmode=require {trusting}")), Ok(()));
    for (host, more) in [
        ("db.example.com", "sslmode=require"),
        ("db.example.org", &trusting),
        ("db.example.com", "sslrootcert=/nowhere"),
    ] {
        let error = to(host, more).expect_err("it is not trusted");
        assert!(error.contains("can't be reached safely"), "{error}");
        assert!(!error.contains(password), "{error}");
    }
}

#[test]
fn server_without_tls_gets_no_password_from_afar() {
    // It answers the request for TLS with N, as a server without it does, and keeps what comes then.
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let port = listener.local_addr().expect("it has an address").port();
    let heard = std::thread::spawn(move || {
        use std::io::{Read as _, Write as _};
        let (mut stream, _) = listener.accept().expect("somebody connects");
        let mut request = [0; 8];
        stream.read_exact(&mut request).expect("the request for TLS comes first");
        stream.write_all(b"N").expect("it is answered");
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).expect("the connection ends");
        rest
    });
    let text = format!("host=db.example.com hostaddr=127.0.0.1 port={port} user=u password=hunter2 dbname=d");
    let error = wait(Database::connect(&url(&text))).expect_err("it has no TLS").to_string();
    assert!(error.contains("server does not support TLS"), "{error}");
    assert_eq!(heard.join().expect("it ends"), b"", "nothing was sent in plain text");
}

#[test]
fn each_failure_names_the_place_and_no_secret() {
    let Some(database) = Postgres::database() else { return };
    let port = database.server().port();
    let closed = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let nobody = closed.local_addr().expect("it has an address").port();
    drop(closed);
    // It takes connections and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let mute = silent.local_addr().expect("it has an address").port();
    let mut text = String::new();
    for of in [
        format!("postgresql://tester:hunter2@127.0.0.1:{nobody}/app"),
        format!("postgresql://tester:hunter2@127.0.0.1:{mute}/app?connect_timeout=1"),
        format!("postgresql://tester:hunter2@127.0.0.1:{port}/app"),
        format!("postgresql://nobody:hunter2@127.0.0.1:{port}/app"),
        format!("postgresql://tester@127.0.0.1:{port}/app"),
        database.url_of("not_there"),
    ] {
        let error = wait(Database::connect(&url(&of))).expect_err("it fails");
        let _ = writeln!(text, "{error}\n  hint: {}", error.hint());
    }
    for (number, name) in [(port, "PORT"), (nobody, "CLOSED"), (mute, "MUTE")] {
        text = text.replace(&number.to_string(), name);
    }
    assert!(!text.contains("hunter2") && !TestDatabase::SECRETS.iter().any(|secret| text.contains(secret)), "{text}");
    insta::assert_snapshot!(text);
}
