"""A business with personal data, and what asks for custom queries over HTTP."""

import csv
import io
from decimal import Decimal

import pytest

from tests import make
from tests.exports.pipeline.query.asking import query_role
from tests.exports.views.asking import client

SCOPES = ("exports:write", "exports:read", "custom_query")
CLEARED = (*SCOPES, "pii:read")
QUERY = (
    "SELECT v.status, count(*) AS n, sum(v.fee) AS fees FROM verifications v"
    " GROUP BY v.status ORDER BY v.status"
)
__all__ = ["QUERY", "asked", "mine", "post", "query_role", "rows"]


@pytest.fixture
def mine():
    business = make.business("business_mine")
    for name in ("business_mine", "business_other"):
        company = make.company(make.business(name), name=f"Of {name}")
        make.verification(company, fee=Decimal("10.00"), reviewer="Rosa")
        make.verification(company, fee=Decimal("2.50"), reviewer="Rosa")
        make.verification(company, status="failed", fee=Decimal(1), reviewer="Ida")
    return business


def asked(business, query=QUERY, **values):
    basic = {"business_id": business.id, "export_type": "custom", "format": "csv"}
    return basic | {"custom_query": query} | values


def post(business, address="", *, scopes=SCOPES, **sent):
    caller = client(business, scopes=scopes)
    return caller.post(f"/v1/export{address}", sent, format="json")


def rows(content: bytes):
    return list(csv.reader(io.StringIO(content.decode(), newline="")))
