//! The calls to Application Auto Scaling.

use aws_sdk_applicationautoscaling::types::{
    MetricType, PolicyType, PredefinedMetricSpecification, ScalableDimension, ServiceNamespace,
    TargetTrackingScalingPolicyConfiguration,
};

use super::refusal::{NOT_SCALED, SCALING};
use crate::aws::{Aws, CallError, WaitLimits, or_gone, retry_while, until_told};
use crate::base::Outputs;
use crate::kinds::table::live::scale;
use crate::kinds::table::op::{
    DeleteScalingPolicy, DeregisterScalableTarget, PutScalingPolicy, RegisterScalableTarget,
};

const SERVICE: &str = "application-autoscaling";
const PATIENCE: WaitLimits = WaitLimits::seconds(120);

fn units(units: u64) -> i32 {
    i32::try_from(units).unwrap_or(i32::MAX)
}

pub(super) async fn register(input: RegisterScalableTarget, aws: &Aws) -> Result<Outputs, CallError> {
    let RegisterScalableTarget { service_namespace: _, resource_id, scalable_dimension, min_capacity, max_capacity } =
        input;
    let call = aws
        .scaling()
        .register_scalable_target()
        .service_namespace(ServiceNamespace::Dynamodb)
        .resource_id(&resource_id)
        .scalable_dimension(ScalableDimension::from(scalable_dimension.as_str()))
        .min_capacity(units(min_capacity))
        .max_capacity(units(max_capacity));
    let send = || async {
        call.clone().send().await.map_err(|error| CallError::of(SERVICE, "RegisterScalableTarget", &error))
    };
    retry_while(PATIENCE, SCALING, send).await?;
    until_told(aws, (SERVICE, "RegisterScalableTarget"), "the bounds to appear", PATIENCE, || async {
        let told = scale::bounds(aws, &resource_id, &scalable_dimension).await?;
        Ok((told == Some((min_capacity, max_capacity))).then_some(()))
    })
    .await?;
    Ok(Outputs::new())
}

pub(super) async fn deregister(input: DeregisterScalableTarget, aws: &Aws) -> Result<Outputs, CallError> {
    let DeregisterScalableTarget { service_namespace: _, resource_id, scalable_dimension } = input;
    let call = aws
        .scaling()
        .deregister_scalable_target()
        .service_namespace(ServiceNamespace::Dynamodb)
        .resource_id(&resource_id)
        .scalable_dimension(ScalableDimension::from(scalable_dimension.as_str()));
    let send = || async {
        call.clone().send().await.map_err(|error| CallError::of(SERVICE, "DeregisterScalableTarget", &error))
    };
    or_gone(retry_while(PATIENCE, SCALING, send).await, NOT_SCALED)?;
    until_told(aws, (SERVICE, "DeregisterScalableTarget"), "the bounds to be gone", PATIENCE, || async {
        Ok(scale::bounds(aws, &resource_id, &scalable_dimension).await?.is_none().then_some(()))
    })
    .await?;
    Ok(Outputs::new())
}

pub(super) async fn put_policy(input: PutScalingPolicy, aws: &Aws) -> Result<Outputs, CallError> {
    let PutScalingPolicy {
        policy_name,
        service_namespace: _,
        resource_id,
        scalable_dimension,
        policy_type,
        target_tracking_scaling_policy_configuration: wanted,
    } = input;
    let unbuilt = |error: aws_sdk_applicationautoscaling::error::BuildError| {
        CallError::unexpected("PutScalingPolicy", error.to_string())
    };
    let metric = MetricType::from(wanted.predefined_metric_specification.predefined_metric_type.as_str());
    let metric = PredefinedMetricSpecification::builder().predefined_metric_type(metric).build().map_err(unbuilt)?;
    // Percent, from 1 to 100.
    let target = f64::from(u8::try_from(wanted.target_value).unwrap_or(u8::MAX));
    let configuration = TargetTrackingScalingPolicyConfiguration::builder()
        .target_value(target)
        .predefined_metric_specification(metric)
        .set_scale_out_cooldown(wanted.scale_out_cooldown.map(units))
        .set_scale_in_cooldown(wanted.scale_in_cooldown.map(units))
        .build()
        .map_err(unbuilt)?;
    let call = aws
        .scaling()
        .put_scaling_policy()
        .policy_name(&policy_name)
        .service_namespace(ServiceNamespace::Dynamodb)
        .resource_id(&resource_id)
        .scalable_dimension(ScalableDimension::from(scalable_dimension.as_str()))
        .policy_type(PolicyType::from(policy_type.as_str()))
        .target_tracking_scaling_policy_configuration(configuration);
    let send =
        || async { call.clone().send().await.map_err(|error| CallError::of(SERVICE, "PutScalingPolicy", &error)) };
    retry_while(PATIENCE, SCALING, send).await?;
    until_told(aws, (SERVICE, "PutScalingPolicy"), "the scaling policy to appear", PATIENCE, || async {
        let told = scale::policy_target(aws, &resource_id, &scalable_dimension, &policy_name).await?;
        Ok(told.is_some_and(|told| (told - target).abs() < 1e-6).then_some(()))
    })
    .await?;
    Ok(Outputs::new())
}

pub(super) async fn delete_policy(input: DeleteScalingPolicy, aws: &Aws) -> Result<Outputs, CallError> {
    let DeleteScalingPolicy { policy_name, service_namespace: _, resource_id, scalable_dimension } = input;
    let call = aws
        .scaling()
        .delete_scaling_policy()
        .policy_name(&policy_name)
        .service_namespace(ServiceNamespace::Dynamodb)
        .resource_id(&resource_id)
        .scalable_dimension(ScalableDimension::from(scalable_dimension.as_str()));
    let send =
        || async { call.clone().send().await.map_err(|error| CallError::of(SERVICE, "DeleteScalingPolicy", &error)) };
    or_gone(retry_while(PATIENCE, SCALING, send).await, NOT_SCALED)?;
    until_told(aws, (SERVICE, "DeleteScalingPolicy"), "the scaling policy to be gone", PATIENCE, || async {
        let told = scale::policy_target(aws, &resource_id, &scalable_dimension, &policy_name).await?;
        Ok(told.is_none().then_some(()))
    })
    .await?;
    Ok(Outputs::new())
}
