import hmac
import json
import re
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.pipeline.columns import ColumnType, OutColumn, Tally
from exports.pipeline.run import pseudonym_key
from exports.pipeline.transforms import MASK, apply, parse, safe_label
from tests import make
from tests.exports.pipeline.engine import cells_of, engine, export, problems_of
from tests.exports.pipeline.treating import CELL, KEY, column, treated


@pytest.mark.parametrize(
    ("transform", "kind", "cell", "expected"),
    [
        ("upper", "text", "Straße", "STRASSE"),
        ("lower", "text", "ÉTÉ İ", "été i̇"),
        ("trim", "text", "\u2003 a b\n", "a b"),
        ("truncate:3", "text", "😀é日本", "😀é日"),
        ("truncate:3", "text", "ab", "ab"),
        ("date:%d.%m.%Y", "date", "2024-02-09", "09.02.2024"),
        ("date:%H:%M:%S.%f", "datetime", CELL["datetime"], "23:05:07.000120"),
        (
            *("timezone:Asia/Kathmandu", "datetime", CELL["datetime"]),
            "2024-02-10T04:50:07.000120+05:45",
        ),
        ('map:{"GB":"Great Britain"}', "text", "GB", "Great Britain"),
        ('map:{"GB":"Great Britain"}', "text", "gb", "gb"),
        ('map:{"":"none"}', "text", "", "none"),
        ("default:n/a", "text", None, "n/a"),
        ("default:n/a", "text", "", ""),
        ("default:", "text", None, ""),
        ("default:a:b", "text", None, "a:b"),
        ("default:-7", "integer", None, "-7"),
        ("default:1", "decimal", None, "1.00"),
        ("default:0.125", "decimal", None, "0.12"),
        ("default:-0", "decimal", None, "0.00"),
        ("default:1e3", "decimal", None, "1000.00"),
        ("default:2024-02-09", "date", None, "2024-02-09"),
        (
            *("default:2024-02-09T01:00:00+02:00", "datetime", None),
            "2024-02-08T23:00:00.000000+00:00",
        ),
        ("hash", "text", "a", hmac.new(KEY, b"a", sha256).hexdigest()[:32]),
        ("hash", "text", "é", hmac.new(KEY, "é".encode(), sha256).hexdigest()[:32]),
    ],
)
def test_transform_changes_the_cell(transform, kind, cell, expected):
    done, _ = treated(transform, kind, cell)

    assert done == [expected]


@pytest.mark.parametrize(
    ("cell", "digits", "expected"),
    [
        ("0.125", 2, "0.12"),
        ("0.135", 2, "0.14"),
        ("2.500", 0, "2"),
        ("3.500", 0, "4"),
        ("-0.001", 2, "0.00"),
        ("-0.400", 0, "0"),
        ("-2.500", 0, "-2"),
        ("999999999999.995", 2, "1000000000000.00"),
        ("1.000", 3, "1.000"),
    ],
)
def test_round_is_half_to_even_and_never_minus_nought(cell, digits, expected):
    done, out = treated(f"round:{digits}", "decimal", cell, None, scale=3)

    assert done == [expected, None]
    assert (out.type, out.scale) == (
        ColumnType.DECIMAL if digits else ColumnType.INTEGER,
        digits,
    )


@given(st.decimals(-(10**12), 10**12, places=4), st.integers(0, 4))
def test_rounded_cell_is_canonical_text(number, digits):
    [done], _ = treated(f"round:{digits}", "decimal", f"{number:.4f}", scale=4)

    expected = number.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)
    point = rf"\.[0-9]{{{digits}}}" if digits else ""
    assert Decimal(done) == expected
    assert re.fullmatch(rf"-?[0-9]+{point}", done)
    assert done.lstrip("-0.") or not done.startswith("-")


@pytest.mark.parametrize("kind", CELL)
def test_mask_hides_values_and_whether_there_are_any(kind):
    treatment = parse("mask", column(kind, 2), pseudonym_key=KEY)
    tally = Tally()

    [[done]] = apply(
        [[[CELL[kind], None, ""]]], [treatment], guard_formulas=True, tally=tally
    )

    assert done == [MASK, MASK, MASK]
    assert (treatment.out.type, treatment.out.scale) == (ColumnType.TEXT, 0)
    assert tally.counts == {("c", "masked"): 3}


