//! The items that a local environment begins with: read and checked before anything is touched, and written last.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::ops::ControlFlow;
use std::path::Path;

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::users::{Rows, Users};
use crate::access_patterns::{self, Key, ScalarType};
use crate::aws::Aws;
use crate::base::{Address, Streams, count, read_text};
use crate::commands::startup::Stage;
use crate::commands::support::planner::Planner;
use crate::error::CommandError;
use crate::items::file::{ColumnTypes, FileError, FileForm, Record, check, form_of, read};
use crate::items::live::put_all;
use crate::items::{
    Conversation, ConversationPlace, IndexKeys, Item, KeyAttribute, KeyType, TableKeys, USUAL_END, USUAL_GROUP,
    check_conversation,
};
use crate::kinds::table::TableSpec;
use crate::plan::Desired;
use crate::stack::{Seed, Settings};
use crate::users::Member;
use crate::workspace::SeededTable;

/// The largest file, in bytes: a local environment begins with what a person can read.
const MOST: u64 = 64 << 20;

/// The seeds of an environment, as far as they are known without its users.
pub(in crate::commands) struct Seeds {
    seeds: Vec<(Seed, Content)>,
    users: Users,
}

enum Content {
    Conversation(Conversation, Uuid),
    /// Items of a file in another form, which are read for the table's keys.
    Items(FileForm),
}

impl Seeds {
    /// Reads the files that need nothing else. `database` is that of the command line.
    pub(in crate::commands) fn read(settings: &Settings, database: Option<&str>) -> Result<Self, CommandError> {
        let users = Users::read(settings.database.as_ref(), database)?;
        let mut seeds = Vec::new();
        for seed in &settings.seeds {
            let wrong = |errors: Vec<FileError>| of_file(&seed.file, &errors);
            let content = match form(&seed.file)? {
                FileForm::Conversation => {
                    let text = read_text(&seed.file, MOST, Streams::Taken)
                        .map_err(|error| CommandError::io("read", &seed.file, &error))?;
                    let group = seed.message_group_uuid.as_deref().unwrap_or(USUAL_GROUP);
                    let group = group.parse().map_err(|_| CommandError::usage(format!("`{group}` is no UUID")))?;
                    Content::Conversation(Conversation::parse(&text).map_err(wrong)?, group)
                }
                form => Content::Items(form),
            };
            seeds.push((seed.clone(), content));
        }
        Ok(Self { seeds, users })
    }

    /// Returns whether there is nothing to seed and nobody to synchronize.
    pub(in crate::commands) fn is_empty(&self) -> bool {
        self.seeds.is_empty() && self.users.is_none()
    }

    /// Writes the items of a start-up, which keeps what is there; returns a sentence on it. A table that was left as it is
    /// is not written to.
    pub(in crate::commands) async fn write(&self, planner: &Planner, stage: &Stage) -> Result<String, CommandError> {
        stage.enter("bringing the users to their state");
        let mut items = self.items(&planner.project.wanted, Rows::Kept, stage).await?;
        let left = stage.read().1.left;
        items.retain(|seed| !left.iter().any(|one| one.address == seed.table));
        write_all(items, &planner.connection.aws, stage).await
    }

    /// Brings the users to their state, and makes the items of every table.
    pub(in crate::commands) async fn items(
        &self,
        wanted: &[Desired],
        rows: Rows,
        stage: &Stage,
    ) -> Result<Vec<SeedItems>, CommandError> {
        // Files are checked before the database is touched.
        let mut parts: Vec<(SeedItems, Option<(&Conversation, Uuid)>)> = Vec::new();
        for (seed, content) in &self.seeds {
            let Some(table) = wanted.iter().find(|one| one.address == seed.table) else { continue };
            let keys = keys(&table.body)?;
            let empty = SeedItems { table: seed.table.clone(), name: table.name.clone(), items: Vec::new(), keys };
            parts.push(match content {
                Content::Conversation(conversation, group) => (empty, Some((conversation, *group))),
                Content::Items(form) => {
                    let items = records(&seed.file, *form, &empty.keys)?;
                    (SeedItems { items, ..empty }, None)
                }
            });
        }
        let pairs: Vec<Option<[String; 2]>> = self
            .seeds
            .iter()
            .filter(|(seed, content)| {
                matches!(content, Content::Conversation(..)) && wanted.iter().any(|one| one.address == seed.table)
            })
            .map(|(seed, _)| seed.members.clone())
            .collect();
        if pairs.is_empty() && self.users.is_none() {
            return Ok(parts.into_iter().map(|(items, _)| items).collect());
        }
        let (members, report) = self.users.members(&pairs, rows).await?;
        stage.report(|said| said.users = Some(report));
        let mut members = members.iter();
        let mut all = Vec::new();
        for (mut seed, conversation) in parts {
            if let Some(((conversation, group), pair)) = conversation.and_then(|one| Some((one, members.next()?))) {
                seed = seed.with_conversation(conversation_records(conversation, group, pair)?)?;
            }
            all.push(seed);
        }
        Ok(all)
    }
}

