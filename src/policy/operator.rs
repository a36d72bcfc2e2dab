//! The names of condition operators: what each compares, in which way, and the effect of an absent key.

use std::fmt;

/// The way to combine the values of a key that has several in the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantifier {
    /// `ForAllValues:`, true where the request has none.
    All,
    /// `ForAnyValue:`, false where the request has none.
    Any,
}

/// An order between two numbers or two points in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The same.
    Equal,
    /// Strictly before.
    Less,
    /// Before or the same.
    LessOrEqual,
    /// Strictly after.
    Greater,
    /// After or the same.
    GreaterOrEqual,
}

/// The comparison of an operator, without its negation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// Texts, letter by letter.
    StringEquals,
    /// Texts, without regard to case.
    StringEqualsIgnoreCase,
    /// A text with a pattern.
    StringLike,
    /// Numbers.
    Numeric(Order),
    /// Points in time.
    Date(Order),
    /// Truth values.
    Bool,
    /// Bytes, written in base 64.
    Binary,
    /// An address with a range of addresses.
    Ip,
    /// An ARN with a pattern, segment by segment.
    Arn,
    /// The absence of the key.
    Null,
}

/// A condition operator as AWS documents it, such as `ForAnyValue:StringNotLikeIfExists`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operator {
    /// The set operator before the colon.
    pub quantifier: Option<Quantifier>,
    /// The comparison.
    pub comparison: Comparison,
    /// True if the result is negated.
    pub negated: bool,
    /// True if an absent key makes it true.
    pub if_exists: bool,
    name: &'static str,
}

const TABLE: [(&str, Comparison, bool); 27] = [
    ("StringEquals", Comparison::StringEquals, false),
    ("StringNotEquals", Comparison::StringEquals, true),
    ("StringEqualsIgnoreCase", Comparison::StringEqualsIgnoreCase, false),
    ("StringNotEqualsIgnoreCase", Comparison::StringEqualsIgnoreCase, true),
    ("StringLike", Comparison::StringLike, false),
    ("StringNotLike", Comparison::StringLike, true),
    ("NumericEquals", Comparison::Numeric(Order::Equal), false),
    ("NumericNotEquals", Comparison::Numeric(Order::Equal), true),
    ("NumericLessThan", Comparison::Numeric(Order::Less), false),
    ("NumericLessThanEquals", Comparison::Numeric(Order::LessOrEqual), false),
    ("NumericGreaterThan", Comparison::Numeric(Order::Greater), false),
    ("NumericGreaterThanEquals", Comparison::Numeric(Order::GreaterOrEqual), false),
    ("DateEquals", Comparison::Date(Order::Equal), false),
    ("DateNotEquals", Comparison::Date(Order::Equal), true),
    ("DateLessThan", Comparison::Date(Order::Less), false),
    ("DateLessThanEquals", Comparison::Date(Order::LessOrEqual), false),
    ("DateGreaterThan", Comparison::Date(Order::Greater), false),
    ("DateGreaterThanEquals", Comparison::Date(Order::GreaterOrEqual), false),
    ("Bool", Comparison::Bool, false),
    ("BinaryEquals", Comparison::Binary, false),
    ("IpAddress", Comparison::Ip, false),
    ("NotIpAddress", Comparison::Ip, true),
    ("ArnEquals", Comparison::Arn, false),
    ("ArnNotEquals", Comparison::Arn, true),
    ("ArnLike", Comparison::Arn, false),
    ("ArnNotLike", Comparison::Arn, true),
    ("Null", Comparison::Null, false),
];

const IF_EXISTS: &str = "IfExists";

impl Operator {
    /// Reads an operator; AWS accepts its name in any case.
    pub fn parse(text: &str) -> Option<Self> {
        let (quantifier, rest) = match text.split_once(':') {
            None => (None, text),
            Some((set, rest)) if set.eq_ignore_ascii_case("ForAllValues") => (Some(Quantifier::All), rest),
            Some((set, rest)) if set.eq_ignore_ascii_case("ForAnyValue") => (Some(Quantifier::Any), rest),
            Some(_) => return None,
        };
        let split = rest.len().checked_sub(IF_EXISTS.len()).and_then(|at| rest.split_at_checked(at));
        let (base, if_exists) = match split {
            Some((base, suffix)) if suffix.eq_ignore_ascii_case(IF_EXISTS) => (base, true),
            _ => (rest, false),
        };
        let (name, comparison, negated) = TABLE.into_iter().find(|(name, ..)| name.eq_ignore_ascii_case(base))?;
        if if_exists && comparison == Comparison::Null {
            return None;
        }
        Some(Self { quantifier, comparison, negated, if_exists, name })
    }

    /// Returns whether its values may have policy variables: with string and ARN operators, and with `Bool`.
    pub fn takes_variables(&self) -> bool {
        match self.comparison {
            Comparison::StringEquals
            | Comparison::StringEqualsIgnoreCase
            | Comparison::StringLike
            | Comparison::Arn
            | Comparison::Bool => true,
            Comparison::Numeric(_) | Comparison::Date(_) | Comparison::Binary | Comparison::Ip | Comparison::Null => {
                false
            }
        }
    }

    /// The operator with the name nearest to a misspelt one.
    pub fn nearest(text: &str) -> Option<&'static str> {
        let base = text.rsplit(':').next().unwrap_or(text);
        let distance = |name: &str| strsim::damerau_levenshtein(&name.to_lowercase(), &base.to_lowercase());
        TABLE
            .iter()
            .map(|(name, ..)| (distance(name), *name))
            .min()
            .filter(|(distance, name)| *distance * 3 <= name.len())
            .map(|(_, name)| name)
    }
}

impl fmt::Display for Operator {
    /// Writes the operator in AWS's own spelling.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.quantifier {
            Some(Quantifier::All) => "ForAllValues:",
            Some(Quantifier::Any) => "ForAnyValue:",
            None => "",
        })?;
        f.write_str(self.name)?;
        f.write_str(if self.if_exists { IF_EXISTS } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_operator_reads_back_as_itself() {
        for (name, ..) in TABLE {
            for prefix in ["", "ForAllValues:", "ForAnyValue:"] {
                for suffix in ["", IF_EXISTS] {
                    let text = format!("{prefix}{name}{suffix}");
                    if name == "Null" && suffix == IF_EXISTS {
                        assert_eq!(Operator::parse(&text), None, "Null takes no IfExists");
                        continue;
                    }
                    let parsed = Operator::parse(&text).map(|operator| operator.to_string());
                    assert_eq!(parsed.as_deref(), Some(text.as_str()));
                    assert_eq!(Operator::parse(&text.to_uppercase()), Operator::parse(&text));
                }
            }
        }
    }

    #[test]
    fn unknown_condition_operator_is_refused_with_nearest_name() {
        for text in ["", "StringEqual", "IfExists", "Any:StringEquals", "ForAnyValue:", "StringEqualsIfExist", "é"] {
            assert_eq!(Operator::parse(text), None, "{text}");
        }
        assert_eq!(Operator::nearest("StringEqual"), Some("StringEquals"));
        assert_eq!(Operator::nearest("ForAnyValue:IPAdress"), Some("IpAddress"));
        assert_eq!(Operator::nearest("whatever"), None);
    }
}