def test_hash_keeps_nulls_and_goes_out_as_text():
    done, out = treated("hash", "decimal", "1.25", None, "1.25")

    assert done == [done[0], None, done[0]]
    assert (out.type, out.scale) == (ColumnType.TEXT, 0)


@pytest.mark.parametrize("transform", ["upper", "truncate:2", 'map:{"a":"b"}', "hash"])
def test_transform_leaves_nulls(transform):
    assert treated(transform, "text", None)[0] == [None]


def test_timezone_goes_out_in_that_zone():
    done, out = treated("timezone:Europe/Berlin", "datetime", CELL["datetime"])

    assert done == ["2024-02-10T00:05:07.000120+01:00"]
    assert out.zone == "Europe/Berlin"


@pytest.mark.parametrize(
    ("zone", "moment"),
    [
        ("Asia/Tokyo", "9999-12-31T23:59:59.999999+00:00"),
        ("America/New_York", "0001-01-01T00:00:00.000000+00:00"),
    ],
)
def test_timezone_leaves_a_moment_that_no_calendar_of_it_has(zone, moment):
    done, _ = treated(f"timezone:{zone}", "datetime", moment)

    assert done == [moment]


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1)))  # noqa: DTZ001 -- UTC is written below
def test_timezone_keeps_the_instant(wall):
    cell = f"{wall.isoformat(timespec='microseconds')}+00:00"

    [done], _ = treated("timezone:America/St_Johns", "datetime", cell)

    assert datetime.fromisoformat(done) == datetime.fromisoformat(cell)


def test_heading_that_a_spreadsheet_would_run_is_neutralised():
    assert safe_label(OutColumn("c", "=1", ColumnType.DATE)).label == "'=1"
    assert safe_label(OutColumn("c", "", ColumnType.DATE)).label == ""
    assert safe_label(OutColumn("c", "Day", ColumnType.DATE)).label == "Day"


@engine
def test_hash_is_keyed_by_the_business():
    ours, theirs = make.business("ours"), make.business("theirs")
    for of in (ours, theirs):
        make.user_account(of, email="same@example.com")
    columns = [{"name": "email", "transform": "hash"}]

    found = [cells_of_email(of, columns) for of in (ours, theirs)]

    expected = [
        [hmac.new(key, b"same@example.com", sha256).hexdigest()[:32]]
        for key in (pseudonym_key("ours"), pseudonym_key("theirs"))
    ]
    assert found == expected
    assert found[0] != found[1]


def cells_of_email(of, columns):
    content = export(of, "user_data", columns=columns).content
    return [json.loads(line)["email"] for line in content.splitlines()]


@engine
def test_transforms_follow_each_column_of_their_own():
    ours = make.business("ours")
    make.user_account(ours, name="Zoë", email="a@example.com")
    columns = [
        {"name": "name", "label": "Loud", "transform": "upper"},
        {"name": "name", "label": "Quiet", "transform": "lower"},
        {"name": "email", "label": "Who", "transform": "mask"},
    ]

    exported = export(ours, "user_data", "csv", columns=columns)

    assert exported.content.decode() == "Loud,Quiet,Who\r\nZOË,zoë,***\r\n"
    assert exported.tally == {("Who", "masked"): 1}


def test_transform_is_named_in_what_is_refused():
    found = problems_of(columns=["id", {"name": "score", "transform": "upper"}])

    assert found == {
        "columns[1].transform": (
            "columns[1].transform 'upper' does not fit a column of type decimal"
        )
    }


@engine
def test_cells_of_a_masked_column_are_masked_whatever_was_asked():
    ours = make.business("ours")
    make.user_account(ours, name="Zoë")

    found = cells_of(
        ours,
        "user_data",
        "name",
        clearance=0,
        on_denied="mask",
    )

    assert found == [MASK]
