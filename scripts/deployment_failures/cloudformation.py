"""Writes a stack as a CloudFormation template, word by word: what is wrong in the one is wrong in the other."""

# A word of the language, and CloudFormation's for it. Others stay as they are.
ENUMS = {
    "on_demand": "PAY_PER_REQUEST",
    "provisioned": "PROVISIONED",
    "standard": "STANDARD",
    "standard_infrequent_access": "STANDARD_INFREQUENT_ACCESS",
    "all": "ALL",
    "keys_only": "KEYS_ONLY",
    "gateway": "Gateway",
    "interface": "Interface",
    "active": "Active",
    "pass_through": "PassThrough",
    "latest": "LATEST",
    "trim_horizon": "TRIM_HORIZON",
    "accessed_and_throttled_keys": "ACCESSED_AND_THROTTLED_KEYS",
    "throttled_keys": "THROTTLED_KEYS",
}


def word(value):  # noqa: ANN001, ANN201
    """CloudFormation's spelling of a word."""
    return ENUMS.get(value, value) if isinstance(value, str) else value


def known(pairs: dict) -> dict:
    """The properties that are given."""
    return {key: value for key, value in pairs.items() if value is not None}


def resources(stack: dict) -> list[tuple[str, dict]]:
    """The resources of a stack: types and properties."""
    found: list[tuple[str, dict]] = []
    for name, body in (stack.get("tables") or {}).items():
        found += _table(name, body)
    for name, body in (stack.get("vpc_endpoints") or {}).items():
        found.append(("AWS::EC2::VPCEndpoint", _endpoint(body, stack["region"])))
    for name, body in (stack.get("roles") or {}).items():
        found.append(("AWS::IAM::Role", _role(name, body)))
    for name, body in (stack.get("functions") or {}).items():
        found += _function(name, body)
    return found


def _keys(*keys) -> list[tuple[str, str, str]]:  # noqa: ANN002
    found = []
    for role, key in keys:
        for one in key if isinstance(key, list) else [key]:
            if one is not None:
                long = one if isinstance(one, dict) else {"name": one}
                found.append((long["name"], long.get("type", "S"), role))
    return found


def _schema(keys: list) -> list[dict]:
    return [{"AttributeName": name, "KeyType": role} for name, _, role in keys]


def _projection(given) -> dict:  # noqa: ANN001
    if isinstance(given, dict):
        return {"ProjectionType": "INCLUDE", "NonKeyAttributes": given.get("include")}
    return {"ProjectionType": {None: "ALL", "include": "INCLUDE"}.get(given, word(given))}


def _capacity(body: dict) -> tuple[dict | None, dict | None]:
    fixed = known(
        {"ReadCapacityUnits": body.get("read_capacity"), "WriteCapacityUnits": body.get("write_capacity")}
    )
    most = known(
        {
            "MaxReadRequestUnits": body.get("max_read_request_units"),
            "MaxWriteRequestUnits": body.get("max_write_request_units"),
        }
    )
    return fixed or None, most or None


