"""Who may read the figures, and what is counted of each request."""

import pytest
from django.test import Client
from rest_framework.test import APIClient

from exports import health
from exports.models import ExportFile
from tests import make
from tests.exports.metrics.reading import figures, grown, of
from tests.exports.views.asking import BOTH, body, client, export, with_text

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)
FORWARDED = ("Forwarded", "Via", "X-Forwarded-For", "X-Real-IP")


def ask(**options):
    return APIClient().get("/metrics", **options)


@pytest.fixture
def growth():
    """How much a figure has grown since the test began."""
    before = figures()

    def since(name):
        return grown(before, figures(), name)

    return since


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_programs_on_the_same_machine_may_read(address):
    answer = ask(REMOTE_ADDR=address)

    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer["Cache-Control"] == "no-store"
    found = figures(answer.content)
    parts = ("database", "cache", "storage")
    assert [of(found, "kyb_part_up", part=part) for part in parts] == [1, 1, 1]


def test_part_that_is_away_is_told(monkeypatch):
    monkeypatch.setitem(health.PARTS, "cache", lambda: False)

    assert of(figures(ask().content), "kyb_part_up", part="cache") == 0


def refusal(answer):
    told = answer.json()["error"]
    return answer.status_code, told["code"], told["message"]


NOTHING = (404, "NOT_FOUND", "there is nothing at this address")


@pytest.mark.parametrize("address", ["10.0.0.5", "203.0.113.9", "2001:db8::1", "", "x"])
def test_nobody_else_may(address):
    assert refusal(ask(REMOTE_ADDR=address)) == NOTHING
    assert refusal(APIClient().get("/nonesuch")) == NOTHING


@pytest.mark.parametrize("header", FORWARDED)
def test_proxy_on_the_same_machine_lets_nobody_read(header):
    assert refusal(ask(headers={header: "127.0.0.1"})) == NOTHING


@pytest.mark.parametrize("method", ["post", "put", "delete", "options", "head"])
def test_no_method_tells_that_it_is_there(method):
    answer = getattr(APIClient(), method)("/metrics", REMOTE_ADDR="10.0.0.5")

    assert answer.status_code == 404


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.5"])
@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_token_lets_in_from_anywhere(settings, address, scheme):
    settings.METRICS_TOKEN = "the token"
    headers = {"Authorization": f"{scheme} the token", "X-Forwarded-For": "10.0.0.6"}

    assert ask(REMOTE_ADDR=address, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "sent",
    [None, "", "Bearer", "Bearer the toke", "Bearer THE TOKEN", "Basic the token"],
)
def test_without_the_token_nobody_is_let_in(settings, sent):
    settings.METRICS_TOKEN = "the token"
    headers = {} if sent is None else {"Authorization": sent}

    assert refusal(ask(headers=headers)) == NOTHING


def test_parameters_are_refused():
    answer = ask(data={"name[]": "x"})

    details = answer.json()["error"]["details"]
    assert (answer.status_code, [each["field"] for each in details]) == (
        400,
        ["name[]"],
    )


def test_requests_count_by_the_declared_address(growth):
    caller = client(make.business())

    caller.get("/v1/export/jobs/job_of_a_secret_name")
    caller.get("/v1/export/types")
    caller.get("/nonesuch/secret")
    Client().get("/admin/customers/business/secret/change/")

    assert growth("kyb_http_requests_total") == {
        ("GET", "/v1/export/jobs/{job_id}", "4xx"): 1,
        ("GET", "/v1/export/types", "2xx"): 1,
        ("GET", "(none)", "4xx"): 1,
        ("GET", "/admin/customers/business/{object_id}/change/", "3xx"): 1,
    }
    assert growth("kyb_http_request_seconds_count") == {
        ("GET", "/v1/export/jobs/{job_id}"): 1,
        ("GET", "/v1/export/types"): 1,
        ("GET", "(none)"): 1,
        ("GET", "/admin/customers/business/{object_id}/change/"): 1,
    }


def test_no_business_is_named(growth):
    mine = make.business("business_mine")
    caller = client(mine)
    file_url = export(caller, mine)["file_url"]
    body(caller.get(file_url))
    caller.get("/v1/export/audit?business_id=business_mine")
    caller.get("/v1/export/templates/business_mine")

    page = ask().content.decode()

    assert "business_mine" not in page
    assert file_url.rpartition("/")[2][:20] not in page
    assert growth("kyb_exports_total") == {
        ("", "csv", "immediate", "completed", "verifications"): 1
    }


def test_downloads_count_by_format_and_outcome(growth):
    business = make.business()
    caller = client(business)
    url = export(caller, business, format="json")["file_url"]
    for headers in ({}, {"Range": "bytes=0-1"}, {"Range": "bytes=99999-"}):
        body(caller.get(url, headers=headers))
    ExportFile.objects.update(state="deleted")
    caller.get(url)
    with_text("no").get(url)

    assert growth("kyb_downloads_total") == {
        ("json", "served"): 1,
        ("json", "range"): 1,
        ("json", "no_such_range"): 1,
        ("json", "EXPORT_EXPIRED"): 1,
    }


def test_refused_credentials_count_by_kind(growth):
    business = make.business()
    url = export(client(business), business)["file_url"]
    stranger = APIClient()

    with_text("no").get("/v1/export/types")
    stranger.get("/v1/export/types")
    stranger.get("/v1/export/types")
    stranger.get(url + "x")
    body(stranger.get(url))
    stranger.post("/admin/login/", {"username": "a", "password": "b"})

    assert growth("kyb_refused_credentials_total") == {
        ("bearer",): 1,
        ("none",): 2,
        ("link",): 1,
        ("password",): 1,
    }


def test_sign_in_that_succeeds_is_no_refusal(growth):
    user = make.staff(of=make.business())
    user.set_password("good enough")
    user.save()

    sent = {"username": user.get_username(), "password": "good enough"}
    answer = Client().post("/admin/login/", sent)

    assert answer.status_code == 302
    assert growth("kyb_refused_credentials_total") == {}


def test_limit_refusals_count_by_kind(growth, settings):
    settings.EXPORTS = settings.EXPORTS | {"LIMIT_OTHER": 1}
    caller = client(make.business())

    for _ in range(3):
        caller.get("/v1/export/types")
    for _ in range(12):
        Client().post("/admin/login/", {"username": "a", "password": "b"})

    assert growth("kyb_limit_refusals_total") == {("other",): 2, ("sign_in",): 2}
