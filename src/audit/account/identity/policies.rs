//! The documents of managed policies: the account's own, and those of AWS that are attached.

use std::collections::BTreeMap;

use futures::StreamExt as _;
use futures::stream;
use serde_json::{Value, json};

use super::details::parse_documents;
use crate::audit::Live;
use crate::audit::account::types::POLICY;
use crate::audit::account::{Collector, Document, Reader, Unread};
use crate::aws::policy_document;

/// Policies that are read at the same time.
const AT_ONCE: usize = 8;

/// The documents in force, by the policy's ARN.
#[derive(Debug, Default)]
pub(super) struct Policies {
    documents: BTreeMap<String, Result<Value, Unread>>,
    /// The reason why AWS's own could not be listed.
    unlisted: Option<Unread>,
}

impl Policies {
    /// Takes the account's own policies of a listing, and gives those in use to the collector if they are wanted.
    pub(super) fn take(&mut self, reader: &Reader, policies: Vec<Value>, into: Option<&Collector<'_>>) {
        for mut policy in policies {
            let arn = policy["Arn"].as_str().unwrap_or_default().to_owned();
            let parsed = parse_documents(reader, &mut policy, "PolicyVersionList", "Document");
            let document = parsed.map(|()| in_force(&policy));
            let used = ["AttachmentCount", "PermissionsBoundaryUsageCount"].iter().any(|count| policy[*count] != 0);
            if let Some(into) = into.filter(|_| used) {
                into.expect(1);
                into.push(write(reader, policy, &arn, &document));
            }
            self.documents.insert(arn, document);
        }
    }

    /// Reads AWS's own policies that are attached anywhere in the account.
    /// Source: IAM API reference, `ListPolicies` (`Scope`, `OnlyAttached`), `GetPolicyVersion`.
    pub(super) async fn read_aws(&mut self, reader: &Reader) {
        let input = json!({"Scope": "AWS", "OnlyAttached": true, "MaxItems": 1000});
        let listed = match reader.all("iam:ListPolicies", input).await {
            Ok(listed) => listed,
            Err(unread) => {
                self.unlisted = Some(unread);
                return;
            }
        };
        let reads = listed.into_iter().map(|policy| async move {
            let text = |member: &str| policy[member].as_str().unwrap_or_default().to_owned();
            let arn = text("Arn");
            let document = version(reader, &arn, &text("DefaultVersionId")).await;
            (arn, document)
        });
        let read: Vec<_> = stream::iter(reads).buffer_unordered(AT_ONCE).collect().await;
        self.documents.extend(read);
    }

    /// The policies with these ARNs, each with its document; and the places of those whose document could not be read.
    pub(super) fn attached(&self, arns: &[String]) -> (Vec<Value>, Vec<(usize, Unread)>) {
        let (mut found, mut unread) = (Vec::new(), Vec::new());
        for arn in arns {
            let mut one = json!({"PolicyArn": arn});
            match self.documents.get(arn) {
                Some(Ok(document)) => one["Document"] = document.clone(),
                Some(Err(why)) => unread.push((found.len(), why.clone())),
                None => {
                    let why = self.unlisted.clone().unwrap_or_else(|| Unread::not_asked("iam:GetPolicyVersion"));
                    unread.push((found.len(), why));
                }
            }
            found.push(one);
        }
        (found, unread)
    }

    /// Writes the policies with these ARNs as a member of a document.
    pub(super) fn write_attached(&self, document: &mut Document, arns: &[String]) {
        const AT: &str = "/supplementaryConfiguration/AttachedPolicies";
        let (found, unread) = self.attached(arns);
        document.put(AT, found);
        for (at, why) in unread {
            document.unknown_in_list(AT, at, "Document", &why);
        }
    }
}

async fn version(reader: &Reader, arn: &str, version: &str) -> Result<Value, Unread> {
    const OPERATION: &str = "iam:GetPolicyVersion";
    let answer = reader.ask(OPERATION, json!({"PolicyArn": arn, "VersionId": version})).await?;
    let text = answer.pointer("/PolicyVersion/Document").and_then(Value::as_str).unwrap_or_default();
    policy_document(OPERATION, text).map_err(|error| {
        let unread = Unread::of(OPERATION, error);
        reader.note(&unread);
        unread
    })
}

/// The document of the version that is in force.
fn in_force(policy: &Value) -> Value {
    let default = &policy["DefaultVersionId"];
    let mut versions = policy["PolicyVersionList"].as_array().into_iter().flatten();
    let found = versions.find(|version| version["IsDefaultVersion"] == true || version["VersionId"] == *default);
    found.map(|version| version["Document"].clone()).unwrap_or_default()
}

fn write(reader: &Reader, policy: Value, arn: &str, in_force: &Result<Value, Unread>) -> Live {
    let text = |member: &str| policy[member].as_str().unwrap_or_default().to_owned();
    // An emulator may leave them out; the ARN ends with the name.
    let named = |text: String, other: &str| if text.is_empty() { other.to_owned() } else { text };
    let id = named(text("PolicyId"), arn);
    let name = named(text("PolicyName"), arn.rsplit('/').next().unwrap_or(arn));
    let mut document = Document::global(POLICY, reader, &id, Some(&name), arn);
    document.configuration(policy);
    document.supplement("Document", in_force.as_ref().map(|one| Some(one.clone())).map_err(Clone::clone));
    // The listing has no tags of policies.
    document.tags(Err(&Unread::not_asked("iam:ListPolicyTags")));
    document.seen(reader.evidence(super::details::OPERATION));
    document.finish()
}
