use std::collections::BTreeMap;

use super::*;

/// Keys with their values; `?` is a key with an unknown value.
struct Keys(BTreeMap<&'static str, Subject>);

impl Variables for Keys {
    fn lookup(&self, key: &str) -> Lookup<'_> {
        match self.0.get(key) {
            None => Lookup::Absent,
            Some(subject) if subject.text() == "?" => Lookup::Unknown,
            Some(subject) => Lookup::Value(subject),
        }
    }
}

fn test(pattern: &str, shape: Shape, value: &str) -> Option<bool> {
    let keys = [("aws:username", "Bob*"), ("aws:who", "?"), ("aws:part", "a\u{E000}x\u{E001}")];
    let keys = Keys(keys.into_iter().map(|(key, value)| (key, Subject::new(value))).collect());
    match Matcher::new(pattern, shape, Version::V2012).test(&Subject::new(value), &keys) {
        Truth::True => Some(true),
        Truth::False => Some(false),
        Truth::Unknown(_) => None,
    }
}

#[test]
fn policy_variables_insert_literal_text() {
    assert_eq!(test("home/${aws:username}/*", Shape::Like, "home/Bob*/x"), Some(true));
    assert_eq!(test("home/${AWS:UserName}/*", Shape::Like, "home/Bobby/x"), Some(false));
    assert_eq!(test("${aws:username}", Shape::Exact, "Bob*"), Some(true));
    assert_eq!(test("X-${aws:username}", Shape::Folded, "x-bob*"), Some(true));
    assert_eq!(test("arn:a:b:c:d:${aws:username}", Shape::Arn, "arn:a:b:c:d:Bob*"), Some(true));
}

#[test]
fn unset_policy_variable_matches_nothing() {
    assert_eq!(test("${aws:none}", Shape::Like, "${aws:none}"), Some(false));
    assert_eq!(test("*${aws:none}", Shape::Like, "x"), Some(false));
    assert_eq!(test("${aws:none, 'all'}-x", Shape::Like, "all-x"), Some(true));
    assert_eq!(test("${aws:none,'a*'}", Shape::Like, "ab"), Some(false), "a default is literal too");
    assert_eq!(test("${aws:username, 'all'}", Shape::Exact, "all"), Some(false));
}

#[test]
fn escaped_wildcards_are_literal() {
    assert_eq!(test("a${*}${?}${$}", Shape::Like, "a*?$"), Some(true));
    assert_eq!(test("a${*}", Shape::Like, "ab"), Some(false));
    assert_eq!(test("${*}", Shape::Exact, "*"), Some(true));
    assert_eq!(test("a*?", Shape::Exact, "a*?"), Some(true));
    assert_eq!(test("a*", Shape::Exact, "ab"), Some(false));
    assert_eq!(test("open ${aws", Shape::Exact, "open ${aws"), Some(true));
    assert_eq!(test("", Shape::Like, ""), Some(true));
}

#[test]
fn unknown_variable_value_is_undecided_only_if_decisive() {
    assert_eq!(test("${aws:who}", Shape::Exact, "Bob"), None);
    assert_eq!(test("home/${aws:who}/*", Shape::Like, "work/x/y"), Some(false));
    assert_eq!(test("${aws:part}", Shape::Exact, "ab"), None);
    assert_eq!(test("${aws:part}", Shape::Exact, "ba"), Some(false));
}

#[test]
fn version_2008_has_no_policy_variables() {
    let old = Matcher::new("${aws:username}", Shape::Exact, Version::V2008);
    let keys = Keys(BTreeMap::from([("aws:username", Subject::new("Bob"))]));
    assert_eq!(old.test(&Subject::new("${aws:username}"), &keys), Truth::True);
    assert_eq!(old.test(&Subject::new("Bob"), &keys), Truth::False);
}

#[test]
fn invalid_policy_variables_are_refused() {
    for wrong in ["${aws:x", "${}", "${ }", "${aws: x}", "${aws:x, y}", "${aws:x, 'y}"] {
        assert!(refusal(wrong).is_some(), "{wrong}");
    }
    for right in ["", "$", "{}", "${aws:x}", "${aws:x, 'y z'}", "${*}${$}", "${aws:PrincipalTag/a b}"] {
        assert_eq!(refusal(right), None, "{right}");
    }
}
