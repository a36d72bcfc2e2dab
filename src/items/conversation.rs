//! The conversation file: lines `Person 1: …` and `Person 2: …`, and the items that it stands for.

use std::fmt::Write as _;

use jiff::{Timestamp, ToSpan as _};
use uuid::Uuid;

use super::file::{FileError, FileSummary, Record, check};
use super::keys::{KeyType, TableKeys};
use super::value::{AttributeValue, Item};
use crate::users::Member;

/// The message group of a conversation if none is named.
pub const USUAL_GROUP: &str = "5ae290ed-55d1-47a0-bc6d-fe2bc2700399";

/// The time of a conversation's last message if none is named. It is fixed, so that seeding again gives the same items, on
/// every machine and after a table was deleted; and it is past, so that no message lies in the future.
pub const USUAL_END: &str = "2026-11-01T12:00:00Z";

/// The beginnings of lines, of the first and the second member.
const SPEAKERS: [&str; 2] = ["Person 1: ", "Person 2: "];

/// The errors of one file that are reported at once.
const MOST_ERRORS: usize = 10;

/// A conversation of two members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    messages: Vec<Message>,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Message {
    /// Its line in the file, from one.
    line: u64,
    /// The index of its author.
    author: usize,
    text: String,
}

/// The parts of a conversation's items that are not in its file.
#[derive(Debug, Clone)]
pub struct ConversationPlace<'a> {
    /// The first and the second person.
    pub members: &'a [Member; 2],
    /// The message group.
    pub group: Uuid,
    /// The time of the last message.
    pub end: Timestamp,
}

impl Conversation {
    /// Reads a file's text. Empty lines at its beginning and its end are left out; any other line is a message.
    pub fn parse(text: &str) -> Result<Self, Vec<FileError>> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let lines: Vec<(u64, &str)> =
            (1..).zip(text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line))).collect();
        let is_text = |(_, line): &(u64, &str)| !line.trim().is_empty();
        let (first, last) = (lines.iter().position(is_text), lines.iter().rposition(is_text));
        let (Some(first), Some(last)) = (first, last) else {
            return Err(vec![FileError::of_file("it holds no message").hint(EXPECTED)]);
        };
        let (mut messages, mut errors) = (Vec::new(), Vec::new());
        for (number, line) in &lines[first..=last] {
            match message(line) {
                Ok((author, text)) => messages.push(Message { line: *number, author, text }),
                Err(reason) if errors.len() < MOST_ERRORS => {
                    errors.push(FileError::at(*number, reason).hint(EXPECTED));
                }
                Err(_) => break,
            }
        }
        if errors.is_empty() { Ok(Self { messages }) } else { Err(errors) }
    }

    /// The items: a row of the group for each member, with the last message and the other one's name, and a row for each
    /// message. Messages are a minute apart; their ids follow from the group, the place and the text, so that the same file
    /// always gives the same items. A row of the group has the line of the last message.
    pub fn records(&self, place: &ConversationPlace<'_>) -> Vec<Record> {
        let ConversationPlace { members, group, end } = place;
        let count = self.messages.len();
        let time = |index: usize| {
            let before = i64::try_from(count - 1 - index).unwrap_or(i64::MAX);
            let at = end.checked_sub(before.minutes()).unwrap_or(Timestamp::MIN);
            iso(at)
        };
        let group = group.hyphenated().to_string();
        let mut records = Vec::with_capacity(count + 2);
        let (line, last) = self.messages.last().map(|last| (last.line, last.text.as_str())).unwrap_or_default();
        for (own, other) in [(&members[0], &members[1]), (&members[1], &members[0])] {
            let item = item([
                ("pk", format!("GRP#{}", own.uuid)),
                ("sk", iso(*end)),
                ("message_group_uuid", group.clone()),
                ("message", last.to_owned()),
                ("user_uuid", other.uuid.clone()),
                ("user_display_name", other.display_name.clone()),
                ("user_handle", other.handle.clone()),
            ]);
            records.push(Record { line, item });
        }
        for (index, Message { line, author, text }) in self.messages.iter().enumerate() {
            let author = &members[*author];
            let name = format!("{index}\n{text}");
            let item = item([
                ("pk", format!("MSG#{group}")),
                ("sk", time(index)),
                ("message_uuid", Uuid::new_v5(&place.group, name.as_bytes()).hyphenated().to_string()),
                ("message", text.clone()),
                ("user_uuid", author.uuid.clone()),
                ("user_display_name", author.display_name.clone()),
                ("user_handle", author.handle.clone()),
            ]);
            records.push(Record { line: *line, item });
        }
        records
    }

    /// The number of messages.
    pub fn len(&self) -> usize {
        self.messages.len()
    }

    /// Returns whether there is no message; a parsed file has one.
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }
}

/// Checks the items of a conversation before the first one is written.
pub fn check_conversation(records: &[Record], keys: &TableKeys) -> Result<FileSummary, Vec<FileError>> {
    let own: Vec<(&str, KeyType)> = keys.attributes().map(|key| (key.name.as_str(), key.kind)).collect();
    if own != [("pk", KeyType::S), ("sk", KeyType::S)] {
        let message = "a conversation is for a table with the keys `pk` (S) and `sk` (S)";
        return Err(vec![FileError::of_file(message)]);
    }
    let checked = check(keys, |each| {
        let _ = records.iter().try_for_each(|record| each(Ok(record.clone())));
    });
    checked.map_err(|mut errors| {
        // The rows of the group repeat the last message.
        errors.sort_by_key(|error| error.line);
        errors.dedup_by_key(|error| error.line);
        errors
    })
}