def _table(name: str, body: dict) -> list[tuple[str, dict]]:
    own = _keys(("HASH", body.get("partition_key")), ("RANGE", body.get("sort_key")))
    keys, billing = list(own), body.get("billing") or {"mode": "on_demand"}
    table_capacity = _capacity(billing)
    globals_, locals_ = [], []
    for index, given in (body.get("global_secondary_indexes") or {}).items():
        of = _keys(("HASH", given.get("partition_key")), ("RANGE", given.get("sort_key")))
        keys += of
        fixed, most = _capacity(given)
        fixed = fixed or (table_capacity[0] if billing.get("mode") == "provisioned" else None)
        globals_.append(
            known(
                {
                    "IndexName": index,
                    "KeySchema": _schema(of),
                    "Projection": _projection(given.get("projection")),
                    "ProvisionedThroughput": fixed,
                    "OnDemandThroughput": most,
                }
            )
        )
    for index, given in (body.get("local_secondary_indexes") or {}).items():
        of = _keys(
            ("HASH", given.get("partition_key", body.get("partition_key"))), ("RANGE", given.get("sort_key"))
        )
        keys += of
        locals_.append(
            {"IndexName": index, "KeySchema": _schema(of), "Projection": _projection(given.get("projection"))}
        )
    definitions = list(dict.fromkeys((attribute, kind) for attribute, kind, _ in keys))
    insights, recovery, expiry = (
        body.get("contributor_insights"),
        body.get("point_in_time_recovery"),
        body.get("time_to_live"),
    )
    encryption = body.get("encryption")
    properties = {
        "TableName": name,
        "AttributeDefinitions": [
            {"AttributeName": attribute, "AttributeType": kind} for attribute, kind in definitions
        ],
        "KeySchema": _schema(own),
        "BillingMode": word(billing.get("mode")),
        "ProvisionedThroughput": table_capacity[0],
        "OnDemandThroughput": table_capacity[1],
        "GlobalSecondaryIndexes": globals_ or None,
        "LocalSecondaryIndexes": locals_ or None,
        "TableClass": word(body.get("table_class")),
        "ResourcePolicy": {"PolicyDocument": body["resource_policy"]} if "resource_policy" in body else None,
        "ContributorInsightsSpecification": (
            {"Enabled": True, "Mode": word(insights.get("mode"))} if isinstance(insights, dict) else None
        ),
        "PointInTimeRecoverySpecification": (
            {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": recovery.get("period_days")}
            if isinstance(recovery, dict)
            else None
        ),
        "TimeToLiveSpecification": (
            None
            if expiry is None
            else {"Enabled": True}
            if isinstance(expiry, dict)
            else {"Enabled": True, "AttributeName": expiry}
        ),
        "SSESpecification": _encryption(encryption),
        "StreamSpecification": {"StreamViewType": str(body["stream"]).upper()} if "stream" in body else None,
    }
    found = [("AWS::DynamoDB::Table", known(properties))]
    for dimension, scaling in (body.get("auto_scaling") or {}).items():
        of = f"dynamodb:table:{dimension.capitalize()}CapacityUnits"
        target = {"ServiceNamespace": "dynamodb", "ResourceId": f"table/{name}", "ScalableDimension": of}
        found.append(
            (
                "AWS::ApplicationAutoScaling::ScalableTarget",
                target | {"MinCapacity": scaling.get("min"), "MaxCapacity": scaling.get("max")},
            )
        )
        metric = {"PredefinedMetricType": f"DynamoDB{dimension.capitalize()}CapacityUtilization"}
        found.append(
            (
                "AWS::ApplicationAutoScaling::ScalingPolicy",
                target
                | {
                    "PolicyName": "scaling",
                    "PolicyType": "TargetTrackingScaling",
                    "TargetTrackingScalingPolicyConfiguration": {
                        "TargetValue": scaling.get("target", 70),
                        "PredefinedMetricSpecification": metric,
                    },
                },
            )
        )
    return found


def _encryption(given) -> dict | None:  # noqa: ANN001
    if given is None or given == "aws_owned":
        return None
    if isinstance(given, dict):
        return {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": given.get("kms_key")}
    return {"SSEEnabled": True, "SSEType": "KMS" if given == "aws_managed" else given}


def service_name(service: str, region: str) -> str:
    """The full name of an endpoint's service."""
    return service if service.startswith(("com.", "cn.", "aws.")) else f"com.amazonaws.{region}.{service}"


def _endpoint(body: dict, region: str) -> dict:
    kind = body.get("type") or ("gateway" if body.get("service") in ("dynamodb", "s3") else "interface")
    ids = {key: value for key, value in body.items() if isinstance(value, list)}
    tables = (
        ["rtb-0a1b2c3d4e5f60718"] if body.get("route_tables") in ("all", "main") else ids.get("route_tables")
    )
    return known(
        {
            "ServiceName": service_name(body["service"], region),
            "VpcEndpointType": word(kind),
            "VpcId": "vpc-0a1b2c3d4e5f60718",
            "RouteTableIds": tables,
            "SubnetIds": ids.get("subnets"),
            "SecurityGroupIds": ids.get("security_groups"),
            "PrivateDnsEnabled": body.get("private_dns"),
            "PolicyDocument": body.get("policy"),
        }
    )


def trust(body: dict) -> dict | None:
    """The trust policy of a role."""
    services = body.get("assumed_by")
    statement = {"Effect": "Allow", "Principal": {"Service": services}, "Action": "sts:AssumeRole"}
    return body.get("assume_role_policy") or {"Version": "2012-10-17", "Statement": [statement]}


def policy_arn(name: str) -> str:
    """The ARN of a managed policy that may be given by name."""
    return name if name.startswith("arn:") else f"arn:aws:iam::aws:policy/{name}"


def _role(name: str, body: dict) -> dict:
    inline = [
        {"PolicyName": key, "PolicyDocument": one} for key, one in (body.get("inline_policies") or {}).items()
    ]
    return known(
        {
            "RoleName": name,
            "AssumeRolePolicyDocument": trust(body),
            "ManagedPolicyArns": [policy_arn(one) for one in body.get("managed_policies") or []] or None,
            "Policies": inline or None,
            "PermissionsBoundary": policy_arn(body["permissions_boundary"])
            if body.get("permissions_boundary")
            else None,
            "Path": body.get("path"),
            "Description": body.get("description"),
            "MaxSessionDuration": body.get("max_session_duration"),
        }
    )


def _function(name: str, body: dict) -> list[tuple[str, dict]]:
    vpc = body.get("vpc")
    properties = {
        "FunctionName": name,
        "Runtime": body.get("runtime"),
        "Handler": body.get("handler"),
        "Code": {"S3Bucket": "bucket", "S3Key": "code.zip"},
        "Role": body.get("role"),
        "Architectures": [body["architecture"]] if "architecture" in body else None,
        "MemorySize": body.get("memory"),
        "Timeout": body.get("timeout"),
        "EphemeralStorage": {"Size": body["ephemeral_storage"]} if "ephemeral_storage" in body else None,
        "Environment": {"Variables": body["environment"]} if "environment" in body else None,
        "VpcConfig": {"SubnetIds": vpc.get("subnets"), "SecurityGroupIds": vpc.get("security_groups")}
        if vpc
        else None,
        "DeadLetterConfig": {"TargetArn": body["dead_letter"]} if "dead_letter" in body else None,
        "TracingConfig": {"Mode": word(body["tracing"])} if "tracing" in body else None,
        "Layers": body.get("layers"),
        "KmsKeyArn": body.get("kms_key"),
        "ReservedConcurrentExecutions": body.get("reserved_concurrency"),
        "Description": body.get("description"),
    }
    found = [("AWS::Lambda::Function", known(properties))]
    for given in (body.get("permissions") or {}).values():
        permission = {
            "FunctionName": name,
            "Action": given.get("action", "lambda:InvokeFunction"),
            "Principal": given.get("principal"),
            "SourceArn": given.get("source_arn"),
            "SourceAccount": given.get("source_account"),
        }
        found.append(("AWS::Lambda::Permission", known(permission)))
    if "log_retention" in body:
        found.append(
            (
                "AWS::Logs::LogGroup",
                {"LogGroupName": f"/aws/lambda/{name}", "RetentionInDays": body["log_retention"]},
            )
        )
    for given in (body.get("triggers") or {}).values():
        found.append(("AWS::Lambda::EventSourceMapping", _trigger(name, given)))
    return found


def _trigger(function: str, body: dict) -> dict:
    position = body.get("starting_position", None if body.get("queue") else "latest")
    at = position.get("at_timestamp") if isinstance(position, dict) else None
    return known(
        {
            "FunctionName": function,
            "EventSourceArn": body.get("stream") or body.get("queue"),
            "StartingPosition": "AT_TIMESTAMP" if at is not None else word(position),
            "StartingPositionTimestamp": 1767225600 if at is not None else None,
            "Enabled": body.get("enabled"),
            "BatchSize": body.get("batch_size"),
            "MaximumBatchingWindowInSeconds": body.get("maximum_batching_window"),
            "FilterCriteria": {"Filters": [{"Pattern": pattern(one)} for one in body["filters"]]}
            if "filters" in body
            else None,
            "FunctionResponseTypes": ["ReportBatchItemFailures"]
            if body.get("report_batch_item_failures")
            else None,
            "BisectBatchOnFunctionError": body.get("bisect_on_error"),
            "MaximumRetryAttempts": body.get("maximum_retry_attempts"),
            "MaximumRecordAgeInSeconds": body.get("maximum_record_age"),
            "ParallelizationFactor": body.get("parallelization_factor"),
            "TumblingWindowInSeconds": body.get("tumbling_window"),
            "DestinationConfig": {"OnFailure": {"Destination": body["on_failure"]}}
            if "on_failure" in body
            else None,
            "ScalingConfig": {"MaximumConcurrency": body["maximum_concurrency"]}
            if "maximum_concurrency" in body
            else None,
        }
    )


def pattern(given) -> str:  # noqa: ANN001
    """The text of an event pattern."""
    import json

    return given if isinstance(given, str) else json.dumps(given)
