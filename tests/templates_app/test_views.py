import pytest
from requests.utils import parse_header_links

from templates_app import library
from tests import make
from tests.exports.views.asking import client, error, signed_in

pytestmark = pytest.mark.django_db
EVERY = list(library.BUILT_IN)


@pytest.fixture
def caller():
    return client(make.business("business_mine"))


def test_templates_are_listed(caller):
    told = caller.get("/v1/export/templates").json()

    assert [each["id"] for each in told.pop("templates")] == EVERY
    assert told == {"total_count": 6, "limit": 50, "offset": 0}


def test_templates_are_paged(caller):
    told = caller.get("/v1/export/templates?limit=2&offset=3").json()

    assert [each["id"] for each in told.pop("templates")] == EVERY[3:5]
    assert told == {"total_count": 6, "limit": 2, "offset": 3}


def test_pages_are_found_by_their_links(caller):
    address, seen = "/v1/export/templates?limit=4&type=verifications", []
    first = caller.get(address)
    assert "Link" not in first  # all are on this page

    address = "/v1/export/templates?limit=4"
    while address:
        answer = caller.get(address)
        seen += [each["id"] for each in answer.json()["templates"]]
        links = {
            each["rel"]: each["url"] for each in parse_header_links(answer["Link"])
        }
        address = links.get("next")

    assert seen == EVERY
    assert links == {"prev": "/v1/export/templates?limit=4&offset=0"}


@pytest.mark.parametrize(
    "address", ["/audit_logs_json", "?template_id=audit_logs_json"]
)
def test_template_is_told(caller, address):
    told = caller.get(f"/v1/export/templates{address}").json()

    assert told == {
        "id": "audit_logs_json",
        "business_id": None,
        "name": "Audit logs (JSON)",
        "description": "What the users of the business did, newest first",
        "type": "audit_logs",
        "format": "json",
        "columns": [
            *("timestamp", "user_id", "action", "resource", "ip_address", "user_agent")
        ],
        "filters": {},
        "sort_by": ["timestamp"],
        "sort_order": "desc",
        "options": {},
        "is_builtin": True,
        "is_valid": True,
        "problems": [],
        "created_at": "2026-11-21T00:00:00.000000+00:00",
        "updated_at": "2026-11-21T00:00:00.000000+00:00",
    }


@pytest.mark.parametrize("address", ["/nonesuch", "?template_id=nonesuch", "/%00"])
def test_template_that_is_not_there_is_not_found(caller, address):
    answer = caller.get(f"/v1/export/templates{address}")

    assert error(answer) == (404, "TEMPLATE_NOT_FOUND", [])


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("limit=0", ["limit"]),
        ("limit=101", ["limit"]),
        ("offset=-1", ["offset"]),
        ("type=report", ["type"]),
        ("format=cvs", ["format"]),
        ("name=x", ["name"]),
        ("template_id=a&template_id=b", ["template_id"]),
        ("template_id=verifications_csv&limit=0", ["limit"]),
    ],
)
def test_list_names_the_parameter_that_is_wrong(caller, query, fields):
    answer = caller.get(f"/v1/export/templates?{query}")

    assert error(answer) == (400, "VALIDATION_ERROR", fields)


def test_one_template_takes_no_parameters(caller):
    answer = caller.get("/v1/export/templates/verifications_csv?limit=5")

    assert error(answer) == (400, "VALIDATION_ERROR", ["limit"])


def test_staff_see_templates_too():
    caller = signed_in(make.staff("viewer"))

    assert caller.get("/v1/export/templates").json()["total_count"] == 6
