import os
from hashlib import sha256

import pytest
from django.test import override_settings

from exports.errors import FileDamaged
from exports.pipeline.sinks.storage import LocalStorage, open_storage

KEY = "ours/job/1.csv"
CONTENT = b"id\r\n1\r\n"
DIGEST = sha256(CONTENT).hexdigest()


@pytest.fixture
def storage(tmp_path):
    return LocalStorage(tmp_path)


def kept(storage) -> list[str]:
    return sorted(
        path.relative_to(storage.root).as_posix() for path in storage.root.rglob("*")
    )


def store(storage, key=KEY) -> None:
    with storage.writing(key) as part:
        part.write([CONTENT[:3], CONTENT[3:]])
        part.publish(sha256=DIGEST)


def test_file_is_published_whole(storage):
    store(storage)

    with storage.open(KEY) as file:
        assert file.read() == CONTENT
    assert storage.size(KEY) == len(CONTENT)
    assert kept(storage) == ["ours", "ours/job", KEY]


def test_nothing_is_seen_before_it_is_published(storage):
    with storage.writing(KEY) as part:
        part.write([CONTENT])

        assert storage.size(KEY) is None
        with pytest.raises(FileDamaged):
            storage.open(KEY)

        part.publish(sha256=DIGEST)
        assert storage.size(KEY) == len(CONTENT)


def test_part_that_was_not_published_leaves_nothing(storage):
    with storage.writing(KEY) as part:
        part.write([CONTENT])

    assert kept(storage) == ["ours", "ours/job"]


def test_part_that_broke_while_written_leaves_nothing(storage):
    def chunks():
        yield CONTENT
        raise RuntimeError

    with pytest.raises(RuntimeError), storage.writing(KEY) as part:
        part.write(chunks())

    assert kept(storage) == ["ours", "ours/job"]


def test_part_that_the_disk_altered_is_not_published(storage):
    with storage.writing(KEY) as part:
        part.write([CONTENT])
        [path] = storage.root.rglob("*.part")
        path.write_bytes(CONTENT[:-1])

        with pytest.raises(FileDamaged):
            part.publish(sha256=DIGEST)

    assert kept(storage) == ["ours", "ours/job"]


def test_part_is_written_by_one_alone(storage):
    with storage.writing(KEY) as part:
        part.write([CONTENT])

        with pytest.raises(FileExistsError):
            part.write([CONTENT])


def test_delete_takes_the_file_and_may_be_repeated(storage):
    store(storage)

    storage.delete(KEY)
    storage.delete(KEY)

    assert storage.size(KEY) is None
    assert kept(storage) == ["ours", "ours/job"]


def test_delete_leaves_the_files_beside_it(storage):
    store(storage)
    store(storage, "ours/job/2.csv")

    storage.delete(KEY)

    assert kept(storage) == ["ours", "ours/job", "ours/job/2.csv"]


def test_stale_are_old_files_and_old_parts(storage):
    store(storage)
    store(storage, "ours/job/new.csv")
    (storage.root / "ours/job/2.csv.part").write_bytes(b"x")
    for name in (KEY, "ours/job/2.csv.part"):
        os.utime(storage.root / name, (1000, 1000))

    found = sorted(storage.stale(before=2000))

    assert found == [KEY, "ours/job/2.csv.part"]


def test_stale_files_may_vanish_while_they_are_looked_for(storage):
    for number in range(3):
        store(storage, f"ours/job/{number}.csv")
        os.utime(storage.root / f"ours/job/{number}.csv", (1000, 1000))

    walk = storage.stale(before=2000)
    first = next(walk)
    for number in range(3):
        storage.delete(f"ours/job/{number}.csv")

    assert first.startswith("ours/job/")
    assert list(walk) == []


def test_stale_folders_may_vanish_while_they_are_looked_for(storage):
    for name in ("a", "b", "c"):
        store(storage, f"{name}/job/1.csv")
        os.utime(storage.root / f"{name}/job/1.csv", (1000, 1000))

    walk = storage.stale(before=2000)
    first = next(walk)
    for name in ("a", "b", "c"):
        storage.delete(f"{name}/job/1.csv")
        (storage.root / name / "job").rmdir()
        (storage.root / name).rmdir()

    assert first.endswith("/job/1.csv")
    assert list(walk) == []


def test_storage_is_the_one_of_the_settings(tmp_path):
    folder = tmp_path / "an export's files"

    with override_settings(EXPORT_STORAGE_URL=folder.as_uri()):
        storage = open_storage()

    assert storage == LocalStorage(folder)
    assert folder.stat().st_mode & 0o777 == 0o700


def test_prune_removes_old_empty_folders_alone(storage):
    for name in ("b1/old", "b1/new", "b1/full"):
        (storage.root / name).mkdir(parents=True)
    (storage.root / "b1/full/1.csv").write_bytes(b"kept")
    for name in ("b1/old", "b1/full"):
        os.utime(storage.root / name, (1000, 1000))

    storage.prune(before=2000)

    folders = {path.name for path in (storage.root / "b1").iterdir()}
    assert folders == {"new", "full"}


def test_discard_leaves_the_folder_to_other_attempts(storage):
    with storage.writing("b1/job/1.csv"), storage.writing("b1/job/2.csv") as other:
        other.write([b"two"])
        other.publish(sha256=sha256(b"two").hexdigest())

    assert (storage.root / "b1/job/2.csv").read_bytes() == b"two"
