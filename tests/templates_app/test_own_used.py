"""A business's own templates in use: rights, lists, jobs, columns that are gone."""

import pytest

from exports.models import ExportJob
from templates_app import library
from templates_app.models import ExportTemplate
from tests import make
from tests.exports.views.asking import client, error, signed_in
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


@pytest.mark.parametrize("template_id", list(library.BUILT_IN))
def test_built_in_ones_are_read_only(caller, template_id):
    address = f"{ADDRESS}/{template_id}"
    answers = [
        put(caller, template_id, id=template_id),
        patch(caller, template_id, name="x"),
        caller.delete(address),
    ]

    assert [error(answer)[:2] for answer in answers] == [(403, "FORBIDDEN")] * 3


def test_scope_is_needed_to_change_but_not_to_read(caller, mine):
    told = keep(caller)
    reader = client(mine, scopes=["exports:read"])

    answers = [
        reader.post(ADDRESS, body(id="x"), format="json"),
        put(reader),
        patch(reader, name="x"),
        reader.delete(f"{ADDRESS}/good_ones"),
    ]

    assert [error(answer)[:2] for answer in answers] == [(403, "FORBIDDEN")] * 4
    assert reader.get(f"{ADDRESS}/good_ones").json() == told


def test_staff_change_by_their_role(mine):
    operator = signed_in(make.staff("operator", mine))
    viewer = signed_in(make.staff("viewer", mine))

    told = keep(operator)

    assert viewer.get(f"{ADDRESS}/good_ones").json() == told
    assert error(patch(viewer, name="x"))[:2] == (403, "FORBIDDEN")


def test_list_has_built_in_ones_first(caller, mine):
    other = make.business("business_other")
    keep(client(other, scopes=SCOPES), business_id=other.id, id="theirs")
    keep(caller, id="zeta", format="json")
    keep(caller, id="alpha", type="reports")

    def listed(query=""):
        told = caller.get(f"{ADDRESS}?{query}").json()
        return [each["id"] for each in told["templates"]], told["total_count"]

    every = [*library.BUILT_IN, "alpha", "zeta"]
    assert listed() == (every, 8)
    assert listed("limit=3&offset=5") == (every[5:], 8)
    assert listed("limit=1&offset=7") == (["zeta"], 8)
    assert listed("offset=8") == ([], 8)
    assert listed("type=reports") == (["reports_xml", "alpha"], 2)
    assert listed("format=json") == (["audit_logs_json", "zeta"], 2)
    assert listed("format=xlsx") == (["analytics_excel"], 1)
    assert listed(f"business_id={mine.id}") == (["alpha", "zeta"], 2)
    theirs = caller.get(f"{ADDRESS}?business_id=business_other")
    absent = caller.get(f"{ADDRESS}?business_id=business_absent")
    assert error(theirs) == error(absent) == (404, "BUSINESS_NOT_FOUND", [])


def test_list_takes_as_many_queries_for_many_as_for_one(
    caller, django_assert_num_queries
):
    keep(caller, id="first")
    with django_assert_num_queries(4):  # key, its businesses, page, count
        caller.get(ADDRESS)
    for number in range(5):
        keep(caller, id=f"more_{number}")

    with django_assert_num_queries(4):
        caller.get(ADDRESS)


def test_id_of_several_businesses_needs_the_business(mine):
    other = make.business("business_other")
    caller = client(mine, other, scopes=SCOPES)
    keep(caller)
    keep(caller, business_id=other.id, name="Theirs")
    address = f"{ADDRESS}/good_ones"

    refused = [caller.get(address), patch(caller, name="x"), caller.delete(address)]
    named = caller.get(f"{address}?business_id={other.id}").json()
    by_query = patch(caller, query=f"?business_id={other.id}", name="A").json()
    by_body = patch(caller, business_id=mine.id, name="B").json()
    gone = caller.delete(f"{address}?business_id={other.id}")

    wrong = (400, "VALIDATION_ERROR", ["business_id"])
    assert [error(answer) for answer in refused] == [wrong] * 3
    assert (named["business_id"], named["name"]) == (other.id, "Theirs")
    assert [by_query["name"], by_body["name"]] == ["A", "B"]
    assert [by_query["business_id"], by_body["business_id"]] == [other.id, mine.id]
    assert gone.status_code == 204
    assert caller.get(address).json() == by_body


