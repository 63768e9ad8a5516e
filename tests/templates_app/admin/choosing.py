"""Rows chosen in a list of the admin, and what New export makes of them."""

import json
import re
from typing import Any

from django.contrib.messages import get_messages
from django.test import Client

from exports.pipeline.datasets import DATASETS
from tests.customers.admin.asking import page
from tests.exports.views.asking import body


def chosen(
    of: Client,
    model: Any,
    *rows: Any,
    headers: dict[str, str] | None = None,
    **query: Any,
) -> Any:
    """The action on these rows; without any, on all that match."""
    sent = {
        "action": "export_rows",
        "index": "0",
        "select_across": "0" if rows else "1",
        "_selected_action": [str(row.pk) for row in rows] or ["x"],
    }
    address = page(model, "changelist")
    return of.post(address, sent, query_params=query, headers=headers)


def begun(answer: Any) -> dict[str, Any]:
    """What New export opens with."""
    assert answer.status_code == 200, answer
    text = re.search(
        r'<script id="kyb-facts" type="application/json">(.*?)</script>',
        answer.content.decode(),
    )
    assert text, told(answer)
    return dict(json.loads(text[1])["begin"])


def told(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def exported(of: Client, begin: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of the file, each with its key beside the columns that were carried."""
    key = DATASETS[begin["export_type"]].key_column.name
    columns = list(dict.fromkeys([key, *begin["columns"]]))
    spec = begin | {"format": "ndjson", "columns": columns}
    answer = of.post("/v1/export", json.dumps(spec), content_type="application/json")
    assert answer.status_code == 200, answer.content
    export_id = answer.json()["export_id"]
    lines = body(of.get(f"/v1/export/files/{export_id}")).splitlines()
    return [{"key": json.loads(each)[key], **json.loads(each)} for each in lines]
