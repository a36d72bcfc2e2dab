//! The arguments of the actions of `table`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::base::Address;
use crate::cli::Format;
use crate::items::file::FileForm;
use crate::items::{USUAL_END, USUAL_GROUP};
use crate::stack::OnUnknown;

/// The actions on tables.
#[derive(Debug, Subcommand)]
pub enum TableAction {
    /// Print the names of the tables, those that no stack file names as well
    #[command(alias = "list-tables")]
    List(ListArgs),
    /// Print a table's keys, indexes, billing, size and settings
    Describe(DescribeArgs),
    /// Print all items of a table
    Scan(ScanArgs),
    /// Run an access pattern of the stack file that reads
    Query(QueryArgs),
    /// Print the item with a key
    Get(GetArgs),
    /// Put one item
    Put(PutArgs),
    /// Delete the item with a key
    Delete(DeleteArgs),
    /// Write the items of a file: a conversation, JSON lines, JSON or CSV
    Seed(Box<SeedArgs>),
    /// Delete a table of the stack: `destroy --target` under the name that people look for
    #[command(alias = "delete-table")]
    Drop(DropArgs),
}

impl TableAction {
    /// The name of the action, for messages.
    pub(in crate::commands) fn name(&self) -> &'static str {
        match self {
            Self::List(_) => "`table list`",
            Self::Describe(_) => "`table describe`",
            Self::Scan(_) => "`table scan`",
            Self::Query(_) => "`table query`",
            Self::Get(_) => "`table get`",
            Self::Put(_) => "`table put`",
            Self::Delete(_) => "`table delete`",
            Self::Seed(_) => "`table seed`",
            Self::Drop(_) => "`table drop`",
        }
    }

    /// The formats that the action has.
    pub(in crate::commands) fn formats(&self) -> &'static [Format] {
        match self {
            Self::List(_) | Self::Describe(_) | Self::Seed(_) => &[Format::Text, Format::Table, Format::Json],
            Self::Scan(_) | Self::Query(_) | Self::Get(_) | Self::Put(_) | Self::Delete(_) => {
                &[Format::Text, Format::Table, Format::Json, Format::DynamodbJson]
            }
            Self::Drop(_) => &[Format::Text, Format::Json, Format::Markdown],
        }
    }
}

/// `table list`
#[derive(Debug, Args)]
pub struct ListArgs {}

/// `table describe`
#[derive(Debug, Args)]
pub struct DescribeArgs {
    /// The table: its address, such as `tables.orders`, or its name in AWS
    #[arg(value_name = "TABLE")]
    pub table: String,
}

/// The options of a read of several items.
#[derive(Debug, Clone, Args)]
pub struct PageArgs {
    /// The largest number of items; all by default
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..))]
    pub limit: Option<u64>,
    /// Go on where an earlier read ended: its `next`, or a key in DynamoDB JSON
    #[arg(long, value_name = "TOKEN")]
    pub start: Option<String>,
    /// Show the capacity units that were consumed
    #[arg(long)]
    pub consumed_capacity: bool,
}

/// The filter and the projection of a read. Options on expressions have the names that they have in the AWS CLI.
#[derive(Debug, Clone, Default, PartialEq, Args)]
pub struct FilterArgs {
    /// Show only items whose attribute has this value; may be repeated. All items are read, and paid for
    #[arg(long = "filter", value_name = "NAME=VALUE", conflicts_with = "filter_expression")]
    pub filters: Vec<String>,
    /// The type of an attribute of `--filter`: S (the default; keys have the table's), N, B, BOOL or JSON; may be repeated
    #[arg(long = "type", value_name = "NAME=TYPE", requires = "filters")]
    pub types: Vec<String>,
    /// Show only items that meet this condition, such as `begins_with(message, :text)`. All items are read, and paid for
    #[arg(long, value_name = "EXPRESSION")]
    pub filter_expression: Option<String>,
    /// Show only these attributes: names with commas
    #[arg(long, value_name = "EXPRESSION")]
    pub projection_expression: Option<String>,
    /// The names that stand for `#name` in expressions: a JSON object of texts, or `@FILE`
    #[arg(long, value_name = "JSON")]
    pub expression_attribute_names: Option<String>,
    /// The values that stand for `:value` in expressions, as DynamoDB JSON, or `@FILE`
    #[arg(long, value_name = "JSON")]
    pub expression_attribute_values: Option<String>,
}

