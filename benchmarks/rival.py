"""Against django-import-export, which most Django projects would take."""

from typing import Final

from benchmarks import tables
from benchmarks.bench import Bench
from benchmarks.targets import RIVAL_MEMORY, RIVAL_ROWS, RIVAL_TIMES
from benchmarks.usage import Usage

TITLES: Final = (
    *("format", "its CPU s", "ours", "times", "target", "met?"),
    *("its peak MB", "ours", "times", "target", "met?"),
)


def report(bench: Bench) -> None:
    rows = min(bench.rows, RIVAL_ROWS)
    print(f"\n## {rows:,} verifications, against django-import-export\n")
    lines = []
    for case, target in RIVAL_TIMES.items():
        its = bench.rival(case, max_rows=rows)
        ours = min(
            (bench.export(case, max_rows=rows) for _ in range(bench.runs)),
            key=lambda usage: usage.cpu_s,
        )
        lines.append(_cells(case, its, ours, target))
    print(tables.text(TITLES, lines))


def _cells(case: str, its: Usage, ours: Usage, target: int) -> list[str]:
    faster, smaller = its.cpu_s / ours.cpu_s, its.peak_mb / ours.peak_mb
    return [
        case,
        f"{its.cpu_s:.1f}",
        f"{ours.cpu_s:.2f}",
        f"{faster:.1f}",
        str(target),
        tables.met(value=target, at_most=faster),
        f"{its.peak_mb:.0f}",
        f"{ours.peak_mb:.0f}",
        f"{smaller:.1f}",
        str(RIVAL_MEMORY),
        tables.met(value=RIVAL_MEMORY, at_most=smaller),
    ]
