"""Batches that are refused: what is wrong is named, and no job is made."""

import pytest

from exports.models import ExportBatch, ExportJob
from tests.exports.views.asking import BOTH, UNKNOWN_BATCH, client, error
from tests.exports.views.batches_asked import SPECS, made, mine, post

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=BOTH),
    pytest.mark.usefixtures("root"),
]
__all__ = ["mine"]


@pytest.mark.parametrize(
    ("exports", "values", "fields"),
    [
        ([], {}, ["exports"]),
        (SPECS[:1], {}, ["exports"]),
        (SPECS[:1] * 51, {}, ["exports"]),
        ("all", {}, ["exports"]),
        (SPECS, {"bundle": "yes"}, ["bundle"]),
        (SPECS, {"metadata": [1]}, ["metadata"]),
        (SPECS, {"metadata": {"a": "b" * 8192}}, ["metadata"]),
        (SPECS, {"bundles": True}, ["bundles"]),
        ([SPECS[0], 5], {}, ["exports[1]"]),
        ([SPECS[0], SPECS[0] | {"colums": []}], {}, ["exports[1].colums"]),
        ([SPECS[0], SPECS[0] | {"delivery": "inline"}], {}, ["exports[1].delivery"]),
        (
            [SPECS[0] | {"format": "doc"}, SPECS[0] | {"business_id": "business_x"}],
            {},
            ["exports[0].format", "exports[1].business_id"],
        ),
        (
            [SPECS[0], SPECS[0] | {"columns": ["id", "nonsense"]}],
            {},
            ["exports[1].columns[1]"],
        ),
    ],
)
def test_batch_names_every_field_that_is_wrong(mine, exports, values, fields):
    answer = post(mine, exports, **values)

    assert error(answer) == (400, "VALIDATION_ERROR", fields)
    assert not ExportJob.objects.exists()
    assert not ExportBatch.objects.exists()


def test_body_that_is_no_object_is_refused(mine):
    answer = client(mine).post("/v1/export/batches", [1], format="json")

    assert error(answer) == (400, "VALIDATION_ERROR", ["body"])


def test_batch_is_refused_for_one_column_that_may_not_be_seen(mine):
    answer = post(mine, [SPECS[0], SPECS[0] | {"columns": ["reviewer_email"]}])

    assert error(answer) == (403, "FORBIDDEN", ["exports[1].columns"])
    assert not ExportJob.objects.exists()


def test_batch_is_refused_for_one_template_that_is_not_there(mine):
    answer = post(mine, [SPECS[0], {"template_id": "absent"}])

    assert error(answer)[:2] == (404, "TEMPLATE_NOT_FOUND")
    assert answer.json()["error"]["message"].startswith("exports[1]: ")


def test_export_may_name_the_business_of_its_batch(mine):
    named = [spec | {"business_id": mine.id} for spec in SPECS]

    assert post(mine, named).status_code == 202


def test_key_that_may_only_read_makes_no_batch(mine):
    payload = {"business_id": mine.id, "exports": SPECS}
    caller = client(mine, scopes=["exports:read"])

    answer = caller.post("/v1/export/batches", payload, format="json")

    assert error(answer) == (403, "FORBIDDEN", [])


def test_key_that_may_not_read_sees_no_batch(mine):
    batch_id = made(mine)
    caller = client(mine, scopes=["exports:write"])

    answer = caller.get(f"/v1/export/batches/{batch_id}")

    assert error(answer) == (403, "FORBIDDEN", [])


@pytest.mark.parametrize("batch_id", [UNKNOWN_BATCH, "bat_", "x", "7" * 300])
def test_batch_that_is_not_there_is_not_found(mine, batch_id):
    answer = client(mine).get(f"/v1/export/batches/{batch_id}")

    assert error(answer) == (404, "NOT_FOUND", [])
