"""What is put together, and what is not: the chain has to be whole and in order."""

from io import BytesIO

import pytest

from customers.models import Company, Verification
from exports.deltas.apply import Exported, Unfit, apply
from tests import make
from tests.exports.deltas.chains import Chain, mine, settled
from tests.exports.pipeline.engine import engine

pytestmark = engine
__all__ = ["mine"]


@pytest.fixture
def chain(mine, tmp_path):
    """A full export, and three times changes."""
    row = make.company(mine)
    chain = Chain(tmp_path, mine, settled(mine, "business_data", "ndjson"))
    chain.grow()
    for city in ("Leeds", "York", "Hull"):
        Company.objects.filter(pk=row.pk).update(city=city)
        make.company(mine)
        chain.grow()
    return chain


def put_together(*files) -> bytes:
    out = BytesIO()
    apply(files[0], files[1:], out=out)
    return out.getvalue()


def refusal(*files) -> str:
    with pytest.raises(Unfit) as refused:
        put_together(*files)
    return str(refused.value)


def test_counts_tell_what_came_of_it(chain):
    out = BytesIO()

    counts = apply(chain.kept[0], chain.kept[1:], out=out)

    assert counts == {"rows": 4, "upserts": 4, "tombstones": 0}
    assert out.getvalue() == chain.full_now()


def test_full_export_alone_is_what_it_is(chain):
    full = chain.kept[0]

    assert put_together(full) == full.path.read_bytes()


@pytest.mark.parametrize(
    ("order", "why"),
    [
        ([0, 2], "number 2 follows exp_1, and not exp_0, number 0"),
        ([0, 2, 1, 3], "number 2 follows exp_1, and not exp_0, number 0"),
        ([0, 1, 1], "number 1 follows exp_0, and not exp_1, number 1"),
        ([0, 1, 3], "number 3 follows exp_2, and not exp_1, number 1"),
        ([0, 0], "it is a full export: begin anew with it"),
        ([1, 2], "it is not a full export, but changes of one"),
    ],
)
def test_missing_doubled_and_misplaced_links_are_refused(chain, order, why):
    assert refusal(*(chain.kept[number] for number in order)).endswith(why)


@pytest.mark.parametrize(
    "name", ["base_sha256", "base_mark", "full_export_id", "schedule_id", "asked"]
)
def test_link_of_another_chain_is_refused(chain, name):
    full, delta = chain.kept[:2]
    place = delta.manifest["changes"] | {name: "another"}
    stranger = Exported.of(delta.path, delta.manifest | {"changes": place})

    assert "number 1 follows exp_0" in refusal(full, stranger)


def test_export_of_no_chain_is_refused(chain):
    full, delta = chain.kept[:2]
    stranger = Exported.of(full.path, full.manifest | {"changes": None})

    assert "of no schedule" in refusal(stranger, delta)


@pytest.mark.parametrize("number", [0, 1])
def test_file_that_was_changed_is_refused(chain, number):
    path = chain.kept[number].path
    path.write_bytes(path.read_bytes().replace(b"High", b"Tall", 1))

    assert (
        refusal(*chain.kept[:2])
        == f"{path}: it is not the file that its manifest is of"
    )


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("ndjson", {}),
        ("json", {}),
        ("json", {"options": {"indent": 1}}),
        ("csv", {}),
        ("tsv", {"include_headers": False}),
    ],
)
def test_rows_longer_than_what_is_read_at_a_time_stay_whole(
    mine, tmp_path, name, fields
):
    row = make.verification(mine)
    chain = Chain(tmp_path, mine, settled(mine, "verifications", name, **fields))
    chain.grow()

    long = '{"[' * 200_000 + "\\"
    Verification.objects.filter(pk=row.pk).update(notes=long)
    make.verification(mine, notes=long[::-1])
    chain.grow()

    assert chain.applied() == chain.full_now()


@pytest.mark.parametrize(("name", "indent"), [("json", 0), ("json", 4), ("csv", None)])
def test_all_may_go_and_come_again(mine, tmp_path, name, indent):
    row = make.company(mine)
    options = {} if indent is None else {"options": {"indent": indent}}
    chain = Chain(tmp_path, mine, settled(mine, "business_data", name, **options))
    chain.grow()

    found = []
    for act in (row.delete, lambda: make.company(mine)):
        act()
        chain.grow()
        found.append(chain.applied() == chain.full_now())

    assert found == [True, True]
