from datetime import datetime

import pytest
import time_machine
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.test import Client, RequestFactory
from rest_framework import exceptions

from exports.errors import (
    Conflict,
    Expired,
    ExportError,
    FileDamaged,
    Forbidden,
    Invalid,
    JobNotFound,
    RateLimited,
    SizeExceeded,
    Unavailable,
    WorkerLost,
)
from kyb_export import problems
from tests import make
from tests.customers.admin.asking import at_admin


def handled(error: Exception):
    request = RequestFactory().get("/v1/export")
    request.request_id = "req-1"
    return problems.handle(error, {"request": request})


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (ExportError("m"), 500, "EXPORT_ERROR"),
        (Invalid("m"), 400, "VALIDATION_ERROR"),
        (Forbidden("m"), 403, "FORBIDDEN"),
        (JobNotFound("m"), 404, "JOB_NOT_FOUND"),
        (Conflict("m"), 409, "CONFLICT"),
        (Expired("m"), 410, "EXPORT_EXPIRED"),
        (SizeExceeded("m"), 413, "EXPORT_SIZE_EXCEEDED"),
        (RateLimited("m"), 429, "RATE_LIMIT_EXCEEDED"),
        (WorkerLost("m"), 500, "worker_lost"),
        (Unavailable("m"), 503, "SERVICE_UNAVAILABLE"),
        (FileDamaged("m"), 500, "EXPORT_ERROR"),
        (exceptions.AuthenticationFailed("m"), 401, "UNAUTHORIZED"),
        (exceptions.PermissionDenied("m"), 403, "FORBIDDEN"),
        (exceptions.MethodNotAllowed("PUT", "m"), 405, "METHOD_NOT_ALLOWED"),
        (exceptions.UnsupportedMediaType("x", "m"), 415, "UNSUPPORTED_MEDIA_TYPE"),
        (exceptions.APIException({"detail": "m"}), 500, "EXPORT_ERROR"),
    ],
)
def test_error_has_its_status_code_and_message(error, status, code):
    answer = handled(error)

    told = dict(answer.data)
    datetime.fromisoformat(told.pop("timestamp"))
    assert answer.status_code == status
    assert told == {
        "error": {"code": code, "message": "m", "details": []},
        "request_id": "req-1",
    }


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Http404("inner"), 404, "NOT_FOUND"),
        (OperationalError("inner"), 503, "SERVICE_UNAVAILABLE"),
        (InterfaceError("inner"), 503, "SERVICE_UNAVAILABLE"),
        (PermissionDenied("inner"), 403, "FORBIDDEN"),
        (RequestDataTooBig("inner"), 413, "REQUEST_TOO_LARGE"),
        (BadRequest("inner"), 400, "VALIDATION_ERROR"),
        (RuntimeError("inner"), 500, "EXPORT_ERROR"),
    ],
)
def test_error_of_the_inside_says_nothing_of_it(error, status, code):
    answer = handled(error)

    told = answer.data["error"]
    assert (answer.status_code, told["code"], told["details"]) == (status, code, [])
    assert "inner" not in told["message"]


def test_unforeseen_error_goes_to_the_log(caplog):
    handled(RuntimeError("inner secret"))

    assert "inner secret" in caplog.text


def test_details_name_the_fields():
    answer = handled(Invalid.field("columns", "columns must be a list"))

    assert answer.data["error"] == {
        "code": "VALIDATION_ERROR",
        "message": "columns must be a list",
        "details": [{"field": "columns", "message": "columns must be a list"}],
    }


def test_what_is_worth_another_try_says_when():
    assert handled(Unavailable("m")).headers["Retry-After"] == "5"
    assert handled(exceptions.Throttled(wait=7.2)).headers["Retry-After"] == "8"
    assert "Retry-After" not in handled(Conflict("m")).headers


def test_challenge_is_passed_on():
    error = exceptions.NotAuthenticated("m")
    error.auth_header = "Bearer"

    assert handled(error).headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("address", ["/nonesuch", "/v1/export/", "/v1/exports"])
def test_address_that_is_not_there_has_the_same_shape(address):
    answer = Client().get(address)

    assert (answer.status_code, answer.json()["error"]) == (
        404,
        {
            "code": "NOT_FOUND",
            "message": "there is nothing at this address",
            "details": [],
        },
    )


def test_host_that_is_not_ours_has_the_same_shape(settings):
    settings.ALLOWED_HOSTS = ["exports.example.com"]

    answer = Client().get("/admin/", headers={"Host": "evil.example.com"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (
        400,
        "VALIDATION_ERROR",
    )


@pytest.mark.parametrize(
    ("view", "status", "code"),
    [
        (
            lambda request: problems.forbidden(request, PermissionDenied()),
            *(403, "FORBIDDEN"),
        ),
        (problems.server_error, 500, "EXPORT_ERROR"),
    ],
)
def test_pages_outside_of_the_api_have_the_same_shape(view, status, code):
    answer = view(RequestFactory().get("/"))

    assert answer.status_code == status
    assert f'"code": "{code}"' in answer.content.decode()


@pytest.mark.django_db
def test_password_cannot_be_guessed_at_leisure():
    client = Client()
    sent = {"username": "root", "password": "guess"}

    # The count begins anew with each minute.
    with time_machine.travel(make.NOW, tick=False):
        answers = [client.post("/admin/login/", sent).status_code for _ in range(11)]

    assert answers == [200] * 10 + [429]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        (
            "/admin/templates_app/exporttemplate/new-export/",
            403,
            ("Your role does not allow this.", "Ihre Rolle erlaubt das nicht."),
        ),
        (
            "/admin/nothing/",
            404,
            ("There is no such page.", "Diese Seite gibt es nicht."),
        ),
    ],
)
def test_people_at_the_admin_are_refused_by_a_page(path, status, told):
    client = at_admin("viewer", make.business("business_mine"))

    for language, words in zip(("en", "de"), told, strict=True):
        headers = {"Accept": "text/html", "Accept-Language": language}
        answer = client.get(path, headers=headers)
        kind = answer.headers["Content-Type"]
        assert (answer.status_code, kind) == (status, "text/html; charset=utf-8")
        assert words in answer.content.decode()
    asked = client.get(path, headers={"Accept": "application/json"})

    assert (asked.status_code, "error" in asked.json()) == (status, True)
