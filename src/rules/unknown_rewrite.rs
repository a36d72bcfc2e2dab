//! The rewriting of a Guard text for unknown values: which of its clauses the engine would pass over silently, and the
//! text with those clauses changed so that it doesn't.
//!
//! Each unknown value is replaced by a mapping, which equals nothing. So each comparison with it fails, and is
//! reported, with one exception: it is in no list, so it passes `not in [ … ]`. There it is added to the list. And a
//! condition or a filter that fails on it hides the clauses below it: it is made to hold in the same way.

use super::lexer::{PARAMETERS, TokenKind, Word, is_type};

/// The questions of a text that a mapping in place of an unknown value can't answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Unanswerable {
    /// `== %x`, `!= %x`, `not in %x`: two values of the document, or sets of them.
    pub(super) compares_values: bool,
    /// The same in a condition or a filter.
    pub(super) selects_by_values: bool,
    /// The same with a parameter, or a variable that has a literal value.
    pub(super) compares_given: bool,
    /// `is_struct`, `!is_string`: a mapping is a struct.
    pub(super) asks_types: bool,
    /// The same as one of several alternatives, which hides the others.
    pub(super) types_hide: bool,
    /// `when x empty`, with several filters: what one selects may hide what another does.
    pub(super) filters: Option<usize>,
    /// Functions, which make one value from another.
    pub(super) calls: bool,
    /// `not name`: the failure of another rule.
    pub(super) negates_rules: bool,
    /// The pass of another rule.
    pub(super) names_rules: bool,
}

impl Unanswerable {
    /// Reads the words of a text; `names_rule` returns whether a word refers to a rule of it, and `functions` are the
    /// names of the language's functions.
    pub(super) fn of(text: &str, words: &[Word], names_rule: &dyn Fn(usize) -> bool, functions: &[&str]) -> Self {
        let mut silent = Self::default();
        let given = given(text, words);
        let (mut place, mut hides) = (Place::default(), false);
        for (at, word) in words.iter().enumerate() {
            place.enter(text, words, at);
            let next = words.get(at + 1);
            let rewritten = is_turned(text, words, at);
            // A value that is missing from a list is reported; one of two sets that differ is not.
            let compares =
                matches!(word.what, TokenKind::Equals | TokenKind::Differs) || (is_in(text, word) && rewritten);
            if let Some(query) = next.filter(|next| compares && is_query(text, next)) {
                let is_given = query.text == PARAMETERS || given.contains(&query.text.as_str());
                silent.compares_given |= is_given;
                silent.compares_values |= !is_given;
                silent.selects_by_values |= !is_given && place.is_condition();
            }
            if word.is("is_struct") || (word.is("is_string") && rewritten) {
                silent.asks_types = true;
                silent.types_hide |= is_alternative(words, at);
            }
            let nothing = (word.is("empty") && !rewritten) || (word.is("exists") && rewritten);
            hides |= nothing && place.is_condition();
            let called = next.is_some_and(|next| next.is_bracket(text, '('));
            silent.calls |= called && word.what == TokenKind::Word && functions.contains(&word.text.as_str());
            if names_rule(at) {
                silent.names_rules = true;
                silent.negates_rules |= rewritten;
            }
        }
        silent.filters = (hides && place.filters > 1).then_some(place.filters);
        silent
    }

    /// Returns whether there is any question that the text's marks don't show.
    pub(super) fn any(self) -> bool {
        self.compares_values || self.must_try() || self.calls
    }

    /// Returns whether one resource of a template may affect the outcome of another.
    pub(super) fn mixes(self) -> bool {
        self.compares_values || self.calls || self.names_rules
    }

    /// Returns whether texts have to be tried in place of unknown values.
    pub(super) fn must_try(self) -> bool {
        self.compares_given || self.asks_types
    }
}

/// The variables that have a parameter or a literal of the rule as value.
fn given<'w>(text: &str, words: &'w [Word]) -> Vec<&'w str> {
    let of = |three: &'w [Word]| {
        let [key, name, value] = three else { return None };
        let own =
            matches!(value.what, TokenKind::Literal | TokenKind::Pattern | TokenKind::Open) || value.text == PARAMETERS;
        let whole = value.what != TokenKind::Open || value.is_bracket(text, '[');
        (key.is("let") && own && whole).then_some(name.text.as_str())
    };
    words.windows(3).filter_map(of).collect()
}

