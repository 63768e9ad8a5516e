"""What has changed, run by run, put together: the full export of later, to the byte."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.journeys.clients import Client
from tests.journeys.stacks import Stack

pytestmark = [pytest.mark.journey, pytest.mark.one_stack]
ADDRESS = "/v1/export/schedules"
MINE, THEIRS = "changing", "resting"
KEYS = {"verifications": "id", "business_data": "company_id"}
ASKED = [
    {"export_type": "verifications", "format": "csv"},
    {"export_type": "verifications", "format": "ndjson"},
    {"export_type": "business_data", "format": "json", "options": {"indent": 2}},
]
NAMES = ("kept", "saved", "updated", "bulk", "raw", "gone", "gone raw")
# Each deed is done in both businesses.
MAKE = f"""
import json
from tests import make

scopes = ("exports:write", "exports:read", "schedules:write", "pii:read")
told = {{}}
for business in map(make.business, ("{MINE}", "{THEIRS}")):
    company = make.company(business, name=f"Company of {{business.id}}")
    rows = {{
        name: make.verification(company, reviewer=name, notes=f'"a", {{business.id}}')
        for name in {NAMES!r}
    }}
    told[business.id] = {{name: str(row.pk) for name, row in rows.items()}}
    told[business.id] |= {{"company": str(company.pk)}}
    told[business.id] |= {{"key": make.api_key(business, scopes=scopes)[1]}}
print(json.dumps(told))
"""
CHANGE = f"""
import json
from customers.models import Company, Verification
from tests import make

told = {{}}
for business in ("{MINE}", "{THEIRS}"):
    rows = Verification.objects.for_business(business)
    saved, bulk = rows.get(reviewer="saved"), rows.get(reviewer="bulk")
    saved.notes = "two\\r\\nlines"
    saved.save()
    bulk.risk_level = "critical"
    Verification.objects.bulk_update([bulk], ["risk_level"])
    rows.filter(reviewer="updated").update(status="failed")
    rows.get(reviewer="gone").delete()
    company = Company.objects.get(business_id=business)
    new = make.verification(company, reviewer="new", notes=f"=new of {{business}}")
    told[business] = str(new.pk)
print(json.dumps(told))
"""
RAW = (
    "UPDATE customers_verification SET score = 0.1234 WHERE reviewer = 'raw'",
    "DELETE FROM customers_verification WHERE reviewer = 'gone raw'",
)
RENAME = (
    "UPDATE customers_company SET name = 'Renamed, ' || name"
    f" WHERE business_id IN ('{MINE}', '{THEIRS}')"
)


@dataclass
class Chain:
    """:ivar files: what each run of a schedule has given."""

    client: Client
    asked: dict
    folder: Path
    address: str = ""
    files: list[Path] = field(default_factory=list)

    def keep(self) -> "Chain":
        body = {
            "business_id": self.client.business_id,
            "name": "What is new",
            "cron": "0 0 29 2 *",
            "data_range": "changes",
            "export": self.asked,
        }
        made = self.client.call("POST", ADDRESS, json=body)
        assert made.status_code == 201, made.text
        self.address = made.headers["Location"]
        return self

    def run(self) -> bytes:
        """As it lies in the folder now, with its manifest beside it."""
        run = self.client.call("POST", f"{self.address}/run").json()
        job = self.client.ended(run["job_id"])
        assert job["status"] == "completed", job
        export_id = job["result"]["export_id"]
        file = self.folder / f"{self.asked['format']}.{len(self.files)}"
        file.write_bytes(self.client.file(export_id).content)
        manifest = file.with_name(f"{file.name}.manifest.json")
        manifest.write_text(json.dumps(self.client.manifest(export_id)))
        self.files.append(file)
        return file.read_bytes()

    def applied(self, stack: Stack) -> tuple[bytes, str]:
        """What the command writes, and what it prints; it trusts published keys."""
        keys, out = self.folder / "keys.json", self.folder / self.asked["format"]
        keys.write_text(self.client.call("GET", "/v1/export/keys").text)
        full, *deltas = self.files
        named = [part for delta in deltas for part in ("--delta", str(delta))]
        arguments = ["--full", str(full), *named, "--out", str(out)]
        printed = stack.manage("apply_delta", *arguments, "--keys", str(keys))
        return out.read_bytes(), printed[-1]

    def full_now(self) -> bytes:
        """Of no schedule and no chain."""
        key = KEYS[self.asked["export_type"]]
        export = self.client.run(self.asked | {"sort_by": [key]})
        return self.client.file(export["export_id"]).content


def told(stack: Stack, script: str) -> dict:
    lines = stack.manage("shell", "--no-imports", "--command", script)
    return dict(json.loads(lines[-1]))


def operations(content: bytes) -> set[tuple[str, str]]:
    """Of a file of changes in CSV."""
    rows = csv.DictReader(content.decode().splitlines(keepends=True))
    return {(row["_op"], row["id"]) for row in rows}


@pytest.fixture
def rows(stack) -> Iterator[dict]:
    """The ids of each business, and its key, which hold no schedule afterwards."""
    found = told(stack, MAKE)
    yield found
    client = Client(stack.url, found[MINE]["key"], MINE)
    for each in client.call("GET", f"{ADDRESS}?business_id={MINE}").json()["schedules"]:
        client.call("DELETE", f"{ADDRESS}/{each['schedule_id']}")


def test_full_export_with_its_changes_is_that_of_later(stack, rows, tmp_path):
    client = Client(stack.url, rows[MINE]["key"], MINE)
    other = Client(stack.url, rows[THEIRS]["key"], THEIRS)
    chains = [Chain(client, asked, tmp_path).keep() for asked in ASKED]

    contents = [chain.run() for chain in chains]
    new = told(stack, CHANGE)
    for sql in RAW:
        stack.database.execute(sql)
    first = [chain.run() for chain in chains]
    stack.database.execute(RENAME)
    second = [chain.run() for chain in chains]

    changed = ("saved", "updated", "bulk", "raw")
    there = {("upsert", rows[MINE][name]) for name in changed}
    there.add(("upsert", new[MINE]))
    gone = {("delete", rows[MINE][name]) for name in ("gone", "gone raw")}
    assert operations(first[0]) == there | gone
    # Each verification is shown with its company, whose own row is one.
    kept = {("upsert", rows[MINE]["kept"])}
    assert operations(second[0]) == there | kept
    assert [len(json.loads(each)["data"]) for each in (first[2], second[2])] == [0, 1]
    printed = ("6 rows: 6 put in, 2 taken out", "1 rows: 1 put in, 0 taken out")
    for chain in chains:
        expected = printed[chain.asked["export_type"] == "business_data"]
        assert chain.applied(stack) == (chain.full_now(), expected)

    theirs = [*rows[THEIRS].values(), new[THEIRS], THEIRS]
    seen = b"".join([*contents, *first, *second]).decode()
    assert [each for each in theirs if each in seen] == []
    for chain in chains:
        assert other.call("GET", chain.address).status_code == 404
        assert other.call("POST", f"{chain.address}/run").status_code == 404
