"""Repairs of VPC endpoints: idempotent creation, routes, policies that reset, deletions that tell.

Follows https://docs.aws.amazon.com/AWSEC2/latest/APIReference/ (each repair names its page).
"""

from __future__ import annotations

import json
from typing import Any

from moto.ec2.models import ec2_backends
from moto.ec2.models.vpcs import VPCEndPoint

from .registry import Call, repairs
from .state import SETTINGS, Phase, Refusal

# The default: full access to the service, for anyone in the VPC.
DEFAULT_POLICY = json.dumps(VPCEndPoint.DEFAULT_POLICY)

_SINGLE_GATEWAYS = ("dynamodb", "s3")


def settle(call: Call) -> Any:
    """Removes the endpoints whose deletion is over, and returns moto's EC2."""
    backend = call.backend(ec2_backends)
    for name, endpoint in list(backend.vpc_end_points.items()):
        phase: Phase = getattr(endpoint, "underpin_phase", Phase())
        if phase.ended("deleting"):
            del backend.vpc_end_points[name]
        else:
            endpoint.state = phase.current() or "available"
    return backend


def _is_gateway(endpoint: Any) -> bool:
    return endpoint.vpc_endpoint_type == "Gateway"


def _check_policy(document: str | None) -> None:
    if document is None:
        return
    try:
        policy = json.loads(document)
    except ValueError:
        policy = None
    if not isinstance(policy, dict) or "Statement" not in policy:
        raise Refusal(
            "InvalidPolicyDocument", "Invalid policy document: The policy is not in the valid JSON format."
        )


def _check_route_tables(backend: Any, vpc: str, prefix_list: str | None, tables: list[str]) -> None:
    """Refuses tables of another network, and those that have the route already."""
    for table_id in tables:
        table = backend.route_tables.get(table_id)
        if table is None:
            raise Refusal("InvalidRouteTableId.NotFound", f"The routeTable ID '{table_id}' does not exist")
        if table.vpc_id != vpc:
            raise Refusal(
                "InvalidParameter", f"Route table {table_id} and network {vpc} belong to different networks"
            )
        if any(route.destination_prefix_list_id == prefix_list for route in table.routes):
            raise Refusal(
                "RouteAlreadyExists",
                f"route table {table_id} already has a route with destination-prefix-list-id {prefix_list}",
            )


def _prefix_list(backend: Any, service: str) -> str | None:
    return next((p.id for p in backend.managed_prefix_lists.values() if p.prefix_list_name == service), None)


