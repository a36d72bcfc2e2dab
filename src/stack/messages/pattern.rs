//! Patterns for people: the character at which a text leaves a pattern, and a pattern in words.

use std::fmt;

use regex_automata::hybrid::dfa::DFA;
use regex_automata::{Anchored, Input};
use regex_syntax::hir::{Class, ClassUnicode, Hir, HirKind, Look, Repetition};

/// The place where a text stops matching a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// At this character, which is the n-th, counted from one.
    At(char, usize),
    /// At its end: something must follow.
    TooShort,
}

/// The fault of a text that does not match an anchored pattern; `None` if it can't be found.
pub(crate) fn fault(pattern: &str, text: &str) -> Option<Fault> {
    let dfa = DFA::new(pattern).ok()?;
    let mut cache = dfa.create_cache();
    let start = Input::new(text).anchored(Anchored::Yes);
    let mut state = dfa.start_state_forward(&mut cache, &start).ok()?;
    for (number, char) in (1..).zip(text.chars()) {
        let mut bytes = [0; 4];
        for byte in char.encode_utf8(&mut bytes).bytes() {
            state = dfa.next_state(&mut cache, state, byte).ok()?;
            if state.is_dead() || state.is_quit() {
                return Some(Fault::At(char, number));
            }
        }
    }
    let end = dfa.next_eoi_state(&mut cache, state).ok()?;
    (!end.is_match()).then_some(Fault::TooShort)
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(char, number) => write!(f, ": {} (character {number}) is not allowed there", visible(*char)),
            Self::TooShort => f.write_str(": it ends too early"),
        }
    }
}

/// A character in a message.
fn visible(char: char) -> String {
    match char {
        ' ' => "a space".to_owned(),
        '\n' => "a line break".to_owned(),
        '\t' => "a tab".to_owned(),
        char if char.is_control() || char.is_whitespace() => format!("`{}`", char.escape_unicode()),
        char => format!("`{char}`"),
    }
}

/// The expectation of a pattern, after "expected": in words, or the pattern itself. `None` if neither adds
/// anything to the example, if there is one.
pub(crate) fn expected(pattern: &str, has_example: bool) -> Option<String> {
    const LONG: usize = 60;
    let bare = || (pattern.len() <= LONG || !has_example).then(|| format!("to match `{pattern}`"));
    words(pattern).or_else(bare)
}

/// A pattern in words: "`subnet-`, then one or more digits or lowercase letters"; `None` if they would be too many.
fn words(pattern: &str) -> Option<String> {
    const LONGEST: usize = 200;
    let hir = regex_syntax::parse(pattern).ok()?;
    let begins = if ends(&hir) { "" } else { "a text that begins with " };
    Some(format!("{begins}{}", phrase(&hir))).filter(|words| !words.is_empty() && words.chars().count() <= LONGEST)
}

/// Returns whether a pattern ends at the end of the text.
fn ends(hir: &Hir) -> bool {
    hir.properties().look_set_suffix().contains(Look::End)
}

fn phrase(hir: &Hir) -> String {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => String::new(),
        HirKind::Literal(literal) => format!("`{}`", String::from_utf8_lossy(&literal.0)),
        HirKind::Class(class) => format!("one of {}", characters(class)),
        HirKind::Capture(capture) => phrase(&capture.sub),
        HirKind::Repetition(repetition) => repeated(repetition),
        HirKind::Concat(parts) => listed(parts, ", then "),
        HirKind::Alternation(parts) => listed(parts, " or "),
    }
}

fn listed(parts: &[Hir], between: &str) -> String {
    let said: Vec<String> = parts.iter().map(phrase).filter(|part| !part.is_empty()).collect();
    said.join(between)
}

fn repeated(repetition: &Repetition) -> String {
    let Repetition { min, max, sub, .. } = repetition;
    let what = match sub.kind() {
        HirKind::Class(class) => characters(class),
        HirKind::Literal(_) => phrase(sub),
        _ => format!("({})", phrase(sub)),
    };
    match (min, max) {
        (0, Some(1)) => format!("optionally {}", phrase(sub)),
        (0, None) => format!("any number of {what}"),
        (1, None) => format!("one or more {what}"),
        (least, None) => format!("{least} or more {what}"),
        (least, Some(most)) if least == most => format!("{least} {what}"),
        (least, Some(most)) => format!("{least} to {most} {what}"),
    }
}

/// A class that excludes at most this many characters is described by those.
const FEW: u32 = 64;

/// The characters of a class: "letters, digits, `-` or `_`".
fn characters(class: &Class) -> String {
    let unicode = match class {
        Class::Unicode(class) => class.clone(),
        Class::Bytes(class) => match class.to_unicode_class() {
            Some(class) => class,
            None => return "any bytes".to_owned(),
        },
    };
    let mut outside = unicode.clone();
    outside.negate();
    if count(&outside) == 0 || is_line_break(&outside) {
        return "characters of any sort".to_owned();
    }
    if count(&outside) <= FEW {
        let space = outside.iter().any(|range| range.start() <= ' ' && ' ' <= range.end());
        return if space {
            "characters other than spaces".to_owned()
        } else {
            format!("characters other than {}", named(&outside))
        };
    }
    named(&unicode)
}

