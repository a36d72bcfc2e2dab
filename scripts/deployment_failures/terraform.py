"""Writes a resource of a CloudFormation template as Terraform's provider `hashicorp/aws` names it."""

import json
import re


def known(pairs: dict) -> dict:
    """The arguments that are given."""
    return {key: value for key, value in pairs.items() if value is not None}


def renamed(body: dict, properties: list[str]) -> dict:
    """The arguments of properties that have the same name in lower case with underscores, if they are given."""
    return known({re.sub(r"\B([A-Z])", r"_\1", key).lower(): body.get(key) for key in properties})


def resources(kind: str, body: dict) -> list[tuple[str, dict]]:
    """The resources (types and arguments) that say the same; nothing where Terraform has none."""
    write = WRITERS.get(kind)
    return write(body) if write else []


def _table(body: dict) -> list[tuple[str, dict]]:
    def keys(schema: list, hash_key: str, range_key: str) -> dict:
        found = {}
        for one in schema:
            found[hash_key if one["KeyType"] == "HASH" else range_key] = one["AttributeName"]
        return found

    def capacity(given: dict) -> dict:
        fixed, most = given.get("ProvisionedThroughput") or {}, given.get("OnDemandThroughput")
        return known(
            {
                "read_capacity": fixed.get("ReadCapacityUnits"),
                "write_capacity": fixed.get("WriteCapacityUnits"),
                "on_demand_throughput": known(
                    {
                        "max_read_request_units": most.get("MaxReadRequestUnits"),
                        "max_write_request_units": most.get("MaxWriteRequestUnits"),
                    }
                )
                if most
                else None,
            }
        )

    def index(given: dict) -> dict:
        projection = given["Projection"]
        return known(
            {
                "name": given["IndexName"],
                "projection_type": projection.get("ProjectionType"),
                "non_key_attributes": projection.get("NonKeyAttributes"),
            }
        )

    recovery, expiry = body.get("PointInTimeRecoverySpecification"), body.get("TimeToLiveSpecification")
    encryption = body.get("SSESpecification")
    table = {
        "name": body.get("TableName"),
        "billing_mode": body.get("BillingMode"),
        "table_class": body.get("TableClass"),
        "attribute": [
            {"name": one["AttributeName"], "type": one["AttributeType"]}
            for one in body.get("AttributeDefinitions", [])
        ],
        "global_secondary_index": [
            index(one) | keys(one["KeySchema"], "hash_key", "range_key") | capacity(one)
            for one in body.get("GlobalSecondaryIndexes", [])
        ]
        or None,
        "local_secondary_index": [
            index(one)
            | {
                key: value
                for key, value in keys(one["KeySchema"], "hash_key", "range_key").items()
                if key != "hash_key"
            }
            for one in body.get("LocalSecondaryIndexes", [])
        ]
        or None,
        "point_in_time_recovery": known(
            {
                "enabled": recovery.get("PointInTimeRecoveryEnabled"),
                "recovery_period_in_days": recovery.get("RecoveryPeriodInDays"),
            }
        )
        if recovery
        else None,
        "ttl": known({"enabled": expiry.get("Enabled"), "attribute_name": expiry.get("AttributeName")})
        if expiry
        else None,
        "server_side_encryption": known({"enabled": True, "kms_key_arn": encryption.get("KMSMasterKeyId")})
        if encryption
        else None,
        "stream_enabled": True if "StreamSpecification" in body else None,
        "stream_view_type": body.get("StreamSpecification", {}).get("StreamViewType"),
    }
    found = [
        (
            "aws_dynamodb_table",
            known(table) | keys(body.get("KeySchema", []), "hash_key", "range_key") | capacity(body),
        )
    ]
    if "ResourcePolicy" in body:
        arn = f"arn:aws:dynamodb:eu-central-1:123456789012:table/{body['TableName']}"
        policy = json.dumps(body["ResourcePolicy"]["PolicyDocument"])
        found.append(("aws_dynamodb_resource_policy", {"resource_arn": arn, "policy": policy}))
    if "ContributorInsightsSpecification" in body:
        found.append(("aws_dynamodb_contributor_insights", {"table_name": body["TableName"]}))
    return found


def _endpoint(body: dict) -> list[tuple[str, dict]]:
    arguments = {
        "service_name": body.get("ServiceName"),
        "vpc_endpoint_type": body.get("VpcEndpointType"),
        "vpc_id": body.get("VpcId"),
        "route_table_ids": body.get("RouteTableIds"),
        "subnet_ids": body.get("SubnetIds"),
        "security_group_ids": body.get("SecurityGroupIds"),
        "private_dns_enabled": body.get("PrivateDnsEnabled"),
        "policy": json.dumps(body["PolicyDocument"]) if "PolicyDocument" in body else None,
    }
    return [("aws_vpc_endpoint", known(arguments))]


def _role(body: dict) -> list[tuple[str, dict]]:
    name = body.get("RoleName")
    role = {
        "name": name,
        "assume_role_policy": json.dumps(body.get("AssumeRolePolicyDocument")),
        "permissions_boundary": body.get("PermissionsBoundary"),
        "path": body.get("Path"),
        "description": body.get("Description"),
        "max_session_duration": body.get("MaxSessionDuration"),
    }
    found = [("aws_iam_role", known(role))]
    for arn in body.get("ManagedPolicyArns", []):
        found.append(("aws_iam_role_policy_attachment", {"role": name, "policy_arn": arn}))
    for one in body.get("Policies", []):
        policy = json.dumps(one["PolicyDocument"])
        found.append(("aws_iam_role_policy", {"role": name, "name": one["PolicyName"], "policy": policy}))
    return found


