"""The same request twice, by an Idempotency-Key: its work is done once."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from time import sleep

import pytest
from django.db import connections
from django.utils import timezone

from exports import idempotency, jobs, runs
from exports.errors import Unavailable
from exports.models import ExportFile, ExportJob, IdempotencyRecord
from exports.tasks import expire
from tests import make
from tests.exports.views.asking import BOTH, body, client, error, spec, with_text

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=BOTH),
    pytest.mark.usefixtures("theirs"),
]
NOW = "/v1/export"
JOBS = "/v1/export/jobs"
REPLAYED = "Idempotent-Replayed"


def ask(of, sent, *, key="k-1", address=JOBS, accept="*/*"):
    headers = {"Idempotency-Key": key, "Accept": accept}
    return of.post(address, sent, format="json", headers=headers)


def later(**shift: float) -> None:
    """As if the record had been made so long ago."""
    record = IdempotencyRecord.objects.get()
    record.lease_until -= timedelta(**shift)
    record.expires_at -= timedelta(**shift)
    record.save()


@pytest.mark.parametrize("key", ["k-1", "!", "~" * 255])
def test_second_answer_is_the_first(caller, mine, key):
    first, second = (ask(caller, spec(mine), key=key) for _ in range(2))

    assert (second.status_code, second.json()) == (202, first.json())
    assert (REPLAYED in first, second[REPLAYED]) == (False, "true")
    assert [second[name] for name in ("Location", "Retry-After")] == [
        first["Location"],
        "1",
    ]
    assert ExportJob.objects.count() == 1


def test_export_is_replayed_with_a_link_made_anew(caller, mine):
    first, second = (ask(caller, spec(mine), address=NOW) for _ in range(2))

    record = IdempotencyRecord.objects.get()
    assert second.json() == first.json()
    assert body(caller.get(second.json()["file_url"])) != b""
    assert (record.body["file_url"], "signature" in json.dumps(record.body)) == (
        None,
        False,
    )


def test_replayed_link_is_null_once_the_file_is_over(caller, mine):
    ask(caller, spec(mine), address=NOW)
    ExportFile.objects.update(expires_at=timezone.now())

    assert ask(caller, spec(mine), address=NOW).json()["file_url"] is None


def test_callers_own_metadata_is_replayed_whole(caller, mine):
    asked = spec(mine, metadata={"secret": "s", "deep": [{"file_url": "u"}]})

    first, second = (ask(caller, asked) for _ in range(2))

    assert second.json() == first.json()


def test_secret_is_not_kept():
    kept = idempotency.without_secrets([{"id": 1, "secret": "s", "in": {"secret": 2}}])

    assert kept == [{"id": 1, "secret": None, "in": {"secret": None}}]


def test_key_is_not_kept_in_the_clear(caller, mine):
    ask(caller, spec(mine), key="canary-7")

    assert "canary-7" not in str(IdempotencyRecord.objects.values())


@pytest.mark.parametrize("key", ["", "k 1", "k\t1", "ü", "k" * 256])
def test_key_that_is_none_is_refused(caller, mine, key):
    answer = ask(caller, spec(mine), key=key)

    assert error(answer) == (400, "VALIDATION_ERROR", ["Idempotency-Key"])
    assert ExportJob.objects.count() == 0


def test_other_body_is_refused(caller, mine):
    ask(caller, spec(mine))

    answer = ask(caller, spec(mine, max_rows=5))

    assert error(answer) == (422, "IDEMPOTENCY_MISMATCH", [])


def test_other_address_is_refused(caller, mine):
    ask(caller, spec(mine))

    answer = ask(caller, spec(mine), address=NOW)

    assert error(answer) == (422, "IDEMPOTENCY_MISMATCH", [])


def test_key_means_nothing_to_another_caller(caller, mine):
    answers = [ask(each, spec(mine)) for each in (caller, client(mine))]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert ExportJob.objects.count() == 2


def test_refusal_is_replayed_as_it_was(caller, mine):
    first, second = (ask(caller, spec(mine, format="cvs")) for _ in range(2))

    assert (second.status_code, second.json()) == (400, first.json())
    assert second[REPLAYED] == "true"


def test_refusal_is_replayed_in_its_own_type(caller, mine):
    wrong, kind = spec(mine, format="cvs"), "application/problem+json"

    first, second = (ask(caller, wrong, accept=kind) for _ in range(2))

    assert second["Content-Type"] == first["Content-Type"] == kind
    assert second.json() == first.json()


def test_inline_takes_no_key(caller, mine):
    answer = ask(caller, spec(mine, delivery="inline"), address=NOW)

    assert error(answer) == (400, "VALIDATION_ERROR", ["Idempotency-Key"])
    assert ExportJob.objects.count() == 0


def test_failure_is_not_kept(caller, mine, monkeypatch):
    def fail(*_, **__):
        raise Unavailable("away")

    with monkeypatch.context() as patch:
        patch.setattr(jobs, "request_export", fail)
        failed = ask(caller, spec(mine))

    assert (failed.status_code, ask(caller, spec(mine)).status_code) == (503, 202)


def test_limit_reached_is_not_kept(caller, mine, settings):
    settings.EXPORTS = settings.EXPORTS | {"LIMIT_JOBS": 0}
    refused = ask(caller, spec(mine))
    settings.EXPORTS = settings.EXPORTS | {"LIMIT_JOBS": 5}

    assert (refused.status_code, ask(caller, spec(mine)).status_code) == (429, 202)


def test_second_request_waits_for_the_first(caller, mine):
    ask(caller, spec(mine))
    IdempotencyRecord.objects.update(status=None, made=None)

    assert error(ask(caller, spec(mine))) == (409, "CONFLICT", [])


def test_dead_request_holds_its_key_for_a_minute(caller, mine):
    ask(caller, spec(mine))
    IdempotencyRecord.objects.update(status=None, made=None)
    later(seconds=61)

    answer = ask(caller, spec(mine))

    assert (answer.status_code, REPLAYED in answer) == (202, False)
    assert ExportJob.objects.count() == 2


def test_long_request_keeps_its_key(mine, monkeypatch):
    _, text = make.api_key(mine)
    monkeypatch.setattr(idempotency, "LEASE", timedelta(seconds=2))
    began, may_end, run = Event(), Event(), runs.run_now

    def long_run(job, **options):
        began.set()
        may_end.wait(60)
        run(job, **options)

    def first():
        try:
            return ask(with_text(text), spec(mine), address=NOW).status_code
        finally:
            connections.close_all()

    monkeypatch.setattr(runs, "run_now", long_run)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(first)
        began.wait(60)
        sleep(2.5)
        second = ask(with_text(text), spec(mine), address=NOW)
        may_end.set()

    assert (error(second)[:2], running.result()) == ((409, "CONFLICT"), 200)
    assert ExportJob.objects.count() == 1


def test_answer_of_a_run_that_lost_its_record_is_not_kept(mine):
    actor, now = make.SYSTEM, timezone.now()
    asked = idempotency.Asked("k", "POST", JOBS, b"")
    dead = idempotency.begin(asked, actor=actor, now=now)
    idempotency.begin(asked, actor=actor, now=now + timedelta(seconds=61))

    idempotency.settle(dead, status=202, headers={}, body={})
    idempotency.release(dead)

    assert IdempotencyRecord.objects.get().status is None


def test_key_is_free_again_after_a_day(caller, mine):
    ask(caller, spec(mine))
    later(hours=24, seconds=1)

    answer = ask(caller, spec(mine, max_rows=5))

    assert (answer.status_code, REPLAYED in answer) == (202, False)


def test_old_records_are_deleted(caller, mine):
    ask(caller, spec(mine))
    later(hours=24, seconds=1)
    ask(caller, spec(mine), key="k-2")

    expire()

    assert IdempotencyRecord.objects.count() == 1


def test_who_lost_the_business_gets_no_replay(mine):
    record, text = make.api_key(mine)
    caller = client(mine)
    caller.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    ask(caller, spec(mine))
    record.businesses.clear()

    assert error(ask(caller, spec(mine)))[:2] == (404, "BUSINESS_NOT_FOUND")


def test_key_is_ignored_where_nothing_is_made(caller, mine):
    job = caller.post(JOBS, spec(mine), format="json").json()
    cancel = f"{JOBS}/{job['job_id']}/cancel"

    answers = [ask(caller, {}, address=cancel).status_code for _ in range(2)]

    assert answers == [200, 409]


def test_hundred_threads_with_fifty_keys_make_fifty_jobs(mine, settings):
    settings.EXPORTS = settings.EXPORTS | {"LIMIT_JOBS": 1000}
    _, text = make.api_key(mine)

    def run(number: int):
        caller = client()
        caller.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
        try:
            while True:
                answer = ask(caller, spec(mine), key=f"k-{number % 50}")
                if answer.status_code != 409:
                    return answer.json()["job_id"]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        told = list(pool.map(run, range(100)))

    assert (ExportJob.objects.count(), len(set(told))) == (50, 50)
    assert told[:50] == told[50:]
