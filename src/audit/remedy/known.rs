//! What a resource's document says of the words in a remedy's template.

use serde_json::Value;

use super::document::{Known, document, put, put_text, text};
use super::{members, network};
use crate::base::{Address, pending};
use crate::rules::{Finding as Fault, Subject};

/// The members of lists which name their elements: the list, the member, the word.
const NAMES: [(&str, &str, &str); 21] = [
    ("rolePolicyList", "policyName", "POLICY"),
    ("UserPolicyList", "PolicyName", "POLICY"),
    ("GroupPolicyList", "PolicyName", "POLICY"),
    ("Policies", "PolicyName", "POLICY"),
    ("attachedManagedPolicies", "policyArn", "POLICY-ARN"),
    ("AttachedManagedPolicies", "PolicyArn", "POLICY-ARN"),
    ("AttachedPolicies", "PolicyArn", "POLICY-ARN"),
    ("globalSecondaryIndexes", "indexName", "INDEX"),
    ("GlobalSecondaryIndexes", "IndexName", "INDEX"),
    ("replicas", "regionName", "REPLICA-REGION"),
    ("Replicas", "region", "REPLICA-REGION"),
    ("KinesisDestinations", "StreamArn", "STREAM-ARN"),
    ("routeSet", "destinationCidrBlock", "CIDR"),
    ("routeSet", "destinationIpv6CidrBlock", "CIDR-6"),
    ("ListServerCertificates", "ServerCertificateName", "CERTIFICATE"),
    ("ListDelegatedAdministrators", "Id", "ADMINISTRATOR"),
    ("SecurityGroups", "groupId", "GROUP-ID"),
    ("Groups", "GroupName", "GROUP"),
    ("layers", "arn", "LAYER"),
    ("ListAttachedPolicies", "PolicyArn", "POLICY-ARN"),
    ("GuardDuty", "detectorId", "DETECTOR"),
];

/// What is known for a failure: of its address, the places of its faults and the resource's document. What documents of other
/// resources say is added by [`Elsewhere`](super::Elsewhere).
pub fn known(subject: &Subject, faults: &[Fault], address: Option<&Address>) -> Known {
    let mut known = Known::new();
    if let Some((function, trigger)) = address.filter(|one| one.section() == "triggers").and_then(in_function) {
        put(&mut known, "FUNCTION", function);
        put(&mut known, "TRIGGER", trigger);
    }
    for fault in faults {
        from_place(&mut known, subject, &fault.pointer);
    }
    let body = &*document(subject);
    match subject.type_name {
        "AWS::IAM::Policy" => put_text(&mut known, "VERSION", body, "/configuration/DefaultVersionId"),
        "AWS::Lambda::EventSourceMapping" => {
            of_trigger(&mut known, body);
            members::trigger(&mut known, body);
        }
        "AWS::Logs::LogGroup" => {
            if let Some(function) = text(body, "/resourceId").and_then(|name| name.strip_prefix("/aws/lambda/")) {
                put(&mut known, "FUNCTION", function);
            }
        }
        "AWS::DynamoDB::Table" => of_table(&mut known, body),
        "AWS::CloudTrail::Trail" => put_text(&mut known, "BUCKET", body, "/configuration/S3BucketName"),
        "AWS::::Account" => members::password_policy(&mut known, body),
        "AWS::::Region" => of_region(&mut known, body),
        "AWS::Config::ConfigurationRecorder" => members::recorder(&mut known, body),
        "AWS::Cognito::UserPool" => {
            members::user_pool(&mut known, body);
            let triggers = faults.iter().filter(|fault| fault.pointer.starts_with("/configuration/LambdaConfig/"));
            for arn in triggers.filter_map(|fault| text(body, &fault.pointer)) {
                put(&mut known, "FUNCTION", function_of(arn));
            }
        }
        "AWS::Cognito::UserPoolClient" => members::client(&mut known, body),
        "AWS::Cognito::IdentityPool" => members::identity_pool(&mut known, body),
        "AWS::DAX::Cluster" => of_cluster(&mut known, body),
        "AWS::EC2::SecurityGroup" => network::of_group(&mut known, body, faults),
        "AWS::EC2::SecurityGroupIngress" => put_text(&mut known, "GROUP-ID", body, "/configuration/groupId"),
        "AWS::EC2::VPC" => network::of_vpc(&mut known, body),
        _ => {}
    }
    if known.contains_key("CIDR") || known.contains_key("CIDR-6") {
        // A line for each sort of address, of which there may be none.
        known.entry("CIDR".to_owned()).or_default();
        known.entry("CIDR-6".to_owned()).or_default();
    }
    known
}

/// A trigger's address is its function's name, and its own: `worker/orders`.
fn in_function(address: &Address) -> Option<(&str, &str)> {
    address.name().split_once('/')
}

