//! The effectful half of a kind, and its erasure.

use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::Value;

use super::erased::{Erased, PureKind, typed};
use super::{
    Answer, Identity, Kind, Observed, Owner, Prerequisites, ReadOutcome, UnmanagedFeature, Unsupported, managers, tags,
};
use crate::aws::{Aws, Body, CallError, Tagged};
use crate::base::{Outputs, Vault, redacted};

/// A resource that has the stack's tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The identity by which it is read.
    pub identity: Identity,
    /// The value of its `underpin:scope` tag, if it has one.
    pub scope: Option<String>,
}

/// The effectful half.
pub trait Live: Kind {
    /// The use of each member of the answers to reads: an entry for every operation.
    const ANSWERS: &'static [Answer];

    /// Reads several resources: one answer for each, in order, by one bulk call or several single ones.
    /// `Ok` of an absent outcome means "no such resource"; `Err` means "could not be read".
    fn read_many(
        ids: &[Identity],
        aws: &Aws,
    ) -> impl Future<Output = Vec<Result<ReadOutcome<Self::Spec>, CallError>>> + Send;

    /// Finds the resources with the tags of `owner` (`underpin:stack` is its name or a previous one), in any scope.
    fn discover(owner: &Owner, aws: &Aws) -> impl Future<Output = Result<Vec<Found>, CallError>> + Send;

    /// Makes the call and waits until it has taken effect. Returns the attributes that became known.
    fn run(op: Self::Op, aws: &Aws) -> impl Future<Output = Result<Outputs, CallError>> + Send;

    /// Returns whether the resource holds the user's data; `None` if the kind holds none.
    fn holds_data(id: &Identity, aws: &Aws) -> impl Future<Output = Result<Option<bool>, CallError>> + Send {
        let _ = (id, aws);
        async { Ok(None) }
    }

    /// Checks what a read does not return: only for resources to be adopted, replaced or deleted. The
    /// identity's details are the resource's outputs.
    fn check_before_removal(id: &Identity, aws: &Aws) -> impl Future<Output = Result<RemovalCheck, CallError>> + Send {
        let _ = (id, aws);
        async { Ok(RemovalCheck::default()) }
    }

    /// Checks the prerequisites of creating the resource, or of changing `live` into it.
    fn check_prerequisites(
        wanted: &Self::Spec,
        live: Option<&Self::Spec>,
        aws: &Aws,
    ) -> impl Future<Output = Result<Prerequisites, CallError>> + Send {
        let _ = (wanted, live, aws);
        async { Ok(Prerequisites::default()) }
    }
}

/// Finds the resources of a kind with the tags of `owner` among those that the tagging API lists. `parse` reads the
/// name in an ARN, and the details of the identity; it returns `None` for an ARN of something else.
pub async fn find_tagged<K: Kind>(
    owner: &Owner,
    aws: &Aws,
    parse: impl Fn(&str) -> Option<(String, Outputs)>,
) -> Result<Vec<Found>, CallError> {
    let stacks: Vec<String> = owner.names().cloned().collect();
    let found = |Tagged { arn, tags }: &Tagged| {
        let (name, details) = parse(arn).filter(|_| tags::is_of(owner, tags))?;
        let identity = Identity { address: tags::address_in(tags, K::SECTION, &name), name, details };
        Some(Found { identity, scope: tags.get(tags::SCOPE_TAG).cloned() })
    };
    Ok(aws.tagged(&stacks).await?.iter().filter_map(found).collect())
}

/// The result of a check before removal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RemovalCheck {
    /// Features that the language can't express.
    pub unmanaged: Vec<UnmanagedFeature>,
    /// Facts to report before the resource is removed, each in one sentence.
    pub before_it_goes: Vec<String>,
}

/// Keeps the answer, or notes that the endpoint does not support the operation: then these properties are unknown, and
/// are left alone. Without any, the operation reads what the language can't express, and the endpoint does not have it.
pub fn or_unsupported<T: Default>(
    answer: Result<T, CallError>,
    properties: &[&str],
    unsupported: &mut Vec<Unsupported>,
) -> Result<T, CallError> {
    match answer {
        Err(error) if error.is_unsupported() => {
            let reason = format!("the endpoint does not support {}", error.operation);
            let one = |property: &&str| Unsupported { property: (*property).to_owned(), reason: reason.clone() };
            unsupported.extend(properties.iter().map(one));
            Ok(T::default())
        }
        other => other,
    }
}

/// Returns a feature that the language can't express, if it was found. Where the caller may not look, it may exist,
/// and is reported; an endpoint that does not support the operation does not have it.
pub fn unmanaged(feature: &str, answer: Result<Vec<String>, CallError>) -> Result<Option<UnmanagedFeature>, CallError> {
    let detail = match answer {
        Ok(found) if found.is_empty() => return Ok(None),
        Ok(found) => found.join(", "),
        Err(error) if error.is_unsupported() => return Ok(None),
        Err(error) if error.is_denied() => {
            format!("it could not be looked for: {}:{} is not allowed", error.service, error.operation)
        }
        Err(error) => return Err(error),
    };
    Ok(Some(UnmanagedFeature { feature: feature.to_owned(), detail }))
}

/// The features that only the text of an answer shows, by the list of the operation. A member that is on no list counts
/// if AWS itself answers: emulators have members of their own (dynalite's `Table.BillingMode`).
pub fn newer(operation: &str, answers: &[Answer], body: &Body, aws: &Aws) -> Vec<UnmanagedFeature> {
    let answer = answers.iter().find(|answer| answer.operation == operation);
    let mut found = answer.map(|answer| answer.newer(&body.take())).unwrap_or_default();
    found.retain(|one| aws.is_at_aws() || !one.feature.starts_with('`'));
    found
}

