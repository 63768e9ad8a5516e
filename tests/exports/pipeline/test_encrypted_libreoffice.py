"""LibreOffice opens a workbook with its password, and with no other."""

import io
import os
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from exports.pipeline.sinks import agile
from tests import make
from tests.exports.pipeline.engine import engine, export
from tests.exports.pipeline.unlocking import PASSWORD, WRONG

pytestmark = [engine, pytest.mark.slow]
# No switch of the program gives a password: only a macro can.
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<script:module xmlns:script="http://openoffice.org/2000/script"'
    ' script:name="Module1" script:language="StarBasic">\n'
)
MACRO = f"""{HEAD}
Sub Opened(source, password, target)
  Dim reading(1) As New com.sun.star.beans.PropertyValue
  Dim writing(1) As New com.sun.star.beans.PropertyValue
  On Error GoTo Refused
  reading(0).Name = "Hidden"
  reading(0).Value = True
  reading(1).Name = "Password"
  reading(1).Value = password
  writing(0).Name = "FilterName"
  writing(0).Value = "Text - txt - csv (StarCalc)"
  writing(1).Name = "FilterOptions"
  writing(1).Value = "44,34,76"
  book = StarDesktop.loadComponentFromURL(source, "_blank", 0, reading())
  book.storeToURL(target, writing())
  book.close(True)
Refused:
  StarDesktop.terminate()
End Sub
</script:module>
"""


def office(folder: Path, *arguments: str) -> None:
    if shutil.which("soffice") is None:
        pytest.fail("LibreOffice is missing: apt-get install libreoffice-calc")
    profile = f"-env:UserInstallation=file://{folder}/profile"
    subprocess.run(
        ["soffice", "--headless", profile, *arguments],
        check=True,
        capture_output=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        timeout=120,
    )


@pytest.fixture
def read(tmp_path):
    """``read(content, password)``: the rows as CSV, or None."""
    office(tmp_path, "--terminate_after_init")
    # The first start makes the profile, with an empty module of this name.
    module = tmp_path / "profile/user/basic/Standard/Module1.xba"
    module.write_text(MACRO)

    def opened(content: bytes, password: str) -> bytes | None:
        source, target = tmp_path / "locked.xlsx", tmp_path / "opened.csv"
        target.unlink(missing_ok=True)
        source.write_bytes(content)
        call = f'"file://{source}","{password}","file://{target}"'
        office(tmp_path, f"macro:///Standard.Module1.Opened({call})")
        return target.read_bytes() if target.exists() else None

    return opened


def test_libreoffice_opens_an_export_with_its_password_alone(read):
    ours, theirs = make.business("ours"), make.business("theirs")
    make.company(ours, name="Ünknown")
    make.company(theirs, name="Canary")

    locked = export(
        ours, "business_data", "excel", columns=["name"], password=PASSWORD
    ).content

    assert read(locked, PASSWORD) == "name\nÜnknown\n".encode()
    assert read(locked, WRONG) is None


def test_libreoffice_opens_a_large_workbook(read):
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for number in range(130_000):
        sheet.append([number, os.urandom(40).hex()])
    plain = io.BytesIO()
    book.save(plain)

    locked = b"".join(agile.encrypt([plain.getvalue()], PASSWORD))

    # Beyond it the header cannot name all sectors of the allocation table.
    assert len(locked) > 109 * 128 * 512
    text = read(locked, PASSWORD)
    assert text is not None
    assert (text.count(b"\n"), text.splitlines()[-1][:7]) == (130_000, b"129999,")
