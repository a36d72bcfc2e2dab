//! The documents of an account as they come in.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use super::key_users::KeyUsers;
use super::types::HELD;
use super::{GLOBAL, Reader, Unread};
use crate::audit::{Live, NotAssessed, Resource, UnreadType};

/// The documents of one or several accounts.
#[derive(Debug, Default)]
pub struct AccountDocuments {
    /// The resources, by account, region, type and id.
    pub live: Vec<Live>,
    /// What could not be read: each action once for an account and region.
    pub not_assessed: Vec<NotAssessed>,
    /// The types of which not all resources of a place could be listed.
    pub unread_types: Vec<UnreadType>,
    /// The accounts that were read.
    pub accounts: BTreeSet<String>,
    /// The regions that were read.
    pub regions: BTreeSet<String>,
    /// The calls to AWS: operation → their number, attempts that AWS did not take included.
    pub calls: BTreeMap<String, u64>,
}

impl AccountDocuments {
    /// The number of calls.
    pub fn call_count(&self) -> u64 {
        self.calls.values().sum()
    }
}

/// The function that is told of progress: resources done, resources known.
pub type Progress<'a> = dyn Fn(usize, usize) + Sync + 'a;

/// The function that takes documents as they come.
pub type Take<'a> = dyn Fn(Live) + 'a;

/// Takes the documents in, from all readers.
pub struct Collector<'a> {
    inner: Mutex<Inner>,
    progress: &'a Progress<'a>,
    /// The function that takes documents that need none of the others; without it all are held.
    take: Option<&'a Take<'a>>,
}

#[derive(Default)]
struct Inner {
    documents: AccountDocuments,
    key_users: KeyUsers,
    done: usize,
    known: usize,
}

impl Inner {
    fn count(&mut self, calls: BTreeMap<String, u64>) {
        for (operation, count) in calls {
            *self.documents.calls.entry(operation).or_default() += count;
        }
    }
}

impl<'a> Collector<'a> {
    /// Makes one that holds all documents.
    pub fn new(progress: &'a Progress<'a>) -> Self {
        Self { inner: Mutex::default(), progress, take: None }
    }

    /// Makes one that hands documents on as they come.
    pub fn giving(progress: &'a Progress<'a>, take: &'a Take<'a>) -> Self {
        Self { take: Some(take), ..Self::new(progress) }
    }

    fn with<T>(&self, act: impl FnOnce(&mut Inner) -> T) -> T {
        act(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Adds to the number of resources that will come, for the progress.
    pub fn expect(&self, more: usize) {
        let (done, known) = self.with(|inner| {
            inner.known += more;
            (inner.done, inner.known)
        });
        (self.progress)(done, known);
    }

    /// Takes a resource.
    pub fn push(&self, live: Live) {
        // What the last steps change has to wait for them.
        let take = self.take.filter(|_| !HELD.contains(&live.resource.type_name.as_str()));
        let (done, known) = self.with(|inner| {
            inner.key_users.note(&live);
            inner.done += 1;
            inner.known = inner.known.max(inner.done);
            (inner.done, inner.known)
        });
        match take {
            Some(take) => take(live),
            None => self.with(|inner| inner.documents.live.push(live)),
        }
        (self.progress)(done, known);
    }

    /// Records that the resources of these types could not be listed.
    pub fn list_unread(&self, types: &[&str], reader: &Reader, unread: &Unread) {
        let (account, region) = (reader.env().account.clone(), reader.region_of(&unread.action).to_owned());
        let one = |type_name: &&str| UnreadType {
            type_name: (*type_name).to_owned(),
            account: account.clone(),
            region: region.clone(),
            reason: unread.sentence(),
        };
        self.with(|inner| inner.documents.unread_types.extend(types.iter().map(one)));
    }

    /// Records a part that could not be looked at for a reason outside of a call (an account that can't be assumed).
    pub fn not_assessed(&self, one: NotAssessed) {
        self.with(|inner| inner.documents.not_assessed.push(one));
    }

    /// Counts a call that no reader makes.
    pub(super) fn count(&self, operation: &str) {
        self.with(|inner| inner.count([(operation.to_owned(), 1)].into()));
    }

    /// Records that an account could not be read at all.
    pub(super) fn account_unread(&self, account: &str, unread: &Unread) {
        let reason = format!("the account could not be read: {}", unread.sentence());
        self.with(|inner| {
            inner.documents.not_assessed.push(NotAssessed {
                account: account.to_owned(),
                region: GLOBAL.to_owned(),
                action: unread.missing_action().map(str::to_owned),
                reason,
                checks: Vec::new(),
                findings: 0,
            });
        });
    }

    /// Takes what an account's readers have counted and recorded together, at their end.
    pub(super) fn close(&self, first: &Reader, readers: &[Reader]) {
        let (calls, not_assessed) = first.record();
        self.with(|inner| {
            inner.count(calls);
            inner.documents.not_assessed.extend(not_assessed);
            inner.documents.accounts.insert(first.env().account.clone());
            inner.documents.regions.extend(readers.iter().map(|reader| reader.env().region.clone()));
        });
    }

    /// The documents that were held, in order, with what names keys.
    pub(super) fn finish(self) -> (AccountDocuments, KeyUsers) {
        let Inner { mut documents, key_users, .. } = self.inner.into_inner().unwrap_or_else(PoisonError::into_inner);
        let key = |live: &Live| {
            let Resource { account, region, type_name, id, .. } = &live.resource;
            (account.clone(), region.clone(), type_name.clone(), id.clone())
        };
        documents.live.sort_by_cached_key(key);
        documents.not_assessed.sort();
        documents.not_assessed.dedup();
        documents.unread_types.sort();
        documents.unread_types.dedup();
        (documents, key_users)
    }
}
