"""Secrets are used in every place, right and wrong; afterwards they are nowhere."""

import base64
import secrets
import shutil
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import cycle
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from exports.pipeline.fields import FIELDS
from tests.journeys.canaries import Canaries, forms, places
from tests.journeys.clients import Client
from tests.journeys.hooked import webhook_secrets
from tests.journeys.programs import Program, eventually
from tests.journeys.protected import passwords
from tests.journeys.stacks import BIN, Stack

pytestmark = [pytest.mark.journey, pytest.mark.one_stack]

BUSINESS, USER = "canary_1", "canary"
BEAT = ("celery", "-A", "kyb_export", "beat", "--pidfile=", "--loglevel", "INFO")
HEADERS = (
    *("X-API-Key", "Cookie", "User-Agent", "Referer", "X-Request-ID", "Accept"),
    *("Idempotency-Key", "If-None-Match", "If-Range", "Range", "Last-Event-ID"),
    *("X-Forwarded-For", "X-Real-IP", "X-Debug", "Origin", "Content-Encoding"),
)
ADDRESSES = (
    *("/v1/export/jobs?business_id={}", "/v1/export/jobs?job_id={}", "/{}"),
    *("/v1/export/jobs?{}=1", "/v1/export/jobs/{}", "/v1/export/jobs/{}/events"),
    *("/v1/export/files/{}", "/v1/export/files/x/manifest?signature={}&expires=1"),
    *("/v1/export/templates/{}", "/v1/export/templates?template_id={}"),
    *("/v1/export/batches/{}", "/v1/export/audit?actor={}", "/v1/docs/?key={}"),
    *("/v1/export/analytics?business_id={}", "/admin/login/?next=/{}", "/healthz?{}"),
    "/api/admin/customers/{}/export",
)


class Journey:
    """Every call is kept that was answered with an error."""

    def __init__(self, stack: Stack, client: Client) -> None:
        self.stack, self.client = stack, client
        self.canaries = Canaries()
        self.errors: dict[str, bytes] = {}
        self.statuses: set[int] = set()
        self.session = requests.Session()

    def call(self, method: str, path: str, **options) -> requests.Response:
        url = path if path.startswith("http") else f"{self.stack.url}{path}"
        answer = self.session.request(
            method, url, timeout=60, allow_redirects=False, **options
        )
        self.session.cookies.clear()
        self.statuses.add(answer.status_code)
        if answer.status_code >= 400:
            name = f"answer {len(self.errors)} ({method}, {answer.status_code})"
            headers = repr(answer.headers).encode()
            self.errors[name] = headers + answer.content
        return answer

    def ask(self, method: str, path: str, **options) -> requests.Response:
        """With the good key."""
        bearer = {"Authorization": f"Bearer {self.client.key}"}
        headers = bearer | options.pop("headers", {})
        return self.call(method, path, headers=headers, **options)

    def raw(self, request: str) -> None:
        """What no client library sends."""
        address = ("127.0.0.1", int(self.stack.env["PORT"]))
        with socket.create_connection(address, timeout=20) as connection:
            connection.sendall(request.encode())
            connection.shutdown(socket.SHUT_WR)
            self.errors[f"raw {len(self.errors)}"] = connection.makefile("rb").read()


@pytest.fixture(scope="module")
def beat(stack) -> Iterator[Program]:
    """It runs in no other journey; and whoever watches Redis sees each message."""
    command = [str(BIN / BEAT[0]), *BEAT[1:], "--schedule", str(stack.var / "beat")]
    programs = [Program(command, env=stack.env, log=stack.var / "beat.log")]
    if "REDIS_URL" in stack.env:
        watch = [str(shutil.which("redis-cli")), "-u", stack.env["REDIS_URL"]]
        log = stack.var / "redis-monitor.log"
        programs.append(Program([*watch, "monitor"], env=stack.env, log=log))
    with ExitStack() as running:
        for program in programs:
            program.start()
            running.callback(program.stop)
        eventually(
            lambda: all(
                each.log.exists() and each.log.read_text() for each in programs
            ),
            seconds=60,
            what="beat and the watch over Redis",
        )
        yield programs[0]


# One program, since each takes its time to start.
SET_UP = """
from django.utils import timezone
from customers import keys
from customers.actors import SCOPES, system
from customers.models import Business, User
options = {"actor": system("canaries"), "now": timezone.now()}
business = Business.objects.create(id="%s", name="Canary")
for name in ("good", "revoked"):
    key, text = keys.issue(name, businesses=[business], scopes=SCOPES, **options)
    print(text)
keys.revoke(key, **options)
user = User.objects.create_superuser("%s", password="%s")
print(keys.issue_token("token", user=user, **options)[1])
"""