/// Returns whether a word is `not` or `!`.
fn is_not(word: &Word) -> bool {
    word.what == TokenKind::Not || word.is("not")
}

/// Returns whether a clause's operator is negated: `x not in …`, `not x in …`, but not `not x not in …`.
fn is_turned(text: &str, words: &[Word], at: usize) -> bool {
    let before = |at: usize| at.checked_sub(1).and_then(|before| Some((before, words.get(before)?)));
    let direct = before(at).is_some_and(|(_, word)| is_not(word));
    // Back to the start of the path.
    let mut start = if direct { at.saturating_sub(1) } else { at };
    while let Some((index, word)) = before(start) {
        if word.what == TokenKind::Close {
            let mut depth = 0_usize;
            let opens = words[..=index].iter().rposition(|word| {
                match word.what {
                    TokenKind::Close => depth += 1,
                    TokenKind::Open => depth = depth.saturating_sub(1),
                    _ => {}
                }
                depth == 0
            });
            start = opens.unwrap_or_default();
            continue;
        }
        if is_not(word) || !matches!(word.what, TokenKind::Word | TokenKind::Star | TokenKind::Literal) {
            break;
        }
        start = index;
        let head = text[..word.at].trim_end_matches(['%', '{']);
        if !head.ends_with('.') && !word.is("some") && !before(index).is_some_and(|(_, word)| word.is("some")) {
            break;
        }
    }
    let whole = start < at && before(start).is_some_and(|(_, word)| is_not(word));
    direct != whole
}

/// Returns whether a word is `in`, and not a property of that name.
fn is_in(text: &str, word: &Word) -> bool {
    word.is("in") && !text[..word.at].ends_with(['.', '%'])
}

/// Returns whether a clause is compared with a value from elsewhere.
fn is_query(text: &str, word: &Word) -> bool {
    let number = word.text.starts_with(|c: char| c.is_ascii_digit());
    let constant = ["true", "false", "null"].iter().any(|name| word.is(name));
    // `r(1, 5)` is a range.
    let range = word.is("r") && text[word.end..].starts_with(['(', '[']);
    let behind_percent = text[..word.at].ends_with(['%', '{']);
    word.what == TokenKind::Word && (behind_percent || !(number || constant || range))
}

/// Returns whether `or` is before or after the clause that ends with a word.
fn is_alternative(words: &[Word], at: usize) -> bool {
    let or = |word: &Word| word.is("or");
    let behind = words.iter().skip(at + 1).find(|word| word.what != TokenKind::Message).is_some_and(or);
    let within = [TokenKind::Word, TokenKind::Star, TokenKind::Open, TokenKind::Close, TokenKind::Not];
    let before = words[..at].iter().rev().find(|word| or(word) || !within.contains(&word.what)).is_some_and(or);
    behind || before
}

/// The conditions and filters that hold for unknown values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Conditions {
    /// None.
    Fail,
    /// All that can be made to hold.
    Hold,
    /// The conditions, and no filters: the clauses below a filter are evaluated, and find nothing.
    HoldAlone,
    /// The conditions, and the filter of that number.
    HoldOne(usize),
}

