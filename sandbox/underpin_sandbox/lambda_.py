"""Repairs of Lambda functions: states, roles that can be assumed, and configuration that moto forgets.

Follows https://docs.aws.amazon.com/lambda/latest/api/ (each repair names its page). Functions are
never executed: there is no container.
"""

from __future__ import annotations

import io
import uuid
import zipfile
from base64 import b64decode
from dataclasses import dataclass, field
from typing import Any

from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda.models import LambdaFunction, lambda_backends
from moto.core.utils import iso_8601_datetime_with_nanoseconds
from moto.ec2.models import ec2_backends

from . import iam
from .policies import trusts
from .registry import Call, repairs
from .state import SETTINGS, Phase, Refusal

_NOT_ASSUMABLE = "The role defined for the function cannot be assumed by Lambda."
# What moto neither keeps nor describes.
_KEPT = ("DeadLetterConfig", "KMSKeyArn", "FileSystemConfigs", "LoggingConfig", "SnapStart")


def _invalid(message: str) -> Refusal:
    return Refusal("InvalidParameterValueException", message)


@dataclass
class Facts:
    """What is kept beside moto's function."""

    kept: dict[str, Any] = field(default_factory=dict)
    pending: Phase = field(default_factory=Phase)
    updating: Phase = field(default_factory=Phase)
    revision: str = field(default_factory=lambda: str(uuid.uuid4()))
    network: str = ""


def facts(function: LambdaFunction) -> Facts:
    """Returns what is kept beside a function."""
    if not hasattr(function, "underpin"):
        function.underpin = Facts()
    return function.underpin


def find(call: Call, name: str) -> LambdaFunction:
    """Finds a function by name, partial ARN or ARN."""
    backend = call.backend(lambda_backends)
    plain = name.rsplit(":function:", maxsplit=1)[-1] if ":function:" in name else name
    if plain.split(":")[0].isdigit() and ":" in plain:
        plain = plain.split(":", 1)[1]
    plain = plain.split(":")[0]
    try:
        return backend.get_function(plain)
    except UnknownFunctionException:
        arn = f"arn:aws:lambda:{call.region}:{SETTINGS.account}:function:{plain}"
        raise Refusal("ResourceNotFoundException", f"Function not found: {arn}", 404) from None


_moto_configuration = LambdaFunction.get_configuration
_moto_layers = LambdaFunction._get_layers_data


def configuration(self: LambdaFunction, on_create: bool = False) -> dict[str, Any]:
    """Describes a function as AWS does (API_FunctionConfiguration)."""
    described, known = _moto_configuration(self, on_create), facts(self)
    described["RevisionId"] = known.revision
    described["LoggingConfig"] = {
        "LogFormat": "Text",
        "LogGroup": f"/aws/lambda/{self.function_name}",
    }
    for key, value in known.kept.items():
        if key == "SnapStart":
            described[key] = {**value, "OptimizationStatus": "Off"}
        elif key == "LoggingConfig":
            described[key] |= value
        else:
            described[key] = value
    if known.pending.current():
        described |= {
            "State": "Pending",
            "StateReasonCode": "Creating",
            "StateReason": "The function is being created.",
        }
    described["LastUpdateStatus"] = "Successful"
    if known.pending.current() or known.updating.current():
        described["LastUpdateStatus"] = "InProgress"
        described["LastUpdateStatusReason"] = "The function is being created or updated."
        described["LastUpdateStatusReasonCode"] = "Creating"
    return {
        key: value for key, value in described.items() if value is not None and (key != "Layers" or value)
    }


def vpc_config(self: LambdaFunction) -> dict[str, Any] | None:
    """Names the network that the subnets are in; one that was left stays, empty (API_VpcConfigResponse)."""
    config = getattr(self, "_vpc_config", None)
    if config is None:
        return None
    subnets = config.get("SubnetIds", [])
    zones, known = ec2_backends[self.account_id][self.region].subnets.values(), facts(self)
    networks = [subnet.vpc_id for zone in zones for name, subnet in zone.items() if name in subnets]
    # A function keeps its network though a subnet is deleted.
    known.network = (networks or [known.network])[0]
    return {
        "SubnetIds": subnets,
        "SecurityGroupIds": config.get("SecurityGroupIds", []),
        "VpcId": known.network if subnets else "",
        "Ipv6AllowedForDualStack": config.get("Ipv6AllowedForDualStack", False),
    }


