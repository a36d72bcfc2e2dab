//! Auto scaling of all tables and indexes of a region.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::audit::account::{Reader, Unread};
use crate::kind::Rendering;

/// Targets and policies, by resource (`table/x`, `table/x/index/y`).
#[derive(Debug, Default)]
pub(super) struct Scaling {
    targets: BTreeMap<String, Vec<Value>>,
    policies: BTreeMap<String, Vec<Value>>,
}

const NAMESPACE: &str = "dynamodb";

/// AWS's type of targets.
pub(super) const TARGET: &str = "AWS::ApplicationAutoScaling::ScalableTarget";
/// AWS's type of policies.
pub(super) const POLICY: &str = "AWS::ApplicationAutoScaling::ScalingPolicy";

/// Reads the targets of the region, and their policies if there are any.
pub(super) async fn read(reader: &Reader) -> (Result<Scaling, Unread>, Option<Unread>) {
    let input = || json!({"ServiceNamespace": NAMESPACE});
    let targets = match reader.all("application-autoscaling:DescribeScalableTargets", input()).await {
        Ok(targets) => by_resource(targets),
        Err(unread) => return (Err(unread), None),
    };
    if targets.is_empty() {
        return (Ok(Scaling::default()), None);
    }
    match reader.all("application-autoscaling:DescribeScalingPolicies", input()).await {
        Ok(policies) => (Ok(Scaling { targets, policies: by_resource(policies) }), None),
        Err(unread) => (Ok(Scaling { targets, policies: BTreeMap::new() }), Some(unread)),
    }
}

fn by_resource(list: Vec<Value>) -> BTreeMap<String, Vec<Value>> {
    let mut all: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for one in list {
        let resource = one["ResourceId"].as_str().unwrap_or_default().to_owned();
        all.entry(resource).or_default().push(one);
    }
    all
}

impl Scaling {
    /// The targets of a table and its indexes, as the API gives them.
    pub(super) fn targets_of(&self, table: &str) -> Vec<Value> {
        let (own, below) = (format!("table/{table}"), format!("table/{table}/index/"));
        let mine = self.targets.iter().filter(|(resource, _)| **resource == own || resource.starts_with(&below));
        mine.flat_map(|(_, targets)| targets).cloned().collect()
    }

    /// The targets and policies of a table and its indexes as CloudFormation writes them, where the table itself could not
    /// be read, so that its kind does not write them.
    pub(super) fn renderings(&self, table: &str) -> Vec<Rendering> {
        let own = |resource: &&String| {
            let mut parts = resource.split('/').skip(1);
            parts.next() == Some(table)
        };
        let one = |type_name: &'static str, raw: &Value, members: &[&str]| {
            let mut rendering = Rendering::new(type_name).part("auto_scaling");
            let resource = raw["ResourceId"].as_str().unwrap_or_default();
            rendering.own("/ResourceId", json!({"Fn::Join": ["/", resource.split('/').collect::<Vec<_>>()]}));
            for member in members {
                rendering.own_some(&format!("/{member}"), raw.get(*member).cloned());
            }
            rendering
        };
        let mut all = Vec::new();
        for resource in self.targets.keys().filter(own) {
            for target in self.targets.get(resource).into_iter().flatten() {
                let members = ["ServiceNamespace", "ScalableDimension", "MinCapacity", "MaxCapacity"];
                all.push(one(TARGET, target, &members));
            }
            for policy in self.policies.get(resource).into_iter().flatten() {
                let members = [
                    "ServiceNamespace",
                    "ScalableDimension",
                    "PolicyName",
                    "PolicyType",
                    "TargetTrackingScalingPolicyConfiguration",
                ];
                all.push(one(POLICY, policy, &members));
            }
        }
        all
    }

    /// The words of `stack.yaml` for a resource; `None` if nothing scales it.
    pub(super) fn words(&self, resource: &str) -> Option<Value> {
        let targets = self.targets.get(resource)?;
        let mut words = json!({});
        for (word, dimension, metric) in [
            ("read", "ReadCapacityUnits", "DynamoDBReadCapacityUtilization"),
            ("write", "WriteCapacityUnits", "DynamoDBWriteCapacityUtilization"),
        ] {
            let is_it = |of: &&Value| of["ScalableDimension"].as_str().is_some_and(|name| name.ends_with(dimension));
            let Some(target) = targets.iter().find(is_it) else { continue };
            let mut one = json!({
                "min": target["MinCapacity"], "max": target["MaxCapacity"],
                // No policy: nothing is scaled yet, as the kind has it.
                "target": 0
            });
            let mut policies = self.policies.get(resource).into_iter().flatten().filter(is_it);
            if let Some((policy, percent)) = policies.find_map(|policy| usual(policy, metric)) {
                let tracking = &policy["TargetTrackingScalingPolicyConfiguration"];
                one["target"] = json!(percent);
                one["policy_name"] = policy["PolicyName"].clone();
                for (word, member) in
                    [("scale_in_cooldown", "ScaleInCooldown"), ("scale_out_cooldown", "ScaleOutCooldown")]
                {
                    if let Some(seconds) = tracking[member].as_u64() {
                        one[word] = json!(seconds);
                    }
                }
            }
            words[word] = one;
        }
        words.as_object().is_some_and(|words| !words.is_empty()).then_some(words)
    }
}

/// A policy that the words can express, with its target in whole percent.
fn usual<'p>(policy: &'p Value, metric: &str) -> Option<(&'p Value, u64)> {
    let tracking = policy.get("TargetTrackingScalingPolicyConfiguration")?;
    let predefined = tracking.pointer("/PredefinedMetricSpecification/PredefinedMetricType")?;
    let target = tracking["TargetValue"].as_f64()?;
    let percent = (1..=100_u8).find(|whole| (f64::from(*whole) - target).abs() < 1e-6)?;
    let plain = predefined == metric && tracking["DisableScaleIn"] != true;
    plain.then_some((policy, u64::from(percent)))
}