/// Writes the items of all tables; returns a sentence on it.
pub(in crate::commands) async fn write_all(
    all: Vec<SeedItems>,
    aws: &Aws,
    stage: &Stage,
) -> Result<String, CommandError> {
    stage.enter("seeding the tables");
    let mut items = 0;
    for seed in all {
        let seeded = seed.write(aws).await?;
        items += seeded.items;
        stage.report(|said| said.seeded.push(seeded));
    }
    Ok(format!("{} seeded", count(items, "item")))
}

/// The items of one table.
pub(in crate::commands) struct SeedItems {
    table: Address,
    name: String,
    keys: TableKeys,
    items: Vec<Item>,
}

impl SeedItems {
    /// Writes them.
    async fn write(self, aws: &Aws) -> Result<SeededTable, CommandError> {
        let Self { table, name, keys: _, items } = self;
        let count = u64::try_from(items.len()).unwrap_or_default();
        put_all(aws, &name, items, None)
            .await
            .map_err(|error| CommandError::failed(format!("failed to seed {table}"), &error))?;
        Ok(SeededTable { table, items: count })
    }

    /// The same with the items of a conversation, if the table can hold them.
    fn with_conversation(self, records: Vec<Record>) -> Result<Self, CommandError> {
        let checked = check_conversation(&records, &self.keys);
        checked.map_err(|errors| {
            let message = format!("the conversation of {} can't be seeded", self.table);
            let causes = errors.iter().map(ToString::to_string).collect();
            CommandError::Failed { message, causes, hint: None }
        })?;
        Ok(Self { items: records.into_iter().map(|record| record.item).collect(), ..self })
    }
}

fn conversation_records(
    conversation: &Conversation,
    group: Uuid,
    members: &[Member; 2],
) -> Result<Vec<Record>, CommandError> {
    let end: Timestamp = USUAL_END.parse().map_err(|error| CommandError::failed("failed to read a time", &error))?;
    Ok(conversation.records(&ConversationPlace { members, group, end }))
}

fn opened(file: &Path) -> Result<BufReader<File>, CommandError> {
    File::open(file).map(BufReader::new).map_err(|error| CommandError::io("read", file, &error))
}

fn form(file: &Path) -> Result<FileForm, CommandError> {
    let mut reader = opened(file)?;
    let beginning = reader.fill_buf().map_err(|error| CommandError::io("read", file, &error))?;
    form_of(Some(file), beginning).map_err(|error| of_file(file, &[error]))
}

/// Reads and checks the items of a file.
fn records(file: &Path, form: FileForm, keys: &TableKeys) -> Result<Vec<Item>, CommandError> {
    let types = ColumnTypes::default();
    let reader = opened(file)?;
    check(keys, |each| read(form, reader, keys, &types, each)).map_err(|errors| of_file(file, &errors))?;
    let (mut items, mut errors) = (Vec::new(), Vec::new());
    read(form, opened(file)?, keys, &types, &mut |record| {
        match record {
            Ok(Record { item, .. }) => items.push(item),
            Err(error) => errors.push(error),
        }
        ControlFlow::Continue(())
    });
    if errors.is_empty() { Ok(items) } else { Err(of_file(file, &errors)) }
}

fn of_file(file: &Path, errors: &[FileError]) -> CommandError {
    let causes = errors.iter().map(ToString::to_string).collect();
    let hint = errors.iter().find_map(|error| error.hint.clone());
    CommandError::Failed { message: format!("`{}` can't be seeded", file.display()), causes, hint }
}

/// The keys of a table that the file declares, and of its indexes.
fn keys(body: &Value) -> Result<TableKeys, CommandError> {
    let spec: TableSpec = serde_json::from_value(body.clone())
        .map_err(|error| CommandError::failed("failed to read the keys of a table", &error))?;
    let declared = spec.keys();
    let key = |key: &Key| KeyAttribute {
        name: key.name.clone(),
        kind: match key.kind {
            ScalarType::N => KeyType::N,
            ScalarType::B => KeyType::B,
            ScalarType::S | ScalarType::Bool => KeyType::S,
        },
    };
    let all = |keys: &[Key]| keys.iter().map(key).collect();
    let index = |(name, index): (&String, &access_patterns::IndexKeys)| IndexKeys {
        name: name.clone(),
        partition: all(&index.partition),
        sort: all(&index.sort),
    };
    Ok(TableKeys {
        partition: key(&declared.partition),
        sort: declared.sort.as_ref().map(key),
        indexes: declared.indexes.iter().map(index).collect(),
    })
}
