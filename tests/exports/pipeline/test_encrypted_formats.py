"""Every format with a password, alone and compressed: opened, it is what it was."""

import subprocess
from itertools import product

import pytest
from isal import igzip
from msoffcrypto.exceptions import InvalidKeyError

from exports.pipeline.fields import COMPRESSIONS
from exports.pipeline.renderers import RENDERERS
from tests import make
from tests.exports.pipeline import unlocking
from tests.exports.pipeline.engine import engine, export, parse, plan_of
from tests.exports.pipeline.unlocking import PASSWORD, WRONG

pytestmark = engine
ARCHIVED = [name for name in RENDERERS if not RENDERERS[name].compressed_inside]
COLUMNS = ["id", "business_name", "status", "score", "created_at"]


@pytest.fixture
def business():
    ours, theirs = make.business("ours"), make.business("theirs")
    for number in range(3):
        make.verification(make.company(ours, name=f"Ünknown {number}"))
    make.verification(make.company(theirs, name="Canary"))
    return ours


def both(business, format_name, **fields):
    """Without a password, and with one."""
    fields |= {"columns": COLUMNS}
    plain = export(business, format=format_name, **fields).content
    locked = export(business, format=format_name, password=PASSWORD, **fields).content
    assert b"nknown" not in locked
    return plain, locked


@pytest.mark.parametrize("format_name", [*ARCHIVED, "parquet"])
def test_archive_holds_the_file_as_it_is_without_a_password(
    business, tmp_path, format_name
):
    plain, locked = both(business, format_name)

    extension = RENDERERS[format_name].extension
    assert unlocking.members(locked) == {f"verifications.{extension}": plain}
    [told] = unlocking.listed(locked, tmp_path)
    assert (told["Encrypted"], told["Method"].split()[0]) == ("+", "AES-256")
    assert unlocking.extracts(locked, tmp_path, PASSWORD)
    assert not unlocking.extracts(locked, tmp_path, WRONG)
    with pytest.raises(unlocking.REFUSED):
        unlocking.members(locked, WRONG)


@pytest.mark.parametrize(
    ("format_name", "compression"), [*product(ARCHIVED, COMPRESSIONS)]
)
def test_archive_holds_the_compressed_file(business, format_name, compression):
    plain, locked = both(business, format_name, compression=compression)

    [(name, content)] = unlocking.members(locked).items()
    if compression == "zip":
        # One archive is enough: the file lies in it as in the one without a password.
        assert {name: content} == unlocking.members(plain)
    else:
        assert content == plain
        suffix = {"gzip": ".gz", "zstd": ".zst"}[compression]
        assert name == f"verifications.{RENDERERS[format_name].extension}{suffix}"


@pytest.mark.parametrize("compression", [False, *COMPRESSIONS])
def test_metadata_lies_beside_the_file_in_the_same_archive(business, compression):
    exported = export(
        business,
        format="csv",
        columns=COLUMNS,
        include_metadata=True,
        compression=compression,
        password=PASSWORD,
    )

    name, beside = unlocking.members(exported.content)
    assert beside == f"{name}.meta.json"
    content = unlocking.members(exported.content)[name]
    if compression == "gzip":
        content = igzip.decompress(content)
    if compression != "zstd":
        assert content.startswith(b"id,business_name,")


@pytest.mark.parametrize("compression", [False, True])
def test_workbook_is_the_same_inside(business, compression):
    plain, locked = both(business, "excel", compression=compression)

    assert unlocking.workbook(locked) == plain
    with pytest.raises(InvalidKeyError):
        unlocking.workbook(locked, WRONG)


def test_pdf_is_the_same_inside(business, tmp_path):
    plain, locked = both(business, "pdf")
    again = export(business, format="pdf", columns=COLUMNS, password=PASSWORD).content

    assert again != locked
    opened = unlocking.pdf(locked, tmp_path)
    assert unlocking.pdf(again, tmp_path) == opened
    assert pages(plain, tmp_path) == pages(opened, tmp_path)
    shown = subprocess.run(
        [
            "qpdf",
            "--show-encryption",
            f"--password={PASSWORD}",
            tmp_path / "locked.pdf",
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    assert shown.stdout.count("AESv3") == 3
    with pytest.raises(subprocess.CalledProcessError):
        unlocking.pdf(locked, tmp_path, WRONG)


def pages(content, folder):
    """What is drawn, and the text of it."""
    (folder / "any.pdf").write_bytes(content)
    command = ["pdftotext", "-layout", folder / "any.pdf", "-"]
    return subprocess.run(command, check=True, capture_output=True).stdout


@pytest.mark.parametrize("format_name", list(RENDERERS))
def test_password_decides_what_is_built_first(format_name):
    is_inside = format_name in {"excel", "pdf"}

    assert parse(format=format_name).builds_first is (format_name == "pdf")
    assert parse(format=format_name, password=PASSWORD).builds_first is is_inside


def test_plan_calls_a_protected_file_what_it_is(business):
    def packaging(**fields):
        found = plan_of(business, parse(**fields, password=PASSWORD)).packaging({})
        return found.file_extension, found.content_type

    assert packaging(format="parquet") == ("parquet.zip", "application/zip")
    assert packaging(format="pdf") == ("pdf", "application/pdf")
    assert packaging(format="csv", compression=True)[0] == "csv.gz.zip"
