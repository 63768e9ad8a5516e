"""``manage.py xsd``: the schema that xmllint holds a file to."""

import subprocess
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests import make
from tests.exports.pipeline.engine import engine, export

COLUMNS = ["id", "status", "score", "checks", "created_at"]


def schema(*arguments: str) -> str:
    out = StringIO()
    call_command("xsd", "--type", "verifications", *arguments, stdout=out)
    return out.getvalue()


@engine
def test_schema_holds_for_the_file_and_for_no_other(tmp_path):
    business = make.business("ours")
    make.verification(make.company(business), score="0.5", checks=[{"a": 1}])
    make.verification(make.company(make.business("theirs")))
    file, strict = tmp_path / "a.xml", tmp_path / "a.xsd"
    file.write_bytes(export(business, format="xml", columns=COLUMNS).content)

    verdicts = []
    for columns in (COLUMNS, COLUMNS[::-1]):
        strict.write_text(schema("--columns", *columns))
        ran = subprocess.run(
            ["xmllint", "--noout", "--schema", strict, file],
            check=False,
            capture_output=True,
        )
        verdicts.append(ran.returncode)

    assert verdicts == [0, 3]


def test_schema_of_a_column_that_is_not_there_is_refused():
    with pytest.raises(CommandError, match="verifications has no nope"):
        schema("--columns", "nope")