/// The text for a document with `marks`: no clause holds for them, and conditions hold as given.
pub(super) fn rewritten(text: &str, words: &[Word], marks: &[String], conditions: Conditions) -> String {
    let listed = marks.iter().map(|mark| format!("{{'{mark}': {{}}}}")).chain(["{}".to_owned()]);
    let listed = listed.collect::<Vec<_>>().join(", ");
    let (mut out, mut copied) = (String::with_capacity(text.len() + listed.len()), 0);
    let mut put = |from: usize, until: usize, new: &str| {
        out.push_str(&text[copied..from]);
        out.push_str(new);
        copied = until;
    };
    let mut place = Place::default();
    for (at, word) in words.iter().enumerate() {
        place.enter(text, words, at);
        let (before, next) = (at.checked_sub(1).and_then(|before| words.get(before)), words.get(at + 1));
        // `[ keys … ]` looks at a name, which is known.
        if before.is_some_and(|before| before.is("keys")) {
            continue;
        }
        let holds = match conditions {
            Conditions::Fail => false,
            Conditions::Hold => place.is_condition(),
            Conditions::HoldAlone => place.is_condition() && !place.is_filter(),
            Conditions::HoldOne(filter) => place.is_condition() && (!place.is_filter() || place.filters == filter + 1),
        };
        let value = next.filter(|next| {
            next.what == TokenKind::Pattern || (next.what == TokenKind::Literal && !is_type(&next.text))
        });
        match (word.what, value, holds) {
            (TokenKind::Equals | TokenKind::Differs, Some(value), true) => {
                // As for lists below: `not x == 'a'` holds for a value that is not in the list.
                let negated = (word.what == TokenKind::Differs) != is_turned(text, words, at);
                put(word.at, word.end, if word.what == TokenKind::Differs { "not in [" } else { "in [" });
                let marks = if negated { String::new() } else { format!(", {listed}") };
                put(value.end, value.end, &format!("{marks}]"));
            }
            (TokenKind::Word, ..) if is_in(text, word) => {
                let Some(list) = next.filter(|next| next.is_bracket(text, '[')) else { continue };
                // The marks are added to a list if that makes the clause fail, or hold where it should.
                if is_turned(text, words, at) != holds {
                    let empty = words.get(at + 2).is_some_and(|word| word.is_bracket(text, ']'));
                    put(list.end, list.end, &format!("{listed}{}", if empty { "" } else { ", " }));
                }
            }
            _ => {}
        }
    }
    put(text.len(), text.len(), "");
    out
}

/// A place in a text.
#[derive(Debug, Default)]
struct Place {
    open: Vec<Bracket>,
    /// The number of open brackets at each `when` whose block has not begun.
    when: Vec<usize>,
    /// The number of filters that have begun, without those within another.
    filters: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bracket {
    Filter,
    Other,
}

impl Place {
    fn enter(&mut self, text: &str, words: &[Word], at: usize) {
        let Some(word) = words.get(at) else { return };
        match word.what {
            TokenKind::Word if word.is("when") && !text[..word.at].ends_with('.') => self.when.push(self.open.len()),
            TokenKind::Open => {
                let before = at.checked_sub(1).and_then(|before| words.get(before));
                let given = before.is_some_and(|before| is_in(text, before));
                let is_value = given || text[..word.at].trim_end().ends_with(['=', ',', ':', '[', '(', '<', '>']);
                let filters = word.is_bracket(text, '[') && !is_value;
                if word.is_bracket(text, '{') && !is_value && self.when.last() == Some(&self.open.len()) {
                    self.when.pop();
                }
                self.filters += usize::from(filters && !self.is_filter());
                self.open.push(if filters { Bracket::Filter } else { Bracket::Other });
            }
            TokenKind::Close => {
                self.open.pop();
            }
            _ => {}
        }
    }

    fn is_condition(&self) -> bool {
        !self.when.is_empty() || self.is_filter()
    }

    fn is_filter(&self) -> bool {
        self.open.contains(&Bracket::Filter)
    }
}

#[cfg(test)]
mod tests {
    use super::super::lexer::words;
    use super::super::sections::Sections;
    use super::*;

    fn both(text: &str) -> [String; 2] {
        let words = words(text);
        [Conditions::Fail, Conditions::Hold].map(|conditions| rewritten(text, &words, &["M".to_owned()], conditions))
    }

    #[test]
    fn negated_lists_contain_the_unknown_markers() {
        let fails =
            "rule a { c.x not in [{'M': {}}, {}, 'a', /b/]\n c.y !in [{'M': {}}, {}]\n c.z in ['a'] c.In == 'a' }";
        let text = "rule a { c.x not in ['a', /b/]\n c.y !in []\n c.z in ['a'] c.In == 'a' }";
        assert_eq!(both(text), [fails, fails]);
        let whole = "rule a { not some c.x[ k == 'v' ].y in ['a']\n c.b in ['a'] not c.x not in ['a'] }";
        assert_eq!(both(whole)[0], whole.replacen("y in [", "y in [{'M': {}}, {}, ", 1));
    }

