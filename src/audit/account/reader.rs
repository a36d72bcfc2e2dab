//! The reader of one account and region: calls at a pace, pages, counts, and a record of what could not be read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use super::pace::Pace;
use super::shared::Shared;
use super::types::GLOBAL;
use super::unread::{Reason, Unread};
use super::{action, paging};
use crate::audit::{Evidence, NotAssessed};
use crate::aws::{Attempt, Aws, CallError, is_global};
use crate::base::Environment;

/// Reads one account in one region. Cheap to clone; clones share pace, counts and record.
///
/// An operation is written as `service:Operation`, the service by its IAM prefix (`cognito-idp:DescribeUserPool`,
/// `tag:GetResources`, `logs:DescribeLogGroups`); input and answer are JSON in the API's spelling.
#[derive(Clone)]
pub struct Reader {
    aws: Arc<Aws>,
    pace: Arc<Pace>,
    record: Arc<Mutex<Record>>,
    elsewhere: Arc<Mutex<BTreeMap<String, Reader>>>,
    pub(super) shared: Arc<Shared>,
}

#[derive(Default)]
struct Record {
    calls: BTreeMap<String, u64>,
    not_assessed: BTreeSet<NotAssessed>,
}

impl Reader {
    /// Makes a reader of the connection's account and region.
    pub fn new(aws: Arc<Aws>) -> Self {
        let pace = if aws.is_on_loopback() { Pace::of_this_machine() } else { Pace::of_aws() };
        Self { aws, pace: Arc::new(pace), record: Arc::default(), elsewhere: Arc::default(), shared: Arc::default() }
    }

    /// A reader of the same account in another region, with a pace of its own; it counts and records with this one.
    #[must_use]
    pub fn in_region(&self, region: &str) -> Self {
        if region == self.env().region {
            return self.clone();
        }
        let mut elsewhere = self.elsewhere.lock().unwrap_or_else(PoisonError::into_inner);
        let make = || Self { record: self.record.clone(), ..Self::new(Arc::new(self.aws.in_region(region))) };
        elsewhere.entry(region.to_owned()).or_insert_with(make).clone()
    }

    /// Partition, account and region.
    pub fn env(&self) -> &Environment {
        self.aws.env()
    }

    /// The connection, for calls of the SDK's own clients.
    pub fn aws(&self) -> &Aws {
        &self.aws
    }

    /// The region of an operation or action: `global` for services that belong to an account as a whole.
    pub fn region_of(&self, operation: &str) -> &str {
        let service = operation.split(':').next().unwrap_or_default();
        if is_global(service) { GLOBAL } else { &self.env().region }
    }

    /// The same as [`Reader::ask`], where another way is taken if there is no answer: then nothing is recorded.
    pub(super) async fn ask_unrecorded(&self, operation: &'static str, input: Value) -> Result<Value, Unread> {
        self.call(operation, input).await
    }

    /// Makes a call. What can't be read is recorded as not assessed, once for each action; that something does not exist is
    /// not ([`Unread::is_absent`]).
    ///
    /// # Errors
    /// The reason why there is no answer.
    pub async fn ask(&self, operation: &'static str, input: Value) -> Result<Value, Unread> {
        let answer = self.call(operation, input).await;
        answer.inspect_err(|unread| self.note(unread))
    }

    /// The same; `None` if AWS says that there is nothing (`NoSuchEntity`, `PolicyNotFoundException` …).
    ///
    /// # Errors
    /// Any other reason why there is no answer.
    pub async fn find(&self, operation: &'static str, input: Value) -> Result<Option<Value>, Unread> {
        match self.ask(operation, input).await {
            Ok(answer) => Ok(Some(answer)),
            Err(unread) if unread.is_absent() => Ok(None),
            Err(unread) => Err(unread),
        }
    }

    /// Reads a list to its end: the items of all pages.
    ///
    /// # Errors
    /// The reason why a page could not be read; then there is no list.
    pub async fn all(&self, operation: &'static str, input: Value) -> Result<Vec<Value>, Unread> {
        let mut items = Vec::new();
        self.pages(operation, input, |answer| items.extend(paging::items(operation, answer))).await?;
        Ok(items)
    }

    /// Reads a list page by page, so that it need not be held whole: `page` gets each answer.
    ///
    /// # Errors
    /// The reason why a page could not be read; the pages before it have been given.
    pub async fn pages(&self, operation: &'static str, input: Value, page: impl FnMut(Value)) -> Result<(), Unread> {
        self.read_pages(operation, input, page).await.inspect_err(|unread| self.note(unread))
    }

    /// The same as [`Reader::all`], where another way is taken if there is no answer: then nothing is recorded.
    pub(super) async fn all_unrecorded(&self, operation: &'static str, input: Value) -> Result<Vec<Value>, Unread> {
        let mut items = Vec::new();
        self.read_pages(operation, input, |answer| items.extend(paging::items(operation, answer))).await?;
        Ok(items)
    }

    async fn read_pages(
        &self,
        operation: &'static str,
        mut input: Value,
        mut page: impl FnMut(Value),
    ) -> Result<(), Unread> {
        let mut seen = BTreeSet::new();
        loop {
            let answer = self.call(operation, input.clone()).await?;
            let tokens = paging::tokens_of(operation);
            let next = tokens.and_then(|tokens| paging::next(tokens, &answer).map(|token| (tokens.input, token)));
            page(answer);
            let Some((name, token)) = next else { return Ok(()) };
            if !seen.insert(token.clone()) {
                let error = CallError::unexpected(operation, "the list does not end: a page names itself as the next");
                return Err(Unread::of(operation, error));
            }
            if !input.is_object() {
                input = json!({});
            }
            input[name] = Value::String(token);
        }
    }

    /// The call and the time, as evidence for a document.
    pub fn evidence(&self, operation: &str) -> Evidence {
        let now = jiff::Timestamp::now();
        let read_at = now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        Evidence { operation: action::action_of(operation).to_owned(), read_at }
    }

    /// Records a part that could not be read by a call of another client.
    pub fn note(&self, unread: &Unread) {
        if matches!(unread.reason, Reason::Absent | Reason::NotAsked) {
            return;
        }
        let one = NotAssessed {
            account: self.env().account.clone(),
            region: self.region_of(&unread.action).to_owned(),
            action: unread.missing_action().map(str::to_owned),
            reason: unread.sentence(),
            checks: Vec::new(),
            findings: 0,
        };
        self.with(|record| record.not_assessed.insert(one));
    }

    /// The counts of calls by operation, and what could not be read.
    pub(super) fn record(&self) -> (BTreeMap<String, u64>, BTreeSet<NotAssessed>) {
        self.with(|record| (record.calls.clone(), record.not_assessed.clone()))
    }

    /// The number of calls so far, repeated attempts included.
    pub fn calls(&self) -> u64 {
        self.with(|record| record.calls.values().sum())
    }

    async fn call(&self, operation: &'static str, input: Value) -> Result<Value, Unread> {
        let turn = self.pace.turn(operation).await;
        let this = self.clone();
        let attempted = move |attempt: Attempt| {
            this.with(|record| *record.calls.entry(operation.to_owned()).or_default() += 1);
            this.pace.answered(operation, attempt.throttled);
        };
        let answer = Box::pin(self.aws.ask(operation, input, Some(Arc::new(attempted)))).await;
        drop(turn);
        answer.map_err(|error| Unread::of(operation, error))
    }

    fn with<T>(&self, act: impl FnOnce(&mut Record) -> T) -> T {
        act(&mut self.record.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
