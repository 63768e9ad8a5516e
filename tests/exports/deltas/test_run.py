"""What a file of changes holds, and what its account tells."""

import pytest

from customers.clearance import Clearance
from customers.models import Company
from tests import make
from tests.exports.deltas.chains import Chain, mine, settled
from tests.exports.pipeline.engine import engine

pytestmark = engine
__all__ = ["mine"]
COLUMNS = ["name", "company_id", "risk_score"]


@pytest.fixture
def rows(mine):
    names = ("Gone", "Kept", "Changed")
    return {name: make.company(mine, name=name, risk_score=7) for name in names}


def changed(rows, mine) -> None:
    rows["Gone"].delete()
    Company.objects.filter(pk=rows["Changed"].pk).update(
        name="Is, now", risk_score=None
    )
    theirs = make.company(make.business("business_other"), name="Theirs too")
    theirs.delete()


def delta(rows, mine, folder, *arguments, **fields):
    """The second export, after the changes, and the keys it tells of."""
    keys = {name: str(row.pk) for name, row in rows.items()}
    fields = {"columns": COLUMNS} | fields
    chain = Chain(folder, mine, settled(mine, "business_data", *arguments, **fields))
    chain.grow()
    changed(rows, mine)
    return chain.grow(), keys


def test_csv_tells_the_operation_first_and_of_what_is_gone_the_key(
    rows, mine, tmp_path
):
    exported, keys = delta(rows, mine, tmp_path, "csv")

    assert exported.path.read_bytes().decode().split("\r\n") == [
        "_op,name,company_id,risk_score",
        f"delete,,{keys['Gone']},",
        f'upsert,"Is, now",{keys["Changed"]},',
        "",
    ]


@pytest.mark.parametrize(
    ("name", "begins", "between", "ends"),
    [
        ("ndjson", "", "\n", "\n"),
        (
            "json",
            '{"columns":["_op","name","company_id","risk_score"],"data":[',
            ",",
            "]}\n",
        ),
    ],
)
def test_json_has_nothing_but_the_key_of_what_is_gone(  # noqa: PLR0917 - fixtures and cases
    rows, mine, tmp_path, name, begins, between, ends
):
    exported, keys = delta(rows, mine, tmp_path, name)

    gone = f'{{"_op":"delete","company_id":"{keys["Gone"]}"}}'
    there = (
        f'{{"_op":"upsert","name":"Is, now","company_id":"{keys["Changed"]}",'
        '"risk_score":null}'
    )
    assert exported.path.read_text() == begins + gone + between + there + ends


def test_account_tells_the_place_in_the_chain_and_the_counts(rows, mine, tmp_path):
    exported, _ = delta(rows, mine, tmp_path, "csv")

    told = dict(exported.manifest["changes"])
    base_mark, mark = told.pop("base_mark"), told.pop("mark")
    assert base_mark["seq"] < mark["seq"]
    assert told == {
        "schedule_id": "sch_1",
        "sequence": 1,
        "asked": "asked",
        "full_export_id": "exp_0",
        "base_export_id": "exp_0",
        "base_sha256": told["base_sha256"],
        "kind": "delta",
        "upserts": 1,
        "tombstones": 1,
        "rows_after": 2,
    }
    assert exported.manifest["row_count"] == 2


def test_row_that_no_longer_fits_the_filter_is_gone(rows, mine, tmp_path):
    exported, keys = delta(rows, mine, tmp_path, "csv", filters={"risk_score": 7})

    assert exported.path.read_text().split() == [
        "_op,name,company_id,risk_score",
        f"delete,,{keys['Gone']},",
        f"delete,,{keys['Changed']},",
    ]


def test_nothing_is_told_twice_and_of_no_change_nothing(rows, mine, tmp_path):
    chain = Chain(tmp_path, mine, settled(mine, "business_data", "ndjson"))
    counts = [chain.grow().manifest["row_count"]]
    counts.append(chain.grow().manifest["row_count"])
    changed(rows, mine)
    counts += [chain.grow().manifest["row_count"] for _ in range(2)]

    assert counts == [3, 0, 2, 0]


def test_verification_changes_with_its_company(mine, tmp_path):
    row = make.verification(mine)
    make.verification(make.business("business_other"))
    chain = Chain(tmp_path, mine, settled(mine, format="csv", columns=["id", "lei"]))
    chain.grow()

    Company.objects.filter(pk=row.company_id).update(lei="5493001KJTIIGC8Y1R12")

    assert chain.grow().path.read_text().split() == [
        "_op,id,lei",
        f"upsert,{row.pk},5493001KJTIIGC8Y1R12",
    ]


def test_who_may_not_see_a_column_does_not_see_it_in_changes(mine, tmp_path):
    gone, row = make.verification(mine), make.verification(mine)
    key = gone.pk
    columns = ["id", "notes"]
    spec = settled(
        mine,
        format="csv",
        columns=columns,
        on_denied="mask",
        clearance=Clearance.PUBLIC,
    )
    chain = Chain(tmp_path, mine, spec)
    chain.grow()

    gone.delete()
    row.notes = "secret"
    row.save()

    exported = chain.grow()
    assert exported.path.read_text().split() == [
        "_op,id,notes",
        f"delete,{key},",
        f"upsert,{row.pk},***",
    ]
