//! The arguments of the actions of `table`.

use clap::{Args, Subcommand};

use crate::cli::Format;

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
    /// Print the item with a key
    Get(GetArgs),
}

impl TableAction {
    /// The name of the action, for messages.
    pub(in crate::commands) fn name(&self) -> &'static str {
        match self {
            Self::List(_) => "`table list`",
            Self::Describe(_) => "`table describe`",
            Self::Scan(_) => "`table scan`",
            Self::Get(_) => "`table get`",
        }
    }

    /// The formats that the action has.
    pub(in crate::commands) fn formats(&self) -> &'static [Format] {
        match self {
            Self::List(_) | Self::Describe(_) => &[Format::Text, Format::Table, Format::Json],
            Self::Scan(_) | Self::Get(_) => &[Format::Text, Format::Table, Format::Json, Format::DynamodbJson],
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

/// `table scan`
#[derive(Debug, Args)]
pub struct ScanArgs {
    /// The table: its address, such as `tables.orders`, or its name in AWS
    #[arg(value_name = "TABLE")]
    pub table: String,
    /// Read this index in place of the table
    #[arg(long, value_name = "NAME")]
    pub index: Option<String>,
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
