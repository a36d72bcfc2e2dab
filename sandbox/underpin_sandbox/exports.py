"""What an audit reads of copies of tables: exports of the whole account, and what AWS Backup protects."""

from __future__ import annotations

from typing import Any

from moto.dynamodb.models import dynamodb_backends

from .registry import Call, repairs


@repairs("dynamodb", "ListExports")
def list_exports(call: Call) -> dict[str, Any]:
    """Lists the exports of all tables where none is named, as of one (API_ListExports)."""
    table = call.params.get("TableArn")
    exports = call.backend(dynamodb_backends).table_exports.values()
    wanted = [export for export in exports if table in (None, export.table.table_arn)]
    return {
        "ExportSummaries": [
            {"ExportArn": one.arn, "ExportStatus": one.status, "ExportType": one.export_type}
            for one in wanted
        ]
    }


@repairs("backup", "ListProtectedResources")
def list_protected(call: Call) -> dict[str, Any]:
    """Lists what has been backed up: nothing ever is here (API_ListProtectedResources)."""
    del call
    return {"Results": []}
