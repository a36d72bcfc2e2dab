"""Repairs of Organizations: accounts can be invited, and delegated administrators may read.

Follows https://docs.aws.amazon.com/organizations/latest/APIReference/ (each repair names its page).
"""

from __future__ import annotations

import os
import re
from typing import Any

from moto.iam.models import get_account_id_from
from moto.organizations.models import FakeAccount, organizations_backends
from moto.organizations.utils import DEFAULT_RCP_POLICY_ID, DEFAULT_SCP_POLICY_ID

from .registry import RESETS, Call, repairs
from .state import SETTINGS, Refusal

# moto remembers members over its own reset.
RESETS.append(organizations_backends.master_accounts.clear)


def _caller(call: Call) -> str:
    """Tells the account of the access key."""
    key = re.search(r"Credential=([^/,\s]+)/", call.request.headers.get("authorization", ""))
    return get_account_id_from(key[1]) if key else SETTINGS.account


@repairs(
    "organizations",
    "AttachPolicy",
    "CreateOrganization",
    "CreateOrganizationalUnit",
    "CreatePolicy",
    "DetachPolicy",
    "ListRoots",
    "MoveAccount",
    "RegisterDelegatedAdministrator",
)
def as_caller(call: Call) -> dict[str, Any]:
    """Lets another account than the sandbox's manage an organization: its access key tells which."""
    previous = os.environ.get("MOTO_ACCOUNT_ID")
    os.environ["MOTO_ACCOUNT_ID"] = _caller(call)
    try:
        call.relay()
    finally:
        if previous is None:
            del os.environ["MOTO_ACCOUNT_ID"]
        else:
            os.environ["MOTO_ACCOUNT_ID"] = previous


@repairs("organizations", "InviteAccountToOrganization")
def invite(call: Call) -> dict[str, Any]:
    """Makes an account a member at once; nobody has to accept (API_InviteAccountToOrganization)."""
    manager, target = _caller(call), call.params["Target"]["Id"]
    backend = organizations_backends[manager]["aws"]
    if backend.org is None:
        raise Refusal("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")
    if target in organizations_backends.master_accounts:
        raise Refusal("HandshakeConstraintViolationException", "The account is already in an organization.")
    account = FakeAccount(backend.org, AccountName=target, Email=f"{target}@example.com")
    account.id, account.joined_method = target, "INVITED"
    backend.accounts.append(account)
    for policy in (DEFAULT_SCP_POLICY_ID, DEFAULT_RCP_POLICY_ID):
        backend.attach_policy(PolicyId=policy, TargetId=target)
    organizations_backends.master_accounts[target] = (manager, "aws")
    return {"Handshake": {"Id": "h-examplehandshake", "State": "ACCEPTED", "Action": "INVITE"}}


@repairs("organizations", "ListParents", "ListPoliciesForTarget", "DescribePolicy")
def read(call: Call) -> dict[str, Any]:
    """Lets a member read only as a delegated administrator (API_ListParents, and the others' pages)."""
    account = _caller(call)
    member = organizations_backends.master_accounts.get(account)
    if member is None:
        call.relay()
    manager, partition = member
    backend = organizations_backends[manager][partition]
    if not any(admin.account.id == account for admin in backend.admins):
        raise Refusal("AccessDeniedException", "You don't have permissions to access this resource.")
    if call.operation == "ListParents":
        return dict(backend.list_parents(ChildId=call.params["ChildId"]))
    if call.operation == "DescribePolicy":
        return dict(backend.describe_policy(PolicyId=call.params["PolicyId"]))
    listed, _ = backend.list_policies_for_target(
        target_id=call.params["TargetId"], policy_type=call.params["Filter"]
    )
    return {"Policies": listed}
