//! The members of resources that rules look at from elsewhere, so that a large account need not be held whole.
//!
//! A rule that looks at other resources than the one that it judges names in its entry (`looks_at`) the members that it
//! looks at, of the types of which accounts have many. Everything else of these is dropped once the other rules have judged
//! it. Asking for what was dropped is unknown, never "absent".

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::kept::{BULK, Kept, Texts};
use super::{Rendered, Rule, Subject};

/// What rules look at together.
#[derive(Debug, Default)]
pub struct Looks {
    /// True if there is a rule.
    any: bool,
    /// True if one may look at everything.
    whole: bool,
    /// The members, by the types of which there are many.
    members: BTreeMap<String, Arc<[String]>>,
}

impl Looks {
    /// What these rules look at.
    pub fn of<'r>(rules: impl IntoIterator<Item = &'r Rule>) -> Self {
        let (mut any, mut whole) = (false, false);
        let mut members: BTreeMap<&String, BTreeSet<&String>> = BTreeMap::new();
        for rule in rules {
            any = true;
            match &rule.looks_at {
                None => whole = true,
                Some(looks) => looks.iter().for_each(|(name, some)| members.entry(name).or_default().extend(some)),
            }
        }
        let listed = |(name, some): (&String, BTreeSet<&String>)| (name.clone(), some.into_iter().cloned().collect());
        Self { any, whole, members: members.into_iter().map(listed).collect() }
    }

    /// The same, with members that others than rules look at, by their types.
    #[must_use]
    pub fn also(mut self, some: &[(&str, &str)]) -> Self {
        self.any = true;
        for (type_name, member) in some {
            let members = self.members.entry((*type_name).to_owned()).or_default();
            if !members.iter().any(|one| one == member) {
                *members = members.iter().cloned().chain([(*member).to_owned()]).collect();
            }
        }
        self
    }

    /// What has to be kept of a subject; `None` if nothing has.
    pub fn keep(&self, subject: Subject, texts: &mut Texts) -> Option<Subject> {
        if !self.any {
            return None;
        }
        if self.whole || !BULK.contains(&subject.type_name) || subject.now.items.len() != 1 {
            return Some(subject);
        }
        let members = self.members.get(subject.type_name)?;
        let Subject { name, type_name, now: Rendered { mut items, template, error }, before, kept: _ } = subject;
        let mut item = items.pop()?;
        let kept = Kept::of(&mut item, &template, members, texts);
        let now = Rendered { items: vec![item], template: Vec::new(), error };
        Some(Subject { name, type_name, now, before, kept: Some(Arc::new(kept)) })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::kind::Rendering;
    use crate::rules::Before;

    const FUNCTION: &str = "AWS::Lambda::Function";

    fn looks(members: &[&str]) -> Looks {
        let members: Arc<[String]> = members.iter().map(|one| (*one).to_owned()).collect();
        Looks { any: true, whole: false, members: BTreeMap::from([(FUNCTION.to_owned(), members)]) }
    }

    fn kept(looks: &Looks, type_name: &'static str, body: Value) -> Option<Subject> {
        let mut item = Rendering::new(type_name);
        item.body = body;
        let mut resource = Rendering::new(type_name);
        resource.body = json!({"Runtime": "python3.13"});
        let now = Rendered { items: vec![item], template: vec![resource], error: None };
        let subject = Subject { name: "f".to_owned(), type_name, now, before: Before::Same, kept: None };
        looks.keep(subject, &mut Texts::new())
    }

    fn function() -> Value {
        json!({
            "ARN": "arn:x", "tags": {"a": "b"},
            "configuration": {"role": "r", "vpcConfig": {"subnetIds": ["s"], "vpcId": "v"}, "environment": {"A": "1"}},
            "supplementaryConfiguration": "placeholder",
        })
    }

    #[test]
    fn heads_and_named_members_are_kept_and_placeholders_on_the_way_to_them() {
        let members = ["/configuration/vpcConfig", "/configuration/none", "/supplementaryConfiguration/GetPolicy"];
        let subject = kept(&looks(&members), FUNCTION, function()).expect("it is kept");
        assert_eq!(subject.now.items[0].body, json!({"ARN": "arn:x", "tags": {"a": "b"}}));
        assert!(subject.now.template.is_empty());
        let kept = subject.kept.expect("a part");
        let expected = json!({
            "configuration": {"vpcConfig": {"subnetIds": ["s"], "vpcId": "v"}},
            "supplementaryConfiguration": {"GetPolicy": "placeholder"},
        });
        assert_eq!(kept.item(), &expected);
        assert_eq!(kept.template(), None);
    }

    #[test]
    fn template_is_kept_where_it_is_named() {
        let subject = kept(&looks(&["template"]), FUNCTION, function()).expect("it is kept");
        let expected = (FUNCTION, json!({"Runtime": "python3.13"}));
        assert_eq!(subject.kept.expect("a part").template(), Some([expected].as_slice()));
    }

    #[test]
    fn type_of_which_there_are_few_is_kept_whole_and_one_that_nobody_looks_at_is_dropped() {
        let group = kept(&looks(&[]), "AWS::IAM::Group", function()).expect("it is kept");
        assert_eq!((group.now.items[0].body.clone(), group.kept.is_none()), (function(), true));
        assert!(kept(&looks(&[]), "AWS::Logs::LogGroup", function()).is_none());
        assert!(kept(&Looks::of([]), "AWS::IAM::Group", function()).is_none());
    }

    #[test]
    fn only_named_places_and_what_is_below_them_are_there() {
        let kept = kept(&looks(&["/configuration/vpcConfig"]), FUNCTION, function()).and_then(|one| one.kept);
        let kept = kept.expect("a part");
        for there in ["/configuration/vpcConfig", "/configuration/vpcConfig/vpcId", "/tags", "/tags/a", "/ARN"] {
            assert!(kept.has(there), "{there}");
        }
        for gone in ["/configuration", "/configuration/vpcConfigs", "/configuration/role", "/tagsOf", ""] {
            assert!(!kept.has(gone), "{gone}");
        }
    }
}
