//! Which accounts and regions are read, and what of them.

use super::Wanted;
use crate::aws::RoleToAssume;
use crate::base::{Environment, is_account};

/// The regions of an account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Regions {
    /// The connection's own.
    #[default]
    Own,
    /// These, the first of which also shows what belongs to an account as a whole.
    Given(Vec<String>),
    /// All that are turned on for the account.
    Enabled,
}

/// The scope of an audit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadScope {
    /// The regions of each account.
    pub regions: Regions,
    /// Other accounts, each with a role; the connection's own account alone if there are none.
    pub accounts: Vec<AccountRole>,
    /// What is wanted of them.
    pub wanted: Wanted,
}

/// An account with the role by which it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRole {
    /// The account.
    pub account: String,
    /// The role; `None` for the caller's own credentials.
    pub role: Option<RoleToAssume>,
}

impl AccountRole {
    /// Accounts with a role that has the same name in each: `role` is a name (with its path), or an ARN with `{account}` in
    /// the account's place; or, without any accounts, one whole ARN. The caller's own account is read with its own
    /// credentials: the role that an organization gives to its accounts is not in the one that manages it.
    ///
    /// # Errors
    /// A number that is no account, or a role that names none.
    pub fn all(
        role: &str,
        accounts: &[String],
        external_id: Option<&str>,
        env: &Environment,
    ) -> Result<Vec<Self>, String> {
        let of = |account: &str, arn: String| {
            let role = RoleToAssume { arn, external_id: external_id.map(str::to_owned) };
            Self { account: account.to_owned(), role: (account != env.account).then_some(role) }
        };
        if accounts.is_empty() {
            if role.contains("{account}") {
                return Err(format!(
                    "`{{account}}` in the role `{role}` stands for each `--account`, and none is given"
                ));
            }
            let account = account_of(role);
            let account =
                account.ok_or_else(|| format!("the role `{role}` names no account: give its ARN, or accounts"))?;
            return Ok(vec![of(account, role.to_owned())]);
        }
        if let Some(bad) = accounts.iter().find(|account| !is_account(account)) {
            return Err(format!("`{bad}` is not an account: twelve digits are expected"));
        }
        let arn = |account: &str| {
            if role.starts_with("arn:") {
                role.replace("{account}", account)
            } else {
                format!("arn:{}:iam::{account}:role/{}", env.partition, role.trim_start_matches('/'))
            }
        };
        let each = |account: &String| {
            let arn = arn(account);
            // One whole ARN for several accounts would read one of them again and again.
            if account_of(&arn) == Some(account) {
                Ok(of(account, arn))
            } else {
                Err(format!("the role `{role}` is not in the account {account}: write `{{account}}` in its place"))
            }
        };
        let mut all = accounts.iter().map(each).collect::<Result<Vec<_>, _>>()?;
        all.sort_by(|one, other| one.account.cmp(&other.account));
        all.dedup();
        Ok(all)
    }
}

/// The account of a role's ARN.
fn account_of(arn: &str) -> Option<&str> {
    let mut parts = arn.split(':');
    let is_role = parts.next() == Some("arn") && parts.nth(1) == Some("iam");
    parts.nth(1).filter(|account| is_role && is_account(account))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(role: &str, accounts: &[&str]) -> Result<Vec<(String, Option<String>)>, String> {
        let env = Environment::new("111111111111", "cn-north-1");
        let accounts: Vec<String> = accounts.iter().map(|one| (*one).to_owned()).collect();
        let all = AccountRole::all(role, &accounts, Some("x"), &env)?;
        Ok(all.into_iter().map(|one| (one.account, one.role.map(|role| role.arn))).collect())
    }

    #[test]
    fn role_of_each_account_comes_from_a_name_or_a_pattern() {
        let two = "222222222222";
        let arn = |name: &str| Some(format!("arn:aws-cn:iam::{two}:role/{name}"));
        assert_eq!(all("Audit", &[two]), Ok(vec![(two.to_owned(), arn("Audit"))]));
        assert_eq!(all("/a/Audit", &[two, two]), Ok(vec![(two.to_owned(), arn("a/Audit"))]));
        assert_eq!(all("arn:aws-cn:iam::{account}:role/Audit", &[two]), Ok(vec![(two.to_owned(), arn("Audit"))]));
        assert_eq!(all("arn:aws-cn:iam::222222222222:role/Audit", &[]), Ok(vec![(two.to_owned(), arn("Audit"))]));
        assert_eq!(all("Audit", &["111111111111"]), Ok(vec![("111111111111".to_owned(), None)]));
    }

    #[test]
    fn role_without_account_and_wrong_account_are_errors() {
        assert!(all("Audit", &[]).is_err());
        assert!(all("arn:aws-cn:iam::{account}:role/Audit", &[]).is_err_and(|why| why.contains("`--account`")));
        assert!(all("Audit", &["12"]).is_err());
        assert!(all("arn:aws-cn:iam::222222222222:role/Audit", &["333333333333"]).is_err());
        assert!(all("arn:aws-cn:sts::222222222222:role/Audit", &[]).is_err());
    }
}
