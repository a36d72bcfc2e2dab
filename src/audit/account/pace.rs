//! The pace of calls: a bucket of tokens for each service and region, and a limit of calls at the same time, so that
//! what runs in the account is not throttled by being looked at.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

/// Calls at the same time, over all services of a region: more would not be faster under the rates below.
const AT_ONCE: usize = 16;

/// Calls a second for services without a rate of their own. Many services publish none; the AWS SDKs' own examples
/// meet throttling from some twenty on.
const USUAL: f64 = 10.0;

/// Rates by service, or by operation where it has a quota of its own: half of the quotas that are known, so that the other
/// half is left to what runs there.
///
/// Sources: Lambda Developer Guide, "Lambda quotas" (`GetFunction` 100/s, `GetPolicy` 15/s, the rest of the control
/// plane together 15/s); `CloudTrail` User Guide, "Quotas" (get, describe and list: 10/s); DynamoDB API reference,
/// `ListTagsOfResource` (10/s). Of the others AWS publishes no simple number, or one for each account: these are
/// cautious, and an answer of throttling halves them.
const RATES: &[(&str, f64)] = &[
    ("cloudtrail", 5.0),
    ("dynamodb", 40.0),
    ("dynamodb:ListTagsOfResource", 5.0),
    ("ec2", 10.0),
    ("iam", 10.0),
    ("kms", 30.0),
    ("lambda", 7.5),
    ("lambda:GetFunction", 50.0),
    ("lambda:GetPolicy", 7.5),
    ("logs", 5.0),
    ("logs:DescribeMetricFilters", 2.5),
    ("organizations", 3.0),
];

/// The slowest pace to which answers of throttling bring a bucket, in calls a second.
const SLOWEST: f64 = 0.5;

/// A bucket of tokens: it holds a second's worth, and each call takes one, from the future if it is empty.
#[derive(Debug, Clone)]
struct Bucket {
    /// The rate when nothing throttles.
    full: f64,
    rate: f64,
    tokens: f64,
    at: Duration,
}

impl Bucket {
    fn new(rate: f64, now: Duration) -> Self {
        Self { full: rate, rate, tokens: rate.max(1.0), at: now }
    }

    /// Takes a token; returns the pause before the call.
    fn take(&mut self, now: Duration) -> Duration {
        let passed = now.saturating_sub(self.at).as_secs_f64();
        self.at = self.at.max(now);
        self.tokens = (self.tokens + passed * self.rate).min(self.rate.max(1.0)) - 1.0;
        if self.tokens >= 0.0 { Duration::ZERO } else { Duration::from_secs_f64(-self.tokens / self.rate) }
    }

    /// Halves the rate after an answer of throttling.
    fn slow_down(&mut self) {
        self.rate = (self.rate / 2.0).max(SLOWEST.min(self.full));
        self.tokens = self.tokens.min(0.0);
    }

    /// Comes back to the full rate, a twentieth of it for each answer.
    fn recover(&mut self) {
        self.rate = (self.rate + self.full / 20.0).min(self.full);
    }
}

/// The pace of one region's calls.
#[derive(Debug)]
pub struct Pace {
    start: Instant,
    /// `None` without a limit of the rate.
    buckets: Option<Mutex<Buckets>>,
    slots: Semaphore,
}

impl Pace {
    /// The pace at AWS.
    pub fn of_aws() -> Self {
        Self { start: Instant::now(), buckets: Some(Mutex::default()), slots: Semaphore::new(AT_ONCE) }
    }

    /// The pace on this machine: no limit but that of calls at the same time.
    pub fn of_this_machine() -> Self {
        Self { start: Instant::now(), buckets: None, slots: Semaphore::new(AT_ONCE) }
    }

    /// Waits for the turn of a call. The permit is kept until its answer.
    pub(super) async fn turn(&self, operation: &'static str) -> Option<SemaphorePermit<'_>> {
        let pause = self.with(|buckets, now| take(buckets, operation, now));
        if let Some(pause) = pause.filter(|pause| !pause.is_zero()) {
            tokio::time::sleep(pause).await;
        }
        self.slots.acquire().await.ok()
    }

    /// Takes notice of an answer.
    pub(super) fn answered(&self, operation: &'static str, throttled: bool) {
        self.with(|buckets, now| {
            let bucket = bucket(buckets, operation, now);
            if throttled { bucket.slow_down() } else { bucket.recover() }
        });
    }

    fn with<T>(&self, act: impl FnOnce(&mut Buckets, Duration) -> T) -> Option<T> {
        let now = self.start.elapsed();
        Some(act(&mut self.buckets.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner), now))
    }
}

