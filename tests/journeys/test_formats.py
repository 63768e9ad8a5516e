"""From a request to a file of each format, read back and compared with the rows."""

import base64
from hashlib import sha256

import pytest

from tests.journeys.clients import ask
from tests.journeys.expected import (
    COLUMNS,
    snapped,
    typed,
    verifications,
    without_nulls,
)
from tests.journeys.readers import READERS, read, unpacked

pytestmark = pytest.mark.journey

FORMATS = sorted(READERS)
# Their readers tell no null from an empty text.
WITHOUT_NULLS = {"csv", "tsv", "excel"}
# What fits on one line of a page.
NARROW = ["id", "status", "score", "fee", "created_at"]


def spec_of(format_name):
    options = {"escape_formulas": False} if format_name in {"csv", "tsv"} else {}
    columns = NARROW if format_name == "pdf" else COLUMNS
    return {"format": format_name, "columns": columns, "options": options}


def comparable(format_name, rows):
    return without_nulls(rows) if format_name in WITHOUT_NULLS else rows


@pytest.mark.parametrize("format_name", FORMATS)
def test_job_gives_each_row_of_its_business_and_no_other(
    stack, client, charlie, format_name
):
    columns = spec_of(format_name)["columns"]
    expected = {
        each: comparable(
            format_name, verifications(stack.database, each.business_id, columns)
        )
        for each in (client, charlie)
    }

    for each in (client, charlie):
        export = each.run(spec_of(format_name))
        content = each.file(export["export_id"]).content
        found = typed(columns, read(format_name, content, columns))
        found = comparable(format_name, found)
        if format_name == "excel":
            found = snapped(found, expected[each])

        assert found == expected[each]
        assert export["row_count"] == export["rows_expected"] == len(expected[each])
        assert export["completeness"] == "complete"

    ids = [{row[0] for row in rows} for rows in expected.values()]
    assert [len(each) for each in ids] == [1200, 300]
    assert ids[0] & ids[1] == set()


@pytest.mark.parametrize("format_name", FORMATS)
def test_key_link_immediate_and_inline_give_the_same_bytes(client, format_name):
    spec = spec_of(format_name)
    export = client.run(spec)

    by_key = client.file(export["export_id"])
    by_link = ask("GET", export["file_url"])
    immediate = client.export(spec).json()
    inline = client.export(spec | {"delivery": "inline"})

    digest = sha256(by_key.content)
    proof = base64.b64encode(digest.digest()).decode()
    assert by_key.headers["ETag"] == f'"{digest.hexdigest()}"'
    assert by_key.headers["Repr-Digest"] == f"sha-256=:{proof}:"
    assert export["sha256"] == immediate["sha256"] == digest.hexdigest()
    assert export["file_size"] == len(by_key.content)
    assert by_link.content == by_key.content
    assert inline.content == by_key.content
    assert client.file(immediate["export_id"]).content == by_key.content


@pytest.mark.parametrize("format_name", FORMATS)
def test_manifest_is_of_the_file(client, format_name):
    export = client.run(spec_of(format_name))
    content = client.file(export["export_id"]).content

    path = f"/v1/export/files/{export['export_id']}/manifest"
    manifest = client.call("GET", path).json()

    told = ("export_id", "business_id", "sha256", "byte_size", "row_count")
    assert {name: manifest[name] for name in told} == {
        "export_id": export["export_id"],
        "business_id": client.business_id,
        "sha256": sha256(content).hexdigest(),
        "byte_size": len(content),
        "row_count": 1200,
    }
    columns = [column["name"] for column in manifest["columns"]]
    assert columns == spec_of(format_name)["columns"]


def test_inline_export_is_recorded_once_it_has_ended(stack, client):
    answer = client.export(spec_of("csv") | {"delivery": "inline"})

    export_id = answer.headers["X-Export-ID"]
    manifest = client.call("GET", f"/v1/export/files/{export_id}/manifest").json()
    assert manifest["sha256"] == sha256(answer.content).hexdigest()
    assert manifest["row_count"] == 1200
    assert client.file(export_id).status_code == 410


def test_formulas_are_made_harmless_as_often_as_the_manifest_says(stack, client):
    export = client.run({"format": "csv", "columns": ["id", "notes"]})
    content = client.file(export["export_id"]).content
    found = read("csv", content, ["id", "notes"])
    plain = [
        row[1]
        for row in verifications(stack.database, client.business_id, ["id", "notes"])
    ]
    changed = [
        (cell, was)
        for (_, cell), was in zip(found, plain, strict=True)
        if (cell or "") != was
    ]

    path = f"/v1/export/files/{export['export_id']}/manifest"
    cells = client.call("GET", path).json()["columns"][1]["cells"]
    assert cells == {"neutralised": len(changed)}
    assert changed
    assert all(cell == f"'{was}" and was[0] in "=+-@" for cell, was in changed)


@pytest.mark.parametrize("compression", ["gzip", "zip", "zstd"])
def test_compressed_file_holds_the_same_bytes(client, compression):
    plain = client.file(client.run(spec_of("ndjson"))["export_id"]).content

    export = client.run(spec_of("ndjson") | {"compression": compression})

    content = client.file(export["export_id"]).content
    assert unpacked(compression, content) == plain
