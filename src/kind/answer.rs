//! The use of each member of the answers that reading a resource gets.
//!
//! Every kind has such a list for every operation that it reads with. A test compares the lists with the shapes of
//! AWS's own service models and with the types of the SDK, so that a member that AWS adds is first seen there, and
//! is not dropped silently.

use serde_json::Value;

use super::UnmanagedFeature;

/// The use of the members of one operation's answer. A path is written as in AWS's model, with `[]` after a list:
/// `Table.KeySchema[].KeyType`. A text has several paths, separated by spaces; each begins at `at`, or at the top of
/// the answer if it begins with `/`.
#[derive(Debug, Clone, Copy)]
pub struct Answer {
    /// The service, as in its endpoint.
    pub service: &'static str,
    /// The operation.
    pub operation: &'static str,
    /// The prefix of the paths.
    pub at: &'static str,
    /// Members that become a property or an attribute, that identify a resource, or that are needed to read on.
    pub read: &'static str,
    /// Members that are not read: the reason, and the paths. A path covers all that is below it.
    pub ignored: &'static [(&'static str, &'static str)],
    /// Members that the language can't express: the feature's name, and the members that show it. A path covers all
    /// that is below it.
    pub named: &'static [(&'static str, &'static str)],
    /// The same for members that the SDK has no type for yet: they are looked for in the answer's text.
    pub newer: &'static [(&'static str, &'static str)],
}

/// An answer without members, from which the lists are made.
pub const ANSWER: Answer =
    Answer { service: "", operation: "", at: "", read: "", ignored: &[], named: &[], newer: &[] };

/// The use of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberUse {
    /// It is read.
    Read,
    /// It is left out, for this reason.
    Ignored(&'static str),
    /// It is reported as this feature.
    Named(&'static str),
    /// The same, from the answer's text.
    Newer(&'static str),
}

impl Answer {
    /// Returns every path with its use.
    pub fn members(&self) -> Vec<(String, MemberUse)> {
        let whole = |path: &str| match (path.strip_prefix('/'), self.at) {
            (Some(path), _) => path.to_owned(),
            (None, "") => path.to_owned(),
            (None, at) => format!("{at}.{path}"),
        };
        let paths =
            |paths: &'static str, fate: MemberUse| paths.split_whitespace().map(move |path| (whole(path), fate));
        let listed = |rows: &'static [(&'static str, &'static str)], fate: fn(&'static str) -> MemberUse| {
            rows.iter().flat_map(move |(word, all)| all.split_whitespace().map(move |path| (path, fate(word))))
        };
        let listed = listed(self.ignored, MemberUse::Ignored)
            .chain(listed(self.named, MemberUse::Named))
            .chain(listed(self.newer, MemberUse::Newer));
        paths(self.read, MemberUse::Read).chain(listed.map(|(path, fate)| (whole(path), fate))).collect()
    }

    /// The features that only the answer's text shows, JSON or XML: members that the SDK has no type for, and, in JSON,
    /// members that are on none of the lists.
    pub fn newer(&self, body: &[u8]) -> Vec<UnmanagedFeature> {
        let members = self.members();
        let Ok(tree) = serde_json::from_slice::<Value>(body) else {
            let text = String::from_utf8_lossy(body);
            return newer_in_xml(&members, &text);
        };
        let mut found = Vec::new();
        look(&tree, "", &members, &mut found);
        found
    }
}

/// The same for an answer in XML, in which members that are on no list are not looked for.
fn newer_in_xml(members: &[(String, MemberUse)], text: &str) -> Vec<UnmanagedFeature> {
    let seen = |(path, fate): &(String, MemberUse)| {
        let MemberUse::Newer(feature) = fate else { return None };
        let name = path.rsplit('.').next()?.trim_end_matches("[]");
        let (_, rest) = text.split_once(&format!("<{name}>"))?;
        let (detail, _) = rest.split_once(&format!("</{name}>"))?;
        let detail = short(detail.trim());
        (!detail.is_empty()).then(|| UnmanagedFeature { feature: (*feature).to_owned(), detail })
    };
    members.iter().filter_map(seen).collect()
}

/// Returns whether a path is a member, or is below it.
pub fn covers(member: &str, path: &str) -> bool {
    path.strip_prefix(member).is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || rest.starts_with("[]"))
}

