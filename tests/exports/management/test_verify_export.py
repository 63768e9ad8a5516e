import json
import re
import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from exports import runs, signing
from exports.models import ExportFile
from exports.pipeline.renderers import RENDERERS
from exports.pipeline.sinks.storage import open_storage
from tests import make
from tests.documents import read
from tests.exports.jobs_made import job
from tests.exports.views.asking import BOTH, client

pytestmark = pytest.mark.django_db(transaction=True, databases=BOTH)
READER = ["exports:read", "pii:read"]


@pytest.fixture
def folder(settings, tmp_path):
    settings.EXPORT_STORAGE_URL = (tmp_path / "stored").as_uri()
    return tmp_path


def exported(folder, **spec):
    """The paths of a file and its manifest, as a client has fetched them."""
    business = make.business("business_mine")
    make.verification(make.company(business, name="=Mine Ltd"))
    make.verification(make.business("business_other"))
    metadata = {"source": "crm", "large": 2**60, "ratio": 1.0, "far": 1e21}
    made = job(business, metadata=metadata, **spec)
    runs.work("interactive", worker="test")
    file = ExportFile.objects.get(job=made)
    address = f"/v1/export/files/{made.export_id}/manifest"
    manifest = client(business, scopes=READER).get(address)
    (folder / "manifest.json").write_bytes(manifest.content)
    (folder / "keys.json").write_text(json.dumps({"keys": signing.public_keys()}))
    return open_storage().root / file.key, folder / "manifest.json"


def verify(*arguments) -> str:
    told = StringIO()
    call_command("verify_export", *map(str, arguments), stdout=told)
    return told.getvalue()


def test_untouched_file_is_proved(folder):
    file, manifest = exported(folder)

    assert "unchanged since it was signed with own-" in verify(file, manifest)
    assert verify(file, manifest, "--keys", folder / "keys.json")


@pytest.mark.parametrize("trials", [5, pytest.param(100, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", list(RENDERERS))
def test_flipped_byte_is_found_and_never_served(folder, name, trials):
    file, manifest = exported(folder, format=name)
    content = file.read_bytes()
    stored = ExportFile.objects.select_related("job").get()
    caller = client(stored.business, scopes=READER)

    for trial in range(trials):
        place = trial * (len(content) - 1) // (trials - 1)
        altered = bytearray(content)
        altered[place] ^= 1 << trial % 8
        file.write_bytes(altered)
        ExportFile.objects.update(state="stored")

        # A part that is asked for may lie anywhere: the whole file is proved first.
        asked = {"Range": "bytes=0-0"} if trial % 2 else {}
        answer = caller.get(f"/v1/export/files/{stored.job.export_id}", headers=asked)

        assert answer.status_code == 500
        with pytest.raises(CommandError, match=r"^sha256: [^\n]*$"):
            verify(file, manifest)


@pytest.mark.parametrize("size", [0, -1])
def test_file_that_is_cut_is_found(folder, size):
    file, manifest = exported(folder)
    file.write_bytes(file.read_bytes()[:size])

    with pytest.raises(CommandError, match=r"^size: .*\nsha256: "):
        verify(file, manifest)


def test_every_changed_field_is_found(folder):
    file, manifest = exported(folder, filters={"status": "completed"}, max_rows=7)
    told = json.loads(manifest.read_text())
    paths = [path for path in leaves(told) if path[0] != "signature"]

    assert len(paths) > 100
    for path in paths:
        manifest.write_text(json.dumps(changed(told, path)))
        with pytest.raises(CommandError, match=r"^signature: its signature is not of"):
            verify(file, manifest)


@pytest.mark.parametrize(
    ("field", "fault"),
    [
        ("algorithm", "is not Ed25519"),
        ("key_id", "by a key that is not known"),
        ("value", "cannot be checked"),
    ],
)
def test_every_changed_field_of_the_signature_is_found(folder, field, fault):
    file, manifest = exported(folder)
    told = json.loads(manifest.read_text())
    manifest.write_text(json.dumps(changed(told, ("signature", field))))

    with pytest.raises(CommandError, match=rf"^signature: .*{fault}"):
        verify(file, manifest)


def test_every_field_that_is_taken_away_or_added_is_found(folder):
    file, manifest = exported(folder)
    told = json.loads(manifest.read_text())
    others = [
        {name: value for name, value in told.items() if name != gone}
        for gone in told
        if gone != "signature"
    ]

    for other in [*others, told | {"more": None}]:
        manifest.write_text(json.dumps(other))
        with pytest.raises(CommandError, match=r"^signature: its signature is not of"):
            verify(file, manifest)


def leaves(value, path=()):
    if isinstance(value, dict | list) and value:
        items = value.items() if isinstance(value, dict) else enumerate(value)
        return [leaf for key, item in items for leaf in leaves(item, (*path, key))]
    return [path]


def changed(document, path):
    copy = json.loads(json.dumps(document))
    place = copy
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = "changed"
    return copy


def test_manifest_without_a_signature_is_told_so(folder):
    file, manifest = exported(folder)
    told = json.loads(manifest.read_text())
    del told["signature"]
    manifest.write_text(json.dumps(told))

    with pytest.raises(CommandError, match=r"^signature: it is not signed$"):
        verify(file, manifest)


@pytest.mark.parametrize("missing", [0, 1])
def test_what_cannot_be_read_is_told(folder, missing):
    paths = list(exported(folder))
    paths[missing] = folder / "absent"

    with pytest.raises(CommandError, match="absent cannot be read"):
        verify(*paths)


def test_keys_that_are_none_are_told(folder):
    file, manifest = exported(folder)

    with pytest.raises(CommandError, match=r"^keys: it holds no public keys$"):
        verify(file, manifest, "--keys", manifest)


def test_script_of_the_docs_proves_and_refuses(folder):
    file, manifest = exported(folder)
    [script] = re.findall(r"```python\n(.*?)```", read("manifest.md"), re.DOTALL)
    (folder / "verify.py").write_text(script)

    def run() -> int:
        paths = (folder / "verify.py", file, manifest, folder / "keys.json")
        return subprocess.run(
            [sys.executable, *paths], capture_output=True, check=False
        ).returncode

    told = json.loads(manifest.read_text())
    assert run() == 0
    manifest.write_text(json.dumps(told | {"row_count": 2}))
    assert run() == 1
    manifest.write_text(json.dumps(told))
    file.write_bytes(file.read_bytes() + b" ")
    assert run() == 1
