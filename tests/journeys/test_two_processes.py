"""Two web processes of one installation: what one changes, the other sees at once."""

from uuid import uuid4

import pytest

from tests.journeys.clients import Client
from tests.journeys.webs import another_web, keys_of

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def two(stack):
    """A caller of each process."""
    [key] = keys_of(stack, "business_123")
    with another_web(stack) as url:
        yield [Client(each, key, "business_123") for each in (stack.url, url)]


def test_change_of_a_template_is_seen_by_the_other_process_at_once(two):
    slug = f"t{uuid4().hex}"
    body = {"business_id": "business_123", "id": slug, "name": "0"}
    body |= {"type": "reports", "format": "csv"}
    address = f"/v1/export/templates/{slug}"
    two[0].call("POST", "/v1/export/templates", json=body)

    seen = []
    for number in range(1, 21):
        changing, other = two[number % 2], two[(number + 1) % 2]
        other.call("GET", address)  # it may have kept what was before
        changing.call("PATCH", address, json={"name": str(number)})
        seen.append(other.call("GET", address).json()["name"])
    two[0].call("DELETE", address)
    gone = two[1].call("GET", address)

    assert seen == [str(number) for number in range(1, 21)]
    assert (gone.status_code, gone.json()["error"]["code"]) == (
        404,
        "TEMPLATE_NOT_FOUND",
    )
