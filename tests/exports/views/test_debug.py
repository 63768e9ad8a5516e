"""Where the time of an export went, for who asks with X-Debug."""

import pytest

from exports import runs
from tests import make
from tests.exports.jobs_made import job
from tests.exports.views.asking import BOTH, client, export, spec

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)


def test_debug_tells_steps_rows_and_batches():
    mine = make.business("business_mine")
    for _ in range(3):
        make.verification(mine)
    make.verification(make.business("business_other"))

    answer = client(mine).post(
        "/v1/export",
        spec(mine, batch_size=2),
        format="json",
        headers={"X-Debug": "true"},
    )

    told = answer.json()["debug"]
    assert set(told.pop("steps_ms")) == {"count", "render", "total"}
    assert told == {"rows": 3, "batches": 2}


def test_debug_is_told_to_nobody_else():
    mine = make.business("business_mine")

    assert "debug" not in export(client(mine), mine)


@pytest.mark.parametrize("address", ["/{}", "?job_id={}", "?limit=1"])
def test_debug_of_a_job_is_told_with_its_result(address):
    mine = make.business("business_mine")
    make.verification(mine)
    made = job(mine)
    runs.work("interactive", worker="w1")
    caller, address = client(mine), f"/v1/export/jobs{address.format(made.job_id)}"

    plain = caller.get(address).json()
    asked = caller.get(address, headers={"X-Debug": "true"}).json()

    [told] = asked.get("jobs", [asked])
    debug = told["result"].pop("debug")
    assert set(debug.pop("steps_ms")) == {"count", "render", "total"}
    assert (debug, asked) == ({"rows": 1, "batches": 1}, plain)


def test_job_that_has_not_ended_has_no_debug():
    mine = make.business("business_mine")
    made = job(mine)

    answer = client(mine).get(
        f"/v1/export/jobs/{made.job_id}", headers={"X-Debug": "true"}
    )

    assert (answer.status_code, answer.json()["result"]) == (200, None)
