"""``notify`` names addresses, each once, each with a language."""

import pytest

from exports.errors import Invalid
from exports.pipeline import receivers
from exports.pipeline.problems import Problems

MANY = [f"a{number}@example.com" for number in range(11)]


def parse(notify):
    problems = Problems()
    found = receivers.parse(notify, problems)
    problems.settle()
    return found


@pytest.mark.parametrize("notify", [None, {}])
def test_nobody_is_named(notify):
    assert parse(notify) == {}


def test_each_receiver_is_kept_once_with_a_language(settings):
    settings.EXPORTS = settings.EXPORTS | {"MAIL_LANGUAGE": "de"}
    given = [
        "ops@example.com",
        {"address": "OPS@example.com", "language": "en"},
        {"address": "a@example.com", "language": "en"},
        {"address": "b@example.com", "language": None},
    ]

    found = parse({"email": given})

    assert found == {
        "email": [
            {"address": "ops@example.com", "language": "de"},
            {"address": "a@example.com", "language": "en"},
            {"address": "b@example.com", "language": "de"},
        ]
    }
    assert parse(found) == found


@pytest.mark.parametrize(
    ("notify", "fields"),
    [
        ({"sms": ["1"]}, ["notify"]),
        ({"email": ["a@example.com"], "sms": []}, ["notify"]),
        ({"email": []}, ["notify.email"]),
        ({"email": "a@example.com"}, ["notify.email"]),
        ({"email": MANY}, ["notify.email"]),
        ({"email": ["a@example.com", "no"]}, ["notify.email[1]"]),
        ({"email": [7]}, ["notify.email[0]"]),
        ({"email": [{"address": 7}]}, ["notify.email[0]"]),
        ({"email": [{"name": "A"}]}, ["notify.email[0]"]),
        ({"email": ["a@exämple.com"]}, ["notify.email[0]"]),
        ({"email": ["a@example.com\nBcc: b@example.com"]}, ["notify.email[0]"]),
        ({"email": ["a" * 250 + "@b.co"]}, ["notify.email[0]"]),
        (
            {"email": [{"address": "a@example.com", "language": "fr"}]},
            ["notify.email[0].language"],
        ),
        (
            {"email": [{"address": "a@example.com", "language": ["de"]}]},
            ["notify.email[0].language"],
        ),
    ],
)
def test_what_is_wrong_is_named(notify, fields):
    with pytest.raises(Invalid) as refused:
        parse(notify)

    assert [each["field"] for each in refused.value.details] == fields


def test_installation_without_mail_says_so(settings):
    settings.MAIL_IS_SET_UP = False

    with pytest.raises(Invalid, match="this installation sends no mail"):
        parse({"email": ["a@example.com"]})
