//! Refusals as data: which of them end by themselves, or mean that nothing is left to do, is each kind's to list.

use super::CallError;

/// A refusal of AWS: any of some codes, and, where the code alone means other things too, a part of its message.
#[derive(Debug, Clone, Copy)]
pub struct Refusal {
    codes: &'static [&'static str],
    says: &'static [&'static str],
}

impl Refusal {
    /// A refusal with one of these codes.
    pub const fn of(codes: &'static [&'static str]) -> Self {
        Self { codes, says: &[] }
    }

    /// The same, if its message has one of these parts.
    #[must_use]
    pub const fn saying(self, parts: &'static [&'static str]) -> Self {
        Self { says: parts, ..self }
    }
}

impl CallError {
    /// Returns whether this is one of the refusals. One by an explicit deny is none of them: it has the codes and texts
    /// of a permission that is not known everywhere yet, and does not end by itself.
    pub fn is_any_of(&self, refusals: &[Refusal]) -> bool {
        let says = |parts: &[&str]| parts.is_empty() || parts.iter().any(|part| self.message.contains(part));
        !self.message.contains("explicit deny")
            && refusals.iter().any(|refusal| self.is(refusal.codes) && says(refusal.says))
    }
}

/// Treats the removal of something that does not exist as a success.
///
/// # Errors
/// Any other refusal.
pub fn or_gone<T>(answer: Result<T, CallError>, gone: &[Refusal]) -> Result<(), CallError> {
    match answer {
        Err(error) if !error.is_any_of(gone) => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusal_is_judged_by_its_code_and_a_part_of_its_message() {
        const LIST: &[Refusal] = &[Refusal::of(&["A", "B"]), Refusal::of(&["C"]).saying(&["role", "key"])];
        let error =
            |code: &str, text: &str| CallError { code: Some(code.to_owned()), ..CallError::unexpected("Put", text) };
        assert!(error("B", "").is_any_of(LIST) && error("C", "no such key").is_any_of(LIST));
        for other in [error("C", "no such user"), error("D", "role"), CallError::unexpected("Put", "role")] {
            assert!(!other.is_any_of(LIST) && or_gone::<()>(Err(other.clone()), LIST) == Err(other));
        }
        assert!(!error("C", "the role is refused with an explicit deny").is_any_of(LIST));
        assert_eq!(or_gone::<()>(Err(error("A", "")), LIST), Ok(()));
    }
}
