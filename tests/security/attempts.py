"""Random attempts to reach another business: seeded, so that each can be made again.

An attempt is written with names in place of ids. It is made twice: with the ids of what
another business has, and with ids of the same form of what nobody has.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final
from urllib.parse import quote

from tests.journeys.documented import DOCUMENT, OPERATIONS, Operation

VERBS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
ABSENT: Final = {
    "job": "job_01J00000000000000000000000",
    "export": "exp_01J00000000000000000000000",
    "batch": "bat_01J00000000000000000000000",
    "template": "absent_template_one",
    "schedule": "sch_01J00000000000000000000000",
    "webhook": "whk_01J00000000000000000000000",
    "destination": "dst_01J00000000000000000000000",
    "delivery": "dlv_01J00000000000000000000000",
    "business": "business_absent_1",
    # Each its own, as those that are there are: a list may name two kinds.
    "customer": "01890a5d-ac96-774b-bcce-b302099a8057",
    "company": "01890a5d-ac96-774b-bcce-b302099a8058",
    "verification": "01890a5d-ac96-774b-bcce-b302099a8059",
    "account": "01890a5d-ac96-774b-bcce-b302099a805a",
}
"""Of the same length as those that are there; so is what the tests name themselves."""
DATASETS: Final = (
    *("verifications", "analytics", "reports", "audit_logs", "user_data"),
    *("business_data", "custom", "customer_360"),
)
_FORMS: Final[dict[str, Callable[[str], str]]] = {
    "": str,
    "upper": str.upper,
    "lower": str.lower,
    "spaced": lambda text: f" {text}",
    "ended": lambda text: f"{text}\x00",
    "longer": lambda text: f"{text}x",
    "shorter": lambda text: text[:-1],
    "like": lambda text: f"{text[:8]}%",
    "path": lambda text: f"../{text}",
}
_TOKEN: Final = re.compile(r"@(mine|id):(\w+):(\w*)@")
_PARAMETERS: Final = {
    told["operationId"]: {each["name"] for each in told.get("parameters", [])}
    for item in DOCUMENT["paths"].values()
    for told in item.values()
}
_BODIES: Final = frozenset({"POST", "PUT", "PATCH"})
_HEADERS: Final = (
    {"X-Debug": "true"},
    {"Accept": "application/problem+json"},
    {"Range": "bytes=0-99"},
    {"If-None-Match": "*"},
    {"Last-Event-ID": "1"},
    {"X-Forwarded-For": "127.0.0.1"},
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """:ivar caller: whose key, token or session; :ivar body: as it is sent, or None."""

    operation: str
    caller: str
    method: str
    address: str
    body: str | None
    headers: Mapping[str, str]

    def with_ids(self, ids: Mapping[str, str], mine: Mapping[str, str]) -> "Attempt":
        def filled(text: str, written: Callable[[str], str]) -> str:
            def of(token: re.Match[str]) -> str:
                known = ids if token[1] == "id" else mine
                return written(_FORMS[token[3]](known[token[2]]))

            return _TOKEN.sub(of, text)

        body = self.body and filled(self.body, lambda text: json.dumps(text)[1:-1])
        address = filled(self.address, lambda text: quote(text, safe=""))
        return Attempt(
            self.operation, self.caller, self.method, address, body, self.headers
        )

    @property
    def reaches_out(self) -> bool:
        return "@id:" in self.address + (self.body or "")


def shown(*ids: Mapping[str, str]) -> list[str]:
    """All that an answer may echo of these ids, the longest first.

    One's own belong to it: what they and others' begin with is the same text.
    """
    texts = {text for each in ids for text in each.values()}
    forms = {form(text) for text in texts for form in _FORMS.values()}
    written = {quote(text, safe="") for text in forms} | forms
    written |= {json.dumps(text)[1:-1] for text in forms}
    return sorted(written, key=len, reverse=True)


def attempts(seed: int, count: int, callers: list[str]) -> Iterator[Attempt]:
    maker = _Maker(Random(seed), callers)
    return (maker.attempt() for _ in range(count))


class _Maker:
    def __init__(self, random: Random, callers: list[str]) -> None:
        self._random, self._callers = random, callers

    def attempt(self) -> Attempt:
        operation = self._random.choice(list(OPERATIONS.values()))
        is_odd = self._random.random() < 0.15
        method = self._random.choice(VERBS) if is_odd else operation.method
        body = json.dumps(self._body(operation)) if method in _BODIES else None
        headers = self._random.choice(_HEADERS) if self._random.random() < 0.2 else {}
        caller = self._random.choice(self._callers)
        address = self._address(operation)
        return Attempt(operation.id, caller, method, address, body, headers)

    def _id(self, kind: str, *, mine: float = 0.0) -> str:
        """Of the right kind, mostly; of the caller's own, at times."""
        if self._random.random() < 0.1:
            kind = self._random.choice(list(ABSENT))
        whose = "mine" if self._random.random() < mine else "id"
        is_odd = self._random.random() < 0.15
        form = self._random.choice(list(_FORMS)) if is_odd else ""
        return f"@{whose}:{kind}:{form}@"

    def _address(self, operation: Operation) -> str:
        def named(name: re.Match[str]) -> str:
            return self._id(name[1].removesuffix("_id"), mine=0.1)

        address = re.sub(r"{(\w+)}", named, operation.path)
        query = [
            f"{name}={value}"
            for name, value in self._parameters().items()
            if name in _PARAMETERS[operation.id] or self._random.random() < 0.01
        ]
        return f"{address}?{'&'.join(query)}" if query else address

    def _parameters(self) -> dict[str, str]:
        kinds = ("job", "business", "template", "schedule")
        values = {f"{kind}_id": self._id(kind) for kind in kinds}
        values["object_id"] = self._id(self._random.choice(list(ABSENT)))
        values["actor_id"] = self._id("account")
        values |= {"signature": "@mine:signature:@", "expires": "@mine:expires:@"}
        values |= {"format": self._random.choice(("csv", "json")), "limit": "100"}
        some = self._random.random()
        return {name: values[name] for name in values if self._random.random() < some}

    def _body(self, operation: Operation) -> Any:
        if operation.path.startswith("/api/"):
            return self._customers()
        for part, made in (
            ("templates", self._template),
            ("schedules", self._schedule),
            ("destinations", lambda: self._destination(operation)),
        ):
            if part in operation.path:
                return made()
        if "webhooks" in operation.path:
            return self._webhook(operation)
        if "batches" in operation.path:
            exports = [self._spec(), self._spec()]
            return {"business_id": self._id("business", mine=0.3), "exports": exports}
        if "query" in operation.path:
            owner = self._id("business", mine=0.5)
            return {"business_id": owner, "custom_query": self._sql()}
        return self._spec()

    def _customers(self) -> dict[str, Any]:
        some = [self._id("customer", mine=0.3) for _ in range(2)]
        chosen = {"customerIds": some}
        if self._random.random() < 0.5:
            chosen = {"filter": {"tags": ["vip"]}}
        owner = {"businessId": self._id("business", mine=0.3)}
        return chosen | owner | {"format": self._random.choice(("csv", "json"))}

    def _webhook(self, operation: Operation) -> dict[str, Any]:
        if operation.id not in {"webhook_create", "webhook_change"}:
            return {}
        fields = {"url": "https://127.0.0.1:1/", "description": self._id("webhook")}
        if operation.id == "webhook_create":
            fields["business_id"] = self._id("business", mine=0.3)
        return fields

    def _destination(self, operation: Operation) -> dict[str, Any]:
        if operation.id == "destination_change":
            return {"name": self._id("destination")}
        if operation.id != "destination_create":
            return {}
        return {
            "business_id": self._id("business", mine=0.3),
            "name": self._id("destination"),
            "kind": "s3",
            "endpoint": "https://127.0.0.1:1",
            "bucket": "bucket",
            "credentials": {"access_key_id": "a", "secret_access_key": "b"},
        }

    def _template(self) -> dict[str, Any]:
        fields = {
            "id": self._id("template"),
            "business_id": self._id("business", mine=0.4),
            "description": self._id("job"),
        }
        some = {name: fields[name] for name in fields if self._random.random() < 0.6}
        named = {"name": "@id:template:@", "type": "reports", "format": "csv"}
        return named | some

    def _schedule(self) -> dict[str, Any]:
        fields = {
            "business_id": self._id("business", mine=0.4),
            "time_zone": self._id("schedule"),
            "take_over": True,
        }
        some = {name: fields[name] for name in fields if self._random.random() < 0.6}
        named = {"name": self._id("template"), "cron": "0 6 1 1 *"}
        if self._random.random() < 0.2:
            return named | some | {"customer_360": self._customers()}
        return named | some | {"export": self._spec()}

    def _spec(self) -> dict[str, Any]:
        kind = self._random.choice(DATASETS)
        fields: dict[str, Any] = {
            "template_id": self._id("template"),
            "filters": {
                f"{name}_id": self._id(name) for name in ("company", "business")
            },
            "metadata": {"job_id": self._id("job")},
            "delivery": "inline",
            "on_denied": "mask",
            "include_metadata": True,
            "destinations": [self._id("destination", mine=0.3)],
        }
        some = {name: fields[name] for name in fields if self._random.random() < 0.2}
        if kind == "custom":
            some["custom_query"] = self._sql()
        return {
            "business_id": self._id("business", mine=0.3),
            "export_type": kind,
            "format": self._random.choice(("csv", "json", "ndjson")),
            "max_rows": 5,
        } | some

    def _sql(self) -> str:
        company, business = self._id("company"), self._id("business")
        return self._random.choice(
            (
                f"SELECT * FROM verifications WHERE company_id = '{company}'",
                f"SELECT name FROM business_data WHERE name <> '{business}' OR 1 = 1",
                "SELECT count(*) FROM user_data UNION ALL SELECT 1 FROM reports",
                "SELECT name FROM customers_customer",
            )
        )
