//! Tables that commands look into: of the stack file, by their address, and all others by their physical names.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::shell::place_flags;
use super::stack_file::{self, Source, variable};
use super::{connection, planner};
use crate::aws::{Aws, CallError};
use crate::base::{Address, Archives, Vault};
use crate::cli::Common;
use crate::error::CommandError;
use crate::guard;
use crate::items::{TableFacts, live};
use crate::kinds::REGISTRY;
use crate::stack::{Settings, Stack, did_you_mean};
use crate::ui::Ui;

/// The section of tables in a stack file.
const SECTION: &str = "tables";

/// A connection to the place of the tables, and the tables that the stack file declares there.
pub(crate) struct Tables {
    /// The connection.
    pub(crate) aws: Aws,
    /// The stack, with its tables only; `None` without a stack file.
    pub(crate) stack: Option<Stack>,
    /// The physical names by address.
    declared: BTreeMap<Address, String>,
    /// The flags that name this place again.
    flags: String,
}

impl Tables {
    /// Reads the stack file, if there is one, and connects. An account or region that the file forbids is an error.
    pub(crate) async fn open(common: &Common, ui: &Ui) -> Result<Self, CommandError> {
        let (vault, archives) = (Arc::new(Vault::new(planner::salt()?)), Arc::new(Archives::default()));
        if has_no_file(common) {
            let aws = connection::connect_without_file(common, vault, archives, ui).await?;
            return Ok(Self { aws, stack: None, declared: BTreeMap::new(), flags: String::new() });
        }
        let source = stack_file::read(common)?;
        let aws = connection::connect(&source, common, vault, archives.clone(), ui).await?;
        let stack = tables_of(&source, &aws, &archives)?;
        let verdicts = guard::place(aws.env(), &stack_file::pins(&stack, common));
        if !verdicts.is_empty() {
            return Err(CommandError::OutOfPlace { verdicts });
        }
        let declared = stack.resources.iter().map(|one| (one.address.clone(), one.name.clone())).collect();
        Ok(Self { aws, stack: Some(stack), declared, flags: place_flags(common) })
    }

    /// The address of a table by its physical name.
    pub(crate) fn address(&self, name: &str) -> Option<&Address> {
        self.declared.iter().find(|(_, physical)| *physical == name).map(|(address, _)| address)
    }

    /// The only table that the stack file declares; `None` if there are none or several.
    pub(crate) fn only(&self) -> Option<&Address> {
        let mut declared = self.declared.keys();
        declared.next().filter(|_| declared.next().is_none())
    }

    /// The physical name of a table by its address, or by its physical name itself.
    pub(crate) fn physical_name(&self, named: &str) -> Result<String, CommandError> {
        let address: Option<Address> = named.parse().ok();
        if let Some(name) = address.and_then(|address| self.declared.get(&address)) {
            return Ok(name.clone());
        }
        // Source: API reference, `CreateTable`: 3 to 255 of these characters.
        let is_name = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
        if named.starts_with("arn:") {
            return Err(CommandError::usage(format!("`{named}` is an ARN")).hint(
                "name the table by its address (`tables.NAME`) or its name; account and region are the connection's",
            ));
        }
        if !(3..=255).contains(&named.len()) || !named.chars().all(is_name) {
            let message = format!("`{named}` is neither an address (`tables.NAME`) nor the name of a table");
            return Err(CommandError::usage(message).hint("a name has 3 to 255 letters, digits, `_`, `-` and `.`"));
        }
        Ok(named.to_owned())
    }

    /// Finds a table, and reads what it is.
    pub(crate) async fn find(&self, named: &str) -> Result<TableFacts, CommandError> {
        let name = self.physical_name(named)?;
        let table = live::table(&self.aws, &name).await;
        match table.map_err(|error| unread(&format!("table `{name}`"), &error))? {
            Some(table) => Ok(table),
            None => Err(self.absent(named, &name).await),
        }
    }

    /// The error for a table that is not there.
    async fn absent(&self, named: &str, name: &str) -> CommandError {
        let env = self.aws.env();
        let place = match self.aws.endpoint() {
            Some(endpoint) => format!("{}, at {endpoint}", env.region),
            None => format!("account {}, {}", env.account, env.region),
        };
        let message = format!("there is no table `{name}` in {place}");
        let failed = CommandError::Failed { message, causes: Vec::new(), hint: None };
        let address: Option<&Address> = self.declared.keys().find(|address| address.to_string() == named);
        if let Some(address) = address.or_else(|| self.address(name)) {
            let apply = format!("underpin apply --target {address}{}", self.flags);
            return failed.hint(format!("the stack file declares it: `{apply}` creates it"));
        }
        let there = live::table_names(&self.aws).await.unwrap_or_default();
        let addresses: Vec<String> = self.declared.keys().map(ToString::to_string).collect();
        let known = there.iter().chain(&addresses).map(String::as_str);
        // `tables.` before a name that no file declares.
        let bare = named.strip_prefix("tables.").unwrap_or(named);
        let near = did_you_mean(named, known.clone()).or_else(|| did_you_mean(bare, known));
        failed.hint(near.unwrap_or_else(|| "`underpin table list` shows the tables that are there".to_owned()))
    }
}

/// The error of a read or write that failed.
pub(crate) fn unread(what: &str, error: &CallError) -> CommandError {
    CommandError::failed(format!("failed to read {what}"), error)
}

/// Returns whether no stack file is there and none was asked for.
fn has_no_file(common: &Common) -> bool {
    let usual = common.file.as_os_str() == "stack.yaml";
    usual && common.env.is_none() && !common.file.exists()
}

/// The stack with its tables only: errors of other resources are of no concern here.
fn tables_of(source: &Source, aws: &Aws, archives: &Archives) -> Result<Stack, CommandError> {
    let Source { document, settings } = source;
    let sections = if settings.includes(SECTION) { vec![SECTION.to_owned()] } else { Vec::new() };
    let settings = Settings { sections: Some(sections), ..settings.clone() };
    Ok(document.resolve(&settings, aws.env(), &REGISTRY, aws.vault(), archives, &variable)?)
}