@pytest.fixture(scope="module")
def journey(stack, client, charlie, beat) -> Iterator[Journey]:
    password = f"pw-{secrets.token_urlsafe(24)}"
    code = SET_UP % (BUSINESS, USER, password)
    good, revoked, token = stack.manage("shell", "--no-imports", "-c", code)
    made = Journey(stack, Client(stack.url, good, BUSINESS))
    made_up, other = (
        f"{head}_{'a' * 12}_{secrets.token_urlsafe(32)}" for head in ("kyb", "kybstaff")
    )
    named = {"good key": good, "revoked key": revoked, "staff token": token}
    named |= {"made-up key": made_up, "made-up token": other}
    named |= {each.business_id: each.key for each in (client, charlie)}
    for name, text in named.items():
        made.canaries.add(name, text)
    sign_in(made, made.canaries.add("the good password", password))
    for key in (good, revoked, token, made_up, other):
        headers_and_addresses(made, key)
        malformed(made, key)
    for key in (good, other):
        bodies(made, key)
    for name, secret in webhook_secrets(made.ask, BUSINESS).items():
        made.canaries.add(name, secret.removeprefix("whsec_"))
        headers_and_addresses(made, secret)
        bodies(made, secret)
        malformed(made, secret)
    links(made)
    passwords(made.ask, made.client, made.canaries)
    yield made
    made.session.close()


def sign_in(journey: Journey, good: str) -> None:
    """Good and refused, and what it gives in wrong places."""
    add = journey.canaries.add
    bad, name = (
        add(f"the {each} password", f"pw-{secrets.token_urlsafe(24)}")
        for each in ("refused", "misplaced")
    )
    page = f"{journey.stack.url}/admin/login/"
    for username, password in ((USER, bad), (name, bad), (USER, good)):
        with requests.Session() as person:
            token = person.get(page, timeout=60).cookies["csrftoken"]
            form = {"username": username, "password": password}
            form |= {"csrfmiddlewaretoken": token}
            answer = person.post(page, data=form, timeout=60, allow_redirects=False)
        assert answer.status_code == (302 if password == good else 200)
    cookie = add("the session", answer.cookies["sessionid"])
    mine = journey.call("GET", "/v1/export/jobs", cookies={"sessionid": cookie})
    assert mine.status_code == 200
    for each in (good, cookie):
        basic = base64.b64encode(f"{USER}:{each}".encode()).decode()
        for value in (f"Basic {basic}", f"Bearer {each}"):
            journey.call("GET", "/v1/export/jobs", headers={"Authorization": value})
        journey.call("GET", f"/v1/export/jobs?sessionid={each}")
        journey.call("POST", "/admin/login/", data={"password": each})
        spec = journey.client.payload({"format": "csv"}) | {"password": each}
        journey.ask("POST", "/v1/export/jobs", json=spec)
    cookies = {"sessionid": cookie + "x"}
    journey.call("GET", "/v1/export/jobs", cookies=cookies)


def headers_and_addresses(journey: Journey, key: str) -> None:
    for scheme in ("Bearer", "bearer", "Token", "Basic", "", "Bearer x"):
        headers = {"Authorization": f"{scheme} {key}".strip()}
        journey.call("GET", "/v1/export/types", headers=headers)
        journey.call("GET", f"/api/admin/customers/{USER}/export", headers=headers)
    spec = journey.client.payload({"format": "csv"})
    for name in HEADERS:
        journey.ask("GET", "/v1/export/jobs", headers={name: key})
    for name in ("Idempotency-Key", "X-Request-ID"):
        journey.ask("POST", "/v1/export/jobs", headers={name: key}, json=spec)
    for address in ADDRESSES:
        journey.ask("GET", address.format(key))


