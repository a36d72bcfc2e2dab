//! The two members of a conversation: from a database, from a user pool, or the project's own.

use super::args::SeedArgs;
use crate::aws::Aws;
use crate::cli::Common;
use crate::commands::support::stack_file::variable;
use crate::commands::users::pool_failure;
use crate::error::CommandError;
use crate::users::{Database, FIXED, Member, Pool, find_pool, fixed, list_users, selected_url};

/// The first and the second person of a conversation.
pub(super) async fn chosen(args: &SeedArgs, aws: &Aws, common: &Common) -> Result<[Member; 2], CommandError> {
    let [my, other] = [(&args.my_handle, FIXED[0].handle), (&args.other_handle, FIXED[1].handle)]
        .map(|(given, usual)| given.as_deref().unwrap_or(usual));
    if my == other {
        return Err(CommandError::usage(format!("`{my}` is both members of the conversation"))
            .hint("name two users with `--my-handle` and `--other-handle`"));
    }
    if let Some(pool) = &args.pool {
        let pool = find_pool(aws, pool).await.map_err(|error| pool_failure(&error))?;
        return Ok([of_pool(aws, &pool, my).await?, of_pool(aws, &pool, other).await?]);
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

/// The user of a pool with a handle. The pool knows no other id than `sub`; a user without a `name` is shown by its handle.
async fn of_pool(aws: &Aws, pool: &Pool, handle: &str) -> Result<Member, CommandError> {
    let quoted = handle.replace('\\', "\\\\").replace('"', "\\\"");
    let users = list_users(aws, pool, Some(&format!("preferred_username = \"{quoted}\"")), Some(2)).await;
    let users =
        users.map_err(|error| CommandError::failed(format!("failed to read the users of {}", pool.shown()), &error))?;
    let failed = |message: String, hint: &str| {
        let failed = CommandError::Failed { message, causes: Vec::new(), hint: None };
        Err(failed.hint(hint))
    };
    let [user] = users.as_slice() else {
        return if users.is_empty() {
            failed(
                format!("{} has no user with the handle `{handle}`", pool.shown()),
                "the handle is `preferred_username`",
            )
        } else {
            failed(
                format!("{} has several users with the handle `{handle}`", pool.shown()),
                "give each a handle of its own",
            )
        };
    };
    let attribute = |name: &str| user.attributes.get(name).cloned();
    let Some(uuid) = attribute("sub") else {
        return failed(format!("a user of {} has no `sub`", pool.shown()), "name another handle");
    };
    let display_name = attribute("name").unwrap_or_else(|| handle.to_owned());
    Ok(Member { uuid, display_name, handle: handle.to_owned() })
}
