//! The templates of a remedy: one text, or several for several cases.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

/// The templates of a remedy: one text, or one for each case. A case is a list of conditions, all of which hold: a resource
/// type of AWS (`AWS::IAM::Role`), or a word in brackets whose value the resource's document says (`<POLICY>`). `else` has
/// none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Templates(Vec<(Vec<String>, String)>);

/// The case without a condition.
const ELSE: &str = "else";

impl Templates {
    /// One text for every case.
    pub fn one(text: impl Into<String>) -> Self {
        Self(vec![(Vec::new(), text.into())])
    }

    /// The text for a resource: that of the case with the most conditions which hold. Empty if there is none.
    pub fn of(&self, type_name: &str, is_known: &dyn Fn(&str) -> bool) -> &str {
        let holds = |condition: &String| match condition.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
            Some(word) => is_known(word),
            None => condition == type_name,
        };
        let fit = self.0.iter().filter(|(conditions, _)| conditions.iter().all(holds));
        // The first of those with the most.
        fit.rev().max_by_key(|(conditions, _)| conditions.len()).map_or("", |(_, text)| text)
    }

    /// The text where no condition is known to hold; empty if there is none.
    pub fn usual(&self) -> &str {
        self.0.iter().find(|(conditions, _)| conditions.is_empty()).map_or("", |(_, text)| text)
    }

    /// All texts, each with its conditions; those without any last.
    pub fn all(&self) -> impl Iterator<Item = (&[String], &str)> {
        self.0.iter().map(|(conditions, text)| (conditions.as_slice(), text.as_str()))
    }
}

impl<'de> Deserialize<'de> for Templates {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextOrCases)
    }
}

struct TextOrCases;

impl<'de> Visitor<'de> for TextOrCases {
    type Value = Templates;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, or texts by their cases")
    }

    fn visit_str<E>(self, text: &str) -> Result<Templates, E> {
        Ok(Templates::one(text))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Templates, A::Error> {
        let mut cases: Vec<(Vec<String>, String)> = Vec::new();
        while let Some((case, text)) = map.next_entry::<String, String>()? {
            let conditions = case.split_whitespace().filter(|one| *one != ELSE).map(str::to_owned).collect();
            cases.push((conditions, text));
        }
        let begins_with_word = |conditions: &[String]| conditions.first().is_some_and(|one| one.starts_with('<'));
        // Of as many conditions those on the type come first.
        cases.sort_by(|(one, _), (other, _)| {
            let by_number = other.len().cmp(&one.len());
            by_number.then(begins_with_word(one).cmp(&begins_with_word(other))).then_with(|| one.cmp(other))
        });
        Ok(Templates(cases))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn text_of_a_case_is_that_with_the_most_conditions_that_hold() {
        let templates: Templates = serde_json::from_value(json!({
            "else": "usual", "AWS::IAM::User": "user", "AWS::IAM::User <POLICY>": "policy of a user", "<POLICY>": "policy",
        }))
        .expect("templates");
        let of = |type_name: &str, word: &'static str| templates.of(type_name, &|one| one == word).to_owned();
        assert_eq!(of("AWS::IAM::User", "POLICY"), "policy of a user");
        assert_eq!(of("AWS::IAM::User", ""), "user");
        assert_eq!(of("AWS::IAM::Role", "POLICY"), "policy");
        assert_eq!(of("AWS::IAM::Role", ""), "usual");
        assert_eq!(templates.usual(), "usual");
        let one: Templates = serde_json::from_value(json!("one")).expect("a template");
        assert_eq!((one.of("AWS::IAM::Role", &|_| true), one.usual()), ("one", "one"));
        assert_eq!(Templates::default().of("AWS::IAM::Role", &|_| true), "");
    }
}
