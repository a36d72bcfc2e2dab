//! The comparison of a user pool's accounts with a database's rows, by handle. Pure: it decides what a synchronisation
//! writes.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

/// An account of a user pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// `preferred_username`, if it has one.
    pub handle: Option<String>,
    /// `sub`: its id, which never changes.
    pub sub: String,
    /// False for a sign-up that nobody has confirmed.
    pub confirmed: bool,
}

/// A row of the table `users`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The handle.
    pub handle: Option<String>,
    /// The id of the account, or a placeholder.
    pub cognito_user_id: Option<String>,
}

/// A row that gets another `cognito_user_id`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The handle of the row.
    pub handle: String,
    /// The present id.
    pub before: Option<String>,
    /// The account's `sub`.
    pub after: String,
}

/// The handles that several accounts, or several rows, have.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Duplicates {
    /// Handles of several accounts.
    pub in_pool: Vec<String>,
    /// Handles of several rows.
    pub in_database: Vec<String>,
}

/// The result of a comparison. All lists are in order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Reconciliation {
    /// The rows to change.
    pub changes: Vec<Change>,
    /// The number of rows that have the id of their account.
    pub unchanged: usize,
    /// The handles of accounts without a row.
    pub missing_in_database: Vec<String>,
    /// The handles of rows without an account.
    pub missing_in_pool: Vec<String>,
    /// The handles that are left as they are, since they name nobody in particular.
    pub duplicates: Duplicates,
    /// The handles of sign-ups that nobody has confirmed, beside a confirmed account of the same handle: they are left out.
    pub unconfirmed: Vec<String>,
    /// The ids of accounts without a handle.
    pub accounts_without_handle: Vec<String>,
    /// The number of rows without a handle.
    pub rows_without_handle: usize,
}

