"""A business's own templates over HTTP: made, read, changed, deleted, used."""

import pytest

from customers.models import AuditEvent
from templates_app.models import ExportTemplate
from tests.exports.views.asking import client, deeds, error
from tests.templates_app.own_asked import (
    ADDRESS,
    SCOPES,
    body,
    caller,
    keep,
    patch,
    put,
)

pytestmark = pytest.mark.django_db
__all__ = ["caller"]


def test_template_is_kept_and_told(caller):
    columns = ["id", {"name": "status", "label": "State", "transform": "upper"}]
    sent = {
        "description": "Since the beginning",
        "format": "xlsx",
        "columns": columns,
        "filters": {"score_min": 0.8, "date_range": "last_7_days"},
        "sort_by": ["-score"],
        "sort_order": "desc",
    }

    answer = caller.post(ADDRESS, body(**sent), format="json")

    told = dict(answer.json())
    times = told.pop("created_at"), told.pop("updated_at")
    assert (answer.status_code, times[0]) == (201, times[1])
    assert told == {
        **body(**sent),
        "format": "excel",
        "options": {},
        "is_builtin": False,
        "is_valid": True,
        "problems": [],
    }
    again = caller.get(answer["Location"])
    assert again.json() == answer.json()
    assert caller.get(f"{ADDRESS}?template_id=good_ones").json() == answer.json()


def test_what_is_left_out_has_its_default(caller):
    told = keep(caller)

    names = ("description", "columns", "filters", "sort_by", "sort_order", "options")
    assert [told[name] for name in names] == ["", None, {}, None, "asc", {}]


@pytest.mark.parametrize(
    ("name", "expected"), [("Good ones", "good_ones"), ("  Ä 1/2 -x ", "1_2_x")]
)
def test_id_is_made_of_the_name(caller, name, expected):
    assert keep(caller, id=None, name=name)["id"] == expected


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"business_id": None}, ["business_id"]),
        ({"business_id": 7}, ["business_id"]),
        ({"id": "Ä"}, ["id"]),
        ({"id": None, "name": "名前"}, ["id"]),
        ({"name": " "}, ["name"]),
        ({"name": "x" * 201}, ["name"]),
        ({"description": 7}, ["description"]),
        ({"type": None}, ["type"]),
        ({"type": "custom"}, ["type"]),
        ({"format": "cvs"}, ["format"]),
        ({"columns": []}, ["columns"]),
        ({"columns": ["id", "scor"], "name": ""}, ["name", "columns[1]"]),
        (
            {"columns": [{"name": "score", "transform": "upper"}]},
            ["columns[0].transform"],
        ),
        ({"filters": {"colour": 1}}, ["filters.colour"]),
        ({"filters": {"score_min": "x"}}, ["filters.score_min"]),
        ({"filters": {"date_range": "soon"}}, ["filters.date_range"]),
        ({"filters": {"id": ["x" * 60_000], "status": ["x" * 9_000]}}, ["body"]),
        ({"sort_by": ["checks"]}, ["sort_by[0]"]),
        ({"sort_order": "down"}, ["sort_order"]),
        ({"options": {"bom": 1}}, ["options.bom"]),
        ({"password": "correct horse"}, ["password"]),
        ({"export_type": "reports"}, ["export_type"]),
        ({"is_builtin": True}, ["is_builtin"]),
    ],
)
def test_what_is_wrong_is_named(caller, values, fields):
    answer = caller.post(ADDRESS, body(**values), format="json")

    status, code, named = error(answer)
    assert (status, code, named[: len(fields)]) == (400, "VALIDATION_ERROR", fields)
    assert ExportTemplate.objects.count() == 0


def test_type_is_called_by_its_name_here(caller):
    answer = caller.post(ADDRESS, body(type="report"), format="json")

    assert answer.json()["error"]["message"].startswith("type is an unknown type")


def test_column_that_may_not_be_seen_cannot_be_kept(caller, mine):
    answer = caller.post(ADDRESS, body(columns=["reviewer"]), format="json")
    seer = client(mine, scopes=[*SCOPES, "pii:read"])

    assert error(answer) == (403, "FORBIDDEN", ["columns"])
    assert "on_denied" not in answer.json()["error"]["message"]
    assert keep(seer, columns=["reviewer"])["is_valid"] is True


@pytest.mark.parametrize("taken", ["good_ones", "audit_logs_json"])
def test_id_that_is_taken_is_a_conflict(caller, taken):
    keep(caller)

    answer = caller.post(ADDRESS, body(id=taken), format="json")

    assert error(answer) == (409, "CONFLICT", ["id"])


def test_put_replaces_and_patch_changes(caller):
    first = keep(caller, columns=["id"], filters={"status": "failed"})

    changed = patch(caller, columns=["id", "score"]).json()
    again = caller.get(f"{ADDRESS}/good_ones").json()
    replaced = put(caller, name="Best").json()

    assert changed == again
    assert changed == first | {
        "columns": ["id", "score"],
        "updated_at": changed["updated_at"],
    }
    assert changed["updated_at"] > first["updated_at"]
    assert (replaced["name"], replaced["columns"], replaced["filters"]) == (
        *("Best", None),
        {},
    )
    assert caller.get(f"{ADDRESS}/good_ones").json() == replaced
    assert ExportTemplate.objects.get().version == 3


def test_null_in_a_patch_is_the_default(caller):
    keep(caller, columns=["id"])

    assert patch(caller, columns=None).json()["columns"] is None
    assert error(patch(caller, name=None))[2] == ["name"]


def test_change_that_changes_nothing_is_no_version(caller, mine):
    keep(caller)

    patch(caller, name="Good ones")

    assert ExportTemplate.objects.get().version == 1
    assert deeds(mine) == ["template.created"]


@pytest.mark.parametrize("values", [{"id": "other"}, {"id": []}, {"colour": 1}])
def test_change_names_what_cannot_be_changed(caller, values):
    keep(caller)

    answers = [error(put(caller, **values)), error(patch(caller, **values))]

    assert answers == [(400, "VALIDATION_ERROR", list(values))] * 2


def test_change_is_checked_as_a_whole(caller):
    keep(caller, columns=["id", "score"])

    answer = patch(caller, type="reports")

    assert error(answer) == (400, "VALIDATION_ERROR", ["columns[1]"])
    assert ExportTemplate.objects.get().export_type == "verifications"


def test_deleted_template_is_gone(caller):
    keep(caller)
    caller.get(f"{ADDRESS}/good_ones")

    answer = caller.delete(f"{ADDRESS}/good_ones")

    assert (answer.status_code, answer.content) == (204, b"")
    assert error(caller.get(f"{ADDRESS}/good_ones"))[1] == "TEMPLATE_NOT_FOUND"
    assert error(caller.delete(f"{ADDRESS}/good_ones"))[1] == "TEMPLATE_NOT_FOUND"
    assert ExportTemplate.objects.count() == 0


def test_every_change_is_recorded(caller):
    keep(caller)
    patch(caller, name="Best", format="json")
    caller.delete(f"{ADDRESS}/good_ones")

    events = AuditEvent.objects.filter(object_type="template").order_by("at", "id")

    told = [(event.action, event.object_id, event.details) for event in events]
    basic = {"type": "verifications", "format": "csv", "version": 1}
    later = basic | {"format": "json", "version": 2}
    assert told == [
        ("template.created", "good_ones", basic),
        ("template.changed", "good_ones", later | {"changed": ["name", "format"]}),
        ("template.deleted", "good_ones", later),
    ]
