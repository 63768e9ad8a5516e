"""Secrets of a webhook that were used, for who looks for them afterwards."""

from collections.abc import Callable

import requests

from tests.exports.delivery.receiving import receiver
from tests.journeys.programs import eventually


def webhook_secrets(
    ask: Callable[..., requests.Response], business_id: str
) -> dict[str, str]:
    """Of one that was made, rotated and sent to, so that both have signed."""
    with receiver(200) as there:
        body = {"business_id": business_id, "url": there.url}
        made = ask("POST", "/v1/webhooks", json=body).json()
        address = f"/v1/webhooks/{made['webhook_id']}"
        rotated = ask("POST", f"{address}/rotate").json()
        ask("POST", f"{address}/test")
        eventually(lambda: there.received, seconds=60, what="the test")
    assert there.received[0].headers["webhook-signature"].count("v1,") == 2
    return {"the first secret": made["secret"], "the second one": rotated["secret"]}
