//! A local database brought from any state, nothing at all included, to its schema and its first rows.

use std::time::Duration;

use tokio_postgres::error::{DbError, ErrorPosition, SqlState};

use super::database::{Access, Database, SILENCE, answered, begin};
use super::database_error::{DatabaseError, words};
use super::database_url::DatabaseUrl;

/// The project's own schema.
pub const SCHEMA: &str = include_str!("../../db/schema.sql");

/// The project's own first rows.
pub const SEED: &str = include_str!("../../db/seed.sql");

/// The key of the lock that lets one set-up of a database go after the other.
const LOCK: i64 = 0x756e_6465_7270;

/// The database that every server has. Source: Postgres's documentation, "Template Databases".
const MAINTENANCE: &str = "postgres";

/// The columns by which a table is recognized as that of the application.
const COLUMNS: [&str; 3] = ["uuid", "handle", "cognito_user_id"];

/// The columns of the table, if it is there.
const COLUMNS_THERE: &str = "SELECT column_name::text FROM information_schema.columns \
                             WHERE table_schema = 'public' AND table_name = 'users'";

/// A file of SQL statements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlFile {
    /// The name for messages, such as `db/schema.sql`.
    pub name: String,
    /// The statements; commands of psql are not among them.
    pub text: String,
}

impl SqlFile {
    /// The project's own schema and first rows.
    pub fn own() -> [Self; 2] {
        let file = |name: &str, text: &str| Self { name: name.to_owned(), text: text.to_owned() };
        [file("db/schema.sql", SCHEMA), file("db/seed.sql", SEED)]
    }
}

/// Runs SQL files on a database of this machine, in order and in one transaction: all of them take effect, or none. The
/// database is made if it is not there. Several set-ups at the same time go one after the other.
///
/// # Errors
/// If the database is not on this machine, is on the server of the production database, or has a table `public.users`
/// of another application, nothing is changed.
pub async fn set_up(
    url: &DatabaseUrl,
    production: Option<&DatabaseUrl>,
    files: &[SqlFile],
) -> Result<(), DatabaseError> {
    let place = url.place();
    if !url.is_loopback() {
        return Err(DatabaseError::NotLocal { place, why: "it is not on this machine" });
    }
    if production.is_some_and(|production| url.shares_a_server_with(production)) {
        return Err(DatabaseError::NotLocal { place, why: "it is on the server that `PROD_CONNECTION_URL` names" });
    }
    let mut database = opened(url).await?;
    let work = async {
        let transaction = begin(database.client(), Access::ReadWrite).await?;
        transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK]).await?;
        let rows = transaction.query(COLUMNS_THERE, &[]).await?;
        let columns: Vec<String> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
        if !columns.is_empty() && !COLUMNS.iter().all(|needed| columns.iter().any(|column| column == needed)) {
            let why = "its table `public.users` has other columns: it belongs to another application";
            return Ok(Err(DatabaseError::NotLocal { place: place.clone(), why }));
        }
        for file in files {
            if let Err(error) = transaction.batch_execute(&file.text).await {
                let Some(said) = error.as_db_error() else { return Err(error) };
                let error = DatabaseError::File { place: place.clone(), file: located(file, said), why: words(said) };
                return Ok(Err(error));
            }
        }
        transaction.commit().await?;
        Ok(Ok(()))
    };
    answered(&place, "set up the database", SILENCE + Duration::from_secs(20), work).await?
}

/// Connects; makes the database if it is not there.
async fn opened(url: &DatabaseUrl) -> Result<Database, DatabaseError> {
    match Database::connect(url).await {
        Err(DatabaseError::Refused { code, .. }) if code == SqlState::UNDEFINED_DATABASE.code() => {}
        answer => return answer,
    }
    let mut server = Database::connect(&url.with_database(MAINTENANCE)).await?;
    let place = server.place().to_owned();
    let statement = format!("CREATE DATABASE \"{}\"", url.database().replace('"', "\"\""));
    let made = async {
        match server.client().batch_execute(&statement).await {
            // Somebody else made it at the same moment.
            Err(error) if error.code().is_some_and(is_there) => Ok(()),
            answer => answer,
        }
    };
    answered(&place, "create the database", SILENCE, made).await?;
    Database::connect(url).await
}

fn is_there(code: &SqlState) -> bool {
    [SqlState::DUPLICATE_DATABASE, SqlState::UNIQUE_VIOLATION].contains(code)
}

/// A file with line and column of an error, if the server gives its position.
fn located(file: &SqlFile, said: &DbError) -> String {
    let Some(ErrorPosition::Original(position)) = said.position() else { return format!("`{}`", file.name) };
    let before = usize::try_from(*position).unwrap_or(1).saturating_sub(1);
    let before: String = file.text.chars().take(before).collect();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
    format!("{}:{line}:{column}", file.name)
}
