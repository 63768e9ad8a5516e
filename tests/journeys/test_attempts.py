"""Random attempts to reach another business, over real servers."""

import json
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.journeys import stacks
from tests.journeys.clients import Client
from tests.journeys.conftest import LOCAL
from tests.journeys.programs import eventually
from tests.security import marked
from tests.security.answers import Answer
from tests.security.attempts import ABSENT, attempts, shown
from tests.security.marked import MARK

pytestmark = pytest.mark.journey
MINE, THEIRS = "business_own_attack", "business_theirs_1"
SECRET = {"access_key_id": MARK, "secret_access_key": MARK}
SET_UP = f"""
import json
from django.utils import timezone
from customers import keys
from customers.actors import SCOPES, system
from customers.models import Business, Customer, Membership, User
from tests.security import marked
options = {{"actor": system("attempts"), "now": timezone.now()}}
found = {{}}
for id, name in (("{MINE}", "Mine"), ("{THEIRS}", "{MARK} Ltd")):
    business = Business.objects.create(id=id, name=name)
    made = keys.issue(name, businesses=[business], scopes=SCOPES, **options)
    found[id] = {{"key": made[1]}}
rows = marked.rows(business)
kinds = ("Company", "Customer", "Verification")
found[id]["ids"] = {{name.lower(): str(rows[name].pk) for name in kinds}}
found[id]["ids"]["account"] = str(rows["UserAccount"].pk)
mine = Business.objects.get(pk="{MINE}")
own = Customer.objects.create(business=mine, external_id="1", name="Own")
found["{MINE}"]["ids"] = {{"customer": str(own.pk)}}
for scope in SCOPES:
    made = keys.issue(scope, businesses=[mine], scopes=[scope], **options)
    found[scope] = {{"key": made[1]}}
for role in Membership.Role.values:
    user = User.objects.create_user(f"attempt-{{role}}", is_staff=True)
    Membership.objects.create(user=user, business=mine, role=role)
    found[role] = {{"key": keys.issue_token("token", user=user, **options)[1]}}
print(json.dumps(found))
"""


class World:
    """:ivar callers: name -> what they send as Authorization."""

    def __init__(self, stack) -> None:
        code = ("shell", "--no-imports", "-c", SET_UP)
        found = json.loads(stack.manage(*code)[-1])
        self.stack = stack
        theirs = found.pop(THEIRS)
        self.owner = Client(stack.url, theirs["key"], THEIRS)
        self.theirs = things(self.owner, MARK) | theirs["ids"]
        own = dict.fromkeys(ABSENT, ABSENT["company"]) | found[MINE]["ids"]
        self.mine = own | things(Client(stack.url, found[MINE]["key"], MINE), "plain")
        self.callers = {name: f"Bearer {each['key']}" for name, each in found.items()}
        self.callers["nobody"] = ""

    def answer(self, attempt) -> Answer:
        headers = {"Authorization": self.callers[attempt.caller]}
        headers |= {"Content-Type": "application/json"} | dict(attempt.headers)
        answer = requests.request(
            attempt.method,
            f"{self.stack.url}{attempt.address}",
            data=attempt.body,
            headers={name: value for name, value in headers.items() if value},
            timeout=60,
        )
        return Answer(answer.status_code, answer.headers, answer.content)

    def wrong(self, attempt) -> list[str]:
        """What is wrong with the answers to one attempt."""
        ids = (self.theirs, ABSENT)
        pair = [self.answer(attempt.with_ids(each, self.mine)) for each in ids]
        wrong = [
            f"{attempt}: {mark}"
            for each in pair
            for content in each.everything()
            for mark in marked.found(content)
        ]
        said = [
            each.said(shown(known, self.mine))
            for each, known in zip(pair, ids, strict=True)
        ]
        is_refused = any(each.status >= 400 for each in pair)
        if is_refused and attempt.reaches_out and said[0] != said[1]:
            wrong.append(f"{attempt}: {said[0]} is not {said[1]}")
        return wrong


def things(client: Client, text: str) -> dict[str, str]:
    """A job with its file, a batch, a template, a schedule; text wherever it may be."""
    columns = [{"name": "id", "label": text}]
    fields = {"export_type": "user_data", "format": "csv", "columns": columns}
    fields |= {"metadata": {text: text}, "max_rows": 5}
    job = client.ended(client.post(fields)["job_id"])
    owner = {"business_id": client.business_id}
    several = owner | {"exports": [fields, fields], "bundle": True}
    batch = client.call("POST", "/v1/export/batches", json=several).json()
    name = client.business_id.replace("business", "template")
    kept = owner | {"id": f"{name}xx"[:19], "name": text, "description": text}
    kept |= {"type": "user_data", "format": "csv"}
    template = client.call("POST", "/v1/export/templates", json=kept).json()
    timed = owner | {"name": text, "cron": "0 6 1 1 *"}
    own = {"export_type": "user_data", "format": "csv", "columns": columns}
    timed |= {"export": own}
    schedule = client.call("POST", "/v1/export/schedules", json=timed).json()
    url = owner | {"url": "https://127.0.0.1:1/", "description": text}
    hook = client.call("POST", "/v1/webhooks", json=url).json()
    address = f"/v1/webhooks/{hook['webhook_id']}/test"
    sent = client.call("POST", address, json={}).json()
    drop = owner | {"name": text, "kind": "s3", "bucket": "bucket"}
    drop |= {"endpoint": "https://127.0.0.1:1", "credentials": SECRET}
    brought = client.call("POST", "/v1/export/destinations", json=drop).json()
    link = parse_qs(urlsplit(job["result"]["file_url"]).query)

    def over() -> bool:
        address = f"/v1/export/batches/{batch['batch_id']}"
        return client.call("GET", address).json()["status"] == "completed"

    eventually(over, seconds=60, what="the end of the batch")
    return {
        "business": client.business_id,
        "template": template["id"],
        "schedule": schedule["schedule_id"],
        "job": job["job_id"],
        "batch": batch["batch_id"],
        "export": job["result"]["export_id"],
        "destination": brought["destination_id"],
        "webhook": hook["webhook_id"],
        "delivery": sent["delivery_id"],
        "signature": link["signature"][0],
        "expires": link["expires"][0],
    }


@pytest.fixture(scope="module", params=stacks.wanted())
def there(request) -> Iterator[World]:
    """Without the limit by address, which lets through the one and not the other."""
    lifted = dict.fromkeys(("rate_limit_max", "bulk_rate_limit_max"), "100000")
    with stacks.running(request.param, **LOCAL, reap_seconds="1", **lifted) as running:
        yield World(running)


def check(there: World, seed: int, count: int) -> None:
    made = attempts(seed, count, list(there.callers))
    wrong = [each for attempt in made for each in there.wrong(attempt)]

    assert wrong == []
    figures = requests.get(f"{there.stack.url}/metrics", timeout=20)
    logs = [log.read_bytes() for log in there.stack.var.rglob("*.log")]
    assert [marked.found(content) for content in (figures.content, *logs)] == (
        [[]] * (len(logs) + 1)
    )


def test_attempts_over_http_find_nothing(there):
    check(there, 1, 60)


@pytest.mark.slow
@pytest.mark.security
@pytest.mark.timeout(1800)
def test_two_thousand_attempts_over_http_find_nothing(there):
    check(there, 2, 2000)


def test_marks_are_in_what_their_owner_reads(there):
    found = there.owner.file(there.theirs["export"])

    assert marked.found(found.content) == [MARK]
