import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from time import sleep
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connections
from django.utils import timezone

from exports import files, runs
from exports.errors import (
    Expired,
    ExportNotFound,
    FileDamaged,
    Forbidden,
    Unavailable,
)
from exports.models import ExportFile, ExportJob
from exports.pipeline.sinks.storage import LocalStorage, open_storage
from exports.states import JobStatus
from tests import make
from tests.exports.jobs_made import claimed, deeds_of, ended, job
from tests.exports.stored import stored
from tests.exports.views.asking import BOTH, UNKNOWN_EXPORT

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)


@pytest.fixture
def file(root):
    business = make.business("business_mine")
    make.verification(business)
    make.verification(make.business("business_other"))
    job(business)
    runs.work("interactive", worker="test")
    return ExportFile.objects.select_related("job").get()


def parts(link: str) -> tuple[str, str, str]:
    split = urlsplit(link)
    query = {name: values[0] for name, values in parse_qs(split.query).items()}
    return split.path.rsplit("/", 1)[-1], query["expires"], query["signature"]


def lay(key: str, *, age: float = 3600):
    path = open_storage().root / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"left")
    then = timezone.now().timestamp() - age
    os.utime(path, (then, then))


def test_link_is_signed_until_the_file_expires(file, settings):
    settings.PUBLIC_BASE_URL = "https://exports.example.com"

    link = files.link(file, reader=make.SYSTEM)
    export_id, expires, signature = parts(link)

    assert link.startswith("https://exports.example.com/v1/export/files/exp_")
    assert (export_id, int(expires)) == (
        file.job.export_id,
        int(file.expires_at.timestamp()),
    )
    files.check_link(export_id, expires, signature, now=timezone.now())


@pytest.mark.parametrize("state", ["streamed", "expired", "deleted", "lost"])
def test_no_file_has_no_link(file, state):
    file.state = state

    assert files.link(file, reader=make.SYSTEM) is None


def test_link_of_another_key_is_refused(file, settings):
    export_id, expires, signature = parts(files.link(file, reader=make.SYSTEM))

    for told in ((UNKNOWN_EXPORT, expires), (export_id, str(int(expires) + 1))):
        with pytest.raises(Forbidden):
            files.check_link(*told, signature, now=timezone.now())


def test_link_is_over_when_the_file_expires(file):
    told = parts(files.link(file, reader=make.SYSTEM))
    just_before = file.expires_at.replace(microsecond=0) - timedelta(microseconds=1)
    files.check_link(*told, now=just_before)

    with pytest.raises(Expired):
        files.check_link(*told, now=file.expires_at)


@pytest.mark.parametrize("export_id", ["", "exp_", UNKNOWN_EXPORT, "job_x"])
def test_what_is_not_there_is_not_found(file, export_id):
    with pytest.raises(ExportNotFound):
        files.find(export_id)


def test_find_gives_the_file_of_the_export(file):
    assert files.find(file.job.export_id) == file


def test_piece_that_is_cut_while_read_is_damaged(file):
    stored = files.open_proved(file, now=timezone.now())
    piece = files.Piece(stored, start=0, length=file.size + 1)

    with pytest.raises(FileDamaged):
        list(piece)
    piece.close()

    assert stored.closed


def test_lost_file_stays_lost(file, root):
    (root / file.key).write_bytes(b"other")
    for _ in range(2):
        with pytest.raises(FileDamaged):
            files.open_proved(file, now=timezone.now())

    assert ExportFile.objects.get().state == "lost"
    assert deeds_of(file.job)[-1] == "file.lost"
    assert deeds_of(file.job).count("file.lost") == 1


def test_file_is_kept_until_its_time_is_over(file):
    assert files.expire(now=file.expires_at - timedelta(seconds=1)) == 0
    assert (stored(), ExportFile.objects.get().state) == ([file.key], "stored")


def test_file_whose_time_is_over_is_deleted(file):
    assert files.expire(now=file.expires_at) == 1

    assert (stored(), ExportFile.objects.get().state) == ([], "expired")
    assert ExportJob.objects.get().status == "completed"
    assert deeds_of(file.job)[-1] == "file.expired"
    assert files.expire(now=file.expires_at) == 0
    with pytest.raises(Expired, match="the file is expired"):
        files.open_proved(ExportFile.objects.get(), now=timezone.now())


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_sweep_removes_what_an_ended_job_left(root, status):
    made = ended(job(make.business("business_mine")), JobStatus(status))
    lay(f"business_mine/{made.pk}/1.csv.part")

    assert files.expire(now=timezone.now()) == 1
    assert stored() == []


