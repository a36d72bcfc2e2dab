//! Three-valued truth: unknown facts are kept by name, and only if they decide the result.

use std::collections::BTreeSet;

/// A truth value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Truth {
    /// It holds.
    True,
    /// It doesn't.
    False,
    /// It depends on these unknown facts.
    Unknown(BTreeSet<String>),
}

impl Truth {
    /// A truth that depends on facts, by their names.
    pub fn unknown(names: impl IntoIterator<Item = String>) -> Self {
        Self::Unknown(names.into_iter().collect())
    }

    /// Turns it round; what is unknown stays so.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "it stands beside `and`, `all` and `any`")]
    pub fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            unknown @ Self::Unknown(_) => unknown,
        }
    }

    /// Combines two truths with "and".
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::True, rest) | (rest, Self::True) => rest,
            (Self::Unknown(mut names), Self::Unknown(more)) => {
                names.extend(more);
                Self::Unknown(names)
            }
        }
    }

    /// Combines truths with "and"; stops at the first false one.
    pub fn all(items: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self::True;
        for item in items {
            match item {
                Self::True => {}
                Self::False => return Self::False,
                unknown @ Self::Unknown(_) => all = all.and(unknown),
            }
        }
        all
    }

    /// Combines truths with "or"; stops at the first true one.
    pub fn any(items: impl IntoIterator<Item = Self>) -> Self {
        let mut none = Self::True;
        for item in items {
            match item {
                Self::False => {}
                Self::True => return Self::True,
                unknown @ Self::Unknown(_) => none = none.and(unknown),
            }
        }
        none.not()
    }
}

impl From<bool> for Truth {
    fn from(truth: bool) -> Self {
        if truth { Self::True } else { Self::False }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unknown(name: &str) -> Truth {
        Truth::unknown([name.to_owned()])
    }

    #[test]
    fn unknown_reason_is_kept_only_if_decisive() {
        assert_eq!(unknown("a").and(Truth::False), Truth::False);
        assert_eq!(Truth::True.and(unknown("a")), unknown("a"));
        assert_eq!(Truth::any([unknown("a"), Truth::True]), Truth::True);
        assert_eq!(Truth::any([Truth::False, unknown("a")]), unknown("a"));
        assert_eq!(unknown("a").not(), unknown("a"));
        assert_eq!(Truth::any([unknown("b"), unknown("a")]), Truth::unknown(["a".to_owned(), "b".to_owned()]));
        assert_eq!(Truth::all([]), Truth::True);
        assert_eq!(Truth::any([]), Truth::False);
    }
}
