"""The admin in German; programs are answered in English whatever they accept."""

import ast
import gettext
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from django.apps import apps
from django.test import Client
from django.utils import translation

from customers.models import Customer, Verification
from exports.models import ExportJob
from exports.states import JobStatus
from tests import make
from tests.customers.admin.asking import at_admin, page
from tests.exports.jobs_made import claimed, ended, job

ROOT = Path(__file__).resolve().parents[2]
APPS = ("customers", "exports", "templates_app")
GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}
SAME = {"Name", "Format", "Filter", "Pseudonym", "Status"}
MARKS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "pgettext"}
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


def words_of(path: Path) -> Iterator[str]:
    """What a module marks for translation."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            is_mark = node.func.id in MARKS and node.args
            if is_mark and isinstance(node.args[0], ast.Constant):
                yield str(node.args[0].value)


def sources(app: str) -> set[str]:
    """The English texts of a catalogue; of plurals the singular."""
    text = (ROOT / app / "locale/de/LC_MESSAGES/django.po").read_text()
    found = re.findall(r'^msgid (".*")$', text, re.MULTILINE)
    return {ast.literal_eval(each) for each in found}


def blocks_of(path: Path) -> list[str]:
    """What stands between ``blocktranslate`` tags, its names as gettext has them."""
    found = re.findall(
        r"{% blocktranslate.*?%}(.*?){% (?:plural|endblocktranslate) %}",
        path.read_text(),
        re.DOTALL,
    )
    return [re.sub(r"{{ (\w+) }}", r"%(\1)s", each) for each in found]


@pytest.mark.parametrize("app", APPS)
def test_every_word_of_the_admins_code_is_in_the_catalogue(app):
    modules = (ROOT / app / "admin").rglob("*.py")
    words = {word for path in modules for word in words_of(path)}
    words |= {
        word
        for path in PAGES
        if path.relative_to(ROOT).parts[0] == app
        for word in blocks_of(path)
    }

    known = set().union(*(sources(each) for each in APPS))

    assert words - known == set()


@pytest.mark.parametrize("app", APPS)
def test_no_text_of_a_catalogue_is_empty_or_a_guess(app):
    source = (ROOT / app / "locale/de/LC_MESSAGES/django.po").read_text()
    _head, *entries = source.split("\n\n")

    assert [each for each in entries if "fuzzy" in each] == []
    assert [each for each in entries if re.search(r'msgstr(\[\d\])? ""$', each)] == []
    assert [each for each in entries if each.startswith("#~")] == []


def test_every_choice_has_a_german_word():
    same = {"Administration", "Bronze", "Compliance", "Gold", "S3"}
    models = [model for app in APPS for model in apps.get_app_config(app).get_models()]
    labels = [
        label
        for model in models
        for field in model._meta.local_fields
        for _value, label in field.flatchoices
    ]

    english = {str(label) for label in labels}
    with translation.override("de"):
        german = {str(label) for label in labels}

    assert english & german == same
    assert len(labels) > 80


@pytest.mark.django_db
def test_statuses_are_told_in_the_readers_language():
    mine = make.business("business_mine")
    make.verification(make.company(mine), status="in_review", risk_level="critical")
    ended(job(mine), JobStatus.CANCELLED)
    client = at_admin("manager", mine)

    checks = client.get(page(Verification, "changelist"), headers=GERMAN)
    exports = client.get(page(ExportJob, "changelist"), headers=GERMAN)

    assert {"In Prüfung", "Kritisch"} <= cells(checks)
    assert "Prüfungen, CSV" in cells(exports)
    # The filter says what the list says.
    assert "abgebrochen</" in exports.content.decode().replace(" ", "")


def cells(answer) -> set[str]:
    """Texts of a list's table."""
    found = re.findall(r"<td[^>]*>([^<]*)</td>", answer.content.decode())
    return {each.strip() for each in found}


@pytest.mark.django_db
def test_numbers_and_times_are_written_as_the_reader_does():
    mine = make.business("business_mine")
    row = make.verification(make.company(mine), fee=Decimal("1234.50"))
    client = at_admin("manager", mine)
    address = page(Verification, "change", row.pk)

    german = client.get(address, headers=GERMAN).content.decode()
    english = client.get(address).content.decode()

    assert "15. Januar 2025 12:00" in german
    assert "1234,50" in german
    assert "Jan. 15, 2025, noon" in english
    assert "1234.50" in english
