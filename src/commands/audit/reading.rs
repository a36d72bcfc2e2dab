//! Reading: what is live, with a progress bar, and earlier reports.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};

use crate::audit::account::{self, AccountDocuments, ReadScope, Take};
use crate::audit::json::ReadError;
use crate::audit::{Report, UnreadType};
use crate::aws::Aws;
use crate::error::CommandError;
use crate::ui::Ui;

/// Reads the documents of what is live, and holds them all.
pub(super) async fn documents(aws: &Aws, scope: &ReadScope, ui: &Ui) -> AccountDocuments {
    read(aws, scope, ui, None).await
}

/// Reads them, and gives each to a function as soon as it is whole.
pub(super) async fn documents_into(aws: &Aws, scope: &ReadScope, ui: &Ui, take: &Take<'_>) -> AccountDocuments {
    read(aws, scope, ui, Some(take)).await
}

async fn read(aws: &Aws, scope: &ReadScope, ui: &Ui, take: Option<&Take<'_>>) -> AccountDocuments {
    let bar = if ui.can_draw() { ProgressBar::new(0) } else { ProgressBar::hidden() };
    if let Ok(style) = ProgressStyle::with_template("  Reading {bar:30} {pos}/{len} resources {elapsed}") {
        bar.set_style(style);
    }
    let told = |done: usize, known: usize| {
        bar.set_length(known as u64);
        bar.set_position(done as u64);
    };
    let documents = match take {
        None => account::read(aws, scope, &told).await,
        Some(take) => account::read_giving(aws, scope, &told, take).await,
    };
    bar.finish_and_clear();
    if ui.listens() {
        ui.say(&calls(&documents));
    }
    documents
}

/// Services whose requests AWS charges for, by the thousand, reads included.
/// Source: the pricing pages of CloudWatch ("API requests"), KMS ("requests") and S3 ("requests & data retrievals").
const CHARGED: [&str; 3] = ["cloudwatch:", "kms:", "s3:"];

/// The calls by operation, and how many of them AWS charges for.
fn calls(documents: &AccountDocuments) -> String {
    let mut by_number: Vec<(&String, &u64)> = documents.calls.iter().collect();
    by_number.sort_by(|one, other| other.1.cmp(one.1).then(one.0.cmp(other.0)));
    let lines = by_number.iter().map(|(operation, number)| format!("  {number:>6} {operation}"));
    let lines = lines.collect::<Vec<_>>().join("\n");
    let sum = documents.call_count();
    let is_charged = |operation: &str| CHARGED.iter().any(|service| operation.starts_with(service));
    let charged: u64 = documents.calls.iter().filter(|(one, _)| is_charged(one)).map(|(_, number)| number).sum();
    format!("{sum} calls, {charged} of which AWS charges for (requests of CloudWatch, KMS and S3):\n{lines}")
}

/// The types that nobody asked for: a rule that needs them has no answer.
pub(super) fn not_asked_for(
    every: &BTreeSet<String>,
    wanted: &BTreeSet<String>,
    accounts: &BTreeSet<String>,
) -> Vec<UnreadType> {
    let of = |account: &String| {
        let account = account.clone();
        every.difference(wanted).map(move |type_name| UnreadType {
            type_name: type_name.clone(),
            account: account.clone(),
            region: "global".to_owned(),
            reason: "it was not asked for".to_owned(),
        })
    };
    accounts.iter().flat_map(of).collect()
}

/// Reads a JSON report.
pub(super) fn report(file: &Path) -> Result<Report, CommandError> {
    let open = File::open(file).map_err(|error| CommandError::io("read", file, &error))?;
    Report::from_json(BufReader::new(open)).map_err(|error| {
        let what = format!("`{}` can't be read as an audit's report", file.display());
        let hint = match &error {
            ReadError::Version(_) => "make it again with this version of underpin, or use the version that wrote it",
            ReadError::Io(_) | ReadError::NotAReport(_) => {
                "name a report that `underpin audit --format json` has written"
            }
        };
        CommandError::failed(what, &error).hint(hint)
    })
}
