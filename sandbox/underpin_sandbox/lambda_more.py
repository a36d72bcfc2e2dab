"""What moto lacks of functions altogether: runtime management, recursion, provisioned concurrency.

Follows https://docs.aws.amazon.com/lambda/latest/api/ (each repair names its page).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from moto.awslambda.models import LambdaFunction

from .lambda_ import find
from .registry import Call, repairs
from .state import Refusal


def _kept(call: Call) -> tuple[LambdaFunction, dict[str, Any]]:
    function = find(call, call.params["FunctionName"])
    if not hasattr(function, "underpin_more"):
        function.underpin_more = {}
    return function, function.underpin_more


@repairs("lambda", "GetRuntimeManagementConfig")
def get_runtime(call: Call) -> dict[str, Any]:
    """Says when the runtime is updated (API_GetRuntimeManagementConfig)."""
    function, kept = _kept(call)
    return {"FunctionArn": function.function_arn, **kept.get("runtime", {"UpdateRuntimeOn": "Auto"})}


@repairs("lambda", "PutRuntimeManagementConfig")
def put_runtime(call: Call) -> dict[str, Any]:
    """Sets when the runtime is updated (API_PutRuntimeManagementConfig)."""
    _, kept = _kept(call)
    wanted = ("UpdateRuntimeOn", "RuntimeVersionArn")
    kept["runtime"] = {key: call.params[key] for key in wanted if key in call.params}
    return get_runtime(call)


@repairs("lambda", "GetFunctionRecursionConfig")
def get_recursion(call: Call) -> dict[str, Any]:
    """Says whether loops are ended (API_GetFunctionRecursionConfig)."""
    return {"RecursiveLoop": _kept(call)[1].get("recursion", "Terminate")}


@repairs("lambda", "PutFunctionRecursionConfig")
def put_recursion(call: Call) -> dict[str, Any]:
    """Sets whether loops are ended (API_PutFunctionRecursionConfig)."""
    _kept(call)[1]["recursion"] = call.params["RecursiveLoop"]
    return get_recursion(call)


@repairs("lambda", "ListProvisionedConcurrencyConfigs")
def list_provisioned(call: Call) -> dict[str, Any]:
    """Lists what is provisioned (API_ListProvisionedConcurrencyConfigs)."""
    return {"ProvisionedConcurrencyConfigs": list(_kept(call)[1].get("provisioned", {}).values())}


@repairs("lambda", "PutProvisionedConcurrencyConfig")
def put_provisioned(call: Call) -> dict[str, Any]:
    """Provisions concurrency, at once, for a version or an alias (API_PutProvisionedConcurrencyConfig)."""
    function, kept = _kept(call)
    qualifier, count = call.params["Qualifier"], call.params["ProvisionedConcurrentExecutions"]
    if qualifier == "$LATEST":
        raise Refusal(
            "InvalidParameterValueException",
            "Provisioned Concurrency Configs cannot be applied to unpublished function versions.",
        )
    figures = {
        "RequestedProvisionedConcurrentExecutions": count,
        "AvailableProvisionedConcurrentExecutions": count,
        "AllocatedProvisionedConcurrentExecutions": count,
        "Status": "READY",
    }
    arn = f"{function.function_arn}:{qualifier}"
    kept.setdefault("provisioned", {})[qualifier] = {"FunctionArn": arn, **figures}
    return figures


@repairs("lambda", "ListFunctionEventInvokeConfigs", "GetFunctionEventInvokeConfig")
def event_invoke_configs(call: Call) -> dict[str, Any]:
    """Tells the moment as a number (API_FunctionEventInvokeConfig)."""
    found = call.forward()
    for config in found.get("FunctionEventInvokeConfigs", [found]):
        moment = config.get("LastModified")
        if isinstance(moment, str):
            config["LastModified"] = datetime.fromisoformat(moment[:19] + "+00:00").timestamp()
    return found


@repairs("lambda", "ListFunctionUrlConfigs")
def list_urls(call: Call) -> dict[str, Any]:
    """Lists the URLs of a function; here only `$LATEST` can have one (API_ListFunctionUrlConfigs)."""
    url = find(call, call.params["FunctionName"]).url_config
    return {"FunctionUrlConfigs": [] if url is None else [_without_absent(url.to_dict())]}


def _without_absent(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
