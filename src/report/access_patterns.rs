//! The access patterns of a table, as lines.

use std::fmt::Write as _;

use comfy_table::{Table, presets};

use crate::access_patterns::{Cost, PatternSummary};
use crate::base::{Address, counted};

/// The patterns of a table with what serves each and what it costs.
pub fn patterns_text(address: &Address, patterns: &[PatternSummary]) -> String {
    let by_table = patterns.iter().filter(|one| one.served && one.index.is_none()).count();
    let share = by_table * 100 / patterns.len().max(1);
    let count = counted(patterns.len(), "access pattern", "access patterns");
    let mut out = format!("{address}: {count}, {by_table} served by the table itself ({share} %)\n");
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["PATTERN", "CALLS", "SERVED BY", "UNITS", "FOR"]);
    for PatternSummary { pattern, operations, served, index, cost } in patterns {
        let by = match (served, index) {
            (false, _) => "nothing",
            (true, None) => "table",
            (true, Some(index)) => index,
        };
        let (units, of) =
            cost.as_ref().map_or_else(|| ("all of it".to_owned(), String::new()), |cost| (units(cost), items(cost)));
        table.add_row([pattern.as_str(), &operations.join(", "), by, &units, &of]);
    }
    for line in table.lines() {
        let _ = writeln!(out, " {}", line.trim_end());
    }
    out
}

fn units(cost: &Cost) -> String {
    let most = if cost.at_most { "at most " } else { "" };
    let parts = [(cost.total.read, "read"), (cost.total.write, "write")];
    let parts: Vec<String> =
        parts.into_iter().filter(|(units, _)| *units > 0.0).map(|(units, word)| format!("{units} {word}")).collect();
    format!("{most}{}", parts.join(", "))
}

fn items(cost: &Cost) -> String {
    let items = counted(usize::try_from(cost.items).unwrap_or(usize::MAX), "item", "items");
    format!("{items} of {} B", cost.item_size)
}
