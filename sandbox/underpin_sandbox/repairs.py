"""Names the modules that repair moto; importing one registers its repairs."""

from __future__ import annotations

import importlib

MODULES = (
    "dynamodb",
    "dynamodb_update",
    "ec2",
    "exports",
    "iam",
    "lambda_",
    "lambda_more",
    "logs",
    "mappings",
    "organizations",
    "security_groups",
    "simulator",
    "tagging",
    "autoscaling",
)


def install() -> None:
    """Loads every repair."""
    for module in MODULES:
        importlib.import_module(f"underpin_sandbox.{module}")
