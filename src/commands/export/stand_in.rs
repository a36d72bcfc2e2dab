//! A stand-in for the number of an account that the file does not give.
//!
//! Names and ARNs are made of it while the file is read; in the template it is `AWS::AccountId`. So it must be a number that
//! occurs nowhere else in the stack.

use crate::base::Environment;

/// The environment for a template: with a stand-in for the account if the file does not give one.
pub(super) struct Assumed {
    pub(super) env: Environment,
    /// The stand-in.
    pub(super) account: Option<String>,
}

impl Assumed {
    /// Assumes an account in a region, for a stack whose texts are given.
    pub(super) fn new(account: Option<String>, region: &str, texts: &str) -> Self {
        let is_given = account.is_some();
        let mut env = Environment::assumed(account, Some(region.to_owned()));
        if is_given {
            return Self { env, account: None };
        }
        // There are fewer numbers of twelve digits in the texts than candidates.
        let candidates = (0..=texts.len()).map(|number| format!("{:012}", 908_172_635_445 + number));
        let free = candidates.into_iter().find(|number| !texts.contains(number.as_str()));
        let account = free.unwrap_or_else(|| env.account.clone());
        env.account.clone_from(&account);
        Self { env, account: Some(account) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stand_in_is_a_number_that_occurs_nowhere_else() {
        let first = Assumed::new(None, "eu-central-1", "").account.expect("a stand-in");
        let next = Assumed::new(None, "eu-central-1", &format!("x{first}y"));
        assert_ne!(next.account.as_ref(), Some(&first));
        assert_eq!(next.env.known_account(), None);
        let given = Assumed::new(Some("123456789012".to_owned()), "eu-central-1", "");
        assert_eq!((given.account, given.env.known_account()), (None, Some("123456789012")));
    }
}
