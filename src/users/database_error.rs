//! The errors of a database. They name its place, and hold neither the connection string nor values of rows.

use std::error::Error as _;
use std::time::Duration;

use tokio_postgres::error::{DbError, SqlState};

use crate::base::printable;

/// A failure of a database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DatabaseError {
    /// No connection was made.
    #[error("{place} can't be reached: {why}")]
    Unreachable {
        /// Host, port and database.
        place: String,
        /// The reason, without the connection string.
        why: String,
    },
    /// The connection can't be encrypted, or the server is not the named one.
    #[error("{place} can't be reached safely: {why}")]
    Tls {
        /// Host, port and database.
        place: String,
        /// The reason.
        why: String,
    },
    /// The server refused the user or the database.
    #[error("{place} refuses the connection: {why}")]
    Refused {
        /// Host, port and database.
        place: String,
        /// The SQLSTATE; empty if the driver refused before the server did.
        code: String,
        /// The server's message, with the SQLSTATE.
        why: String,
    },
    /// The table `public.users` is missing.
    #[error("{place} has no table `public.users`")]
    NoTable {
        /// Host, port and database.
        place: String,
    },
    /// The table has other columns.
    #[error("the table `public.users` of {place} lacks a column: {why}")]
    NoColumn {
        /// Host, port and database.
        place: String,
        /// The server's message.
        why: String,
    },
    /// A statement failed.
    #[error("{place} failed to {operation}: {why}")]
    Statement {
        /// Host, port and database.
        place: String,
        /// The operation.
        operation: String,
        /// The reason: SQLSTATE, and the server's message unless it may hold a value.
        why: String,
    },
    /// The connection ended.
    #[error("the connection to {place} was lost: {operation}")]
    Lost {
        /// Host, port and database.
        place: String,
        /// The operation.
        operation: String,
    },
    /// No answer came in time.
    #[error("{place} did not answer within {} seconds: {operation}", after.as_secs())]
    TimedOut {
        /// Host, port and database.
        place: String,
        /// The operation.
        operation: String,
        /// The limit.
        after: Duration,
    },
    /// There is no user with a handle.
    #[error("{place} has no user with the handle `{handle}`")]
    NoUser {
        /// Host, port and database.
        place: String,
        /// The handle.
        handle: String,
    },
    /// Several users have the same handle.
    #[error("{place} has {count} users with the handle `{handle}`")]
    SeveralUsers {
        /// Host, port and database.
        place: String,
        /// The handle.
        handle: String,
        /// Their number.
        count: usize,
    },
    /// Rows were changed by others meanwhile; nothing was written.
    #[error("rows of {place} were changed by somebody else meanwhile, and nothing was written")]
    Raced {
        /// Host, port and database.
        place: String,
    },
    /// A local database was expected.
    #[error("{place} is not to be set up: {why}")]
    NotLocal {
        /// Host, port and database.
        place: String,
        /// The reason.
        why: &'static str,
    },
    /// An SQL file is wrong.
    #[error("{place} refuses {file}: {why}")]
    File {
        /// Host, port and database.
        place: String,
        /// The file, with line and column if they are known.
        file: String,
        /// The reason.
        why: String,
    },
}

impl DatabaseError {
    /// The remediation.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => {
                "start the server, or check host and port; from a workspace, its address must be allowed in the security \
                 group of the database"
            }
            Self::Tls { .. } => {
                "the server needs TLS with a certificate for this host name; `sslrootcert=FILE` names the certificates \
                 to trust, such as the bundle of Amazon RDS, whose authority no system knows"
            }
            Self::Refused { .. } => "check the user, the password and the database's name in the connection string",
            Self::NoTable { .. } | Self::NoColumn { .. } => {
                "is it the right database? the expected columns are in `db/schema.sql`, which sets up the table in a \
                 database of a workspace"
            }
            Self::Statement { .. } => "a transaction that fails changes nothing",
            // The answer to a commit may be what was lost.
            Self::TimedOut { .. } | Self::Lost { .. } => {
                "run it again once the server answers: what is done already is not done twice"
            }
            Self::NoUser { .. } => "add the user to the table, or name another handle",
            Self::SeveralUsers { .. } => "give each user a handle of its own",
            Self::Raced { .. } => "run it again",
            Self::NotLocal { .. } => "name a database of this machine",
            Self::File { .. } => "nothing was changed: correct the file, and run it again",
        }
    }

    /// The error of a connection attempt.
    pub(super) fn of_connection(place: String, error: &tokio_postgres::Error) -> Self {
        if let Some(said) = error.as_db_error() {
            let code = said.code().code().to_owned();
            let why = format!("{} (SQLSTATE {code})", printable(said.message()));
            return Self::Refused { place, code, why };
        }
        let why = chain(error);
        // The driver's kinds are not public; only its words are.
        if why.contains("TLS") || why.contains("certificate") || why.contains("SCRAM channel binding") {
            return Self::Tls { place, why };
        }
        // "password missing", among others.
        if why.contains("authentication error") || why.contains("invalid configuration") {
            return Self::Refused { place, code: String::new(), why };
        }
        Self::Unreachable { place, why }
    }

    /// The error of a statement.
    pub(super) fn of_statement(place: String, operation: &str, error: &tokio_postgres::Error) -> Self {
        let Some(said) = error.as_db_error() else {
            let operation = operation.to_owned();
            // The driver's kinds are not public; only its words are.
            let lost = error.is_closed() || error.to_string().contains("communicating");
            return if lost {
                Self::Lost { place, operation }
            } else {
                Self::Statement { place, operation, why: chain(error) }
            };
        };
        let code = said.code();
        // The server ends the connection. Source: Postgres's documentation, appendix A: class 57, operator intervention.
        if code.code().starts_with("57P") {
            return Self::Lost { place, operation: operation.to_owned() };
        }
        if *code == SqlState::UNDEFINED_TABLE || *code == SqlState::INVALID_SCHEMA_NAME {
            return Self::NoTable { place };
        }
        if *code == SqlState::UNDEFINED_COLUMN {
            return Self::NoColumn { place, why: printable(said.message()) };
        }
        if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED {
            return Self::Raced { place };
        }
        Self::Statement { place, operation: operation.to_owned(), why: words(said) }
    }
}

/// The server's words, without detail and hint; without its message, too, where that may quote a value of a row.
/// Source: Postgres's documentation, appendix A, "Error Codes": class 22 data exceptions, 23 integrity, P0 PL/pgSQL.
pub(super) fn words(said: &DbError) -> String {
    let code = said.code().code();
    let quotes_values = ["22", "23", "44", "P0"].iter().any(|class| code.starts_with(class));
    let constraint = said.constraint().map(|name| format!(", constraint `{}`", printable(name))).unwrap_or_default();
    if quotes_values {
        let what = if code.starts_with("23") { "a constraint is violated" } else { "a value is not accepted" };
        return format!("{what}{constraint} (SQLSTATE {code})");
    }
    format!("{} (SQLSTATE {code})", printable(said.message()))
}

/// An error of the driver and its causes.
fn chain(error: &tokio_postgres::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let words = printable(&cause.to_string());
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        source = cause.source();
    }
    text
}