    #[test]
    fn conditions_and_filters_can_be_made_to_hold() {
        let text = "let p = Resources.*[ Type == 'AWS::A::B' P == 'x' Q not in ['y'] keys == /k/ ]\n\
            rule a when c == /p/ d != 'q' { when e in ['r'] { f == 's' } g[ h[*] == 't' ] empty i[0] == {'j': 'k'} }";
        let [fail, hold] = both(text);
        assert_eq!(fail, text.replace("not in ['y']", "not in [{'M': {}}, {}, 'y']"));
        let alone = rewritten(text, &words(text), &["M".to_owned()], Conditions::HoldAlone);
        let alike = ["c in [ /p/, {'M'", "d not in [ 'q']", "P == 'x'", "h[*] == 't'"];
        assert!(alike.into_iter().all(|part| alone.contains(part)), "{alone}");
        assert_eq!(
            hold,
            "let p = Resources.*[ Type == 'AWS::A::B' P in [ 'x', {'M': {}}, {}] Q not in ['y'] keys == /k/ ]\n\
             rule a when c in [ /p/, {'M': {}}, {}] d not in [ 'q'] { when e in [{'M': {}}, {}, 'r'] { f == 's' } \
             g[ h[*] in [ 't', {'M': {}}, {}] ] empty i[0] == {'j': 'k'} }"
        );
    }

    #[test]
    fn comparisons_and_types_the_engine_cannot_answer_are_detected() {
        let of = |text: &str| {
            let words = words(text);
            let sections = Sections::of(text, &words);
            Unanswerable::of(text, &words, &|at| sections.names_rule(at), &["to_lower"])
        };
        let none = Unanswerable::default();
        assert_eq!(
            of("rule a { c.a != 'x' c.b not in [1] c.c != 5 c.d != true c.e in %x c.f is_string %a == 1 c.g <= %b }"),
            none
        );
        let compares = Unanswerable { compares_values: true, ..none };
        assert_eq!(of("rule a { c.a != c.b }"), compares);
        assert_eq!(of("rule a { c.a not in %b }"), compares);
        assert_eq!(of("rule a { not c.a[*].b == %b }"), compares);
        assert_eq!(of("rule a { c.a == c.b }"), compares);
        let selects = Unanswerable { selects_by_values: true, ..compares };
        assert_eq!(of("rule a when c.a not in %b { c.d exists }"), selects);
        let given = Unanswerable { compares_given: true, ..none };
        assert_eq!(of("let b = ['x']\nrule a { c.a not in %b }"), given);
        assert_eq!(of("let b = CONFIG_RULE_PARAMETERS.b\nrule a { c.a != %b }"), given);
        let filters = Unanswerable { filters: Some(2), ..none };
        assert_eq!(of("let s = c.l[ d == 'x' ]\nrule a when %s empty { c.m[ e == 'y' ] { f == 1 } }"), filters);
        let types = Unanswerable { asks_types: true, ..none };
        assert_eq!(of("rule a { when c.a is_struct { c.a.b exists or c.d exists } }"), types);
        let hide = Unanswerable { types_hide: true, ..types };
        assert_eq!(of("rule a { c.a is_struct <<m>> or c.d exists }"), hide);
        assert_eq!(of("rule a { c.d == 'x' or c.a[*].b !is_string\n c.d exists }"), hide);
        assert_eq!(of("let l = to_lower(c.a)\nrule a { %l == 'x' }"), Unanswerable { calls: true, ..none });
        assert_eq!(of("rule a { c.a exists }\nrule b { a }"), Unanswerable { names_rules: true, ..none });
        let negates = Unanswerable { names_rules: true, negates_rules: true, ..none };
        assert_eq!(of("rule a { c.a exists }\nrule b when not a { c.b exists }"), negates);
    }
}