/// What the place of a fault names: each element of a list that it goes through, and all of a list with which it ends.
fn from_place(known: &mut Known, subject: &Subject, pointer: &str) {
    let in_template = pointer.strip_prefix("/Resources/").and_then(|rest| rest.split_once("/Properties"));
    let item = document(subject);
    let (bodies, pointer): (Vec<&Value>, &str) = match in_template {
        Some((_, below)) => (subject.now.template.iter().map(|one| &one.body).collect(), below),
        None => (vec![&item], pointer),
    };
    let segments: Vec<&str> = pointer.split('/').skip(1).collect();
    for (at, segment) in segments.iter().enumerate() {
        for (_, member, word) in NAMES.iter().filter(|(list, ..)| list == segment) {
            let place = format!("/{}", segments[..=at].join("/"));
            let Some(list) = bodies.iter().find_map(|body| body.pointer(&place)) else { continue };
            let name = |element: &Value| element.get(*member).and_then(Value::as_str).map(str::to_owned);
            let found: Vec<String> = match segments.get(at + 1).map(|index| index.parse::<usize>()) {
                Some(Ok(index)) => list.get(index).and_then(name).into_iter().collect(),
                _ => list.as_array().into_iter().flatten().filter_map(name).collect(),
            };
            for value in found.iter().filter(|value| !pending::is_pending(value)) {
                put(known, word, value);
            }
        }
        if ["variables", "Variables"].contains(segment)
            && let Some(name) = segments.get(at + 1)
        {
            put(known, "VARIABLE", &name.replace("~1", "/").replace("~0", "~"));
        }
    }
    if let Some((id, _)) = in_template {
        permission(known, subject, id);
    }
}

/// The statement of a function's policy that a template's resource stands for.
fn permission(known: &mut Known, subject: &Subject, id: &str) {
    let letters = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    let id = letters(id);
    for one in subject.now.template.iter().filter(|one| one.type_name == "AWS::Lambda::Permission") {
        if let Some(sid) = one.part.strip_prefix("permissions.").filter(|_| id.ends_with(&letters(&one.part))) {
            put(known, "PERMISSION", sid.trim_matches('"'));
        }
    }
}

/// The name of a function, of its ARN.
fn function_of(arn: &str) -> &str {
    arn.split_once(":function:").map_or(arn, |(_, rest)| rest.split(':').next().unwrap_or(rest))
}

fn of_trigger(known: &mut Known, body: &Value) {
    let at = |one: &str, other: &str| text(body, one).or_else(|| text(body, other)).map(str::to_owned);
    if let Some(arn) =
        at("/configuration/FunctionArn", "/configuration/functionArn").filter(|_| !known.contains_key("FUNCTION"))
    {
        put(known, "FUNCTION", function_of(&arn));
    }
    if let Some(table) = table_of(body) {
        put(known, "TABLE", table.rsplit('/').next().unwrap_or(&table));
    }
}

/// The ARN of the table that a trigger reads.
pub(super) fn table_of(trigger: &Value) -> Option<String> {
    let source =
        text(trigger, "/configuration/EventSourceArn").or_else(|| text(trigger, "/configuration/eventSourceArn"));
    source.and_then(|source| source.split_once("/stream/")).map(|(table, _)| table.to_owned())
}

fn of_table(known: &mut Known, body: &Value) {
    put_text(known, "STREAM-ARN", body, "/configuration/latestStreamArn");
    put_text(known, "TABLE-KEY-ARN", body, "/configuration/ssedescription/kmsmasterKeyArn");
    let throughput = |place: &Value, member: &str| {
        place.pointer(&format!("/provisionedThroughput/{member}")).and_then(Value::as_u64)
    };
    let table = body.pointer("/configuration").unwrap_or(&Value::Null);
    let indexes = table.pointer("/globalSecondaryIndexes").and_then(Value::as_array);
    let failing = known.get("INDEX").cloned().unwrap_or_default();
    for index in indexes.into_iter().flatten() {
        let is_it =
            index.get("indexName").and_then(Value::as_str).is_some_and(|name| failing.iter().any(|one| one == name));
        if let (true, Some(read), Some(write)) =
            (is_it, throughput(index, "readCapacityUnits"), throughput(table, "writeCapacityUnits"))
        {
            // As many values as indexes: one line has one of each.
            known.entry("READ-CAPACITY".to_owned()).or_default().push(read.to_string());
            known.entry("WRITE-CAPACITY".to_owned()).or_default().push(write.to_string());
        }
    }
    if !known.contains_key("REPLICA-REGION") {
        let status = "/DescribeContinuousBackups/PointInTimeRecoveryDescription/PointInTimeRecoveryStatus";
        let replicas = body.pointer("/supplementaryConfiguration/Replicas").and_then(Value::as_array);
        for replica in replicas.into_iter().flatten().filter(|one| text(one, status) == Some("DISABLED")) {
            put_text(known, "REPLICA-REGION", replica, "/region");
        }
    }
}

fn of_region(known: &mut Known, body: &Value) {
    // Only the account that administers it may look from the organization.
    put(known, "ANALYZER-TYPE", "ACCOUNT");
    for (list, member, word) in
        [("DescribeConfigurationRecorders", "name", "RECORDER"), ("DescribeDeliveryChannels", "name", "CHANNEL")]
    {
        let list = body.pointer(&format!("/supplementaryConfiguration/{list}")).and_then(Value::as_array);
        for one in list.into_iter().flatten() {
            put_text(known, word, one, &format!("/{member}"));
        }
    }
}

fn of_cluster(known: &mut Known, body: &Value) {
    put_text(known, "NODE-TYPE", body, "/configuration/NodeType");
    put_text(known, "SUBNET-GROUP", body, "/configuration/SubnetGroup");
    put_text(known, "ROLE-ARN", body, "/configuration/IamRoleArn");
    if let Some(arn) = text(body, "/configuration/IamRoleArn") {
        put(known, "ROLE", arn.rsplit('/').next().unwrap_or(arn));
    }
}
