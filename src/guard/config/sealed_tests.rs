//! The law of unknown values, on the rules that come with underpin: whatever text of a case is sealed, the outcome is
//! unknown, or it is the same for every value.

use serde_json::Value;

use super::judge;
use super::shipped_tests::{cases, whole, with_terms, world};
use super::{ConfigTerms, Subject};
use crate::base::Vault;
use crate::rules::RuleOutcome;
use crate::stack::shipped_rules;

/// The number of texts of a rule's cases that are sealed, one at a time. All of them: `UNDERPIN_CASES=2000`.
const SEALED: usize = 3;
/// Other values that are tried in place of the text.
const POOL: &[&str] = &["*", "zz", "iam:PassRole", "arn:aws:iam::123456789012:role/*", "events.amazonaws.com"];

/// The pointers of all texts in a tree.
fn texts(value: &Value, at: &str, into: &mut Vec<String>) {
    match value {
        Value::String(_) => into.push(at.to_owned()),
        Value::Array(items) => items.iter().enumerate().for_each(|(n, item)| texts(item, &format!("{at}/{n}"), into)),
        Value::Object(map) => {
            let step = |key: &str| key.replace('~', "~0").replace('/', "~1");
            map.iter().for_each(|(key, item)| texts(item, &format!("{at}/{}", step(key)), into));
        }
        _ => {}
    }
}

/// The rule's outcome for each resource, with one text replaced; `None` if that can't be written.
fn said(
    resources: &[Subject<'_>],
    terms: &ConfigTerms<'_>,
    which: usize,
    at: &str,
    text: &str,
) -> Option<Vec<&'static str>> {
    let mut wanted = resources.get(which)?.wanted.clone();
    *wanted.pointer_mut(at)? = Value::String(text.to_owned());
    let mut resources = resources.to_vec();
    resources.get_mut(which)?.wanted = &wanted;
    let word = |outcome: &RuleOutcome| match outcome {
        RuleOutcome::Pass => Some("pass"),
        RuleOutcome::Fail(_) => Some("fail"),
        RuleOutcome::Unknown(why) if why.starts_with("it depends") => Some("unknown"),
        RuleOutcome::Unknown(_) => None,
        RuleOutcome::Skipped | RuleOutcome::NotApplicable => Some("not applicable"),
    };
    judge::all(&resources, terms).iter().map(|one| word(&one.outcome)).collect()
}

#[test]
fn sealed_value_makes_shipped_rule_unknown_or_has_no_effect() {
    let (_world, file) = world();
    let sealed = Vault::new([1; 32]).seal("sealed");
    let all = std::env::var_os("UNDERPIN_CASES").is_some();
    let mut problems = Vec::new();
    for rule in shipped_rules() {
        let cases = cases(&rule.name);
        let each = SEALED.div_ceil(cases.len().max(1));
        for (expected, stack) in cases {
            let law = |resources: &[Subject<'_>], terms: &ConfigTerms<'_>| {
                let mut places = Vec::new();
                for (which, one) in resources.iter().enumerate() {
                    let mut own = Vec::new();
                    texts(one.wanted, "", &mut own);
                    places.extend(own.into_iter().map(|at| (which, at)));
                }
                let step = if all { 1 } else { places.len().div_ceil(each).max(1) };
                // From the end, where the subject of a case is.
                for (which, at) in places.into_iter().rev().step_by(step) {
                    let Some(here) = said(resources, terms, which, &at, &sealed) else { continue };
                    if here.iter().all(|one| *one == "unknown") {
                        continue;
                    }
                    let own = resources[which].wanted.pointer(&at).and_then(Value::as_str);
                    let known = own.into_iter().chain(POOL.iter().copied());
                    for text in known.chain(rule.text.literals.iter().map(String::as_str)) {
                        let Some(there) = said(resources, terms, which, &at, text) else { continue };
                        let same = |(here, there): (&&str, &&str)| *here == "unknown" || here == there;
                        if here.len() == there.len() && !here.iter().zip(&there).all(same) {
                            problems.push(format!(
                                "{} ({expected}) {at}: {here:?}, but {there:?} for {text}\n{stack}",
                                rule.name
                            ));
                        }
                    }
                }
            };
            with_terms(&file, &whole(&rule.name, &stack), &|_, _| None, law)
                .unwrap_or_else(|failure| panic!("{failure}"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
