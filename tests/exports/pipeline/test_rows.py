import json
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.pipeline.datasets import DATASETS
from exports.pipeline.rows import canonical_json, open_snapshot
from tests import make
from tests.exports.pipeline.engine import cells_of, engine, rows_of

MOMENTS = {
    0: "2024-01-31T23:59:59.000000+00:00",
    1: "2024-01-31T23:59:59.000001+00:00",
    500_000: "2024-01-31T23:59:59.500000+00:00",
    120_000: "2024-01-31T23:59:59.120000+00:00",
    123_000: "2024-01-31T23:59:59.123000+00:00",
    123_400: "2024-01-31T23:59:59.123400+00:00",
    123_450: "2024-01-31T23:59:59.123450+00:00",
    123_456: "2024-01-31T23:59:59.123456+00:00",
    999_999: "2024-01-31T23:59:59.999999+00:00",
}


@engine
@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu"])
def test_moment_has_six_digits_and_utc(zone):
    ours = make.business("ours", time_zone=zone)
    for fraction in MOMENTS:
        at = datetime(2024, 1, 31, 23, 59, 59, fraction, UTC)
        make.user_account(ours, created_at=at, last_login_at=at)
    make.user_account(ours, last_login_at=None)

    found = cells_of(
        ours, "user_data", "last_login_at", sort_by=["last_login_at", "created_at"]
    )

    assert found == [*sorted(MOMENTS.values()), None]


@engine
def test_decimal_has_all_its_digits():
    fees = ["-999999999999.99", "-5.00", "-0.01", "0.00", "0.01", "0.10", "0.29"]
    fees += ["1.00", "450359962737.49", "999999999999.98", "999999999999.99"]
    ours = make.business("ours")
    for fee in reversed(fees):
        make.verification(ours, fee=Decimal(fee), score=None)

    rows = rows_of(ours, columns=["fee", "score"], sort_by=["fee"])

    assert rows == [{"fee": fee, "score": None} for fee in fees]


@engine
def test_score_has_four_digits():
    scores = ["0.0000", "0.0001", "0.1000", "0.5000", "0.9999", "1.0000"]
    ours = make.business("ours")
    for score in scores:
        make.verification(ours, score=Decimal(score))

    assert cells_of(ours, "verifications", "score", sort_by=["score"]) == scores


@engine
def test_identifier_is_36_lower_characters():
    ours = make.business("ours")
    for number in (0, 1, 0xABCDEF << 100, (1 << 128) - 1):
        make.user_account(ours, id=UUID(int=number))

    found = cells_of(ours, "user_data", "id", sort_by=["-id"])

    assert found == [
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "0abcdef0-0000-0000-0000-000000000000",
        "00000000-0000-0000-0000-000000000001",
        "00000000-0000-0000-0000-000000000000",
    ]


@engine
def test_integer_and_date_are_plain():
    ours = make.business("ours")
    make.company(ours, risk_score=0, incorporated_on="0987-01-02")
    make.company(ours, risk_score=100, incorporated_on="9999-12-31")
    make.company(ours, risk_score=None, incorporated_on=None)

    rows = rows_of(
        ours,
        "business_data",
        columns=["risk_score", "incorporated_on"],
        sort_by=["risk_score"],
    )

    assert rows == [
        {"risk_score": 0, "incorporated_on": "0987-01-02"},
        {"risk_score": 100, "incorporated_on": "9999-12-31"},
        {"risk_score": None, "incorporated_on": None},
    ]


@engine
def test_text_is_as_stored():
    texts = [
        "",
        " ",
        "a\r\nb\t",
        "Ω≈ç",
        "e\u0301",
        "é",
        "👩\u200d🚀",
        "\ufeff",
        "'\"\\",
    ]
    texts += ["\x01\x1f\x7f\x85", "\ufffe\uffff", "%s %(x)s %%", "NULL", "\U0010ffff"]
    ours = make.business("ours")
    for number, text in enumerate(texts):
        make.verification(ours, notes=text, fee=number)

    assert cells_of(ours, "verifications", "notes", sort_by=["fee"]) == texts


JSONS = [
    ({"b": 1, "a": 2, "B": 3, "é": 4, "😀": 5, "": 6}, None),
    ({"b": {"d": 1, "c": [{"f": 1, "e": 2}]}, "aa": 0}, None),
    ([1, 1.0, 1.5, -0.0, 1e16, 1e22, 1e-7, 0.1, 123456.789], "[1,1,1.5,0,"),
    ([10**30, -(10**30), 2**63, 2**64], None),
    (["ß", "日本", "\u2028", '"\\/', "\x7f", "a\nb"], None),
    ([True, False, None, [], {}], "[true,false,null,[],{}]"),
    ("text", '"text"'),
    (0.30000000000000004, "0.30000000000000004"),
    (5e-324, "5e-324"),
    (1.7976931348623157e308, "17976931348623157" + "0" * 292),
    (1.2345678901234567e19, "12345678901234567000"),
    (1e23, "1" + "0" * 23),
]


@engine
def test_json_is_compact_with_sorted_keys():
    ours = make.business("ours")
    for number, (value, _) in enumerate(JSONS):
        make.verification(ours, checks=value, fee=number)

    content = cells_as_text(ours)

    assert [json.loads(cell) for cell in content] == [
        whole(value) for value, _ in JSONS
    ]
    assert content[0] == '{"":6,"B":3,"a":2,"b":1,"é":4,"😀":5}'
    assert content[1] == '{"aa":0,"b":{"c":[{"e":2,"f":1}],"d":1}}'
    for cell, (_, expected) in zip(content, JSONS, strict=True):
        assert cell.startswith(expected or "")


def whole(value):
    """Floats without a fraction as the integers that their digits are."""
    if isinstance(value, float) and value.is_integer():
        return int(Decimal(str(value)))
    if isinstance(value, dict):
        return {key: whole(item) for key, item in value.items()}
    return [whole(item) for item in value] if isinstance(value, list) else value


def cells_as_text(ours):
    """JSON cells as the engine hands them to a renderer."""
    dataset = DATASETS["verifications"]
    rows = dataset.rows(ours).order_by("fee")
    with open_snapshot() as snapshot:
        [[cells]] = snapshot.blocks(rows, [dataset.by_name["checks"]], batch_size=2)
    return cells


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False).filter(lambda number: abs(number) != float("inf"))
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(st.characters(codec="utf-8"), max_size=3), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@given(JSON_VALUES)
def test_canonical_json_is_the_same_value_and_stays_as_it_is(value):
    text = canonical_json(json.dumps(value))

    assert json.loads(text) == whole(value)
    assert canonical_json(text) == text
    assert canonical_json(json.dumps(value, indent=2, ensure_ascii=False)) == text
