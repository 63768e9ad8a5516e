"""Where the time of an export went, for who asks with X-Debug."""

import pytest

from tests import make
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