/// Compares both sides. A handle that occurs twice on a side is reported and left; sign-ups that nobody has confirmed count
/// where no confirmed account has their handle, as they do for the application's own script.
pub fn reconcile(accounts: &[Account], rows: &[Row]) -> Reconciliation {
    let mut by_account: BTreeMap<&str, Vec<&Account>> = BTreeMap::new();
    let mut by_row: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    let mut found = Reconciliation::default();
    for account in accounts {
        match account.handle.as_deref().filter(|handle| !handle.is_empty()) {
            Some(handle) => by_account.entry(handle).or_default().push(account),
            None => found.accounts_without_handle.push(account.sub.clone()),
        }
    }
    for row in rows {
        match row.handle.as_deref().filter(|handle| !handle.is_empty()) {
            Some(handle) => by_row.entry(handle).or_default().push(row),
            None => found.rows_without_handle += 1,
        }
    }
    found.accounts_without_handle.sort();
    let handles: BTreeSet<&str> = by_account.keys().chain(by_row.keys()).copied().collect();
    for handle in handles {
        let mut accounts = by_account.get(handle).cloned().unwrap_or_default();
        if accounts.iter().any(|account| account.confirmed) && accounts.iter().any(|account| !account.confirmed) {
            accounts.retain(|account| account.confirmed);
            found.unconfirmed.push(handle.to_owned());
        }
        let rows = by_row.get(handle).map(Vec::as_slice).unwrap_or_default();
        let named = || handle.to_owned();
        if accounts.len() > 1 {
            found.duplicates.in_pool.push(named());
        }
        if rows.len() > 1 {
            found.duplicates.in_database.push(named());
        }
        match (accounts.as_slice(), rows) {
            ([], _) => found.missing_in_pool.push(named()),
            (_, []) => found.missing_in_database.push(named()),
            ([account], [row]) if row.cognito_user_id.as_ref() == Some(&account.sub) => found.unchanged += 1,
            ([account], [row]) => found.changes.push(Change {
                handle: named(),
                before: row.cognito_user_id.clone(),
                after: account.sub.clone(),
            }),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn account(handle: &str, sub: &str) -> Account {
        let handle = Some(handle.to_owned()).filter(|handle| !handle.is_empty());
        Account { handle, sub: sub.to_owned(), confirmed: true }
    }

    fn sign_up(handle: &str, sub: &str) -> Account {
        Account { confirmed: false, ..account(handle, sub) }
    }

    fn row(handle: &str, id: &str) -> Row {
        Row { handle: Some(handle.to_owned()), cognito_user_id: Some(id.to_owned()).filter(|id| !id.is_empty()) }
    }

    #[test]
    fn every_user_is_matched_by_handle_or_reported() {
        let accounts =
            [account("ada", "1"), account("bo", "2"), account("cy", "3"), account("cy", "4"), account("", "5")];
        let rows = [row("ada", "MOCK"), row("bo", "2"), row("cy", "MOCK"), row("di", "9"), row("", "MOCK")];
        let found = reconcile(&accounts, &rows);
        let change = Change { handle: "ada".to_owned(), before: Some("MOCK".to_owned()), after: "1".to_owned() };
        assert_eq!(found.changes, [change]);
        assert_eq!(found.unchanged, 1);
        assert_eq!(found.missing_in_pool, ["di"]);
        assert_eq!(found.duplicates, Duplicates { in_pool: vec!["cy".to_owned()], in_database: Vec::new() });
        assert_eq!((found.accounts_without_handle, found.rows_without_handle), (vec!["5".to_owned()], 1));
        let found = reconcile(&[account("Ada", "1")], &[row("ada", "MOCK"), row("x", ""), row("x", "")]);
        assert_eq!(found.missing_in_database, ["Ada"], "handles are compared exactly");
        assert_eq!(found.missing_in_pool, ["ada", "x"]);
        assert_eq!(found.duplicates.in_database, ["x"]);
    }

    #[test]
    fn unconfirmed_sign_up_does_not_hide_a_confirmed_account() {
        let accounts = [
            sign_up("ada", "1"),
            account("ada", "2"),
            sign_up("ada", "3"),
            sign_up("bo", "4"),
            sign_up("cy", "5"),
            sign_up("cy", "6"),
        ];
        let found = reconcile(&accounts, &[row("ada", "MOCK"), row("bo", "MOCK"), row("cy", "MOCK")]);
        let changes: Vec<_> = found.changes.iter().map(|one| (one.handle.as_str(), one.after.as_str())).collect();
        assert_eq!(changes, [("ada", "2"), ("bo", "4")]);
        assert_eq!(found.unconfirmed, ["ada"]);
        assert_eq!(found.duplicates.in_pool, ["cy"]);
    }

    proptest! {
        /// A second comparison after the changes has none, and every handle of both sides is in exactly one place,
        /// duplicates aside.
        #[test]
        fn changes_lead_to_a_state_without_changes(
            accounts in prop::collection::vec(("[abc]?", "[1-4]", any::<bool>()), 0..6),
            rows in prop::collection::vec(("[abcd]?", "[1-4]?"), 0..6),
        ) {
            let accounts: Vec<_> = accounts
                .iter()
                .map(|(handle, sub, confirmed)| Account { confirmed: *confirmed, ..account(handle, sub) })
                .collect();
            let mut rows: Vec<_> = rows.iter().map(|(handle, id)| row(handle, id)).collect();
            let first = reconcile(&accounts, &rows);
            for change in &first.changes {
                for row in rows.iter_mut().filter(|row| row.handle.as_ref() == Some(&change.handle)) {
                    prop_assert_eq!(&row.cognito_user_id, &change.before);
                    row.cognito_user_id = Some(change.after.clone());
                }
            }
            let second = reconcile(&accounts, &rows);
            prop_assert!(second.changes.is_empty());
            prop_assert_eq!(second.unchanged, first.unchanged + first.changes.len());
            let expected = Reconciliation { changes: Vec::new(), unchanged: second.unchanged, ..first };
            prop_assert_eq!(second, expected);
        }
    }
}
