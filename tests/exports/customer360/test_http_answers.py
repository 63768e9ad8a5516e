"""One customer's report over HTTP: files, headers, methods, streams."""

import gzip
import json
import re
from datetime import datetime
from time import time

import pytest

from tests import make
from tests.exports.customer360.reported import mine, often, staff
from tests.exports.customer360.staff_asks import (
    deeds,
    get,
    refusal,
    told,
    url,
)
from tests.exports.views.asking import BOTH, body, signed_in

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)
__all__ = ["mine", "often", "staff"]

TYPES = {
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


@pytest.mark.parametrize("format_name", TYPES)
def test_headers_tell_what_the_file_is(staff, mine, format_name):
    began = int(time() * 1000)

    answer = get(staff, mine, format=format_name)

    name = re.fullmatch(
        rf'attachment; filename="customer-{str(mine.pk)[:8]}-(\d+)\.{format_name}"',
        answer["Content-Disposition"],
    )
    assert name
    assert began - 1 <= int(name[1]) <= time() * 1000
    headers = ("Content-Type", "Content-Length", "X-Export-Size", "X-Cache")
    assert [answer[header] for header in headers] == [
        *(TYPES[format_name], str(len(answer.body)), str(len(answer.body))),
        "MISS",
    ]
    kept = ("X-Content-Type-Options", "Cache-Control", "Pragma", "Expires")
    assert [answer[header] for header in kept] == [
        "nosniff",
        "private, no-cache, no-store, must-revalidate",
        *("no-cache", "0"),
    ]


def test_default_format_is_pdf(staff, mine):
    answer = staff.get(url(mine))

    assert body(answer)[:5] == b"%PDF-"
    assert answer["Content-Type"] == "application/pdf"


def test_limits_are_told_with_iso_8601(staff, mine, settings):
    settings.EXPORTS = settings.EXPORTS | {"RATE_LIMIT_MAX": 7}
    began = time()

    answer = get(staff, mine)

    assert (answer["X-RateLimit-Limit"], answer["X-RateLimit-Remaining"]) == ("7", "6")
    frees_at = datetime.fromisoformat(answer["X-RateLimit-Reset"])
    assert began + 59.9 < frees_at.timestamp() <= time() + 60.1


def test_json_says_around_the_data_who_exported_it_and_how(mine):
    user = make.staff("manager", mine.business)
    answer = get(signed_in(user), mine, includeNotes="false", orderLimit=5)

    found = json.loads(answer.body)
    assert list(found) == ["exportMetadata", "customerData"]
    metadata = found["exportMetadata"]
    moment = datetime.fromisoformat(metadata.pop("exportedAt"))
    assert abs(moment.timestamp() - time()) < 60
    assert metadata == {
        "exportedBy": {"id": str(user.pk), "name": user.username},
        "customerId": str(mine.pk),
        "format": "json",
        "options": {
            "format": "json",
            "includeOrders": True,
            "includeNotes": False,
            "includeTags": True,
            "includeAnalytics": False,
            "dateRange": "all",
            "orderLimit": 5,
            "compression": None,
        },
    }
    assert "notes" not in found["customerData"]
    assert [order["number"] for order in found["customerData"]["orders"]] == ["MINE"]


@pytest.mark.parametrize("format_name", ["csv", "json"])
def test_gzip_is_a_file_of_its_own(staff, mine, format_name):
    packed = get(staff, mine, format=format_name, compression="gzip")
    plain = get(staff, mine, format=format_name)

    assert "Content-Encoding" not in packed
    assert packed["Content-Type"] == "application/gzip"
    assert packed["Content-Disposition"].endswith(f'.{format_name}.gz"')
    assert packed["Content-Length"] == str(len(packed.body))
    unpacked = gzip.decompress(packed.body)
    if format_name == "json":
        unpacked, plain.body = (
            json.dumps(json.loads(each)["customerData"])
            for each in (unpacked, plain.body)
        )
    assert unpacked == plain.body


@pytest.mark.parametrize("format_name", TYPES)
def test_head_has_the_headers_of_get_and_no_body(staff, mine, format_name):
    whole = get(staff, mine, format=format_name)
    head = staff.head(url(mine, format=format_name))

    assert body(head) == b""
    own = {"X-Request-ID", "Content-Disposition", "X-Cache", "X-RateLimit-Remaining"}
    assert {name: text for name, text in head.items() if name not in own} == {
        name: text for name, text in whole.items() if name not in own
    }


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_other_methods_are_refused_in_the_same_shape(staff, mine, method):
    answer = getattr(staff, method)(url(mine))

    assert refusal(answer)[:2] == (405, "METHOD_NOT_ALLOWED")
    assert answer["Allow"] == "GET, HEAD"


def test_session_and_token_are_served_alike(staff, mine):
    with_session = get(signed_in(make.staff("manager", mine.business)), mine)
    with_token = get(staff, mine)

    assert told(with_session) == told(with_token)


def test_superuser_is_served_everywhere(mine):
    user = make.staff("viewer", mine.business, is_superuser=True)

    assert told(get(signed_in(user), mine))["profile"]["name"] == "Ada Lovelace"


def test_hit_miss_and_stream_are_recorded_with_who_and_what(staff, mine):
    get(staff, mine)
    get(staff, mine)

    assert deeds() == [("ok", "MISS"), ("ok", "HIT")]