def bodies(journey: Journey, key: str) -> None:
    good = journey.client.payload({"format": "csv"})
    specs = [good | {name: key} for name in (*FIELDS, "business_id", "unknown")]
    specs += [good | {key: 1}, good | {"metadata": {"a": [key]}, "max_rows": 5}]
    specs += [good | {"columns": [{"name": "id", "label": f"my {key}"}]}]
    specs += [good | {"filters": {"business_name": key}}]
    templates = [{"name": key}, {"description": key}, {"id": key}, {"filters": key}]
    once = {"Idempotency-Key": secrets.token_hex(8)}
    for spec, address in zip(specs, cycle(("", "/jobs", "/preview")), strict=False):
        journey.ask("POST", f"/v1/export{address}", json=spec)
    for _ in range(2):
        journey.ask("POST", "/v1/export/jobs", json=specs[-1], headers=once)
    batch = {"business_id": BUSINESS, "exports": specs[:2]}
    journey.ask("POST", "/v1/export/batches", json=batch)
    for template in templates:
        named = {"name": "own", "type": "verifications", "format": "csv"}
        body = {"business_id": BUSINESS} | named | template
        journey.ask("POST", "/v1/export/templates", json=body)


def malformed(journey: Journey, key: str) -> None:
    json = {"Content-Type": "application/json"}
    journey.ask("POST", "/v1/export", data=f'{{"a": "{key}"', headers=json)
    journey.ask("POST", "/v1/export", data={"key": key})
    journey.ask("POST", "/v1/export", data=f'"{key}"', headers=json)
    host = "Host: 127.0.0.1\r\n"
    for request in (
        f"GET /v1/export/types?signature={key} HTTP/7.7\r\n{host}\r\n",
        f"{key} / HTTP/1.1\r\n{host}\r\n",
        f"GET / HTTP/1.1\r\n{host}Autho rization: Bearer {key}\r\n\r\n",
        f"GET / HTTP/1.1\r\n{host}Transfer-Encoding: {key}\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: {key}\r\n\r\n",
        f"POST /v1/export HTTP/1.1\r\n{host}Content-Length: {key}\r\n\r\n",
    ):
        journey.raw(request)


def links(journey: Journey) -> None:
    """A file by its link, by false ones, and once it is lost."""
    spec = {"format": "csv", "columns": ["id"]}
    export = journey.client.run(spec)
    link = export["file_url"]
    query = parse_qs(urlsplit(link).query)
    signature = journey.canaries.add("a signature", query["signature"][0])
    false = journey.canaries.add("a false signature", secrets.token_urlsafe(32))
    assert journey.call("GET", link).status_code == 200
    assert journey.call("GET", link.replace("files/", "files/x")).status_code == 403
    refused = link.replace(signature, false)
    assert journey.call("GET", refused).status_code == 403
    for each in (signature, false):
        headers = {"X-Signature": each, "Idempotency-Key": each, "Cookie": each}
        unknown = journey.client.payload(spec) | {"signature": each}
        journey.ask("POST", "/v1/export/jobs", json=unknown, headers=headers)
        journey.call("GET", f"/v1/export/jobs?signature={each}")
        host = "Host: 127.0.0.1\r\n"
        journey.raw(f"GET /v1?signature={each} HTTP/7.7\r\n{host}\r\n")
    [(key,)] = journey.stack.database.rows(
        "SELECT key FROM exports_exportfile ORDER BY generated_at DESC LIMIT 1"
    )
    (journey.stack.storage / key).unlink()
    assert journey.call("GET", link).status_code == 500


def test_no_secret_is_in_an_answer_that_is_an_error(journey):
    assert {400, 401, 403, 404, 415, 500} <= journey.statuses
    assert journey.canaries.found(journey.errors) == []


def test_no_secret_is_kept_anywhere(journey):
    kept = places(journey.stack)

    assert journey.canaries.found(kept) == []
    assert {"web.log", "worker.log", "beat.log"} <= set(kept)
    prefix = journey.client.key.split("_")[1].encode()
    # The places are those in which it would be.
    database = "pg_dump" if "pg_dump" in kept else "db.sqlite3-wal"
    assert prefix in kept["web.log"]
    assert prefix in kept[database] + kept.get("db.sqlite3", b"")
    if "Redis" in kept:
        assert b"_kombu.binding" in kept["Redis"]
        assert b"exports.work" in kept["redis-monitor.log"]


def test_canary_is_found_in_every_form():
    canaries = Canaries()
    canaries.add("key", f"kyb_{'a' * 12}_canary-of_43/+ characters")
    secret = "canary-of_43/+ characters"

    hidden = {
        **{f"form {n}": b"x" + form + b"y" for n, form in enumerate(forms(secret))},
        "base64": base64.b64encode(f"ab{secret}c".encode()),
        "other": b"kyb_aaaaaaaaaaaa canary-of",
    }

    assert canaries.found(hidden) == sorted(
        f"key in {place}" for place in hidden if place != "other"
    )