def _function(body: dict) -> list[tuple[str, dict]]:
    vpc, dead = body.get("VpcConfig"), body.get("DeadLetterConfig")
    arguments = {
        "function_name": body.get("FunctionName"),
        "runtime": body.get("Runtime"),
        "handler": body.get("Handler"),
        "s3_bucket": "bucket",
        "s3_key": "code.zip",
        "role": body.get("Role"),
        "architectures": body.get("Architectures"),
        "memory_size": body.get("MemorySize"),
        "timeout": body.get("Timeout"),
        "ephemeral_storage": {"size": body["EphemeralStorage"]["Size"]}
        if "EphemeralStorage" in body
        else None,
        "environment": {"variables": body["Environment"]["Variables"]} if "Environment" in body else None,
        "vpc_config": {"subnet_ids": vpc["SubnetIds"], "security_group_ids": vpc["SecurityGroupIds"]}
        if vpc
        else None,
        "dead_letter_config": {"target_arn": dead["TargetArn"]} if dead else None,
        "tracing_config": {"mode": body["TracingConfig"]["Mode"]} if "TracingConfig" in body else None,
        "layers": body.get("Layers"),
        "kms_key_arn": body.get("KmsKeyArn"),
        "reserved_concurrent_executions": body.get("ReservedConcurrentExecutions"),
        "description": body.get("Description"),
    }
    return [("aws_lambda_function", known(arguments))]


def _permission(body: dict) -> list[tuple[str, dict]]:
    properties = ["FunctionName", "Action", "Principal", "SourceArn", "SourceAccount"]
    return [("aws_lambda_permission", renamed(body, properties))]


def _mapping(body: dict) -> list[tuple[str, dict]]:
    failure, filters = body.get("DestinationConfig"), body.get("FilterCriteria")
    arguments = {
        "function_name": body.get("FunctionName"),
        "event_source_arn": body.get("EventSourceArn"),
        "starting_position": body.get("StartingPosition"),
        "starting_position_timestamp": "2026-01-01T00:00:00Z"
        if "StartingPositionTimestamp" in body
        else None,
        "enabled": body.get("Enabled"),
        "batch_size": body.get("BatchSize"),
        "maximum_batching_window_in_seconds": body.get("MaximumBatchingWindowInSeconds"),
        "filter_criteria": {"filter": [{"pattern": one["Pattern"]} for one in filters["Filters"]]}
        if filters
        else None,
        "function_response_types": body.get("FunctionResponseTypes"),
        "bisect_batch_on_function_error": body.get("BisectBatchOnFunctionError"),
        "maximum_retry_attempts": body.get("MaximumRetryAttempts"),
        "maximum_record_age_in_seconds": body.get("MaximumRecordAgeInSeconds"),
        "parallelization_factor": body.get("ParallelizationFactor"),
        "tumbling_window_in_seconds": body.get("TumblingWindowInSeconds"),
        "destination_config": (
            {"on_failure": {"destination_arn": failure["OnFailure"]["Destination"]}} if failure else None
        ),
        "scaling_config": (
            {"maximum_concurrency": body["ScalingConfig"]["MaximumConcurrency"]}
            if "ScalingConfig" in body
            else None
        ),
    }
    return [("aws_lambda_event_source_mapping", known(arguments))]


def _target(body: dict) -> list[tuple[str, dict]]:
    properties = ["ServiceNamespace", "ResourceId", "ScalableDimension", "MinCapacity", "MaxCapacity"]
    return [("aws_appautoscaling_target", renamed(body, properties))]


def _policy(body: dict) -> list[tuple[str, dict]]:
    tracking = body["TargetTrackingScalingPolicyConfiguration"]
    metric = tracking["PredefinedMetricSpecification"]["PredefinedMetricType"]
    arguments = {
        "name": body["PolicyName"],
        "policy_type": body["PolicyType"],
        "service_namespace": body["ServiceNamespace"],
        "resource_id": body["ResourceId"],
        "scalable_dimension": body["ScalableDimension"],
        "target_tracking_scaling_policy_configuration": {
            "target_value": tracking["TargetValue"],
            "predefined_metric_specification": {"predefined_metric_type": metric},
        },
    }
    return [("aws_appautoscaling_policy", arguments)]


def _log_group(body: dict) -> list[tuple[str, dict]]:
    return [
        (
            "aws_cloudwatch_log_group",
            {"name": body["LogGroupName"], "retention_in_days": body["RetentionInDays"]},
        )
    ]


WRITERS = {
    "AWS::DynamoDB::Table": _table,
    "AWS::EC2::VPCEndpoint": _endpoint,
    "AWS::IAM::Role": _role,
    "AWS::Lambda::Function": _function,
    "AWS::Lambda::Permission": _permission,
    "AWS::Lambda::EventSourceMapping": _mapping,
    "AWS::ApplicationAutoScaling::ScalableTarget": _target,
    "AWS::ApplicationAutoScaling::ScalingPolicy": _policy,
    "AWS::Logs::LogGroup": _log_group,
}
