"""New export in real Chromium: own queries, each part of a spec, by keyboard."""

import csv
import io
import json
import os
import subprocess
from pathlib import Path

import pytest

from customers.models import Business
from exports import runs
from exports.models import ExportJob
from templates_app.models import ExportTemplate
from tests import make
from tests.exports.destinations_made import bucket_body, destination
from tests.exports.pipeline.query.asking import query_role
from tests.exports.views.asking import BOTH

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=BOTH),
]
__all__ = ["query_role"]
NEW = "/admin/templates_app/exporttemplate/new-export/"


@pytest.fixture
def mine():
    business = make.business("business_mine", name="Mine")
    for status in ("completed", "failed", "failed"):
        make.verification(make.company(business), status=status)
    make.verification(make.company(make.business("business_theirs"), name="Theirs"))
    return business


def press(page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def tab_to(page, target) -> None:
    """As people get there: nothing is pointed at."""
    for _ in range(400):
        if target.evaluate("each => each === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way by keyboard to {target}")


def work() -> None:
    for queue in ("interactive", "bulk"):
        runs.work(queue, worker="test")


def downloaded(page) -> list[list[str]]:
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    text = Path(download.value.path()).read_text()
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.usefixtures("query_role")
def test_query_is_written_mended_and_run(visit, mine):
    seen = visit(make.staff("manager", mine))
    page = seen.page
    page.goto(NEW)
    page.get_by_role("radio", name="Custom query").check()
    page.locator("#custom_query").fill("SELECT status, pg_sleep(9) FROM verifications")
    page.get_by_role("button", name="Check the query").click()
    page.get_by_text("Line 1, column 16: the function").wait_for()

    marked = page.evaluate("() => getSelection().toString()")
    focused = page.evaluate("() => document.activeElement.id")

    assert (marked, focused) == ("pg_sleep", "custom_query")

    page.keyboard.type("count(*")
    page.locator("#custom_query").fill(
        "SELECT status, count(*) AS n FROM verifications GROUP BY status ORDER BY n"
    )
    page.keyboard.press("Control+Enter")
    page.get_by_text("Understood: 2 columns, 2 rows").wait_for()
    page.locator("#rows td").first.wait_for()
    kinds = page.locator("#columns .kyb-tag").all_inner_texts()
    page.get_by_role("button", name="Run as a job").click()
    page.get_by_text("waiting").wait_for()
    work()

    assert kinds == ["text", "public", "whole number", "public"]
    assert downloaded(page) == [["status", "n"], ["completed", "1"], ["failed", "2"]]
    refused = [each for each in seen.complaints if "400 (Bad Request)" in each]
    assert refused == seen.complaints
    seen.complaints.clear()


def test_names_are_put_into_the_query(visit, mine):
    page = visit(make.staff("manager", mine)).page
    page.goto(f"{NEW}?type=custom")
    names = page.get_by_role("region", name="Datasets")
    names.get_by_text("Verifications", exact=True).click()
    names.get_by_role("button", name="verifications the dataset").click()

    begun = page.locator("#custom_query").input_value()
    page.locator("#custom_query").fill("SELECT ")
    names.get_by_role("button", name="risk_level text, internal").first.focus()
    press(page, "Enter", "Enter")

    assert begun == "SELECT *\nFROM verifications"
    assert page.locator("#custom_query").input_value() == "SELECT risk_level risk_level"
    page.locator("#custom_query").fill("")


def test_operator_has_no_query(visit, mine):
    page = visit(make.staff("operator", mine)).page
    page.goto(NEW)
    page.locator("#rows td").first.wait_for()

    assert page.get_by_role("radio", name="Custom query").count() == 0


def choose_columns(page) -> None:
    page.get_by_role("button", name="Check none").click()
    for name in ("status", "created_at"):
        page.locator(f"#columns [data-name={name}] [data-part=chosen]").check()
    status = page.locator("#columns [data-name=status]")
    status.locator("summary").click()
    status.get_by_label("Label", exact=True).fill("State")
    status.locator("[data-part=transform]").select_option("map:")
    status.locator("[data-part=argument]").fill('{"failed": "no"}')


def filter_rows(page) -> None:
    page.get_by_role("button", name="Add a filter").click()
    page.locator("#filters [data-part=column]").select_option("status")
    page.locator("#filters [data-part=operator]").select_option("in")
    page.get_by_role("checkbox", name="failed").check()
    page.get_by_role("button", name="Add a filter").click()
    second = page.locator("#filters li").nth(1)
    second.locator("[data-part=column]").select_option("created_at")
    second.locator("[data-part=operator]").select_option(label="from")
    second.locator("[data-part=value] input").fill("2020-01-31T00:00:00")


def sort_rows(page) -> None:
    for name, direction in (("status", "asc"), ("created_at", "desc")):
        page.get_by_role("button", name="Add a column to sort by").click()
        page.locator("#sorts [data-part=column]").last.select_option(name)
        page.locator("#sorts [data-part=direction]").last.select_option(direction)


def test_every_part_of_a_spec_is_asked_for_and_saved(visit, mine):
    page = visit(make.staff("operator", mine)).page
    page.goto(NEW)
    page.locator("#rows td").first.wait_for()
    choose_columns(page)
    filter_rows(page)
    sort_rows(page)
    page.get_by_text("2 rows, about").wait_for()
    page.get_by_label("Name of a template").fill("Failed")
    page.get_by_role("button", name="Save as a template").click()
    page.get_by_text("Saved as the template failed.").wait_for()
    row = ExportTemplate.objects.get()
    page.goto(f"{NEW}?business={mine.id}&template={row.slug}")
    page.get_by_text("2 rows, about").wait_for()
    shown = page.locator("#rows tbody td:first-child").all_inner_texts()

    assert shown == ["no", "no"]
    assert row.filters == {
        "status_in": ["failed"],
        "created_at_min": "2020-01-31T00:00:00Z",
    }
    assert row.sort_by == ["status", "-created_at"]
    assert row.columns == [
        {"name": "status", "label": "State", "transform": 'map:{"failed": "no"}'},
        "created_at",
    ]


def test_export_is_built_and_run_by_keyboard_alone(visit, mine):
    page = visit(make.staff("operator", mine)).page
    tab_to(page, page.get_by_role("link", name="New export").first)
    press(page, "Enter")
    page.locator("#rows td").first.wait_for()
    for name in ("Check none", "Add a filter"):
        tab_to(page, page.get_by_role("button", name=name))
        if name == "Check none":
            press(page, "Enter")
            tab_to(page, page.get_by_role("checkbox", name="Status"))
        press(page, "Space")
    page.keyboard.type("Status")
    tab_to(page, page.locator("#filters [data-part=value] select"))
    page.keyboard.type("failed")
    page.get_by_text("2 rows, about").wait_for()
    outline = page.evaluate(
        "() => getComputedStyle(document.activeElement).outlineStyle"
    )
    tab_to(page, page.get_by_role("button", name="Run as a job"))
    press(page, "Enter")
    page.get_by_text("waiting").wait_for()
    said = page.locator("[role=status][aria-live=polite]").count()
    bar = page.get_by_role("progressbar").count()
    work()
    page.get_by_role("link", name="Download").wait_for()
    tab_to(page, page.get_by_role("link", name="Download"))
    with page.expect_download() as download:
        press(page, "Enter")

    text = Path(download.value.path()).read_text()
    assert text.split() == ["status", "failed", "failed"]
    assert (outline, said, bar) == ("solid", 1, 1)
    assert ExportJob.objects.get().spec["filters"] == {"status": "failed"}


def test_file_is_mailed_of_and_brought_to_a_destination(visit, mine):
    place = destination(bucket_body(mine, name="Archive"))
    destination(bucket_body(Business.objects.get(pk="business_theirs"), name="Theirs"))
    seen = visit(make.staff("operator", mine))
    page = seen.page
    page.goto(NEW)
    page.locator("#rows td").first.wait_for()
    places = page.locator("#destinations label").all_inner_texts()
    page.get_by_role("checkbox", name="Archive").check()
    page.get_by_label("Mail, when it has ended, to").fill("nobody")
    page.get_by_text("must be an email address").wait_for()
    wrong = page.locator("#notify").get_attribute("aria-invalid")
    page.get_by_label("Mail, when it has ended, to").fill(
        "a@example.com, b@example.com"
    )
    page.get_by_text("3 rows, about").wait_for()
    page.get_by_role("button", name="Run as a job").click()
    page.get_by_text("waiting").wait_for()

    row = ExportJob.objects.get()
    assert ([each.strip() for each in places], wrong) == (["Archive"], "true")
    assert row.spec["destinations"] == [place.destination_id]
    assert [each["address"] for each in row.spec["notify"]["email"]] == [
        "a@example.com",
        "b@example.com",
    ]
    refused = [each for each in seen.complaints if "400 (Bad Request)" in each]
    assert refused == seen.complaints
    seen.complaints.clear()


def test_copied_command_asks_for_the_same_export(visit, mine):
    page = visit(make.staff("operator", mine)).page
    page.goto(NEW)
    page.locator("#rows td").first.wait_for()
    choose_columns(page)
    page.get_by_role("button", name="Add a filter").click()
    page.locator("#filters [data-part=column]").select_option("business_name")
    page.locator("#filters [data-part=operator]").select_option("contains")
    page.locator("#filters [data-part=value] input").fill('O\'Neill $HOME `x` "y"')
    page.get_by_label("Password of the file").fill("a secret of mine")
    page.get_by_role("button", name="Copy as curl").click()
    command = page.locator("#command").text_content()
    _key, text = make.api_key(mine, scopes=["exports:write"])

    typed = command.replace("PASSWORD", "a secret of mine")
    done = subprocess.run(
        ["bash", "-c", f"{typed} --silent --fail"],
        env={"PATH": os.environ["PATH"], "KYB_KEY": text},
        capture_output=True,
        text=True,
        check=True,
    )

    [row] = ExportJob.objects.all()
    assert json.loads(done.stdout)["job_id"] == row.job_id
    assert row.spec["filters"] == {"business_name_contains": 'O\'Neill $HOME `x` "y"'}
    assert [each["name"] for each in row.spec["columns"]] == ["status", "created_at"]
    assert row.is_encrypted
    assert "a secret of mine" not in command


def test_page_speaks_german(visit, mine):
    page = visit(make.staff("manager", mine), locale="de-DE").page
    page.get_by_role("link", name="Neuer Export").click()
    page.locator("#rows td").first.wait_for()
    labels = page.locator("#columns [data-part=title]").all_inner_texts()
    page.get_by_label("Zeitraum", exact=True).select_option(label="Die letzten 30 Tage")
    page.get_by_text("0 Zeilen, etwa").wait_for()
    page.get_by_label("Zeitraum", exact=True).select_option(label="Alle Zeit")
    page.get_by_text("3 Zeilen, etwa").wait_for()
    page.get_by_role("button", name="Als Auftrag ausführen").click()
    page.get_by_text("wartet", exact=True).wait_for()
    work()
    page.get_by_role("link", name="Herunterladen").wait_for()

    assert page.locator("html").get_attribute("lang") == "de"
    assert {"Risikostufe", "Prüfende Person"} <= set(labels)
    assert page.get_by_text("3, vollständig").count() == 1
