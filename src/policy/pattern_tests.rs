use proptest::prelude::*;

use super::*;

fn text(pattern: &str) -> Pattern {
    Pattern::text(&tokens(pattern))
}

fn arn(pattern: &str) -> Pattern {
    Pattern::arn(&tokens(pattern))
}

/// The simplest definition of the wildcards.
fn naive(pattern: &[char], text: &[char]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, None) => true,
        (Some(('*', rest)), _) => (0..=text.len()).any(|skip| naive(rest, &text[skip..])),
        (Some(('?', rest)), Some((_, text))) => naive(rest, text),
        (Some((wanted, rest)), Some((found, text))) => wanted == found && naive(rest, text),
        _ => false,
    }
}

fn chars(text: &str) -> Vec<char> {
    text.chars().collect()
}

#[test]
fn arn_wildcards_do_not_cross_segments() {
    let value = "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt";
    let pattern = "arn:aws:someservice:*:111122223333:finance/*";
    assert!(text(pattern).matches(value) && !arn(pattern).matches(value), "AWS's own example");
    assert!(arn("arn:aws:s3:::*").matches("arn:aws:s3:::bucket/a:b"), "the last segment holds colons");
    assert!(arn("arn:aws:s3:*").matches("arn:aws:s3:::bucket"), "fewer segments: over the text");
    assert!(arn("*").matches("*") && arn("*").matches("arn:aws:s3:::b"));
    assert!(!arn("arn:aws:lambda:*:*:function:x").matches("*"));
}

fn verdict(pattern: &Pattern, subject: &str) -> Option<bool> {
    match pattern.test(&Subject::new(subject)) {
        Truth::True => Some(true),
        Truth::False => Some(false),
        Truth::Unknown(_) => None,
    }
}

#[test]
fn pending_part_is_undecided_only_if_decisive() {
    let stream = "arn:aws:dynamodb:eu-central-1:111122223333:table/t/stream/\u{E000}x\u{E001}";
    assert_eq!(verdict(&arn("arn:aws:dynamodb:*:*:table/t/stream/*"), stream), Some(true));
    assert_eq!(verdict(&arn("arn:aws:dynamodb:*:*:table/t/*2026*"), stream), None);
    assert_eq!(verdict(&arn("arn:aws:dynamodb:us-east-1:*:table/t/*"), stream), Some(false));
    assert_eq!(verdict(&arn("arn:aws:dynamodb:*:*:table/other/*"), stream), Some(false));
    let whole = "\u{E000}tables.t.stream_arn\u{E001}";
    assert_eq!(verdict(&arn("arn:aws:dynamodb:*:*:table/t/*"), whole), None);
    assert_eq!(verdict(&text("*"), whole), Some(true));
    assert_eq!(verdict(&text("?"), whole), None);
    assert_eq!(verdict(&arn("arn:aws:iam::*:role/x"), "arn:aws:iam::\u{E000}a\u{E001}:role/x"), None);
    assert_eq!(verdict(&arn("arn:aws:iam::*:role/x"), "arn:aws:iam::\u{E000}a\u{E001}:role/y"), Some(false));
    assert_eq!(verdict(&arn("arn:aws:iam::*:role/x"), "arn:aws:s3::\u{E000}a\u{E001}:role/x"), Some(false));
}

#[test]
fn match_subject_names_its_pending_parts() {
    let subject = Subject::new("a\u{E000}roles.x.id\u{E001}b\u{E000}open");
    assert_eq!(subject.text(), "a\u{E000}b\u{E000}");
    assert_eq!(subject.names(), ["roles.x.id", "open"]);
    let sealed = Subject::new("a\u{E002}digest\u{E003}");
    assert_eq!((sealed.text(), sealed.names()), ("a\u{E000}", &["a sensitive value".to_owned()][..]));
}

fn small() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(vec!['a', 'b', ':', '*', '?', 'ä']), 0..9)
        .prop_map(|chars| chars.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn wildcard_matching_equals_naive_matching(pattern in small(), value in small()) {
        prop_assert_eq!(text(&pattern).matches(&value), naive(&chars(&pattern), &chars(&value)));
    }

    #[test]
    fn verdict_with_pending_part_holds_for_every_value(
        pattern in small(), before in small(), after in small(), filling in small(), segments in any::<bool>(),
    ) {
        let pattern = if segments { format!("a:{pattern}:b:*:?:*") } else { pattern };
        let pattern = Pattern::arn(&tokens(&pattern));
        let open = pattern.test(&Subject::new(&format!("{before}\u{E000}x\u{E001}{after}")));
        let filled = pattern.matches(&format!("{before}{filling}{after}"));
        match open {
            Truth::True => prop_assert!(filled),
            Truth::False => prop_assert!(!filled),
            Truth::Unknown(_) => {}
        }
    }

    #[test]
    fn verdict_with_unknown_variable_holds_for_every_value(
        before in small(), after in small(), filling in small(), value in small(),
    ) {
        let mut with_hole = tokens(&before);
        let mut filled = with_hole.clone();
        with_hole.push(Token::Unknown);
        filled.extend(filling.chars().map(Token::Char));
        with_hole.extend(tokens(&after));
        filled.extend(tokens(&after));
        let verdict = Pattern::text(&with_hole).test(&Subject::new(&value));
        match verdict {
            Truth::True => prop_assert!(Pattern::text(&filled).matches(&value)),
            Truth::False => prop_assert!(!Pattern::text(&filled).matches(&value)),
            Truth::Unknown(_) => {}
        }
    }
}
