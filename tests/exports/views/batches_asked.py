"""Batches, asked for over HTTP."""

import pytest

from customers.models import Business
from tests import make
from tests.exports.views.asking import client

SPECS = [
    {"export_type": "verifications", "format": "csv", "max_rows": 10},
    {"template_id": "reports_xml", "max_rows": 10},
]


@pytest.fixture
def mine(root) -> Business:
    """``business_mine``, with a row for each spec; of the other nothing may be seen."""
    business = make.business("business_mine")
    make.verification(business)
    make.report(business)
    make.verification(make.business("business_other"))
    return business


def post(business, exports=SPECS, **values):
    payload = {"business_id": business.id, "exports": exports} | values
    return client(business).post("/v1/export/batches", payload, format="json")


def made(business, exports=SPECS, **values):
    answer = post(business, exports, **values)
    assert answer.status_code == 202, answer.content
    return answer.json()["batch_id"]
