"""What figures are worth: when and on which machine they were taken."""

import os
import platform
from datetime import UTC, datetime


def print_head() -> None:
    today = datetime.now(UTC).date()  # noqa: TID251 - the edge: a report has a date
    machine = f"{os.cpu_count()} cores {platform.machine()}"
    load = os.getloadavg()[0]
    print(f"{today}, {machine}, Python {platform.python_version()}, load {load:.1f}")
