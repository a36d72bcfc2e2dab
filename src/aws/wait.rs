//! Waits for AWS: until a state is reached, and while a change has not spread yet.

use std::time::{Duration, Instant};

use super::{Aws, CallError, Refusal};

/// The time limits of a wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitLimits {
    /// The time after which the wait fails.
    pub limit: Duration,
    /// The first pause; each is half as long again as the one before, up to five seconds.
    pub first_pause: Duration,
}

impl WaitLimits {
    /// A limit of some seconds.
    pub const fn seconds(limit: u64) -> Self {
        Self { limit: Duration::from_secs(limit), first_pause: Duration::from_millis(250) }
    }
}

const LONGEST_PAUSE: Duration = Duration::from_secs(5);

async fn pause(length: &mut Duration) {
    tokio::time::sleep(*length).await;
    *length = (*length * 3 / 2).min(LONGEST_PAUSE);
}

/// Repeats `look` until it returns something. At the deadline the error names `what` was waited for; it is safe
/// to run again.
pub async fn until<T, F, Fut>(operation: &str, what: &str, patience: WaitLimits, look: F) -> Result<T, CallError>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<Option<T>, CallError>>,
{
    within(patience, look).await?.ok_or_else(|| {
        let seconds = patience.limit.as_secs();
        CallError::unexpected(operation, format!("waited {seconds} s for {what}, but it has not happened"))
    })
}

/// The time within which an emulator must show a change that passes no intermediate state: such a change has nothing
/// to spread to.
const TELLING: Duration = Duration::from_secs(5);

/// The same for a change that AWS shows late, and an emulator at once or never: if never, it accepted it silently.
pub async fn until_told<T, F, Fut>(
    aws: &Aws,
    (service, operation): (&str, &str),
    what: &str,
    patience: WaitLimits,
    look: F,
) -> Result<T, CallError>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<Option<T>, CallError>>,
{
    if aws.is_at_aws() {
        return until(operation, what, patience, look).await;
    }
    let short = WaitLimits { limit: patience.limit.min(TELLING), ..patience };
    within(short, look).await?.ok_or_else(|| {
        CallError::not_taken(service, operation, format!("the call succeeded, but had no effect: waited for {what}"))
    })
}

async fn within<T, F, Fut>(patience: WaitLimits, mut look: F) -> Result<Option<T>, CallError>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<Option<T>, CallError>>,
{
    let start = Instant::now();
    let mut length = patience.first_pause;
    loop {
        if let Some(found) = look().await? {
            return Ok(Some(found));
        }
        if start.elapsed() >= patience.limit {
            return Ok(None);
        }
        pause(&mut length).await;
    }
}

/// Repeats a call while it fails with one of the refusals, which end when AWS has spread an earlier change, and no
/// longer than the limit. Throttling is not included: the SDK retries that by itself.
pub async fn retry_while<T, F, Fut>(patience: WaitLimits, retryable: &[Refusal], mut call: F) -> Result<T, CallError>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, CallError>>,
{
    let start = Instant::now();
    let mut length = patience.first_pause;
    let mut uncertain = false;
    loop {
        match call().await {
            Err(error) if error.is_any_of(retryable) && start.elapsed() < patience.limit => {
                uncertain |= error.after_uncertain;
                pause(&mut length).await;
            }
            // An earlier call's possible effect is not undone by this one's refusal.
            Err(error) => return Err(CallError { after_uncertain: error.after_uncertain || uncertain, ..error }),
            answer => return answer,
        }
    }
}
