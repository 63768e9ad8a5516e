"""Complete, or an error: whatever loses a row, no file comes of it."""

import json

import pytest
from django.db import connections
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from customers.clearance import Clearance
from customers.models import UserAccount
from customers.tenancy import TenantQuerySet
from exports.errors import Cancelled, Incomplete, SizeExceeded
from exports.pipeline.columns import Block
from exports.pipeline.datasets.user_data import UserData
from exports.pipeline.registry import Table
from exports.pipeline.renderers import RENDERERS
from exports.pipeline.renderers.ndjson import Ndjson
from exports.pipeline.run import (
    GENERATING,
    QUERYING,
    TRANSFORMING,
    Run,
    Unwatched,
    pseudonym_key,
)
from tests import make
from tests.exports.pipeline.engine import engine, export, parse, plan_of, rows_of
from tests.exports.pipeline.test_snapshot import in_another_thread

HERE = "tests.exports.pipeline.test_run"


class Forgetful(Ndjson):
    """Drops the last row of each block, and says so when it closes."""

    def block(self, block: Block):
        yield from super().block([cells[:-1] for cells in block])


class Impatient(Ndjson):
    """Does not read its rows to the end."""

    def render(self, blocks):
        for block in blocks:
            yield from self.block(block)
            return


class Thinning(TenantQuerySet[UserAccount]):
    """Put in order, as for reading, it has a row less."""

    def order_by(self, *fields):
        ordered = super().order_by(*fields)
        return ordered.exclude(name="lost") if fields else ordered


class Leaky(UserData):
    """Loses a row between the count and the read."""

    def rows(self, business):
        return Thinning(UserAccount).for_business(business.id)


LEAKY = Leaky()


class Recorder(Unwatched):
    def __init__(self):
        self.told = []

    def step(self, number):
        self.told.append(("step", number))

    def counted(self, expected):
        self.told.append(("counted", expected))

    def wrote(self, rows):
        self.told.append(("wrote", rows))


@pytest.fixture
def ours():
    make.user_account(make.business("theirs"), name="theirs")
    business = make.business("ours")
    for name in ("kept", "lost", "found"):
        make.user_account(business, name=name)
    return business


@engine
@pytest.mark.parametrize(
    ("name", "figures"),
    [("Forgetful", "3 read, 2 written"), ("Impatient", "0 read, 3 written")],
)
def test_renderer_that_drops_rows_makes_no_file(ours, monkeypatch, name, figures):
    table = Table("format", {"ndjson": f"{HERE}.{name}", "csv": f"{HERE}.{name}"})
    monkeypatch.setattr("exports.pipeline.spec.RENDERERS", table)

    with pytest.raises(Incomplete, match=f"3 rows were counted, {figures}"):
        export(ours, "user_data")


@engine
def test_dataset_that_loses_a_row_between_count_and_read_makes_no_file(
    ours, monkeypatch
):
    names = ("user_data", "verifications")
    table = Table("export type", dict.fromkeys(names, f"{HERE}.LEAKY"))
    monkeypatch.setattr("exports.pipeline.spec.DATASETS", table)

    with pytest.raises(Incomplete, match="3 rows were counted, 2 read, 2 written"):
        export(ours, "user_data")


@engine
@pytest.mark.parametrize("format_name", list(RENDERERS))
def test_rows_deleted_in_mid_read_are_all_in_the_file(format_name):
    ours = make.business("ours")
    UserAccount.objects.bulk_create(
        UserAccount(business=ours, email=f"{number}@example.com", name=f"name {number}")
        for number in range(200)
    )

    class Deleter(Unwatched):
        def counted(self, expected):
            assert expected == 200
            in_another_thread(UserAccount.objects.all().delete)

    exported = export(
        ours, "user_data", format_name, watch=Deleter(), columns=["name"], batch_size=1
    )

    run = exported.run
    assert (run.found, run.expected, run.written) == (200, 200, 200)
    assert run.completeness == "complete"
    assert UserAccount.objects.count() == 0


@engine
def test_more_rows_than_the_installation_exports_are_an_error_never_a_cut(ours):
    with (
        override_settings(EXPORTS={"MAX_ROWS": 2}),
        pytest.raises(SizeExceeded, match="3 rows were found and 2 is the most"),
    ):
        export(ours, "user_data")


