"""Files in parts, known already, lost or altered: by key and by signed link."""

from hashlib import sha256

import pytest

from tests.journeys.clients import ask
from tests.journeys.readers import stored_as

pytestmark = [pytest.mark.journey, pytest.mark.one_stack]

SPEC = {"format": "csv", "columns": ["id", "status", "created_at"]}


@pytest.fixture(scope="module")
def export(client):
    return client.run(SPEC)


@pytest.fixture(scope="module")
def content(client, export):
    return client.file(export["export_id"]).content


@pytest.fixture(params=["key", "link"])
def fetch(request, client, export):
    """The file as one may get it, with these headers."""
    if request.param == "key":
        return lambda **headers: client.file(export["export_id"], **headers)
    return lambda **headers: ask("GET", export["file_url"], headers=headers)


def test_broken_download_is_resumed(fetch, content, export):
    etag = fetch().headers["ETag"]
    half = len(content) // 2

    first = fetch(Range=f"bytes=0-{half - 1}")
    rest = fetch(**{"Range": f"bytes={half}-", "If-Range": etag})

    assert (first.status_code, rest.status_code) == (206, 206)
    assert rest.headers["Content-Range"] == (
        f"bytes {half}-{len(content) - 1}/{len(content)}"
    )
    assert first.content + rest.content == content
    assert sha256(content).hexdigest() == export["sha256"] == etag.strip('"')


def test_part_of_another_file_is_answered_whole(fetch, content):
    answer = fetch(**{"Range": "bytes=5-", "If-Range": '"another"'})

    assert (answer.status_code, answer.content) == (200, content)


def test_range_beyond_the_end_is_refused(fetch, content):
    answer = fetch(Range=f"bytes={len(content)}-")

    assert (answer.status_code, answer.content) == (416, b"")
    assert answer.headers["Content-Range"] == f"bytes */{len(content)}"


def test_file_that_is_known_is_not_sent_again(fetch):
    etag = fetch().headers["ETag"]

    answer = fetch(**{"If-None-Match": etag})

    assert (answer.status_code, answer.headers["ETag"]) == (304, etag)


def test_head_tells_of_the_file_without_it(client, export, content):
    path = f"/v1/export/files/{export['export_id']}"

    answer = client.call("HEAD", path)

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(content))


@pytest.mark.parametrize("suffix", ["", "/manifest"])
def test_link_that_was_changed_is_refused(stack, export, suffix):
    address, _, query = export["file_url"].partition("?")
    wrong = query[:-1] + ("A" if query[-1] != "A" else "B")

    answer = ask("GET", f"{address}{suffix}?{wrong}")

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "FORBIDDEN")
    assert ask("GET", f"{address}{suffix}?{query}").status_code == 200


@pytest.mark.parametrize("harm", ["altered", "cut", "lost"])
def test_harmed_file_is_never_served(stack, client, harm):
    export = client.run(SPEC)
    name = stored_as(stack, export)
    content = bytearray(stack.kept.read(name))
    content[len(content) // 2] ^= 1
    if harm == "lost":
        stack.kept.remove(name)
    else:
        stack.kept.write(name, bytes(content[:-1] if harm == "cut" else content))

    answers = [
        client.file(export["export_id"]),
        client.file(export["export_id"], Range="bytes=0-9"),
        ask("GET", export["file_url"]),
    ]

    refusals = [(each.status_code, each.json()["error"]["code"]) for each in answers]
    assert refusals == [(500, "EXPORT_ERROR")] * 3
    manifest = client.manifest(export["export_id"])
    assert manifest["sha256"] == export["sha256"]
