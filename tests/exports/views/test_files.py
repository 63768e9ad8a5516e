import base64

import pytest

from exports.models import ExportFile
from exports.pipeline.sinks.storage import LocalStorage, open_storage
from tests import make
from tests.exports.stored import mine
from tests.exports.views.asking import (
    BOTH,
    UNKNOWN_EXPORT,
    body,
    client,
    deeds,
    error,
    export,
    same_refusal,
)

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)
__all__ = ["mine"]


@pytest.fixture
def address(mine, caller):
    told = export(caller, mine, columns=["business_name"])
    return f"/v1/export/files/{told['export_id']}"


CONTENT = b"business_name\r\nMine Ltd\r\n"
SIZE = len(CONTENT)


def etag() -> str:
    return f'"{ExportFile.objects.get().sha256}"'


def flip(of: ExportFile) -> None:
    path = open_storage().root / of.key
    content = bytearray(path.read_bytes())
    content[3] ^= 1
    path.write_bytes(content)


def test_file_is_answered_whole_with_its_proofs(caller, address):
    answer = caller.get(address)

    file = ExportFile.objects.get()
    digest = base64.b64encode(bytes.fromhex(file.sha256)).decode()
    headers = {
        "Content-Type": "text/csv",
        "Content-Length": str(SIZE),
        "ETag": f'"{file.sha256}"',
        "Repr-Digest": f"sha-256=:{digest}:",
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": f'attachment; filename="{file.name}"',
    }
    assert answer.status_code == 200
    assert {name: answer.headers[name] for name in headers} == headers
    assert "Content-Range" not in answer.headers
    assert body(answer) == CONTENT


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=0-4", 0, 4),
        ("bytes=5-", 5, SIZE - 1),
        ("bytes=5-9999", 5, SIZE - 1),
        ("bytes=-4", SIZE - 4, SIZE - 1),
        ("bytes=-9999", 0, SIZE - 1),
        ("bytes=0-", 0, SIZE - 1),
        (f"bytes={SIZE - 1}-", SIZE - 1, SIZE - 1),
        (" bytes=1-2 ", 1, 2),
        ("Bytes=1-2", 1, 2),
    ],
)
def test_range_is_answered_in_part(caller, address, asked, start, end):
    answer = caller.get(address, headers={"Range": asked})

    assert answer.status_code == 206
    assert answer.headers["Content-Range"] == f"bytes {start}-{end}/{SIZE}"
    assert answer.headers["Content-Length"] == str(end - start + 1)
    assert answer.headers["ETag"] == etag()
    assert body(answer) == CONTENT[start : end + 1]


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", "bytes=9999-", "bytes=-0"])
def test_range_outside_of_the_file_is_not_satisfiable(caller, address, asked):
    answer = caller.get(address, headers={"Range": asked})

    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{SIZE}"
    assert body(answer) == b""


@pytest.mark.parametrize(
    "asked",
    [
        *("bytes=4-2", "bytes=-", "bytes=0-1,3-4", "bytes=a-b", "bytes=0-٣"),
        *("rows=0-1", "bytes", "", "bytes=" + "9" * 30 + "-"),
    ],
)
def test_range_that_is_not_understood_is_answered_whole(caller, address, asked):
    answer = caller.get(address, headers={"Range": asked.encode().decode("latin-1")})

    assert (answer.status_code, body(answer)) == (200, CONTENT)


def test_if_range_of_this_file_is_answered_in_part(caller, address):
    answer = caller.get(address, headers={"Range": "bytes=0-1", "If-Range": etag()})

    assert (answer.status_code, body(answer)) == (206, CONTENT[:2])


@pytest.mark.parametrize(
    "validator", ['"another"', "W/{}", "Wed, 21 Oct 2015 07:28:00 GMT"]
)
def test_if_range_of_another_file_is_answered_whole(caller, address, validator):
    validator = validator.format(etag())

    answer = caller.get(address, headers={"Range": "bytes=0-1", "If-Range": validator})

    assert (answer.status_code, body(answer)) == (200, CONTENT)


@pytest.mark.parametrize("known", ["{}", "W/{}", '"another", {}', "*"])
def test_file_that_is_known_is_not_sent_again(caller, address, known):
    answer = caller.get(address, headers={"If-None-Match": known.format(etag())})

    assert (answer.status_code, body(answer)) == (304, b"")
    assert answer.headers["ETag"] == etag()


@pytest.mark.parametrize("known", ['"another"', "nonsense", ""])
def test_file_that_is_not_known_is_sent(caller, address, known):
    answer = caller.get(address, headers={"If-None-Match": known})

    assert (answer.status_code, body(answer)) == (200, CONTENT)


