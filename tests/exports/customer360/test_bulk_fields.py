from datetime import UTC, datetime
from uuid import UUID

import pytest

from exports.customer360.bulk_fields import FILTERS, OWN, read
from exports.customer360.bulk_serializers import BODY, FILTER
from exports.customer360.options import DEFAULTS
from exports.errors import Invalid

ID = "01890a5d-ac96-774b-bcce-b302099a8057"
OTHER = "01890a5d-ac96-774b-bcce-b302099a8058"
BASIC = {"customerIds": [ID]}
FILTERED = {"businessId": "business_mine", "filter": {}}


def refused(payload) -> list[str]:
    with pytest.raises(Invalid) as held:
        read(payload)
    return [detail["field"] for detail in held.value.details]


def test_defaults_are_those_of_a_single_export():
    asked = read({"customerIds": [ID, OTHER.upper()]})

    assert asked.options == DEFAULTS
    assert asked.customer_ids == [UUID(ID), UUID(OTHER)]
    assert (asked.business_id, asked.workbook, asked.lookups) == (None, False, {})


def test_filter_becomes_lookups():
    asked = read(
        {
            "businessId": "business_mine",
            "filter": {
                "accountStatus": ["active", "closed"],
                "loyaltyLevel": "gold",
                "segment": "regulars",
                "tag": ["vip", "new"],
                "registeredAfter": "2024-01-01T00:00:00Z",
                "registeredBefore": "2024-02-01T00:00:00+01:00",
            },
        }
    )

    assert asked.customer_ids is None
    assert asked.lookups == {
        "account_status__in": ["active", "closed"],
        "loyalty_level__in": ["gold"],
        "segments__name__in": ["regulars"],
        "tags__name__in": ["vip", "new"],
        "registered_at__gte": datetime(2024, 1, 1, tzinfo=UTC),
        "registered_at__lt": datetime(2024, 1, 31, 23, tzinfo=UTC),
    }


@pytest.mark.parametrize(
    ("payload", "fields"),
    [
        ([], ["body"]),
        ({}, ["customerIds"]),
        (BASIC | FILTERED, ["customerIds"]),
        ({"filter": {}}, ["businessId"]),
        (FILTERED | {"filter": []}, ["filter"]),
        (FILTERED | {"businessId": 7}, ["businessId"]),
        ({"customerIds": []}, ["customerIds"]),
        ({"customerIds": ID}, ["customerIds"]),
        ({"customerIds": [str(UUID(int=n)) for n in range(1001)]}, ["customerIds"]),
        ({"customerIds": [ID, 7, "x"]}, ["customerIds[1]", "customerIds[2]"]),
        ({"customerIds": [ID.replace("-", "")]}, ["customerIds[0]"]),
        ({"customerIds": [f"{{{ID}}}"]}, ["customerIds[0]"]),
        ({"customerIds": [ID, ID.upper()]}, ["customerIds"]),
        (BASIC | {"formats": "csv"}, ["formats"]),
        (BASIC | {"\x07": 1}, ["body"]),
        (BASIC | {"format": "xls"}, ["format"]),
        (BASIC | {"format": ["csv"]}, ["format"]),
        (BASIC | {"includeOrders": "true"}, ["includeOrders"]),
        (BASIC | {"includeAnalytics": 1}, ["includeAnalytics"]),
        (BASIC | {"dateRange": "7d"}, ["dateRange"]),
        (BASIC | {"orderLimit": 0}, ["orderLimit"]),
        (BASIC | {"orderLimit": 1001}, ["orderLimit"]),
        (BASIC | {"orderLimit": True}, ["orderLimit"]),
        (BASIC | {"orderLimit": "7"}, ["orderLimit"]),
        (BASIC | {"orderLimit": "all", "format": "pdf"}, ["orderLimit"]),
        (BASIC | {"compression": "zip", "format": "csv"}, ["compression"]),
        (BASIC | {"compression": "gzip", "format": "xlsx"}, ["compression"]),
        (BASIC | {"workbook": True}, ["workbook"]),
        (BASIC | {"workbook": "yes", "format": "xlsx"}, ["workbook"]),
        (FILTERED | {"filter": {"name": "Ada"}}, ["filter.name"]),
        (FILTERED | {"filter": {"accountStatus": "gone"}}, ["filter.accountStatus"]),
        (FILTERED | {"filter": {"loyaltyLevel": [1]}}, ["filter.loyaltyLevel"]),
        (FILTERED | {"filter": {"tag": []}}, ["filter.tag"]),
        (
            FILTERED | {"filter": {"registeredAfter": "2024-01-01"}},
            ["filter.registeredAfter"],
        ),
        (BASIC | {"format": "xls", "orderLimit": -1}, ["format", "orderLimit"]),
    ],
)
def test_every_fault_is_named(payload, fields):
    assert refused(payload) == fields


@pytest.mark.parametrize("form", ["csv", "json"])
def test_all_orders_and_gzip_are_for_what_streams(form):
    asked = read(BASIC | {"format": form, "orderLimit": "all", "compression": "gzip"})

    assert (asked.options["orderLimit"], asked.options["compression"]) == (
        "all",
        "gzip",
    )


def test_one_workbook_is_for_xlsx():
    assert read(BASIC | {"format": "xlsx", "workbook": True}).workbook


def test_document_tells_of_every_field():
    assert list(BODY["properties"]) == [*OWN, *DEFAULTS]
    assert list(FILTER["properties"]) == list(FILTERS)