@engine
@pytest.mark.parametrize(
    ("most", "completeness", "written"),
    [(1, "limited", 1), (2, "limited", 2), (3, "complete", 3), (4, "complete", 3)],
)
def test_file_is_limited_when_the_caller_cut_it(ours, most, completeness, written):
    with override_settings(EXPORTS={"MAX_ROWS": 4}):
        run = export(ours, "user_data", max_rows=most).run

    assert (run.completeness, run.written, run.expected) == (
        completeness,
        written,
        written,
    )
    assert run.found == 3


@engine
def test_max_rows_cuts_after_the_sort(ours):
    rows = rows_of(ours, "user_data", columns=["name"], sort_by=["-name"], max_rows=2)

    assert rows == [{"name": "lost"}, {"name": "kept"}]


@engine
def test_watch_is_told_each_step(ours):
    watch = Recorder()

    export(ours, "user_data", watch=watch)

    assert watch.told == [
        ("step", QUERYING),
        ("counted", 3),
        ("step", TRANSFORMING),
        ("step", GENERATING),
        ("wrote", 3),
    ]


@engine
@pytest.mark.parametrize("method", ["step", "counted", "wrote"])
def test_watch_that_raises_stops_the_run(ours, method):
    def stop(_):
        raise Cancelled("asked for")

    watch = Unwatched()
    setattr(watch, method, stop)

    with pytest.raises(Cancelled):
        export(ours, "user_data", watch=watch)

    assert len(rows_of(ours, "user_data")) == 3


@engine
def test_first_bytes_come_before_the_last_row_is_read(ours):
    UserAccount.objects.bulk_create(
        UserAccount(business=ours, email=f"{number}@example.com", name="n")
        for number in range(10_000)
    )
    spec = parse("user_data", "csv", business_id=ours.id)
    run = Run(plan_of(ours, spec))

    chunks = run.chunks()
    while not run.written:
        next(chunks)
    first = run.written
    rest = sum(1 for _ in chunks)

    assert first < 5000 < run.written == 10_003
    assert rest > 0


@engine
def test_figures_of_a_run_name_its_snapshot_and_its_times(ours):
    run = export(ours, "user_data").run

    assert run.snapshot_at is not None
    assert set(run.seconds) == {"count", "render"}


@engine
def test_metadata_says_what_was_asked_and_found(ours):
    spec = parse(
        "user_data",
        "json",
        business_id=ours.id,
        include_metadata=True,
        filters={"role": "analyst"},
    )
    run = Run(plan_of(ours, spec, requested_by="Rosa"))

    content = b"".join(run.chunks())

    taken = run.snapshot_at.isoformat(timespec="microseconds")
    assert f'"snapshot_at":"{taken}"'.encode() in content.replace(b": ", b":")
    assert b'"requested_by"' in content


def test_pseudonym_key_is_another_one_for_each_business_and_secret():
    keys = {pseudonym_key("ours"), pseudonym_key("theirs")}
    with override_settings(SECRET_KEY="another"):
        keys.add(pseudonym_key("ours"))

    assert len(keys) == 3
    assert {len(key) for key in keys} == {32}


def test_default_watch_ignores_what_it_is_told():
    watch = Unwatched()

    assert (watch.step(1), watch.counted(1), watch.wrote(1)) == (None, None, None)


@engine
def test_masked_columns_are_not_read():
    ours = make.business("ours")
    make.business("theirs")
    make.verification(make.company(ours), notes="a secret", reviewer_email="r@x.org")

    with CaptureQueriesContext(connections["snapshot"]) as queries:
        exported = export(
            ours,
            clearance=Clearance.INTERNAL,
            columns=["id", "notes", {"name": "status", "transform": "mask"}],
            on_denied="mask",
        )

    row = json.loads(exported.content)
    assert (row["notes"], row["status"]) == ("***", "***")
    read = " ".join(query["sql"] for query in queries)
    told = {name: name in read for name in ("created_at", "notes", "status")}
    assert told == {"created_at": True, "notes": False, "status": False}
