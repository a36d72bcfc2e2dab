//! The uses of keys: which tables, functions, log groups and trails name a key.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::fields::{list, text};
use super::key_users::{KeyUsers, USERS};
use super::{AccountDocuments, Wanted, keys};
use crate::audit::{Live, UnreadType};
use crate::base::{Address, Reference, pending};

const MEMBER: &str = "UsedBy";

/// Writes into each key's document the ARNs of what names it, in its own account. Where not all of them could be read it is
/// unknown: a key that nothing seems to use may be the one that a table needs.
pub(super) fn mark(documents: &mut AccountDocuments, named_by: &KeyUsers, wanted: &Wanted) {
    if !wanted.has_member(keys::TYPE, MEMBER) {
        return;
    }
    let names = names(&documents.live);
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (named, arns) in &named_by.of {
        if let Some(key) = names.get(named) {
            uses.entry(key.clone()).or_default().extend(arns.iter().cloned());
        }
    }
    let mut unread: BTreeMap<String, String> = BTreeMap::new();
    for UnreadType { account, reason, .. } in
        documents.unread_types.iter().filter(|one| USERS.contains(&one.type_name.as_str()))
    {
        unread.entry(account.clone()).or_insert_with(|| reason.clone());
    }
    for (account, (_, reason)) in &named_by.hidden {
        unread.entry(account.clone()).or_insert_with(|| reason.clone());
    }
    let left_out = USERS.iter().find(|one| !wanted.has(one)).map(|one| format!("{one} was not read"));
    for live in documents.live.iter_mut().filter(|live| live.resource.type_name == keys::TYPE) {
        let reason = left_out.as_ref().or_else(|| unread.get(&live.resource.account));
        let arns = uses.remove(&live.resource.arn).unwrap_or_default();
        write(live, &arns, reason);
    }
}

/// The texts by which resources of an account may name a key: its id, its ARN, and its aliases → the key's ARN.
fn names(live: &[Live]) -> BTreeMap<(String, String), String> {
    let mut names = BTreeMap::new();
    for key in live.iter().filter(|live| live.resource.type_name == keys::TYPE) {
        let (account, arn) = (&key.resource.account, &key.resource.arn);
        let mut add = |name: &str| names.insert((account.clone(), name.to_owned()), arn.clone());
        add(arn);
        add(&key.resource.id);
        for alias in key.items.iter().flat_map(|item| list(&item.body, "/supplementaryConfiguration/ListAliases")) {
            // The name of an alias stands for another key in each region; its ARN names one.
            add(text(alias, "/AliasArn"));
        }
    }
    names
}

fn write(live: &mut Live, used: &BTreeSet<String>, unknown: Option<&String>) {
    let id = &live.resource.id;
    let pointer = format!("/supplementaryConfiguration/{MEMBER}");
    for item in &mut live.items {
        match unknown {
            None => item.own(&pointer, json!(used)),
            Some(reason) => {
                let reference = Reference { address: Address::new("unread", id), attribute: MEMBER.to_owned() };
                let placeholder = pending::text(&reference);
                item.own(&pointer, placeholder.as_str());
                item.unknown.insert(placeholder, format!("`{MEMBER}`, which could not be read: {reason}"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::audit::Resource;
    use crate::kind::Rendering;

    const ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";
    const KEY: &str = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";

    fn live(type_name: &'static str, id: &str, arn: &str, configuration: Value) -> Live {
        let mut item = Rendering::new(type_name);
        item.own("/configuration", configuration);
        let resource = Resource {
            type_name: type_name.to_owned(),
            id: id.to_owned(),
            arn: arn.to_owned(),
            region: "eu-central-1".to_owned(),
            account: "123456789012".to_owned(),
            tags: BTreeMap::new(),
            owner: None,
        };
        Live { resource, items: vec![item], template: Vec::new(), evidence: Vec::new() }
    }

    fn used(mut live: Vec<Live>, unread_of: &[&str], wanted: &Wanted) -> Value {
        let mut key = self::live(keys::TYPE, ID, KEY, json!({"KeyId": ID}));
        let alias =
            json!([{"AliasName": "alias/shop", "AliasArn": "arn:aws:kms:eu-central-1:123456789012:alias/shop"}]);
        key.items[0].own("/supplementaryConfiguration/ListAliases", alias);
        live.push(key);
        let unread = |one: &&str| UnreadType {
            type_name: (*one).to_owned(),
            account: "123456789012".to_owned(),
            region: "eu-central-1".to_owned(),
            reason: "the caller may not `x:List`".to_owned(),
        };
        let unread_types = unread_of.iter().map(unread).collect();
        let mut documents = AccountDocuments { live, unread_types, ..AccountDocuments::default() };
        let mut users = KeyUsers::default();
        documents.live.iter().for_each(|live| users.note(live));
        mark(&mut documents, &users, wanted);
        let key = documents.live.iter().find(|live| live.resource.type_name == keys::TYPE).expect("the key stays");
        key.items[0].body["supplementaryConfiguration"]["UsedBy"].clone()
    }

    #[test]
    fn key_is_used_by_what_names_its_arn_its_id_or_an_alias() {
        let live = vec![
            live("AWS::DynamoDB::Table", "orders", "arn:table", json!({"sseDescription": {"kmsmasterKeyArn": KEY}})),
            live("AWS::Lambda::Function", "f", "arn:function", json!({"kmsKeyArn": KEY, "codeSha256": "x"})),
            live(
                "AWS::Logs::LogGroup",
                "g",
                "arn:group",
                json!({"kmsKeyId": "arn:aws:kms:eu-central-1:123456789012:alias/shop"}),
            ),
            live("AWS::CloudTrail::Trail", "t", "arn:trail", json!({"KmsKeyId": ID})),
            live(
                "AWS::DynamoDB::Table",
                "other",
                "arn:other",
                json!({"sseDescription": {"kmsmasterKeyArn": "arn:aws:kms:x"}}),
            ),
            live("AWS::EC2::VPC", "v", "arn:vpc", json!({"note": KEY})),
        ];
        let expected = json!(["arn:function", "arn:group", "arn:table", "arn:trail"]);
        assert_eq!(used(live, &[], &Wanted::everything()), expected);
        assert_eq!(used(Vec::new(), &[], &Wanted::everything()), json!([]));
    }

    #[test]
    fn uses_of_a_key_are_unknown_if_a_list_or_a_configuration_was_not_read() {
        let is_unknown = |value: &Value| value.as_str().is_some_and(pending::is_pending);
        assert!(is_unknown(&used(Vec::new(), &["AWS::DynamoDB::Table"], &Wanted::everything())));
        assert!(is_unknown(&used(Vec::new(), &[], &Wanted::types([keys::TYPE, "AWS::DynamoDB::Table"]))));
        let reference = Reference { address: Address::new("unread", "f"), attribute: "x".to_owned() };
        let hidden = live("AWS::Lambda::Function", "f", "arn:function", json!(pending::text(&reference)));
        assert!(is_unknown(&used(vec![hidden], &[], &Wanted::everything())));
        assert_eq!(used(Vec::new(), &["AWS::EC2::VPC"], &Wanted::everything()), json!([]));
    }
}