def layers_data(self: LambdaFunction, arns: list[str]) -> list[dict[str, Any]]:
    """Takes other accounts' layers on trust, since only the sandbox's own are here."""
    found = []
    for arn in arns:
        if arn.split(":")[4] == self.account_id:
            try:
                found += _moto_layers(self, [arn])
            except Exception:
                raise _invalid(f"Layer version {arn} does not exist.") from None
        else:
            found.append({"Arn": arn, "CodeSize": 0})
    return found


def invoke(self: LambdaFunction, body: Any, _request_headers: Any, headers: Any) -> str:
    """Answers without executing anything: the result is null."""
    del body
    headers["x-amz-executed-version"] = str(self.version)
    return "null"


LambdaFunction.get_configuration = configuration
LambdaFunction.vpc_config = property(vpc_config)
LambdaFunction._get_layers_data = layers_data
LambdaFunction.invoke = invoke


def _check_role(arn: str) -> None:
    role = next((r for r in iam.backend().get_roles() if r.arn == arn), None)
    if role is None or not trusts(role.assume_role_policy_document, "lambda.amazonaws.com"):
        raise _invalid(_NOT_ASSUMABLE)


def _check_network(call: Call, config: dict[str, Any] | None) -> None:
    if config is None:
        return
    backend = call.backend(ec2_backends)
    subnets, groups = config.get("SubnetIds", []), config.get("SecurityGroupIds", [])
    if bool(subnets) != bool(groups):
        raise _invalid("SubnetIds and SecurityIds must coexist or be both empty list.")
    known_subnets = {name for zone in backend.subnets.values() for name in zone}
    known_groups = {name for network in backend.groups.values() for name in network}
    for kind, ids, known in (("Subnet", subnets, known_subnets), ("SecurityGroup", groups, known_groups)):
        for identifier in ids:
            if identifier not in known:
                code = "InvalidSubnetID.NotFound" if kind == "Subnet" else "InvalidGroup.NotFound"
                noun = "subnet ID" if kind == "Subnet" else "security group"
                raise _invalid(
                    f"Error occurred while Describe{kind}s. EC2 Error Code: {code}. "
                    f"EC2 Error Message: The {noun} '{identifier}' does not exist"
                )
    networks = {backend.get_subnet(identifier).vpc_id for identifier in subnets}
    if len(networks) > 1:
        raise _invalid("Subnets are required to be in the same VPC.")
    of_groups = {network for network, groups_of in backend.groups.items() if set(groups) & set(groups_of)}
    if of_groups != networks:
        raise _invalid("Security Groups are required to be in the same VPC.")


def _check_zip(encoded: str | None) -> None:
    if encoded is not None and not zipfile.is_zipfile(io.BytesIO(b64decode(encoded))):
        raise _invalid("Could not unzip uploaded file. Please check your file, then try to upload again.")


def _refuse_busy(function: LambdaFunction) -> None:
    known = facts(function)
    if known.pending.current():
        raise Refusal(
            "ResourceConflictException",
            "The operation cannot be performed at this time. "
            "The function is currently in the following state: Pending",
            409,
        )
    if known.updating.current():
        raise Refusal(
            "ResourceConflictException",
            "The operation cannot be performed at this time. "
            f"An update is in progress for resource: {function.function_arn}",
            409,
        )


def _check_revision(function: LambdaFunction, revision: str | None) -> None:
    if revision is not None and revision != facts(function).revision:
        raise Refusal(
            "PreconditionFailedException",
            "The Revision Id provided does not match the latest Revision Id. Call the "
            "GetFunction/GetAlias API to retrieve the latest Revision Id",
            412,
        )


def _keep(function: LambdaFunction, params: dict[str, Any]) -> None:
    """Keeps what moto forgets; an empty value takes it away."""
    kept = facts(function).kept
    for key in _KEPT:
        if key not in params:
            continue
        value = params[key]
        if value and value != {"TargetArn": ""}:
            kept[key] = value
        else:
            kept.pop(key, None)


def _changed(function: LambdaFunction) -> None:
    known = facts(function)
    known.revision = str(uuid.uuid4())
    function.last_modified = iso_8601_datetime_with_nanoseconds()
    known.updating.start("InProgress")


