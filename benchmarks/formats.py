"""CPU seconds and peak memory of each format, beside an ordered COPY."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks import tables
from benchmarks.bench import Bench
from benchmarks.targets import PDF_ROWS, TARGETS
from benchmarks.usage import Usage

TITLES: Final = (
    *("format", "rows/CPU s", "CPU s", "ratio", "target", "met?"),
    *("peak MB", "target", "met?"),
)
SAMPLE_ROWS: Final = 100_000


@dataclass(frozen=True, slots=True)
class Result:
    """:ivar ratio: to the COPYs run just before and after; None without a COPY."""

    case: str
    usage: Usage
    ratio: float | None

    @property
    def is_slow(self) -> bool:
        target = TARGETS[self.case].ratio
        return bool(target and self.ratio and self.ratio > target)

    def cells(self) -> list[str]:
        target, usage = TARGETS[self.case], self.usage
        return [
            self.case,
            f"{usage.rows / usage.cpu_s:,.0f}",
            f"{usage.cpu_s:.2f}",
            "-" if self.ratio is None else f"{self.ratio:.2f}",
            "-" if target.ratio is None else f"{target.ratio:.1f}",
            "-"
            if self.ratio is None
            else tables.met(value=self.ratio, at_most=target.ratio),
            f"{usage.peak_mb:.0f}",
            "-" if target.megabytes is None else str(target.megabytes),
            tables.met(value=usage.peak_mb, at_most=target.megabytes),
        ]


def report(bench: Bench, cases: Sequence[str] = tuple(TARGETS)) -> None:
    print(f"\n## {bench.rows:,} verifications, each format\n")
    results = measure(bench, cases)
    print(tables.text(TITLES, [result.cells() for result in results]))
    slow = [result for result in results if result.is_slow]
    for result in slow:
        print(_explained(bench, result))


def measure(bench: Bench, cases: Sequence[str]) -> list[Result]:
    """The best of the bench's runs of each case."""
    best: dict[str, Result] = {}
    for _ in range(bench.runs):
        before = _copy_seconds(bench)
        for case in cases:
            usage = bench.export(case, max_rows=_rows_of(case))
            after = _copy_seconds(bench)
            ratio = None
            if before and after and _rows_of(case) is None:
                ratio = usage.cpu_s / ((before + after) / 2)
            result = Result(case, usage, ratio)
            best[case] = min(best.get(case, result), result, key=_cost)
            before = after
    return [best[case] for case in cases]


def _cost(result: Result) -> float:
    return result.ratio or result.usage.cpu_s


def _copy_seconds(bench: Bench) -> float | None:
    return bench.copy().cpu_s if bench.has_copy else None


def _rows_of(case: str) -> int | None:
    return PDF_ROWS if case == "pdf" else None


def _explained(bench: Bench, result: Result) -> str:
    """Where the time goes, from a sample, as shares of the exporting process."""
    taken = bench.stages(result.case, max_rows=min(bench.rows, SAMPLE_ROWS))
    whole = sum(taken.values())
    shares = ", ".join(
        f"{stage} {100 * seconds / whole:.0f} %" for stage, seconds in taken.items()
    )
    usage = result.usage
    return (
        f"\n{result.case} misses {TARGETS[result.case].ratio}: PostgreSQL"
        f" {usage.server_s:.2f} s, the process {usage.client_s:.2f} s: {shares}"
    )
