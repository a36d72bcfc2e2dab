//! A DynamoDB Local that the user runs and names: tests of tables against AWS's own refusals.
//!
//! It has its vendor's licence, so nothing here downloads it. `docker run -p 8000:8000
//! amazon/dynamodb-local -jar DynamoDBLocal.jar -inMemory -sharedDb` starts one, and
//! `UNDERPIN_TEST_DYNAMODB_LOCAL=http://127.0.0.1:8000` names it.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use serde_json::json;

use super::Observer;

/// Its tests share one, so they take turns.
static TURN: Mutex<()> = Mutex::new(());

/// The DynamoDB Local that was named, without any table.
pub(crate) struct DynamoDbLocal {
    endpoint: String,
    _turn: MutexGuard<'static, ()>,
}

impl DynamoDbLocal {
    /// The one that is named; if none is, prints one line about it and returns `None`.
    pub(crate) fn named() -> Option<Self> {
        let endpoint = named()?.clone();
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let observer = Observer::at(&endpoint);
        let tables = observer.call("dynamodb", "list_tables", json!({}));
        let ours = tables["TableNames"].as_array().into_iter().flatten().filter_map(|name| name.as_str());
        // The user who named it may keep other tables there.
        for table in ours.filter(|name| name.starts_with("underpin-test-")) {
            observer.call("dynamodb", "delete_table", json!({"TableName": table}));
        }
        Some(Self { endpoint, _turn: turn })
    }

    /// The endpoint for requests.
    pub(crate) fn endpoint(&self) -> String {
        self.endpoint.clone()
    }
}

/// The endpoint that the environment names. It is looked for once, and reported once.
#[expect(clippy::print_stderr, reason = "that tests are skipped is for whoever runs them to see")]
fn named() -> Option<&'static String> {
    const NAME: &str = "UNDERPIN_TEST_DYNAMODB_LOCAL";
    static FOUND: OnceLock<Option<String>> = OnceLock::new();
    let look = || {
        let found = std::env::var(NAME).ok().filter(|url| !url.is_empty());
        if found.is_none() {
            eprintln!("skipped: the tests against DynamoDB Local, because {NAME} names none");
        }
        found
    };
    FOUND.get_or_init(look).as_ref()
}