@repairs("lambda", "CreateFunction")
def create_function(call: Call) -> dict[str, Any]:
    """Creates a function whose role, network and package are in order (API_CreateFunction)."""
    params = call.params
    name = params["FunctionName"].split(":")[-1]
    if any(f.function_name == name for f in call.backend(lambda_backends).list_functions()):
        raise Refusal("ResourceConflictException", f"Function already exist: {name}", 409)
    _check_role(params["Role"])
    _check_network(call, params.get("VpcConfig"))
    _check_zip(params["Code"].get("ZipFile"))
    call.forward()
    function = find(call, name)
    _keep(function, params)
    facts(function).pending.start("Pending")
    return function.get_configuration()


@repairs("lambda", "GetFunction")
def get_function(call: Call) -> dict[str, Any]:
    """Shows a reserved concurrency of nought, too (API_GetFunction)."""
    described = call.forward()
    reserved = find(call, call.params["FunctionName"]).reserved_concurrency
    if reserved is not None:
        described["Concurrency"] = {"ReservedConcurrentExecutions": reserved}
    return described


@repairs("lambda", "UpdateFunctionConfiguration")
def update_configuration(call: Call) -> dict[str, Any]:
    """Applies everything that it is given (API_UpdateFunctionConfiguration)."""
    params = call.params
    function = find(call, params["FunctionName"])
    _refuse_busy(function)
    _check_revision(function, params.get("RevisionId"))
    if "Role" in params:
        _check_role(params["Role"])
    _check_network(call, params.get("VpcConfig"))
    layers = function._get_layers_data(params["Layers"]) if "Layers" in params else function.layers
    handled = ("Environment", "Layers", "VpcConfig")
    function.update_configuration({key: value for key, value in params.items() if key not in handled})
    function.layers = layers
    if "VpcConfig" in params:
        function._vpc_config = params["VpcConfig"]
    if "Environment" in params:
        function.environment_vars = params["Environment"].get("Variables", {})
    if "EphemeralStorage" in params:
        function.ephemeral_storage = params["EphemeralStorage"]["Size"]
    if "TracingConfig" in params:
        function.tracing_config = params["TracingConfig"] or {"Mode": "PassThrough"}
    _keep(function, params)
    _changed(function)
    return function.get_configuration()


@repairs("lambda", "UpdateFunctionCode")
def update_code(call: Call) -> dict[str, Any]:
    """Replaces code and architecture (API_UpdateFunctionCode)."""
    params = call.params
    function = find(call, params["FunctionName"])
    _refuse_busy(function)
    _check_revision(function, params.get("RevisionId"))
    _check_zip(params.get("ZipFile"))
    if params.get("DryRun"):
        return function.get_configuration()
    code = {
        key: value for key, value in params.items() if key in ("ZipFile", "S3Bucket", "S3Key", "ImageUri")
    }
    function.update_function_code(code)
    function.architectures = params.get("Architectures", function.architectures)
    _changed(function)
    if params.get("Publish"):
        call.backend(lambda_backends).publish_version(function.function_name)
    return function.get_configuration()


@repairs("lambda", "DeleteFunction")
def delete_function(call: Call) -> dict[str, Any]:
    """Refuses while the function is being created (API_DeleteFunction)."""
    function = find(call, call.params["FunctionName"])
    if facts(function).pending.current():
        _refuse_busy(function)
    call.relay()


@repairs("lambda", "AddPermission")
def add_permission(call: Call) -> dict[str, Any]:
    """Refuses a statement id that is taken (API_AddPermission)."""
    function, statement = find(call, call.params["FunctionName"]), call.params["StatementId"]
    if any(s.get("Sid") == statement for s in function.policy.statements):
        raise Refusal(
            "ResourceConflictException",
            f"The statement id ({statement}) provided already exists. Please provide a new "
            "statement id, or remove the existing statement.",
            409,
        )
    call.relay()


@repairs("lambda", "RemovePermission")
def remove_permission(call: Call) -> dict[str, Any]:
    """Names the statement that is not there (API_RemovePermission)."""
    function, statement = find(call, call.params["FunctionName"]), call.params["StatementId"]
    if all(s.get("Sid") != statement for s in function.policy.statements):
        raise Refusal(
            "ResourceNotFoundException", f"Statement {statement} is not found in resource policy.", 404
        )
    call.relay()
