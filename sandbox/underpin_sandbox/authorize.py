"""Authorises requests by the identity policies of whoever signed them, where `--authorize` asks for it.

moto's own enforcement (`INITIAL_NO_AUTH_ACTION_COUNT`) rejects the signatures of some services, judges some
on the resource `*` alone, and denies where a statement has a condition. Users, keys and policies are moto's;
what a request asks and what policies say to it is told here. Keys that no user has are the administrator's.
"""

from __future__ import annotations

import re
from typing import Any

from moto.iam.access_control import CreateAccessKeyFailure, IAMPolicy, create_access_key

from .demands import demands
from .identity_policies import judge
from .state import SETTINGS, Refusal
from .wire import Request

# Whoever is denied everything may still ask who he is.
_FREE = {("sts", "GetCallerIdentity")}
_CODES = {
    "ec2": ("UnauthorizedOperation", 403),
    "iam": ("AccessDenied", 403),
    "dynamodb": ("AccessDeniedException", 400),
}


def signer(request: Request) -> Any:
    """Finds the user or session that signed a request; nothing for the administrator."""
    key = re.search(r"Credential=([^/,\s]+)/", request.headers.get("authorization", ""))
    if key is None:
        return None
    token = request.headers.get("x-amz-security-token")
    headers = {"X-Amz-Security-Token": token} if token else {}
    try:
        return create_access_key(SETTINGS.account, "aws", key[1], headers)
    except CreateAccessKeyFailure:
        return None


def authorize(request: Request) -> None:
    """Refuses what its signer may not do, in AWS's words."""
    if not SETTINGS.authorize or request.model is None or (request.service, request.operation) in _FREE:
        return
    caller = signer(request)
    if caller is None:
        return
    policies = [IAMPolicy(policy)._policy_json for policy in caller.collect_policies()]
    for demand in demands(request):
        reason = judge(policies, demand)
        if reason is not None:
            code, status = _CODES.get(request.service, ("AccessDeniedException", 403))
            resource = f" on resource: {demand.resource}"
            raise Refusal(
                code,
                f"User: {caller.arn} is not authorized to perform: {demand.action}{resource} {reason}",
                status,
            )
