"""The admin in German; programs are answered in English whatever they accept."""

import gettext
import re
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

from customers.models import Customer
from exports.models import ExportJob
from tests import make
from tests.customers.admin.asking import at_admin, page
from tests.exports.jobs_made import claimed, job

ROOT = Path(__file__).resolve().parents[2]
APPS = ("customers", "exports", "templates_app")
GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}
SAME = {"Name", "Format", "Filter", "Pseudonym"}
PAGES = sorted(
    path for app in APPS for path in (ROOT / app / "templates").rglob("admin/*.html")
)


def catalogue(app: str) -> gettext.GNUTranslations:
    path = ROOT / app / "locale" / "de" / "LC_MESSAGES" / "django.mo"
    with path.open("rb") as file:
        return gettext.GNUTranslations(file)


@pytest.mark.django_db
def test_page_is_in_the_language_of_the_browser():
    mine = make.business("business_mine")
    claimed(job(mine), rows_written=1500, rows_expected=6000)
    client = at_admin("operator", mine)

    german = client.get(page(ExportJob, "changelist"), headers=GERMAN)
    english = client.get(page(ExportJob, "changelist"))

    assert "1.500 von 6.000 Zeilen" in german.content.decode()
    assert '<html lang="de"' in german.content.decode()
    assert "1,500 of 6,000 rows" in english.content.decode()
    assert "Accept-Language" in german.headers["Vary"]
    assert [each.headers["Content-Language"] for each in (german, english)] == [
        "de",
        "en",
    ]


@pytest.mark.django_db
def test_language_of_a_page_is_not_the_next_answers():
    client = at_admin("manager")

    client.get(page(Customer, "changelist"), headers=GERMAN)
    answer = Client().get("/v1/export/jobs", headers=GERMAN)

    assert translation.get_language() == "en"
    assert answer.json()["error"]["message"].startswith("an API key is needed")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_word_of_a_page_is_in_the_catalogue(path):
    app = path.relative_to(ROOT).parts[0]
    words = re.findall(r"""{% translate (?:"([^"]*)"|'([^']*)')""", path.read_text())

    known = catalogue(app)
    missing = [
        text
        for text in ("".join(pair) for pair in words)
        if known.gettext(text.replace("%", "%%")) == text and text not in SAME
    ]

    assert missing == []


@pytest.mark.parametrize("app", APPS)
def test_catalogue_was_made_of_its_source(app):
    source = (ROOT / app / "locale/de/LC_MESSAGES/django.po").read_text()
    pairs = re.findall(r'msgid "(.+)"\nmsgstr "(.+)"', source)

    known = catalogue(app)

    assert len(pairs) > 5
    assert {text: known.gettext(text) for text, _ in pairs} == dict(pairs)
