"""Repairs of IAM: trust policies, names that ignore case, boundaries that exist, UpdateRole.

Follows https://docs.aws.amazon.com/IAM/latest/APIReference/ (each repair names its page).
"""

from __future__ import annotations

from typing import Any

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from .policies import check_trust, statements_of
from .registry import Call, repairs
from .state import SETTINGS, Refusal


def backend() -> Any:
    """Returns moto's IAM, which has no regions."""
    return iam_backends[SETTINGS.account]["aws"]


def _keys() -> list[str]:
    """Lists the access keys of the users that were made."""
    return [key.access_key_id for user in backend().users.values() for key in user.access_keys]


def _check_boundary(arn: str | None) -> None:
    if arn is not None and arn not in backend().managed_policies:
        raise Refusal("NoSuchEntity", f"Scope ARN: {arn} does not exist or is not attachable.", 404)


@repairs("iam", "CreateRole")
def create_role(call: Call) -> dict[str, Any]:
    """Refuses a malformed trust policy, a missing boundary, a name that differs in case (API_CreateRole)."""
    name = call.params["RoleName"]
    check_trust(call.params["AssumeRolePolicyDocument"])
    _check_boundary(call.params.get("PermissionsBoundary"))
    if any(role.name.lower() == name.lower() for role in backend().get_roles()):
        raise Refusal("EntityAlreadyExists", f"Role with name {name} already exists.", 409)
    call.relay()


@repairs("iam", "UpdateAssumeRolePolicy")
def update_trust(call: Call) -> dict[str, Any]:
    """Refuses a malformed trust policy (API_UpdateAssumeRolePolicy)."""
    check_trust(call.params["PolicyDocument"])
    call.relay()


@repairs("iam", "PutRolePolicy", "CreatePolicy", "CreatePolicyVersion")
def put_policy(call: Call) -> dict[str, Any]:
    """Refuses a malformed policy with AWS's words (API_PutRolePolicy)."""
    for statement in statements_of(call.params["PolicyDocument"]):
        if "Principal" in statement:
            raise Refusal("MalformedPolicyDocument", "Policy document should not specify a principal.")
    call.relay()


@repairs("iam", "UpdateRole")
def update_role(call: Call) -> dict[str, Any]:
    """Leaves an omitted description; an omitted session length becomes an hour (API_UpdateRole)."""
    role = backend().get_role(call.params["RoleName"]) if _has_role(call) else None
    if role is None:
        call.relay()
    role.description = call.params.get("Description", role.description)
    role.max_session_duration = call.params.get("MaxSessionDuration", 3600)
    return {}


def _has_role(call: Call) -> bool:
    return any(role.name == call.params["RoleName"] for role in backend().get_roles())


@repairs("iam", "PutRolePermissionsBoundary")
def put_boundary(call: Call) -> dict[str, Any]:
    """Refuses a boundary that does not exist (API_PutRolePermissionsBoundary)."""
    _check_boundary(call.params["PermissionsBoundary"])
    call.relay()


@repairs("sts", "AssumeRole")
def assume_role(call: Call) -> dict[str, Any]:
    """Refuses a role of this account that is not there, and no other (STS, API_AssumeRole)."""
    arn = call.params["RoleArn"]
    ours = arn.split(":")[4:5] == [SETTINGS.account]
    if ours and all(role.arn != arn for role in backend().get_roles()):
        who = f"arn:aws:iam::{SETTINGS.account}:user/sandbox"
        message = f"User: {who} is not authorized to perform: sts:AssumeRole on resource: {arn}"
        raise Refusal("AccessDenied", message, 403)
    call.relay()


def _sessions() -> list[str]:
    """Lists the access keys of the sessions of the account's roles."""
    return [session.access_key_id for session in sts_backends[SETTINGS.account]["aws"].assumed_roles]


@repairs("sts", "GetCallerIdentity")
def caller_identity(call: Call) -> dict[str, Any]:
    """Names the session of an assumed role, else a user of the account (API_GetCallerIdentity)."""
    account = SETTINGS.account
    signed = call.request.headers.get("authorization", "")
    if any(key in signed for key in _sessions() + (_keys() if SETTINGS.authorize else [])):
        call.relay()
    return {
        "Account": account,
        "UserId": "AIDASANDBOXSANDBOX000",
        "Arn": f"arn:aws:iam::{account}:user/sandbox",
    }