@pytest.mark.parametrize("status", ["pending", "processing"])
def test_sweep_leaves_what_a_running_job_writes(root, status):
    made = job(make.business("business_mine"))
    if status == "processing":
        claimed(made)
    lay(f"business_mine/{made.pk}/1.csv.part")
    lay(f"business_mine/{made.pk}/1.csv")

    assert files.sweep(now=timezone.now()) == 0
    assert len(stored()) == 2


def test_sweep_removes_what_belongs_to_no_job(root):
    lay("business_mine/01a1fcc3-c658-71ed-a56d-9f0b676a8ba1/1.csv")

    assert files.sweep(now=timezone.now()) == 1


def test_sweep_leaves_what_is_new_or_not_its_own(root):
    lay("business_mine/01a1fcc3-c658-71ed-a56d-9f0b676a8ba1/1.csv", age=10)
    lay("readme.txt")
    lay("somebody/elses/file.txt")

    assert files.sweep(now=timezone.now()) == 0


def test_sweep_keeps_the_stored_file_and_removes_older_attempts(file):
    then = timezone.now().timestamp() - 3600
    os.utime(open_storage().root / file.key, (then, then))
    lay(f"business_mine/{file.job.pk}/0.csv")

    assert files.sweep(now=timezone.now()) == 1
    assert stored() == [file.key]


def test_expired_file_is_not_served_before_it_is_swept(file):
    with pytest.raises(Expired, match="the file is expired"):
        files.open_proved(file, now=file.expires_at)

    assert stored() == [file.key]


@pytest.mark.parametrize("harm", ["gone", "cut", "lengthened"])
def test_stored_file_of_another_size_is_found_to_be_lost(file, harm):
    path = open_storage().root / file.key
    if harm == "gone":
        path.unlink()
    else:
        content = path.read_bytes()
        path.write_bytes(content[:-1] if harm == "cut" else content + b"x")

    files.expire(now=timezone.now())

    file.refresh_from_db()
    assert (file.state, deeds_of(file.job)[-1]) == ("lost", "file.lost")


def test_stored_file_that_is_whole_stays(file):
    files.expire(now=timezone.now())

    file.refresh_from_db()
    assert file.state == "stored"


def test_file_is_not_lost_while_the_storage_is_away(file):
    root = open_storage().root
    elsewhere = root.rename(root.with_name("elsewhere"))

    with pytest.raises(Unavailable):
        files.open_proved(file, now=timezone.now())
    with pytest.raises(Unavailable):
        files.expire(now=timezone.now())

    elsewhere.rename(root)
    file.refresh_from_db()
    assert file.state == "stored"
    files.open_proved(file, now=timezone.now()).close()


def test_file_that_was_deleted_meanwhile_is_not_lost(file):
    seen = [ExportFile.objects.select_related("job").get() for _ in range(2)]
    files.delete(file, actor=make.SYSTEM)

    for look, each in zip((files.open_proved, files.check_there), seen, strict=True):
        with pytest.raises(Expired, match="the file is deleted"):
            look(each, now=timezone.now())

    assert ExportFile.objects.get().state == "deleted"
    assert deeds_of(file.job)[-1] == "file.deleted"


def test_reader_in_the_midst_of_a_deletion_waits_for_its_end(file, monkeypatch):
    begun, gone = Event(), LocalStorage.delete
    seen = ExportFile.objects.select_related("job").get()

    def delete(self, key):
        gone(self, key)
        begun.set()
        sleep(0.3)  # the reader may be faster than the end of the transaction

    def look():
        try:
            begun.wait(60)
            files.open_proved(seen, now=timezone.now())
        finally:
            connections.close_all()

    monkeypatch.setattr(LocalStorage, "delete", delete)
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(look)
        files.delete(file, actor=make.SYSTEM)
        with pytest.raises(Expired, match="the file is deleted"):
            reading.result()

    assert ExportFile.objects.get().state == "deleted"


def test_file_stays_when_the_storage_does_not_delete_it(file, monkeypatch):
    def away(*_):
        raise Unavailable("away")

    with monkeypatch.context() as patch:
        patch.setattr(LocalStorage, "delete", away)
        with pytest.raises(Unavailable):
            files.delete(file, actor=make.SYSTEM)
    files.open_proved(file, now=timezone.now()).close()

    assert (stored(), ExportFile.objects.get().state) == ([file.key], "stored")
    assert "file.deleted" not in deeds_of(file.job)
