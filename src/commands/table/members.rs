//! The two members of a conversation: from a database, from a user pool, or the project's own.

use super::args::SeedArgs;
use crate::cli::Common;
use crate::commands::support::stack_file::variable;
use crate::error::CommandError;
use crate::users::{Database, FIXED, Member, fixed, selected_url};

/// The first and the second person of a conversation.
pub(super) async fn chosen(args: &SeedArgs, common: &Common) -> Result<[Member; 2], CommandError> {
    let [my, other] = [(&args.my_handle, FIXED[0].handle), (&args.other_handle, FIXED[1].handle)]
        .map(|(given, usual)| given.as_deref().unwrap_or(usual));
    if my == other {
        return Err(CommandError::usage(format!("`{my}` is both members of the conversation"))
            .hint("name two users with `--my-handle` and `--other-handle`"));
    }
    let url = selected_url(args.database_url.as_deref(), common.env.as_deref(), &variable)
        .map_err(|error| CommandError::failed("failed to choose the database", &error).hint(error.hint()))?;
    let Some(url) = url else { return Ok([of_project(my)?, of_project(other)?]) };
    let failed = |error: crate::users::DatabaseError| {
        CommandError::failed("failed to read the members of the conversation", &error).hint(error.hint())
    };
    let mut database = Database::connect(&url).await.map_err(failed)?;
    let members = database.by_handle(&[my, other]).await.map_err(failed)?;
    members.try_into().map_err(|_| CommandError::usage("the database does not name two members"))
}

/// One of the project's own users.
fn of_project(handle: &str) -> Result<Member, CommandError> {
    fixed().into_iter().find(|member| member.handle == handle).ok_or_else(|| {
        let known = FIXED.map(|member| member.handle).join("` and `");
        CommandError::usage(format!("no database is named, and `{handle}` is none of the project's own users"))
            .hint(format!("name one with `--database-url` or `CONNECTION_URL`; without one there are `{known}`"))
    })
}
