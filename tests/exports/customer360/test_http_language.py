"""Who is refused at the admin's pages reads why in German; programs do in English."""

import json

import pytest

from tests import make
from tests.exports.customer360.reported import mine, often
from tests.exports.customer360.staff_asks import UNKNOWN, refusal, token_client, url
from tests.exports.views.asking import BOTH, signed_in

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)
__all__ = ["mine", "often"]
GERMAN = {"Accept-Language": "de-DE,de;q=0.9"}
BULK = "/api/admin/customers/export"


@pytest.fixture
def people(mine):
    """A program and somebody at the admin, both of the same role."""
    business = mine.business
    person = signed_in(make.staff("manager", business))
    return token_client("manager", business), person


@pytest.mark.parametrize(
    ("query", "english", "german"),
    [
        (
            {"format": "pdf", "orderLimit": "all"},
            "Invalid request parameters: orderLimit: is 'all' for csv, json alone",
            (
                "Höchstens so viele Bestellungen, die neuesten zuerst: „all“ gibt es"
                " nur bei csv, json"
            ),
        ),
        (
            {"format": "doc", "compression": "zip"},
            (
                "Invalid request parameters: format: must be one of pdf, csv, xlsx,"
                " json; compression: must be 'gzip', or null"
            ),
            (
                "Format: muss eines von diesen sein: pdf, csv, xlsx, json;"
                " Komprimierung: muss „gzip“ sein oder fehlen"
            ),
        ),
    ],
)
def test_wrong_parameters_are_told_by_what_their_boxes_are_called(
    mine, people, query, english, german
):
    program, person = people

    answers = [
        program.get(url(mine, **query), headers=GERMAN),
        person.get(url(mine, **query)),
        person.get(url(mine, **query), headers=GERMAN),
    ]

    code = (400, "VALIDATION_ERROR")
    assert [refusal(each) for each in answers] == [
        (*code, english),
        (*code, english),
        (*code, german),
    ]
    told = [each["message"] for each in json.loads(answers[2].content)["details"]]
    assert "; ".join(told) == german


def test_customer_who_is_not_there_is_told_in_german(people):
    answers = [each.get(url(UNKNOWN), headers=GERMAN) for each in people]

    assert [refusal(each)[2] for each in answers] == [
        "Customer not found",
        "Diesen Kunden gibt es nicht, oder er ist nicht für Sie",
    ]


def test_failure_is_told_in_german(mine, people, monkeypatch):
    def failing(view):
        raise ZeroDivisionError("/secret/path")

    monkeypatch.setattr("exports.customer360.csv.body", failing)
    answers = [each.get(url(mine, format="csv"), headers=GERMAN) for each in people]

    assert [refusal(each) for each in answers] == [
        (500, "EXPORT_GENERATION_FAILED", told)
        for told in (
            "The export failed; the request id finds the reason in the log",
            (
                "Der Export ist gescheitert; die Kennung der Anfrage findet den Grund"
                " im Protokoll"
            ),
        )
    ]


def test_refusal_of_many_is_told_in_german(mine, people, settings):
    settings.EXPORTS = settings.EXPORTS | {"MAX_ACTIVE_JOBS_PER_BUSINESS": 0}
    sent = {"customerIds": [str(mine.pk)], "format": "json"}

    answers = [each.post(BULK, sent, format="json", headers=GERMAN) for each in people]

    english, german = (refusal(each) for each in answers)
    assert english[:2] == german[:2] == (409, "CONFLICT")
    assert english[2].startswith("the business has 0 jobs that wait or run")
    assert german[2].startswith("Von diesem Unternehmen warten oder laufen 0 Aufträge")
