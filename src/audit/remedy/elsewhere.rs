//! What the documents of other resources say of the words in a remedy's template. They are there once all were read.

use std::borrow::Cow;

use serde_json::Value;

use super::document::{Known, document, of_type, put, put_text, text};
use super::known::table_of;
use super::network;
use super::template::words;
use crate::rules::{Finding as Fault, Rule, Subject};

/// The words that stand in documents of other resources, by the type of what fails.
const WORDS: [(&str, &[&str]); 8] = [
    ("AWS::::Account", TRAIL),
    ("AWS::DAX::Cluster", &["RULE-IDS"]),
    ("AWS::DynamoDB::Table", TRAIL),
    ("AWS::EC2::VPCEndpoint", &["ROUTE-TABLE-IDS", "SUBNET-IDS"]),
    ("AWS::EC2::VPCPeeringConnection", &["ROUTE", "ROUTE-TABLE-ID"]),
    ("AWS::IAM::Group", &["USER"]),
    ("AWS::Lambda::EventSourceMapping", &["STREAM-ARN"]),
    ("AWS::Lambda::Function", TRAIL),
];

const TRAIL: &[&str] = &["TRAIL", "TRAIL-REGION", "LOG-GROUP"];

/// What remedies look for in types of which there are many, so that it is kept.
pub(crate) const LOOKED_AT: [(&str, &str); 2] = [
    ("AWS::DynamoDB::Table", "/configuration/latestStreamArn"),
    // A trigger that takes the place of another has all of its settings.
    ("AWS::Lambda::EventSourceMapping", "/configuration"),
];

/// What of a failure is needed to look elsewhere.
#[derive(Debug)]
pub(crate) struct Elsewhere {
    type_name: &'static str,
    document: Value,
    faults: Vec<Fault>,
}

impl Elsewhere {
    /// What is needed for the remedy of a rule; `None` if the resource's own document says all.
    pub(crate) fn of(rule: &Rule, subject: &Subject, faults: &[Fault]) -> Option<Self> {
        let (_, wanted) = WORDS.iter().find(|(type_name, _)| *type_name == subject.type_name)?;
        let explained = &rule.explanation;
        let is_wanted = |(conditions, template): (&[String], &str)| {
            let in_conditions = conditions.iter().filter_map(|one| one.strip_prefix('<')?.strip_suffix('>'));
            words(template).into_iter().chain(in_conditions).any(|word| wanted.contains(&word))
        };
        if !explained.yaml.all().chain(explained.cli.all()).any(is_wanted) {
            return None;
        }
        // For a trail nothing of the resource is needed, and of these there may be thousands.
        let (document, faults) = if *wanted == TRAIL {
            (Value::Null, Vec::new())
        } else {
            (document(subject).into_owned(), faults.to_vec())
        };
        Some(Self { type_name: subject.type_name, document, faults })
    }

    /// Adds what the account's documents say.
    pub(crate) fn add(&self, known: &mut Known, all: &[Subject]) {
        let Self { type_name, document: body, faults } = self;
        match *type_name {
            "AWS::IAM::Group" => members_without_mfa(known, body, all),
            "AWS::Lambda::EventSourceMapping" => {
                let table = table_of(body);
                let is_it = |one: &Value| table.is_some() && text(one, "/ARN") == table.as_deref();
                if let Some(table) = of_type(all, "AWS::DynamoDB::Table").find(|one| is_it(one)) {
                    put_text(known, "STREAM-ARN", &table, "/configuration/latestStreamArn");
                }
            }
            "AWS::DAX::Cluster" => network::of_cluster(known, body, faults, all),
            "AWS::EC2::VPCEndpoint" => network::of_endpoint(known, body, all),
            "AWS::EC2::VPCPeeringConnection" => network::of_peering(known, body, faults, all),
            _ => trail(known, all),
        }
    }
}

fn members_without_mfa(known: &mut Known, group: &Value, all: &[Subject]) {
    let Some(name) = text(group, "/resourceName").or_else(|| text(group, "/resourceId")) else { return };
    for user in of_type(all, "AWS::IAM::User") {
        let groups = user.pointer("/configuration/GroupList").and_then(Value::as_array);
        let is_member = groups.into_iter().flatten().any(|one| one == name);
        if is_member
            && user.pointer("/supplementaryConfiguration/CredentialReport/mfa_active") == Some(&Value::Bool(false))
        {
            put_text(known, "USER", &user, "/resourceName");
        }
    }
}

/// The trail that a remedy is about: one that logs all regions, else one that logs, else any.
fn trail(known: &mut Known, all: &[Subject]) {
    let is = |trail: &Value, pointer: &str| trail.pointer(pointer) == Some(&Value::Bool(true));
    let order = |trail: &Cow<'_, Value>| {
        let everywhere = is(trail, "/configuration/IsMultiRegionTrail");
        let logs = is(trail, "/supplementaryConfiguration/GetTrailStatus/IsLogging");
        (logs, everywhere, std::cmp::Reverse(text(trail, "/ARN").unwrap_or_default().to_owned()))
    };
    // A trail of the organization is its manager's.
    let own = of_type(all, "AWS::CloudTrail::Trail").filter(|trail| !is(trail, "/configuration/IsOrganizationTrail"));
    if let Some(trail) = own.max_by_key(order) {
        put_text(known, "TRAIL", &trail, "/ARN");
        put_text(known, "TRAIL-REGION", &trail, "/awsRegion");
        let group =
            text(&trail, "/configuration/CloudWatchLogsLogGroupArn").and_then(|arn| arn.split_once(":log-group:"));
        if let Some((_, name)) = group {
            put(known, "LOG-GROUP", name.trim_end_matches(":*"));
        }
    }
}