@pytest.mark.parametrize("asked", ["", "bytes=0-1"])
def test_head_tells_of_the_file_without_it(caller, address, asked):
    answer = caller.head(address, headers={"Range": asked})

    assert answer.status_code == 200
    assert answer.headers["Content-Length"] == str(SIZE)
    assert answer.headers["ETag"] == etag()
    answer.close()


@pytest.mark.parametrize("accept", ["text/csv", "application/octet-stream"])
def test_file_is_sent_whatever_is_accepted(caller, address, accept):
    answer = caller.get(address, headers={"Accept": accept})

    assert (answer.status_code, body(answer)) == (200, CONTENT)


def test_answer_that_is_never_read_closes_the_file(caller, address):
    answer = caller.get(address)

    answer.close()

    assert answer.status_code == 200


def test_name_outside_of_ascii_is_written_as_rfc_6266_says(caller, address):
    ExportFile.objects.update(name='Größe "1".csv')

    answer = caller.get(address)

    disposition = answer.headers["Content-Disposition"]
    assert disposition == "attachment; filename*=utf-8''Gr%C3%B6%C3%9Fe%20%221%22.csv"
    answer.close()


@pytest.mark.parametrize("suffix", ["", "/manifest"])
def test_file_of_another_business_answers_like_none(mine, address, suffix):
    other = client(make.business("business_other"))

    refused = other.get(f"{address}{suffix}")
    absent = other.get(f"/v1/export/files/{UNKNOWN_EXPORT}{suffix}")

    assert error(refused) == (404, "EXPORT_NOT_FOUND", [])
    export_id = address.rsplit("/", 1)[-1]
    assert same_refusal(refused, id=export_id) == same_refusal(
        absent, id=UNKNOWN_EXPORT
    )


@pytest.mark.parametrize("suffix", ["", "/manifest"])
def test_key_that_may_not_read_is_forbidden(mine, address, suffix):
    answer = client(mine, scopes=["exports:write"]).get(f"{address}{suffix}")

    assert error(answer) == (403, "FORBIDDEN", [])


@pytest.mark.parametrize("suffix", ["", "/manifest"])
def test_file_takes_no_other_parameters(caller, address, suffix):
    answer = caller.get(f"{address}{suffix}?inline=1")

    assert error(answer) == (400, "VALIDATION_ERROR", ["inline"])


@pytest.mark.parametrize("suffix", ["", "/manifest"])
@pytest.mark.parametrize("export_id", ["exp_x", "job_01J00000000000000000000000", "7"])
def test_export_that_is_not_there_is_not_found(caller, export_id, suffix):
    answer = caller.get(f"/v1/export/files/{export_id}{suffix}")

    assert error(answer) == (404, "EXPORT_NOT_FOUND", [])


def test_altered_file_is_never_sent(caller, address, mine):
    flip(ExportFile.objects.get())

    first = caller.get(address)
    second = caller.get(address)

    assert error(first) == error(second) == (500, "EXPORT_ERROR", [])
    assert ExportFile.objects.get().state == "lost"
    assert b"Mine" not in first.content + second.content
    assert deeds(mine)[-1] == "file.lost"
    assert deeds(mine).count("file.lost") == 1


def test_missing_file_is_lost(caller, address):
    (open_storage().root / ExportFile.objects.get().key).unlink()

    answer = caller.get(address, headers={"Range": "bytes=0-1"})

    assert error(answer) == (500, "EXPORT_ERROR", [])
    assert ExportFile.objects.get().state == "lost"


@pytest.mark.parametrize("state", ["expired", "deleted"])
def test_file_that_is_gone_is_expired(caller, address, state):
    ExportFile.objects.update(state=state)

    assert error(caller.get(address)) == (410, "EXPORT_EXPIRED", [])


def test_manifest_tells_what_the_file_is(caller, address, mine):
    answer = caller.get(f"{address}/manifest")

    file = ExportFile.objects.get()
    told = answer.json()
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert told == file.manifest
    assert (told["business_id"], told["row_count"], told["byte_size"]) == (
        "business_mine",
        1,
        SIZE,
    )
    assert told["sha256"] == file.sha256


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("head", {}, 200),
        ("get", {"If-None-Match": "*"}, 304),
        ("get", {"Range": "bytes=9999-"}, 416),
    ],
)
def test_what_sends_no_byte_reads_none(
    caller, address, monkeypatch, method, headers, status
):
    key = ExportFile.objects.get().key

    with monkeypatch.context() as patch:
        patch.setattr(LocalStorage, "open", None)
        answer = getattr(caller, method)(address, headers=headers)
    (open_storage().root / key).write_bytes(b"cut")
    after = getattr(caller, method)(address, headers=headers)

    assert (answer.status_code, after.status_code) == (status, 500)
    assert ExportFile.objects.get().state == "lost"


def test_head_is_no_download(caller, address, mine):
    caller.head(address).close()

    assert "export.downloaded" not in deeds(mine)
