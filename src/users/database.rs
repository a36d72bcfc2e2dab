//! A connection to a Postgres database, and its users by handle.

use std::time::Duration;

use tokio_postgres::{Client, NoTls, Transaction};

use super::database_error::DatabaseError;
use super::database_url::DatabaseUrl;
use super::{Member, tls};

/// The time limit for one address, unless the connection string has another.
const CONNECTING: Duration = Duration::from_secs(5);

/// The time limit of the server for a statement, and for the wait for a lock, in milliseconds.
const STATEMENT_LIMITS: &str = "SET LOCAL statement_timeout = 30000; SET LOCAL lock_timeout = 10000";

/// The time after which a server that says nothing is given up.
pub(super) const SILENCE: Duration = Duration::from_secs(40);

/// A connection to a database.
#[derive(Debug)]
pub struct Database {
    client: Client,
    place: String,
}

impl Database {
    /// Connects within the time limit of the connection string, else five seconds for each address.
    pub async fn connect(url: &DatabaseUrl) -> Result<Self, DatabaseError> {
        let place = url.place();
        let mut config = url.config().clone();
        let limit = *config.get_connect_timeout().unwrap_or(&CONNECTING);
        config.connect_timeout(limit);
        // The driver's limit is that of TCP for each address; a server may accept and say nothing.
        let hosts = u32::try_from(config.get_hosts().len().max(1)).unwrap_or(1);
        let whole = limit.saturating_mul(2).saturating_mul(hosts);
        let connector = tls::connector(url.encryption());
        let connector = connector.map_err(|why| DatabaseError::Tls { place: place.clone(), why })?;
        let connecting = async {
            if let Some(tls) = connector {
                let (client, connection) = config.connect(tls).await?;
                tokio::spawn(connection);
                Ok(client)
            } else {
                let (client, connection) = config.connect(NoTls).await?;
                tokio::spawn(connection);
                Ok(client)
            }
        };
        match tokio::time::timeout(whole, connecting).await {
            Ok(Ok(client)) => Ok(Self { client, place }),
            Ok(Err(error)) => Err(DatabaseError::of_connection(place, &error)),
            Err(_) => Err(DatabaseError::TimedOut { place, operation: "connecting".to_owned(), after: whole }),
        }
    }

    /// Host, port and database for messages.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// The users with these handles, in their order. A user without a display name is shown by its handle.
    ///
    /// # Errors
    /// If a handle has no user, or several.
    pub async fn by_handle(&mut self, handles: &[&str]) -> Result<Vec<Member>, DatabaseError> {
        const QUERY: &str = "SELECT uuid::text, coalesce(display_name, handle), handle FROM public.users \
                             WHERE handle = ANY($1::text[]) ORDER BY created_at, uuid";
        let place = self.place.clone();
        let work = async {
            let transaction = begin(&mut self.client, Access::ReadOnly).await?;
            let rows = transaction.query(QUERY, &[&handles]).await?;
            let member = |row: &tokio_postgres::Row| {
                Ok(Member { uuid: row.try_get(0)?, display_name: row.try_get(1)?, handle: row.try_get(2)? })
            };
            let found: Vec<Member> = rows.iter().map(member).collect::<Result<_, tokio_postgres::Error>>()?;
            transaction.commit().await?;
            Ok(found)
        };
        let found = answered(&place, "read users by handle", SILENCE, work).await?;
        let one = |handle: &&str| {
            let mut of_handle = found.iter().filter(|member| member.handle == **handle);
            let handle = (*handle).to_owned();
            match (of_handle.next(), of_handle.count()) {
                (None, _) => Err(DatabaseError::NoUser { place: place.clone(), handle }),
                (Some(member), 0) => Ok(member.clone()),
                (Some(_), more) => Err(DatabaseError::SeveralUsers { place: place.clone(), handle, count: more + 1 }),
            }
        };
        handles.iter().map(one).collect()
    }

    /// The driver's connection.
    pub(super) fn client(&mut self) -> &mut Client {
        &mut self.client
    }
}

/// The access of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// The server refuses every write.
    ReadOnly,
    /// Reads and writes.
    ReadWrite,
}

/// Begins a transaction that ends by itself if a statement or a lock takes long.
pub(super) async fn begin(client: &mut Client, access: Access) -> Result<Transaction<'_>, tokio_postgres::Error> {
    let transaction = client.build_transaction().read_only(access == Access::ReadOnly).start().await?;
    transaction.batch_execute(STATEMENT_LIMITS).await?;
    Ok(transaction)
}

/// Waits for an answer; gives up a server that is silent for longer than `limit`.
pub(super) async fn answered<T>(
    place: &str,
    operation: &str,
    limit: Duration,
    work: impl Future<Output = Result<T, tokio_postgres::Error>>,
) -> Result<T, DatabaseError> {
    match tokio::time::timeout(limit, work).await {
        Ok(answer) => answer.map_err(|error| DatabaseError::of_statement(place.to_owned(), operation, &error)),
        Err(_) => {
            Err(DatabaseError::TimedOut { place: place.to_owned(), operation: operation.to_owned(), after: limit })
        }
    }
}
