//! The credential report of an account: passwords, access keys and MFA of each user and of the root.
//!
//! Source: IAM User Guide, "Get credential reports for your AWS account".

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value, json};

use super::shared::CredentialReport;
use super::{Reader, Unread};
use crate::aws::CallError;

/// The call that reads one that is made.
const READ: &str = "iam:GetCredentialReport";

/// The attempts to wait for a report: AWS makes one within seconds, and keeps it for four hours.
const ATTEMPTS: u32 = 15;

/// The pause between them.
const PAUSE: Duration = Duration::from_secs(2);
/// The same for an emulator, which makes it at once.
const SHORT_PAUSE: Duration = Duration::from_millis(20);

impl Reader {
    /// The credential report of the account, read once: user → row, the root under `<root_account>`.
    ///
    /// # Errors
    /// The reason why there is none.
    pub async fn credential_report(&self) -> Result<&CredentialReport, &Unread> {
        self.shared.report.get_or_init(|| read(self)).await.as_ref()
    }
}

/// Has a report made, waits for it, and reads it.
async fn read(reader: &Reader) -> Result<CredentialReport, Unread> {
    const MAKE: &str = "iam:GenerateCredentialReport";
    let pause = if reader.aws().is_on_loopback() { SHORT_PAUSE } else { PAUSE };
    for _ in 0..ATTEMPTS {
        let made = reader.ask_unrecorded(MAKE, json!({})).await;
        match made {
            Ok(answer) if answer["State"] == "COMPLETE" => {
                return content(reader, &reader.ask(READ, json!({})).await?);
            }
            Ok(_) => tokio::time::sleep(pause).await,
            // Somebody else may have had one made within the last four hours.
            Err(unread) => {
                if let Ok(answer) = reader.ask_unrecorded(READ, json!({})).await {
                    return content(reader, &answer);
                }
                reader.note(&unread);
                return Err(unread);
            }
        }
    }
    Err(failed(reader, MAKE, "the report is not made in time".to_owned()))
}

fn content(reader: &Reader, answer: &Value) -> Result<CredentialReport, Unread> {
    rows(answer["Content"].as_str().unwrap_or_default()).map_err(|why| failed(reader, READ, why))
}

fn failed(reader: &Reader, operation: &str, why: String) -> Unread {
    let unread = Unread::of(operation, CallError::unexpected(operation, why));
    reader.note(&unread);
    unread
}

fn rows(content: &str) -> Result<CredentialReport, String> {
    let bytes = BASE64_STANDARD.decode(content.trim()).map_err(|error| format!("the report is not base64: {error}"))?;
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes.as_slice());
    let unreadable = |error: csv::Error| format!("the report is not CSV: {error}");
    let names = reader.headers().map_err(unreadable)?.clone();
    let mut rows = CredentialReport::new();
    for record in reader.records() {
        let record = record.map_err(unreadable)?;
        let row: Map<String, Value> =
            names.iter().zip(&record).map(|(name, text)| (name.to_owned(), value(name, text))).collect();
        rows.insert(record.get(0).unwrap_or_default().to_owned(), Value::Object(row));
    }
    Ok(rows)
}

/// A field as a value: truth values as such, and null for what there is not (`N/A`, `no_information`, `not_supported`).
fn value(name: &str, text: &str) -> Value {
    match text.trim() {
        _ if ["user", "arn"].contains(&name) => Value::String(text.to_owned()),
        "" | "N/A" | "no_information" | "not_supported" => Value::Null,
        "true" | "TRUE" => Value::Bool(true),
        "false" | "FALSE" => Value::Bool(false),
        text => Value::String(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_truth_values_and_nulls() {
        let text = "user,arn,password_enabled,mfa_active,password_last_used\n\
                    <root_account>,arn:aws:iam::1:root,not_supported,true,2026-11-01T00:00:00+00:00\n\
                    \"true\",arn:aws:iam::1:user/true,false,false,N/A\n";
        let rows = rows(&BASE64_STANDARD.encode(text)).expect("rows");
        let root = json!({
            "user": "<root_account>", "arn": "arn:aws:iam::1:root", "password_enabled": null, "mfa_active": true,
            "password_last_used": "2026-11-01T00:00:00+00:00"
        });
        assert_eq!(rows["<root_account>"], root);
        assert_eq!(rows["true"]["user"], "true");
        assert_eq!(
            (&rows["true"]["password_enabled"], &rows["true"]["password_last_used"]),
            (&json!(false), &Value::Null)
        );
        assert!(super::rows("%").is_err());
        assert_eq!(super::rows(""), Ok(CredentialReport::new()));
    }
}