fn is_line_break(class: &ClassUnicode) -> bool {
    class.iter().all(|range| ('\n'..='\r').contains(&range.start()) && ('\n'..='\r').contains(&range.end()))
}

fn count(class: &ClassUnicode) -> u32 {
    class.iter().map(|range| u32::from(range.end()) - u32::from(range.start()) + 1).sum()
}

fn named(class: &ClassUnicode) -> String {
    let has = |from: char, to: char| class.iter().any(|range| range.start() <= from && to <= range.end());
    let mut words: Vec<String> = Vec::new();
    match (has('A', 'Z'), has('a', 'z')) {
        (true, true) => words.push("letters (A to Z)".to_owned()),
        (true, false) => words.push("capital letters".to_owned()),
        (false, true) => words.push("lowercase letters".to_owned()),
        (false, false) => {}
    }
    if has('0', '9') {
        words.push("digits".to_owned());
    }
    for range in class.iter() {
        words.extend(rest(range.start(), range.end()));
    }
    match words.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => words.concat(),
    }
}

/// The characters of a range beside whole alphabets and the digits: single ones, or from one to another.
fn rest(from: char, to: char) -> Vec<String> {
    const SINGLE: usize = 4;
    let whole = [('A', 'Z'), ('a', 'z'), ('0', '9')];
    if (from, to) == ('!', '~') || (from, to) == (' ', '~') {
        return vec!["other visible characters of ASCII".to_owned()];
    }
    let is_named =
        |c: char| whole.iter().any(|(first, last)| from <= *first && *last <= to && (*first..=*last).contains(&c));
    let left: Vec<char> = (from..=to).filter(|c| !is_named(*c)).collect();
    let quoted = |c: &char| match c {
        ' ' => "a space".to_owned(),
        c if c.is_control() => format!("`{}`", c.escape_default()),
        c => format!("`{c}`"),
    };
    match left.as_slice() {
        few if few.len() <= SINGLE => few.iter().map(quoted).collect(),
        [first, .., last] => vec![format!("{} to {}", quoted(first), quoted(last))],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_invalid_character_is_found() {
        let name = "^[a-z][a-z0-9]*(-[a-z0-9]+)*$";
        assert_eq!(fault(name, "my stack"), Some(Fault::At(' ', 3)));
        assert_eq!(fault(name, "My"), Some(Fault::At('M', 1)));
        assert_eq!(fault(name, "my-"), Some(Fault::TooShort));
        assert_eq!(fault(name, "my--x"), Some(Fault::At('-', 4)));
        assert_eq!(fault(name, "grün"), Some(Fault::At('ü', 3)));
        assert_eq!(fault(name, ""), Some(Fault::TooShort));
        assert_eq!(fault("^[0-9]{12}$", "1234"), Some(Fault::TooShort));
        assert_eq!(fault("^[0-9]{12}$", "1234567890123"), Some(Fault::At('3', 13)));
        assert_eq!(fault("^subnet-[0-9a-z]+$", "vpc-2"), Some(Fault::At('v', 1)));
        assert_eq!(fault("(", "x"), None, "no pattern");
    }

    #[test]
    fn patterns_are_described_in_words() {
        let told = |pattern: &str| words(pattern).unwrap_or_default();
        assert_eq!(told("^[0-9]{12}$"), "12 digits");
        assert_eq!(told("^subnet-[0-9a-z]+$"), "`subnet-`, then one or more lowercase letters or digits");
        assert_eq!(told("^[A-Za-z0-9._-]+$"), "one or more letters (A to Z), digits, `-`, `.` or `_`");
        assert_eq!(told(r"^[^\s]+$"), "one or more characters other than spaces");
        assert_eq!(told("^arn:.+$"), "`arn:`, then one or more characters of any sort");
        assert_eq!(told("^(default|vpc-[0-9]+)$"), "`default` or `vpc-`, then one or more digits");
        assert_eq!(
            told("^[a-z][a-z0-9]*(-[a-z0-9]+)*$"),
            "one of lowercase letters, then any number of lowercase letters or digits, then any number of (`-`, then one \
             or more lowercase letters or digits)"
        );
        assert_eq!(told("^[A-Z]{2,5}x?$"), "2 to 5 capital letters, then optionally `x`");
        assert_eq!(told("^(a|bb)$"), "`a` or `bb`");
        assert_eq!(told("^rtb-"), "a text that begins with `rtb-`");
        let long = format!("^({})$", ["abcdefghij"; 30].join("x|"));
        assert_eq!(expected(&long, true), None);
        assert_eq!(expected(&long, false), Some(format!("to match `{long}`")));
        assert_eq!(Fault::At('\u{a0}', 2).to_string(), r": `\u{a0}` (character 2) is not allowed there");
    }

    /// Checks that every pattern of the schema can be described, and that a matching text has no fault.
    #[test]
    fn matching_text_has_no_fault() {
        for (pattern, text) in [
            ("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", "arn:aws:kms:eu-central-1:123456789012:key/a"),
            ("^(/|/[!-~]+/)$", "/a/b/"),
            (r"^https?://[^\s]+$", "https://x"),
        ] {
            assert_eq!(fault(pattern, text), None, "{pattern}");
            assert!(words(pattern).is_some(), "{pattern}");
        }
    }
}
