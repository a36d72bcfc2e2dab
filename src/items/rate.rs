//! The rate of writes that a provisioned table bears: a bucket of write units.

use std::time::Duration;

/// The seconds of capacity that may be used at once at the beginning. AWS keeps up to 300 seconds of unused capacity for
/// bursts, which others may have used. Source: DynamoDB Developer Guide, "Burst capacity".
const BURST: f64 = 5.0;

/// A bucket that fills with write units.
#[derive(Debug, Clone)]
pub(super) struct WriteRate {
    per_second: f64,
    units: f64,
    at: Duration,
}

impl WriteRate {
    /// A rate of some write capacity units in a second.
    pub(super) fn new(per_second: u64) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "capacity is far below 2^52")]
        let per_second = per_second.max(1) as f64;
        Self { per_second, units: per_second * BURST, at: Duration::ZERO }
    }

    /// Takes units at a time since the beginning, and returns how long to wait before they may be used.
    pub(super) fn take(&mut self, units: u64, now: Duration) -> Duration {
        let passed = now.saturating_sub(self.at).as_secs_f64();
        self.at = now;
        self.units = (self.units + passed * self.per_second).min(self.per_second * BURST);
        #[expect(clippy::cast_precision_loss, reason = "a batch has at most some thousand units")]
        let units = units as f64;
        self.units -= units;
        Duration::from_secs_f64((-self.units / self.per_second).max(0.0))
    }
}

/// The write units of an item: one for each KB that it begins. Source: DynamoDB Developer Guide, "Write operations".
pub(super) fn write_units(item_size: usize) -> u64 {
    item_size.div_ceil(1024).max(1) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_are_spread_over_the_time_that_the_capacity_needs() {
        let second = Duration::from_secs(1);
        let mut rate = WriteRate::new(5);
        assert_eq!(rate.take(25, Duration::ZERO), Duration::ZERO, "five seconds of capacity are there at once");
        assert_eq!(rate.take(25, Duration::ZERO), second * 5);
        assert_eq!(rate.take(5, second * 5), second, "what was taken before has to come first");
        assert_eq!(rate.take(1, second * 600), Duration::ZERO);
        assert_eq!(rate.take(29, second * 600), second, "time without writes saves no more than the burst");
        assert_eq!(rate.take(0, second * 600), second);
    }

    #[test]
    fn each_begun_kilobyte_is_a_unit() {
        assert_eq!([0, 1, 1024, 1025, 400 * 1024].map(write_units), [1, 1, 1, 2, 400]);
    }
}