/// The form of lines, as a hint.
const EXPECTED: &str = "a line is `Person 1: …` or `Person 2: …`, one message each";

/// The index of the author, and the text.
fn message(line: &str) -> Result<(usize, String), String> {
    let said = SPEAKERS.iter().enumerate().find_map(|(author, begin)| Some((author, line.strip_prefix(begin)?)));
    match said {
        Some((_, "")) => Err("the message is empty".to_owned()),
        Some((author, text)) => Ok((author, text.to_owned())),
        None if line.trim().is_empty() => Err("invalid line: it is empty".to_owned()),
        None => {
            let mut shown = String::new();
            let _ = write!(shown, "{}", super::plain::shortened(line));
            Err(format!("invalid line: `{shown}`"))
        }
    }
}

/// A time as Python's `isoformat` writes it in UTC: `2026-11-01T12:00:00+00:00`.
fn iso(at: Timestamp) -> String {
    let digits = if at.subsec_nanosecond() == 0 { "%Y-%m-%dT%H:%M:%S" } else { "%Y-%m-%dT%H:%M:%S%.6f" };
    format!("{}+00:00", at.strftime(digits))
}

fn item<const N: usize>(attributes: [(&str, String); N]) -> Item {
    attributes.into_iter().map(|(name, text)| (name.to_owned(), AttributeValue::S(text))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members() -> [Member; 2] {
        ["ada", "jonas"].map(|name| Member {
            uuid: format!("uuid-{name}"),
            display_name: name.to_uppercase(),
            handle: name.to_owned(),
        })
    }

    fn items(text: &str) -> Vec<Item> {
        let (members, group) = (members(), USUAL_GROUP.parse().expect("a uuid"));
        let end = USUAL_END.parse().expect("a time");
        let conversation = Conversation::parse(text).expect("it is a conversation");
        let records = conversation.records(&ConversationPlace { members: &members, group, end });
        records.into_iter().map(|record| record.item).collect()
    }

    #[test]
    fn messages_that_a_table_can_not_hold_are_named_by_line() {
        let (members, group) = (members(), USUAL_GROUP.parse().expect("a uuid"));
        let end = USUAL_END.parse().expect("a time");
        let long = "x".repeat(500_000);
        let text = format!("Person 1: a\nPerson 2: {long}\nPerson 1: b\nPerson 2: {long}\n");
        let conversation = Conversation::parse(&text).expect("it is a conversation");
        let records = conversation.records(&ConversationPlace { members: &members, group, end });
        let key = |name: &str| super::super::keys::KeyAttribute { name: name.to_owned(), kind: KeyType::S };
        let mut keys = TableKeys { partition: key("pk"), sort: Some(key("sk")), indexes: Vec::new() };
        let errors = check_conversation(&records, &keys).expect_err("it is too large");
        let lines: Vec<Option<u64>> = errors.iter().map(|error| error.line).collect();
        assert_eq!(lines, [Some(2), Some(4)]);
        assert!(errors[0].message.contains("400 KB"), "{errors:?}");
        keys.sort = None;
        let errors = check_conversation(&records, &keys).expect_err("it is another table");
        assert!(errors[0].message.contains("`pk` (S) and `sk` (S)"), "{errors:?}");
    }

    #[test]
    fn items_have_exactly_the_attributes_of_the_scripts() {
        let items = items("\nPerson 1: Hello: again\r\nPerson 2:  two spaces \nPerson 1: Bye\n\n");
        insta::assert_debug_snapshot!(items);
        let ids: std::collections::BTreeSet<_> =
            items.iter().filter_map(|item| item.get("message_uuid")).map(|id| format!("{id:?}")).collect();
        assert_eq!(ids.len(), 3);
    }

    #[test]
    fn same_file_gives_same_items_and_equal_messages_differ() {
        let text = "Person 1: Hi\nPerson 1: Hi\nPerson 2: Hi";
        assert_eq!(items(text), items(text));
        let ids: std::collections::BTreeSet<_> =
            items(text).iter().filter_map(|item| item.get("message_uuid").map(|id| format!("{id:?}"))).collect();
        assert_eq!(ids.len(), 3);
    }

    #[test]
    fn lines_that_are_no_messages_are_named_by_number() {
        let said = |text: &str| -> Vec<(Option<u64>, String)> {
            let errors = Conversation::parse(text).expect_err("it is wrong");
            errors.into_iter().map(|error| (error.line, error.message)).collect()
        };
        for (text, line, message) in [
            ("", None, "it holds no message"),
            ("\n \r\n", None, "it holds no message"),
            ("Person 3: x", Some(1), "invalid line: `Person 3: x`"),
            ("\nPerson 1:x", Some(2), "invalid line: `Person 1:x`"),
            ("Person 1: a\nand more\nPerson 2: b", Some(2), "invalid line: `and more`"),
            ("Person 1: a\n\nPerson 2: b", Some(2), "invalid line: it is empty"),
            ("Person 1: a\nPerson 2: ", Some(2), "the message is empty"),
            (" Person 1: a", Some(1), "invalid line: ` Person 1: a`"),
            ("person 1: a", Some(1), "invalid line: `person 1: a`"),
        ] {
            assert_eq!(said(text), [(line, message.to_owned())], "{text:?}");
        }
        assert_eq!(said(&"x\n".repeat(50)).len(), MOST_ERRORS);
    }
}
