"""Bodies at their edges: names twice, fields where none are taken, exact sizes."""

import json

import pytest

from exports.models import ExportJob
from tests import make
from tests.exports.views.asking import client, error, spec

pytestmark = pytest.mark.django_db
JOBS = "/v1/export/jobs"


@pytest.fixture
def mine():
    make.business("business_other")
    return make.business("business_mine")


def post(business, text: str, *, address=JOBS):
    return client(business).post(address, text, content_type="application/json")


def written(business, more: str) -> str:
    """The body of an export, and something behind its last field."""
    return json.dumps(spec(business)).removesuffix("}") + f", {more}}}"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ('"business_id": "business_other"', "business_id"),
        ('"format": "csv"', "format"),
        ('"filters": {"status": "failed", "status": "completed"}', "status"),
        ('"metadata": {"\\n": 1, "\\n": 2}', "body"),
    ],
)
def test_name_that_is_given_twice_is_refused(mine, more, field):
    answer = post(mine, written(mine, more))

    assert error(answer) == (400, "VALIDATION_ERROR", [field])
    assert ExportJob.objects.count() == 0


def test_many_names_are_looked_through_once(mine):
    names = ", ".join(f'"{number}": 0' for number in range(70_000))

    answer = post(mine, written(mine, f'"metadata": {{{names}, "69999": 1}}'))

    assert error(answer) == (400, "VALIDATION_ERROR", ["69999"])


@pytest.mark.parametrize("sent", ['{"reason": "late"}', "[]", "{", '"x"'])
def test_cancel_takes_no_fields(mine, sent):
    made = client(mine).post(JOBS, spec(mine), format="json").json()

    answer = post(mine, sent, address=f"{JOBS}/{made['job_id']}/cancel")

    assert error(answer)[:2] == (400, "VALIDATION_ERROR")
    assert ExportJob.objects.get().status == "pending"


@pytest.mark.parametrize("label", [0, False, [], {}])
def test_label_that_is_no_text_is_refused(mine, label):
    columns = [{"name": "id", "label": label}]

    answer = client(mine).post(JOBS, spec(mine, columns=columns), format="json")

    assert error(answer) == (400, "VALIDATION_ERROR", ["columns[0].label"])


@pytest.mark.parametrize(("marks", "status"), [(8192, 202), (8193, 400)])
def test_metadata_may_have_8_kib_however_it_is_written(mine, marks, status):
    compact = '{"a":[1,2],"b":"%s"}'
    metadata = json.loads(compact % ("x" * (marks - len(compact) + 2)))

    single = client(mine).post(JOBS, spec(mine, metadata=metadata), format="json")
    batch = {"business_id": mine.id, "metadata": metadata}
    batch["exports"] = [{"export_type": "reports", "format": "csv"}] * 2
    several = client(mine).post("/v1/export/batches", batch, format="json")

    assert (single.status_code, several.status_code) == (status, status)


@pytest.mark.parametrize(
    ("more", "first"),
    [
        ("{names}", "n0"),
        ('"filters": {{{names}}}', "filters.n0"),
        ('"options": {{{names}}}', "options.n0"),
    ],
)
def test_first_hundred_faults_are_told(mine, more, first):
    names = ", ".join(f'"n{number}": 0' for number in range(50_000))

    answer = post(mine, written(mine, more.format(names=names)))

    status, code, fields = error(answer)
    assert (status, code) == (400, "VALIDATION_ERROR")
    assert (fields[0], len(fields)) == (first, 100)


@pytest.mark.parametrize("address", [JOBS, "/v1/export/types", "/v1/export/files/x"])
@pytest.mark.parametrize("query", ["&" * 1001, "limit=1&" * 1001])
def test_query_of_a_thousand_parameters_is_refused(mine, address, query):
    answer = client(mine).get(f"{address}?{query}")

    assert error(answer) == (400, "VALIDATION_ERROR", [])
