//! Auto scaling, a part of the table: the properties that an author may write, and Application Auto Scaling's names.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::op::{
    DeleteScalingPolicy, DeregisterScalableTarget, Op, PredefinedMetric, PutScalingPolicy, RegisterScalableTarget,
    TargetTracking,
};

/// The namespace of DynamoDB in Application Auto Scaling.
pub const NAMESPACE: &str = "dynamodb";

/// The capacities that Application Auto Scaling may set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AutoScaling {
    /// The read capacity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<Scaling>,
    /// The write capacity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write: Option<Scaling>,
}

/// The bounds and the target of one capacity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scaling {
    /// The lowest number of units.
    #[schemars(range(min = 1))]
    pub min: u64,
    /// The highest number of units.
    #[schemars(range(min = 1))]
    pub max: u64,
    /// The share of the capacity to keep in use, in percent. Default: 70.
    // Source: DynamoDB Developer Guide, "Managing throughput capacity automatically with DynamoDB auto
    // scaling": between 20 and 90; the service itself takes 10 (measured: "target value must
    // be between '10.0' and '90.0'"). A live table may have no policy at all: then it is 0.
    #[serde(default = "seventy")]
    #[schemars(range(min = 10, max = 90))]
    pub target: u64,
    /// Seconds to wait after capacity was reduced. Default: 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 2_147_483_647))]
    pub scale_in_cooldown: Option<u64>,
    /// Seconds to wait after capacity was added. Default: 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 2_147_483_647))]
    pub scale_out_cooldown: Option<u64>,
    /// The name of the scaling policy. Default: the one that the AWS console gives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 256), regex(pattern = "^[ -~]+$"))]
    pub policy_name: Option<String>,
}

const fn seventy() -> u64 {
    70
}

/// One of the two capacities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dimension {
    /// Reads.
    Read,
    /// Writes.
    Write,
}

impl Dimension {
    /// Both capacities.
    pub const ALL: [Self; 2] = [Self::Read, Self::Write];

    /// The word in `stack.yaml`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }

    /// The metric that is kept at the target.
    pub fn metric(self) -> &'static str {
        match self {
            Self::Read => "DynamoDBReadCapacityUtilization",
            Self::Write => "DynamoDBWriteCapacityUtilization",
        }
    }

    /// The name that the AWS console gives to a policy for `resource` (`table/x`, `table/x/index/y`), shortened to
    /// the metric if it would be longer than a name may be.
    /// Source: Application Auto Scaling API reference, `PutScalingPolicy`: 256 characters.
    pub fn usual_policy(self, resource: &str) -> String {
        let name = format!("{}:{resource}", self.metric());
        if name.chars().count() > 256 { self.metric().to_owned() } else { name }
    }

    /// The scalable dimension, such as `dynamodb:table:ReadCapacityUnits`.
    pub fn scalable(self, resource: &str) -> &'static str {
        match (self, resource.contains("/index/")) {
            (Self::Read, false) => "dynamodb:table:ReadCapacityUnits",
            (Self::Write, false) => "dynamodb:table:WriteCapacityUnits",
            (Self::Read, true) => "dynamodb:index:ReadCapacityUnits",
            (Self::Write, true) => "dynamodb:index:WriteCapacityUnits",
        }
    }
}

/// The name of a table, or of one of its indexes, in Application Auto Scaling.
pub fn scaling_resource(table: &str, index: Option<&str>) -> String {
    match index {
        None => format!("table/{table}"),
        Some(index) => format!("table/{table}/index/{index}"),
    }
}

impl AutoScaling {
    /// The scaling of a dimension.
    pub fn of(&self, dimension: Dimension) -> Option<&Scaling> {
        match dimension {
            Dimension::Read => self.read.as_ref(),
            Dimension::Write => self.write.as_ref(),
        }
    }

    /// The same, for a resource that may have no scaling.
    pub fn get(scaling: Option<&Self>, dimension: Dimension) -> Option<&Scaling> {
        scaling.and_then(|scaling| scaling.of(dimension))
    }
}

/// Removes values that are the defaults.
pub fn tidy(scaling: &mut Option<AutoScaling>, resource: &str) {
    let Some(both) = scaling else { return };
    for (dimension, one) in [(Dimension::Read, &mut both.read), (Dimension::Write, &mut both.write)] {
        let Some(one) = one else { continue };
        one.scale_in_cooldown = one.scale_in_cooldown.filter(|seconds| *seconds > 0);
        one.scale_out_cooldown = one.scale_out_cooldown.filter(|seconds| *seconds > 0);
        let usual = dimension.usual_policy(resource);
        one.policy_name = one.policy_name.take().filter(|name| *name != usual);
    }
    if both.read.is_none() && both.write.is_none() {
        *scaling = None;
    }
}

/// One capacity under auto scaling, by AWS's names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    resource: String,
    dimension: Dimension,
}

impl Target {
    /// A capacity of a table, or of its index.
    pub fn new(table: &str, index: Option<&str>, dimension: Dimension) -> Self {
        Self { resource: scaling_resource(table, index), dimension }
    }

    /// The policy's name, given or by default.
    pub fn policy_name(&self, scaling: &Scaling) -> String {
        scaling.policy_name.clone().unwrap_or_else(|| self.dimension.usual_policy(&self.resource))
    }

    /// Sets the bounds.
    pub fn register(&self, scaling: &Scaling) -> Op {
        Op::RegisterScalableTarget(RegisterScalableTarget {
            service_namespace: NAMESPACE.to_owned(),
            resource_id: self.resource.clone(),
            scalable_dimension: self.dimension.scalable(&self.resource).to_owned(),
            min_capacity: scaling.min,
            max_capacity: scaling.max,
        })
    }

    /// Removes bounds and policies.
    pub fn deregister(&self) -> Op {
        Op::DeregisterScalableTarget(DeregisterScalableTarget {
            service_namespace: NAMESPACE.to_owned(),
            resource_id: self.resource.clone(),
            scalable_dimension: self.dimension.scalable(&self.resource).to_owned(),
        })
    }

    /// Sets the target.
    pub fn put_policy(&self, scaling: &Scaling) -> Op {
        Op::PutScalingPolicy(PutScalingPolicy {
            policy_name: self.policy_name(scaling),
            service_namespace: NAMESPACE.to_owned(),
            resource_id: self.resource.clone(),
            scalable_dimension: self.dimension.scalable(&self.resource).to_owned(),
            policy_type: "TargetTrackingScaling".to_owned(),
            target_tracking_scaling_policy_configuration: TargetTracking {
                target_value: scaling.target,
                predefined_metric_specification: PredefinedMetric {
                    predefined_metric_type: self.dimension.metric().to_owned(),
                },
                scale_out_cooldown: scaling.scale_out_cooldown,
                scale_in_cooldown: scaling.scale_in_cooldown,
            },
        })
    }

    /// Removes one policy.
    pub fn delete_policy(&self, name: String) -> Op {
        Op::DeleteScalingPolicy(DeleteScalingPolicy {
            policy_name: name,
            service_namespace: NAMESPACE.to_owned(),
            resource_id: self.resource.clone(),
            scalable_dimension: self.dimension.scalable(&self.resource).to_owned(),
        })
    }
}
