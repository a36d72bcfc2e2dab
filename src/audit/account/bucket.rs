//! The bucket of a trail: who may read it, and who has read it.

use futures::future;
use serde_json::{Value, json};

use super::part::{Form, Input, Part};
use super::{Document, Reader, Unread};
use crate::aws::CallError;

const NAME: (&str, Input) = ("Bucket", Input::At("/Bucket"));

/// The calls about a bucket.
const PARTS: &[Part] = &[
    Part { member: "GetBucketAcl", operation: "s3:GetBucketAcl", input: &[NAME], form: Form::At("") },
    Part { member: "GetBucketPolicyStatus", operation: "s3:GetBucketPolicyStatus", input: &[NAME], form: Form::At("") },
    Part { member: "GetPublicAccessBlock", operation: "s3:GetPublicAccessBlock", input: &[NAME], form: Form::At("") },
    Part { member: "GetBucketLogging", operation: "s3:GetBucketLogging", input: &[NAME], form: Form::At("") },
];

/// The answers about a bucket: those of its calls that found it.
pub(super) struct Bucket {
    answers: Vec<(&'static Part, Result<Option<Value>, Unread>)>,
}

/// Reads a bucket, which several trails may share; `None` if there is none of the name.
pub(super) async fn read(name: &str, reader: &Reader) -> Option<Bucket> {
    let described = &json!({"Bucket": name});
    // Its list of grants every bucket has: an absent one is an absent bucket.
    let (acl, others) = PARTS.split_first()?;
    let acl_of = acl.ask(reader, described).await;
    if acl_of == Ok(None) {
        return None;
    }
    let answers = future::join_all(others.iter().map(|part| async move { (part, part.ask(reader, described).await) }));
    let mut answers = answers.await;
    answers.insert(0, (acl, acl_of));
    let shaped = |(part, answer): (&'static Part, Result<Option<Value>, Unread>)| {
        let answer = answer.and_then(|found| found.map(|found| shape(part, found, reader)).transpose());
        (part, answer)
    };
    Some(Bucket { answers: answers.into_iter().map(shaped).collect() })
}

impl Bucket {
    /// Writes the answers below a place.
    pub(super) fn write(&self, place: &str, document: &mut Document, reader: &Reader) {
        document.put(place, json!({}));
        for (part, answer) in &self.answers {
            if answer.is_ok() {
                document.seen(reader.evidence(part.operation));
            }
            document.answer(&format!("{place}/{}", part.member), answer.clone());
        }
    }
}

/// Checks an answer, and writes it as [`named`] does. A server that does not know the part of the query lists the bucket's
/// objects instead: that is no answer.
fn shape(part: &Part, answer: Value, reader: &Reader) -> Result<Value, Unread> {
    if let Some(missing) = missing(part.member, &answer) {
        let error = CallError::unexpected(part.operation, format!("the answer has no `{missing}`"));
        let unread = Unread::of(part.operation, error);
        reader.note(&unread);
        return Err(unread);
    }
    Ok(named(part.member, answer))
}

/// The member that an answer must have and does not.
fn missing(member: &str, answer: &Value) -> Option<&'static str> {
    let needed = match member {
        "GetBucketPolicyStatus" => "IsPublic",
        "GetBucketAcl" => "AccessControlList",
        _ => return None,
    };
    answer.get(needed).is_none().then_some(needed)
}

/// An answer as the API reference and AWS's tools show it. In XML the outermost element is the member, or, of a list of
/// grants, the answer.
fn named(member: &str, answer: Value) -> Value {
    match member {
        "GetBucketPolicyStatus" => json!({"PolicyStatus": answer}),
        "GetPublicAccessBlock" => json!({"PublicAccessBlockConfiguration": answer}),
        "GetBucketAcl" => json!({"Owner": answer.get("Owner"), "Grants": answer.get("AccessControlList")}),
        _ => answer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_of_objects_is_no_answer_about_a_bucket() {
        let objects = json!({"Name": "trails", "MaxKeys": "1000"});
        assert_eq!(missing("GetBucketPolicyStatus", &objects), Some("IsPublic"));
        assert_eq!(missing("GetBucketAcl", &objects), Some("AccessControlList"));
        assert_eq!(missing("GetBucketPolicyStatus", &json!({"IsPublic": false})), None);
        assert_eq!(missing("GetBucketLogging", &json!({})), None);
    }

    #[test]
    fn answers_have_the_members_of_the_reference() {
        let grants = json!([{"Grantee": {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers"}}]);
        let acl = json!({"Owner": {"ID": "1"}, "AccessControlList": grants});
        assert_eq!(named("GetBucketAcl", acl), json!({"Owner": {"ID": "1"}, "Grants": grants}));
        let status = named("GetBucketPolicyStatus", json!({"IsPublic": true}));
        assert_eq!(status, json!({"PolicyStatus": {"IsPublic": true}}));
        let block = named("GetPublicAccessBlock", json!({"BlockPublicAcls": false}));
        assert_eq!(block, json!({"PublicAccessBlockConfiguration": {"BlockPublicAcls": false}}));
        let logging = json!({"LoggingEnabled": {"TargetBucket": "logs"}});
        assert_eq!(named("GetBucketLogging", logging.clone()), logging);
    }
}
