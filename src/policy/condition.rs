//! Evaluates whether the conditions of a statement hold for a request.
//!
//! All lines must hold; of a line's values any may match, and for a negated operator none may. A key that the request
//! lacks makes a plain operator false and a negated one true; `IfExists` makes it true, `ForAllValues:` too, and
//! `ForAnyValue:` false, whatever follows it. A key with several values never matches an operator without
//! `ForAllValues:` or `ForAnyValue:`: AWS requires one of them there. So an unknown key is assumed to have at most one
//! value if the policy's author wrote neither.

use super::canonical::has_placeholder;
use super::document::ConditionTerm;
use super::elements::Version;
use super::operator::{Comparison, Operator, Quantifier};
use super::pattern::Subject;
use super::request::{Request, Values};
use super::ternary::Truth;
use super::value::{Number, Wanted, holds, moment};
use super::variable::{Matcher, Shape};

/// One line of a condition, prepared for evaluation.
#[derive(Debug, Clone)]
pub(super) struct Term {
    operator: Operator,
    key: String,
    name: String,
    wanted: Vec<Test>,
}

/// One value of a line.
#[derive(Debug, Clone)]
enum Test {
    Text(Matcher),
    Typed(Wanted),
    /// A truth value from a policy variable, or any value that is known only after apply.
    Later(Matcher),
    /// A value without the form that the operator compares; it never matches.
    Never,
}

impl Term {
    pub(super) fn new(term: &ConditionTerm, version: Version) -> Self {
        let wanted = term.values.iter().map(|value| test(term.operator.comparison, value, version)).collect();
        Self { operator: term.operator, key: term.key.to_lowercase(), name: term.key.clone(), wanted }
    }

    /// Returns whether the line, or a variable in its values, names a key with this prefix, in lower case.
    pub(super) fn speaks_of(&self, key: &str) -> bool {
        let variables = self.wanted.iter().flat_map(|test| match test {
            Test::Text(matcher) | Test::Later(matcher) => matcher.variables(),
            Test::Typed(_) | Test::Never => Vec::new(),
        });
        self.key.starts_with(key) || variables.into_iter().any(|variable| variable.starts_with(key))
    }

    /// Evaluates whether the line holds.
    pub(super) fn holds(&self, request: &Request) -> Truth {
        match request.values(&self.key) {
            Values::Absent => self.when_absent(request),
            Values::Present(values) => self.when_present(values, request),
            Values::OneOf(values) => {
                let mut each = values.iter().map(|value| self.when_present(std::slice::from_ref(value), request));
                match each.next() {
                    Some(first) if each.all(|other| other == first && !matches!(other, Truth::Unknown(_))) => first,
                    _ => Truth::unknown([self.name.clone()]),
                }
            }
            Values::Unknown => {
                let present = self.when_present(&[Subject::unknown(&self.name)], request);
                match (self.when_absent(request), present) {
                    (absent, present) if absent == present => absent,
                    (_, Truth::Unknown(names)) => Truth::Unknown(names),
                    _ => Truth::unknown([self.name.clone()]),
                }
            }
        }
    }

    fn when_absent(&self, request: &Request) -> Truth {
        let Operator { quantifier, comparison, negated, if_exists, .. } = self.operator;
        if comparison == Comparison::Null {
            return self.wants_null(true, request);
        }
        match quantifier {
            Some(Quantifier::All) => true,
            Some(Quantifier::Any) => false,
            None => negated || if_exists,
        }
        .into()
    }

    fn when_present(&self, values: &[Subject], request: &Request) -> Truth {
        if self.operator.comparison == Comparison::Null {
            return self.wants_null(false, request);
        }
        let each = |value| self.fits(value, request);
        let (found, of_none) = match (self.operator.quantifier, values) {
            (Some(Quantifier::All), _) => (Truth::all(values.iter().map(each)), Truth::True),
            (Some(Quantifier::Any), _) => (Truth::any(values.iter().map(each)), Truth::False),
            (None, [value]) => return each(value),
            (None, _) => return Truth::False,
        };
        // For a set operator, values that are all empty texts are no values at all.
        if values.iter().any(Subject::is_never_empty) || found == of_none || matches!(found, Truth::Unknown(_)) {
            found
        } else if values.iter().all(Subject::is_known) {
            of_none
        } else {
            Truth::unknown(values.iter().flat_map(Subject::names).cloned())
        }
    }

    /// Evaluates whether a `Null` line has this truth value.
    fn wants_null(&self, absent: bool, request: &Request) -> Truth {
        let found = Subject::new(if absent { "true" } else { "false" });
        self.fits(&found, request)
    }

    /// Evaluates whether one value of the request matches any of the line's, or none of them if negated.
    fn fits(&self, value: &Subject, request: &Request) -> Truth {
        let folded;
        let value = if self.operator.comparison == Comparison::StringEqualsIgnoreCase {
            folded = value.lowercase();
            &folded
        } else {
            value
        };
        let any = Truth::any(self.wanted.iter().map(|test| match test {
            Test::Text(matcher) => matcher.test(value, request),
            Test::Typed(wanted) => compare(self.operator.comparison, value, wanted),
            Test::Later(matcher) => match matcher.text(request) {
                Err(names) => Truth::unknown(names),
                Ok(text) => match text.and_then(|text| Wanted::parse(self.operator.comparison, &text)) {
                    Some(wanted) => compare(self.operator.comparison, value, &wanted),
                    None => Truth::False,
                },
            },
            Test::Never => Truth::False,
        }));
        if self.operator.negated { any.not() } else { any }
    }
}

fn test(comparison: Comparison, text: &str, version: Version) -> Test {
    let pending = has_placeholder(text);
    let matcher = |shape| Test::Text(Matcher::new(text, shape, version));
    match comparison {
        Comparison::StringEquals => matcher(Shape::Exact),
        Comparison::StringEqualsIgnoreCase => matcher(Shape::Folded),
        Comparison::StringLike => matcher(Shape::Like),
        Comparison::Arn if text == "*" || text.split(':').count() >= 6 || pending => matcher(Shape::Arn),
        Comparison::Arn => Test::Never,
        _ if pending => Test::Later(Matcher::new(text, Shape::Exact, version)),
        Comparison::Bool if version == Version::V2012 && text.contains("${") => {
            Test::Later(Matcher::new(text, Shape::Exact, version))
        }
        _ => Wanted::parse(comparison, text).map_or(Test::Never, Test::Typed),
    }
}

/// Compares a value of the request with one of the policy; a value without the right form never matches.
fn compare(comparison: Comparison, value: &Subject, wanted: &Wanted) -> Truth {
    if !value.is_known() {
        return Truth::unknown(value.names().iter().cloned());
    }
    let text = value.text();
    let fits = match (comparison, wanted) {
        (Comparison::Numeric(order), Wanted::Number(wanted)) => {
            Number::parse(text).map(|found| holds(order, found.cmp(wanted)))
        }
        (Comparison::Date(order), Wanted::Moment(wanted)) => moment(text).map(|found| holds(order, found.cmp(wanted))),
        (Comparison::Ip, Wanted::Range(wanted)) => text.parse().ok().map(|address| wanted.contains(address)),
        (_, wanted) => Wanted::parse(comparison, text).map(|found| found == *wanted),
    };
    fits.unwrap_or(false).into()
}
