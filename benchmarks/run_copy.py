"""The measure of all formats: ``COPY (the same ordered SELECT) TO STDOUT CSV``.

``python -m benchmarks.run_copy SPEC`` prints its usage as JSON. What arrives is thrown
away, not stored.
"""

import json
import sys
from pathlib import Path

from django.db import connection

import benchmarks.configured  # noqa: F401 - before the models
from benchmarks.usage import Measured
from customers.clearance import Clearance
from customers.models import Business
from exports.pipeline import selection
from exports.pipeline.ranges import TimeRange
from exports.pipeline.run import Plan
from exports.pipeline.spec import ExportSpec


def main(path: Path) -> None:
    wanted = json.loads(path.read_text())
    business = Business.objects.get(pk=wanted["business_id"])
    spec = ExportSpec.parse(wanted, clearance=Clearance.SENSITIVE)
    plan = Plan(spec=spec, business=business, time_range=TimeRange())
    rows = plan.rows().order_by(*selection.order(spec.sort, spec.dataset))
    rows = rows.values_list(*[each.column.path for each in spec.columns])
    if spec.max_rows:
        rows = rows[: spec.max_rows]
    usage = Measured()
    with connection.cursor() as cursor:
        # Another process would do part of the work, and its seconds not be counted.
        cursor.execute("SET max_parallel_workers_per_gather = 0")
        select = cursor.mogrify(*rows.query.sql_with_params())
        with usage, cursor.copy(f"COPY ({select}) TO STDOUT (FORMAT csv)") as copy:
            for _ in copy:
                usage.rows += 1
    print(usage.as_json())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