@repairs("ec2", "CreateVpcEndpoint")
def create_endpoint(call: Call) -> dict[str, Any]:
    """Creates an endpoint once per token, and no second route (API_CreateVpcEndpoint)."""
    backend, params = settle(call), dict(call.params)
    if params.pop("DryRun", False):
        raise Refusal("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412)
    token = params.pop("ClientToken", None)
    tokens = backend.__dict__.setdefault("underpin_tokens", {})
    if token in tokens:
        identifier, before = tokens[token]
        if before != params:
            raise Refusal(
                "IdempotentParameterMismatch",
                "The request uses the same client token as a previous, but non-identical request.",
            )
        if identifier in backend.vpc_end_points:
            return {"VpcEndpoint": backend.vpc_end_points[identifier], "ClientToken": token}
    gateway = params.get("VpcEndpointType", "Gateway") == "Gateway"
    service = params["ServiceName"]
    if not service.startswith("com.amazonaws.") or (
        gateway and service.split(".")[-1] not in _SINGLE_GATEWAYS
    ):
        raise Refusal("InvalidServiceName", f"The Vpc Endpoint Service '{service}' does not exist")
    if service.split(".")[2] != call.region and service.startswith("com.amazonaws."):
        raise Refusal("InvalidServiceName", f"The Vpc Endpoint Service '{service}' does not exist")
    _check_policy(params.get("PolicyDocument"))
    if gateway:
        if params.get("SubnetIds") or params.get("SecurityGroupIds"):
            raise Refusal(
                "InvalidParameter", "Gateway endpoints take route tables, not subnets or security groups"
            )
        if params["VpcId"] in backend.vpcs:
            prefix_list = _prefix_list(backend, service)
            _check_route_tables(backend, params["VpcId"], prefix_list, params.get("RouteTableIds", []))
    elif params.get("RouteTableIds"):
        raise Refusal("InvalidParameter", "Interface endpoints take subnets, not route tables")
    made = call.forward()["VpcEndpoint"]
    endpoint = backend.vpc_end_points[made["VpcEndpointId"]]
    endpoint.vpc_endpoint_type = params.get("VpcEndpointType", "Gateway")
    endpoint.private_dns_enabled = not gateway and params.get("PrivateDnsEnabled", True)
    endpoint.ip_address_type = params.get("IpAddressType", "ipv4")
    endpoint.requester_managed = False
    if not gateway and not endpoint.security_group_ids:
        default = backend.get_security_group_from_name("default", endpoint.vpc_id)
        endpoint.security_group_ids = [default.id] if default else []
    endpoint.underpin_phase = Phase()
    endpoint.underpin_phase.start("pending")
    settle(call)
    if token is not None:
        tokens[token] = (endpoint.id, params)
    return {"VpcEndpoint": endpoint} | ({"ClientToken": token} if token else {})


@repairs("ec2", "DescribeVpcEndpoints")
def describe_endpoints(call: Call) -> dict[str, Any]:
    """Describes the endpoints that are not deleted (API_DescribeVpcEndpoints)."""
    settle(call)
    call.relay()


@repairs("ec2", "ModifyVpcEndpoint")
def modify_endpoint(call: Call) -> dict[str, Any]:
    """Changes policy, route tables, subnets, groups and private DNS (API_ModifyVpcEndpoint)."""
    backend, params = settle(call), call.params
    endpoint = backend.vpc_end_points.get(params["VpcEndpointId"])
    if endpoint is None or endpoint.state == "deleting":
        raise Refusal(
            "InvalidVpcEndpointId.NotFound", f"The Vpc Endpoint Id '{params['VpcEndpointId']}' does not exist"
        )
    reset = params.get("ResetPolicy", False)
    _check_policy(params.get("PolicyDocument"))
    if reset and "PolicyDocument" in params:
        raise Refusal("InvalidParameterCombination", "ResetPolicy and PolicyDocument exclude each other")
    if _is_gateway(endpoint):
        _modify_gateway(backend, endpoint, params)
    else:
        _modify_interface(backend, endpoint, params)
    if reset:
        endpoint.policy_document = DEFAULT_POLICY
    if "PolicyDocument" in params:
        endpoint.policy_document = params["PolicyDocument"]
    return {"Return": True}


def _modify_gateway(backend: Any, endpoint: Any, params: dict[str, Any]) -> None:
    keys = ("AddSubnetIds", "RemoveSubnetIds", "AddSecurityGroupIds", "RemoveSecurityGroupIds")
    if any(params.get(key) for key in keys) or params.get("PrivateDnsEnabled"):
        raise Refusal(
            "InvalidParameter", "Gateway endpoints have neither subnets, security groups nor private DNS"
        )
    prefix_list = endpoint.destination_prefix_list_id
    added, removed = params.get("AddRouteTableIds", []), params.get("RemoveRouteTableIds", [])
    _check_route_tables(backend, endpoint.vpc_id, prefix_list, added)
    for table_id in removed:
        if table_id in endpoint.route_table_ids:
            backend.delete_route(table_id, prefix_list)
            endpoint.route_table_ids.remove(table_id)
    for table_id in added:
        backend.create_route(table_id, None, gateway_id=endpoint.id, destination_prefix_list_id=prefix_list)
        endpoint.route_table_ids.append(table_id)


def _modify_interface(backend: Any, endpoint: Any, params: dict[str, Any]) -> None:
    if params.get("AddRouteTableIds") or params.get("RemoveRouteTableIds"):
        raise Refusal("InvalidParameter", "Interface endpoints have no route tables")
    if params.get("ResetPolicy"):
        raise Refusal("InvalidParameter", "ResetPolicy is for gateway endpoints")
    for subnet in params.get("AddSubnetIds", []):
        backend.get_subnet(subnet)
        if subnet not in endpoint.subnet_ids:
            endpoint.subnet_ids.append(subnet)
            endpoint.network_interface_ids.append(backend.create_network_interface(subnet, None).id)
    for subnet in params.get("RemoveSubnetIds", []):
        if subnet in endpoint.subnet_ids:
            position = endpoint.subnet_ids.index(subnet)
            endpoint.subnet_ids.pop(position)
            backend.enis.pop(endpoint.network_interface_ids.pop(position), None)
    groups = [g for g in endpoint.security_group_ids if g not in params.get("RemoveSecurityGroupIds", [])]
    endpoint.security_group_ids = list(dict.fromkeys(groups + params.get("AddSecurityGroupIds", [])))
    if "PrivateDnsEnabled" in params:
        endpoint.private_dns_enabled = params["PrivateDnsEnabled"]


@repairs("ec2", "DeleteVpcEndpoints")
def delete_endpoints(call: Call) -> dict[str, Any]:
    """Deletes endpoints, and lists those that it could not (API_DeleteVpcEndpoints)."""
    backend, unsuccessful = settle(call), []
    for identifier in call.params["VpcEndpointIds"]:
        endpoint = backend.vpc_end_points.get(identifier)
        if endpoint is None:
            error = {
                "Code": "InvalidVpcEndpoint.NotFound",
                "Message": f"The VPC endpoint ID '{identifier}' does not exist",
            }
            unsuccessful.append({"ResourceId": identifier, "Error": error})
            continue
        if endpoint.state == "deleting":
            continue
        if _is_gateway(endpoint):
            for table_id in endpoint.route_table_ids:
                if table_id in backend.route_tables:
                    backend.delete_route(table_id, endpoint.destination_prefix_list_id)
            endpoint.route_table_ids = []
        for interface in endpoint.network_interface_ids:
            backend.enis.pop(interface, None)
        endpoint.underpin_phase = Phase()
        endpoint.underpin_phase.start("deleting")
    if not SETTINGS.slow:
        settle(call)
    return {"Unsuccessful": unsuccessful}
