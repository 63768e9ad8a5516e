"""What many callers at once meet, and what they do to the service's memory."""

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import Any, Final

from benchmarks import memory, tables
from benchmarks.database import ROOT
from benchmarks.installations import Installation
from benchmarks.latency import percentile
from benchmarks.service import Service, serving
from benchmarks.spec import SMALL
from benchmarks.targets import LOADED_P95_MS

TITLES: Final = (
    *("request", "answers", "p50 ms", "p95 ms", "target", "met?"),
    *("5xx", "other failures"),
)
WARM_SECONDS: Final = 15
"""Before the first that counts: each thread has its connections then."""
LATE_SECONDS: Final = 60
"""How much later than it should the callers' process may end."""


def report(
    installation: Installation,
    *,
    keys: int,
    seconds: float,
    warm_seconds: float = WARM_SECONDS,
) -> None:
    print(f"\n## {keys} keys for {seconds:.0f} s, {installation.name}\n")
    plan = {
        "keys": installation.keys(keys, SMALL),
        "business_id": SMALL,
        "seconds": seconds,
        "warm_seconds": warm_seconds,
    }
    with serving(installation.environment) as service:
        told, samples = _run(installation, service, plan)
    failures = told["failures"]
    rows = [
        _row(kind, taken, failures.get(kind, {}))
        for kind, taken in sorted(told["milliseconds"].items())
    ]
    print(tables.text(TITLES, rows))
    print(f"\n{len(samples)} looks at the memory:\n")
    print(tables.text(memory.TITLES, memory.rows(samples)))


def _run(
    installation: Installation, service: Service, plan: Mapping[str, Any]
) -> tuple[dict[str, Any], list[dict[str, float]]]:
    """What the callers tell, and the memory meanwhile, once they are warm."""
    path, out = installation.folder / "plan.json", installation.folder / "told.json"
    path.write_text(json.dumps({"url": f"http://127.0.0.1:{service.port}", **plan}))
    samples = []
    whole = plan["warm_seconds"] + plan["seconds"]
    deadline = time.monotonic() + whole + LATE_SECONDS
    with (
        out.open("wb") as output,
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.run_callers", str(path)],
            cwd=ROOT,
            env=installation.environment,
            stdout=output,
        ) as process,
    ):
        time.sleep(plan["warm_seconds"])
        while process.poll() is None:
            samples.append(service.resident_mb())
            time.sleep(min(plan["seconds"] / 20, 1))
            if time.monotonic() > deadline:
                process.kill()
    told: dict[str, Any] = json.loads(out.read_text())
    return told, samples


def _row(kind: str, taken: list[float], failures: Mapping[str, int]) -> list[str]:
    p95, most = percentile(taken, 95), LOADED_P95_MS.get(kind)
    broken = sum(count for what, count in failures.items() if what.startswith("5"))
    others = ", ".join(
        f"{count} x {what}"
        for what, count in sorted(failures.items())
        if not what.startswith("5")
    )
    return [
        kind,
        f"{len(taken):,}",
        f"{percentile(taken, 50):.0f}",
        f"{p95:.0f}",
        "-" if most is None else str(most),
        tables.met(value=p95, at_most=most),
        str(broken),
        others or "0",
    ]