/// `table scan`
#[derive(Debug, Args)]
pub struct ScanArgs {
    /// The table: its address, such as `tables.orders`, or its name in AWS
    #[arg(value_name = "TABLE")]
    pub table: String,
    /// Read this index in place of the table
    #[arg(long, value_name = "NAME")]
    pub index: Option<String>,
    /// The filter.
    #[command(flatten)]
    pub filter: FilterArgs,
    /// The paging.
    #[command(flatten)]
    pub page: PageArgs,
    /// Show all writes before the read, for twice the capacity units
    #[arg(long)]
    pub consistent_read: bool,
    /// Read this many parts of the table at once
    #[arg(
        long,
        value_name = "NUMBER",
        default_value_t = 1,
        conflicts_with_all = ["limit", "start"],
        value_parser = clap::value_parser!(u32).range(1..=64)
    )]
    pub segments: u32,
    /// Ask before more than this many items are read that are not on this machine
    #[arg(long, value_name = "NUMBER", default_value_t = 10_000)]
    pub ask_above: u64,
    /// Read without asking
    #[arg(long, short)]
    pub yes: bool,
}

/// `table query`
#[derive(Debug, Args)]
pub struct QueryArgs {
    /// The access pattern: its name, or `TABLE/PATTERN` where several tables have one of this name
    #[arg(value_name = "PATTERN")]
    pub pattern: String,
    /// The parameters of the pattern
    #[arg(value_name = "NAME=VALUE")]
    pub arguments: Vec<String>,
    /// The filter.
    #[command(flatten)]
    pub filter: FilterArgs,
    /// The largest number of items, in place of the pattern's own
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..))]
    pub limit: Option<u64>,
    /// Go on where an earlier read ended: its `next`, or a key in DynamoDB JSON
    #[arg(long, value_name = "TOKEN")]
    pub start: Option<String>,
    /// Print the requests of the pattern, of one that writes as well, and make none
    #[arg(long, conflicts_with_all = ["limit", "start"])]
    pub print_request: bool,
}

/// `table get`
#[derive(Debug, Args)]
pub struct GetArgs {
    /// The table: its address, such as `tables.orders`, or its name in AWS
    #[arg(value_name = "TABLE")]
    pub table: String,
    /// The attributes of the key
    #[arg(value_name = "KEY=VALUE", required = true)]
    pub key: Vec<String>,
    /// Show all writes before the read, for twice the capacity units
    #[arg(long)]
    pub consistent_read: bool,
    /// Show the capacity units that were consumed
    #[arg(long)]
    pub consumed_capacity: bool,
}

/// `table put`
#[derive(Debug, Args)]
pub struct PutArgs {
    /// The table: its address, such as `tables.orders`, or its name in AWS
    #[arg(value_name = "TABLE")]
    pub table: String,
    /// The item: `name=value` for each attribute, or JSON, plain or DynamoDB's: `{…}`, `@FILE`, `-` for standard input
    #[arg(value_name = "ITEM", required = true)]
    pub item: Vec<String>,
    /// The type of an attribute that is `name=value`: S (the default; keys have the table's), N, B, BOOL or JSON; may be
    /// repeated
    #[arg(long = "type", value_name = "NAME=TYPE")]
    pub types: Vec<String>,
    /// Fail if there is an item with this key, in place of replacing it
    #[arg(long)]
    pub if_absent: bool,
    /// Show the capacity units that were consumed
    #[arg(long)]
    pub consumed_capacity: bool,
}

