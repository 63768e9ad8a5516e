"""What each format is to reach."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Target:
    """:ivar ratio: CPU seconds, as a multiple of an ordered COPY of the same rows.

    :ivar megabytes: peak over what the process has after imports.
    """

    ratio: float | None
    megabytes: int | None


TARGETS: Final = {
    "csv": Target(2.0, 32),
    "tsv": Target(2.0, 32),
    "json": Target(2.0, 32),
    "ndjson": Target(2.0, 32),
    "yaml": Target(2.5, 32),
    "xml": Target(2.5, 32),
    "parquet": Target(2.5, 160),
    "excel": Target(4.5, 48),
    "pdf": Target(None, None),
    "csv.gz": Target(None, 32),
}
"""By the name of a case: a format, ``.gz`` after one that is compressed."""

PDF_ROWS: Final = 20_000
RIVAL_ROWS: Final = 100_000
RIVAL_TIMES: Final = {"csv": 12, "json": 20, "excel": 16, "yaml": 60}
"""How many times faster than django-import-export."""
RIVAL_MEMORY: Final = 6
"""How many times less memory than django-import-export."""
EXPORT_P95_MS: Final = 60
READ_P95_MS: Final = 20
LOADED_P95_MS: Final = {"export csv": 200, "job status": 100, "template read": 50}
"""While 20 keys export 45 times a minute each."""
JOB_P95_S: Final = 5
"""A job of 10,000 rows, from the 202 to ``completed``."""
CUSTOMER_360_P95_MS: Final = {"json": 100, "csv": 100, "xlsx": 200, "pdf": 2000}
"""The first answer about a customer of 100 orders with 3 lines each."""
CUSTOMER_360_HIT_P95_MS: Final = 15
CUSTOMER_360_GROWTH_MB: Final = 16
"""What a CSV of 100,000 orders may add to a web process that has given one of 1,000."""
ADMIN_P95_MS: Final = 500
"""Any page of the admin, over 1,000,000 verifications and 100,000 jobs."""
