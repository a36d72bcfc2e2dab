//! The arguments of the actions of `users`.

use clap::{Args, Subcommand};

/// The actions on users.
#[derive(Debug, Subcommand)]
pub enum UsersAction {
    /// Print the users of a pool and their attributes
    #[command(alias = "list-users")]
    List(ListArgs),
    /// Print one user with all attributes
    Show(ShowArgs),
    /// Create a user, who sets a password at the first sign-in
    Create(CreateArgs),
    /// Take a user's right to sign in; nothing of the user is lost
    Disable(DisableArgs),
    /// Delete a user for good
    Delete(DeleteArgs),
    /// Set `cognito_user_id` of a database's users by handle
    #[command(alias = "update-cognito-user-ids")]
    Sync(SyncArgs),
}

/// The pool.
#[derive(Debug, Clone, Args)]
pub struct PoolArgs {
    /// The user pool: its id or its name
    #[arg(long, value_name = "NAME|ID", visible_alias = "user-pool-id")]
    pub pool: String,
}

/// `users list`
#[derive(Debug, Args)]
pub struct ListArgs {
    /// The pool.
    #[command(flatten)]
    pub pool: PoolArgs,
    /// Only users that an expression in Cognito's language fits, such as 'status = "CONFIRMED"'
    #[arg(long, value_name = "EXPRESSION")]
    pub filter: Option<String>,
    /// Print the attributes of each user and nothing else, as `--query 'Users[].Attributes'` of the AWS CLI does
    #[arg(long)]
    pub attributes_only: bool,
    /// The largest number of users; all by default
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: Option<u32>,
}

/// `users show`
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// The user's name in the pool
    #[arg(value_name = "USER")]
    pub user: String,
    /// The pool.
    #[command(flatten)]
    pub pool: PoolArgs,
}

/// `users create`
#[derive(Debug, Args)]
pub struct CreateArgs {
    /// The user's name in the pool
    #[arg(value_name = "USER")]
    pub user: String,
    /// The pool.
    #[command(flatten)]
    pub pool: PoolArgs,
    /// An attribute of the user, such as `email=ada@example.com`; may be repeated
    #[arg(long = "attribute", short, value_name = "NAME=VALUE")]
    pub attributes: Vec<String>,
    /// Send no invitation; by default Cognito sends the pool's, with a temporary password
    #[arg(long)]
    pub no_invitation: bool,
    /// Do not ask for confirmation
    #[arg(long, short)]
    pub yes: bool,
}

/// `users disable`
#[derive(Debug, Args)]
pub struct DisableArgs {
    /// The user's name in the pool
    #[arg(value_name = "USER")]
    pub user: String,
    /// The pool.
    #[command(flatten)]
    pub pool: PoolArgs,
    /// Do not ask for confirmation
    #[arg(long, short)]
    pub yes: bool,
}

/// `users delete`
#[derive(Debug, Args)]
pub struct DeleteArgs {
    /// The user's name in the pool
    #[arg(value_name = "USER")]
    pub user: String,
    /// The pool.
    #[command(flatten)]
    pub pool: PoolArgs,
    /// Do not ask for the user's name; `--allow-delete` is needed as well
    #[arg(long, short)]
    pub yes: bool,
    /// Consent to deleting this user
    #[arg(long, value_name = "USER")]
    pub allow_delete: Vec<String>,
}

/// `users sync`
#[derive(Debug, Args)]
pub struct SyncArgs {
    /// The pool.
    #[command(flatten)]
    pub pool: PoolArgs,
    /// The database; else that of `PROD_CONNECTION_URL` with `--env prod`, and of `CONNECTION_URL` without. The
    /// command line is seen by other users of the machine: a variable is not
    #[arg(long, value_name = "URL")]
    pub database_url: Option<String>,
    /// Show what would be changed, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}