/// The buckets, by service or operation.
type Buckets = BTreeMap<&'static str, Bucket>;

/// The bucket of an operation.
fn bucket<'b>(buckets: &'b mut Buckets, operation: &'static str, now: Duration) -> &'b mut Bucket {
    let (key, rate) = rate_of(operation);
    buckets.entry(key).or_insert_with(|| Bucket::new(rate, now))
}

/// Takes a token for a call; returns the pause before it.
fn take(buckets: &mut Buckets, operation: &'static str, now: Duration) -> Duration {
    bucket(buckets, operation, now).take(now)
}

/// The bucket of an operation, and its rate.
fn rate_of(operation: &'static str) -> (&'static str, f64) {
    let service = operation.split(':').next().unwrap_or(operation);
    let rate = |name: &str| RATES.iter().find(|(one, _)| *one == name).map(|(name, rate)| (*name, *rate));
    rate(operation).or_else(|| rate(service)).unwrap_or((service, USUAL))
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(number: u64) -> Duration {
        Duration::from_millis(number)
    }

    #[test]
    fn bucket_lets_a_second_of_calls_through_and_spaces_the_rest() {
        let mut bucket = Bucket::new(10.0, ms(0));
        let pauses: Vec<Duration> = (0..12).map(|_| bucket.take(ms(0))).collect();
        assert_eq!(pauses[..10], [Duration::ZERO; 10]);
        assert_eq!(pauses[10..], [ms(100), ms(200)]);
        // The next second pays for the two, and fills with what is left.
        assert_eq!(bucket.take(ms(300)), Duration::ZERO);
        assert_eq!(bucket.take(ms(300)), ms(100));
    }

    #[test]
    fn bucket_never_lets_more_than_rate_and_burst_through() {
        let mut bucket = Bucket::new(7.5, ms(0));
        let ends: Vec<Duration> = (0..1_000).map(|call| ms(call * 10) + bucket.take(ms(call * 10))).collect();
        let within = |from: Duration| ends.iter().filter(|end| **end >= from && **end < from + ms(1_000)).count();
        for second in 0..130 {
            assert!(within(ms(second * 1_000)) <= 16, "second {second}");
        }
        assert!(ends.iter().filter(|end| **end < ms(100_000)).count() <= 758);
    }

    #[test]
    fn throttling_halves_the_rate_and_answers_restore_it() {
        let mut bucket = Bucket::new(8.0, ms(0));
        bucket.slow_down();
        bucket.slow_down();
        assert!((bucket.rate - 2.0).abs() < 1e-9);
        assert_eq!(bucket.take(ms(0)), ms(500));
        (0..20).for_each(|_| bucket.slow_down());
        assert!((bucket.rate - SLOWEST).abs() < 1e-9);
        (0..40).for_each(|_| bucket.recover());
        assert!((bucket.rate - 8.0).abs() < 1e-9);
    }

    #[test]
    fn operations_share_the_bucket_of_their_service_or_have_their_own() {
        assert_eq!(rate_of("lambda:ListFunctions"), ("lambda", 7.5));
        assert_eq!(rate_of("lambda:GetPolicy"), ("lambda:GetPolicy", 7.5));
        assert_eq!(rate_of("dax:DescribeClusters"), ("dax", USUAL));
    }

    #[test]
    fn services_do_not_wait_for_each_other_and_this_machine_for_nothing() {
        let mut buckets = BTreeMap::new();
        let mut pauses = |operation: &'static str, calls: u32| {
            let pause = |_| take(&mut buckets, operation, ms(0));
            (0..calls).map(pause).max().unwrap_or_default()
        };
        assert_eq!(pauses("logs:DescribeLogGroups", 20), ms(3_000));
        assert_eq!(pauses("logs:DescribeMetricFilters", 2), Duration::ZERO);
        assert_eq!(pauses("kms:DescribeKey", 20), Duration::ZERO);
        assert_eq!(pauses("logs:DescribeLogStreams", 1), ms(3_200));
        assert!(Pace::of_this_machine().buckets.is_none() && Pace::of_aws().buckets.is_some());
    }
}
