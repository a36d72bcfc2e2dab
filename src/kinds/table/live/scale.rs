//! Reads auto scaling: the bounds of all tables and indexes together, then the policies of those that have
//! bounds.

use aws_sdk_applicationautoscaling::types::{
    ScalableTarget, ScalingPolicy, ServiceNamespace, TargetTrackingScalingPolicyConfiguration,
};
use futures::future::join_all;

use crate::aws::{Aws, CallError};
use crate::kind::UnmanagedFeature;
use crate::kinds::table::scaling::{AutoScaling, Dimension, Scaling};

/// The scalable targets and their policies.
#[derive(Debug, Default)]
pub(super) struct Scales {
    targets: Vec<ScalableTarget>,
    policies: Vec<ScalingPolicy>,
}

/// The number of resources that one call may name.
/// Source: Application Auto Scaling API reference, `DescribeScalableTargets` (pages of 50).
const AT_ONCE: usize = 50;

/// Reads the scaling of resources such as `table/x` and `table/x/index/y`.
pub(super) async fn read(aws: &Aws, resources: &[String]) -> Result<Scales, CallError> {
    let targets = join_all(resources.chunks(AT_ONCE).map(|some| targets(aws, some))).await;
    let targets: Vec<ScalableTarget> =
        targets.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
    let mut scaled: Vec<&str> = targets.iter().map(ScalableTarget::resource_id).collect();
    scaled.sort_unstable();
    scaled.dedup();
    let policies = join_all(scaled.into_iter().map(|resource| policies(aws, resource))).await;
    let policies = policies.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
    Ok(Scales { targets, policies })
}

const SERVICE: &str = "application-autoscaling";

async fn targets(aws: &Aws, resources: &[String]) -> Result<Vec<ScalableTarget>, CallError> {
    let call = aws.scaling().describe_scalable_targets().service_namespace(ServiceNamespace::Dynamodb);
    let mut pages = call.set_resource_ids(Some(resources.to_vec())).into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| CallError::of(SERVICE, "DescribeScalableTargets", &error))?;
        found.extend(page.scalable_targets.into_iter().flatten());
    }
    Ok(found)
}

async fn policies(aws: &Aws, resource: &str) -> Result<Vec<ScalingPolicy>, CallError> {
    let call = aws.scaling().describe_scaling_policies().service_namespace(ServiceNamespace::Dynamodb);
    let mut pages = call.resource_id(resource).into_paginator().send();
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| CallError::of(SERVICE, "DescribeScalingPolicies", &error))?;
        found.extend(page.scaling_policies.into_iter().flatten());
    }
    Ok(found)
}

/// The bounds of a capacity; `None` if there are none.
pub(super) async fn bounds(aws: &Aws, resource: &str, dimension: &str) -> Result<Option<(u64, u64)>, CallError> {
    let targets = targets(aws, &[resource.to_owned()]).await?;
    let target = targets.iter().find(|target| target.scalable_dimension().as_str() == dimension);
    Ok(target.map(|target| (units(target.min_capacity()), units(target.max_capacity()))))
}

fn units(capacity: i32) -> u64 {
    u64::try_from(capacity).unwrap_or(0)
}

impl Scales {
    /// The scaling of one resource, in the words of `stack.yaml`; what these can't express goes into `unmanaged`.
    pub(super) fn of(&self, resource: &str, unmanaged: &mut Vec<UnmanagedFeature>) -> Option<AutoScaling> {
        let mut one = |dimension| self.dimension(resource, dimension, unmanaged);
        let both = AutoScaling { read: one(Dimension::Read), write: one(Dimension::Write) };
        (both != AutoScaling::default()).then_some(both)
    }

    fn dimension(
        &self,
        resource: &str,
        dimension: Dimension,
        unmanaged: &mut Vec<UnmanagedFeature>,
    ) -> Option<Scaling> {
        let name = dimension.scalable(resource);
        let is_it = |of: &ScalableTarget| of.resource_id() == resource && of.scalable_dimension().as_str() == name;
        let target = self.targets.iter().find(|target| is_it(target))?;
        let mut tell =
            |feature: &str, detail: String| unmanaged.push(UnmanagedFeature { feature: feature.to_owned(), detail });
        let suspended = target.suspended_state().is_some_and(|state| {
            state.dynamic_scaling_in_suspended() == Some(true)
                || state.dynamic_scaling_out_suspended() == Some(true)
                || state.scheduled_scaling_suspended() == Some(true)
        });
        if suspended {
            tell("suspended auto scaling", format!("{name} of {resource}"));
        }
        let mut scaling = Scaling {
            min: units(target.min_capacity()),
            max: units(target.max_capacity()),
            // No policy: nothing is scaled yet.
            target: 0,
            scale_in_cooldown: None,
            scale_out_cooldown: None,
            policy_name: None,
        };
        let mine =
            self.policies.iter().filter(|p| p.resource_id() == resource && p.scalable_dimension().as_str() == name);
        for policy in mine {
            let tracking = policy.target_tracking_scaling_policy_configuration();
            let usual = tracking.filter(|tracking| {
                let metric = tracking.predefined_metric_specification().map(|m| m.predefined_metric_type().as_str());
                let custom = tracking.customized_metric_specification().is_some();
                metric == Some(dimension.metric()) && !custom && tracking.disable_scale_in() != Some(true)
            });
            match usual.and_then(|tracking| Some((tracking, percent(tracking.target_value())?))) {
                Some((tracking, target)) if scaling.target == 0 => {
                    scaling.target = target;
                    scaling.scale_in_cooldown = seconds(tracking.scale_in_cooldown());
                    scaling.scale_out_cooldown = seconds(tracking.scale_out_cooldown());
                    scaling.policy_name = Some(policy.policy_name().to_owned());
                }
                _ => tell("scaling policy", format!("`{}` of {resource}", policy.policy_name())),
            }
        }
        Some(scaling)
    }
}

fn seconds(given: Option<i32>) -> Option<u64> {
    given.and_then(|seconds| u64::try_from(seconds).ok())
}

/// A whole number of percent; `None` if the language can't express it.
fn percent(value: f64) -> Option<u64> {
    (1..=100_u8).find(|whole| (f64::from(*whole) - value).abs() < 1e-6).map(u64::from)
}

/// The target of a policy, by its name; `None` if there is none.
pub(super) async fn policy_target(
    aws: &Aws,
    resource: &str,
    dimension: &str,
    name: &str,
) -> Result<Option<f64>, CallError> {
    let policies = policies(aws, resource).await?;
    let policy = policies
        .iter()
        .find(|policy| policy.scalable_dimension().as_str() == dimension && policy.policy_name() == name);
    let tracking = policy.and_then(ScalingPolicy::target_tracking_scaling_policy_configuration);
    Ok(tracking.map(TargetTrackingScalingPolicyConfiguration::target_value))
}
