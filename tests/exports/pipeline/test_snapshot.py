from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection, connections
from django.utils import timezone

from customers.models import Company, UserAccount
from exports.pipeline.datasets import DATASETS
from exports.pipeline.rows import BLOCK_ROWS, open_snapshot
from tests import make
from tests.exports.pipeline.engine import engine


@engine
@pytest.mark.parametrize("batch_size", [1, 7, 4096, 10_000])
def test_blocks_have_one_size_whatever_the_batches(batch_size):
    ours = make.business("ours")
    UserAccount.objects.bulk_create(
        UserAccount(business=ours, email=f"{number:05d}", name="n")
        for number in range(BLOCK_ROWS * 2 + 3)
    )
    dataset = DATASETS["user_data"]
    columns = [dataset.by_name[name] for name in ("email", "name", "last_login_at")]
    rows = dataset.rows(ours).order_by("email")

    with open_snapshot() as snapshot:
        blocks = list(snapshot.blocks(rows, columns, batch_size=batch_size))

    assert [len(block[0]) for block in blocks] == [BLOCK_ROWS, BLOCK_ROWS, 3]
    assert [cell for block in blocks for cell in block[0]] == [
        f"{number:05d}" for number in range(BLOCK_ROWS * 2 + 3)
    ]


@engine
def test_rows_that_cannot_be_are_no_blocks():
    dataset = DATASETS["user_data"]
    rows = UserAccount.objects.none()

    with open_snapshot() as snapshot:
        blocks = list(snapshot.blocks(rows, dataset.columns, batch_size=10))

        assert (snapshot.count(rows), blocks) == (0, [])


def in_another_thread(act) -> None:
    """On connections of its own."""
    failures = []

    def run():
        try:
            act()
        except Exception as error:  # noqa: BLE001 -- raised again below
            failures.append(error)
        finally:
            connections.close_all()

    thread = Thread(target=run)
    thread.start()
    thread.join(30)
    assert failures == []
    assert not thread.is_alive()


@engine
def test_snapshot_is_taken_when_it_is_opened():
    ours = make.business("ours")
    make.company(ours)
    rows = DATASETS["business_data"].rows(ours)

    with open_snapshot() as snapshot:
        in_another_thread(lambda: make.company(ours))

        assert snapshot.count(rows) == 1
    assert rows.count() == 2


@engine
def test_snapshot_knows_when_it_was_taken():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")

    before = timezone.now()
    with open_snapshot() as snapshot:
        after = timezone.now()

    # The database's clock is compared with ours.
    second = timedelta(seconds=1)
    assert before - second <= snapshot.taken_at <= after + second
    assert snapshot.taken_at.utcoffset().total_seconds() == 0


@engine
@pytest.mark.parametrize("batch_size", [1, 10_000])
def test_rows_deleted_while_they_are_read_are_all_there(batch_size):
    ours, count = make.business("ours"), BLOCK_ROWS * 2
    for of in (ours, make.business("theirs")):
        UserAccount.objects.bulk_create(
            UserAccount(business=of, email=f"{number:05d}", name="n")
            for number in range(count)
        )
    dataset = DATASETS["user_data"]
    rows = dataset.rows(ours).order_by("email")

    with open_snapshot() as snapshot:
        counted = snapshot.count(rows)
        blocks = snapshot.blocks(
            rows, [dataset.by_name["email"]], batch_size=batch_size
        )
        found = list(next(blocks)[0])
        in_another_thread(UserAccount.objects.all().delete)
        for block in blocks:
            found += block[0]

    assert counted == count
    assert found == [f"{number:05d}" for number in range(count)]
    assert UserAccount.objects.count() == 0


@engine
def test_writer_beside_an_open_read_is_not_locked_out():
    ours = make.business("ours")
    for _ in range(3):
        make.company(ours)
    dataset = DATASETS["business_data"]

    with open_snapshot() as snapshot:
        blocks = snapshot.blocks(
            dataset.rows(ours), [dataset.by_name["name"]], batch_size=1
        )
        make.company(ours)
        in_another_thread(lambda: make.company(ours))
        make.company(ours)

        assert [len(block[0]) for block in blocks] == [3]
    assert Company.objects.count() == 6


@engine
def test_snapshot_writes_nothing():
    make.business("ours")

    with open_snapshot(), pytest.raises(Exception, match=r"read.?only"):
        Company.objects.using("snapshot").create(business_id="ours", name="x", lei="1")

    assert Company.objects.count() == 0


@engine
def test_read_that_is_left_halfway_lets_the_next_one_begin():
    ours = make.business("ours")
    for _ in range(3):
        make.company(ours)
    dataset = DATASETS["business_data"]

    with open_snapshot() as snapshot:
        blocks = snapshot.blocks(dataset.rows(ours), dataset.columns, batch_size=1)
        next(blocks)
        blocks.close()
    with open_snapshot() as snapshot:
        assert snapshot.count(dataset.rows(ours)) == 3
