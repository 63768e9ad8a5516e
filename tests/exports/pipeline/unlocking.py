"""Files with a password, opened by programs that are not ours."""

import io
import subprocess
import zipfile
from pathlib import Path

import pyzipper
from msoffcrypto import OfficeFile

PASSWORD = "Grün-und_blau 9!"
WRONG = PASSWORD + "x"
# One wrong password in 65,536 is found out by the proof of the content alone.
REFUSED = (RuntimeError, pyzipper.BadZipFile)


def members(content: bytes, password: str = PASSWORD) -> dict[str, bytes]:
    """:raises REFUSED: a wrong password."""
    with pyzipper.AESZipFile(io.BytesIO(content)) as archive:
        archive.setpassword(password.encode())
        return {name: archive.read(name) for name in archive.namelist()}


def workbook(content: bytes, password: str = PASSWORD) -> bytes:
    """:raises InvalidKeyError: a wrong password, or bytes that were changed."""
    opened, plain = OfficeFile(io.BytesIO(content)), io.BytesIO()
    opened.load_key(password=password, verify_password=True)
    opened.decrypt(plain, verify_integrity=True)
    assert zipfile.is_zipfile(plain)
    return plain.getvalue()


def pdf(content: bytes, folder: Path, password: str = PASSWORD) -> bytes:
    """:raises CalledProcessError: a wrong password."""
    (folder / "locked.pdf").write_bytes(content)
    # The id is made anew whenever a PDF is written: here always the same.
    command = ["qpdf", f"--password={password}", "--decrypt", "--static-id"]
    files = [folder / "locked.pdf", folder / "plain.pdf"]
    subprocess.run([*command, *files], check=True, capture_output=True)
    return (folder / "plain.pdf").read_bytes()


def listed(content: bytes, folder: Path) -> list[dict[str, str]]:
    """What 7-Zip tells of each member."""
    (folder / "locked.zip").write_bytes(content)
    done = subprocess.run(
        ["7z", "l", "-slt", folder / "locked.zip"],
        check=True,
        capture_output=True,
        text=True,
    )
    told = done.stdout.partition("----------\n")[2].split("\n\n")
    return [
        dict(line.split(" = ", 1) for line in each.splitlines() if " = " in line)
        for each in told
        if each.strip()
    ]


def extracts(content: bytes, folder: Path, password: str) -> bool:
    """Whether 7-Zip finds everything in order."""
    (folder / "locked.zip").write_bytes(content)
    command = ["7z", "t", f"-p{password}", folder / "locked.zip"]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0
