"""Exports name their destinations, and deliveries are seen by whom they concern."""

import pytest

from customers.models import AuditEvent
from exports.models import Delivery, ExportJob
from tests import make
from tests.exports.destinations_made import (
    bucket_body,
    caller,
    destination,
    exported,
    mine,
)
from tests.exports.stored import storage
from tests.exports.views.asking import BOTH, client, error, spec

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)
__all__ = ["caller", "mine"]
URL = "/v1/export/destinations"


@pytest.fixture
def theirs():
    return destination(bucket_body(make.business("business_theirs")))


def test_export_names_its_destinations(caller, mine, theirs, settings, tmp_path):
    storage(settings, tmp_path)
    to = destination(bucket_body(mine))
    named = {"destinations": [to.destination_id, to.destination_id]}

    answer = caller.post("/v1/export", spec(mine, **named), format="json")

    [delivery] = Delivery.objects.all()
    assert answer.status_code == 200
    assert (delivery.channel, delivery.destination_id) == ("s3", to.pk)
    assert delivery.payload["export_id"] == answer.json()["export_id"]
    assert ExportJob.objects.get().spec["destinations"] == [to.destination_id]


def test_destination_that_is_not_theirs_is_like_one_that_is_not_there(
    caller, mine, theirs
):
    absent = "dst_01J00000000000000000000000"
    told = []
    for name in (theirs.destination_id, absent):
        wanted = spec(mine, destinations=[name])
        answer = caller.post("/v1/export/jobs", wanted, format="json")
        assert error(answer) == (400, "VALIDATION_ERROR", ["destinations[0]"])
        told.append(answer.json()["error"]["message"].replace(name, "<id>"))

    assert told[0] == told[1]
    assert ExportJob.objects.count() == 0


@pytest.mark.parametrize(
    "wrong", [["dst_1"], [7], ["job_01J00000000000000000000000"], [{}]]
)
def test_text_that_names_no_destination_is_refused(caller, mine, wrong):
    answer = caller.post("/v1/export", spec(mine, destinations=wrong), format="json")

    assert error(answer) == (400, "VALIDATION_ERROR", ["destinations[0]"])


def test_inline_answer_is_brought_nowhere(caller, mine):
    to = destination(bucket_body(mine)).destination_id
    wanted = spec(mine, destinations=[to], delivery="inline")

    answer = caller.post("/v1/export", wanted, format="json")

    assert error(answer) == (400, "VALIDATION_ERROR", ["destinations"])


def test_deliveries_are_listed_and_go_with_their_destination(
    caller, mine, settings, tmp_path
):
    storage(settings, tmp_path)
    to = destination(bucket_body(mine))
    file = exported(mine, to)
    address = f"{URL}/{to.destination_id}"

    listed = caller.get(f"{address}/deliveries").json()

    [delivery] = Delivery.objects.all()
    [shown] = listed["deliveries"]
    assert shown == {
        "delivery_id": delivery.delivery_id,
        "export_id": file.job.export_id,
        "state": "pending",
        "receipt": None,
        "attempts": [],
        "next_attempt_at": delivery.due_at.isoformat(timespec="microseconds"),
        "created_at": delivery.created_at.isoformat(timespec="microseconds"),
        "ended_at": None,
    }
    one = f"{address}/deliveries/{delivery.delivery_id}"
    assert caller.get(one).json() == shown
    assert caller.post(f"{one}/redeliver").status_code == 409
    assert caller.delete(address).status_code == 204
    assert Delivery.objects.count() == 0
    assert AuditEvent.objects.latest("id").action == "destination.deleted"


def test_schedule_names_destinations_of_its_business_alone(mine, theirs):
    own = destination(bucket_body(mine)).destination_id
    caller = client(mine, scopes=["schedules:write", "exports:write"])
    kept = {"business_id": mine.id, "name": "S", "cron": "0 6 * * *"}
    export = {"export_type": "verifications", "format": "csv"}
    answers = [
        caller.post(
            "/v1/export/schedules",
            kept | {"export": export | {"destinations": [name]}},
            format="json",
        )
        for name in (own, theirs.destination_id)
    ]

    assert answers[0].status_code == 201, answers[0].content
    assert answers[0].json()["export"]["destinations"] == [own]
    assert error(answers[1]) == (400, "VALIDATION_ERROR", ["export.destinations[0]"])
