"""What a query may hold: each parameter, its values, and all that is wrong at once."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict

from customers.view360.days import Days
from exports.customer360.options import DAYS, DEFAULTS, since
from exports.customer360.parameters import read
from exports.errors import Invalid

ID = "01890a5d-ac96-774b-bcce-b302099a8057"


def options(query: str):
    return read(ID, QueryDict(query).lists()).options


def refused(query: str, customer_id: str = ID) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as caught:
        read(customer_id, QueryDict(query).lists())
    return [(each["field"], each["message"]) for each in caught.value.details]


def test_nothing_given_is_the_defaults():
    assert (
        options("").values
        == DEFAULTS
        == {
            "format": "pdf",
            "includeOrders": True,
            "includeNotes": True,
            "includeTags": True,
            "includeAnalytics": False,
            "dateRange": "all",
            "orderLimit": 100,
            "compression": None,
        }
    )


def test_everything_given_has_its_type():
    query = (
        "format=csv&includeOrders=true&includeNotes=false&includeTags=false"
        "&includeAnalytics=true&dateRange=90d&orderLimit=1000&compression=gzip"
    )

    assert options(query).values == {
        "format": "csv",
        "includeOrders": True,
        "includeNotes": False,
        "includeTags": False,
        "includeAnalytics": True,
        "dateRange": "90d",
        "orderLimit": 1000,
        "compression": "gzip",
    }


@pytest.mark.parametrize("format_name", ["csv", "json"])
def test_streaming_formats_take_all_orders_and_compression(format_name):
    found = options(f"format={format_name}&orderLimit=all&compression=gzip")

    assert (found.values["orderLimit"], found.extension, found.media_type) == (
        *("all", f"{format_name}.gz"),
        "application/gzip",
    )


@pytest.mark.parametrize(
    ("query", "field"),
    [
        *(("format=xls", "format"), ("format=", "format"), ("format=CSV", "format")),
        *((f"include{name}=yes", f"include{name}") for name in ("Orders", "Notes")),
        *((f"include{name}=1", f"include{name}") for name in ("Tags", "Analytics")),
        *((f"dateRange={text}", "dateRange") for text in ("30", "2y", "", "ALL")),
        *((f"orderLimit={text}", "orderLimit") for text in ("0", "1001", "-1", "5.0")),
        *((f"orderLimit={text}", "orderLimit") for text in ("", "ten", "٣", "1" * 40)),
        *((f"format=csv&orderLimit={text}", "orderLimit") for text in ("All", "%00")),
        *(("compression=zip", "compression"), ("compression=", "compression")),
        *(
            (f"format={name}&compression=gzip", "compression")
            for name in ("pdf", "xlsx")
        ),
        *((f"format={name}&orderLimit=all", "orderLimit") for name in ("pdf", "xlsx")),
        ("format=csv&format=csv", "format"),
        ("orderLimit=5&orderLimit=6", "orderLimit"),
        *(("orders=true", "orders"), ("Format=csv", "Format"), ("%00=1", "query")),
    ],
)
def test_what_is_out_of_range_unknown_or_doubled_is_refused(query, field):
    assert [name for name, _ in refused(query)] == [field]


@pytest.mark.parametrize(
    "text",
    [
        *("", "abc", ID[:-1], ID + "0", f"{{{ID}}}", f"urn:uuid:{ID}"),
        *(ID.replace("-", ""), f" {ID}", ID.replace("0", "٠")),
    ],
)
def test_id_is_a_uuid_in_its_usual_form(text):
    assert refused("", text) == [("customerId", "customerId must be a UUID")]


def test_id_may_be_written_in_capitals():
    assert str(read(ID.upper(), []).customer_id) == ID


def test_all_that_is_wrong_is_named_at_once():
    found = refused("format=doc&dateRange=5y&orderLimit=0&colour=red", "x")

    assert sorted(name for name, _ in found) == [
        *("colour", "customerId", "dateRange", "format", "orderLimit")
    ]


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "America/New_York"])
@pytest.mark.parametrize(("name", "days"), [("30d", 30), ("90d", 90), ("1y", 365)])
def test_range_begins_at_a_midnight_of_the_business_all_day_long(zone, name, days):
    place = ZoneInfo(zone)
    moments = [datetime(2025, 3, 30, hour, 59, tzinfo=place) for hour in (0, 12, 23)]

    begins = {since(name, Days.at(each, zone=zone)) for each in moments}

    [begin] = begins
    local = begin.astimezone(place)
    assert (local.hour, local.minute, begin.tzinfo) == (0, 0, UTC)
    assert (moments[0].date() - local.date()).days == days == DAYS[name]


def test_whole_range_has_no_beginning():
    assert since("all", Days.at(datetime(2025, 1, 1, tzinfo=UTC), zone="UTC")) is None