/// Adds the features of an answer that only its text shows.
fn look(value: &Value, path: &str, members: &[(String, MemberUse)], found: &mut Vec<UnmanagedFeature>) {
    let at = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    if let Value::Object(map) = value {
        for (key, value) in map {
            let list = value.as_array().filter(|items| items.iter().any(Value::is_object));
            let here = if list.is_some() { format!("{}[]", at(key)) } else { at(key) };
            match members.iter().find(|(member, _)| covers(member, &here)) {
                Some((_, MemberUse::Newer(feature))) if !is_empty(value) => {
                    found.push(UnmanagedFeature { feature: (*feature).to_owned(), detail: short(&value.to_string()) });
                }
                None if members.iter().any(|(member, _)| covers(&here, member)) => match list {
                    Some(items) => items.iter().for_each(|item| look(item, &here, members, found)),
                    None => look(value, &here, members, found),
                },
                None if !is_empty(value) => found.push(UnmanagedFeature {
                    feature: format!("`{}`", at(key)),
                    detail: format!("AWS reports {}, which this version does not know", short(&value.to_string())),
                }),
                _ => {}
            }
        }
    }
}

/// Returns whether a value says that a feature is not used.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) => false,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.iter().all(is_empty),
        Value::Object(map) => map.values().all(is_empty),
    }
}

/// Shortens a value for a line of a plan.
fn short(text: &str) -> String {
    const LONGEST: usize = 100;
    let text = crate::base::printable(text);
    if text.chars().count() <= LONGEST {
        return text;
    }
    text.chars().take(LONGEST - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const READ: Answer = Answer {
        service: "lambda",
        operation: "GetThing",
        at: "Thing",
        read: "Name Parts[].Id /Next",
        ignored: &[("a moment", "Created")],
        named: &[("engine", "Engine")],
        newer: &[("wings", "Wings"), ("paint", "Parts[].Paint")],
    };

    fn found(body: &Value) -> Vec<(String, String)> {
        READ.newer(body.to_string().as_bytes()).into_iter().map(|one| (one.feature, one.detail)).collect()
    }

    #[test]
    fn each_response_member_is_read_or_ignored() {
        let members = READ.members();
        assert_eq!(members[0], ("Thing.Name".to_owned(), MemberUse::Read));
        assert_eq!(members[2], ("Next".to_owned(), MemberUse::Read));
        assert!(members.contains(&("Thing.Created".to_owned(), MemberUse::Ignored("a moment"))));
        assert!(
            covers("A.B[]", "A.B[].C") && covers("A.B", "A.B[].C") && !covers("A.B", "A.BC") && !covers("A.B.C", "A.B")
        );
    }

    #[test]
    fn features_newer_than_the_sdk_are_named() {
        let whole =
            json!({"Next": "x", "Thing": {"Name": "n", "Created": 1, "Engine": {"Power": 9}, "Parts": [{"Id": 1}]}});
        assert_eq!(found(&whole), []);
        let mut winged = whole.clone();
        winged["Thing"]["Wings"] = json!({"Count": 2});
        winged["Thing"]["Parts"][0]["Paint"] = json!("red");
        let seen = [("paint".to_owned(), r#""red""#.to_owned()), ("wings".to_owned(), r#"{"Count":2}"#.to_owned())];
        let mut all = found(&winged);
        all.sort();
        assert_eq!(all, seen);
        winged["Thing"]["Wings"] = json!({"Count": 0, "Color": ""});
        assert_eq!(found(&winged).len(), 1, "what is empty is no feature");
    }

    #[test]
    fn unlisted_response_members_are_reported() {
        let all = found(
            &json!({"Thing": {"Name": "n", "Sails": ["a"], "Oars": false, "Parts": [{"Id": 1, "Size": {"X": 3}}]}}),
        );
        let features: Vec<&str> = all.iter().map(|(feature, _)| feature.as_str()).collect();
        assert_eq!(features, ["`Thing.Sails`", "`Thing.Parts[].Size`"]);
        assert!(all[0].1.contains(r#"AWS reports ["a"]"#), "{}", all[0].1);
    }

    #[test]
    fn new_members_are_found_in_xml_responses() {
        let read = |text: &str| READ.newer(text.as_bytes());
        assert_eq!(read("<Thing><Name>n</Name><Wings> 2 </Wings></Thing>")[0].detail, "2");
        assert_eq!(read("<Thing><Name>n</Name><Wings></Wings></Thing>"), []);
        assert_eq!(read("<Thing><Wings2>2</Wings2></Thing>"), []);
    }
}
