//! The users of a local environment: the members of conversations, from a database of this machine or the project's own.

use std::path::Path;

use crate::base::{Streams, read_text};
use crate::commands::support::stack_file::variable;
use crate::error::CommandError;
use crate::stack::LocalDatabase;
use crate::users::{
    Database, DatabaseError, DatabaseUrl, DatabaseUrlError, FIXED, Member, SqlFile, fixed, production_url, set_up,
};
use crate::workspace::{UsersReport, UsersSource};

/// The largest SQL file, in bytes.
const MOST: u64 = 16 << 20;

/// The handling of a database that has its tables already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::commands) enum Rows {
    /// They are made anew.
    Anew,
    /// They stay, if the members are among them.
    Kept,
}

/// The users of a local environment, before anything is called.
pub(in crate::commands) struct Users {
    database: Option<Local>,
}

/// A database of this machine, the production database that it must not be, and its files.
struct Local {
    url: DatabaseUrl,
    production: Option<DatabaseUrl>,
    files: [SqlFile; 2],
}

impl Users {
    /// Reads what the environment says. A database that is not on this machine is an error.
    pub(in crate::commands) fn read(
        declared: Option<&LocalDatabase>,
        flag: Option<&str>,
    ) -> Result<Self, CommandError> {
        let by_flag = flag.map(|url| (url.to_owned(), "`--database-url`"));
        let by_file = || Some((declared?.url.clone()?, "`database.url` of the environment"));
        let by_variable = || {
            declared?;
            Some((variable("CONNECTION_URL").filter(|url| !url.is_empty())?, "`CONNECTION_URL`"))
        };
        let Some((text, from)) = by_flag.or_else(by_file).or_else(by_variable) else {
            return Ok(Self { database: None });
        };
        let unread = |error: DatabaseUrlError| {
            CommandError::failed("failed to read the connection string", &error).hint(error.hint())
        };
        let url = DatabaseUrl::parse(&text, from).map_err(unread)?;
        let production = production_url(&variable).map_err(unread)?;
        if !url.is_loopback() {
            let message = format!("{} ({from}) is not on this machine: a reset makes its tables anew", url.place());
            return Err(CommandError::usage(message).hint("name a database of this machine, or leave `database` out"));
        }
        let [schema, seed] = SqlFile::own();
        let file = |named: Option<&Path>, own: SqlFile| match named {
            None => Ok(own),
            Some(path) => {
                let text =
                    read_text(path, MOST, Streams::Taken).map_err(|error| CommandError::io("read", path, &error))?;
                Ok::<_, CommandError>(SqlFile { name: path.display().to_string(), text })
            }
        };
        let schema = file(declared.and_then(|one| one.schema.as_deref()), schema)?;
        let seed = file(declared.and_then(|one| one.seed.as_deref()), seed)?;
        Ok(Self { database: Some(Local { url, production, files: [schema, seed] }) })
    }

    /// Returns whether no database is named.
    pub(in crate::commands) fn is_none(&self) -> bool {
        self.database.is_none()
    }

    /// Brings the database to its first rows, and returns the members with these handles, pair by pair.
    pub(in crate::commands) async fn members(
        &self,
        pairs: &[Option<[String; 2]>],
        rows: Rows,
    ) -> Result<(Vec<[Member; 2]>, UsersReport), CommandError> {
        let handles: Vec<[&str; 2]> = pairs.iter().map(|pair| named(pair.as_ref())).collect();
        let report = |source, members: &[[Member; 2]], place| UsersReport {
            source,
            place,
            members: u64::try_from(members.len() * 2).unwrap_or_default(),
        };
        let Some(Local { url, production, files }) = &self.database else {
            let found = handles.iter().map(|pair| Ok([of_project(pair[0])?, of_project(pair[1])?]));
            let found = found.collect::<Result<Vec<_>, CommandError>>()?;
            let report = report(UsersSource::Fixed, &found, None);
            return Ok((found, report));
        };
        let there = match rows {
            Rows::Kept => found(url, &handles).await.ok(),
            Rows::Anew => None,
        };
        let members = if let Some(members) = there {
            members
        } else {
            set_up(url, production.as_ref(), files).await.map_err(failed)?;
            found(url, &handles).await.map_err(failed)?
        };
        let report = report(UsersSource::Database, &members, Some(url.place()));
        Ok((members, report))
    }
}

/// The handles of a pair; without names those of the project's own users.
fn named(pair: Option<&[String; 2]>) -> [&str; 2] {
    pair.map_or_else(|| FIXED.map(|member| member.handle), |[one, other]| [one, other])
}

async fn found(url: &DatabaseUrl, pairs: &[[&str; 2]]) -> Result<Vec<[Member; 2]>, DatabaseError> {
    let mut database = Database::connect(url).await?;
    let mut all = Vec::with_capacity(pairs.len());
    for pair in pairs {
        let members = database.by_handle(pair).await?;
        // There is one for each handle.
        all.extend(<[Member; 2]>::try_from(members));
    }
    Ok(all)
}

fn of_project(handle: &str) -> Result<Member, CommandError> {
    fixed().into_iter().find(|member| member.handle == handle).ok_or_else(|| {
        let known = FIXED.map(|member| member.handle).join("` and `");
        CommandError::usage(format!("no database is named, and `{handle}` is none of the project's own users"))
            .hint(format!("name a database with `--database-url` or `CONNECTION_URL`; without one there are `{known}`"))
    })
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to `map_err`")]
fn failed(error: DatabaseError) -> CommandError {
    CommandError::failed("failed to bring the users to their first state", &error).hint(error.hint())
}