/// A whole kind, erased.
pub trait ErasedLive: PureKind {
    /// [`Live::ANSWERS`]
    fn answers(&self) -> &'static [Answer];
    /// [`Live::read_many`]
    fn read_many<'a>(
        &'a self,
        ids: &'a [Identity],
        aws: &'a Aws,
    ) -> BoxFuture<'a, Vec<Result<ReadOutcome<Value>, CallError>>>;
    /// [`Live::discover`]
    fn discover<'a>(&'a self, owner: &'a Owner, aws: &'a Aws) -> BoxFuture<'a, Result<Vec<Found>, CallError>>;
    /// [`Live::run`]
    fn run<'a>(&'a self, op: &'a Value, aws: &'a Aws) -> BoxFuture<'a, Result<Outputs, CallError>>;
    /// [`Live::holds_data`]
    fn holds_data<'a>(&'a self, id: &'a Identity, aws: &'a Aws) -> BoxFuture<'a, Result<Option<bool>, CallError>>;
    /// [`Live::check_before_removal`]
    fn check_before_removal<'a>(
        &'a self,
        id: &'a Identity,
        aws: &'a Aws,
    ) -> BoxFuture<'a, Result<RemovalCheck, CallError>>;
    /// [`Live::check_prerequisites`]
    fn check_prerequisites<'a>(
        &'a self,
        wanted: &'a Value,
        live: Option<&'a Value>,
        aws: &'a Aws,
    ) -> BoxFuture<'a, Result<Prerequisites, CallError>>;
}

fn erase<K: Kind>(reading: ReadOutcome<K::Spec>) -> Result<ReadOutcome<Value>, CallError> {
    let ReadOutcome { live, unsupported } = reading;
    let live = match live {
        None => None,
        Some(Observed { spec, outputs, unique_id, mut unmanaged }) => {
            let mut spec =
                serde_json::to_value(&spec).map_err(|error| CallError::unexpected(K::NOUN, error.to_string()))?;
            unmanaged.extend(managers::take(&mut spec));
            Some(Observed { spec, outputs, unique_id, unmanaged })
        }
    };
    Ok(ReadOutcome { live, unsupported })
}

/// An identity with the values in place of the digests of sensitive ones: AWS finds the resource by the values.
fn opened(id: &Identity, vault: &Vault) -> Identity {
    // Lists are joined with commas, which a digest does not have.
    let open_one = |text: &str| vault.open(text).unwrap_or_else(|| text.to_owned());
    let open = |text: &String| text.split(',').map(open_one).collect::<Vec<_>>().join(",");
    Identity { details: id.details.iter().map(|(key, text)| (key.clone(), open(text))).collect(), ..id.clone() }
}

impl<K: Live> ErasedLive for Erased<K> {
    fn answers(&self) -> &'static [Answer] {
        K::ANSWERS
    }

    fn read_many<'a>(
        &'a self,
        ids: &'a [Identity],
        aws: &'a Aws,
    ) -> BoxFuture<'a, Vec<Result<ReadOutcome<Value>, CallError>>> {
        async move {
            let ids: Vec<Identity> = ids.iter().map(|id| opened(id, aws.vault())).collect();
            let readings = K::read_many(&ids, aws).await;
            readings.into_iter().map(|reading| reading.and_then(erase::<K>)).collect()
        }
        .boxed()
    }

    fn discover<'a>(&'a self, owner: &'a Owner, aws: &'a Aws) -> BoxFuture<'a, Result<Vec<Found>, CallError>> {
        K::discover(owner, aws).boxed()
    }

    fn run<'a>(&'a self, op: &'a Value, aws: &'a Aws) -> BoxFuture<'a, Result<Outputs, CallError>> {
        async move {
            let mut open = op.clone();
            aws.vault().open_all(&mut open).map_err(|_| {
                CallError::unexpected(K::NOUN, "a sensitive value of this plan is not in its source any more")
            })?;
            let answer = match typed("step", &open) {
                Ok(op) => K::run(op, aws).await,
                Err(problem) => Err(CallError::unexpected(K::NOUN, problem.message)),
            };
            // AWS's refusal may repeat a value.
            answer.map_err(|error| CallError { message: redacted(&error.message, &aws.vault().values_in(op)), ..error })
        }
        .boxed()
    }

    fn holds_data<'a>(&'a self, id: &'a Identity, aws: &'a Aws) -> BoxFuture<'a, Result<Option<bool>, CallError>> {
        K::holds_data(id, aws).boxed()
    }

    fn check_before_removal<'a>(
        &'a self,
        id: &'a Identity,
        aws: &'a Aws,
    ) -> BoxFuture<'a, Result<RemovalCheck, CallError>> {
        K::check_before_removal(id, aws).boxed()
    }

    fn check_prerequisites<'a>(
        &'a self,
        wanted: &'a Value,
        live: Option<&'a Value>,
        aws: &'a Aws,
    ) -> BoxFuture<'a, Result<Prerequisites, CallError>> {
        async move {
            let read = |spec| typed::<K::Spec>(K::NOUN, spec);
            let specs = read(wanted).and_then(|wanted| Ok((wanted, live.map(read).transpose()?)));
            match specs {
                Ok((wanted, live)) => K::check_prerequisites(&wanted, live.as_ref(), aws).await,
                Err(problem) => Err(CallError::unexpected(K::NOUN, problem.message)),
            }
        }
        .boxed()
    }
}
