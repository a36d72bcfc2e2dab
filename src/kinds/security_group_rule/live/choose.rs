//! The choice of the live rule that a resource refers to: by its id, by its tags, or by the traffic that it lets in, which
//! no other rule of the group does.

use std::collections::BTreeMap;

use super::super::identity::ID;
use crate::kind::Identity;
use crate::kind::tags::{ADDRESS_TAG, STACK_TAG, address_tag};

/// The known values of a live rule.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) id: String,
    /// Group, protocol, ports and source.
    pub(super) key: [String; 4],
    pub(super) tags: BTreeMap<String, String>,
}

/// Chooses a rule; the error is a sentence.
pub(super) fn choose<'c>(id: &Identity, candidates: &'c [Candidate]) -> Result<Option<&'c Candidate>, String> {
    if let Some(wanted) = id.details.get(ID) {
        return Ok(candidates.iter().find(|one| one.id == *wanted));
    }
    let (stack, address) = (id.details.get(STACK_TAG), address_tag(&id.address));
    let is_ours = |one: &&Candidate| {
        stack.is_some() && one.tags.get(STACK_TAG) == stack && one.tags.get(ADDRESS_TAG) == Some(&address)
    };
    let ours: Vec<&Candidate> = candidates.iter().filter(is_ours).collect();
    match ours.as_slice() {
        [] => {}
        [one] => return Ok(Some(one)),
        several => {
            let ids: Vec<String> = several.iter().map(|one| format!("`{}`", one.id)).collect();
            return Err(format!(
                "the rules {} have the tags of {}: remove all but one by hand",
                ids.join(", "),
                id.address
            ));
        }
    }
    let key = ["security_group", "protocol", "port", "source"];
    let key = key.map(|detail| id.details.get(detail).cloned().unwrap_or_default());
    Ok(candidates.iter().find(|one| one.key == key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Address;

    fn id(details: &[(&str, &str)]) -> Identity {
        let of = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        let usual =
            [("security_group", "sg-1"), ("protocol", "tcp"), ("port", "1"), ("source", "::/0"), (STACK_TAG, "mine")];
        let address = Address::new("security_group_rules", "a");
        Identity { address, name: "a".to_owned(), details: usual.iter().chain(details).map(of).collect() }
    }

    fn candidate(id: &str, port: &str, tags: &[(&str, &str)]) -> Candidate {
        let key = ["sg-1", "tcp", port, "::/0"].map(str::to_owned);
        let tags = tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        Candidate { id: id.to_owned(), key, tags }
    }

    const OURS: &[(&str, &str)] = &[(STACK_TAG, "mine"), (ADDRESS_TAG, "security_group_rules.a")];

    fn chosen(details: &[(&str, &str)], candidates: &[Candidate]) -> Option<String> {
        choose(&id(details), candidates).expect("no conflict").map(|one| one.id.clone())
    }

    #[test]
    fn rule_is_chosen_by_id_then_tags_then_traffic() {
        let all = [candidate("by-traffic", "1", &[]), candidate("by-tags", "2", OURS)];
        assert_eq!(chosen(&[], &all), Some("by-tags".to_owned()));
        assert_eq!(chosen(&[], &all[..1]), Some("by-traffic".to_owned()));
        assert_eq!(chosen(&[(ID, "by-traffic")], &all), Some("by-traffic".to_owned()));
        assert_eq!(chosen(&[(ID, "gone")], &all), None);
        assert_eq!(chosen(&[("port", "3")], &all[..1]), None);
        let theirs = [(STACK_TAG, "theirs"), (ADDRESS_TAG, "security_group_rules.a")];
        assert_eq!(chosen(&[], &[candidate("theirs", "1", &theirs)]), Some("theirs".to_owned()), "they own it");
        assert_eq!(chosen(&[], &[candidate("theirs", "2", &theirs)]), None);
    }

    #[test]
    fn several_rules_with_the_same_tags_are_named() {
        let twice = [candidate("sgr-1", "1", OURS), candidate("sgr-2", "2", OURS)];
        let message = choose(&id(&[]), &twice).expect_err("which one?");
        assert!(message.contains("`sgr-1`, `sgr-2`"), "{message}");
    }
}
