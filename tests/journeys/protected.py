"""Files with a password: made in every way, refused in every way."""

import secrets
from typing import Any

from tests.exports.pipeline import unlocking
from tests.journeys.canaries import Canaries
from tests.journeys.clients import Client

WAYS = ("/v1/export", "/v1/export/jobs", "/v1/export/preview")


def passwords(ask: Any, client: Client, canaries: Canaries) -> None:
    """:param ask: ``ask(method, path, json=...)``, which keeps every error."""
    good = canaries.add("a file's password", f"fp-{secrets.token_urlsafe(24)}")
    spec = client.payload({"format": "csv", "columns": ["id"], "max_rows": 100})
    locked = spec | {"password": good}
    once = {"Idempotency-Key": secrets.token_hex(8)}
    for _ in range(2):
        made = ask("POST", WAYS[1], json=locked, headers=once).json()
    ended = client.ended(made["job_id"])
    assert ended["status"] == "completed", ended
    content = client.file(ended["result"]["export_id"]).content
    assert list(unlocking.members(content, good)) == ["verifications.csv"]
    for format_name in ("excel", "pdf", "json"):
        client.run({"format": format_name, "columns": ["id"], "password": good})
    inline = ask("POST", WAYS[0], json=locked | {"delivery": "inline"})
    assert unlocking.members(inline.content, good)
    for address in WAYS:
        ask("POST", address, json=locked, headers={"X-Debug": "true"})
        _refused(ask, address, spec, good)
    retry = f"{WAYS[1]}/{made['job_id']}/retry"
    for body in ({"password": good}, {}, {"password": [good]}, {"passwords": good}):
        ask("POST", retry, json=body)
    batch = {"business_id": client.business_id, "exports": [locked, spec]}
    ask("POST", "/v1/export/batches", json=batch)
    ask("POST", "/v1/export/batches", json=batch | {"password": good})
    template = {"name": "locked", "type": "verifications", "format": "csv"}
    template |= {"business_id": client.business_id, "password": good}
    ask("POST", "/v1/export/templates", json=template)


def _refused(ask: Any, address: str, spec: dict[str, Any], good: str) -> None:
    """Next to right, and right in the wrong place."""
    for wrong in (good * 4, f"{good}\t", f"{good}e\u0301", [good], {"a": good}):
        answer = ask("POST", address, json=spec | {"password": wrong})
        assert answer.status_code == 400
    for name in ("passwords", "Password", "compression", "delivery", "batch_size"):
        ask("POST", address, json=spec | {name: good})
