"""The same bulk request twice, by an Idempotency-Key: one job, one answer."""

import pytest
from django.utils import timezone

from customers.models import AuditEvent, Membership
from exports.models import ExportJob, IdempotencyRecord
from tests import make
from tests.exports.customer360.bulk_asked import PATH, made, manager, refusal
from tests.exports.customer360.bulk_made import worked
from tests.exports.stored import storage
from tests.exports.views.asking import BOTH, signed_in, with_text

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)
__all__ = ["made", "manager"]
REPLAYED = "Idempotent-Replayed"
SHOWN = ("Location", "Retry-After")


@pytest.fixture(autouse=True)
def _often(settings, tmp_path):
    storage(settings, tmp_path)
    settings.EXPORTS = settings.EXPORTS | {"BULK_RATE_LIMIT_MAX": 50}


@pytest.fixture
def caller(manager):
    return with_text(make.staff_token(manager)[1])


def ask(caller, *customers, key="k-1", **body):
    sent = {"customerIds": [str(each.pk) for each in customers]} | body
    return caller.post(PATH, sent, format="json", headers={"Idempotency-Key": key})


def refused() -> list[str]:
    events = AuditEvent.objects.filter(action="customer.bulk_export")
    return [each.details["code"] for each in events.order_by("at", "id")]


@pytest.mark.parametrize("lived", [True, False])
def test_second_answer_is_the_first(made, caller, lived):
    first = ask(caller, *made)
    if not lived:
        # As if the process had been killed between its commit and its answer.
        IdempotencyRecord.objects.update(status=None, headers={}, body=None)
    again = [ask(caller, *made) for _ in range(2)]

    for each in again:
        assert (each.status_code, each.json()) == (202, first.json())
        assert [each[name] for name in SHOWN] == [first[name] for name in SHOWN]
        assert (first.get(REPLAYED), each[REPLAYED]) == (None, "true")
    assert ExportJob.objects.count() == 1
    assert refused() == []


def test_job_whose_maker_died_is_answered_as_it_stands(made, caller):
    first = ask(caller, *made, format="csv").json()
    IdempotencyRecord.objects.update(status=None, headers={}, body=None)
    worked()

    again = ask(caller, *made, format="csv").json()

    assert (again["job_id"], again["status"]) == (first["job_id"], "completed")
    assert again == caller.get(f"{PATH}/{first['job_id']}").json()


def test_other_keys_make_jobs_of_their_own(made, caller):
    for key in ("k-1", "k-2"):
        ask(caller, *made, key=key)

    assert ExportJob.objects.count() == 2


@pytest.mark.parametrize("key", ["", "k 1", "k" * 256])
def test_key_that_is_none_is_refused(made, caller, key):
    answer = ask(caller, *made, key=key)

    assert refusal(answer) == (400, "VALIDATION_ERROR", ["Idempotency-Key"])
    assert (ExportJob.objects.count(), refused()) == (0, ["VALIDATION_ERROR"])


def test_other_body_is_refused(made, caller):
    ask(caller, *made)

    answer = ask(caller, *made, format="csv")

    assert refusal(answer) == (422, "IDEMPOTENCY_MISMATCH", [])
    assert (ExportJob.objects.count(), refused()) == (1, ["IDEMPOTENCY_MISMATCH"])


def test_second_request_waits_for_the_first(made, caller):
    ask(caller, *made)
    IdempotencyRecord.objects.update(status=None, made=None)

    assert refusal(ask(caller, *made)) == (409, "CONFLICT", [])


def test_refusal_is_replayed_and_recorded_each_time(made, caller):
    foreign = make.customer(make.business("business_other"))
    first, second = (ask(caller, *made, foreign) for _ in range(2))

    assert (second.status_code, second.json()) == (404, first.json())
    assert second[REPLAYED] == "true"
    assert refused() == ["CUSTOMER_NOT_FOUND"] * 2


def test_key_means_nothing_to_another_caller(made, caller):
    other = with_text(make.staff_token(make.staff(of=made[0].business))[1])

    answers = [ask(each, *made) for each in (caller, other)]

    assert [each.get(REPLAYED) for each in answers] == [None, None]
    assert ExportJob.objects.count() == 2


def test_key_is_of_the_account_by_token_or_session(made, manager, caller):
    first, second = (ask(each, *made) for each in (caller, signed_in(manager)))

    assert second.json() == first.json()
    assert ExportJob.objects.count() == 1


def test_replay_is_counted_like_any_request(made, caller, settings):
    settings.EXPORTS = settings.EXPORTS | {"BULK_RATE_LIMIT_MAX": 2}

    answers = [ask(caller, *made) for _ in range(3)]

    assert [each.status_code for each in answers] == [202, 202, 429]
    left = [each["X-RateLimit-Remaining"] for each in answers]
    assert left == ["1", "0", "0"]
    assert refused() == ["RATE_LIMIT_EXCEEDED"]


def test_limit_that_was_reached_is_not_kept(made, caller, settings):
    settings.EXPORTS = settings.EXPORTS | {"BULK_RATE_LIMIT_MAX": 0}
    over = ask(caller, *made)
    settings.EXPORTS = settings.EXPORTS | {"BULK_RATE_LIMIT_MAX": 5}

    assert (over.status_code, ask(caller, *made).status_code) == (429, 202)


@pytest.mark.parametrize("loss", ["everywhere", "there"])
def test_who_may_no_longer_export_there_gets_no_replay(made, manager, caller, loss):
    ask(caller, *made)
    manager.memberships.update(role=Membership.Role.VIEWER)
    if loss == "there":
        elsewhere = make.business("business_elsewhere")
        Membership.objects.create(user=manager, business=elsewhere, role="manager")

    answer = ask(caller, *made)

    assert (refusal(answer), REPLAYED in answer) == ((403, "FORBIDDEN", []), False)


def test_key_is_free_again_once_its_time_is_over(made, caller):
    ask(caller, *made)
    IdempotencyRecord.objects.update(expires_at=timezone.now())

    answer = ask(caller, *made)

    assert (answer.status_code, REPLAYED in answer) == (202, False)
    assert ExportJob.objects.count() == 2


def test_key_is_ignored_where_nothing_is_made(made, caller):
    address = f"{ask(caller, *made)['Location']}/cancel"
    headers = {"Idempotency-Key": "k-9"}

    answers = [caller.post(address, headers=headers) for _ in range(2)]

    assert [each.status_code for each in answers] == [200, 409]
    assert IdempotencyRecord.objects.count() == 1
