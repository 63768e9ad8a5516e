"""One ``manage.py export`` in a process of its own.

``python -m benchmarks.run_export SPEC OUT`` prints its usage as JSON.
"""

import json
import sys
from io import StringIO
from pathlib import Path

from django.core.management import call_command

import benchmarks.configured  # noqa: F401 - before the models
from benchmarks.usage import Measured
from exports.management.commands.export import Command
from exports.models import ExportFile
from exports.pipeline.renderers import RENDERERS


def main(spec: Path, out: Path) -> None:
    wanted = json.loads(spec.read_text())
    # The command would import it in the middle of its work.
    RENDERERS[wanted["format"]]
    usage = Measured()
    with usage:
        call_command(
            Command(),
            business=wanted["business_id"],
            type=wanted["export_type"],
            format=wanted["format"],
            spec=spec,
            out=out,
            stdout=StringIO(),
        )
    usage.rows = ExportFile.objects.latest("generated_at").row_count
    print(usage.as_json())


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
