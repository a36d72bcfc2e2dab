//! Logical ids of a template's resources.
//!
//! Each follows from the resource's own address alone, whatever else is in the file: to `CloudFormation` another logical id
//! is another resource, which it would create, and delete the one before.

use sha2::{Digest, Sha256};

use crate::base::{Address, hex};

/// The most characters of a name that go into an id, which may have 255 in all.
/// Source: `CloudFormation` user guide, "CloudFormation quotas".
const LONGEST_NAME: usize = 160;

/// Types of parts of which an entry of the file has one at most: the entry's name tells them apart.
const ONE_FOR_EACH_ENTRY: &[&str] = &["AWS::Logs::LogGroup"];

/// The logical id of a resource, or of a part of it (`part` is empty for the resource itself): the last word of its type,
/// and its name. Names of lower-case words joined by hyphens are written as such (`RoleOrderWorker`); a digest follows those
/// that could be mistaken for another one.
///
/// Source: `CloudFormation` user guide, "Resources": "The logical ID must be alphanumeric (A-Za-z0-9) and unique within the
/// template".
pub(super) fn logical_id(type_name: &str, address: &Address, part: &str) -> String {
    let kind = type_name.rsplit("::").next().unwrap_or(type_name);
    let name = title_case(address.name());
    let shown = &name[..name.len().min(LONGEST_NAME)];
    let is_sole = part.is_empty() || ONE_FOR_EACH_ENTRY.contains(&type_name);
    if is_sole && is_plain(address.name()) && shown.len() == name.len() {
        return format!("{kind}{shown}");
    }
    format!("{kind}{shown}{}", digest(&format!("{address}\n{part}")))
}

/// A text of letters and digits only: each word begins with a capital letter.
pub(super) fn title_case(text: &str) -> String {
    let mut id = String::new();
    for word in text.split(|c: char| !c.is_ascii_alphanumeric()) {
        let mut letters = word.chars();
        id.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        id.push_str(letters.as_str());
    }
    id
}

/// Eight hexadecimal digits that stand for a text.
pub(super) fn digest(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes())).chars().take(8).collect()
}

/// Returns whether a name consists of lower-case words joined by hyphens, each of which begins with a letter: no two such
/// names have the same title case.
fn is_plain(name: &str) -> bool {
    name.split('-').all(|word| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn id(type_name: &str, address: &str, part: &str) -> String {
        logical_id(type_name, &address.parse().expect("an address"), part)
    }

    #[test]
    fn plain_names_are_readable_and_others_have_a_digest() {
        assert_eq!(id("AWS::DynamoDB::Table", "tables.order-items", ""), "TableOrderItems");
        assert_eq!(id("AWS::Logs::LogGroup", "functions.worker", "log_retention"), "LogGroupWorker");
        let names = ["tables.order-items", "tables.order_items", "tables.orderItems", "tables.Order-Items", "tables.ü"];
        let ids: BTreeSet<String> = names.iter().map(|name| id("AWS::DynamoDB::Table", name, "")).collect();
        assert_eq!(ids.len(), names.len(), "{ids:?}");
        let (one, other) = ("permissions.a", "permissions.b");
        let permission = |part: &str| id("AWS::Lambda::Permission", "functions.worker", part);
        assert_ne!(permission(one), permission(other));
    }

    proptest! {
        #[test]
        fn different_addresses_have_different_ids_of_letters_and_digits(
            one in "[a-cA-C0-2./_ü-]{1,6}", other in "[a-cA-C0-2./_ü-]{1,6}", long in 0..300_usize
        ) {
            let padded = |name: &str| Address::new("tables", format!("{name}{}", "x".repeat(long)));
            let ids = [&one, &other].map(|name| logical_id("AWS::DynamoDB::Table", &padded(name), ""));
            prop_assert_eq!(ids[0] == ids[1], one == other);
            prop_assert!(ids.iter().all(|id| id.len() <= 255 && id.chars().all(|c| c.is_ascii_alphanumeric())));
        }
    }
}
