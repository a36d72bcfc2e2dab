//! The command line.

use std::path::PathBuf;

use clap::{ArgAction, Args, ValueEnum};

use crate::base::Address;
use crate::stack::OnUnknown;

/// The options of every command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Common options")]
pub struct Common {
    /// The stack file, or its folder
    #[arg(long, short, global = true, value_name = "FILE", default_value = "stack.yaml")]
    pub file: PathBuf,
    /// The environment of the stack file to work on
    #[arg(long, global = true, value_name = "NAME")]
    pub env: Option<String>,
    /// Send every call to this endpoint
    #[arg(long, global = true, value_name = "URL")]
    pub endpoint_url: Option<String>,
    /// The AWS region; else the environment's, the file's, the AWS configuration's. `audit` takes several
    #[arg(id = "region", long, global = true, value_name = "REGION", action = ArgAction::Append)]
    pub regions: Vec<String>,
    /// The region of a command that has one: the first.
    #[arg(skip)]
    pub region: Option<String>,
    /// The profile of the AWS configuration
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// Work on a local AWS emulator that is set up and started for you: no account, no credentials
    #[arg(long, global = true, conflicts_with_all = ["endpoint_url", "profile"])]
    pub sandbox: bool,
    /// The form of the output: text, json (`apply` and `destroy`: one object a line) or markdown; of `table`: table,
    /// json or dynamodb-json; of `audit` also sarif, junit, csv, ocsf, asff or html; of `export`: cloudformation or
    /// cloudformation-yaml. [default: text]
    #[arg(id = "format", long, global = true, value_enum, hide_possible_values = true, action = ArgAction::Append)]
    pub formats: Vec<Format>,
    /// The form of a command that has one: the first.
    #[arg(skip)]
    pub format: Format,
    /// Write the data to a file instead of standard output. `audit` takes several
    #[arg(id = "output", long, short, global = true, value_name = "FILE", value_parser = not_out, action = ArgAction::Append)]
    pub outputs: Vec<PathBuf>,
    /// The file of a command that writes one: the first.
    #[arg(skip)]
    pub output: Option<PathBuf>,
    /// Never use colour (`NO_COLOR` does the same)
    #[arg(long, global = true)]
    pub no_color: bool,
    /// Print AWS calls on standard error
    #[arg(long, short, global = true)]
    pub verbose: bool,
}

impl Common {
    /// Takes the first of the options that only `audit` may have several times.
    ///
    /// # Errors
    ///
    /// Returns the option that is given more than once, if the command takes one.
    pub fn settle(&mut self, takes_several: bool) -> Result<(), &'static str> {
        let counts =
            [("--region", self.regions.len()), ("--format", self.formats.len()), ("--output", self.outputs.len())];
        self.region = self.regions.first().cloned();
        self.format = self.formats.first().copied().unwrap_or_default();
        self.output = self.outputs.first().cloned();
        match counts.into_iter().find(|(_, count)| *count > 1) {
            Some((flag, _)) if !takes_several => Err(flag),
            _ => Ok(()),
        }
    }
}

/// Parses a file to write to. `-out=FILE`, which users of Terraform type to save a plan, would be a file `ut=FILE`.
fn not_out(text: &str) -> Result<PathBuf, String> {
    if text == "ut" || text.starts_with("ut=") {
        return Err("`-out` is `-o ut`; to save a plan, use `--out FILE`".to_owned());
    }
    Ok(PathBuf::from(text))
}

/// The form of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// For a terminal.
    #[default]
    Text,
    /// For programs; `apply` and `destroy` print one JSON object a line.
    Json,
    /// For a comment on a pull request.
    Markdown,
    /// For a terminal, where what is shown is a table: the same as text.
    Table,
    /// Items with the type of each value, as DynamoDB itself writes them.
    DynamodbJson,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// `JUnit`'s XML, for the test view of a CI system.
    Junit,
    /// For a spreadsheet.
    Csv,
    /// Open Cybersecurity Schema Framework: compliance findings.
    Ocsf,
    /// AWS Security Finding Format, to import into Security Hub.
    Asff,
    /// A report to read in a browser, in one file.
    Html,
    /// A `CloudFormation` template, as JSON.
    Cloudformation,
    /// A `CloudFormation` template, as YAML.
    CloudformationYaml,
}

impl Format {
    /// The format with one word for each form: `table` is another word for text.
    #[must_use]
    pub fn canonical(self) -> Self {
        if self == Self::Table { Self::Text } else { self }
    }

    /// Returns whether the output is for programs.
    pub fn is_json(self) -> bool {
        matches!(self, Self::Json | Self::DynamodbJson)
    }
}

/// The resources to work on, and the consents.
#[derive(Debug, Clone, Default, Args)]
pub struct Selection {
    /// Work on this resource and its dependencies, or, to destroy, its dependents; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub target: Vec<Address>,
    /// Leave out this resource and its dependents, or, to destroy, its dependencies; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub exclude: Vec<Address>,
    /// Consent to deleting this resource, even if it is protected; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub allow_delete: Vec<Address>,
    /// Consent to deleting this resource and creating it again; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub allow_replace: Vec<Address>,
    /// Consent to removing this resource's protection, shortening its recovery or letting items expire; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub allow_unprotect: Vec<Address>,
    /// Consent to what the adoption of this resource removes; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub allow_adopt: Vec<Address>,
    /// Take no last backup of a table that holds items before it is deleted
    #[arg(long)]
    pub no_backup: bool,
    /// Either `warn` or `deny` if a guardrail can't decide; else as the stack file says, and `warn` by default
    #[arg(long, value_enum, value_name = "MEANING", hide_possible_values = true)]
    pub unknown: Option<OnUnknown>,
}
