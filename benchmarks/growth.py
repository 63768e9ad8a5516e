"""Peak memory of the same export over ever more rows: flat, or not."""

from collections.abc import Sequence

from benchmarks import tables
from benchmarks.bench import Bench
from benchmarks.targets import TARGETS


def report(bench: Bench, sizes: Sequence[int]) -> None:
    print("\n## Peak memory by rows, in MB\n")
    sizes = [size for size in sizes if size <= bench.rows]
    rows = []
    for case, target in TARGETS.items():
        if target.megabytes is not None:
            peaks = [bench.export(case, max_rows=size).peak_mb for size in sizes]
            figures = [f"{peak:.0f}" for peak in peaks]
            verdict = tables.met(value=max(peaks), at_most=target.megabytes)
            rows.append([case, *figures, str(target.megabytes), verdict])
    titles = ["format", *(f"{size:,} rows" for size in sizes), "target", "met?"]
    print(tables.text(titles, rows))
