import os
import subprocess
import zipfile
from io import BytesIO

import pikepdf
import pytest
from msoffcrypto.exceptions import InvalidKeyError

from exports.errors import SizeExceeded
from exports.pipeline.sinks import agile, compound, encrypt_pdf
from exports.pipeline.sinks.compress import zip_archive
from exports.pipeline.sinks.encrypt import ENCRYPTORS, METHODS
from exports.pipeline.sinks.packaging import Packaging
from tests.exports.pipeline import unlocking
from tests.exports.pipeline.unlocking import PASSWORD, WRONG

TEXT = b"id,name\r\n1,Plain text of nobody\r\n" * 500
PASSWORDS = ["abcd1234", PASSWORD, "пароль-日本語-9", "p" * 90 + "QRSTU678x"]


def zipped(size: int) -> bytes:
    """As a workbook is: a ZIP, of so many bytes that cannot be packed."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("xl/sheet.xml", os.urandom(size))
    return made.getvalue()


@pytest.fixture
def plain_pdf():
    made = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.docinfo["/Title"] = "Plain text of nobody"
        document.save(made, static_id=True)
    return made.getvalue()


def in_pieces(content: bytes) -> list[bytes]:
    return [content[place : place + 1000] for place in range(0, len(content), 1000)]


@pytest.mark.parametrize("password", PASSWORDS)
def test_archive_opens_with_its_password_alone(tmp_path, password):
    archive = zip_archive([("a.csv", in_pieces(TEXT)), ("b", [b""])], password=password)

    content = b"".join(archive)

    assert unlocking.members(content, password) == {"a.csv": TEXT, "b": b""}
    assert unlocking.extracts(content, tmp_path, password)
    assert not unlocking.extracts(content, tmp_path, password[:-1] + "?")
    with pytest.raises(unlocking.REFUSED):
        unlocking.members(content, password[:-1] + "?")


def test_archive_is_encrypted_by_aes_256_in_all_its_members(tmp_path):
    members = [("a.csv", [TEXT]), ("a.csv.meta.json", [b"{}"])]

    told = unlocking.listed(b"".join(zip_archive(members, password=PASSWORD)), tmp_path)

    shown = [(each["Path"], each["Encrypted"], each["Method"]) for each in told]
    assert [name for name, _, _ in shown] == ["a.csv", "a.csv.meta.json"]
    assert all(encrypted == "+" for _, encrypted, _ in shown)
    assert all(method.startswith("AES-256") for _, _, method in shown)
    # AE-2 keeps no checksum of what is in clear.
    assert {each["CRC"] for each in told} <= {"", "00000000"}


def test_archive_streams():
    read = []

    def endless():
        while True:
            read.append(1)
            yield os.urandom(1 << 16)

    archive = zip_archive([("a.csv", endless())], password=PASSWORD)
    sizes = [len(next(archive)) for _ in range(200)]

    assert sum(sizes) > 1 << 16
    assert len(read) * (1 << 16) < sum(sizes) + (8 << 20)


def test_archives_of_the_same_differ_and_open_to_the_same():
    first, second = (
        b"".join(zip_archive([("a", [TEXT])], password=PASSWORD)) for _ in range(2)
    )

    assert first != second
    assert unlocking.members(first) == unlocking.members(second)


# From 109 sectors of its table on, about 7 MiB, the header cannot name them all.
@pytest.mark.parametrize("size", [4_097, 50_000, 7_060_000, 17_000_000])
def test_workbook_opens_with_its_password_alone(size):
    plain = zipped(size)

    content = b"".join(agile.encrypt(in_pieces(plain), PASSWORD))

    assert unlocking.workbook(content) == plain
    with pytest.raises(InvalidKeyError):
        unlocking.workbook(content, WRONG)
    assert len(content) < len(plain) * 1.02 + 8192


@pytest.mark.parametrize("password", PASSWORDS)
def test_workbook_takes_every_password(password):
    plain = zipped(5000)

    content = b"".join(agile.encrypt([plain], password))

    assert unlocking.workbook(content, password) == plain


def test_changed_workbook_is_noticed():
    content = bytearray(b"".join(agile.encrypt([zipped(50_000)], PASSWORD)))
    content[30_000] ^= 1

    with pytest.raises(InvalidKeyError):
        unlocking.workbook(bytes(content))


def test_small_content_has_no_place_of_its_own_in_the_file():
    with pytest.raises(ValueError, match="4096 bytes at least"):
        list(compound.compound([b"x"], 4095, dict))


def test_workbook_that_its_container_has_no_room_for_is_refused():
    with pytest.raises(SizeExceeded, match="2 GiB at most"):
        next(compound.compound([], (1 << 31) + 1, dict))


@pytest.mark.parametrize("password", PASSWORDS)
def test_pdf_opens_with_its_password_alone(tmp_path, plain_pdf, password):
    content = b"".join(encrypt_pdf.encrypt(in_pieces(plain_pdf), password))

    assert b"nobody" not in content
    with pikepdf.open(BytesIO(content), password=password) as document:
        assert str(document.docinfo["/Title"]) == "Plain text of nobody"
    for wrong in (password[:-1] + "?", ""):
        with pytest.raises(pikepdf.PasswordError):
            pikepdf.open(BytesIO(content), password=wrong)
    assert unlocking.pdf(content, tmp_path, password).count(b"nobody") == 1


def test_pdf_is_encrypted_by_aes_256(tmp_path, plain_pdf):
    (tmp_path / "a.pdf").write_bytes(
        b"".join(encrypt_pdf.encrypt([plain_pdf], PASSWORD))
    )

    done = subprocess.run(
        ["qpdf", "--show-encryption", f"--password={PASSWORD}", tmp_path / "a.pdf"],
        check=True,
        capture_output=True,
        text=True,
    )

    assert "R = 6\n" in done.stdout
    for what in ("stream", "string", "file"):
        assert f"{what} encryption method: AESv3\n" in done.stdout


@pytest.mark.parametrize(
    ("extension", "encryption", "compression", "beside", "name", "kind"),
    [
        ("csv", "zip", None, None, "csv.zip", "zip"),
        ("csv", "zip", "gzip", None, "csv.gz.zip", "zip"),
        ("csv", "zip", "zstd", None, "csv.zst.zip", "zip"),
        ("csv", "zip", "zip", None, "csv.zip", "zip"),
        ("csv", "zip", "gzip", {}, "zip", "zip"),
        ("xlsx", "agile", None, None, "xlsx", "plain"),
        ("pdf", "pdf", None, None, "pdf", "plain"),
    ],
)
def test_protected_file_is_called_what_it_is(
    extension, encryption, compression, beside, name, kind
):
    packaging = Packaging(
        stem="rows",
        extension=extension,
        media_type="application/plain",
        compression=compression,
        beside=beside,
        password=PASSWORD,
        encryption=encryption,
    )

    assert packaging.file_extension == name
    assert packaging.content_type == f"application/{kind}"
    assert PASSWORD not in repr(packaging)


@pytest.mark.parametrize("encryption", ["agile", "pdf"])
def test_what_is_built_first_is_not_built_beyond_its_limit(encryption):
    taken = []

    def chunks():
        for _ in range(100):
            taken.append(1)
            yield bytes(1000)

    packaging = Packaging(
        stem="rows",
        extension="any",
        media_type="any",
        password=PASSWORD,
        encryption=encryption,
        scratch_bytes=10_000,
    )

    with pytest.raises(SizeExceeded, match="larger than 10000 bytes"):
        list(packaging.wrap(chunks()))

    assert len(taken) == 11


def test_every_method_inside_a_format_has_its_encryptor():
    inside = [name for name, method in METHODS.items() if method.inside]

    assert list(ENCRYPTORS) == inside
    assert all(callable(ENCRYPTORS[name]) for name in inside)
