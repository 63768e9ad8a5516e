"""Others open the workbook: the Open XML SDK's validator, and LibreOffice."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from exports.customer360.bulk_book import workbook
from exports.customer360.csv import body as csv_of
from exports.customer360.xlsx import body
from tests.exports.customer360 import views_made as made
from tests.exports.customer360.payloads import payloads
from tests.exports.pipeline.renderers.test_excel_libreoffice import calc  # noqa: F401 -- a fixture
from tests.exports.pipeline.test_libreoffice import formulas

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
PACKAGE = Path(__file__).with_name("workbook_validator")
VIEWS = {
    "three orders": made.view(3),
    "a thousand orders": made.view(1000),
    "no orders": made.view(0, **made.NO_ORDERS),
    "two currencies": made.view(
        2, orders=(made.order(), made.order(2, currency="EUR"))
    ),
    "payloads": made.of_text("=1+1\x00\x01_x0041_\ud7ff<b>&amp;\t"),
}


MANY = {
    "ten customers": lambda: [made.view(100) for _ in range(10)],
    "who buys and who does not": lambda: [
        made.view(3),
        made.view(0, **made.NO_ORDERS),
        VIEWS["two currencies"],
    ],
    "nothing but facts": lambda: [BARE, BARE],
    "payloads": lambda: [VIEWS["payloads"], made.of_text("-1+1")],
}
BARE = made.bare()


def of_many(views) -> bytes:
    return b"".join(workbook(views, title="Northwind Traders", currency="GBP"))


@pytest.fixture(scope="module")
def validator(tmp_path_factory) -> Path:
    """The command of the locked package."""
    folder = tmp_path_factory.mktemp("validator")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(PACKAGE / name, folder)
    subprocess.run(
        # Not "ci": it wants the programs of all platforms locked, needed or not.
        ["npm", "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=folder,
        check=True,
        capture_output=True,
        timeout=300,
    )
    return folder / "node_modules" / ".bin" / "ooxml-validator"


def faults(command: Path, path: Path) -> list[dict]:
    done = subprocess.run(
        [command, path], capture_output=True, text=True, timeout=120, check=False
    )
    return json.loads(done.stdout)["errors"]


@pytest.mark.parametrize("name", VIEWS)
def test_workbook_is_valid(validator, tmp_path, name):
    path = tmp_path / "report.xlsx"
    path.write_bytes(b"".join(body(VIEWS[name])))

    assert faults(validator, path) == []


@pytest.mark.parametrize("name", MANY)
def test_workbook_of_many_is_valid(validator, tmp_path, name):
    path = tmp_path / "reports.xlsx"
    path.write_bytes(of_many(MANY[name]()))

    assert faults(validator, path) == []


def test_validator_finds_faults(validator, tmp_path):
    path = tmp_path / "report.xlsx"
    path.write_bytes(b"no workbook")

    assert len(faults(validator, path)) == 1


def test_libreoffice_shows_the_workbook_as_it_is(calc):  # noqa: F811 -- a fixture
    read = calc(b"".join(body(made.view(3))))

    assert read["Orders"][1] == [
        *("SO-10003", "2024-01-20 09:30", "Pending", "3", "GBP", "75.38 GBP"),
    ]
    assert read["Order Lines"][1][4:7] == ["1.69 GBP", "0.00%", "6.76 GBP"]
    assert read["Analytics"][1][:3] == ["Jan 2024", "0", "0.00 GBP"]


def test_libreoffice_shows_the_workbook_of_many_as_it_is(calc):  # noqa: F811 -- a fixture
    read = calc(of_many([made.view(3), made.view(1)]))

    ada = [str(made.ID), "Ada Lovelace"]
    assert [row[0] for row in read["Customer Profile"]] == ["Customer ID", *ada[:1] * 2]
    assert read["Orders"][1] == [
        *(*ada, "SO-10003", "2024-01-20 09:30", "Pending", "3", "GBP", "75.38 GBP"),
    ]
    assert [row[2] for row in read["Orders"][1:]] == [
        *("SO-10003", "SO-10002", "SO-10001", "SO-10001"),
    ]
    assert len(read["Order Lines"]) == 13
    assert read["Analytics"][1][:5] == [*ada, "Jan 2024", "0", "0.00 GBP"]


def of_two(view) -> list[bytes]:
    return [of_many([view, view])]


@pytest.mark.parametrize(
    ("made_by", "name"), [(body, "a.xlsx"), (csv_of, "a.csv"), (of_two, "b.xlsx")]
)
def test_libreoffice_finds_no_formula(tmp_path, made_by, name):
    texts = payloads()
    view = made.view(
        profile=made.PROFILE,
        orders=tuple(
            made.replace(made.order(place), number=text, status=text, currency=text)
            for place, text in enumerate(texts)
        ),
        tags=tuple(texts),
        segments=tuple(texts),
    )

    assert formulas(b"".join(made_by(view)), name, tmp_path) == []
