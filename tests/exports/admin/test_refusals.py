"""What is refused is said in the reader's language; programs are told in English."""

import re

import pytest
from django.contrib.messages import get_messages
from django.utils import translation

from exports.admin import (
    refusals,
    refused_exports,
    refused_queries,
    refused_reports,
    refused_settings,
)
from exports.models import Webhook
from exports.states import JobStatus
from templates_app.models import ExportTemplate, Schedule
from tests import make
from tests.customers.admin.asking import at_admin, page
from tests.exports.admin.test_acts import ask
from tests.exports.jobs_made import ended, job
from tests.exports.views.asking import client, signed_in, spec
from tests.templates_app.schedules_made import schedule

GERMAN = {"Accept-Language": "de-DE,de;q=0.9"}
PATTERNS = (
    *refused_exports.PATTERNS,
    *refused_settings.PATTERNS,
    *refused_queries.PATTERNS,
    *refused_reports.PATTERNS,
)
WRONG = [
    {"password": "short"},
    {"max_rows": 0},
    {"max_rows": "many"},
    {"columns": ["nam"]},
    {"columns": []},
    {"columns": ["notes"]},
    {"columns": [{"name": "score", "transform": "upper"}]},
    {"columns": [{"name": "score", "transform": "rond:2"}]},
    {"columns": [{"name": "status", "transform": "truncate:"}]},
    {"columns": [{"name": "created_at", "transform": "timezone:Here"}]},
    {"filters": {"statuss": "x"}},
    {"filters": {"status": "x"}},
    {"filters": {"status_min": "x"}},
    {"filters": {"score_min": "high"}},
    {"filters": {"created_at_min": "yesterday"}},
    {"filters": {"date_range": "never"}},
    {"sort_by": ["checks"]},
    {"time_range": {"start": "2025-01-02T00:00:00Z", "end": "2025-01-01T00:00:00Z"}},
    {"format": "docx"},
    {"format": "pdf", "compression": "zip"},
    {"options": {"delimiter": "xxxxxxxxx"}},
    {"options": {"nope": 1}},
    {"export_type": "reprots"},
    {"custom_query": "SELECT 1"},
    {"nonsense": 1},
]


@pytest.fixture
def mine():
    return make.business("business_mine", name="Mine")


def refused(caller, of, **values) -> list[str]:
    sent = spec(of, **values)
    answer = caller.post("/v1/export/preview", sent, format="json", headers=GERMAN)
    assert answer.status_code in {400, 403}, answer.content
    error = answer.json()["error"]
    return [error["message"], *(each["message"] for each in error["details"])]


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_refusal_is_german_for_whoever_is_signed_in(mine, wrong):
    scopes = ["exports:read", "exports:write", "custom_query"]
    english = refused(client(mine, scopes=scopes), mine, **wrong)

    german = refused(signed_in(make.staff("operator", mine)), mine, **wrong)

    assert len(german) == len(english)
    pairs = zip(german, english, strict=True)
    assert [one for one, other in pairs if one == other] == []


@pytest.mark.parametrize("source", PATTERNS)
def test_every_pattern_is_found_and_filled(source):
    message = re.sub(r"%\((\w+)\)s", "x", source)

    with translation.override("de"):
        german = refusals.told(message)
    with translation.override("en"):
        english = refusals.told(message)

    assert english == message
    assert (german != message, "%(" in german) == (True, False)


def test_unknown_message_stays_as_it_is():
    with translation.override("de"):
        assert refusals.told("something new: went wrong") == "something new: went wrong"


def test_place_in_a_query_is_kept():
    detail = {
        "field": "custom_query",
        "message": "custom_query: line 2, column 8: JSON is not compared",
        "line": 2,
        "column": 8,
        "reason": "JSON is not compared",
    }

    with translation.override("de"):
        [told] = refusals.told_all([detail])

    assert told == detail | {
        "message": "Zeile 2, Zeichen 8: JSON wird nicht verglichen",
        "reason": "JSON wird nicht verglichen",
    }


@pytest.mark.parametrize(
    ("english", "german"),
    [
        (
            "password must have 8 to 99 characters",
            "Passwort: muss 8 bis 99 Zeichen haben",
        ),
        (
            "columns[0] names an unknown column 'nam': did you mean 'name'? known: a",
            "columns[0]: unbekannt (Spalte): „nam“, vielleicht „name“; es gibt: a",
        ),
        (
            "export: max_rows must be from 1 to 5",
            "export: Höchstens so viele Zeilen: muss von 1 bis 5 sein",
        ),
    ],
)
def test_fields_are_called_as_their_boxes(english, german):
    with translation.override("de"):
        assert refusals.told(english) == german


@pytest.mark.django_db
def test_act_that_is_refused_says_so_in_german(mine):
    row = ended(job(mine, password="long and secret"), JobStatus.CANCELLED)
    sent = {"password": "aaaaaaaaaa"}

    answer = at_admin("operator", mine).post(ask(row, "retry"), sent, headers=GERMAN)

    [told] = [str(each) for each in get_messages(answer.wsgi_request)]
    assert told.startswith("Passwort: muss mindestens ")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("model", "sent", "told"),
    [
        (
            ExportTemplate,
            {"slug": "s", "export_type": "reports", "format": "csv", "sort_order": "x"},
            "muss eines von diesen sein: asc, desc",
        ),
        (
            Webhook,
            {"url": "https://127.0.0.1/", "events": ["export.completed"]},
            "hat eine Adresse, die nicht öffentlich ist",
        ),
        (
            Schedule,
            {"what": "export", "export": "{}", "cron": "* *"},
            "muss fünf Felder haben: Minute, Stunde, Tag, Monat, Wochentag",
        ),
    ],
)
def test_form_says_in_german_what_is_wrong(mine, model, sent, told):
    basic = {"business": mine.pk, "name": "n", "missed": "run_once"}
    basic |= {"data_range": "as_asked", "filters": "{}", "options": "{}"}

    answer = at_admin("manager", mine).post(
        page(model, "add"), basic | sent, headers=GERMAN
    )

    assert answer.status_code == 200
    assert told in answer.content.decode()


@pytest.mark.django_db
def test_stored_reasons_are_told_in_german(mine):
    row = ended(job(mine), JobStatus.FAILED)
    row.error_message = "there are no rows"
    row.save()
    of = schedule(mine)
    of.runs.create(
        business=mine,
        fire_at=make.NOW,
        ended_at=make.NOW,
        status="skipped",
        reason="nobody looked when it was due",
    )
    caller = at_admin("viewer", mine)

    of_job = caller.get(page(type(row), "change", row.pk), headers=GERMAN)
    of_schedule = caller.get(page(Schedule, "change", of.pk), headers=GERMAN)

    assert "Es gibt keine Zeilen" in of_job.content.decode()
    assert "Niemand sah nach, als er fällig war" in of_schedule.content.decode()
