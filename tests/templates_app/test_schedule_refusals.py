"""What is refused of schedules over HTTP."""

import pytest

from templates_app.models import Schedule
from tests.exports.views.asking import client, error
from tests.templates_app.schedules_asked import caller, keep, mine, patch
from tests.templates_app.schedules_made import ADDRESS, SCOPES, body, schedule

pytestmark = pytest.mark.django_db
__all__ = ["caller", "mine"]


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"crom": "* * * * *"}, ["crom"]),
        ({"take_over": True}, ["take_over"]),
        ({"name": None}, ["name"]),
        ({"name": "  "}, ["name"]),
        ({"cron": None}, ["cron"]),
        ({"interval_minutes": 5}, ["cron"]),
        ({"cron": "61 * * * *"}, ["cron"]),
        ({"cron": 5}, ["cron"]),
        ({"cron": None, "interval_minutes": 0}, ["interval_minutes"]),
        ({"cron": None, "interval_minutes": True}, ["interval_minutes"]),
        ({"time_zone": "Mars/Base"}, ["time_zone"]),
        ({"time_zone": 5}, ["time_zone"]),
        ({"starts_at": "tomorrow"}, ["starts_at"]),
        (
            {"starts_at": "2030-01-02T00:00:00Z", "ends_at": "2030-01-01T00:00:00Z"},
            ["ends_at"],
        ),
        ({"ends_at": "2020-01-01T00:00:00Z"}, ["cron"]),
        ({"missed": "twice"}, ["missed"]),
        ({"data_range": "all", "missed": "x"}, ["missed", "data_range"]),
        ({"only_if_changed": "yes"}, ["only_if_changed"]),
        ({"paused": 1}, ["paused"]),
        ({"export": None}, ["export"]),
        ({"export": [1]}, ["export"]),
        ({"export": {}}, ["export.export_type", "export.format"]),
        (
            {"export": {"template_id": "verifications_csv", "colums": []}},
            ["export.colums"],
        ),
        (
            {"export": {"template_id": "reports_xml", "password": "long enough"}},
            ["export.password"],
        ),
        (
            {"export": {"template_id": "reports_xml", "business_id": "business_other"}},
            ["export.business_id"],
        ),
        (
            {"export": {"template_id": "reports_xml", "delivery": "inline"}},
            ["export.delivery"],
        ),
        ({"data_range": "changes", "only_if_changed": True}, ["only_if_changed"]),
        (
            {
                "data_range": "changes",
                "export": {"export_type": "analytics", "format": "csv"},
            },
            ["export.export_type"],
        ),
        (
            {
                "data_range": "changes",
                "export": {"template_id": "verifications_csv", "compression": True},
            },
            ["export.compression"],
        ),
        (
            {"data_range": "since_previous", "only_if_changed": True},
            ["only_if_changed"],
        ),
        (
            {
                "data_range": "since_previous",
                "export": {
                    "template_id": "reports_xml",
                    "filters": {"date_range": "today"},
                },
            },
            ["export"],
        ),
    ],
)
def test_what_is_wrong_is_named(caller, mine, values, fields):
    answer = caller.post(ADDRESS, body(mine, **values), format="json")

    assert error(answer) == (400, "VALIDATION_ERROR", fields)
    assert Schedule.objects.for_business(mine.id).count() == 0


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"export": {"template_id": "absent"}}, 404, "TEMPLATE_NOT_FOUND"),
        (
            {
                "export": {
                    "export_type": "user_data",
                    "format": "csv",
                    "columns": ["email"],
                }
            },
            403,
            "FORBIDDEN",
        ),
        (
            {"export": None, "customer_360": {"filter": {"tag": "vip"}}},
            403,
            "FORBIDDEN",
        ),
    ],
)
def test_what_the_owner_may_not_run_is_not_kept(caller, mine, sent, status, code):
    answer = caller.post(ADDRESS, body(mine, **sent), format="json")

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


@pytest.mark.parametrize("missing", SCOPES)
def test_scopes_are_needed(mine, missing):
    made = schedule(mine)
    lesser = client(mine, scopes=[scope for scope in SCOPES if scope != missing])
    address = f"{ADDRESS}/{made.schedule_id}"

    found = {
        "create": lesser.post(ADDRESS, body(mine), format="json").status_code,
        "list": lesser.get(ADDRESS).status_code,
        "read": lesser.get(address).status_code,
        "runs": lesser.get(f"{address}/runs").status_code,
        "run": lesser.post(f"{address}/run").status_code,
        "pause": lesser.patch(address, {"paused": True}, format="json").status_code,
        "delete": lesser.delete(address).status_code,
    }

    allowed = {
        "exports:write": {"list", "read", "runs", "run", "pause", "delete"},
        "exports:read": {"create", "run", "pause", "delete"},
        "schedules:write": {"list", "read", "runs"},
    }[missing]
    assert {name for name, status in found.items() if status < 300} == allowed
    assert {status for status in found.values() if status >= 300} == {403}


def test_business_cannot_be_changed(caller, mine):
    told = keep(caller, mine)

    answer = patch(caller, told, business_id="business_other")

    assert error(answer) == (400, "VALIDATION_ERROR", ["business_id"])


def test_run_now_counts_as_a_job(caller, mine, settings):
    settings.EXPORTS = settings.EXPORTS | {"LIMIT_JOBS": 2}
    address = f"{ADDRESS}/{keep(caller, mine)['schedule_id']}/run"

    answers = [caller.post(address) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [202, 202, 429]


def test_there_is_a_bound(caller, mine, settings):
    settings.EXPORTS = settings.EXPORTS | {"MAX_SCHEDULES_PER_BUSINESS": 1}
    keep(caller, mine)

    answer = caller.post(ADDRESS, body(mine), format="json")

    assert error(answer) == (409, "CONFLICT", [])
