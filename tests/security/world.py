"""Two businesses, and what each has: the tests act for one, against the other."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from django.utils import timezone
from rest_framework.test import APIClient

from customers import keys
from customers.actors import SCOPES
from customers.models import ApiKey, Business, Membership
from exports import runs
from exports.models import ExportFile
from tests import make
from tests.exports.views.asking import client, signed_in, with_text
from tests.security import marked
from tests.security.marked import MARK

ROLES: Final = tuple(Membership.Role.values)
UNLIMITED: Final = 10**9
MAIL: Final = "ops@example.com"


@dataclass(frozen=True, slots=True)
class World:
    """:ivar theirs: ids of what the other business has, by kind; :ivar mine: alike.

    :ivar callers: everybody who has nothing to do with the other business.

    :ivar secrets: of the other's files, beside the marks.
    """

    theirs: dict[str, str]
    mine: dict[str, str]
    callers: dict[str, APIClient]
    owner: APIClient
    secrets: list[str]


def build() -> World:
    """The other's cells, metadata, labels and names hold marks; mine hold none."""
    other = make.business("business_theirs_1", name=f"{MARK} Ltd")
    mine = make.business("business_own_attack", name="Mine")
    rows = marked.rows(other)
    owner = client(other, scopes=SCOPES, name=MARK)
    theirs = _things(owner, other, MARK) | _ids(rows)
    file = ExportFile.objects.filter(business=other).latest("generated_at")
    signature = str(file.manifest["signature"]["value"])
    plain = {"Company": make.company(mine), "Customer": make.customer(mine)}
    plain["Verification"] = make.verification(plain["Company"])
    plain["UserAccount"] = make.user_account(mine)
    make.tag(plain["Customer"])
    attacker = client(mine, scopes=SCOPES)
    return World(
        theirs=theirs,
        mine=_things(attacker, mine, "plain") | _ids(plain),
        callers=dict(_callers(mine, attacker)),
        owner=owner,
        secrets=[file.sha256, signature],
    )


def _ids(rows: dict[str, Any]) -> dict[str, str]:
    kinds = ("Company", "Customer", "Verification")
    found = {name.lower(): str(rows[name].pk) for name in kinds}
    return found | {"account": str(rows["UserAccount"].pk)}


def _things(caller: APIClient, business: Business, text: str) -> dict[str, str]:
    """A job with its file, a batch, a template, a schedule; text wherever it may be."""
    spec = {"business_id": business.id, "export_type": "user_data", "format": "csv"}
    spec |= {"columns": [{"name": "id", "label": text}], "metadata": {text: text}}
    kept = {"business_id": business.id, "type": "user_data", "format": "csv"}
    kept |= {"name": text, "description": text, "id": _template_id(business)}
    template = _made(caller, "/v1/export/templates", kept)
    own = {name: spec[name] for name in ("export_type", "format", "columns")}
    timed = {"business_id": business.id, "name": text, "cron": "0 6 1 1 *"}
    schedule = _made(caller, "/v1/export/schedules", timed | {"export": own})
    job = _made(caller, "/v1/export/jobs", spec | {"max_rows": 5})
    runs.work("interactive", worker="test")
    exports = [{**spec, "max_rows": 5}] * 2
    several = {"business_id": business.id, "exports": exports, "bundle": True}
    batch = _made(caller, "/v1/export/batches", several)
    for _ in exports:
        runs.work("interactive", worker="test")
    url = {"business_id": business.id, "url": "https://127.0.0.1:1/", "contact": MAIL}
    hook = _made(caller, "/v1/webhooks", url | {"description": text})
    address = f"/v1/webhooks/{hook['webhook_id']}/test"
    drop = {"business_id": business.id, "name": text, "kind": "s3", "bucket": "bucket"}
    drop |= {"credentials": {"access_key_id": text, "secret_access_key": text}}
    drop["endpoint"] = "https://127.0.0.1:1"
    done = caller.get(f"/v1/export/jobs/{job['job_id']}").json()["result"]
    link = parse_qs(urlsplit(done["file_url"]).query)
    return {
        "business": business.id,
        "template": template["id"],
        "schedule": schedule["schedule_id"],
        "job": job["job_id"],
        "batch": batch["batch_id"],
        "export": done["export_id"],
        "webhook": hook["webhook_id"],
        "destination": _made(caller, "/v1/export/destinations", drop)["destination_id"],
        "delivery": _made(caller, address, {})["delivery_id"],
        "signature": link["signature"][0],
        "expires": link["expires"][0],
    }


def _template_id(business: Business) -> str:
    return f"{business.id.replace('business', 'template')}xx"[:19]  # a slug of itself


def _made(caller: APIClient, address: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = caller.post(address, body, format="json")
    assert answer.status_code in {201, 202}, answer.content
    return dict(answer.json())


def _callers(mine: Business, attacker: APIClient) -> Iterator[tuple[str, APIClient]]:
    yield "key of every scope", attacker
    for scope in SCOPES:
        yield f"key of {scope}", client(mine, scopes=[scope])
    yield "nobody", APIClient(raise_request_exception=False)
    yield "made-up key", with_text(f"kyb_{'a' * 12}_{'s' * 43}")
    now = timezone.now()
    key, revoked = make.api_key(mine, scopes=SCOPES)
    keys.revoke(ApiKey.objects.get(pk=key.pk), actor=make.SYSTEM, now=now)
    yield "revoked key", with_text(revoked)
    _, over = make.api_key(mine, expires_at=now + timedelta(seconds=1), now=now)
    ApiKey.objects.filter(expires_at__isnull=False).update(expires_at=now)
    yield "key that is over", with_text(over)
    for role in ROLES:
        person = make.staff(role, mine)
        yield f"session of a {role}", signed_in(person)
        yield f"token of a {role}", with_text(make.staff_token(person)[1])