def test_template_of_another_cannot_be_used(caller, mine):
    other = make.business("business_other")
    both = client(mine, other, scopes=SCOPES)
    keep(both, business_id=other.id)

    sent = {"business_id": mine.id, "template_id": "good_ones"}
    answer = both.post("/v1/export/jobs", sent, format="json")

    assert error(answer) == (404, "TEMPLATE_NOT_FOUND", [])


def test_job_keeps_spec_and_version_as_they_were(caller, mine):
    keep(caller, columns=["id"], filters={"status": "failed"}, sort_by=["-score"])
    patch(caller, format="json")
    sent = {"business_id": mine.id, "template_id": "good_ones", "max_rows": 9}

    answer = caller.post("/v1/export/jobs", sent, format="json")
    patch(caller, columns=["score"])

    job = ExportJob.objects.get()
    assert answer.status_code == 202
    assert (job.template_id, job.template_version) == ("good_ones", 2)
    assert {
        name: job.spec[name]
        for name in ("format", "columns", "filters", "sort_by", "max_rows")
    } == {
        "format": "json",
        "columns": [{"name": "id", "label": "id"}],
        "filters": {"status": "failed"},
        "sort_by": ["-score"],
        "max_rows": 9,
    }


def test_template_whose_column_is_gone_says_so(caller, mine):
    keep(caller)
    # As a release leaves it that took a column and a filter away.
    ExportTemplate.objects.update(columns=["id", "colour"], filters={"size_min": 1})
    make.verification(mine)
    sent = {"business_id": mine.id, "template_id": "good_ones"}

    told = caller.get(f"{ADDRESS}/good_ones").json()
    refused = [
        caller.post(address, sent, format="json")
        for address in ("/v1/export", "/v1/export/jobs")
    ]
    own = caller.post(
        "/v1/export/jobs", sent | {"columns": ["id"], "filters": {}}, format="json"
    )
    mended = patch(caller, columns=["id"], filters={}).json()

    fields = ["columns[1]", "filters.size_min"]
    assert told["is_valid"] is False
    assert [each["field"] for each in told["problems"]] == fields
    assert "unknown column 'colour'" in told["problems"][0]["message"]
    wrong = (400, "VALIDATION_ERROR", fields)
    assert [error(answer) for answer in refused] == [wrong] * 2
    message = refused[0].json()["error"]["message"]
    assert "'colour'" in message
    assert message.endswith("(in the template 'good_ones')")
    assert own.status_code == 202
    assert (mended["is_valid"], mended["problems"]) == (True, [])


def test_error_of_the_request_is_not_put_down_to_the_template(caller, mine):
    keep(caller)
    sent = {"business_id": mine.id, "template_id": "good_ones", "columns": ["colour"]}

    message = caller.post("/v1/export/jobs", sent, format="json").json()["error"]

    assert "template" not in message["message"]


def test_there_are_only_so_many(caller, settings):
    settings.EXPORTS = {**settings.EXPORTS, "MAX_TEMPLATES_PER_BUSINESS": 2}
    other = make.business("business_other")
    keep(client(other, scopes=SCOPES), business_id=other.id)
    keep(caller, id="a")
    keep(caller, id="b")

    answer = caller.post(ADDRESS, body(id="c"), format="json")
    caller.delete(f"{ADDRESS}/a")

    assert error(answer) == (409, "CONFLICT", [])
    assert "has 2 templates" in answer.json()["error"]["message"]
    assert keep(caller, id="c")["id"] == "c"
