import json

import pytest

from exports.models import ExportJob
from exports.states import JobStatus
from exports.views.events import revision
from tests import make
from tests.exports.jobs_made import claimed, ended, job
from tests.exports.views.asking import body, client, error

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def brief(settings):
    settings.EXPORTS = {**settings.EXPORTS, "EVENTS_SECONDS": 0.1}
    return settings


def events(answer):
    return events_in(body(answer))


def events_in(content):
    """(event, id, data) of each."""
    told = []
    for block in content.decode().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.split("\n") if line[1:])
        if "event" in lines:
            told.append((lines["event"], lines["id"], json.loads(lines["data"])))
    return told


def follow(of, **headers):
    address = f"/v1/export/jobs/{of.job_id}/events"
    return client(of.business).get(address, headers=headers)


def test_stream_tells_the_present_state_and_ends_itself():
    made = job()

    answer = follow(made)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/event-stream"
    assert answer.headers["Cache-Control"] == "no-store"
    content = body(answer)
    assert content.startswith(b"retry: 1000\n\n")
    assert content.endswith(b"retry: 1000\n\n")
    assert content.count(b"event: progress\n") == 1


def test_event_holds_the_job():
    made = job()
    caller = client(made.business)

    [(kind, _, data)] = events(follow(made))

    assert kind == "progress"
    assert data == caller.get(f"/v1/export/jobs/{made.job_id}").json()


def test_stream_of_a_finished_job_ends_at_once(brief):
    brief.EXPORTS = {**brief.EXPORTS, "EVENTS_SECONDS": 60}
    made = ended(job(), JobStatus.FAILED)

    told = events(follow(made))

    assert [(kind, data["status"]) for kind, _, data in told] == [
        ("progress", "failed"),
        ("end", "failed"),
    ]


def test_stream_goes_on_after_the_last_event():
    made = job()
    [(_, seen, _)] = events(follow(made))

    again = events(follow(made, **{"Last-Event-ID": seen}))
    claimed(made, current_step=3, rows_written=7, rows_expected=9)
    later = events(follow(made, **{"Last-Event-ID": seen}))

    assert again == []
    assert [(kind, data["rows_written"]) for kind, _, data in later] == [
        ("progress", 7)
    ]


def test_stream_tells_what_changes_while_it_is_read(brief):
    brief.EXPORTS = {**brief.EXPORTS, "EVENTS_SECONDS": 60}
    made = job()
    changes = {
        "pending": lambda: claimed(
            made, current_step=4, rows_written=5, rows_expected=5
        ),
        "processing": lambda: ended(made, JobStatus.CANCELLED),
    }

    told = []
    for sent in follow(made).streaming_content:
        for kind, _, data in events_in(sent):
            told.append((kind, data["status"]))
            changes.pop(data["status"], lambda: None)()

    assert told == [
        ("progress", "pending"),
        ("progress", "processing"),
        ("progress", "cancelled"),
        ("end", "cancelled"),
    ]


def test_streams_are_bounded_and_give_their_places_back(brief):
    brief.EXPORTS = {**brief.EXPORTS, "EVENTS_MAX_STREAMS": 2}
    made = job()

    unread = [follow(made), follow(made)]
    refused = follow(made)
    for answer in unread:
        answer.close()
        answer.close()
    after = [follow(made), follow(made)]

    assert error(refused) == (503, "SERVICE_UNAVAILABLE", [])
    assert refused.headers["Retry-After"] == "5"
    assert [answer.status_code for answer in after] == [200, 200]
    for answer in after:
        answer.close()


def test_head_takes_no_place_and_no_time(brief):
    brief.EXPORTS = {**brief.EXPORTS, "EVENTS_SECONDS": 60, "EVENTS_MAX_STREAMS": 0}
    made = job()

    answer = client(made.business).head(f"/v1/export/jobs/{made.job_id}/events")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/event-stream"


def test_revision_rises_with_each_change():
    states = [
        ExportJob(status="pending"),
        ExportJob(status="processing", fence=1, current_step=1),
        ExportJob(status="processing", fence=1, current_step=2),
        ExportJob(status="processing", fence=1, current_step=2, rows_expected=20),
        ExportJob(
            status="processing",
            fence=1,
            current_step=4,
            rows_expected=20,
            rows_written=10,
        ),
        ExportJob(
            status="pending", fence=1, current_step=4, rows_expected=20, rows_written=10
        ),
        ExportJob(status="processing", fence=2, current_step=1),
        ExportJob(status="processing", fence=2, current_step=1, cancel_requested=True),
        ExportJob(status="cancelled", fence=2, current_step=1, cancel_requested=True),
    ]

    told = [tuple(map(int, revision(each).split("."))) for each in states]

    assert told == sorted(set(told))


def test_job_of_another_business_has_no_events():
    made = job(make.business("business_other"))

    answer = client(make.business("business_mine")).get(
        f"/v1/export/jobs/{made.job_id}/events"
    )

    assert error(answer) == (404, "JOB_NOT_FOUND", [])