/// `table delete`
#[derive(Debug, Args)]
pub struct DeleteArgs {
    /// The table: its address, such as `tables.orders`, or its name in AWS
    #[arg(value_name = "TABLE")]
    pub table: String,
    /// The attributes of the key
    #[arg(value_name = "KEY=VALUE", required = true)]
    pub key: Vec<String>,
    /// Show the capacity units that were consumed
    #[arg(long)]
    pub consumed_capacity: bool,
}

/// `table drop`
#[derive(Debug, Args)]
pub struct DropArgs {
    /// The table: its address, such as `tables.orders`, or its name in AWS
    #[arg(value_name = "TABLE")]
    pub table: String,
    /// Consent to deleting this resource, even if it is protected; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub allow_delete: Vec<Address>,
    /// Take no last backup of a table that holds items before it is deleted
    #[arg(long)]
    pub no_backup: bool,
    /// Either `warn` or `deny` if a guardrail can't decide; else as the stack file says, and `warn` by default
    #[arg(long, value_enum, value_name = "MEANING", hide_possible_values = true)]
    pub unknown: Option<OnUnknown>,
    /// Do not ask for the stack's name; a table needs --allow-delete as well
    #[arg(long, short)]
    pub yes: bool,
}

/// The form of a file, as the command line names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FormArg {
    /// Lines `Person 1: …` and `Person 2: …`.
    Conversation,
    /// A JSON object on each line.
    JsonLines,
    /// An array of objects, one object, or the answer of a scan.
    Json,
    /// A row for each item.
    Csv,
}

impl From<FormArg> for FileForm {
    fn from(form: FormArg) -> Self {
        match form {
            FormArg::Conversation => Self::Conversation,
            FormArg::JsonLines => Self::JsonLines,
            FormArg::Json => Self::Json,
            FormArg::Csv => Self::Csv,
        }
    }
}

/// `table seed`
#[derive(Debug, Args)]
pub struct SeedArgs {
    /// The file; `-` for standard input
    // `file` is the id of the stack file's option.
    #[arg(id = "items", value_name = "FILE")]
    pub file: PathBuf,
    /// The table: its address, such as `tables.orders`, or its name in AWS; the only one of the stack file by default
    #[arg(long, value_name = "TABLE")]
    pub table: Option<String>,
    /// The form of the file: conversation, json-lines, json or csv; by default as its name and its beginning show
    #[arg(long = "input", value_enum, value_name = "FORM", hide_possible_values = true)]
    pub form: Option<FormArg>,
    /// The type of a column of CSV: S (the default; keys have the table's), N, B, BOOL or JSON; may be repeated
    #[arg(long = "type", value_name = "NAME=TYPE")]
    pub types: Vec<String>,
    /// The message group of a conversation
    #[arg(long, value_name = "UUID", default_value = USUAL_GROUP)]
    pub message_group_uuid: uuid::Uuid,
    /// The time of a conversation's last message, or `now`
    #[arg(long, value_name = "TIME", default_value = USUAL_END)]
    pub end: String,
    /// The handle of `Person 1`; the project's own first user by default
    #[arg(long, value_name = "HANDLE")]
    pub my_handle: Option<String>,
    /// The handle of `Person 2`; the project's own second user by default
    #[arg(long, value_name = "HANDLE")]
    pub other_handle: Option<String>,
    /// The Postgres database that knows the handles; `CONNECTION_URL` by default, and without one the project's own users
    #[arg(long, value_name = "URL")]
    pub database_url: Option<String>,
    /// The user pool that knows the handles (`preferred_username`), by its id or its name, in place of a database
    #[arg(long, value_name = "NAME|ID", conflicts_with = "database_url")]
    pub pool: Option<String>,
    /// Check the file, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Write elsewhere than on this machine without asking
    #[arg(long, short)]
    pub yes: bool,
    /// Show the capacity units that were consumed
    #[arg(long)]
    pub consumed_capacity: bool,
}
