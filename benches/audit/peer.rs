//! Prowler's numbers, and the ratios to ours.

use serde_json::Value;

use crate::Audit;
use crate::support::root;

/// What Prowler took, as `scripts/audit-peers --measure` kept it.
pub(crate) struct Peer {
    cpu_seconds: f64,
    peak_mb: f64,
    wall_seconds: f64,
    calls: f64,
}

impl Peer {
    /// The numbers of an account; `None` if they were not measured on this machine.
    pub(crate) fn read(account: &str) -> Option<Self> {
        let text = std::fs::read_to_string(root().join(".cache/audit-peers/measured.json")).ok()?;
        let data: Value = serde_json::from_str(&text).ok()?;
        let number = |key: &str| data["accounts"][account]["prowler"][key].as_f64();
        Some(Self {
            cpu_seconds: number("cpu_seconds")?,
            peak_mb: number("peak_mb")?,
            wall_seconds: number("wall_seconds")?,
            calls: number("calls")?,
        })
    }
}

/// Prints the ratios and whether they meet the targets (processor time, memory); calls must not be more.
#[expect(clippy::cast_precision_loss, reason = "numbers of calls are small")]
pub(crate) fn compare(account: &str, ours: &Audit, peer: Option<Peer>, targets: [f64; 2]) {
    let Some(peer) = peer else {
        println!("{account}: Prowler was not measured here; `scripts/audit-peers --measure` does that\n");
        return;
    };
    let calls = ours.calls as f64;
    let rows = [
        ("CPU", peer.cpu_seconds / ours.used.cpu.as_secs_f64(), targets[0]),
        ("memory", peer.peak_mb / megabytes(ours.used.memory), targets[1]),
        ("calls", peer.calls / calls, 1.0),
    ];
    println!(
        "{account}: Prowler took {:.1} s of CPU, {:.0} MB, {:.0} calls, {:.1} s",
        peer.cpu_seconds, peer.peak_mb, peer.calls, peer.wall_seconds
    );
    for (what, ratio, target) in rows {
        let met = if ratio >= target { "met" } else { "MISSED" };
        println!("  {what}: {ratio:.1} times ours (target {target:.0}: {met})");
    }
    println!("  time: {:.1} times ours\n", peer.wall_seconds / ours.used.wall.as_secs_f64());
}

/// A size in MB.
#[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
pub(crate) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// One size over another.
pub(crate) fn ratio(one: u64, other: u64) -> f64 {
    megabytes(one) / megabytes(other)
}
